//! What a command works on: the mapping file, compiled with what the installed connectors say, and the places around it.

use crate::catalogue::Catalogue;
use crate::connection::Connections;
use crate::console;
use crate::failure::Failure;
use crate::locale::Lang;
use crate::settings::Loaded;
use selaras_connector_api::Manifest;
use selaras_host::{Host, HostOptions, MAX_WRITTEN, read_text};
use selaras_mapping::program::Mapping;
use selaras_mapping::render::{Style, render};
use selaras_model::{Diagnostic, Message, Severity};
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The folders in which connectors are looked for: those of the settings, the one beside the mapping's folder, the one here.
#[must_use]
pub fn search(loaded: &Loaded, mapping: Option<&Path>) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = loaded.settings.connectors.iter().map(|folder| loaded.path(folder)).collect();
    if let Some(mapping) = mapping {
        let absolute = std::path::absolute(mapping).unwrap_or_else(|_| mapping.to_owned());
        folders.extend(absolute.parent().and_then(Path::parent).map(|project| project.join("connectors")));
    }
    folders.extend(std::path::absolute("connectors"));
    let mut kept: Vec<PathBuf> = Vec::new();
    for folder in folders {
        if !kept.contains(&folder) {
            kept.push(folder);
        }
    }
    kept
}

/// The folder of the program.
#[must_use]
pub fn exe_dir() -> PathBuf {
    let program = std::env::current_exe().ok();
    program.as_deref().and_then(Path::parent).map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// The file that pins connectors, beside the settings or here. One that does not exist pins nothing.
const LOCK: &str = "connectors.lock";

/// A host for a mapping, or for none.
///
/// # Errors
/// When it cannot be started at all.
pub fn host(
    loaded: &Loaded,
    mapping: Option<&Path>,
    cancel: &Arc<AtomicBool>,
    connections: Option<&Connections>,
) -> Result<Host, Failure> {
    let options = HostOptions {
        language: loaded.settings.lang.unwrap_or(Lang::En).code().to_owned(),
        search: search(loaded, mapping),
        exe_dir: exe_dir(),
        lock_file: Some(loaded.path(Path::new(LOCK))),
        cancel: Arc::clone(cancel),
        vault: connections.map(|connections| Arc::clone(connections.vault())),
        quota: connections.and_then(Connections::quota),
        ..HostOptions::default()
    };
    Host::new(options).map_err(|error| Failure::from(&error))
}

/// A mapping file as it was read.
pub struct Source {
    /// The file, as the user named it.
    pub file: PathBuf,
    /// Its text.
    pub text: String,
    /// What it compiles to, if it has no errors.
    pub mapping: Option<Mapping>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

impl Source {
    /// Reads and compiles a mapping file.
    ///
    /// # Errors
    /// When the file cannot be read, the host cannot be started, or a connector that it names cannot be loaded.
    pub fn read(file: &Path, loaded: &Loaded) -> Result<Self, Failure> {
        let text = read_text(file, MAX_WRITTEN).map_err(|unread| match unread.is_missing() {
            true => Failure::new(Message::new("mapping-missing").with("file", file.display()))
                .help(Message::new("mapping-missing-help")),
            false => Failure::unread(file, &unread),
        })?;
        let host = host(loaded, Some(file), &Arc::default(), None)?;
        let manifests = Manifests { host: &host, cells: Default::default() };
        let (mapping, diagnostics) = selaras_mapping::compile(&text, |name| manifests.get(name));
        if let Some(mapping) = &mapping {
            // A mapping whose connectors are not there cannot be used, however well it reads.
            for system in [&mapping.systems.left, &mapping.systems.right] {
                if manifests.get(&system.connector).is_none() {
                    host.load(&system.connector).map_err(|error| Failure::from(&error))?;
                }
            }
        }
        Ok(Self { file: file.to_owned(), text, mapping, diagnostics })
    }

    /// The mapping, for commands that need one. What is wrong with the file is said on stderr; warnings are said too.
    ///
    /// # Errors
    /// When the file has errors.
    pub fn usable(self, catalogue: &Catalogue) -> Result<Mapping, Failure> {
        if !self.diagnostics.is_empty() {
            console::say_block(&format!("{}\n\n", self.rendered(catalogue)));
        }
        let errors = self.count(Severity::Error);
        self.mapping.ok_or_else(|| {
            let file = self.file.display();
            Failure::new(Message::new("mapping-invalid").with("file", &file).with("count", errors))
                .help(Message::new("mapping-invalid-help").with("file", &file))
        })
    }

    /// The diagnostics with excerpts and styles.
    #[must_use]
    pub fn rendered(&self, catalogue: &Catalogue) -> String {
        let file = self.file.display().to_string();
        render(&self.diagnostics, &self.text, &file, Style::Coloured, |message| catalogue.render(message))
    }

    /// How many diagnostics of a severity there are.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}

/// What the connectors that a mapping names say of themselves. Others that are installed are not even opened.
struct Manifests<'h> {
    host: &'h Host,
    /// A mapping has two systems. The names come one after the other, each into the first cell that is free.
    cells: [OnceCell<(String, Option<Manifest>)>; 2],
}

impl Manifests<'_> {
    /// The manifest of a connector; `None` if it cannot be loaded, which is reported when it is needed.
    fn get(&self, name: &str) -> Option<&Manifest> {
        let load = || (name.to_owned(), self.host.load(name).ok().map(|loaded| loaded.manifest));
        let (_, manifest) = self.cells.iter().map(|cell| cell.get_or_init(load)).find(|(known, _)| known == name)?;
        manifest.as_ref()
    }
}
