//! Drives the real binary: a state folder of its own per test, the project's folder as the current one, no terminal.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

use selaras_sandbox::Sandbox;
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use tempfile::TempDir;

/// The root of the project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What a command printed, and how it ended.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// What a finished process left.
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Standard output as JSON.
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}:\n{}\n{}", self.out, self.err))
    }
}

/// Runs the binary in the project's folder.
pub fn runner(args: &[&str]) -> Said {
    runner_in(&root(), args)
}

/// Runs the binary in a folder.
pub fn runner_in(folder: &Path, args: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
    command.args(args).current_dir(folder).env_remove("LANG").env_remove("LC_ALL").env("NO_COLOR", "1");
    Said::of(&command.stdin(std::process::Stdio::null()).output().expect("the binary runs"))
}

/// A state folder.
pub struct State(TempDir);

impl State {
    /// An empty one.
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// One in which the guide's data was synced once. That is done once per test binary, since Accurate's call limit makes it take a while.
    pub fn synced() -> Self {
        static FIRST: OnceLock<State> = OnceLock::new();
        let first = FIRST.get_or_init(|| {
            let state = State::new();
            let said = state.runner(&["apply", MAPPING, "--sandbox"]);
            assert_eq!(said.code, 0, "{}\n{}", said.out, said.err);
            state
        });
        let copy = State::new();
        for entry in std::fs::read_dir(first.0.path()).expect("readable") {
            let entry = entry.expect("readable");
            std::fs::copy(entry.path(), copy.0.path().join(entry.file_name())).expect("copied");
        }
        copy
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs the binary on this state.
    pub fn runner(&self, args: &[&str]) -> Said {
        let mut all = args.to_vec();
        all.extend(["--state", self.0.path().to_str().expect("a readable path")]);
        runner(&all)
    }
}

/// The mapping that the project ships.
pub const MAPPING: &str = "mappings/accurate.yaml";

/// `runner.toml` for a sandbox, with credentials from the environment and no limit of calls worth the name.
pub fn settings(sandbox: &Sandbox) -> String {
    let (accurate, smh) = (sandbox.accurate_settings(), sandbox.smh_settings());
    let limits = "calls_per_second = 100000\nparallel = 8\n";
    format!(
        "[systems.accurate]\nbase_url = {:?}\nauth = {:?}\ndatabase = {:?}\nbranch = {:?}\ntoken = {{ env = \"ACCURATE_TOKEN\" }}\n\
         secret = {{ env = \"ACCURATE_SECRET\" }}\n[systems.accurate.limits]\n{limits}\n[systems.smh]\nbase_url = {:?}\nauth = {:?}\n\
         token = {{ env = \"SMH_TOKEN\" }}\n[systems.smh.limits]\n{limits}",
        accurate["base_url"], accurate["auth"], accurate["database"], accurate["branch"], smh["base_url"], smh["auth"],
    )
}
