//! How far a system is connected: disconnected, authorising, awaiting confirmation, choosing, connected. Data and transitions only; where it
//! is kept is in `file`, and who is asked what is the business of `commands/connect`.
//!
//! The stages are those of the user guide (reference `simplidots-smh.md`, section 1.3). "Needs login" is no stage of one system: a system
//! that was connected anew asks for a login in the other one, so it follows from both.

pub mod callback;
mod file;
mod gate;

pub use file::Connections;
pub use gate::Standing;

use selaras_run::rights::Lack;
use serde::{Deserialize, Serialize};

/// The version of the file's format.
const FORMAT: u32 = 1;

/// Where a system stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing is connected, because somebody disconnected it.
    Disconnected,
    /// Access was asked for and not given yet.
    Authorising,
    /// Access was given; nobody has confirmed yet that it is the right service and account.
    AwaitingConfirmation,
    /// It was confirmed; the database is still to be chosen.
    ChoosingDatabase,
    /// The database is chosen; the branch is still to be chosen and submitted.
    ChoosingBranch,
    /// Bound to its database and branch.
    Connected,
}

/// A database or branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
}

/// The connection of a system. No secret is in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The version of this format.
    pub format_version: u32,
    /// The system's name in the mapping.
    pub system: String,
    /// How far it is.
    pub stage: Stage,
    /// Whose credential it is.
    pub account: Option<String>,
    /// The role of that account.
    pub role: Option<String>,
    /// The database.
    pub database: Option<Place>,
    /// The branch; `None` where the system has none.
    pub branch: Option<Place>,
    /// The rights held, where the system tells.
    pub granted: Option<Vec<String>>,
    /// What the mapping needs and the credential lacks, when it was last looked at.
    pub missing: Vec<Lack>,
    /// When it was bound to its database and branch, in Unix seconds.
    pub connected_at: Option<i64>,
    /// When somebody last logged in, in Unix seconds.
    pub login_at: Option<i64>,
    /// When a session was last opened, in Unix seconds.
    pub session_at: Option<i64>,
    /// When the system last refused the credential, in Unix seconds; `None`: it did not since it last took it.
    #[serde(default)]
    pub refused_at: Option<i64>,
}

impl Connection {
    /// Nothing yet.
    #[must_use]
    pub fn new(system: &str) -> Self {
        Self {
            format_version: FORMAT,
            system: system.to_owned(),
            stage: Stage::Disconnected,
            account: None,
            role: None,
            database: None,
            branch: None,
            granted: None,
            missing: Vec::new(),
            connected_at: None,
            login_at: None,
            session_at: None,
            refused_at: None,
        }
    }

    /// Access is being asked for. The database and branch stay in mind: after a grant that died they are what is wanted again.
    pub fn authorising(&mut self) {
        self.stage = Stage::Authorising;
        (self.account, self.role, self.granted) = (None, None, None);
        self.refused_at = None;
        self.missing.clear();
    }

    /// Access was given.
    pub fn granted(&mut self, account: Option<String>, scopes: Option<Vec<String>>) {
        self.stage = Stage::AwaitingConfirmation;
        (self.account, self.granted) = (account, scopes);
    }

    /// It is the right service and account.
    pub fn confirmed(&mut self) {
        self.stage = Stage::ChoosingDatabase;
    }

    /// A database was chosen. A branch of another one is no choice any more.
    pub fn chose_database(&mut self, database: Option<Place>) {
        if self.database != database {
            self.branch = None;
        }
        self.database = database;
        self.stage = Stage::ChoosingBranch;
    }

    /// The branch was chosen and submitted: it is bound, and the other system's user has to log in.
    pub fn submitted(&mut self, branch: Option<Place>, now: i64) {
        self.branch = branch;
        self.stage = Stage::Connected;
        self.missing.clear();
        (self.connected_at, self.session_at) = (Some(now), Some(now));
    }

    /// Somebody logged in to a system that has nothing to choose.
    pub fn logged_in(&mut self, title: Option<String>, now: i64) {
        self.stage = Stage::Connected;
        self.database = title.map(|title| Place { id: String::new(), title });
        (self.login_at, self.session_at, self.refused_at) = (Some(now), Some(now), None);
    }

    /// The X on Service: the grant and the choices are forgotten.
    pub fn disconnected(&mut self) {
        *self = Self::new(&self.system);
    }
}

#[cfg(test)]
#[path = "../tests/connection.rs"]
mod tests;
