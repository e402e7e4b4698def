//! Opens connector libraries: checks the file, its pin and its versions, in that order, before anything of it runs; and keeps it open for
//! good. Where the file is was found out by `search`.

use crate::HostError;
use crate::lock::{self, Lock};
use crate::search::Found;
use libloading::Library;
use selaras_connector_abi::{BUILD, Entry, LoadedConnector, Refusal, symbols};
use selaras_connector_api::{Connector, Manifest};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A connector that was loaded, with what is known of it.
pub struct Loaded {
    /// The name in mappings.
    pub name: String,
    /// Its library, or that of its engine.
    pub file: PathBuf,
    /// Its `connector.toml`, where it has one.
    pub declaration: Option<PathBuf>,
    /// The content hash of both, blake3 in hexadecimal.
    pub hash: String,
    /// The library's ABI number.
    pub abi: u32,
    /// The library's build identity.
    pub build: String,
    /// Whether the runner was built alike. A difference is worth showing, nothing more.
    pub same_build: bool,
    /// What the connector says of itself.
    pub manifest: Manifest,
    /// The connector itself.
    pub connector: Box<dyn Connector>,
}

/// The libraries that this process has opened, each with the hash it had then. The system's loader goes by the file's name: asked again for
/// the same name, it gives the library that is open already, whatever the file holds by now.
static OPEN: Mutex<BTreeMap<PathBuf, (String, &'static Library)>> = Mutex::new(BTreeMap::new());

/// Loads a connector. `lock`: the lock file, where there is one.
pub(crate) fn load(name: &str, found: Found, lock: Option<&Path>) -> Result<Loaded, HostError> {
    check_rights(&found.library)?;
    let hashes = lock::hashes(&found)?;
    if let Some(file) = lock {
        // The hash of a declared connector covers its engine too, so either may be the one that differs.
        let library = found.library.display();
        let files = match &found.declared {
            Some((declaration, _)) => format!("{} + {library}", declaration.display()),
            None => library.to_string(),
        };
        Lock::read(file)?.check(file, name, &files, &hashes.connector)?;
    }
    let entry = table(open(&found.library, &hashes.library)?, &found)?;
    let text = found.declared.as_ref().map(|(_, text)| text.as_str());
    let place = found.declared.as_ref().map_or(&found.library, |(file, _)| file);
    let refused = |why: String| {
        HostError::new("host-connector-refused").with("name", name).with("file", place.display()).with("why", why)
    };
    let connector = LoadedConnector::create(entry, text).map_err(|failure| refused(failure.text))?;
    let manifest = connector.describe().map_err(|failure| refused(failure.text))?;
    if manifest.name != name {
        return Err(HostError::new("host-connector-other-name")
            .with("file", place.display())
            .with("says", &manifest.name)
            .with("name", name));
    }
    Ok(Loaded {
        name: name.to_owned(),
        declaration: found.declared.map(|(file, _)| file),
        file: found.library,
        hash: hashes.connector,
        abi: entry.abi,
        build: entry.build_text().to_owned(),
        same_build: entry.build_text() == BUILD,
        manifest,
        connector: Box::new(connector),
    })
}

/// Opens a library for good, unless it is open.
fn open(file: &Path, hash: &str) -> Result<&'static Library, HostError> {
    let path = file.canonicalize().map_err(|error| crate::search::unreadable(file, &error))?;
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    match open.get(&path) {
        Some((known, library)) if known == hash => return Ok(library),
        Some(_) => return Err(HostError::new("host-library-replaced").with("file", file.display())),
        None => {}
    }
    // SAFETY: opening a library runs its initialisers. A connector library is trusted code; file rights and pin were checked.
    let library = unsafe { Library::new(&path) }
        .map_err(|error| HostError::new("host-library-not-opened").with("file", file.display()).with("why", error))?;
    // Never unloaded: the table, texts and thread-locals of a library have no end of life that could be waited for.
    let library: &'static Library = Box::leak(Box::new(library));
    open.insert(path, (hash.to_owned(), library));
    Ok(library)
}

/// The table that a library exports, if it is one that we understand.
fn table(library: &'static Library, found: &Found) -> Result<&'static Entry, HostError> {
    let about = |key: &str| HostError::new(key).with("file", found.library.display());
    let names = symbols(&found.exported);
    let export = names.iter().find_map(|name| {
        // SAFETY: under this name the ABI exports such a function and nothing else.
        unsafe { library.get::<unsafe extern "C" fn() -> *const Entry>(name.as_bytes()) }.ok()
    });
    let export = export.ok_or_else(|| about("host-library-no-symbol").with("symbols", names.join(", ")))?;
    // SAFETY: the exported function takes nothing and gives its table, which lives as long as the library: for ever.
    unsafe { Entry::accept(export()) }.map_err(|refusal| match refusal {
        Refusal::Abi { found, wanted } => about("host-library-wrong-abi").with("found", found).with("wanted", wanted),
        other => about("host-library-table").with("why", other),
    })
}

/// A library that everybody can change is anybody's code.
#[cfg(unix)]
fn check_rights(file: &Path) -> Result<(), HostError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = std::fs::metadata(file).map_err(|error| crate::search::unreadable(file, &error))?;
    if metadata.permissions().mode() & 0o002 == 0 {
        return Ok(());
    }
    Err(HostError::new("host-library-writable").with("file", file.display()))
}

#[cfg(not(unix))]
fn check_rights(_: &Path) -> Result<(), HostError> {
    Ok(())
}
