//! Credentials at rest: one sealed file for each system, and the facts of it that may be shown. Nobody outside the host gets a secret out
//! again. How grants are got and renewed is the business of `oauth` and `renew`.

mod files;
mod key;
mod record;
mod seal;

pub use key::KeySource;
pub use record::{CredentialFacts, PendingFacts};

pub(crate) use files::{GLANCE, Guard, LOCK_WAIT};
pub(crate) use record::{Client, Grant, Pending, Present, Record};
pub(crate) use seal::random;

use crate::{AuthSettings, HostError, Secret};
use key::{Keys, label};
use seal::Closed;
use std::fmt;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// More than any credential takes.
const MOST: u64 = 1024 * 1024;

/// What a vault is opened with.
#[derive(Clone, Debug, Default)]
pub struct VaultOptions {
    /// The folder of the sealed files. It is made when something is first kept.
    pub dir: PathBuf,
    /// The key, if the caller was given one: what `RUNNER_KEY` says. Any text of enough length; an empty one is too short, not none.
    pub key: Option<Secret>,
    /// Whether the key is kept in the operating system's keyring, where no other was given. On Linux this is the kernel's, which forgets
    /// everything when the machine restarts, and after three days in which nobody asks: right for a desk, wrong for a server.
    pub keyring: bool,
}

/// The credentials of all systems, sealed.
pub struct Vault {
    folder: PathBuf,
    keys: Keys,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Vault {
    /// A vault in a folder. Neither the folder nor the key is looked at yet.
    ///
    /// # Errors
    /// When the key that was given is too short, or there is no keyring in this build.
    pub fn open(options: VaultOptions) -> Result<Self, HostError> {
        let keys = Keys::new(&options.dir, options.key.as_ref(), options.keyring)?;
        Ok(Self { folder: options.dir, keys })
    }

    /// Where the key comes from.
    #[must_use]
    pub fn key_source(&self) -> KeySource {
        self.keys.source.clone()
    }

    /// Whether the key was made by this vault, just now.
    #[must_use]
    pub fn key_was_made(&self) -> bool {
        self.keys.made()
    }

    /// The systems of which anything is kept, by name. Needs no key.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn systems(&self) -> Result<Vec<String>, HostError> {
        let unreadable = |error: std::io::Error| {
            HostError::new("host-vault-folder").with("folder", self.folder.display()).with("why", error)
        };
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(unreadable)?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry.map_err(unreadable)?.file_name();
            names.extend(name.to_str().and_then(|name| name.strip_suffix(".sealed")).map(str::to_owned));
        }
        names.sort();
        Ok(names)
    }

    /// What may be told of a system's credential; nothing if none is kept.
    ///
    /// # Errors
    /// When the file or the key cannot be read, do not fit each other, or are damaged.
    pub fn facts(&self, system: &str) -> Result<Option<CredentialFacts>, HostError> {
        Ok(self.read(system)?.map(|record| record.facts()))
    }

    /// The same for whoever is about to replace the credential: one that can never be opened again counts as none.
    ///
    /// # Errors
    /// As for `facts`, in all cases that connecting again does not mend.
    pub fn facts_unless_lost(&self, system: &str) -> Result<Option<CredentialFacts>, HostError> {
        Ok(self.read_unless_lost(system)?.map(|record| record.facts()))
    }

    /// Keeps a credential that does not change by itself, in place of whatever was kept.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, system: &str, auth: &AuthSettings, now: i64) -> Result<(), HostError> {
        let guard = self.lock(system)?;
        self.write(&guard, system, &Record::of(auth, now))
    }

    /// Forgets all that is kept of a system, and tells whether there was anything. Needs no key.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn forget(&self, system: &str) -> Result<bool, HostError> {
        let file = self.file(system)?;
        if !self.folder.exists() {
            return Ok(false);
        }
        let _guard = self.lock(system)?;
        let failed = |error: std::io::Error| not_written(system, &file, &error);
        files::remove(&self.folder.join(format!("{system}.sealed.new"))).map_err(failed)?;
        let was_there = files::remove(&file).map_err(failed)?;
        files::sync_folder(&self.folder).map_err(failed)?;
        Ok(was_there)
    }

    /// Forgets a consent that was asked for and not yet given, and tells whether there was one. A grant is kept.
    ///
    /// # Errors
    /// As for `facts` and `put`.
    pub fn drop_pending(&self, system: &str) -> Result<bool, HostError> {
        if self.read(system)?.is_none_or(|record| record.pending.is_none()) {
            return Ok(false);
        }
        let guard = self.lock(system)?;
        let mut record = self.read(system)?.unwrap_or_default();
        let was_there = record.pending.take().is_some();
        if record.present.is_some() {
            self.write(&guard, system, &record)?;
        } else {
            let file = self.file(system)?;
            files::remove(&file).map_err(|error| not_written(system, &file, &error))?;
        }
        Ok(was_there)
    }

    /// All that is kept of a system.
    pub(crate) fn read(&self, system: &str) -> Result<Option<Record>, HostError> {
        let file = self.file(system)?;
        let unreadable = |error: std::io::Error| {
            HostError::new("host-vault-unreadable")
                .with("system", system)
                .with("file", file.display())
                .with("why", error)
        };
        let opened = match fs::File::open(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(unreadable)?,
        };
        let mut sealed = Vec::new();
        opened.take(MOST).read_to_end(&mut sealed).map_err(unreadable)?;
        // Whoever damaged the file is told so even if the key is gone, too.
        seal::head(&sealed).map_err(|closed| self.closed(system, &file, closed))?;
        let key = self.keys.get(false)?;
        let mut plain = seal::open(&key, system, &sealed).map_err(|closed| self.closed(system, &file, closed))?;
        let record = serde_json::from_slice(&plain);
        plain.fill(0);
        std::hint::black_box(&plain);
        // What JSON complains of is not told: it may quote what it found.
        record.map(Some).map_err(|_| self.closed(system, &file, Closed::Damaged))
    }

    /// The same, but what can never be opened again counts as not there: connecting again is the way out of that.
    pub(crate) fn read_unless_lost(&self, system: &str) -> Result<Option<Record>, HostError> {
        const LOST: [&str; 5] = [
            "host-vault-other-key",
            "host-vault-key-gone",
            "host-vault-damaged",
            "host-vault-newer",
            "host-vault-unreadable",
        ];
        match self.read(system) {
            Err(error) if LOST.contains(&error.key()) => Ok(None),
            read => read,
        }
    }

    /// Keeps all of a system. Whoever holds the guard has read what is there under it.
    pub(crate) fn write(&self, _guard: &Guard, system: &str, record: &Record) -> Result<(), HostError> {
        let file = self.file(system)?;
        let key = self.keys.get(true)?;
        let mut plain = serde_json::to_vec(record).expect("a record is plain data");
        let sealed = seal::seal(&key, self.keys.source.name(), system, &plain);
        plain.fill(0);
        std::hint::black_box(&plain);
        let name = format!("{system}.sealed");
        files::replace(&self.folder, &name, &sealed?).map_err(|error| not_written(system, &file, &error))
    }

    /// The right to change what is kept of a system. Waits for whoever has it.
    pub(crate) fn lock(&self, system: &str) -> Result<Guard, HostError> {
        files::lock(|| self.try_lock(system), || self.busy(system))
    }

    /// The same without waiting: nothing if somebody else has it.
    pub(crate) fn try_lock(&self, system: &str) -> Result<Option<Guard>, HostError> {
        let file = self.file(system)?;
        let failed = |error: std::io::Error| not_written(system, &file, &error);
        files::make_folder(&self.folder).map_err(failed)?;
        files::try_lock(&self.folder.join(format!("{system}.lock"))).map_err(failed)
    }

    /// Somebody else changes the credential for too long.
    pub(crate) fn busy(&self, system: &str) -> HostError {
        let file = self.folder.join(format!("{system}.lock"));
        HostError::new("host-vault-busy").with("file", file.display())
    }

    /// The file of a system. Names become file names, so not every one will do.
    fn file(&self, system: &str) -> Result<PathBuf, HostError> {
        let fit = |c: char| c.is_alphanumeric() || c == '-' || c == '_' || c == '.';
        if system.is_empty() || system.len() > 100 || system.starts_with('.') || !system.chars().all(fit) {
            return Err(HostError::new("host-vault-name").with("system", system));
        }
        Ok(self.folder.join(format!("{system}.sealed")))
    }

    fn closed(&self, system: &str, file: &Path, closed: Closed) -> HostError {
        let about = |key: &str| HostError::new(key).with("system", system).with("file", file.display());
        match closed {
            Closed::OtherKey(sealed_by) => about("host-vault-other-key")
                .with("then", label(&sealed_by))
                .with("now", label(self.keys.source.name())),
            Closed::Newer(version) => about("host-vault-newer").with("version", version),
            Closed::Damaged => about("host-vault-damaged"),
        }
    }
}

fn not_written(system: &str, file: &Path, error: &std::io::Error) -> HostError {
    HostError::new("host-vault-not-written").with("system", system).with("file", file.display()).with("why", error)
}
