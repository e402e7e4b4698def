//! How both systems are connected, for `status`: state, account, role, place, rights, the age of token and session, and what to do next.

use super::entry::Entry;
use super::lack_line;
use super::session::connect_command;
use crate::catalogue::Catalogue;
use crate::connection::{Connection, Standing};
use crate::failure::Failure;
use crate::locale;
use schemars::JsonSchema;
use selaras_mapping::program::Mapping;
use selaras_model::{Message, Side};
use serde::Serialize;

/// How a system is connected.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SystemStatus {
    /// The system's name in the mapping.
    pub system: String,
    /// `disconnected`, `authorising`, `awaiting-confirmation`, `choosing-database`, `choosing-branch`, `needs-login`, `access-ended`,
    /// `ready`; or `settings`: it was never connected by `runner connect`, and what the settings say is used.
    pub state: String,
    /// Whose credential it is.
    pub account: Option<String>,
    /// The role of that account.
    pub role: Option<String>,
    /// The database.
    pub database: Option<PlaceStatus>,
    /// The branch.
    pub branch: Option<PlaceStatus>,
    /// The rights held; `null`: the system does not tell.
    pub granted: Option<Vec<String>>,
    /// Rights that the mapping needs and that are missing.
    pub missing: Vec<String>,
    /// When the token was obtained, RFC 3339.
    pub token_since: Option<String>,
    /// When the token expires, RFC 3339.
    pub token_until: Option<String>,
    /// Whether the token renews itself.
    pub token_renews: bool,
    /// When a session was last opened, RFC 3339.
    pub session_since: Option<String>,
    /// The command that goes on from here; `null`: nothing is to be done.
    pub next: Option<String>,
}

/// A database or branch.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PlaceStatus {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
}

/// How the systems of a mapping are connected. `known`: whether the settings say anything of a system, so that it may do without being connected.
///
/// # Errors
/// When a connection or its credential cannot be read.
pub fn standings(
    catalogue: &Catalogue,
    entry: &Entry<'_>,
    mapping: &Mapping,
    known: impl Fn(&str) -> bool,
) -> Result<Vec<SystemStatus>, Failure> {
    let read = |side: Side| entry.connections.read(&mapping.systems.get(side).name);
    Side::BOTH
        .into_iter()
        .map(|side| {
            let name = &mapping.systems.get(side).name;
            match read(side)? {
                Some(connection) => one(catalogue, entry, &connection, read(side.other())?.as_ref()),
                None if known(name) => Ok(plain(name, "settings", None)),
                None => {
                    let connect = connect_command(name, entry.file, entry.place);
                    Ok(plain(name, "disconnected", Some(connect)))
                }
            }
        })
        .collect()
}

fn one(
    catalogue: &Catalogue,
    entry: &Entry<'_>,
    connection: &Connection,
    other: Option<&Connection>,
) -> Result<SystemStatus, Failure> {
    let facts = entry.connections.vault().facts(&connection.system).map_err(|error| Failure::from(&error))?;
    let dead = facts.as_ref().is_some_and(|facts| facts.dead_since.is_some()) || connection.refused_at.is_some();
    let standing = Standing::of(connection, other, dead);
    let place = |place: &Option<crate::connection::Place>| {
        place.as_ref().map(|place| PlaceStatus { id: place.id.clone(), title: place.title.clone() })
    };
    let ready = standing == Standing::Ready;
    Ok(SystemStatus {
        system: connection.system.clone(),
        state: standing.name().to_owned(),
        account: connection.account.clone(),
        role: connection.role.clone(),
        database: place(&connection.database),
        branch: place(&connection.branch),
        granted: connection.granted.clone(),
        missing: connection.missing.iter().map(|lack| lack_line(catalogue, lack)).collect(),
        token_since: facts.as_ref().and_then(|facts| facts.obtained_at).map(rfc3339),
        token_until: facts.as_ref().and_then(|facts| facts.expires_at).map(rfc3339),
        token_renews: facts.is_some_and(|facts| facts.renewable),
        session_since: connection.session_at.map(rfc3339),
        next: (!ready).then(|| connect_command(&connection.system, entry.file, entry.place)),
    })
}

/// A system that was never connected.
fn plain(system: &str, state: &str, next: Option<String>) -> SystemStatus {
    SystemStatus {
        system: system.to_owned(),
        state: state.to_owned(),
        account: None,
        role: None,
        database: None,
        branch: None,
        granted: None,
        missing: Vec::new(),
        token_since: None,
        token_until: None,
        token_renews: false,
        session_since: None,
        next,
    }
}

fn rfc3339(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |moment| moment.to_string())
}

/// The same as lines for a terminal. Systems that were never connected are not worth a line.
pub fn lines(catalogue: &Catalogue, systems: &[SystemStatus]) -> Vec<String> {
    let known = systems.iter().filter(|system| system.state != "settings");
    known.flat_map(|system| system_lines(catalogue, system)).collect()
}

fn system_lines(catalogue: &Catalogue, status: &SystemStatus) -> Vec<String> {
    let state = catalogue.render(&Message::new(&format!("not-ready-{}", status.state)).with("system", &status.system));
    let mut lines = vec![state];
    let mut detail = |key: &str, value: Option<String>| {
        lines.extend(value.map(|value| format!("  {}", catalogue.render(&Message::new(key).with("value", value)))));
    };
    let account = status.account.as_ref().map(|account| match &status.role {
        Some(role) => format!("{account} ({role})"),
        None => account.clone(),
    });
    detail("status-account", account);
    let places: Vec<String> = [&status.database, &status.branch]
        .into_iter()
        .flatten()
        .map(|place| if place.id.is_empty() { place.title.clone() } else { format!("{} ({})", place.title, place.id) })
        .collect();
    detail("status-place", (!places.is_empty()).then(|| places.join(", ")));
    detail("status-granted", status.granted.as_ref().map(|granted| granted.join(" ")));
    detail("status-missing", (!status.missing.is_empty()).then(|| status.missing.join("; ")));
    let moment = |text: &Option<String>| {
        text.as_ref()
            .and_then(|text| text.parse::<jiff::Timestamp>().ok())
            .map(|moment| locale::moment(catalogue.lang(), moment))
    };
    detail("status-token-since", moment(&status.token_since));
    let until = if status.token_renews { "status-token-renews" } else { "status-token-until" };
    detail(until, moment(&status.token_until));
    detail("status-session", moment(&status.session_since));
    lines.extend(status.next.as_ref().map(|command| format!("    {command}")));
    lines
}
