//! Credentials at rest: what is kept comes back, nothing is in clear, and whatever is wrong is told with what to do.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod support;

use selaras_host::{AuthSettings, HostError, KeySource, Secret, Vault, VaultOptions};
use std::fs;
use std::path::Path;

fn open(dir: &Path, key: Option<&str>) -> Result<Vault, HostError> {
    Vault::open(VaultOptions { dir: dir.to_owned(), key: key.map(Secret::new), keyring: false })
}

fn auth(token: &str, secret: Option<&str>) -> AuthSettings {
    AuthSettings { scheme: "api-token".into(), token: Secret::new(token), secret: secret.map(Secret::new) }
}

/// The error of reading, with its whole text.
fn refused(vault: &Vault) -> (String, String) {
    let error = vault.facts("side").unwrap_err();
    (error.key().to_owned(), error.to_string())
}

const GIVEN: &str = "a key that is long enough";

#[test]
fn what_is_kept_is_there_for_the_next_process_and_can_be_forgotten() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("state/credentials");
    let vault = open(&dir, None).unwrap();
    assert_eq!(vault.facts("side").unwrap(), None);
    assert!(!vault.forget("side").unwrap());
    assert!(!dir.exists(), "looking leaves nothing behind");
    vault.put("side", &auth("aat.token.x", Some("signing-secret")), 1_700_000_000).unwrap();
    assert!(vault.key_was_made());
    assert_eq!(vault.key_source(), KeySource::File(dir.join("key")));
    let next = open(&dir, None).unwrap();
    let facts = next.facts("side").unwrap().unwrap();
    assert_eq!(
        (facts.scheme.as_deref(), facts.obtained_at, facts.renewable),
        (Some("api-token"), Some(1_700_000_000), false)
    );
    assert!(!next.key_was_made());
    assert_eq!(next.systems().unwrap(), ["side"]);
    assert!(next.forget("side").unwrap() && !next.forget("side").unwrap());
    assert_eq!(vault.facts("side").unwrap(), None);
}

#[cfg(unix)]
#[test]
fn only_the_owner_has_any_right() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("credentials");
    fs::create_dir(&dir).unwrap();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
    open(&dir, None).unwrap().put("side", &auth("token", None), 0).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    let files: Vec<_> = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 4, "the key, the credential and a lock for each: {files:?}");
    files.iter().for_each(|file| assert_eq!(mode(file), 0o600, "{}", file.display()));
    fs::set_permissions(dir.join("key"), fs::Permissions::from_mode(0o640)).unwrap();
    let (key, text) = refused(&open(&dir, None).unwrap());
    assert_eq!(key, "host-vault-key-open");
    assert!(text.contains(&format!("`chmod 600 {}`", dir.join("key").display())), "{text}");
    assert!(
        open(&dir, None).unwrap().put("other", &auth("token", None), 0).is_err(),
        "nothing is sealed with it either"
    );
}

#[test]
fn a_changed_file_is_an_error_wherever_it_was_changed() {
    let root = tempfile::tempdir().unwrap();
    let vault = open(root.path(), Some(GIVEN)).unwrap();
    vault.put("side", &auth("the-token-itself", Some("the-signing-secret")), 7).unwrap();
    let file = root.path().join("side.sealed");
    let sealed = fs::read(&file).unwrap();
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        fs::write(&file, &changed).unwrap();
        let (key, text) = refused(&vault);
        assert!(
            ["host-vault-damaged", "host-vault-other-key", "host-vault-newer"].contains(&key.as_str()),
            "{at}: {key}"
        );
        assert!(text.contains("runner connect side") && !text.contains("the-token"), "{at}: {text}");
    }
    for cut in [0, 1, 40, sealed.len() - 1] {
        fs::write(&file, &sealed[..cut]).unwrap();
        assert_eq!(refused(&vault).0, "host-vault-damaged", "{cut}");
    }
    fs::write(root.path().join("other.sealed"), &sealed).unwrap();
    assert_eq!(vault.facts("other").unwrap_err().key(), "host-vault-damaged", "it belongs to its system");
    fs::write(&file, &sealed).unwrap();
    assert!(vault.facts("side").unwrap().is_some());
    // What cannot be opened can be replaced and forgotten all the same.
    fs::write(&file, b"nonsense").unwrap();
    vault.put("side", &auth("another-token", None), 8).unwrap();
    assert_eq!(vault.facts("side").unwrap().unwrap().obtained_at, Some(8));
    assert!(vault.forget("other").unwrap());
}

#[test]
fn another_key_is_told_with_where_both_come_from() {
    let root = tempfile::tempdir().unwrap();
    open(root.path(), Some(GIVEN)).unwrap().put("side", &auth("token", None), 0).unwrap();
    let (key, _) = refused(&open(root.path(), Some("another key of enough length")).unwrap());
    assert_eq!(key, "host-vault-other-key");
    assert_eq!(refused(&open(root.path(), None).unwrap()).0, "host-vault-key-gone", "no key is made by reading");
    assert!(!root.path().join("key").exists());
    open(root.path(), None).unwrap().put("other", &auth("token", None), 0).unwrap();
    let (key, text) = refused(&open(root.path(), None).unwrap());
    assert_eq!(key, "host-vault-other-key");
    assert!(text.contains("then from RUNNER_KEY, now from file") && text.contains("runner connect side"), "{text}");
    for short in ["", "short", "fifteen letters"] {
        let error = open(root.path(), Some(short)).map(|_| ()).unwrap_err();
        assert!(error.key() == "host-vault-key-short" && error.to_string().contains("openssl rand"), "{error}");
    }
}

#[test]
fn the_key_file_is_made_once_and_never_overwritten() {
    let root = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let dir = root.path();
            scope.spawn(move || open(dir, None).unwrap().put(&format!("s{number}"), &auth("token", None), 0).unwrap());
        }
    });
    let vault = open(root.path(), None).unwrap();
    assert_eq!(vault.systems().unwrap().len(), 8);
    for system in vault.systems().unwrap() {
        assert!(vault.facts(&system).unwrap().is_some(), "{system}: all were sealed with the same key");
    }
    let file = root.path().join("key");
    for content in ["", "selaras-key-1 abc", "something of somebody else"] {
        fs::write(&file, content).unwrap();
        let error = open(root.path(), None).unwrap().put("side", &auth("token", None), 0).unwrap_err();
        assert_eq!(error.key(), "host-vault-key-damaged");
        assert_eq!(fs::read_to_string(&file).unwrap(), content);
    }
}

#[test]
fn what_cannot_be_read_or_written_is_told() {
    let root = tempfile::tempdir().unwrap();
    let blocked = root.path().join("file");
    fs::write(&blocked, "").unwrap();
    let vault = open(&blocked.join("credentials"), Some(GIVEN)).unwrap();
    let error = vault.put("side", &auth("token", None), 0).unwrap_err();
    assert_eq!(error.key(), "host-vault-not-written");
    let vault = open(root.path(), Some(GIVEN)).unwrap();
    vault.put("side", &auth("token", None), 1).unwrap();
    // Stands for a full disk: the new file cannot be made, and the old one stays.
    fs::create_dir(root.path().join("side.sealed.new")).unwrap();
    assert_eq!(vault.put("side", &auth("token", None), 2).unwrap_err().key(), "host-vault-not-written");
    assert_eq!(vault.facts("side").unwrap().unwrap().obtained_at, Some(1));
    fs::create_dir(root.path().join("unreadable.sealed")).unwrap();
    let error = vault.facts("unreadable").unwrap_err();
    assert!(
        error.key() == "host-vault-unreadable" && error.to_string().contains("runner connect unreadable"),
        "{error}"
    );
    for name in ["", "../key", "a/b", ".hidden", "a\0b", "a b"] {
        assert_eq!(vault.put(name, &auth("token", None), 0).unwrap_err().key(), "host-vault-name", "{name:?}");
    }
}

#[test]
fn invariant_22_no_sealed_file_shows_any_of_its_secrets() {
    let root = tempfile::tempdir().unwrap();
    let vault = open(root.path(), None).unwrap();
    for length in [8, 9, 31, 64, 255, 4096] {
        for letter in ['a', '0', '"', 'é', '\u{1F511}'] {
            let token: String = std::iter::repeat_n(letter, length).collect();
            let secret: String = (0..length).map(|n| char::from(b'A' + (n % 26) as u8)).collect();
            vault.put("side", &auth(&token, Some(&secret)), 0).unwrap();
            assert!(vault.facts("side").unwrap().is_some());
            let sealed = fs::read(root.path().join("side.sealed")).unwrap();
            for text in [&token, &secret] {
                let part = &text.as_bytes()[..8];
                assert!(!sealed.windows(8).any(|window| window == part), "{text}");
            }
        }
    }
    assert!(!format!("{vault:?}").contains("selaras-key"));
}

#[test]
#[ignore = "leaves a key in the keyring of whoever runs it"]
fn the_keyring_keeps_the_key_or_says_why_not() {
    let root = tempfile::tempdir().unwrap();
    let open = || Vault::open(VaultOptions { dir: root.path().to_owned(), key: None, keyring: true });
    match open().and_then(|vault| vault.put("side", &auth("token", None), 5)) {
        Ok(()) => assert_eq!(open().unwrap().facts("side").unwrap().unwrap().obtained_at, Some(5)),
        Err(error) => assert!(error.key().starts_with("host-vault-keyring"), "{error}"),
    }
    assert!(!root.path().join("key").exists(), "no key file in its stead");
}
