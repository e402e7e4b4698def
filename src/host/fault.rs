//! Points at which a test can have the process killed, to see what is left behind. In release builds there are none.

/// Ends the process at once, with nothing cleaned up, when the environment variable `SELARAS_FAULT` names this point: `name` for the first
/// time it is reached, `name:3` for the third. Otherwise, and always in release builds, nothing happens.
#[cfg(debug_assertions)]
pub fn point(name: &str) {
    use std::sync::atomic::{AtomicU64, Ordering};
    static REACHED: AtomicU64 = AtomicU64::new(0);
    let Ok(wanted) = std::env::var("SELARAS_FAULT") else { return };
    let (place, number) = match wanted.rsplit_once(':') {
        Some((place, number)) => (place, number.parse().unwrap_or(1)),
        None => (wanted.as_str(), 1),
    };
    if place == name && REACHED.fetch_add(1, Ordering::SeqCst) + 1 == number {
        std::process::abort();
    }
}

/// Does nothing in release builds.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn point(_name: &str) {}
