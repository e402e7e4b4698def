//! What looks like a wave of deletes and is none, met by the real binary over HTTP: a narrowed scope, a changed dummy rule, an emptied side, an old
//! copy of the state file, another database under the same settings. Nothing is deleted or taken out of use in any, and what is said says why and what to
//! do, in both languages. What guards count stands in `src/plan/tests` and `src/run/tests/guards.rs`.

mod support;

use selaras_sandbox::{Options, Sandbox, Scenario};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use support::{MAPPING, Said, root, settings};

/// Both systems with linked records, and a folder of their own.
struct Trap {
    sandbox: Sandbox,
    folder: tempfile::TempDir,
}

impl Trap {
    fn new() -> Self {
        let scenario = Scenario::Sized { customers: 30, items: 4, employees: 2, orders: 0 };
        let sandbox = selaras_sandbox::start(Options { scenario, limit: false, ..Options::default() });
        let trap =
            Self { sandbox: sandbox.expect("the sandbox starts"), folder: tempfile::tempdir().expect("a folder") };
        let connectors = format!("connectors = [{:?}]\n\n", root().join("connectors"));
        let settings = connectors + &settings(&trap.sandbox);
        std::fs::write(trap.folder.path().join("runner.toml"), settings).expect("written");
        std::fs::write(trap.mapping(), std::fs::read_to_string(root().join(MAPPING)).expect("read")).expect("written");
        let first = trap.run("en", "apply", &["--yes"]);
        assert_eq!(first.code, 0, "{}\n{}", first.out, first.err);
        trap
    }

    fn mapping(&self) -> PathBuf {
        self.folder.path().join("accurate.yaml")
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// Replaces something in the mapping.
    fn edit(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.mapping()).expect("read");
        assert!(text.contains(from), "{from} is not in the mapping");
        std::fs::write(self.mapping(), text.replace(from, to)).expect("written");
    }

    fn run(&self, lang: &str, command: &str, flags: &[&str]) -> Said {
        self.command(lang, &[&[command, "accurate.yaml"], flags].concat())
    }

    fn command(&self, lang: &str, words: &[&str]) -> Said {
        let (accurate, smh) = (self.sandbox.accurate_settings(), self.sandbox.smh_settings());
        let mut runner = Command::new(env!("CARGO_BIN_EXE_runner"));
        runner.args(["--lang", lang]).args(words).args(["--state", "state", "--config", "runner.toml"]);
        runner.current_dir(self.folder.path()).env("NO_COLOR", "1").stdin(Stdio::null());
        runner.env("ACCURATE_TOKEN", &accurate["token"]).env("ACCURATE_SECRET", &accurate["secret"]);
        runner.env("SMH_TOKEN", &smh["token"]);
        Said::of(&runner.output().expect("the binary runs"))
    }

    /// What `status` says of a run that was refused, before and after its plan is approved.
    fn status_tells_the_refusal(&self) {
        let status = self.run("en", "status", &["--format", "json"]).json();
        let hash = status["refused"]["plan_hash"].as_str().unwrap_or_else(|| panic!("{status:#}")).to_owned();
        for (lang, why) in [("en", "would be deleted"), ("id", "akan dihapus")] {
            let said = self.run(lang, "status", &[]);
            assert_eq!(said.code, 4, "{}\n{}", said.out, said.err);
            let command = format!("runner approve {} --because '…' --config runner.toml --state state", &hash[..12]);
            for word in [why, &hash, &command] {
                assert!(said.out.contains(word), "no {word:?} in\n{}", said.out);
            }
        }
        let approved = self.command("en", &["approve", &hash[..12], "--because", "really gone"]);
        assert_eq!(approved.code, 0, "{}\n{}", approved.out, approved.err);
        for lang in ["en", "id"] {
            let said = self.run(lang, "status", &[]);
            assert_eq!(said.code, 0, "{}\n{}", said.out, said.err);
            assert!(
                said.out.contains("(really gone)") && said.out.contains("runner apply accurate.yaml"),
                "{}",
                said.out
            );
        }
    }

    /// Which records stand where, and which of them are in use.
    fn standing(&self) -> BTreeMap<String, bool> {
        self.sandbox.with_world(|world| {
            let accurate = world.accurate.databases.values().flat_map(|database| &database.tables);
            let accurate = accurate.map(|(name, table)| ("accurate", name.clone(), &table.rows));
            let smh = world.smh.tables.iter().map(|(name, table)| ("smh", name.clone(), &table.rows));
            let tables: Vec<_> = accurate.chain(smh).collect();
            let row = |system: &str, table: &str, id: &u64, row: &serde_json::Map<String, Json>| {
                let used = row.get("suspended") != Some(&Json::Bool(true))
                    && row.get("status") != Some(&Json::from("inactive"));
                (format!("{system} {table} {id}"), used)
            };
            let rows = tables.iter().flat_map(|(system, table, rows)| {
                rows.iter().map(move |(id, one)| row(system, table, id, one)).collect::<Vec<_>>()
            });
            rows.collect()
        })
    }

    /// What a plan says in both languages. Then it is applied, twice: nothing ends by that, and it ends with this code.
    #[track_caller]
    fn springs(&self, code: i32) -> String {
        let before = self.standing();
        let said = ["en", "id"].map(|lang| {
            let said = self.run(lang, "plan", &[]);
            assert_eq!(said.code, code, "{}\n{}", said.out, said.err);
            self.plain(&said)
        });
        for _ in 0..2 {
            let said = self.run("en", "apply", &["--yes"]);
            assert_eq!(said.code, code, "{}\n{}", said.out, said.err);
        }
        let after = self.standing();
        let ended = |(key, used): &(&String, &bool)| **used && after.get(*key) != Some(&true);
        let ended: Vec<&String> = before.iter().filter(ended).map(|(key, _)| key).collect();
        assert!(ended.is_empty(), "ended: {ended:?}");
        said.join("\n")
    }

    /// What was said of this trap: without the tables, the calls, and what differs from run to run.
    fn plain(&self, said: &Said) -> String {
        let keeps = |part: &&str| {
            let first = part.trim_start_matches('\n').lines().next().unwrap_or_default();
            let dull =
                ["Plan for", "Rencana accurate", "What was seen", "Data yang terbaca", "Calls to", "Panggilan ke"];
            let dull = [&dull[..], &["Results for", "Hasil accurate", "Sync Information"]].concat();
            !dull.iter().any(|start| first.starts_with(start))
        };
        // What speaks for each delete names runs and times, and where its lines break depends on them.
        let shortened = |part: &str| match part.trim_start_matches('\n').starts_with("Pelanggan\n") {
            true => part.lines().filter(|line| !line.starts_with("      ")).collect::<Vec<_>>().join("\n"),
            false => part.to_owned(),
        };
        let text = said.out.split("\n\n").filter(keeps).map(shortened).collect::<Vec<_>>().join("\n\n");
        let words = text.split_inclusive([' ', '\n']);
        let masked = words.map(|word| {
            let hash = word.trim_end();
            let is_hash = hash.len() >= 12 && hash.chars().all(|c| c.is_ascii_hexdigit());
            if is_hash { word.replace(hash, "[hash]") } else { word.to_owned() }
        });
        masked.collect()
    }
}

const DUMMY: &str = r"match(@.customerNo, 'C\\.DEMO-.*')";

#[test]
fn a_narrowed_scope_freezes() {
    let trap = Trap::new();
    let scope = format!("      accurate: {DUMMY}\n    scope:\n      accurate:\n");
    let narrower = "        - require: \"@.billCity == 'Tidak Ada'\"\n          reason: { id: bukan kota kami, en: not our town }\n";
    trap.edit(&scope, &format!("{scope}{narrower}"));
    insta::assert_snapshot!(trap.springs(0));
}

#[test]
fn a_changed_dummy_rule_freezes() {
    let trap = Trap::new();
    trap.edit(DUMMY, "match(@.customerNo, 'C.*')");
    insta::assert_snapshot!(trap.springs(0));
}

#[test]
fn a_changed_rule_and_deletes_at_once_are_refused() {
    let trap = Trap::new();
    trap.edit(DUMMY, "match(@.customerNo, 'C.*1')");
    trap.sandbox.with_world(|world| {
        let rows = &mut world.smh.tables.get_mut("customers").expect("customers").rows;
        let some: Vec<u64> = rows.keys().copied().skip(1).step_by(15).collect();
        some.iter().for_each(|key| drop(rows.remove(key)));
    });
    insta::assert_snapshot!(trap.springs(4));
    trap.status_tells_the_refusal();
}

#[test]
fn an_emptied_side_is_not_followed() {
    let trap = Trap::new();
    trap.sandbox.with_world(|world| world.smh.tables.get_mut("customers").expect("customers").rows.clear());
    insta::assert_snapshot!(trap.springs(4));
}

#[test]
fn an_old_copy_of_the_state_is_told() {
    let trap = Trap::new();
    let copy = trap.folder.path().join("copy.db");
    std::fs::copy(trap.state().join("state.db"), &copy).expect("copied");
    trap.sandbox.with_world(|world| {
        let books = world.accurate.databases.values_mut().next().expect("a database");
        let row = books.table_mut("customer").rows.values_mut().next().expect("a customer");
        row.insert("name".into(), "Toko Baru".into());
    });
    let second = trap.run("en", "apply", &["--yes"]);
    assert_eq!(second.code, 0, "{}\n{}", second.out, second.err);
    for more in ["state.db-wal", "state.db-shm"] {
        // Whoever puts a copy back puts back the one file.
        drop(std::fs::remove_file(trap.state().join(more)));
    }
    std::fs::copy(&copy, trap.state().join("state.db")).expect("copied");
    insta::assert_snapshot!(trap.springs(4));
}

#[test]
fn a_lost_state_is_told_and_ends_nothing() {
    let trap = Trap::new();
    for file in ["state.db", "state.db-wal", "state.db-shm"] {
        drop(std::fs::remove_file(trap.state().join(file)));
    }
    let told = trap.run("en", "plan", &[]);
    assert_eq!(told.code, 0, "pairs are linked again: {}\n{}", told.out, told.err);
    assert!(told.err.contains("there was a state file here"), "{}", told.err);
    let verify = || {
        let mut runner = Command::new(env!("CARGO_BIN_EXE_runner"));
        runner.args(["--lang", "en", "state", "verify", "--state", "state"]).current_dir(trap.folder.path());
        Said::of(&runner.stdin(Stdio::null()).output().expect("the binary runs"))
    };
    std::fs::write(trap.state().join("state.db"), "").expect("written");
    let before = trap.standing();
    let anew = trap.run("id", "apply", &["--yes"]);
    assert_eq!(anew.code, 0, "{}\n{}", anew.out, anew.err);
    assert!(anew.err.contains("pernah ada berkas keadaan"), "{}", anew.err);
    assert_eq!(trap.standing(), before);
    assert_eq!(verify().code, 0, "from then on it is a state like any other");
}

#[test]
fn another_database_under_the_same_settings_starts_its_own() {
    let trap = Trap::new();
    let file = trap.folder.path().join("runner.toml");
    let other = std::fs::read_to_string(&file).expect("read").replace("branch = \"100\"", "branch = \"101\"");
    std::fs::write(&file, other).expect("written");
    let before = trap.standing();
    for _ in 0..2 {
        let said = trap.run("en", "apply", &["--yes"]);
        assert_eq!(said.code, 0, "{}\n{}", said.out, said.err);
        assert!(said.out.contains("cabang Surabaya") && !said.out.contains("to delete"), "{}", said.out);
    }
    assert_eq!(trap.standing(), before);
}
