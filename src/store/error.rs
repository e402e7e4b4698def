//! What can be wrong with a state file, and what to do about it.

use selaras_model::Message;
use std::path::{Path, PathBuf};

/// An operation on the state failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is not a state file, or is damaged.
    #[error("the state file {} is damaged or is not a state file: {detail}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// The file was written by a newer runner.
    #[error("the state file {} has format {found}; this runner knows up to {known}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format known.
        known: u32,
    },
    /// Another runner is at work.
    #[error("another runner is using the state in {} ({holder})", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// Who it says it is.
        holder: String,
    },
    /// The disk or the operating system says no.
    #[error("cannot use the state file {}: {detail}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was said.
        detail: String,
    },
    /// The state contradicts itself: a fault of ours, or of somebody who edited it.
    #[error("the state contradicts itself: {0}")]
    Contradiction(String),
}

impl StoreError {
    /// The same for the message catalogue.
    #[must_use]
    pub fn message(&self) -> Message {
        let on = |key: &str, path: &Path| Message::new(key).with("path", path.display());
        match self {
            StoreError::Corrupt { path, detail } => on("store-corrupt", path).with("detail", detail),
            StoreError::Newer { path, found, known } => {
                on("store-newer", path).with("found", found).with("known", known)
            }
            StoreError::Locked { path, holder } => on("store-locked", path).with("holder", holder),
            StoreError::Io { path, detail } => on("store-io", path).with("detail", detail),
            StoreError::Contradiction(text) => Message::new("store-contradiction").with("detail", text),
        }
    }

    /// What SQLite's error means for this file.
    pub(crate) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        let path = path.to_owned();
        let detail = error.to_string();
        match error.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => StoreError::Corrupt { path, detail },
            _ => StoreError::Io { path, detail },
        }
    }
}
