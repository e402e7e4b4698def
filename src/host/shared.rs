//! A budget kept by several processes together, in a folder beside the state: a file for each place in the window, holding until when it is
//! taken, and a file for each call that may be in flight, locked while it is. The operating system lets go of locks when a process dies, and
//! places free themselves, so nobody has to tidy up after anybody. One process keeps its own count besides; see `budget`.

use crate::budget::PATIENCE;
use std::fs::{File, OpenOptions, create_dir_all};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long to wait before looking again for a call that may be in flight.
const GLANCE: Duration = Duration::from_millis(10);
/// A place that claims to be taken for longer than this was written by a clock that was wrong.
const LONGEST: Duration = Duration::from_secs(10);

/// What processes with the same quota share.
#[derive(Debug)]
pub(crate) struct Shared {
    folder: PathBuf,
    places: usize,
    flights: usize,
}

/// A call as the other processes see it. It has ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    place: Option<PathBuf>,
    _flight: Option<File>,
}

impl Shared {
    /// What is shared in a folder under a name. `None` when the folder cannot be had: then every process is on its own.
    pub(crate) fn open(folder: &Path, holder: &str, places: usize, flights: usize) -> Option<Self> {
        let name = blake3::hash(holder.as_bytes()).to_hex();
        let folder = folder.join(&name.as_str()[..16]);
        create_dir_all(&folder).ok()?;
        Some(Self { folder, places, flights })
    }

    /// Waits until a call may begin, for all processes together. `hold`: how long its place is taken until more is known.
    pub(crate) async fn begin(&self, hold: Duration) -> Lease {
        let flight = loop {
            match self.flight() {
                Ok(Some(flight)) => break Some(flight),
                Ok(None) => tokio::time::sleep(GLANCE).await,
                Err(_) => break None,
            }
        };
        loop {
            match self.place(hold) {
                Ok(Ok(place)) => return Lease { place: Some(place), _flight: flight },
                Ok(Err(wait)) => tokio::time::sleep(wait).await,
                // A disk that is full, say: the count of this process has to do.
                Err(_) => return Lease { place: None, _flight: flight },
            }
        }
    }

    /// Lets no process begin a call for a while, because the system said so to this one.
    pub(crate) fn pause(&self, wait: Duration) {
        // Without it the others are told by the system itself.
        drop(open(&self.folder.join("pause")).and_then(|mut file| {
            file.lock()?;
            let until = (now() + wait).max(read(&mut file)?);
            write(&mut file, until)
        }));
    }

    /// A free flight, if there is one.
    fn flight(&self) -> std::io::Result<Option<File>> {
        for number in 0..self.flights {
            let file = open(&self.folder.join(format!("flight-{number}")))?;
            if file.try_lock().is_ok() {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    /// A free place, or how long until one is.
    fn place(&self, hold: Duration) -> std::io::Result<Result<PathBuf, Duration>> {
        let now = now();
        let paused = read(&mut open(&self.folder.join("pause"))?)?.saturating_sub(now);
        if !paused.is_zero() && paused <= PATIENCE {
            return Ok(Err(paused));
        }
        let mut soonest = LONGEST;
        for number in 0..self.places {
            let path = self.folder.join(format!("place-{number}"));
            let mut file = open(&path)?;
            file.lock()?;
            let taken = read(&mut file)?.saturating_sub(now);
            if taken.is_zero() || taken > LONGEST {
                write(&mut file, now + hold)?;
                return Ok(Ok(path));
            }
            soonest = soonest.min(taken);
        }
        Ok(Err(soonest.max(Duration::from_millis(1))))
    }
}

impl Lease {
    /// The call has ended; its place is taken for so long from now.
    pub(crate) fn end(&mut self, rest: Duration) {
        let Some(path) = self.place.take() else { return };
        // What cannot be written frees itself a little later.
        drop(open(&path).and_then(|mut file| {
            file.lock()?;
            write(&mut file, now() + rest)
        }));
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// Until when a place is taken, since 1970.
fn read(file: &mut File) -> std::io::Result<Duration> {
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(text.trim().parse().map_or(Duration::ZERO, Duration::from_micros))
}

fn write(file: &mut File, until: Duration) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    // As long as what stood there, so that it is replaced whole.
    write!(file, "{:020}", until.as_micros())
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
