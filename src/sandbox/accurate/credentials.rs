//! Who may come in: the application, API token and OAuth grant a fresh sandbox starts with, and how new secrets are made.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::rights::all_scopes;
use super::{people, privilege};
use crate::access::ADMIN;
use crate::server::SharedState;
use crate::world::{AccurateWorld, ApiToken, Grant, OAuthClient};

/// The client id of the registered application.
pub const CLIENT_ID: &str = "sandbox-app";
/// Its secret.
pub const CLIENT_SECRET: &str = "sandbox-client-secret";
/// The secret that signs calls with the API token.
pub const SIGNATURE_SECRET: &str = "5a6e1f0c9d3b4782a1e0f6c5d4b3a291";
/// The application's name.
pub const APPLICATION: &str = "Selaras Sandbox";

/// The callbacks of the registered application: this path on this machine, on any port.
pub const REDIRECT_URIS: [&str; 3] =
    ["http://127.0.0.1/callback", "http://localhost/callback", "http://[::1]/callback"];

/// Makes sure that someone can come in. What is there already stays.
pub fn ensure(world: &mut AccurateWorld) {
    people::ensure(world);
    world.databases.values_mut().for_each(privilege::ensure);
    if world.clients.is_empty() {
        let client = OAuthClient {
            secret: CLIENT_SECRET.to_owned(),
            name: APPLICATION.to_owned(),
            redirect_uris: REDIRECT_URIS.map(str::to_owned).into(),
            ..OAuthClient::default()
        };
        world.clients.insert(CLIENT_ID.to_owned(), client);
    }
    if world.api_tokens.is_empty() {
        let databases: Vec<u64> = world.databases.keys().copied().collect();
        for (nth, database) in databases.into_iter().enumerate() {
            let text = api_token(nth, database);
            world.api_tokens.insert(text, new_api_token(database, ADMIN));
        }
    }
    // Once only: a grant that was taken back does not come again with the next start.
    if world.grants.is_empty() && world.issued_secrets == 0 {
        let grant = Grant {
            client: CLIENT_ID.to_owned(),
            account: ADMIN.to_owned(),
            refresh_token: new_secret(world),
            scopes: all_scopes(),
            expires: Timestamp::MAX,
            used: false,
            calls: 0,
        };
        let token = new_secret(world);
        world.grants.insert(token, grant);
    }
}

fn new_api_token(database: u64, account: &str) -> ApiToken {
    ApiToken {
        secret: SIGNATURE_SECRET.to_owned(),
        application: APPLICATION.to_owned(),
        database,
        account: account.to_owned(),
        revoked: false,
    }
}

/// An API token for a database, in the shape of real ones: the last part tells the application and the database. Those
/// made first come first in order, so that the first database stays the first choice.
fn api_token(nth: usize, database: u64) -> String {
    let facts = json!({"ak": CLIENT_ID, "an": APPLICATION, "ap": 1, "d": database});
    let number = STANDARD_NO_PAD.encode((50 + nth).to_string());
    format!("aat.{number}.{}", STANDARD.encode(facts.to_string()))
}

/// Makes another API token, for this person and database, and returns its text.
pub fn add_api_token(world: &mut AccurateWorld, database: u64, account: &str) -> String {
    let mut nth = world.api_tokens.len();
    while world.api_tokens.contains_key(&api_token(nth, database)) {
        nth += 1;
    }
    let text = api_token(nth, database);
    world.api_tokens.insert(text.clone(), new_api_token(database, account));
    text
}

/// A secret never handed out before, shaped like a UUID. Predictable on purpose: the sandbox guards nothing.
pub fn new_secret(world: &mut AccurateWorld) -> String {
    world.issued_secrets += 1;
    let digest = Sha256::digest(format!("sandbox secret {}", world.issued_secrets));
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32])
}

/// The settings a client needs.
pub fn settings(state: &SharedState) -> BTreeMap<String, String> {
    state.read(|world| {
        let world = &world.accurate;
        let mut settings = BTreeMap::from([
            ("base_url".to_owned(), state.base_url().to_owned()),
            ("auth".to_owned(), "api-token".to_owned()),
        ]);
        let first = world.databases.keys().next().copied();
        let live = |entry: &(&String, &ApiToken)| !entry.1.revoked && Some(entry.1.database) == first;
        if let Some((text, token)) = world.api_tokens.iter().find(live) {
            settings.insert("token".to_owned(), text.clone());
            settings.insert("secret".to_owned(), token.secret.clone());
            settings.insert("database".to_owned(), token.database.to_string());
            let branch = world.databases.get(&token.database).and_then(super::books::default_branch);
            settings.insert("branch".to_owned(), branch.unwrap_or(super::model::FIRST_ID).to_string());
        }
        let mut grants = world.grants.iter();
        if let Some((token, _)) = grants.find(|(_, grant)| grant.account == ADMIN && grant.client == CLIENT_ID) {
            settings.insert("oauth_token".to_owned(), token.clone());
        }
        settings
    })
}

/// What an application needs to ask for access.
pub fn oauth_settings(state: &SharedState) -> BTreeMap<String, String> {
    state.read(|world| {
        let client = world.accurate.clients.get(CLIENT_ID).cloned().unwrap_or_default();
        let admin = world.accurate.accounts.get(ADMIN).cloned().unwrap_or_default();
        BTreeMap::from([
            ("base_url".to_owned(), state.base_url().to_owned()),
            ("client_id".to_owned(), CLIENT_ID.to_owned()),
            ("client_secret".to_owned(), client.secret),
            ("redirect_uri".to_owned(), client.redirect_uris.first().cloned().unwrap_or_default()),
            ("account".to_owned(), ADMIN.to_owned()),
            ("password".to_owned(), admin.password),
        ])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Database;

    #[test]
    fn a_fresh_world_lets_someone_in_once() {
        let mut world = AccurateWorld::default();
        world.databases.insert(7, Database { id: 7, ..Database::default() });
        ensure(&mut world);
        let first = world.clone();
        ensure(&mut world);
        assert_eq!(world, first);
        let token = world.api_tokens.keys().next().unwrap().clone();
        assert_eq!(token.split('.').count(), 3);
        let text = add_api_token(&mut world, 7, "cabang");
        assert!(world.api_tokens.keys().next_back() == Some(&text) && world.api_tokens.len() == 2);
        assert!(world.grants.values().next().unwrap().scopes.contains("customer_category_view"));
    }
}
