//! Files of the vault: written as a whole or not at all, for their owner only, and changed by one process at a time. What stands in them
//! is not known here.

use crate::HostError;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long somebody waits for another process that changes the same credential. A renewal may take two time-outs of the network.
pub(crate) const LOCK_WAIT: Duration = Duration::from_secs(100);
/// How often somebody who waits looks again.
pub(crate) const GLANCE: Duration = Duration::from_millis(25);

/// Makes the folder, for its owner only.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    match private_folder().create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => tighten(folder),
        made => made,
    }
}

#[cfg(unix)]
fn private_folder() -> fs::DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = fs::DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(not(unix))]
fn private_folder() -> fs::DirBuilder {
    fs::DirBuilder::new()
}

/// Takes rights of others away from a folder that was there before.
#[cfg(unix)]
fn tighten(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(folder)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn tighten(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Whether a file can be read by others than its owner.
#[cfg(unix)]
pub(super) fn is_open(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
pub(super) fn is_open(_: &File) -> io::Result<bool> {
    Ok(false)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Puts a file in its place as a whole. Whoever calls keeps others from writing the same one.
pub(super) fn replace(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let beside = folder.join(format!("{name}.new"));
    remove(&beside)?;
    let mut file = private().create_new(true).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    crate::fault::point("vault-written");
    fs::rename(&beside, folder.join(name))?;
    sync_folder(folder)
}

/// Makes a file that must not be there yet: somebody else's is never overwritten. Whoever calls keeps others from making the same one.
pub(super) fn make_new(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let beside = folder.join(format!("{name}.new"));
    remove(&beside)?;
    let mut file = private().create_new(true).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let linked = fs::hard_link(&beside, folder.join(name));
    remove(&beside)?;
    linked?;
    sync_folder(folder)
}

/// Removes a file, and tells whether it was there.
pub(super) fn remove(file: &Path) -> io::Result<bool> {
    match fs::remove_file(file) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes what happened in a folder last.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Only Unix can open folders.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The right to change a credential, until it is dropped. Other processes and other threads of this one wait.
#[derive(Debug)]
pub(crate) struct Guard {
    _file: File,
}

/// Takes the right if nobody has it.
pub(super) fn try_lock(file: &Path) -> io::Result<Option<Guard>> {
    let lock = private().create(true).truncate(false).open(file)?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(Guard { _file: lock })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Takes the right, waiting for whoever has it, but not for ever.
pub(super) fn lock(
    mut attempt: impl FnMut() -> Result<Option<Guard>, HostError>,
    busy: impl Fn() -> HostError,
) -> Result<Guard, HostError> {
    let start = Instant::now();
    loop {
        if let Some(guard) = attempt()? {
            return Ok(guard);
        }
        if start.elapsed() > LOCK_WAIT {
            return Err(busy());
        }
        std::thread::sleep(GLANCE);
    }
}
