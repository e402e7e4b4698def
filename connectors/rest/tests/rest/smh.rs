//! The manifest of SMH: it says what its README says.

use crate::fake::{FakeHost, ok, status};
use selaras_connector_api::{
    ChildStyle, Code, Connector, FieldSpec, Manifest, OpenRequest, Operation, ReadRequest, Recogniser, Strength,
    VersionToken,
};
use selaras_connector_rest::{Rest, manifest_schema};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const TOML: &str = include_str!("../../../smh/connector.toml");
const README: &str = include_str!("../../../smh/README.md");

fn smh() -> Rest {
    Rest::from_toml(TOML).unwrap_or_else(|failure| panic!("{failure}"))
}

fn manifest() -> Manifest {
    smh().describe().unwrap()
}

/// The words in backticks of a piece of Markdown that look like members.
fn words(text: &str) -> BTreeSet<String> {
    let is_word = |word: &&str| word.chars().all(|c| c.is_ascii_alphanumeric());
    text.split('`').skip(1).step_by(2).filter(is_word).map(str::to_owned).collect()
}

/// The members of a resource as the README's table lists them, without examples and words of other kinds.
fn documented(path: &str) -> BTreeSet<String> {
    let line = README.lines().find(|line| line.starts_with(&format!("| `{path}`"))).unwrap();
    let mut members = words(line.splitn(3, '|').nth(2).unwrap());
    for value in ["active", "inactive", "Draft", "Verified", "Closed", "units"] {
        members.remove(value);
    }
    members.extend(["id", "version", "createdAt", "updatedAt", "partnerId", "source"].map(str::to_owned));
    members
}

#[test]
fn every_documented_member_is_declared_and_no_other() {
    for resource in manifest().resources {
        let path = if resource.name == "tax" { "taxes".to_owned() } else { format!("{}s", resource.name) };
        let declared: BTreeSet<String> = resource.fields.keys().filter(|m| !m.contains("[]")).cloned().collect();
        assert_eq!(declared, documented(&path), "{}", resource.name);
    }
}

#[test]
fn the_lines_of_orders_are_declared() {
    let start = README.find("`lines[]`:").unwrap();
    let text = &README[start + 10..];
    let mut want = words(&text[..text.find(". A write").unwrap()]);
    for value in ["percent", "amount"] {
        want.remove(value);
    }
    let manifest = manifest();
    let fields = &manifest.resource("order").unwrap().fields;
    let declared: BTreeSet<String> =
        fields.keys().filter_map(|m| m.strip_prefix("lines[].")).map(str::to_owned).collect();
    assert_eq!(declared, want);
    assert_eq!(fields["lines[].net"], FieldSpec { read: true, write: false });
    assert_eq!(fields["lines[].price"], FieldSpec { read: true, write: true });
    assert_eq!(fields["dueDate"], FieldSpec { read: true, write: false });
}

#[test]
fn resources_can_what_the_readme_says() {
    let manifest = manifest();
    let names: Vec<&str> = manifest.resources.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["customer", "employee", "order", "payment-term", "product", "tax", "unit", "warehouse"]);
    for resource in &manifest.resources {
        let name = resource.name.as_str();
        assert!(resource.complete_listing && resource.change_filter && resource.compare_and_set, "{name}");
        assert_eq!(resource.version, Some(VersionToken { path: "version".into(), strength: Strength::Strong }));
        let per_call: Vec<u32> = resource.operations.values().map(|spec| spec.per_call).collect();
        let has_status = resource.fields.contains_key("status") && name != "order";
        assert_eq!(resource.operations.contains_key(&Operation::Deactivate), has_status, "{name}");
        assert_eq!(per_call[..5], [500, 1, 100, 100, 100], "{name}");
        let recogniser = match name {
            "order" => Recogniser::OwnNumber { path: "number".into() },
            _ => Recogniser::Marker { path: "partnerId".into() },
        };
        assert_eq!(resource.recogniser, recogniser, "{name}");
    }
    assert_eq!(
        manifest.resource("order").unwrap().children,
        BTreeMap::from([("lines".to_owned(), ChildStyle::Replace)])
    );
}

#[test]
fn every_documented_error_code_is_mapped() {
    let line = README.lines().find(|line| line.starts_with("| error |")).unwrap();
    let (_, list) = line.split_once("with codes").unwrap();
    let codes: BTreeSet<String> =
        list.split('`').skip(1).step_by(2).filter(|w| *w != "Retry-After").map(str::to_owned).collect();
    assert_eq!(codes.len(), 11);
    let file: toml::Table = TOML.parse().unwrap();
    let mapped: BTreeSet<String> = file["errors"]["codes"].as_table().unwrap().keys().cloned().collect();
    assert_eq!(mapped, codes);
}

#[test]
fn it_opens_and_lists() {
    let mut rest = smh();
    let host = FakeHost::new(|_| ok(&json!({"data": [], "pageCount": 0, "rowCount": 0})));
    let settings = [("base_url", "http://127.0.0.1:4010/smh/api/v1"), ("company", "Toko / A"), ("token", "x")];
    let settings = settings.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    let opened = rest.open(&host, &OpenRequest { settings }).unwrap();
    assert_eq!((opened.endpoint.as_str(), opened.title.as_str()), ("smh/Toko%20%2F%20A", "SMH Toko / A"));
    assert_eq!(opened.facts, json!({"company": "Toko / A"}));
    let request = ReadRequest { resource: "payment-term".into(), fields: Vec::new(), since: None };
    assert!(rest.read(&host, &request).unwrap().complete);
    let urls: Vec<String> = host.asked.borrow().iter().map(|request| request.url.clone()).collect();
    let base = "http://127.0.0.1:4010/smh/api/v1";
    assert_eq!(urls, [format!("{base}/units?page=1&pageSize=1"), format!("{base}/payment-terms?page=1&pageSize=500")]);
    let settings = BTreeMap::from([("base_url".to_owned(), "http://h".to_owned())]);
    assert_eq!(rest.open(&host, &OpenRequest { settings }).unwrap().endpoint, "smh/utama");
}

#[test]
fn a_wrong_key_is_told_on_opening() {
    let mut rest = smh();
    let said = json!({"error": {"code": "unauthorised", "message": "the key is missing or wrong.", "field": null}});
    let host = FakeHost::new(|_| status(401, &said));
    let settings = BTreeMap::from([("base_url".to_owned(), "http://h".to_owned())]);
    let failure = rest.open(&host, &OpenRequest { settings }).unwrap_err();
    assert_eq!(failure.code, Code::Unauthorised);
    assert_eq!(
        failure.text,
        "the key is missing or wrong; the credential was refused, so connect again with a valid one"
    );
    assert_eq!(failure.detail.as_deref(), Some("HTTP 401, unauthorised"));
    let request = ReadRequest { resource: "unit".into(), fields: Vec::new(), since: None };
    assert_eq!(rest.read(&host, &request).unwrap_err().code, Code::NotConnected, "it is not open");
}

#[test]
fn the_file_fits_its_schema() {
    let file: serde_json::Value = serde_json::to_value(TOML.parse::<toml::Table>().unwrap()).unwrap();
    let schema = manifest_schema().to_value();
    let known = schema["properties"].as_object().unwrap();
    for key in file.as_object().unwrap().keys() {
        assert!(known.contains_key(key), "{key}");
    }
}
