//! Secrets: all that exist in a test, and the search for them in whatever its commands left or said.

use selaras_sandbox::accurate::credentials::{CLIENT_SECRET, SIGNATURE_SECRET, new_secret};
use selaras_sandbox::{AccurateWorld, Sandbox};
use std::path::Path;

/// Every secret that the two systems know or ever gave out: tokens, refresh tokens and sessions, those long dead too; API tokens and their
/// signature secret; the application's secret, bare and as HTTP Basic; passwords; SMH's token.
pub fn of(sandbox: &Sandbox) -> Vec<String> {
    sandbox.state().read(|world| {
        let accurate = &world.accurate;
        let mut again = AccurateWorld::default();
        // The sandbox makes its secrets by counting, so all of them can be made again.
        let mut secrets: Vec<String> = (0..accurate.issued_secrets).map(|_| new_secret(&mut again)).collect();
        let known: Vec<&String> = accurate.grants.keys().chain(accurate.sessions.keys()).collect();
        assert!(known.iter().all(|secret| secrets.contains(secret)), "the sandbox makes secrets in another way");
        secrets.extend(accurate.api_tokens.keys().cloned());
        secrets.extend(accurate.accounts.values().map(|account| account.password.clone()));
        secrets.push(world.smh.token.clone());
        secrets.extend(
            [SIGNATURE_SECRET, CLIENT_SECRET, "c2FuZGJveC1hcHA6c2FuZGJveC1jbGllbnQtc2VjcmV0"].map(str::to_owned),
        );
        secrets
    })
}

/// Searches every file below a folder, and everything that was said.
pub fn search(folder: &Path, heard: &[String], secrets: &[String]) {
    for text in heard {
        for secret in secrets {
            assert!(!text.contains(secret.as_str()), "the secret {secret} was said:\n{text}");
        }
    }
    in_files(folder, secrets);
}

fn in_files(folder: &Path, secrets: &[String]) {
    for entry in std::fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            in_files(&path, secrets);
            continue;
        }
        let Ok(bytes) = std::fs::read(&path) else { continue };
        // One byte a character: nothing is lost, whatever the file is.
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        for secret in secrets {
            assert!(!text.contains(secret.as_str()), "the secret {secret} is in {}", path.display());
        }
    }
}
