//! The record store of both simulated systems: plain rows in ordered tables, and who may come in.
//!
//! It knows nothing of HTTP or of the rules of either system; those are in `accurate` and `smh`. Accounts, tokens and
//! sessions are described in `access`. Everything can be
//! written to a data file and read back.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use crate::access::{Account, ApiToken, Code, Grant, OAuthClient, Session};

/// One record, or one line of a record.
pub type Row = serde_json::Map<String, serde_json::Value>;

/// Records of one kind, by id.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Table {
    /// The records. For SMH the key is the numeric part of the id.
    pub rows: BTreeMap<u64, Row>,
    /// The id the next record gets; 0 means "none given out yet".
    pub next_id: u64,
}

impl Table {
    /// Gives out the next id, never below `first`.
    pub fn take_id(&mut self, first: u64) -> u64 {
        let after_last = self.rows.last_key_value().map_or(first, |(id, _)| id + 1);
        let id = self.next_id.max(first).max(after_last);
        self.next_id = id + 1;
        id
    }

    /// Stores a record under the id, and never gives that id out again.
    pub fn put(&mut self, id: u64, row: Row) {
        self.next_id = self.next_id.max(id + 1);
        self.rows.insert(id, row);
    }
}

/// Both systems and the times they have handed out.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct World {
    /// Accurate Online.
    pub accurate: AccurateWorld,
    /// SMH.
    pub smh: SmhWorld,
    /// Times issued so far.
    pub clock: Issued,
}

/// Remembers the latest time stamped on a record, so that stamps never run backwards.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Issued {
    /// The latest stamp.
    pub last: Option<Timestamp>,
}

impl Issued {
    /// A stamp for a change happening `now`: the same, or the latest stamp if the clock went backwards.
    pub fn stamp(&mut self, now: Timestamp) -> Timestamp {
        let stamp = self.last.map_or(now, |last| last.max(now));
        self.last = Some(stamp);
        stamp
    }
}

/// Accurate Online: databases, and who may use them.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccurateWorld {
    /// Databases ("data usaha") by id.
    pub databases: BTreeMap<u64, Database>,
    /// People who can log in, by the name they log in with.
    pub accounts: BTreeMap<String, Account>,
    /// API tokens of the signed method, by token text.
    pub api_tokens: BTreeMap<String, ApiToken>,
    /// Registered applications, by client id.
    pub clients: BTreeMap<String, OAuthClient>,
    /// Authorization codes not redeemed yet.
    pub codes: BTreeMap<String, Code>,
    /// Live OAuth grants, by access token.
    pub grants: BTreeMap<String, Grant>,
    /// Open database sessions, by session key.
    pub sessions: BTreeMap<String, Session>,
    /// Counts secrets handed out, so that each is new.
    pub issued_secrets: u64,
    /// The ports that further data hosts had, so that they have the same again after a restart.
    pub host_ports: BTreeMap<String, u16>,
}

/// One company's books.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Database {
    /// The id clients name.
    pub id: u64,
    /// The company's name.
    pub alias: String,
    /// Whether it is on trial.
    pub trial: bool,
    /// The last day of the trial, as Accurate writes days.
    pub trial_end: Option<String>,
    /// Whether it can no longer be opened.
    pub expired: bool,
    /// The data host it lives on; none means the sandbox's own address.
    pub host: Option<String>,
    /// Records by module, such as `customer` or `sales-order`.
    pub tables: BTreeMap<String, Table>,
    /// The last automatic number given out, by numbering name (`customer`, `sales-order 2026.05`).
    pub auto_numbers: BTreeMap<String, u64>,
    /// The last id given to a line or an embedded record, by kind.
    pub line_ids: BTreeMap<String, u64>,
}

impl Database {
    /// The table of a module, made on first use.
    pub fn table_mut(&mut self, module: &str) -> &mut Table {
        if !self.tables.contains_key(module) {
            self.tables.insert(module.to_owned(), Table::default());
        }
        self.tables.get_mut(module).expect("the table was inserted above")
    }

    /// One record.
    pub fn row(&self, module: &str, id: u64) -> Option<&Row> {
        self.tables.get(module)?.rows.get(&id)
    }
}

/// SMH: tables by resource, such as `customers`, and its access token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SmhWorld {
    /// Records by resource.
    pub tables: BTreeMap<String, Table>,
    /// The bearer token clients must send.
    pub token: String,
    /// Whether the token was taken back, so that nobody may come in.
    pub revoked: bool,
    /// Counters, such as the last number given out, by name.
    pub counters: BTreeMap<String, u64>,
}

impl Default for SmhWorld {
    fn default() -> Self {
        SmhWorld {
            tables: BTreeMap::new(),
            token: "smh-sandbox-token".to_owned(),
            revoked: false,
            counters: BTreeMap::new(),
        }
    }
}
