//! One writer at a time: an advisory lock on a file beside the state, and in the file a note of who holds it, with a sign of life every few
//! seconds. The operating system lets go of the lock when a process dies, and only then; a note alone never takes it from anybody. Where the
//! note comes from another machine, whose locks nobody here sees, the note decides.

use crate::StoreError;
use crate::ground::is_local;
use crate::holder::{BEAT, Holder, now_ms};
use selaras_model::planted::{Bug, planted};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// How long a note is, whatever it says: it is replaced in place, without a need for room on the disk.
const LENGTH: usize = 768;

/// How the state is taken: as what, and with how much patience.
#[derive(Clone, Copy)]
pub struct Taking<'a> {
    /// What the process was started as, for others to read. Never a secret.
    pub command: &'a str,
    /// Asked when another runner holds the state, again and again: whether to try once more. It is its business to let time pass.
    pub patience: &'a dyn Fn(&StoreError) -> bool,
}

impl Default for Taking<'_> {
    fn default() -> Self {
        Self { command: "runner", patience: &|_| false }
    }
}

/// Held as long as it lives.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    file: Arc<Mutex<File>>,
    me: Holder,
    end: Option<Sender<()>>,
    beats: Option<JoinHandle<()>>,
}

/// Takes the lock or says who has it.
pub(crate) fn take(path: &Path, taking: &Taking<'_>) -> Result<Lock, StoreError> {
    loop {
        let local = path.parent().is_some_and(is_local);
        match take_once(path, Holder::here(taking.command), local) {
            Err(held) if held.is_held() && (taking.patience)(&held) => {}
            done => return done,
        }
    }
}

/// `local`: whether the lock of this machine keeps other machines out, too.
fn take_once(path: &Path, me: Holder, local: bool) -> Result<Lock, StoreError> {
    let mut file = locked(path)?;
    let left = note(&mut file).map_err(|error| io_at(path, error))?;
    if let Some(left) = left.filter(|left| left.is_elsewhere(&me)) {
        let now_ms = now_ms();
        if left.is_alive(now_ms) || !local {
            return Err(StoreError::Elsewhere { path: path.to_owned(), holder: Box::new(left), now_ms });
        }
    }
    write(&mut file, &me).map_err(|error| io_at(path, error))?;
    let file = Arc::new(Mutex::new(file));
    let (end, ended) = channel();
    let (shared, at, mut mine) = (Arc::clone(&file), path.to_owned(), me.clone());
    let beat = move || {
        while ended.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
            if noted(&at).is_some_and(|other| !other.is(&mine)) {
                return;
            }
            mine.seen_ms = now_ms();
            // Whoever cannot be told does not see a sign of life; the lock itself is still there.
            drop(write(&mut shared.lock().unwrap_or_else(PoisonError::into_inner), &mine));
        }
    };
    // Without a thread there are no signs of life, and the lock holds all the same.
    let beats = std::thread::Builder::new().name("lease".to_owned()).spawn(beat).ok();
    Ok(Lock { path: path.to_owned(), file, me, end: Some(end), beats })
}

/// The file, locked for this process.
fn locked(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    let opened = options.read(true).write(true).create(true).truncate(false).open(path);
    let mut file = opened.map_err(|error| io_at(path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) if planted(Bug::LetRivalsIn) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            // Whatever the holder wrote of itself; its absence is not worth an error of its own.
            let holder = note(&mut file).ok().flatten().map(Box::new);
            Err(StoreError::Locked { path: path.to_owned(), holder, now_ms: now_ms() })
        }
        Err(TryLockError::Error(error)) => Err(io_at(path, error)),
    }
}

/// Removes the note of a runner on another machine that gives no sign of life. Answers whose it was.
pub(crate) fn free(path: &Path) -> Result<Option<Holder>, StoreError> {
    let mut file = locked(path)?;
    let here = Holder::here("");
    let left = note(&mut file).map_err(|error| io_at(path, error))?;
    let Some(left) = left.filter(|left| left.is_elsewhere(&here)) else { return Ok(None) };
    let now_ms = now_ms();
    if left.is_alive(now_ms) {
        return Err(StoreError::Elsewhere { path: path.to_owned(), holder: Box::new(left), now_ms });
    }
    file.set_len(0).map_err(|error| io_at(path, error))?;
    Ok(Some(left))
}

impl Lock {
    /// Whether the lease is still this process's, as far as the note tells. A note that is gone or makes no sense says nothing.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match noted(&self.path) {
            Some(other) if !other.is(&self.me) => Err(self.lost()),
            _ => Ok(()),
        }
    }

    /// The lease is another runner's.
    pub(crate) fn lost(&self) -> StoreError {
        let holder = noted(&self.path).filter(|other| !other.is(&self.me)).map(Box::new);
        StoreError::Lost { path: self.path.clone(), holder }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(beats) = self.beats.take() {
            let _ = beats.join();
        }
        if self.check().is_ok() {
            // An empty file says that nobody is there. If it cannot be emptied, the next runner sees a process that is gone.
            let _ = self.file.lock().unwrap_or_else(PoisonError::into_inner).set_len(0);
        }
    }
}

fn io_at(path: &Path, error: io::Error) -> StoreError {
    StoreError::Io { path: path.to_owned(), detail: error.to_string() }
}

fn noted(path: &Path) -> Option<Holder> {
    note(&mut File::open(path).ok()?).ok().flatten()
}

/// The note in a lock file. One that does not make sense (empty, of another release, half replaced) is none.
fn note(file: &mut File) -> io::Result<Option<Holder>> {
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(4 * LENGTH as u64).read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text).ok())
}

fn write(file: &mut File, holder: &Holder) -> io::Result<()> {
    let mut text = serde_json::to_vec(holder)?;
    text.resize(text.len().max(LENGTH - 1), b' ');
    text.push(b'\n');
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&text)?;
    file.set_len(text.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::holder::SILENT;

    fn place() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.lock");
        (folder, path)
    }

    /// A runner on another machine that gave its last sign of life so long ago.
    fn stranger(ago_ms: i64) -> Holder {
        let now = now_ms();
        Holder {
            process: 7,
            host: "gudang".to_owned(),
            boot: "another".to_owned(),
            command: "runner apply".to_owned(),
            since_ms: now - ago_ms,
            seen_ms: now - ago_ms,
        }
    }

    fn leave(path: &Path, holder: &Holder) {
        write(&mut File::create(path).expect("a file"), holder).expect("written");
    }

    fn silent() -> i64 {
        i64::try_from(SILENT.as_millis()).expect("small")
    }

    #[test]
    fn whoever_holds_it_is_named_and_a_clean_end_leaves_nothing() {
        let (_folder, path) = place();
        let taking = Taking { command: "runner apply m.yaml", ..Taking::default() };
        let lock = take(&path, &taking).expect("free");
        match take(&path, &taking) {
            Err(StoreError::Locked { holder: Some(holder), now_ms, .. }) => {
                assert_eq!((holder.process, holder.command.as_str()), (std::process::id(), "runner apply m.yaml"));
                assert!(holder.is_alive(now_ms), "{holder:?}");
            }
            other => panic!("{other:?}"),
        }
        drop(lock);
        assert_eq!(std::fs::read(&path).expect("there"), b"");
        drop(take(&path, &taking).expect("free again"));
    }

    #[test]
    fn a_silent_holder_is_told_and_keeps_what_it_has() {
        let (_folder, path) = place();
        let mut file = locked(&path).expect("free");
        let suspended = Holder { seen_ms: now_ms() - silent() - 1, ..Holder::here("runner apply") };
        write(&mut file, &suspended).expect("written");
        let refused = take(&path, &Taking::default()).expect_err("held");
        let message = refused.message();
        assert_eq!(message.key, "store-silent");
        assert_eq!((message.args["seen"].as_str(), message.args["command"].as_str()), ("60 s", "runner apply"));
    }

    #[test]
    fn another_machine_that_shows_life_is_left_alone_wherever_the_file_is() {
        let (_folder, path) = place();
        leave(&path, &stranger(1000));
        for local in [true, false] {
            let refused = take_once(&path, Holder::here("x"), local).expect_err("held elsewhere");
            assert_eq!(refused.message().key, "store-elsewhere");
            assert!(matches!(free(&path), Err(StoreError::Elsewhere { .. })), "not to be freed while it lives");
        }
    }

    #[test]
    fn another_machine_that_fell_silent_stands_in_the_way_only_where_locks_say_nothing_of_it() {
        let (_folder, path) = place();
        leave(&path, &stranger(silent() + 1));
        let refused = take_once(&path, Holder::here("x"), false).expect_err("nobody knows");
        assert_eq!(refused.message().key, "store-elsewhere-silent");
        assert_eq!(free(&path).expect("freed").map(|holder| holder.process), Some(7));
        assert_eq!(free(&path).expect("nothing left"), None);
        drop(take_once(&path, Holder::here("x"), false).expect("free"));
        leave(&path, &stranger(silent() + 1));
        drop(take_once(&path, Holder::here("x"), true).expect("the lock is known to be free"));
    }

    #[test]
    fn what_a_killed_runner_of_this_machine_left_is_in_nobodys_way() {
        let (_folder, path) = place();
        for left in [b"process 12\n".to_vec(), b"{\"process\":".to_vec(), vec![0xFF; 10_000]] {
            std::fs::write(&path, left).expect("written");
            drop(take_once(&path, Holder::here("x"), false).expect("free"));
        }
        leave(&path, &Holder { process: 1, ..Holder::here("killed") });
        drop(take_once(&path, Holder::here("x"), false).expect("the operating system let go of it"));
    }

    #[test]
    fn a_lease_that_another_took_over_is_lost() {
        let (_folder, path) = place();
        let lock = take(&path, &Taking::default()).expect("free");
        lock.check().expect("ours");
        leave(&path, &stranger(0));
        assert!(matches!(lock.check(), Err(StoreError::Lost { holder: Some(holder), .. }) if holder.process == 7));
        drop(lock);
        assert!(noted(&path).is_some(), "the note of whoever has it now is left alone");
    }

    #[test]
    fn patience_is_asked_until_it_ends_or_the_holder_does() {
        let (_folder, path) = place();
        let first = std::cell::RefCell::new(Some(take(&path, &Taking::default()).expect("free")));
        let asked = std::cell::Cell::new(0);
        let never = |held: &StoreError| {
            assert!(held.is_held());
            asked.set(asked.get() + 1);
            asked.get() < 3
        };
        assert!(take(&path, &Taking { patience: &never, ..Taking::default() }).is_err());
        assert_eq!(asked.get(), 3);
        let ends = |_: &StoreError| first.borrow_mut().take().is_some();
        drop(take(&path, &Taking { patience: &ends, ..Taking::default() }).expect("it ended"));
    }
}
