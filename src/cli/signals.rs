//! Ctrl-C and the like: the first asks the run to end where it is safe, the second ends the program at once (which is safe too, by the
//! journal, but leaves more for the next run to look at).

use crate::catalogue::Catalogue;
use crate::console;
use crate::exit::Exit;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// A flag that the first signal sets. `catalogue` says what goes on.
///
/// Without the machinery for signals the flag is never set, and Ctrl-C ends the program as it would have anyway.
#[must_use]
pub fn cancel_flag(catalogue: &Catalogue) -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    let notice = catalogue.text("cancelling");
    // The thread lives as long as the program; there is nothing to wait for.
    let _detached = thread::Builder::new().name("signals".to_owned()).spawn(move || {
        if wait().is_err() {
            return;
        }
        set.store(true, Ordering::SeqCst);
        console::say(&format!("\n{notice}"));
        if wait().is_ok() {
            std::process::exit(i32::from(Exit::Error.code()));
        }
    });
    flag
}

/// Waits for one signal that asks the program to end.
///
/// # Errors
/// When signals cannot be waited for.
pub fn wait() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        #[cfg(unix)]
        {
            let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
            tokio::select! {
                pressed = tokio::signal::ctrl_c() => pressed,
                _ = terminate.recv() => Ok(()),
            }
        }
        #[cfg(not(unix))]
        tokio::signal::ctrl_c().await
    })
}
