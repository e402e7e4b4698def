//! `connectors.lock`: which content hash each connector had when somebody last looked at it. A connector that is not listed may be used;
//! one that is listed must be the same.

use crate::HostError;
use crate::search::Found;
use crate::textfile::{MAX_WRITTEN, Unread, read_text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::io::Write;
use std::path::Path;

const HEAD: &str =
    "# Pins each connector to its content. Written by the runner; a connector that differs is refused.\n\n";

/// The pins of a lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lock {
    version: u32,
    #[serde(default)]
    connectors: BTreeMap<String, Pin>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pin {
    hash: String,
}

impl Lock {
    /// Pins connectors by name and hash.
    pub(crate) fn pinning(hashes: BTreeMap<String, String>) -> Self {
        Self { version: 1, connectors: hashes.into_iter().map(|(name, hash)| (name, Pin { hash })).collect() }
    }

    /// Reads a lock file; one that is not there pins nothing.
    pub(crate) fn read(file: &Path) -> Result<Self, HostError> {
        let unreadable =
            |why: String| HostError::new("host-lock-unreadable").with("file", file.display()).with("why", why);
        let text = match read_text(file, MAX_WRITTEN) {
            Err(unread) if unread.is_missing() => return Ok(Self::pinning(BTreeMap::new())),
            Err(Unread::Io(error)) => return Err(unreadable(error.to_string())),
            text => text.map_err(|unread| unread.of(file))?,
        };
        let lock: Self = toml::from_str(&text).map_err(|error| unreadable(error.to_string().trim_end().to_owned()))?;
        if lock.version == 1 { Ok(lock) } else { Err(unreadable(format!("version {}", lock.version))) }
    }

    /// Refuses a connector that differs from its pin.
    pub(crate) fn check(&self, lock_file: &Path, name: &str, file: &dyn Display, hash: &str) -> Result<(), HostError> {
        match self.connectors.get(name) {
            Some(pin) if pin.hash != hash => Err(HostError::new("host-lock-differs")
                .with("name", name)
                .with("file", file)
                .with("lock", lock_file.display())
                .with("pinned", &pin.hash)
                .with("found", hash)),
            _ => Ok(()),
        }
    }

    /// Writes the file as a whole or not at all.
    pub(crate) fn write(&self, file: &Path) -> Result<(), HostError> {
        let failed =
            |why: String| HostError::new("host-lock-not-written").with("file", file.display()).with("why", why);
        let body = toml::to_string(self).map_err(|error| failed(error.to_string()))?;
        let beside = file.with_extension("lock.new");
        let written = fs::File::create(&beside).and_then(|mut new| {
            new.write_all(HEAD.as_bytes())?;
            new.write_all(body.as_bytes())?;
            new.sync_all()?;
            fs::rename(&beside, file)
        });
        written.map_err(|error| failed(error.to_string()))
    }
}

/// Content hashes, blake3 in hexadecimal.
pub(crate) struct Hashes {
    /// Of the library alone.
    pub(crate) library: String,
    /// Of the connector: the library, and its declaration where it has one.
    pub(crate) connector: String,
}

/// The content hashes of a connector.
pub(crate) fn hashes(found: &Found) -> Result<Hashes, HostError> {
    let unreadable = |error: std::io::Error| crate::search::unreadable(&found.library, &error);
    let mut hasher = blake3::Hasher::new();
    let mut file = fs::File::open(&found.library).map_err(unreadable)?;
    hasher.update_reader(&mut file).map_err(unreadable)?;
    let library = hasher.finalize();
    let connector = found.declared.as_ref().map_or(library, |(_, text)| {
        let mut both = blake3::Hasher::new();
        both.update(library.as_bytes()).update(text.as_bytes()).finalize()
    });
    Ok(Hashes { library: library.to_hex().to_string(), connector: connector.to_hex().to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_holds() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("connectors.lock");
        assert_eq!(Lock::read(&file).unwrap(), Lock::pinning(BTreeMap::new()), "no file pins nothing");
        let lock = Lock::pinning([("a".to_owned(), "11".to_owned())].into());
        lock.write(&file).unwrap();
        let read = Lock::read(&file).unwrap();
        assert_eq!(read, lock);
        assert!(read.check(&file, "a", &"/liba", "11").is_ok());
        assert!(read.check(&file, "b", &"/libb", "22").is_ok());
        let error = read.check(&file, "a", &"/liba", "22").unwrap_err();
        assert!(error.to_string().contains("says 11, the file is 22"), "{error}");
    }

    #[test]
    fn a_file_that_makes_no_sense_is_not_taken_for_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("connectors.lock");
        for text in ["", "version = 2", "version = 1\nconnector = 1", "not toml"] {
            fs::write(&file, text).unwrap();
            assert_eq!(Lock::read(&file).unwrap_err().key(), "host-lock-unreadable", "{text:?}");
        }
    }
}
