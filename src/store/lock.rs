//! One writer at a time: an advisory lock on a file beside the state. The operating system lets go of it when a process dies.

use crate::StoreError;
use selaras_model::planted::{Bug, planted};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Held as long as it lives.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Takes the lock or says who has it.
pub(crate) fn take(path: &Path) -> Result<Lock, StoreError> {
    let io = |error: std::io::Error| StoreError::Io { path: path.to_owned(), detail: error.to_string() };
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) if planted(Bug::LetRivalsIn) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Whatever the holder wrote of itself; its absence is not worth an error of its own.
            let _ = file.read_to_string(&mut holder);
            return Err(StoreError::Locked { path: path.to_owned(), holder: holder.trim().to_owned() });
        }
        Err(TryLockError::Error(error)) => return Err(io(error)),
    }
    file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0))).map_err(io)?;
    writeln!(file, "process {}", std::process::id()).map_err(io)?;
    Ok(Lock { _file: file })
}
