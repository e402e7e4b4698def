//! What the commands share by which people order something: who they are, what follows, whether they are sure.

use super::Context;
use super::session::{STATE, failed, quoted};
use crate::args::{HandArgs, PlaceArgs};
use crate::console;
use crate::failure::Failure;
use crate::locale::Lang;
use crate::project::Source;
use crate::{signals, variable};
use selaras_mapping::program::Mapping;
use selaras_model::{Message, Side, Signature};
use selaras_run::Refusal;
use std::path::{Path, PathBuf};

/// The mapping that commands without a connection take when none is named.
pub const MAPPING: &str = "mappings/accurate.yaml";

/// The mapping and the state's file.
pub fn ground(context: &Context, mapping: &Path, place: &PlaceArgs) -> Result<(Mapping, PathBuf), Failure> {
    let compiled = Source::read(mapping, &context.loaded)?.usable(&context.catalogue)?;
    Ok((compiled, context.loaded.state_dir(place.state.as_deref()).join(STATE)))
}

/// What is said, and how the command ends, where there is no state file: an empty list would look as if all were well.
pub fn stateless(file: &Path, mapping: &Path, place: &PlaceArgs) -> Option<Failure> {
    let tail = super::session::tail(mapping, place);
    (!file.exists()).then(|| {
        Failure::new(Message::new("state-none").with("file", file.display()))
            .help(Message::new("state-none-run-help").with("tail", tail))
    })
}

/// The state file for JSON, where it is missing.
pub fn missing_state(file: &Path) -> Option<String> {
    (!file.exists()).then(|| file.display().to_string())
}

/// The flags that lead to the same mapping and state, each after a space, for commands to be copied.
pub fn flags(mapping: &Path, place: &PlaceArgs) -> String {
    let mut words = String::new();
    if mapping != Path::new(MAPPING) {
        words.push_str(&format!(" --mapping {}", quoted(&mapping.display().to_string())));
    }
    for (flag, path) in [("--config", &place.config), ("--state", &place.state)] {
        if let Some(path) = path {
            words.push_str(&format!(" {flag} {}", quoted(&path.display().to_string())));
        }
    }
    if place.sandbox {
        words.push_str(" --sandbox");
    }
    words
}

/// Who orders it, now.
pub fn signature(args: &HandArgs) -> Result<Signature, Failure> {
    signed(&args.because)
}

/// Who says so, now, for this reason.
pub fn signed(because: &str) -> Result<Signature, Failure> {
    let because = because.trim().to_owned();
    if because.is_empty() {
        return Err(Failure::new(Message::new("because-empty")).help(Message::new("because-empty-help")));
    }
    Ok(Signature { by: login(), at_ms: jiff::Timestamp::now().as_millisecond(), because })
}

/// The login name.
fn login() -> String {
    let named = ["LOGNAME", "USER", "USERNAME"].into_iter().find_map(|name| variable(name).filter(|it| !it.is_empty()));
    named.or_else(of_process).unwrap_or_else(|| "?".to_owned())
}

/// The name of whoever this process runs as, by the list of users.
#[cfg(unix)]
fn of_process() -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let uid = std::fs::metadata("/proc/self").ok()?.uid().to_string();
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let known = users.lines().find(|line| line.split(':').nth(2) == Some(uid.as_str()));
    known.and_then(|line| line.split(':').next()).map(str::to_owned).or(Some(format!("uid {uid}")))
}

#[cfg(not(unix))]
fn of_process() -> Option<String> {
    None
}

/// Says what follows, and asks where somebody can be asked. `false`: they would rather not.
pub fn agreed(context: &Context, args: &HandArgs, follows: &[Message]) -> bool {
    for message in follows {
        console::say(&context.catalogue.render(message));
    }
    if args.yes || !console::can_ask() {
        return true;
    }
    let cancel = signals::cancel_flag(&context.catalogue);
    let yes = console::ask(&context.catalogue, "ask-record", &cancel);
    if !yes {
        console::say(&context.catalogue.text("not-recorded"));
    }
    yes
}

/// Why an order is not carried out, for people.
pub fn refused(context: &Context, hand: &HandArgs, refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Run(error) => failed(error),
        Refusal::Order { what, notes, help } => {
            // What a command in it needs to be copied.
            let tail = super::session::tail(&hand.mapping, &hand.place);
            let help = help.with("flags", flags(&hand.mapping, &hand.place)).with("tail", tail);
            let failure = Failure::new(what).help(help);
            let notes: Vec<String> = notes.iter().map(|note| context.catalogue.render(note)).collect();
            if notes.is_empty() { failure } else { failure.at(notes.join("\n")) }
        }
    }
}

/// The side of a system's name.
pub fn side_of(mapping: &Mapping, system: Option<&String>) -> Result<Option<Side>, Failure> {
    let Some(system) = system else { return Ok(None) };
    let found = Side::BOTH.into_iter().find(|side| &mapping.systems.get(*side).name == system);
    let known = format!("{}, {}", mapping.systems.left.name, mapping.systems.right.name);
    found.map(Some).ok_or_else(|| {
        let what = Message::new("system-unknown").with("system", system);
        Failure::new(what).help(Message::new("usage-possible").with("known", known))
    })
}

/// A moment as RFC 3339.
pub fn rfc3339(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds).map_or_else(|_| milliseconds.to_string(), |at| at.to_string())
}

/// A moment for people.
pub fn moment(lang: Lang, milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds)
        .map_or_else(|_| milliseconds.to_string(), |at| crate::locale::moment(lang, at))
}
