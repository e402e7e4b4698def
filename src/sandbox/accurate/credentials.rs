//! Who may come in: the application, API token and OAuth grant a fresh sandbox starts with, and how new secrets are made.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::model::MODULES;
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

/// Makes sure that someone can come in. What is there already stays.
pub fn ensure(world: &mut AccurateWorld) {
    if world.clients.is_empty() {
        let client = OAuthClient { secret: CLIENT_SECRET.to_owned(), redirect_uri: None };
        world.clients.insert(CLIENT_ID.to_owned(), client);
    }
    let databases: Vec<u64> = world.databases.keys().copied().collect();
    if world.api_tokens.is_empty() {
        for database in databases {
            world.api_tokens.insert(
                api_token(database),
                ApiToken {
                    secret: SIGNATURE_SECRET.to_owned(),
                    application: APPLICATION.to_owned(),
                    database,
                    revoked: false,
                },
            );
        }
    }
    if world.grants.is_empty() {
        let grant = Grant {
            client: CLIENT_ID.to_owned(),
            refresh_token: new_secret(world),
            scopes: all_scopes(),
            expires: Timestamp::MAX,
        };
        let token = new_secret(world);
        world.grants.insert(token, grant);
    }
}

/// An API token for a database, in the shape of real ones: the last part tells the application and the database.
fn api_token(database: u64) -> String {
    let facts = json!({"ak": CLIENT_ID, "an": APPLICATION, "ap": 1, "d": database});
    format!("aat.NTA.{}", STANDARD.encode(facts.to_string()))
}

/// Every scope of the modules simulated here.
pub fn all_scopes() -> BTreeSet<String> {
    let actions = ["view", "save", "delete"];
    MODULES
        .iter()
        .flat_map(|module| actions.map(|action| format!("{}_{action}", module.name.replace('-', "_"))))
        .collect()
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
        let live = |entry: &(&String, &ApiToken)| !entry.1.revoked;
        if let Some((text, token)) = world.api_tokens.iter().find(live) {
            settings.insert("token".to_owned(), text.clone());
            settings.insert("secret".to_owned(), token.secret.clone());
            settings.insert("database".to_owned(), token.database.to_string());
            let branch = world.databases.get(&token.database).and_then(super::books::default_branch);
            settings.insert("branch".to_owned(), branch.unwrap_or(super::model::FIRST_ID).to_string());
        }
        if let Some(token) = world.grants.keys().next() {
            settings.insert("oauth_token".to_owned(), token.clone());
        }
        settings
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
        let token = world.api_tokens.keys().next().unwrap();
        assert_eq!(token.split('.').count(), 3);
        assert!(world.grants.values().next().unwrap().scopes.contains("customer_category_view"));
    }
}
