//! Real shared libraries: found, checked, loaded, fenced, pinned. What a loaded connector may do on the network is tested here only as far
//! as it differs from a linked one: not at all.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod support;

use selaras_connector_api::{Code, GetRequest, Outcome, ReadRequest, RightsRequest, WriteItem, WriteOp, WriteRequest};
use selaras_host::{Answer, Host, HostError, HostOptions, SystemSettings};
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use support::tokens::{BACK, NOW, Tokens, client, stored, vault};
use support::{Seen, settings};

/// The folder of the test program, where cargo also puts the libraries of the connectors that this crate depends on.
fn deps() -> PathBuf {
    std::env::current_exe().unwrap().parent().unwrap().to_owned()
}

/// A library that cargo builds as an example of this crate.
fn example(name: &str) -> PathBuf {
    let file = deps().parent().unwrap().join("examples").join(format!("{DLL_PREFIX}{name}{DLL_SUFFIX}"));
    assert!(file.is_file(), "{} is not built; run the tests with `cargo test -p selaras-host`", file.display());
    file
}

/// A folder of connectors. Each pair is a place in it and a library to copy there.
fn ground(libraries: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (place, library) in libraries {
        let place = root.path().join(place);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::copy(example(library), place.with_extension(DLL_SUFFIX.trim_start_matches('.'))).unwrap();
    }
    root
}

fn lib(folder: &str) -> String {
    format!("{folder}/{DLL_PREFIX}x")
}

/// Puts another file in the place of a library. Never into the same file: it may be mapped.
fn replace(root: &Path, name: &str, content: &str) {
    let file = root.join(name).join(format!("{DLL_PREFIX}x{DLL_SUFFIX}"));
    fs::remove_file(&file).unwrap();
    fs::write(file, content).unwrap();
}

fn host(root: &Path, lock_file: Option<PathBuf>) -> Host {
    Host::new(HostOptions {
        search: vec![root.to_owned()],
        exe_dir: root.join("nowhere"),
        lock_file,
        ..HostOptions::default()
    })
    .unwrap()
}

fn refused(host: &Host, name: &str) -> HostError {
    host.load(name).map(|_| ()).unwrap_err()
}

fn read() -> ReadRequest {
    ReadRequest { resource: "customer".into(), fields: Vec::new(), since: None }
}

#[test]
fn a_library_is_found_loaded_and_described() {
    let root = ground(&[(&lib("rogue"), "rogue")]);
    let host = host(root.path(), None);
    let loaded = host.load("rogue").unwrap();
    assert_eq!((loaded.manifest.title.as_str(), loaded.abi, loaded.same_build), ("Rogue", 1, true));
    let expected = blake3::hash(&fs::read(example("rogue")).unwrap()).to_hex().to_string();
    assert_eq!(loaded.hash, expected);
    let installed = host.installed();
    assert_eq!(installed.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["rogue"]);
    assert_eq!(installed[0].details.as_ref().unwrap().hash, expected);
}

#[test]
fn a_loaded_connector_cannot_write_while_observing() {
    let root = ground(&[(&lib("rogue"), "rogue")]);
    let (base, seen) = support::recorder();
    let host = host(root.path(), None);
    let mut system = host.system("side", &settings("rogue", &base)).unwrap();
    system.open().unwrap();
    let get = GetRequest { resource: "customer".into(), ids: vec!["1".into()], fields: Vec::new() };
    for failure in [
        system.read(&read(), &mut |_| {}).unwrap_err(),
        system.get(&get, &mut |_| {}).unwrap_err(),
        system.spaces(None).unwrap_err(),
    ] {
        assert_eq!(failure.code, Code::WriteRefused, "{failure}");
    }
    system.close();
    assert_eq!(Seen::taken(&seen), Vec::<String>::new());
    assert_eq!(system.calls().writes, 0);
}

#[test]
fn a_panic_after_a_write_leaves_its_outcome_unclear_and_the_library_unused() {
    // A copy of its own: the fence belongs to the library, and other tests must not meet it.
    let root = ground(&[(&lib("rogue"), "rogue")]);
    let (base, seen) = support::recorder();
    let host = host(root.path(), None);
    let mut system = host.system("side", &settings("rogue", &base)).unwrap();
    system.open().unwrap();
    let item = |id: &str| WriteItem {
        op: WriteOp::Delete,
        id: Some(id.into()),
        version: None,
        fields: serde_json::Map::new(),
        children: Vec::new(),
    };
    let request = WriteRequest { resource: "customer".into(), items: vec![item("1"), item("2")] };
    let done = system.write(&host.permit_writes(), &request).unwrap();
    assert!(
        matches!(&done.outcomes[..], [Outcome::Unclear(why), Outcome::Unclear(_)] if why.text.contains("after the blow"))
    );
    assert_eq!(Seen::taken(&seen), ["POST /save"]);
    let failure = system.read(&read(), &mut |_| {}).unwrap_err();
    assert!(failure.code == Code::Internal && failure.text.contains("after the blow"), "{failure}");
    assert_eq!(refused(&host, "rogue").key(), "host-connector-refused");
}

#[test]
fn a_panic_comes_back_as_a_failure() {
    let root = ground(&[(&lib("rogue"), "rogue")]);
    let host = host(root.path(), None);
    let mut system = host.system("side", &settings("rogue", "http://127.0.0.1:1")).unwrap();
    let failure = system.rights(&RightsRequest::default()).unwrap_err();
    assert!(failure.code == Code::Internal && failure.text.contains("its own feet"), "{failure}");
}

#[test]
fn another_abi_is_refused_by_number_and_nothing_of_it_is_called() {
    let root = ground(&[(&lib("stranger"), "stranger")]);
    let error = refused(&host(root.path(), None), "stranger");
    assert_eq!(error.key(), "host-library-wrong-abi");
    assert_eq!((error.message().args["found"].as_str(), error.message().args["wanted"].as_str()), ("42", "1"));
}

#[test]
fn libraries_that_are_no_connector_are_refused() {
    let root = ground(&[(&lib("other"), "rogue")]);
    let error = refused(&host(root.path(), None), "other");
    assert_eq!(error.key(), "host-library-no-symbol");
    assert_eq!(error.message().args["symbols"], "selaras_connector_v1_other, selaras_connector_v1");
    let root = ground(&[(&lib("other"), "rogue")]);
    replace(root.path(), "other", "no library");
    assert_eq!(refused(&host(root.path(), None), "other").key(), "host-library-not-opened");
}

#[test]
fn a_declared_connector_gets_its_text_and_is_hashed_with_it() {
    let root = ground(&[(&lib("rogue"), "rogue")]);
    let declare = |text: &str| {
        fs::create_dir_all(root.path().join("shop")).unwrap();
        fs::write(root.path().join("shop/connector.toml"), format!("engine = \"rogue\"\n{text}\n")).unwrap();
    };
    let host = host(root.path(), None);
    declare("call-me = \"shop\"");
    let first = host.load("shop").unwrap();
    assert_eq!(first.manifest.name, "shop");
    declare("# changed\ncall-me = \"shop\"");
    assert_ne!(host.load("shop").unwrap().hash, first.hash);
    declare("refuse = true");
    let error = refused(&host, "shop");
    assert!(error.key() == "host-connector-refused" && error.to_string().contains("line 3: refused"), "{error}");
    declare("call-me = \"other\"");
    assert_eq!(refused(&host, "shop").key(), "host-connector-other-name");
    let names: Vec<String> = host.installed().into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["shop"], "an engine is no connector of its own");
}

#[test]
fn a_pinned_connector_that_differs_is_refused_before_it_is_opened() {
    let root = ground(&[(&lib("rogue"), "rogue")]);
    let lock = root.path().join("connectors.lock");
    let host = host(root.path(), Some(lock.clone()));
    assert_eq!(host.write_lock().unwrap(), lock);
    let hash = host.load("rogue").unwrap().hash;
    // No library at all any more: had it been opened, the error would be another.
    replace(root.path(), "rogue", "replaced");
    let error = refused(&host, "rogue");
    assert_eq!(error.key(), "host-lock-differs");
    let args = error.message().args;
    assert_eq!((&args["pinned"], &args["found"]), (&hash, &blake3::hash(b"replaced").to_hex().to_string()));
}

/// The loader would give the old code for the new file, and the plan would be bound to the wrong hash.
#[test]
fn a_library_that_is_replaced_while_open_is_refused() {
    let root = ground(&[(&lib("rogue"), "rogue")]);
    assert!(host(root.path(), None).load("rogue").is_ok());
    replace(root.path(), "rogue", "a newer build");
    assert_eq!(refused(&host(root.path(), None), "rogue").key(), "host-library-replaced");
}

#[test]
fn without_a_lock_file_nothing_can_be_pinned() {
    let root = ground(&[]);
    assert_eq!(host(root.path(), None).write_lock().unwrap_err().key(), "host-lock-none");
}

#[cfg(unix)]
#[test]
fn a_library_that_everybody_can_change_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let root = ground(&[(&lib("rogue"), "rogue")]);
    let file = root.path().join("rogue").join(format!("{DLL_PREFIX}x{DLL_SUFFIX}"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(refused(&host(root.path(), None), "rogue").key(), "host-library-writable");
}

#[test]
fn settings_that_do_not_fit_are_told_before_anything_is_sent() {
    let root = ground(&[(&lib("rogue"), "rogue")]);
    let host = host(root.path(), None);
    let key = |settings: &SystemSettings| host.system("side", settings).map(|_| ()).unwrap_err().key().to_owned();
    assert_eq!(key(&settings("rogue", "ftp://x")), "host-base-url");
    let mut unknown = settings("rogue", "http://x");
    unknown.values.insert("databse".into(), "1".into());
    assert_eq!(key(&unknown), "host-setting-unknown");
}

/// The workspace's own connectors, where cargo puts their libraries and where the one without code is declared.
#[test]
fn the_connectors_of_the_workspace_are_found_and_say_what_they_are() {
    let declared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../connectors");
    let host = Host::new(HostOptions { search: vec![declared], exe_dir: deps(), ..HostOptions::default() }).unwrap();
    for name in ["accurate", "sim", "smh"] {
        let loaded = host.load(name).map_err(|error| error.to_string()).unwrap();
        assert_eq!(loaded.manifest.name, name);
        assert_eq!(loaded.declaration.is_some(), name == "smh");
    }
    let names: Vec<String> = host.installed().into_iter().map(|one| one.name).collect();
    assert!(!names.contains(&"rest".to_owned()), "{names:?}");
}

#[test]
fn a_connector_of_the_workspace_is_connected_used_and_renewed_without_a_secret_in_sight() {
    let (root, tokens) = (tempfile::tempdir().unwrap(), Tokens::start());
    let options = HostOptions { exe_dir: deps(), vault: Some(vault(root.path())), ..HostOptions::default() };
    let host = Host::with_clock(options, std::sync::Arc::new(|| NOW), 1).unwrap();
    let settings = SystemSettings { connector: "accurate".into(), ..stored(&tokens.base) };
    assert_eq!(host.system("side", &settings).map(|_| ()).unwrap_err().key(), "host-not-connected");
    let consent = host.begin_consent("side", &settings, &client(), BACK, &["customer_view".to_owned()]).unwrap();
    assert_eq!(consent.scopes, ["branch_view", "customer_view"]);
    assert_eq!(host.pending_consent("side", &settings).unwrap().as_ref(), Some(&consent));
    let answer = Answer::from_url(&tokens.agree(&consent.url)).unwrap();
    host.finish_consent("side", &settings, &answer).unwrap();
    tokens.expire();
    let mut system = host.system("side", &settings).unwrap();
    let listed = system.spaces(None);
    assert_eq!((system.calls().renewed, tokens.world().refused), (1, 1), "{listed:?}");
    assert!(tokens.world().calls.len() >= 2, "the call was repeated with the new token");
    support::tokens::clean(&tokens, &format!("{listed:?} {:?}", system.take_log()));
    assert_eq!(support::tokens::leaks(&tokens, root.path()), []);
}
