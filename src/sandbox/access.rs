//! Who may come into the simulated Accurate Online: accounts, applications, tokens, codes, grants, sessions.
//!
//! Plain data that the data file keeps. What they are good for is decided in `accurate`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The account that everything belongs to unless said otherwise.
pub const ADMIN: &str = "admin";

fn admin() -> String {
    ADMIN.to_owned()
}

/// A person who can log in.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// The number of the person.
    pub id: u64,
    /// The person's name.
    pub name: String,
    /// The address, which can be used to log in as well.
    pub email: String,
    /// The password. It is only looked at when one is sent.
    pub password: String,
    /// Whether the role is Administrator.
    pub administrator: bool,
    /// What the person may do, as scopes such as `customer_save`; none means everything.
    pub rights: Option<BTreeSet<String>>,
    /// Scopes the person never grants, whatever is asked.
    pub withholds: BTreeSet<String>,
    /// The databases the person sees, each with the only branch of it; none means all of all.
    pub databases: Option<BTreeMap<u64, u64>>,
}

impl Account {
    /// Whether the person may do this.
    pub fn holds(&self, scope: &str) -> bool {
        self.rights.as_ref().is_none_or(|rights| rights.contains(scope))
    }

    /// Whether the person sees the database.
    pub fn sees(&self, database: u64) -> bool {
        self.databases.as_ref().is_none_or(|databases| databases.contains_key(&database))
    }

    /// The only branch of the database that the person sees; none means all.
    pub fn branch_in(&self, database: u64) -> Option<u64> {
        self.databases.as_ref().and_then(|databases| databases.get(&database)).copied()
    }
}

/// An API token: bound to one database and one person, each request signed with the application's secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// The application's signature secret.
    pub secret: String,
    /// The application's name.
    pub application: String,
    /// The only database this token opens.
    pub database: u64,
    /// Whose rights it has.
    #[serde(default = "admin")]
    pub account: String,
    /// Whether an administrator took it back.
    #[serde(default)]
    pub revoked: bool,
}

/// An application registered for OAuth.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OAuthClient {
    /// Its secret.
    pub secret: String,
    /// What people call it.
    pub name: String,
    /// A single callback allowed.
    pub redirect_uri: Option<String>,
    /// Callbacks allowed. One on this machine without a port allows every port. None at all means any callback.
    pub redirect_uris: Vec<String>,
}

impl OAuthClient {
    /// Whether the browser may be sent there.
    pub fn allows(&self, callback: &str) -> bool {
        let registered: Vec<&String> = self.redirect_uri.iter().chain(&self.redirect_uris).collect();
        if registered.is_empty() {
            return callback.starts_with("http://") || callback.starts_with("https://");
        }
        registered.into_iter().any(|one| one == callback || on_any_port(one, callback))
    }
}

/// Whether both name the same place on this machine, the port aside.
fn on_any_port(registered: &str, callback: &str) -> bool {
    let (Some((host, port, path)), Some((called, any, to))) = (local(registered), local(callback)) else {
        return false;
    };
    port.is_none() && host == called && path == to && any.is_none_or(|any| any.parse::<u16>().is_ok())
}

/// Host, port and path of an address on this machine.
fn local(address: &str) -> Option<(&str, Option<&str>, &str)> {
    let rest = address.strip_prefix("http://")?;
    let at = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(at);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    matches!(host, "127.0.0.1" | "localhost" | "[::1]").then_some((host, port, path))
}

/// An authorization code, good for one exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The application it was given to.
    pub client: String,
    /// The callback it was sent to.
    pub redirect_uri: String,
    /// What the user granted.
    pub scopes: BTreeSet<String>,
    /// Who granted it.
    #[serde(default = "admin")]
    pub account: String,
    /// When it ends.
    #[serde(default)]
    pub expires: Option<Timestamp>,
    /// The challenge that came with the request, which the exchange must answer.
    #[serde(default)]
    pub challenge: Option<Challenge>,
}

/// A challenge of RFC 7636.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// What was sent.
    pub text: String,
    /// Whether it is the SHA-256 of the verifier rather than the verifier itself.
    pub hashed: bool,
}

/// A live OAuth grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The application.
    pub client: String,
    /// Who granted it.
    #[serde(default = "admin")]
    pub account: String,
    /// The single-use refresh token.
    pub refresh_token: String,
    /// What the user granted.
    pub scopes: BTreeSet<String>,
    /// When the access token ends.
    pub expires: Timestamp,
    /// Whether any call used the access token.
    #[serde(default)]
    pub used: bool,
    /// Calls to data hosts with the access token.
    #[serde(default)]
    pub calls: u64,
}

/// An open database session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The database it opens.
    pub database: u64,
    /// Who opened it.
    #[serde(default = "admin")]
    pub account: String,
    /// The last call that used it.
    pub last_used: Timestamp,
    /// Calls to data hosts with it.
    #[serde(default)]
    pub calls: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_on_this_machine_may_have_any_port_but_no_other_place() {
        let registered = vec!["http://127.0.0.1/callback".to_owned(), "https://app.example/back".to_owned()];
        let client = OAuthClient { redirect_uris: registered, ..OAuthClient::default() };
        for good in ["http://127.0.0.1:8123/callback", "http://127.0.0.1/callback", "https://app.example/back"] {
            assert!(client.allows(good), "{good}");
        }
        for bad in [
            "http://127.0.0.1:8123/other",
            "http://localhost:8123/callback",
            "http://127.0.0.1:8123/callback?x=1",
            "http://127.0.0.1:8123@evil.example/callback",
            "http://127.0.0.1:evil/callback",
            "https://127.0.0.1:8123/callback",
            "https://app.example:444/back",
            "javascript:alert(1)",
            "",
        ] {
            assert!(!client.allows(bad), "{bad}");
        }
        assert!(OAuthClient::default().allows("http://elsewhere.example/x"));
        assert!(!OAuthClient::default().allows("javascript:alert(1)"));
    }
}
