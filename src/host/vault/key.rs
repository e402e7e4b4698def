//! Where the key of the vault comes from: a text that the caller was given, the operating system's keyring, or a file beside the
//! credentials. Exactly one of them is used, never another in its stead.

use super::files;
use super::seal::{Key, random};
use crate::{HostError, Secret};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The fewest characters of a key that somebody chose. It is taken as a key, not stretched like a password.
const FEWEST: usize = 16;
/// What the key's file begins with.
const MARK: &str = "selaras-key-1 ";
/// Longer than the key's file.
const MOST: u64 = 1024;

/// Where the key of a vault comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// The caller gave it: `RUNNER_KEY`.
    Given,
    /// The operating system's keyring. That of the Linux kernel forgets its keys when the machine restarts, and after three days in which
    /// nobody asked for them; then every system must be connected again.
    Keyring,
    /// This file, made on first use.
    File(PathBuf),
}

impl KeySource {
    /// One word: `given`, `keyring` or `file`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            KeySource::Given => "given",
            KeySource::Keyring => "keyring",
            KeySource::File(_) => "file",
        }
    }
}

/// What messages call a source by its word.
pub(super) fn label(name: &str) -> &str {
    match name {
        "given" => "RUNNER_KEY",
        other => other,
    }
}

/// The key of a vault, fetched when it is first needed.
pub(super) struct Keys {
    pub(super) source: KeySource,
    folder: PathBuf,
    held: Mutex<Option<Arc<Key>>>,
    made: AtomicBool,
}

impl Keys {
    /// Decides where the key comes from. Fetches nothing.
    pub(super) fn new(folder: &Path, given: Option<&Secret>, keyring: bool) -> Result<Self, HostError> {
        let source = match (given, keyring) {
            (Some(_), _) => KeySource::Given,
            (None, true) if !keyring::BUILT => return Err(HostError::new("host-vault-keyring-absent")),
            (None, true) => KeySource::Keyring,
            (None, false) => KeySource::File(folder.join("key")),
        };
        let held = match given {
            Some(text) if text.expose().chars().count() < FEWEST => {
                return Err(HostError::new("host-vault-key-short").with("fewest", FEWEST));
            }
            Some(text) => Some(Arc::new(Key::derived(text.expose()))),
            None => None,
        };
        Ok(Self { source, folder: folder.to_owned(), held: Mutex::new(held), made: AtomicBool::new(false) })
    }

    /// Whether the key was made just now.
    pub(super) fn made(&self) -> bool {
        self.made.load(Ordering::Relaxed)
    }

    /// The key. `make`: one is made if there is none yet.
    pub(super) fn get(&self, make: bool) -> Result<Arc<Key>, HostError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = &*held {
            return Ok(Arc::clone(key));
        }
        let key = match self.find()? {
            Some(key) => key,
            None if make => self.make()?,
            None => return Err(HostError::new("host-vault-key-gone").with("source", self.shown())),
        };
        Ok(Arc::clone(held.insert(Arc::new(key))))
    }

    fn shown(&self) -> String {
        match &self.source {
            KeySource::File(file) => file.display().to_string(),
            other => label(other.name()).to_owned(),
        }
    }

    fn find(&self) -> Result<Option<Key>, HostError> {
        match &self.source {
            KeySource::File(file) => read(file),
            _ => keyring::read(),
        }
    }

    fn make(&self) -> Result<Key, HostError> {
        let failed = |error: std::io::Error| {
            HostError::new("host-vault-key-not-made").with("source", self.shown()).with("why", error)
        };
        let lock = self.folder.join("key.lock");
        let busy = || HostError::new("host-vault-busy").with("file", lock.display());
        let _guard = files::lock(|| files::try_lock(&lock).map_err(failed), busy)?;
        // Somebody else may have been first. Only now is it certain that nobody makes one.
        if let Some(key) = self.find()? {
            return Ok(key);
        }
        let key = Key::new(random()?);
        match &self.source {
            KeySource::File(_) => {
                let text = Secret::new(format!("{MARK}{}", key.hex().expose()));
                files::make_new(&self.folder, "key", text.expose().as_bytes()).map_err(failed)?;
            }
            _ => keyring::write(&key)?,
        }
        crate::fault::point("key-made");
        self.made.store(true, Ordering::Relaxed);
        Ok(key)
    }
}

/// The key in a file, if that is there. One that others can read is refused.
fn read(file: &Path) -> Result<Option<Key>, HostError> {
    let unreadable = |error: std::io::Error| {
        HostError::new("host-vault-key-unreadable").with("file", file.display()).with("why", error)
    };
    let opened = match File::open(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(unreadable)?,
    };
    if files::is_open(&opened).map_err(unreadable)? {
        return Err(HostError::new("host-vault-key-open").with("file", file.display()));
    }
    let mut text = String::new();
    opened.take(MOST).read_to_string(&mut text).map_err(unreadable)?;
    let text = Secret::new(text);
    let key = text.expose().strip_prefix(MARK).and_then(Key::from_hex);
    key.map(Some).ok_or_else(|| HostError::new("host-vault-key-damaged").with("file", file.display()))
}

/// The operating system's keyring.
#[cfg(all(feature = "keyring", target_os = "linux"))]
mod keyring {
    use super::super::seal::Key;
    use crate::HostError;
    use keyring_core::api::CredentialStoreApi;
    use keyring_core::{Entry, Error};

    /// Whether it can be asked at all.
    pub(super) const BUILT: bool = true;

    fn failed(error: &Error) -> HostError {
        HostError::new("host-vault-keyring").with("why", error)
    }

    fn entry() -> Result<Entry, HostError> {
        let store = linux_keyutils_keyring_store::Store::new().map_err(|error| failed(&error))?;
        store.build("selaras", "key of the credentials", None).map_err(|error| failed(&error))
    }

    pub(super) fn read() -> Result<Option<Key>, HostError> {
        match entry()?.get_secret() {
            Ok(bytes) => {
                let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| {
                    HostError::new("host-vault-keyring").with("why", "the key in it has another length than ours")
                })?;
                Ok(Some(Key::new(bytes)))
            }
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    pub(super) fn write(key: &Key) -> Result<(), HostError> {
        entry()?.set_secret(key.bytes()).map_err(|error| failed(&error))
    }
}

/// Built without a keyring.
#[cfg(not(all(feature = "keyring", target_os = "linux")))]
mod keyring {
    use super::super::seal::Key;
    use crate::HostError;

    /// Whether it can be asked at all.
    pub(super) const BUILT: bool = false;

    pub(super) fn read() -> Result<Option<Key>, HostError> {
        Err(HostError::new("host-vault-keyring-absent"))
    }

    pub(super) fn write(_: &Key) -> Result<(), HostError> {
        Err(HostError::new("host-vault-keyring-absent"))
    }
}
