//! Where connections are kept: a small file each in the folder of the state, and the vault beside them. A file is replaced whole or not at
//! all.

use super::{Connection, FORMAT};
use crate::args::PlaceArgs;
use crate::failure::Failure;
use crate::settings::{KeyPlace, Loaded};
use selaras_host::{Secret, Vault, VaultOptions};
use selaras_model::Message;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The connections of a state folder. The sandbox has its own: it is another world.
pub struct Connections {
    folder: PathBuf,
    vault: Arc<Vault>,
    quota: Option<PathBuf>,
}

impl Connections {
    /// The connections kept in the place that a command works in. `var` looks up an environment variable.
    ///
    /// # Errors
    /// When the key for the credentials cannot be used.
    pub fn of(loaded: &Loaded, place: &PlaceArgs, var: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let state = loaded.state_dir(place.state.as_deref());
        let quota = loaded.settings.quota.as_deref().map_or_else(|| state.join("quota"), |folder| loaded.path(folder));
        let home = if place.sandbox { state.join("sandbox") } else { state };
        let vault = Vault::open(VaultOptions {
            dir: home.join("credentials"),
            key: var("RUNNER_KEY").filter(|key| !key.is_empty()).map(Secret::new),
            keyring: loaded.settings.credentials == Some(KeyPlace::Keyring),
        });
        let vault = vault.map_err(|error| Failure::from(&error))?;
        Ok(Self { folder: home.join("connections"), vault: Arc::new(vault), quota: (!place.sandbox).then_some(quota) })
    }

    /// Where runners that use the same credentials keep their call budgets together. A sandbox of its own process shares with nobody.
    #[must_use]
    pub fn quota(&self) -> Option<PathBuf> {
        self.quota.clone()
    }

    /// The credentials.
    #[must_use]
    pub fn vault(&self) -> &Arc<Vault> {
        &self.vault
    }

    /// The connection of a system; `None` if nobody ever began to connect it.
    ///
    /// # Errors
    /// When the file cannot be read, or makes no sense.
    pub fn read(&self, system: &str) -> Result<Option<Connection>, Failure> {
        let file = self.file(system);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::unreadable(&file, &error)),
        };
        let damaged = |why: String| {
            let what = Message::new("connection-damaged").with("file", file.display()).with("why", why);
            Failure::new(what).help(Message::new("connection-damaged-help").with("system", system))
        };
        let connection: Connection = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        if connection.format_version > FORMAT {
            return Err(damaged(format!("format {}", connection.format_version)));
        }
        Ok(Some(connection))
    }

    /// Keeps a connection. It is on disk when this returns.
    ///
    /// # Errors
    /// When the file cannot be written; then the old one is still there.
    pub fn write(&self, connection: &Connection) -> Result<(), Failure> {
        let file = self.file(&connection.system);
        let text = serde_json::to_string_pretty(connection).unwrap_or_default() + "\n";
        replace(&self.folder, &file, text.as_bytes()).map_err(|error| Failure::not_written(&file, &error))
    }

    /// Notes what came of using a connection: a session opened, or the credential refused. A note that cannot be kept is not worth ending a
    /// run for: `status` is a little older then.
    pub fn note(&self, system: &str, refused: bool, now: i64) {
        if let Ok(Some(mut connection)) = self.read(system) {
            match refused {
                true => connection.refused_at = Some(now),
                false => (connection.session_at, connection.refused_at) = (Some(now), None),
            }
            drop(self.write(&connection));
        }
    }

    fn file(&self, system: &str) -> PathBuf {
        self.folder.join(format!("{system}.json"))
    }
}

fn replace(folder: &Path, file: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let draft = file.with_extension("new");
    let mut out = fs::File::create(&draft)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    fs::rename(&draft, file)?;
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}
