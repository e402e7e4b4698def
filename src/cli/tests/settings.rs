//! `runner.toml`: what is refused, where, and with what advice; that secrets are found and never shown.

use super::{Loaded, Settings, parse};
use crate::catalogue::Catalogue;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::locale::Lang;
use selaras_mapping::program::SystemDecl;
use std::path::{Path, PathBuf};

fn shown(failure: &Failure, lang: Lang) -> String {
    anstream::adapter::strip_str(&failure.render(&Catalogue::new(lang))).to_string()
}

fn refused(text: &str) -> String {
    shown(&parse(text, Path::new("runner.toml")).unwrap_err(), Lang::En)
}

#[test]
fn mistakes_are_told_with_their_place() {
    insta::assert_snapshot!("unknown_key", refused("lang = \"id\"\n[systems.accurate]\nbase_ulr = \"https://x\"\n"));
    insta::assert_snapshot!("wrong_kind", refused("state = 7\n"));
    insta::assert_snapshot!("no_toml", refused("[systems\n"));
    insta::assert_snapshot!("unknown_scheme", refused("[systems.smh]\nauth = \"magic\"\n"));
    insta::assert_snapshot!(
        "secret_with_two_places",
        refused("[systems.smh]\ntoken = { env = \"A\", file = \"b\" }\n")
    );
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    let text = "[systems.accurate]\nauth = \"api-token\"\ntoken = \"aat.NTA.very-secret\"\n";
    let said = refused(text);
    insta::assert_snapshot!("inline_secret", said);
    let failure = parse(text, Path::new("runner.toml")).unwrap_err();
    for said in [said, shown(&failure, Lang::Id), format!("{failure:?}")] {
        assert!(!said.contains("very-secret"), "{said}");
    }
}

fn loaded(text: &str, file: &Path) -> Loaded {
    Loaded { settings: parse(text, file).unwrap(), file: Some(file.to_owned()) }
}

fn decl(name: &str) -> SystemDecl {
    SystemDecl { name: name.to_owned(), connector: "accurate".to_owned() }
}

const COMPLETE: &str = r#"
[systems.accurate]
base_url = "https://account.accurate.id"
database = 1234567
branch = "100"
auth = "api-token"
token = { env = "ACCURATE_TOKEN" }
secret = { file = "secrets/accurate" }
options = { page_size = 100, strict = true }
"#;

#[test]
fn a_system_gets_its_settings_and_secrets() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("secrets")).unwrap();
    std::fs::write(folder.path().join("secrets/accurate"), "s3cret\n").unwrap();
    let loaded = loaded(COMPLETE, &folder.path().join("runner.toml"));
    let settings =
        loaded.system(&decl("accurate"), |name| (name == "ACCURATE_TOKEN").then(|| "t0ken".to_owned())).unwrap();
    let values: Vec<String> = settings.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(
        values,
        ["base_url=https://account.accurate.id", "branch=100", "database=1234567", "page_size=100", "strict=true"]
    );
    let auth = settings.auth.unwrap();
    assert_eq!(
        (auth.scheme.as_str(), auth.token, auth.secret.unwrap()),
        ("api-token", selaras_host::Secret::new("t0ken"), selaras_host::Secret::new("s3cret"))
    );
}

#[test]
fn limits_and_time_outs_reach_the_host() {
    let text = "[systems.accurate.limits]\ncalls_per_second = 4\nparallel = 3\nfailures_in_a_row = 7\nrest_seconds = 60\n\
                connect_seconds = 1\nanswer_seconds = 2\nidle_seconds = 5\ncall_seconds = 9\nsettle_seconds = 40\n";
    let limits = loaded(text, Path::new("runner.toml")).system(&decl("accurate"), |_| None).unwrap().limits.unwrap();
    let seconds = |count| Some(std::time::Duration::from_secs(count));
    assert_eq!((limits.per_second, limits.parallel, limits.failures), (Some(4), Some(3), Some(7)));
    assert_eq!((limits.rest, limits.connect, limits.answer), (seconds(60), seconds(1), seconds(2)));
    assert_eq!((limits.idle, limits.whole, limits.settle), (seconds(5), seconds(9), seconds(40)));
}

#[test]
fn what_is_missing_is_told_with_what_to_do() {
    let loaded = loaded(COMPLETE, Path::new("runner.toml"));
    let failure = |name: &str, token: &'static str| {
        let error =
            loaded.system(&decl(name), |_| Some(token.to_owned()).filter(|token| !token.is_empty())).unwrap_err();
        assert_eq!(error.exit, Exit::NotConnected);
        shown(&error, Lang::Id)
    };
    insta::assert_snapshot!("no_system", failure("smh", "t"));
    insta::assert_snapshot!("no_variable", failure("accurate", ""));
    insta::assert_snapshot!("no_secret_file", failure("accurate", "t"));
    let half = self::loaded("[systems.accurate]\ntoken = { env = \"X\" }\n", Path::new("runner.toml"));
    insta::assert_snapshot!(
        "half_a_credential",
        shown(&half.system(&decl("accurate"), |_| Some("t".into())).unwrap_err(), Lang::En)
    );
}

#[test]
fn paths_are_meant_from_the_file() {
    let loaded = loaded("state = \"keep\"\n", Path::new("/etc/selaras/runner.toml"));
    assert_eq!(loaded.state_dir(None), PathBuf::from("/etc/selaras/keep"));
    assert_eq!(loaded.state_dir(Some(Path::new("here"))), PathBuf::from("here"));
    assert_eq!(Loaded::default().state_dir(None), PathBuf::from(".runner"));
}

#[test]
fn the_example_is_valid_and_its_schema_agrees() {
    let text = include_str!("../../../runner.example.toml");
    let settings: Settings = parse(text, Path::new("runner.example.toml")).unwrap();
    assert_eq!(settings.systems.keys().collect::<Vec<_>>(), ["accurate", "smh"]);
    let schema = serde_json::from_str(&crate::report::schema::<Settings>()).unwrap();
    let value = serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(
        validator.is_valid(&value),
        "{:?}",
        validator.iter_errors(&value).map(|error| error.to_string()).collect::<Vec<_>>()
    );
    let inline = serde_json::json!({"systems": {"smh": {"token": "secret"}}});
    assert!(!validator.is_valid(&inline));
}
