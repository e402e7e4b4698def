//! How far a run is: bars on a terminal, one quiet line per entity and side anywhere else. All on stderr.

use crate::catalogue::Catalogue;
use crate::console;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use selaras_model::{EntityName, Message, PerSide, Side};
use selaras_run::Progress;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Without a terminal, a stage that takes long says how far it is this often.
const QUIET: Duration = Duration::from_secs(15);
/// How often whoever waits looks whether the run is to end.
const GLANCE: Duration = Duration::from_millis(50);

/// What a bar is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct About {
    entity: EntityName,
    side: Side,
    writing: bool,
}

/// Shows progress on stderr.
pub struct Bars<'a> {
    catalogue: &'a Catalogue,
    systems: PerSide<String>,
    /// The bars, on a terminal.
    all: Option<MultiProgress>,
    open: Mutex<BTreeMap<About, ProgressBar>>,
    /// When each stage last said something, without a terminal.
    said: Mutex<BTreeMap<About, Instant>>,
    /// Set when the run is to end, so that nobody waits any longer.
    cancel: &'a AtomicBool,
}

impl<'a> Bars<'a> {
    /// Progress of a run between two systems.
    #[must_use]
    pub fn new(catalogue: &'a Catalogue, systems: PerSide<String>, cancel: &'a AtomicBool) -> Self {
        let all = io::stderr().is_terminal().then(MultiProgress::new);
        Self { catalogue, systems, all, open: Mutex::default(), said: Mutex::default(), cancel }
    }

    fn say(&self, key: &str, about: &About, counts: &[(&str, u64)]) -> String {
        let message = Message::new(key).with("entity", &about.entity).with("system", self.systems.get(about.side));
        let message = counts.iter().fold(message, |message, (name, count)| message.with(name, count));
        self.catalogue.render(&message)
    }

    /// Does something with a bar, making it if it is not there yet.
    fn bar(&self, about: About, key: &str, change: impl FnOnce(&ProgressBar)) {
        let Some(all) = &self.all else { return };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = open.entry(about.clone()).or_insert_with(|| {
            let bar = all.add(ProgressBar::no_length());
            bar.set_style(spinner());
            bar.set_message(self.say(key, &about, &[]));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        change(bar);
    }

    /// Without a terminal, says now and then how far a stage is: a line that comes too seldom looks like a hang, in a log too.
    fn say_now_and_then(&self, about: &About, key: &str, done: u64, of: u64) {
        if self.all.is_some() {
            return;
        }
        let now = Instant::now();
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let last = said.entry(about.clone()).or_insert(now);
        if now.duration_since(*last) >= QUIET {
            *last = now;
            console::say(&self.say(key, about, &[("count", done), ("of", of)]));
        }
    }

    /// Takes the bar away; without a terminal, leaves a line instead.
    fn done(&self, about: About, key: &str, counts: &[(&str, u64)]) {
        if self.all.is_none() {
            console::say(&self.say(key, &about, counts));
            return;
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = open.remove(&about) {
            bar.finish_and_clear();
        }
    }

    /// Takes away what is left, so that a report does not run into it.
    pub fn clear(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *open).into_values().for_each(|bar| bar.finish_and_clear());
    }
}

fn about(entity: &EntityName, side: Side, writing: bool) -> About {
    About { entity: entity.clone(), side, writing }
}

impl Progress for Bars<'_> {
    fn wait(&self, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until && !self.cancel.load(Ordering::SeqCst) {
            std::thread::sleep(GLANCE.min(until.saturating_duration_since(Instant::now())));
        }
    }

    fn reading(&self, entity: &EntityName, side: Side) {
        self.bar(about(entity, side, false), "reading", |_| {});
    }

    fn seen(&self, entity: &EntityName, side: Side, records: u64) {
        self.bar(about(entity, side, false), "reading", |bar| bar.set_position(records));
    }

    fn details(&self, entity: &EntityName, side: Side, done: u64, of: u64) {
        let about = about(entity, side, false);
        self.say_now_and_then(&about, "details-so-far", done, of);
        let text = self.say("reading-details", &about, &[]);
        self.bar(about, "reading", |bar| {
            bar.set_style(measured());
            bar.set_message(text);
            bar.set_length(of);
            bar.set_position(done);
        });
    }

    fn read(&self, entity: &EntityName, side: Side, records: u64) {
        self.done(about(entity, side, false), "read-done", &[("count", records)]);
    }

    fn writing(&self, entity: &EntityName, side: Side, done: u64, of: u64) {
        let about = about(entity, side, true);
        self.say_now_and_then(&about, "written-so-far", done, of);
        self.bar(about, "writing", |bar| {
            bar.set_style(measured());
            bar.set_length(of);
            bar.set_position(done);
        });
    }

    fn written(&self, entity: &EntityName, side: Side, applied: u64, of: u64) {
        let key = if applied == of { "write-done" } else { "write-done-partly" };
        self.done(about(entity, side, true), key, &[("count", applied), ("of", of)]);
    }
}

fn spinner() -> ProgressStyle {
    style("{spinner:.cyan} {msg} {human_pos:.dim}")
}

/// The words come last and give way, so that the line never outgrows a narrow terminal: a line that wraps cannot be drawn over.
fn measured() -> ProgressStyle {
    style("{spinner:.cyan} [{bar:16}] {human_pos}/{human_len} {eta:.dim} {wide_msg}").progress_chars("━╸ ")
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates stand above and are tested")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_valid() {
        let _ = (spinner(), measured());
    }
}
