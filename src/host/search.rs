//! Where connectors are looked for, in which order, and what is said when one is not there. Opens nothing but `connector.toml`.

use crate::HostError;
use crate::textfile::{MAX_WRITTEN, read_text};
use selaras_model::Message;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};

/// The file in which a connector without code is declared.
const DECLARATION: &str = "connector.toml";

/// The places to look at.
pub(crate) struct Search<'a> {
    /// Folders with one folder for each connector.
    pub(crate) folders: &'a [PathBuf],
    /// Where the program is.
    pub(crate) exe_dir: &'a Path,
}

/// A connector that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its library, or that of its engine.
    pub(crate) library: PathBuf,
    /// The name under which the library exports it.
    pub(crate) exported: String,
    /// Its declaration, if it is declared in a file: where, and the text.
    pub(crate) declared: Option<(PathBuf, String)>,
}

#[derive(Deserialize)]
struct Head {
    name: Option<String>,
    engine: Option<String>,
}

impl Search<'_> {
    /// Finds a connector.
    pub(crate) fn find(&self, name: &str) -> Result<Found, HostError> {
        if !is_name(name) {
            return Err(HostError::new("host-connector-name-invalid").with("name", name));
        }
        let mut tried = Vec::new();
        for folder in self.folders {
            let folder = folder.join(name);
            if let Some(found) = self.declared(name, &folder, &mut tried)? {
                return Ok(found);
            }
            if let Some(library) = library_in(&folder, name, &mut tried)? {
                return Ok(Found { library, exported: name.to_owned(), declared: None });
            }
        }
        match self.beside(name, &mut tried) {
            Some(library) => Ok(Found { library, exported: name.to_owned(), declared: None }),
            None => Err(not_found(name, tried)),
        }
    }

    /// The names of all connectors that there are. A library that only serves as the engine of declared ones is not one of them.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let (mut names, mut engines) = (BTreeSet::new(), BTreeSet::new());
        let prefix = format!("{DLL_PREFIX}selaras_connector_");
        // Folders of programs can hold very many files, and the order of these does not matter.
        for file in self.program_dirs().iter().flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten()) {
            let name = file.file_name().to_string_lossy().into_owned();
            if let Some(name) = name.strip_prefix(&prefix).and_then(|name| name.strip_suffix(DLL_SUFFIX)) {
                names.insert(name.to_owned());
            }
        }
        let mut declared = BTreeSet::new();
        for folder in self.folders.iter().flat_map(|folder| entries(folder)) {
            if let Ok(text) = read_text(&folder.join(DECLARATION), MAX_WRITTEN) {
                engines.extend(toml::from_str::<Head>(&text).ok().and_then(|head| head.engine));
                declared.insert(file_name(&folder));
            } else if entries(&folder).iter().any(|file| is_library(file)) || is_source(&folder) {
                names.insert(file_name(&folder));
            }
        }
        names.retain(|name| !engines.contains(name));
        names.extend(declared);
        names.retain(|name| is_name(name));
        names
    }

    /// A connector declared in a folder. A declaration that is there but unusable ends the search: it was meant.
    fn declared(&self, name: &str, folder: &Path, tried: &mut Vec<Message>) -> Result<Option<Found>, HostError> {
        let file = folder.join(DECLARATION);
        if !file.is_file() {
            return Ok(None);
        }
        let text = read_text(&file, MAX_WRITTEN).map_err(|unread| unread.of(&file))?;
        let unusable =
            |why: String| HostError::new("host-connector-toml").with("file", file.display()).with("why", why);
        let head: Head = toml::from_str(&text).map_err(|error| unusable(error.to_string().trim_end().to_owned()))?;
        if let Some(says) = head.name.filter(|says| says != name) {
            return Err(HostError::new("host-connector-toml-name")
                .with("file", file.display())
                .with("says", says)
                .with("name", name));
        }
        let engine = head
            .engine
            .filter(|engine| is_name(engine))
            .ok_or_else(|| HostError::new("host-connector-toml-engine").with("file", file.display()))?;
        tried.push(Message::new("host-tried-engine").with("place", file.display()).with("engine", &engine));
        for folder in self.folders {
            if let Some(library) = library_in(&folder.join(&engine), &engine, tried)? {
                return Ok(Some(Found { library, exported: engine, declared: Some((file, text)) }));
            }
        }
        match self.beside(&engine, tried) {
            Some(library) => Ok(Some(Found { library, exported: engine, declared: Some((file, text)) })),
            None => Err(not_found(name, std::mem::take(tried))),
        }
    }

    /// A library beside the program: where cargo puts it, or where an installation does.
    fn beside(&self, name: &str, tried: &mut Vec<Message>) -> Option<PathBuf> {
        let file = library_name(name);
        for place in self.program_dirs().iter().map(|folder| folder.join(&file)) {
            if place.is_file() {
                return Some(place);
            }
            tried.push(Message::new("host-tried-no-file").with("place", place.display()));
        }
        None
    }

    fn program_dirs(&self) -> [PathBuf; 3] {
        let up = self.exe_dir.parent().unwrap_or(self.exe_dir);
        [self.exe_dir.to_owned(), self.exe_dir.join("deps"), up.join("lib").join("selaras")]
    }
}

/// The library of a connector's folder. The one named after it is preferred; otherwise there must be only one.
fn library_in(folder: &Path, name: &str, tried: &mut Vec<Message>) -> Result<Option<PathBuf>, HostError> {
    if !folder.is_dir() {
        tried.push(Message::new("host-tried-no-folder").with("place", folder.display()));
        return Ok(None);
    }
    let expected = library_name(name);
    let libraries: Vec<PathBuf> = entries(folder).into_iter().filter(|file| is_library(file)).collect();
    if let Some(named) = libraries.iter().find(|file| file_name(file) == expected) {
        return Ok(Some(named.clone()));
    }
    match libraries.as_slice() {
        [] => {
            let pattern = format!("{DLL_PREFIX}*{DLL_SUFFIX}");
            tried.push(Message::new("host-tried-empty").with("place", folder.display()).with("pattern", pattern));
            Ok(None)
        }
        [library] => Ok(Some(library.clone())),
        several => Err(HostError::new("host-folder-several-libraries")
            .with("folder", folder.display())
            .with("files", several.iter().map(|file| file_name(file)).collect::<Vec<_>>().join(", "))
            .with("expected", expected)),
    }
}

/// What cargo calls the library of a connector's crate.
pub(crate) fn library_name(name: &str) -> String {
    format!("{DLL_PREFIX}selaras_connector_{}{DLL_SUFFIX}", name.replace('-', "_"))
}

/// Names become file names and symbols, so they are kept plain.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    name.len() <= 64 && name.bytes().all(plain) && name.starts_with(|first: char| first.is_ascii_lowercase())
}

fn is_library(file: &Path) -> bool {
    let name = file_name(file);
    name.starts_with(DLL_PREFIX) && name.ends_with(DLL_SUFFIX) && file.is_file()
}

/// Whether a folder holds the source of a connector: it is meant to be one, built or not.
fn is_source(folder: &Path) -> bool {
    read_text(&folder.join("Cargo.toml"), MAX_WRITTEN).is_ok_and(|text| text.contains("cdylib"))
}

/// What is in a folder, in order; nothing if it cannot be read.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn not_found(name: &str, tried: Vec<Message>) -> HostError {
    HostError::new("host-connector-not-found").with("name", name).noting(tried)
}

pub(crate) fn unreadable(file: &Path, error: &std::io::Error) -> HostError {
    HostError::new("host-file-unreadable").with("file", file.display()).with("why", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ground {
        root: tempfile::TempDir,
        folders: Vec<PathBuf>,
    }

    impl Ground {
        fn new(files: &[(&str, &str)]) -> Self {
            let root = tempfile::tempdir().expect("a temporary folder");
            for (path, text) in files {
                let path = root.path().join(path.replace("LIB", DLL_PREFIX).replace("SO", DLL_SUFFIX));
                fs::create_dir_all(path.parent().expect("a folder")).expect("made");
                fs::write(path, text).expect("written");
            }
            let folders = vec![root.path().join("own"), root.path().join("shared")];
            Self { root, folders }
        }

        fn find(&self, name: &str) -> Result<String, HostError> {
            let exe_dir = self.root.path().join("bin");
            let found = Search { folders: &self.folders, exe_dir: &exe_dir }.find(name)?;
            let short = found.library.strip_prefix(self.root.path()).expect("below");
            let file = file_name(short).replace(DLL_PREFIX, "LIB").replace(DLL_SUFFIX, "SO");
            let short = short.with_file_name(file).display().to_string();
            Ok(format!("{short} {}{}", found.exported, if found.declared.is_some() { " declared" } else { "" }))
        }
    }

    #[test]
    fn the_order_of_places_is_kept() {
        let mut files = vec![
            ("own/a/connector.toml", "engine = \"rest\"\nname = \"a\"\n[[resource]]\nx = 1"),
            ("own/rest/LIBrestSO", ""),
            ("own/a/LIBaSO", ""),
            ("shared/a/LIBaSO", ""),
            ("bin/LIBselaras_connector_aSO", ""),
            ("bin/deps/LIBselaras_connector_aSO", ""),
            ("lib/selaras/LIBselaras_connector_aSO", ""),
        ];
        let mut seen = Vec::new();
        while !files.is_empty() {
            seen.push(Ground::new(&files).find("a").unwrap());
            files.remove(0);
            if seen.len() == 1 {
                files.remove(0);
            }
        }
        assert_eq!(
            seen,
            [
                "own/rest/LIBrestSO rest declared",
                "own/a/LIBaSO a",
                "shared/a/LIBaSO a",
                "bin/LIBselaras_connector_aSO a",
                "bin/deps/LIBselaras_connector_aSO a",
                "lib/selaras/LIBselaras_connector_aSO a",
            ]
        );
    }

    #[test]
    fn every_place_tried_is_told_with_its_reason() {
        let ground = Ground::new(&[("shared/a/README", "")]);
        let error = ground.find("a").unwrap_err();
        let told: Vec<String> = error
            .notes()
            .iter()
            .map(|note| note.args["place"].replace(&*ground.root.path().to_string_lossy(), "") + " " + &note.key)
            .collect();
        let file = library_name("a");
        assert_eq!(
            told,
            [
                "/own/a host-tried-no-folder".to_owned(),
                "/shared/a host-tried-empty".to_owned(),
                format!("/bin/{file} host-tried-no-file"),
                format!("/bin/deps/{file} host-tried-no-file"),
                format!("/lib/selaras/{file} host-tried-no-file"),
            ]
        );
        assert!(error.to_string().contains("there is no such folder"), "{error}");
    }

    #[test]
    fn declarations_that_cannot_be_used_end_the_search() {
        let key = |text: &str| {
            let ground = Ground::new(&[("own/a/connector.toml", text), ("shared/a/LIBaSO", "")]);
            ground.find("a").unwrap_err()
        };
        assert_eq!(key("engine = ").key(), "host-connector-toml");
        assert_eq!(key("name = \"a\"").key(), "host-connector-toml-engine");
        assert_eq!(key("engine = \"../x\"").key(), "host-connector-toml-engine");
        assert_eq!(key("engine = \"rest\"\nname = \"b\"").key(), "host-connector-toml-name");
        let engineless = key("engine = \"rest\"\nname = \"a\"");
        assert_eq!(engineless.key(), "host-connector-not-found");
        assert!(engineless.to_string().contains("asks for the engine \"rest\""), "{engineless}");
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["", "../a", "a/b", "A", "a.b", "1a", "a b"] {
            assert_eq!(Ground::new(&[]).find(name).unwrap_err().key(), "host-connector-name-invalid", "{name}");
        }
    }

    #[test]
    fn several_libraries_are_not_guessed_between() {
        let ground = Ground::new(&[("own/a/LIBxSO", ""), ("own/a/LIBySO", "")]);
        assert_eq!(ground.find("a").unwrap_err().key(), "host-folder-several-libraries");
        let named = Ground::new(&[("own/a/LIBxSO", ""), ("own/a/LIBselaras_connector_aSO", "")]);
        assert_eq!(named.find("a").unwrap(), "own/a/LIBselaras_connector_aSO a");
    }

    #[test]
    fn all_names_are_listed_once() {
        let ground = Ground::new(&[
            ("own/b/connector.toml", "engine = \"rest\""),
            ("own/e/connector.toml", "broken"),
            ("bin/LIBselaras_connector_restSO", ""),
            ("own/a/LIBaSO", ""),
            ("shared/a/LIBaSO", ""),
            ("shared/api/lib.rs", ""),
            ("shared/api/Cargo.toml", "[lib]"),
            ("shared/f/Cargo.toml", "crate-type = [\"cdylib\"]"),
            ("bin/LIBselaras_connector_c_dSO", ""),
            ("bin/LIBotherSO", ""),
        ]);
        let exe_dir = ground.root.path().join("bin");
        let names = Search { folders: &ground.folders, exe_dir: &exe_dir }.names();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["a", "b", "c_d", "e", "f"]);
    }
}
