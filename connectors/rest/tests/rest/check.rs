//! What is said about a `connector.toml` that does not make sense, and about settings that do not.

use crate::fake::{FakeHost, HEAD};
use selaras_connector_api::{Code, Connector, OpenRequest};
use selaras_connector_rest::{Rest, manifest_schema, new};
use std::collections::BTreeMap;

const GOOD: &str = r#"
[resources.thing]
title = "Thing"
path = "/things"
get = { path = "{path}/{id}" }
[resources.thing.fields]
read_write = ["name", "partnerId"]
[resources.thing.list]
paging = { page-number = { number = "page" } }
page_size = 2
records = "$.data"
"#;

/// What is said when `from` in the good file is replaced by `to`.
fn said(from: &str, to: &str) -> String {
    let text = format!("{HEAD}{GOOD}");
    assert_eq!(text.matches(from).count(), 1, "`{from}` must stand once in the good file");
    match Rest::from_toml(&text.replace(from, to)) {
        Ok(_) => String::from("nothing"),
        Err(failure) => {
            assert_eq!(failure.code, Code::Settings);
            failure.text
        }
    }
}

#[test]
fn the_good_file_is_good() {
    assert_eq!(said("\"Thing\"", "\"Ding\""), "nothing");
}

#[test]
fn misspelt_keys_are_shown_with_place_and_near_match() {
    let text = said("paging =", "pagging =");
    let line = 1 + format!("{HEAD}{GOOD}").lines().position(|line| line.starts_with("paging")).unwrap();
    assert!(text.starts_with(&format!("connector.toml:{line}:1: unknown key `pagging`")), "{text}");
    assert!(text.contains("did you mean `paging`?"), "{text}");
    assert!(text.contains(&format!("{line} | pagging = {{ page-number")), "{text}");
}

#[test]
fn each_mistake_is_told() {
    let cases = [
        ("engine = \"rest\"", "engine = \"rast\"", "did you mean `rest`?"),
        ("title = \"Thing\"\n", "", "resource `thing` lacks `title`"),
        ("page-number = {", "page-numbr = {", "did you mean `page-number`?"),
        ("{ number = \"page\" }", "{ number = \"page\", sise = \"s\" }", "unknown key `sise`"),
        ("page_size = 2", "page_size = \"2\"", "expected u32"),
        ("page_size = 2", "page_size = 0", "at least one record"),
        ("page_size = 2\n", "", "missing key `page_size`"),
        ("records = \"$.data\"", "records = \"data\"", "`data` is no JSONPath"),
        ("records = \"$.data\"", "records = \"$.data", ":"),
        ("{path}/{id}", "{path}/{ids}", "nothing fills the slot `{ids}`; did you mean `{id}`?"),
        ("{path}/{id}", "{path}/{id", "unbalanced braces"),
        ("base_url = \"{base_url}\"", "base_url = \"{bas_url}\"", "did you mean `{base_url}`?"),
        ("definite = [\"closed\"]", "definite = [\"shut\"]", "`shut` is not among `errors.codes`"),
        ("conflict = \"conflict\"", "conflict = \"conflct\"", "did you mean `conflict`?"),
        ("path = \"/things\"", "path = \"things\"", "must start with `/`"),
        (
            "path = \"/things\"",
            "path = \"/things\"\nrecogniser = { marker = \"partnerID\" }",
            "did you mean `partnerId`?",
        ),
        ("path = \"/things\"", "path = \"/things\"\nnumbers = [\"amount\"]", "no member `amount`"),
        (
            "path = \"/things\"",
            "path = \"/things\"\ndelete = { method = \"GET\", path = \"{path}\" }",
            "`GET` cannot write",
        ),
        (
            "path = \"/things\"",
            "path = \"/things\"\ndeactivate = { path = \"name\", value = 1 }",
            "`deactivate` is an update",
        ),
        ("path = \"/things\"", "path = \"/things\"\nwithout = [\"lists\"]", "did you mean `list`?"),
        ("[\"name\", ", "[\"name\", \"name\", ", "named twice"),
        ("help = \"where it is\"", "help = \"where\", default = \"x\"", "required and has a default"),
        ("[resources.thing]", "[resources.Thing]", "`Thing` is no name"),
        ("[resources.thing]", "[login]\npath = \"me\"\n[resources.thing]", "must start with `/`"),
        ("[resources.thing]", "[login]\npath = \"/{bas_url}\"\n[resources.thing]", "did you mean `{base_url}`?"),
        ("[resources.thing]", "[login]\npaht = \"/me\"\n[resources.thing]", "did you mean `path`?"),
    ];
    for (from, to, want) in cases {
        let text = said(from, to);
        assert!(text.contains(want), "{to}\n{text}");
        assert!(
            text.starts_with("connector.toml:") && !text.starts_with("connector.toml: "),
            "a place is named: {text}"
        );
    }
}

#[test]
fn a_mistake_in_the_defaults_is_shown_there() {
    let text = said("[errors.codes]", "[defaults.create]\nmethod = \"POST\"\npath = \"{way}\"\n[errors.codes]");
    let line = text.lines().nth(1).unwrap();
    assert!(line.ends_with("| path = \"{way}\""), "{text}");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text =
        said("path = \"/things\"\nget = { path = \"{path}/{id}\" }", "path = \"things\"\nget = { path = \"{road}\" }");
    assert_eq!(text.matches("connector.toml:").count(), 2, "{text}");
}

#[test]
fn without_a_file_there_is_no_connector() {
    assert_eq!(new(None).err().unwrap().code, Code::Settings);
    assert_eq!(new(Some(&format!("{HEAD}{GOOD}"))).unwrap().describe().unwrap().name, "test");
}

#[test]
fn a_resource_goes_without_what_the_defaults_have() {
    let text = format!("{HEAD}{GOOD}").replace("path = \"/things\"", "path = \"/things\"\nwithout = [\"version\"]");
    let manifest = Rest::from_toml(&text).unwrap().describe().unwrap();
    assert_eq!(manifest.resources[0].version, None);
}

#[test]
fn settings_must_make_sense() {
    let mut rest = Rest::from_toml(&format!("{HEAD}{GOOD}")).unwrap();
    let host = FakeHost::new(|_| panic!("no call"));
    let mut open = |value: Option<&str>| {
        let settings =
            value.map(|value| ("base_url".to_owned(), value.to_owned())).into_iter().collect::<BTreeMap<_, _>>();
        rest.open(&host, &OpenRequest { settings })
    };
    for bad in [None, Some(""), Some("h/api"), Some("ftp://h"), Some("http://"), Some("http://me:secret@h/")] {
        let failure = open(bad).unwrap_err();
        assert_eq!((failure.code, failure.field.as_deref()), (Code::Settings, Some("base_url")), "{bad:?}");
    }
    assert!(open(Some("https://h/api")).is_ok());
}

#[test]
fn nothing_can_be_done_before_opening() {
    let mut rest = Rest::from_toml(&format!("{HEAD}{GOOD}")).unwrap();
    let host = FakeHost::new(|_| panic!("no call"));
    let request = selaras_connector_api::ReadRequest { resource: "thing".into(), fields: Vec::new(), since: None };
    assert_eq!(rest.read(&host, &request).unwrap_err().code, Code::NotConnected);
}

#[test]
fn the_schema_knows_the_words() {
    let schema = manifest_schema().to_value();
    let text = schema.to_string();
    assert_eq!(schema["additionalProperties"], false);
    for word in ["page-number", "own-number", "definite", "updatedSince"] {
        assert_eq!(text.contains(word), word != "updatedSince", "{word}");
    }
    let templates = &schema["definitions"]["Template"];
    assert_eq!(templates["type"], "string", "{templates}");
    assert_eq!(schema["definitions"]["JsonPath"]["type"], "string");
}
