//! Who holds the state: what a runner notes of itself beside the lock, and what the note of another one means. Decides only; files and
//! locks are `lock`'s business.

use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How often a runner at work gives a sign of life.
pub const BEAT: Duration = Duration::from_secs(5);
/// Whoever gives no sign of life for so long is suspended, or gone.
pub const SILENT: Duration = Duration::from_secs(60);
/// The longest command that is noted.
const LONGEST_COMMAND: usize = 160;

/// A runner that holds the state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its process.
    pub process: u32,
    /// The name of its machine.
    pub host: String,
    /// Tells machines of one name, and restarts of one machine, apart. Empty where it cannot be had.
    pub boot: String,
    /// What it was started as.
    pub command: String,
    /// Since when it holds the state: milliseconds since 1970 (UTC), by its clock.
    pub since_ms: i64,
    /// Its last sign of life, by its clock.
    pub seen_ms: i64,
}

impl Holder {
    /// This process, now.
    pub(crate) fn here(command: &str) -> Self {
        let now = now_ms();
        let read = |path: &str| std::fs::read_to_string(path).map(|text| text.trim().to_owned()).unwrap_or_default();
        let host = Some(read("/proc/sys/kernel/hostname")).filter(|name| !name.is_empty());
        let named = || ["HOSTNAME", "COMPUTERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
        Self {
            process: std::process::id(),
            host: host.or_else(named).unwrap_or_else(|| "?".to_owned()),
            boot: read("/proc/sys/kernel/random/boot_id"),
            command: command.chars().take(LONGEST_COMMAND).collect(),
            since_ms: now,
            seen_ms: now,
        }
    }

    /// Whether both are the same lease, whenever they were seen.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let lease = |holder: &Self| (holder.process, holder.host.clone(), holder.boot.clone(), holder.since_ms);
        lease(self) == lease(other)
    }

    /// Whether it ran on another machine: a lock of this one's operating system says nothing of it.
    pub(crate) fn is_elsewhere(&self, here: &Self) -> bool {
        self.host != here.host && (self.boot.is_empty() || self.boot != here.boot)
    }

    /// How long ago it last gave a sign of life. A moment that is yet to come is as far away as one that is past: clocks differ.
    #[must_use]
    pub fn quiet(&self, now_ms: i64) -> Duration {
        Duration::from_millis(now_ms.abs_diff(self.seen_ms))
    }

    /// Whether it gives signs of life.
    #[must_use]
    pub fn is_alive(&self, now_ms: i64) -> bool {
        self.quiet(now_ms) < SILENT
    }
}

/// The time, in milliseconds since 1970 (UTC).
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A span for people: `4 s`, `12 min`, `3 h`. The units are the same in all our languages.
pub(crate) fn span(span: Duration) -> String {
    match span.as_secs() {
        seconds @ 0..=119 => format!("{seconds} s"),
        seconds @ 120..=7199 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_told_by_its_name_and_its_start() {
        let holder = |host: &str, boot: &str| Holder { host: host.into(), boot: boot.into(), ..Holder::default() };
        let here = holder("toko", "b1");
        assert!(!holder("toko", "b1").is_elsewhere(&here));
        assert!(!holder("toko", "b0").is_elsewhere(&here), "the same machine before a restart");
        assert!(!holder("container-7", "b1").is_elsewhere(&here), "containers of one machine share its locks");
        assert!(holder("gudang", "b2").is_elsewhere(&here));
        assert!(holder("gudang", "").is_elsewhere(&here));
    }

    #[test]
    fn silence_counts_in_both_directions() {
        let holder = Holder { seen_ms: 1_000_000, ..Holder::default() };
        assert!(holder.is_alive(1_059_999) && holder.is_alive(999_000));
        assert!(!holder.is_alive(1_060_000) && !holder.is_alive(900_000));
    }

    #[test]
    fn spans_are_short() {
        let told = |seconds| span(Duration::from_secs(seconds));
        assert_eq!(
            (told(7), told(119), told(150), told(7300)),
            ("7 s".into(), "119 s".into(), "2 min".into(), "2 h".into())
        );
    }
}
