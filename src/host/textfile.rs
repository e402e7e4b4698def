//! Reading a file that people write (a mapping, settings, a declaration): never more of it than such a file can have, and nothing that is no file, so that a
//! slip such as `/dev/zero` or a disk image ends with a sentence instead of all memory.

use crate::HostError;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// The most bytes of a mapping, of `runner.toml` and of any other file that people write.
pub const MAX_WRITTEN: u64 = 1024 * 1024;

/// Why there is no text.
#[derive(Debug)]
pub enum Unread {
    /// It cannot be read, or is no text.
    Io(io::Error),
    /// A folder, a device, a socket, or a pipe that nobody may ever write to.
    Special,
    /// It has more than this many bytes.
    TooLarge(u64),
}

impl Unread {
    /// Whether there is no such file.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Unread::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }

    /// The same about a file.
    #[must_use]
    pub fn of(&self, file: &Path) -> HostError {
        let error = |key: &str| HostError::new(key).with("file", file.display());
        match self {
            Unread::Io(why) => error("host-file-unreadable").with("why", why),
            Unread::Special => error("host-file-special"),
            Unread::TooLarge(most) => error("host-file-too-large").with("max", most),
        }
    }
}

/// The text of a file of at most so many bytes.
///
/// # Errors
/// When it cannot be read, is no file, is larger, or is no text in UTF-8.
pub fn read_text(file: &Path, most: u64) -> Result<String, Unread> {
    let about = fs::metadata(file).map_err(Unread::Io)?;
    if !about.is_file() && !handed_over(file, &about) {
        return Err(Unread::Special);
    }
    if about.len() > most {
        return Err(Unread::TooLarge(most));
    }
    // What it says of its size need not be so.
    let mut bytes = Vec::new();
    File::open(file).and_then(|it| it.take(most.saturating_add(1)).read_to_end(&mut bytes)).map_err(Unread::Io)?;
    if bytes.len() as u64 > most {
        return Err(Unread::TooLarge(most));
    }
    String::from_utf8(bytes).map_err(|error| Unread::Io(io::Error::new(io::ErrorKind::InvalidData, error)))
}

/// Whether it is a pipe of which whoever started the program holds the other end, such as `<(command)` or `/dev/stdin`; to open any other may take for
/// ever. Nothing at all (`/dev/null`) is a way to say so, too.
#[cfg(unix)]
fn handed_over(file: &Path, about: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let places = ["/dev/fd", "/dev/stdin", "/proc"];
    let is_pipe = about.file_type().is_fifo() && places.iter().any(|place| file.starts_with(place));
    is_pipe || file == Path::new("/dev/null")
}

#[cfg(not(unix))]
fn handed_over(_: &Path, _: &Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_is_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.yaml");
        fs::write(&file, "four").unwrap();
        assert_eq!(read_text(&file, 4).unwrap(), "four");
        assert!(matches!(read_text(&file, 3), Err(Unread::TooLarge(3))));
        assert!(matches!(read_text(folder.path(), 4), Err(Unread::Special)));
        assert!(read_text(&folder.path().join("none"), 4).unwrap_err().is_missing());
        fs::write(&file, [0xff, 0xfe]).unwrap();
        assert!(matches!(read_text(&file, 4), Err(Unread::Io(_))));
        // One that is as long as it gets is never written: a hole has a size and nothing on the disk.
        File::create(&file).unwrap().set_len(1 << 40).unwrap();
        assert!(matches!(read_text(&file, MAX_WRITTEN), Err(Unread::TooLarge(_))));
    }

    #[test]
    #[cfg(unix)]
    fn devices_are_no_files() {
        assert!(matches!(read_text(Path::new("/dev/zero"), MAX_WRITTEN), Err(Unread::Special)));
        assert_eq!(read_text(Path::new("/dev/null"), MAX_WRITTEN).unwrap(), "");
        #[cfg(target_os = "linux")]
        assert!(
            read_text(Path::new("/proc/self/status"), MAX_WRITTEN).unwrap().contains("Name:"),
            "it says that it is empty"
        );
    }
}
