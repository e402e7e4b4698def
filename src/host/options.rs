//! What a host is made with and what it tells about itself: plain data.

use crate::{HostError, Loaded, Timeouts, Vault};
use selaras_connector_api::Manifest;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Tells the time in Unix seconds. Signatures and the dates in answers need it; waiting does not.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What a host is made with.
#[derive(Clone, Debug)]
pub struct HostOptions {
    /// Folders that hold a folder for each connector, in the order in which they are searched.
    pub search: Vec<PathBuf>,
    /// The folder of the program, beside which libraries are looked for last.
    pub exe_dir: PathBuf,
    /// The lock file. One that does not exist pins nothing.
    pub lock_file: Option<PathBuf>,
    /// Set from outside when the run is to end.
    pub cancel: Arc<AtomicBool>,
    /// How long each part of a call may take, where the settings of a system do not say otherwise.
    pub timeouts: Timeouts,
    /// Where credentials are kept, for systems whose settings say `stored`.
    pub vault: Option<Arc<Vault>>,
    /// A folder in which processes keep call budgets together; `None`: each process keeps its own.
    pub quota: Option<PathBuf>,
    /// The language in which failures are told: `en`, `id`. What no catalogue knows stays English, or as the system said it.
    pub language: String,
    /// Whether the connectors' call limits are kept. Only benchmarks and tests against a server without limits do without.
    pub limited: bool,
}

impl Default for HostOptions {
    fn default() -> Self {
        Self {
            search: Vec::new(),
            exe_dir: PathBuf::from("."),
            lock_file: None,
            cancel: Arc::default(),
            timeouts: Timeouts::default(),
            vault: None,
            quota: None,
            language: "en".to_owned(),
            limited: true,
        }
    }
}

/// Calls made, those that were repeated included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallStats {
    /// Calls that only read.
    pub reads: u64,
    /// Calls that could write.
    pub writes: u64,
    /// How many of both were repetitions.
    pub retried: u64,
    /// How many of both were refused for being too many.
    pub limited: u64,
    /// How often a token was renewed. The calls for that are in none of the other counters.
    pub renewed: u64,
}

/// A connector that is there, usable or not.
#[derive(Debug)]
pub struct Installed {
    /// The name in mappings.
    pub name: String,
    /// What is known of it, or why it cannot be used.
    pub details: Result<InstalledDetails, HostError>,
}

/// What is known of a usable connector.
#[derive(Clone, Debug)]
pub struct InstalledDetails {
    /// The connector's version.
    pub version: String,
    /// The system's name as people know it.
    pub title: String,
    /// Its library, or that of its engine.
    pub file: PathBuf,
    /// Its `connector.toml`, where it has one.
    pub declaration: Option<PathBuf>,
    /// The content hash, blake3 in hexadecimal.
    pub hash: String,
    /// The library's ABI number.
    pub abi: u32,
    /// The library's build identity.
    pub build: String,
    /// Whether the runner was built alike.
    pub same_build: bool,
    /// What the connector says of itself.
    pub manifest: Manifest,
}

impl From<Loaded> for InstalledDetails {
    fn from(loaded: Loaded) -> Self {
        InstalledDetails {
            version: loaded.manifest.version.clone(),
            title: loaded.manifest.title.clone(),
            file: loaded.file,
            declaration: loaded.declaration,
            hash: loaded.hash,
            abi: loaded.abi,
            build: loaded.build,
            same_build: loaded.same_build,
            manifest: loaded.manifest,
        }
    }
}
