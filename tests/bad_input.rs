//! Bad input: a clear message, the documented exit code, and nothing written.

mod support;

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use support::{MAPPING, Said, State, root, runner, runner_in};

/// A refused command: it says what is the matter on stderr and does not panic.
fn refused(said: &Said, code: i32, words: &[&str]) {
    assert_eq!(said.code, code, "{}\n{}", said.out, said.err);
    assert!(!said.err.contains("panicked"), "{}", said.err);
    for word in words {
        assert!(said.err.contains(word) || said.out.contains(word), "no {word:?} in\n{}\n{}", said.out, said.err);
    }
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

#[test]
fn all_mistakes_of_a_mapping_are_told_at_once() {
    let text = std::fs::read_to_string(root().join(MAPPING)).expect("the mapping");
    let text = text.replacen("match: [[name]]", "match: [[nmae]]", 1);
    let text = text.replacen("as: integer", "as: intger", 1);
    let text = text.replacen("accurate: $.mobilePhone", "accurate: $.mobilPhone", 1);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("broken.yaml");
    std::fs::write(&file, text).expect("written");
    let state = State::new();
    for command in [vec!["validate"], vec!["apply", "--sandbox"], vec!["plan", "--sandbox"]] {
        let mut args = command.clone();
        args.insert(1, file.to_str().expect("a path"));
        let said = if command[0] == "validate" { runner(&args) } else { state.runner(&args) };
        refused(&said, 1, &["nmae", "name", "intger", "integer"]);
        let places = said.out.matches("broken.yaml:").count() + said.err.matches("broken.yaml:").count();
        assert!(places >= 2, "each mistake has its line and column: {}\n{}", said.out, said.err);
    }
    assert!(is_empty(state.path()), "a broken mapping left something behind");
}

/// A slip of the hand must not eat the memory, or wait for a pipe into which nobody writes.
#[test]
fn what_is_no_mapping_by_its_size_or_kind_is_told_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (huge, pipe) = (folder.path().join("huge.yaml"), folder.path().join("pipe.yaml"));
    std::fs::File::create(&huge).and_then(|file| file.set_len(1 << 40)).expect("a hole");
    assert!(Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()));
    let (huge, pipe) = (huge.display().to_string(), pipe.display().to_string());
    let begun = std::time::Instant::now();
    for (lang, special, large) in
        [("en", "no ordinary file", "more than 1048576 bytes"), ("id", "bukan file biasa", "lebih dari 1048576 byte")]
    {
        for (file, words) in
            [("/dev/zero", special), (pipe.as_str(), special), ("mappings", special), (huge.as_str(), large)]
        {
            refused(&runner(&["validate", file, "--lang", lang]), 1, &[words, file]);
            refused(&runner(&["validate", MAPPING, "--config", file, "--lang", lang]), 1, &[words, file]);
        }
        refused(&runner(&["apply", "--plan", "/dev/zero", "--lang", lang]), 1, &[special]);
    }
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
}

#[test]
fn a_missing_mapping_is_named() {
    let state = State::new();
    refused(&state.runner(&["apply", "mappings/none.yaml", "--sandbox"]), 1, &["mappings/none.yaml"]);
    assert!(is_empty(state.path()));
}

/// Where nothing was ever noted, an empty list would look as if all were well.
#[test]
fn a_state_that_is_not_there_is_told_and_not_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("elsewhere");
    let file = place.join("state.db").display().to_string();
    let state = place.to_str().expect("a path");
    for (lang, none) in [("en", "no state file"), ("id", "Tidak ada berkas keadaan")] {
        for command in
            [&["intents"][..], &["conflicts", MAPPING], &["links"], &["history"], &["history", "--record", "C.1"]]
        {
            let args = [command, &["--state", state, "--lang", lang]].concat();
            let said = runner(&args);
            refused(&said, 1, &[none, &file, &format!("runner apply {MAPPING} --state {state}"), "--state"]);
            assert!(said.out.is_empty(), "nothing is said of records: {}", said.out);
            let said = runner(&[&args[..], &["--format", "json"]].concat());
            refused(&said, 1, &[none]);
            assert_eq!(said.json()["missing_state"], file.as_str(), "{}", said.out);
        }
    }
    let status = runner(&["status", MAPPING, "--sandbox", "--state", state, "--lang", "en"]);
    refused(&status, 0, &["no run yet", &file]);
    let status = runner(&["status", MAPPING, "--sandbox", "--state", state, "--format", "json"]);
    assert_eq!(status.json()["missing_state"], file.as_str(), "{}", status.out);
    let said = runner(&["approve", "0123456789ab", "--because", "it is right", "--state", state, "--lang", "en"]);
    refused(&said, 1, &["Nothing is approved", &file, "--approve 0123456789ab"]);
    assert!(!place.exists(), "asking made a state");
}

/// What documents show of `runner.toml` is taken as it stands, lines that are commented out included.
#[test]
fn documented_settings_are_taken() {
    let connectors = runner(&["connectors", "--format", "json"]).json();
    let own = |system: &str| -> Vec<String> {
        let connectors = connectors["connectors"].as_array().expect("connectors").iter();
        let found =
            connectors.filter(|it| it["name"] == system).flat_map(|it| it["settings"].as_array().expect("settings"));
        found.map(|setting| setting["name"].as_str().expect("a name").to_owned()).collect()
    };
    for file in
        ["connectors/accurate/README.md", "connectors/smh/README.md", "docs/connecting.md", "runner.example.toml"]
    {
        let text = std::fs::read_to_string(root().join(file)).expect("read");
        let whole = file.ends_with(".toml");
        let block = if whole {
            text.as_str()
        } else {
            text.split("```").find_map(|it| it.strip_prefix("toml\n")).expect("a block")
        };
        let is_setting =
            |line: &str| line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
        let lines = block.lines().map(|line| line.strip_prefix("# ").filter(|line| is_setting(line)).unwrap_or(line));
        let shown = lines.collect::<Vec<_>>().join("\n");
        let folder = tempfile::tempdir().expect("a folder");
        let settings = folder.path().join("runner.toml");
        std::fs::write(&settings, &shown).expect("written");
        let said = runner(&["validate", MAPPING, "--config", settings.to_str().expect("a path"), "--lang", "en"]);
        assert_eq!(said.code, 0, "{file}:\n{}\n{}", said.out, said.err);
        let table: toml::Table = shown.parse().expect("settings");
        for (system, config) in table["systems"].as_table().expect("systems") {
            for option in config.get("options").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys)
            {
                assert!(own(system).contains(option), "{file}: {system} knows no {option}");
            }
        }
    }
}

#[test]
fn an_unknown_connector_tells_every_place_that_was_tried() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = std::fs::read_to_string(root().join(MAPPING)).expect("the mapping");
    let file = folder.path().join("other.yaml");
    std::fs::write(&file, text.replacen("connector: smh", "connector: hubspot", 1)).expect("written");
    let state = State::new();
    let said = state.runner(&["plan", file.to_str().expect("a path"), "--sandbox"]);
    refused(&said, 1, &["hubspot", "connectors"]);
    refused(&runner(&["validate", file.to_str().expect("a path")]), 1, &["hubspot"]);
}

/// A library that says that it speaks another ABI. Built with the C compiler that building the runner needs anyway.
#[test]
fn a_library_of_another_abi_version_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("old.c");
    let code = "static const struct { unsigned abi, size; char rest[256]; } entry = { 99, 128, {0} };\nconst void *selaras_connector_v1(void) { return &entry; }\n";
    std::fs::write(&source, code).expect("written");
    let place = folder.path().join("connectors").join("old");
    std::fs::create_dir_all(&place).expect("made");
    let library =
        place.join(format!("{}selaras_connector_old{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX));
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).status();
    assert!(built.is_ok_and(|status| status.success()), "the C compiler works");
    let text = std::fs::read_to_string(root().join(MAPPING)).expect("the mapping");
    let mappings = folder.path().join("mappings");
    std::fs::create_dir_all(&mappings).expect("made");
    let file = mappings.join("old.yaml");
    std::fs::write(&file, text.replacen("connector: smh", "connector: old", 1)).expect("written");
    let said = runner_in(folder.path(), &["validate", "mappings/old.yaml"]);
    refused(&said, 1, &["99"]);
    let listed = runner_in(folder.path(), &["connectors"]);
    refused(&listed, 1, &["old", "99"]);
}

#[test]
fn a_corrupt_state_file_is_left_as_it_is() {
    let state = State::new();
    let garbage = b"this is not a database, and it is long enough to be taken for one by its length: ..............................".repeat(9);
    std::fs::write(state.path().join("state.db"), &garbage).expect("written");
    for command in ["apply", "plan"] {
        refused(&state.runner(&[command, MAPPING, "--sandbox"]), 1, &["state.db"]);
    }
    refused(&state.runner(&["status", "--sandbox"]), 1, &["state.db"]);
    assert!(std::fs::read(state.path().join("state.db")).expect("still there") == garbage);
}

#[test]
fn a_system_that_is_not_running_is_named_with_its_address() {
    let folder = tempfile::tempdir().expect("a folder");
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    std::fs::write(folder.path().join("token"), "aat.x.y").expect("written");
    let token = folder.path().join("token");
    let settings = format!(
        "[systems.accurate]\nbase_url = \"http://{free}\"\ndatabase = \"1\"\nauth = \"api-token\"\ntoken = {{ file = {token:?} }}\nsecret = {{ file = {token:?} }}\n\n\
         [systems.smh]\nbase_url = \"http://{free}/smh\"\nauth = \"bearer\"\ntoken = {{ file = {token:?} }}\n"
    );
    let config = folder.path().join("runner.toml");
    std::fs::write(&config, settings).expect("written");
    let state = State::new();
    let said = state.runner(&["apply", MAPPING, "--config", config.to_str().expect("a path")]);
    refused(&said, 1, &["accurate"]);
    assert!(!said.err.contains("aat.x.y"), "a secret in a message: {}", said.err);
    assert!(!state.path().join("state.db").exists(), "nothing may be written");
}

#[test]
fn without_settings_and_without_a_sandbox_nothing_is_connected() {
    let folder = tempfile::tempdir().expect("a folder");
    let mapping = root().join(MAPPING);
    let said = runner_in(folder.path(), &["plan", mapping.to_str().expect("a path")]);
    refused(&said, 7, &["runner.toml"]);
}

#[test]
fn the_state_of_nothing_at_all_names_how_to_connect() {
    let folder = tempfile::tempdir().expect("a folder");
    let mapping = root().join(MAPPING);
    let said = runner_in(folder.path(), &["status", mapping.to_str().expect("a path")]);
    assert_eq!(said.code, 7, "{}{}", said.out, said.err);
    for system in ["accurate", "smh"] {
        assert!(said.out.contains(&format!("runner connect {system}")), "{}", said.out);
    }
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let said = runner(&["sandbox", "--listen", &address]);
    refused(&said, 1, &[&taken.local_addr().expect("an address").port().to_string(), "--listen"]);
}

#[test]
fn flags_that_select_nothing_are_errors() {
    let state = State::new();
    refused(&state.runner(&["plan", MAPPING, "--sandbox", "--entity", "Pelangan"]), 1, &["Pelangan", "Pelanggan"]);
}
