//! Ctrl-C and the like: the first asks the run to end where it is safe, the second ends the program at once (which is safe too, by the
//! journal, but leaves more for the next run to look at).

use crate::catalogue::Catalogue;
use crate::console;
use crate::exit::Exit;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

/// How long the program waits for its last words to be taken.
const LAST_WORDS: Duration = Duration::from_millis(50);

/// A flag that the first signal sets; the same one for whoever asks. `catalogue` says what goes on.
///
/// Without the machinery for signals the flag is never set, and Ctrl-C ends the program as it would have anyway.
#[must_use]
pub fn cancel_flag(catalogue: &Catalogue) -> Arc<AtomicBool> {
    static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    Arc::clone(FLAG.get_or_init(|| watch(catalogue.text("cancelling"), catalogue.text("stopped-at-once"))))
}

fn watch(notice: String, last: String) -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    let (listens, listening) = channel();
    let work = async move {
        // Listened for without a gap, so that no second signal is missed however soon it comes.
        let mut ends = Ends::new()?;
        // Whoever asked may be gone already.
        let _ = listens.send(());
        ends.next().await;
        set.store(true, Ordering::SeqCst);
        // On a thread of its own: a terminal that takes no more text must not hold up the second signal.
        let _detached = thread::Builder::new().spawn(move || console::say(&format!("\n{notice}")));
        ends.next().await;
        let _detached = thread::Builder::new().spawn(move || console::say(&format!("\n{last}")));
        // Long enough for a terminal that takes text at all.
        tokio::time::sleep(LAST_WORDS).await;
        io::Result::Ok(())
    };
    let watch = || {
        if runtime().and_then(|runtime| runtime.block_on(work)).is_ok() {
            std::process::exit(i32::from(Exit::Error.code()));
        }
    };
    // The thread lives as long as the program; there is nothing to wait for.
    let _detached = thread::Builder::new().name("signals".to_owned()).spawn(watch);
    // From here on a signal finds somebody who listens. Where nobody ever will, the other end is gone, and this does not wait.
    let _ = listening.recv();
    flag
}

/// Waits for one signal that asks the program to end.
///
/// # Errors
/// When signals cannot be waited for.
pub fn wait() -> io::Result<()> {
    runtime()?.block_on(async {
        Ends::new()?.next().await;
        Ok(())
    })
}

/// Makes a write beyond the limit on the size of files fail like one to a full disk. Otherwise the signal for it ends the program without a
/// word.
#[cfg(unix)]
pub fn outlive_full_files() {
    /// `SIGXFSZ`, the same number on the systems that we run on.
    const FILE_TOO_LARGE: i32 = 25;
    let Ok(runtime) = runtime() else { return };
    let _guard = runtime.enter();
    // Once somebody listens, the signal no longer ends the program, for as long as it runs.
    drop(tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(FILE_TOO_LARGE)));
}

/// Other systems have no such signal.
#[cfg(not(unix))]
pub fn outlive_full_files() {}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// The signals that ask the program to end.
struct Ends {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(not(unix))]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Ends {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    #[cfg(not(unix))]
    fn new() -> io::Result<Self> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c()? })
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = self.interrupt.recv().await;
    }
}
