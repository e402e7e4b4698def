//! What can be wrong with a state file, and what to do about it.

use crate::Holder;
use crate::holder::span;
use selaras_model::Message;
use std::path::{Path, PathBuf};

/// The argument of messages with commands about the state: the flags that say which one, each after a space. Whoever knows them fills it in.
pub const AT_STATE: &str = "at-state";

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
    #[error("another runner is using the state in {} ({})", path.display(), shown(holder.as_deref()))]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// Who it says it is.
        holder: Option<Box<Holder>>,
        /// When that was read, in milliseconds since 1970.
        now_ms: i64,
    },
    /// A runner of another machine is at work, or was and left its note behind.
    #[error("a runner of another machine holds the state in {} ({})", path.display(), shown(Some(holder)))]
    Elsewhere {
        /// The lock file.
        path: PathBuf,
        /// Who it says it is.
        holder: Box<Holder>,
        /// When that was read, in milliseconds since 1970.
        now_ms: i64,
    },
    /// This runner held the state and does so no more.
    #[error("this runner no longer holds the state in {} ({})", path.display(), shown(holder.as_deref()))]
    Lost {
        /// The lock file.
        path: PathBuf,
        /// Who holds it now, where that is known.
        holder: Option<Box<Holder>>,
    },
    /// The disk is full, or the file may not grow.
    #[error("there is no room for the state file {}: {detail}", path.display())]
    NoRoom {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
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
            StoreError::Corrupt { path, detail } => on("store-corrupt", path).with("detail", detail).with(AT_STATE, ""),
            StoreError::Newer { path, found, known } => {
                on("store-newer", path).with("found", found).with("known", known)
            }
            StoreError::Locked { path, holder: None, .. } => on("store-locked-by-somebody", path),
            StoreError::Locked { path, holder: Some(holder), now_ms } => {
                let key = if holder.is_alive(*now_ms) { "store-locked" } else { "store-silent" };
                about(on(key, path), holder, *now_ms)
            }
            StoreError::Elsewhere { path, holder, now_ms } => {
                let key = if holder.is_alive(*now_ms) { "store-elsewhere" } else { "store-elsewhere-silent" };
                about(on(key, path), holder, *now_ms).with(AT_STATE, "")
            }
            StoreError::Lost { path, holder } => on("store-lost", path).with("holder", shown(holder.as_deref())),
            StoreError::NoRoom { path, detail } => on("store-no-room", path).with("detail", detail),
            StoreError::Io { path, detail } => on("store-io", path).with("detail", detail),
            StoreError::Contradiction(text) => Message::new("store-contradiction").with("detail", text),
        }
    }

    /// Whether another runner holds the state, so that waiting may help.
    #[must_use]
    pub fn is_held(&self) -> bool {
        matches!(self, StoreError::Locked { .. } | StoreError::Elsewhere { .. })
    }

    /// What SQLite's error means for this file.
    pub(crate) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        let path = path.to_owned();
        let detail = error.to_string();
        match error.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => StoreError::Corrupt { path, detail },
            _ if is_full(error) => StoreError::NoRoom { path, detail },
            _ => StoreError::Io { path, detail },
        }
    }

    /// What an error of one of our own statements means: that of a disk is no fault of ours. The file is named by whoever knows it.
    pub(crate) fn statement(error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{
            CannotOpen, DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, NotADatabase, OutOfMemory,
            PermissionDenied, ReadOnly, SystemIoFailure,
        };
        match error.sqlite_error_code() {
            Some(
                CannotOpen | DatabaseBusy | DatabaseCorrupt | DatabaseLocked | DiskFull | NotADatabase | OutOfMemory
                | PermissionDenied | ReadOnly | SystemIoFailure,
            ) => Self::sqlite(Path::new(""), error),
            _ => StoreError::Contradiction(error.to_string()),
        }
    }

    /// The same with the file named, where it is not yet.
    pub(crate) fn at(mut self, file: &Path) -> Self {
        if let StoreError::Corrupt { path, .. } | StoreError::Io { path, .. } | StoreError::NoRoom { path, .. } =
            &mut self
            && path.as_os_str().is_empty()
        {
            file.clone_into(path);
        }
        self
    }
}

/// Whether a write found no room. SQLite tells a file that may not grow (a quota, a limit) as a failed write.
fn is_full(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_WRITE};
    const FAILED_WRITES: [i32; 3] = [SQLITE_IOERR_WRITE, SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_SHMSIZE];
    error.sqlite_error().is_some_and(|failed| {
        failed.code == rusqlite::ErrorCode::DiskFull || FAILED_WRITES.contains(&failed.extended_code)
    })
}

/// Who holds the state, for whoever wants to.
fn about(message: Message, holder: &Holder, now_ms: i64) -> Message {
    let message = message.with("command", &holder.command).with("process", holder.process).with("host", &holder.host);
    message.with("since", moment(holder.since_ms)).with("seen", span(holder.quiet(now_ms)))
}

fn shown(holder: Option<&Holder>) -> String {
    holder.map_or_else(|| "?".to_owned(), |it| format!("{}, {} {}", it.command, it.host, it.process))
}

/// A moment as everybody writes it, to the second.
fn moment(milliseconds: i64) -> String {
    let at = jiff::Timestamp::from_second(milliseconds.div_euclid(1000));
    at.map_or_else(|_| milliseconds.to_string(), |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}
