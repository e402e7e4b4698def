//! Waiting for a state that another runner holds: how long, what is said meanwhile, and that Ctrl-C ends it.

use crate::commands::Context;
use crate::console;
use crate::signals;
use clap::Args;
use selaras_model::Message;
use selaras_store::{StoreError, Taking};
use std::cell::{Cell, OnceCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Whether this process has waited for another runner in vain.
static IN_VAIN: AtomicBool = AtomicBool::new(false);

/// Whether this process has waited for another runner in vain.
pub fn in_vain() -> bool {
    IN_VAIN.load(Ordering::SeqCst)
}

/// How often it is looked whether the state is free.
const GLANCE: Duration = Duration::from_millis(200);

/// How long to wait for another runner.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct WaitArgs {
    /// Wait for another runner that holds the state, at most so long (90s, 10m, 2h), or until it has finished
    #[arg(long, value_name = "DURATION", num_args = 0..=1, require_equals = true, default_missing_value = "always", value_parser = patience)]
    pub wait: Option<Patience>,
}

/// How long somebody waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// As long as it takes.
    Always,
    /// So long.
    For(Duration),
}

/// A number of seconds, minutes or hours.
fn patience(text: &str) -> Result<Patience, String> {
    if text == "always" {
        return Ok(Patience::Always);
    }
    let (number, seconds) = match text.char_indices().next_back() {
        Some((at, 's')) => (&text[..at], 1),
        Some((at, 'm')) => (&text[..at], 60),
        Some((at, 'h')) => (&text[..at], 3600),
        _ => (text, 1),
    };
    let number: u32 = number.parse().map_err(|_| "90s, 10m, 2h".to_owned())?;
    Ok(Patience::For(Duration::from_secs(u64::from(number) * seconds)))
}

/// One command's wait for the state.
pub struct Waiting<'a> {
    context: &'a Context,
    patience: Option<Patience>,
    command: String,
    since: OnceCell<Instant>,
    cancel: OnceCell<Arc<AtomicBool>>,
    /// Whether it was said that the runner waited for gives no sign of life.
    warned: Cell<bool>,
}

impl<'a> Waiting<'a> {
    /// `command` is what others are told of this process. Never a secret.
    pub fn new(context: &'a Context, args: WaitArgs, command: impl Into<String>) -> Self {
        Self {
            context,
            patience: args.wait,
            command: command.into(),
            since: OnceCell::new(),
            cancel: OnceCell::new(),
            warned: Cell::new(false),
        }
    }

    /// How the state is taken. `again` is [`Waiting::again`], kept by whoever calls.
    pub fn taking<'b>(&'b self, again: &'b dyn Fn(&StoreError) -> bool) -> Taking<'b> {
        Taking { command: &self.command, patience: again }
    }

    /// Whether to try once more, after a moment.
    pub fn again(&self, held: &StoreError) -> bool {
        let Some(patience) = self.patience else { return false };
        let first = self.since.get().is_none();
        let since = self.since.get_or_init(Instant::now);
        let cancel = self.cancel.get_or_init(|| signals::cancel_flag(&self.context.catalogue));
        let over = matches!(patience, Patience::For(most) if since.elapsed() >= most);
        if over || cancel.load(Ordering::SeqCst) {
            IN_VAIN.store(true, Ordering::SeqCst);
            return false;
        }
        self.tell(held, first);
        thread::sleep(GLANCE);
        true
    }

    fn tell(&self, held: &StoreError, first: bool) {
        let about = held.message();
        let say = |key: &str| {
            let message = Message { key: key.to_owned(), ..about.clone() };
            console::say(&self.context.catalogue.render(&message));
        };
        if first {
            say(if about.args.contains_key("command") { "lease-waiting" } else { "lease-waiting-somebody" });
        }
        let silent = matches!(about.key.as_str(), "store-silent" | "store-elsewhere-silent");
        if silent && !self.warned.replace(true) {
            say("lease-waiting-silent");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds_minutes_or_hours() {
        let seconds = |count| Ok(Patience::For(Duration::from_secs(count)));
        assert_eq!((patience("90"), patience("90s")), (seconds(90), seconds(90)));
        assert_eq!((patience("10m"), patience("2h"), patience("0")), (seconds(600), seconds(7200), seconds(0)));
        assert_eq!(patience("always"), Ok(Patience::Always));
        for wrong in ["", "m", "-1", "1.5h", "mappings/accurate.yaml", "10 m", "９"] {
            assert!(patience(wrong).is_err(), "{wrong}");
        }
    }
}
