//! The data file: the whole world as JSON, replaced in one step so that a crash leaves the old or the new one.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::SandboxError;
use crate::world::World;

/// The world in the file, or none if there is no file.
///
/// # Errors
/// When the file cannot be read or is not a world. It is never overwritten in that case.
pub fn read(path: &Path) -> Result<Option<World>, SandboxError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(SandboxError::DataFile { path: path.to_owned(), action: "read", source });
        }
    };
    let corrupt = |reason: String| SandboxError::CorruptData { path: path.to_owned(), reason };
    let world: World = serde_json::from_slice(&bytes).map_err(|error| corrupt(error.to_string()))?;
    if world.accurate.databases.is_empty() {
        return Err(corrupt("it holds no Accurate database".to_owned()));
    }
    Ok(Some(world))
}

/// The world as the file holds it.
pub fn to_bytes(world: &World) -> Vec<u8> {
    serde_json::to_vec(world).expect("a world is plain data with text keys")
}

/// Replaces the file.
///
/// # Errors
/// When the folder or the file cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), SandboxError> {
    replace(path, bytes).map_err(|source| SandboxError::DataFile { path: path.to_owned(), action: "written", source })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = temporary(path);
    let mut file = fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&beside, path)
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Database;

    #[test]
    fn what_is_written_is_read_back_and_no_temporary_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("world.json");
        assert!(read(&path).unwrap().is_none());
        let mut world = World::default();
        let database = Database { id: 7, alias: "PT Contoh".to_owned(), ..Database::default() };
        world.accurate.databases.insert(7, database);
        write(&path, &to_bytes(&world)).unwrap();
        assert_eq!(read(&path).unwrap(), Some(world));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_of_something_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "{", "[]", "{}", "\u{0}"] {
            let path = folder.path().join("world.json");
            fs::write(&path, text).unwrap();
            let error = read(&path).unwrap_err();
            assert!(matches!(error, SandboxError::CorruptData { .. }), "{text}: {error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }
}
