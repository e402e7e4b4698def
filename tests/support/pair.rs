//! Both systems simulated in this process, and the real binary beside them: over HTTP, with a `runner.toml` like an operator's.

#![allow(dead_code, clippy::allow_attributes, reason = "each test binary uses its own part of this")]

use crate::support::{Said, root};
use selaras_sandbox::{Options, Row, Sandbox, Scenario};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Both systems and a folder for settings and state.
pub struct Pair {
    pub sandbox: Sandbox,
    folder: TempDir,
}

impl Pair {
    /// Systems with generated data. `limits` is what `runner.toml` says below `[systems.NAME.limits]`, of both.
    pub fn new(scenario: Scenario, limit: bool, limits: &str) -> Self {
        let sandbox = selaras_sandbox::start(Options { scenario, limit, ..Options::default() }).expect("it starts");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("runner.toml"), settings(&sandbox, limits)).expect("written");
        Self { sandbox, folder }
    }

    /// Five customers and items that only Accurate has, without limits on calls.
    pub fn small() -> Self {
        let scenario = Scenario::Sized { customers: 5, items: 5, employees: 2, orders: 0 };
        Self::new(scenario, false, "calls_per_second = 100000\nparallel = 8\n")
    }

    /// The settings.
    pub fn settings(&self) -> PathBuf {
        self.folder.path().join("runner.toml")
    }

    /// The folder of the state.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// The binary with these arguments, on this state.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
        self.equip(command.args(args), &self.state());
        command
    }

    /// Gives a command the settings, the secrets and a state folder.
    pub fn equip(&self, command: &mut Command, state: &Path) {
        let (accurate, smh) = (self.sandbox.accurate_settings(), self.sandbox.smh_settings());
        command.arg("--state").arg(state).arg("--config").arg(self.folder.path().join("runner.toml"));
        command.current_dir(root());
        command.env("ACCURATE_TOKEN", &accurate["token"]).env("ACCURATE_SECRET", &accurate["secret"]);
        command.env("SMH_TOKEN", &smh["token"]).env("NO_COLOR", "1").env_remove("LANG").env_remove("LC_ALL");
        command.stdin(Stdio::null());
    }

    /// Runs the binary to its end.
    pub fn run(&self, args: &[&str]) -> Said {
        Said::of(&self.command(args).output().expect("the binary runs"))
    }

    /// Starts the binary.
    pub fn start(&self, args: &[&str]) -> Started {
        let mut command = self.command(args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Started(command.spawn().expect("the binary runs"))
    }

    /// Orders faults: the next calls that match fail that way.
    pub fn fault(&self, faults: Json) {
        self.sandbox.state().faults.add(serde_json::from_value(faults).expect("orders of faults"));
    }

    /// The records of a resource of SMH.
    pub fn smh(&self, resource: &str) -> Vec<Row> {
        self.sandbox.with_world(|world| {
            let table = world.smh.tables.get(resource);
            table.map(|table| table.rows.values().cloned().collect()).unwrap_or_default()
        })
    }

    /// The records of a module of Accurate.
    pub fn accurate(&self, module: &str) -> Vec<Row> {
        let database: u64 = self.sandbox.accurate_settings()["database"].parse().expect("a number");
        self.sandbox.with_world(|world| {
            let table = world.accurate.databases[&database].tables.get(module);
            table.map(|table| table.rows.values().cloned().collect()).unwrap_or_default()
        })
    }
}

/// A binary at work.
pub struct Started(pub Child);

impl Started {
    /// Sends it a signal by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.0.id().to_string()]).status().expect("kill runs");
        assert!(sent.success(), "kill -s {name}");
    }

    /// Waits until something is so, which must come soon even on a slow machine.
    pub fn until(&mut self, what: &str, so: impl Fn() -> bool) {
        let start = Instant::now();
        while !so() {
            assert!(start.elapsed() < Duration::from_secs(60), "{what}: waited too long");
            assert!(self.0.try_wait().expect("a child").is_none(), "{what}: it ended before");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits for its end, and tells how long that took.
    pub fn end(self) -> (Said, Duration) {
        let start = Instant::now();
        let said = Said::of(&self.0.wait_with_output().expect("it ends"));
        (said, start.elapsed())
    }
}

/// Settings as `runner sandbox` prints them.
fn settings(sandbox: &Sandbox, limits: &str) -> String {
    let (accurate, smh) = (sandbox.accurate_settings(), sandbox.smh_settings());
    let limits = |system: &str| match limits {
        "" => String::new(),
        limits => format!("[systems.{system}.limits]\n{limits}"),
    };
    format!(
        "[systems.accurate]\nbase_url = {:?}\nauth = {:?}\ndatabase = {:?}\nbranch = {:?}\ntoken = {{ env = \"ACCURATE_TOKEN\" }}\n\
         secret = {{ env = \"ACCURATE_SECRET\" }}\n{}[systems.smh]\nbase_url = {:?}\nauth = {:?}\ntoken = {{ env = \"SMH_TOKEN\" }}\n{}",
        accurate["base_url"],
        accurate["auth"],
        accurate["database"],
        accurate["branch"],
        limits("accurate"),
        smh["base_url"],
        smh["auth"],
        limits("smh"),
    )
}
