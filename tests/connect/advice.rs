//! An operator: the usual steps in short, and somebody who knows nothing and does what the last message told.

use super::browser::Person;
use super::company::JAKARTA;
use super::place::{Call, Place, Said};
use serde_json::Value as Json;

/// The mapping, as it is named on the command line.
pub const MAPPING: &str = "mappings/accurate.yaml";

impl Place {
    /// Gives access as an account, and confirms it; other flags as told.
    pub fn connect(&self, account: &str, flags: &[&str]) -> Said {
        self.run_as(account, &[&["connect", "accurate", "--confirm"], flags].concat())
    }

    /// Logs in to SMH.
    #[track_caller]
    pub fn login(&self) {
        self.run(&["connect", "smh", "--token-env", "SMH_TOKEN"]).ends(0);
    }

    /// Connects both systems: the first database, its branch Jakarta.
    #[track_caller]
    pub fn ready(&self, account: &str) {
        self.connect(account, &["--database", "1234567", "--branch", JAKARTA]).ends(0);
        self.login();
    }

    /// Applies the mapping.
    pub fn apply(&self) -> Said {
        self.run(&["apply", MAPPING, "--yes"])
    }

    /// Applies the mapping, and then demands that nothing is left to do.
    #[track_caller]
    pub fn settle(&self) {
        self.apply().ends(0);
        self.is_settled();
    }

    /// A run that has nothing to write.
    #[track_caller]
    pub fn is_settled(&self) {
        self.forget_calls();
        self.apply().ends(0);
        assert_eq!(self.writes(), Vec::<String>::new());
    }

    /// How a system stands, as `status` tells it.
    #[track_caller]
    pub fn standing(&self, system: &str) -> Json {
        let status = self.run(&["status", "--format", "json"]).json();
        let systems = status["systems"].as_array().unwrap_or_else(|| panic!("{status:#}")).clone();
        systems.into_iter().find(|one| one["system"] == system).expect("the system")
    }

    /// The state in which a system stands.
    #[track_caller]
    pub fn stage(&self, system: &str) -> String {
        self.standing(system)["state"].as_str().expect("a state").to_owned()
    }

    /// Syncs as somebody who begins with `apply`, and from then on does what the last message says, until a sync succeeds. Returns the
    /// commands that it took.
    #[track_caller]
    pub fn follows_advice(&self, account: &str) -> Vec<String> {
        self.follows_advice_from(&format!("apply {MAPPING}"), account)
    }

    /// The same for somebody who begins with another command.
    #[track_caller]
    pub fn follows_advice_from(&self, first: &str, account: &str) -> Vec<String> {
        let mut done: Vec<String> = Vec::new();
        let mut next = first.to_owned();
        for _ in 0..12 {
            let words: Vec<&str> = next.split_whitespace().collect();
            let said = self.call(&Call { args: &words, person: Some(Person::named(account)), env: &[] });
            done.push(next.clone());
            if said.code == Some(0) && words[0] == "apply" {
                return done;
            }
            next = match (said.code, advised(&said)) {
                (Some(0), None) => format!("apply {MAPPING}"),
                (Some(0), Some(advice)) if advice.starts_with("disconnect") => format!("apply {MAPPING}"),
                (_, Some(advice)) => advice,
                (_, None) => panic!("nothing says how to go on after {done:?}:\n{said}"),
            };
        }
        panic!("the advice leads in circles: {done:?}");
    }
}

/// The command that a message tells last, with the blanks in it filled in. Without the program's name.
pub fn advised(said: &Said) -> Option<String> {
    let verbs = ["connect", "apply", "disconnect", "plan"];
    let text = format!("{}\n{}", said.out, said.err);
    let found = text.match_indices("runner ").filter_map(|(at, name)| {
        let rest = &text[at + name.len()..];
        verbs.iter().any(|verb| rest.starts_with(verb)).then(|| rest.split(['\n', '`']).next().unwrap_or_default())
    });
    let last = found.last()?.trim().trim_end_matches('.');
    Some(last.replace(" NAME", " SMH_TOKEN").replace("…", ""))
}
