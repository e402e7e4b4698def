//! `runner state`: is the state file whole, what is in it, mend it, put it away. Needs no connection and no mapping.

use super::Context;
use super::session::{STATE, quoted};
use crate::args::{ForgetArgs, FreeArgs, RepairArgs, StateArgs, StateCommand};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lease::Waiting;
use crate::signals;
use selaras_model::Message;
use selaras_store::{AT_STATE, StoreError, upkeep};
use std::path::Path;

/// Runs the command.
pub fn run(context: &Context, args: &StateArgs) -> Result<Exit, Failure> {
    let place = args.command.place();
    let folder = context.loaded.state_dir(place.state.as_deref());
    let file = folder.join(STATE);
    let is_there = match args.command {
        // The lock can be there without the state: who made it may have died before that.
        StateCommand::Free(_) => true,
        // And so can the note of how far it had come.
        StateCommand::Forget(_) => upkeep::is_there(&file),
        StateCommand::Verify(_) | StateCommand::Repair(_) | StateCommand::Export(_) => file.exists(),
    };
    if !is_there {
        let what = Message::new("state-none").with("file", file.display());
        return Err(Failure::new(what).help(Message::new("state-none-help")));
    }
    match &args.command {
        StateCommand::Verify(_) => verify(context, &file, place.state.as_deref()),
        StateCommand::Repair(args) => repair(context, &file, args),
        StateCommand::Export(_) => export(&file),
        StateCommand::Forget(args) => put_away(context, &file, args),
        StateCommand::Free(args) => let_go(context, &file, args),
    }
}

fn verify(context: &Context, file: &Path, state: Option<&Path>) -> Result<Exit, Failure> {
    let found = upkeep::inspect(file).map_err(failed)?;
    let catalogue = &context.catalogue;
    let head = Message::new("state-is").with("file", file.display()).with("lineage", &found.lineage);
    let mut lines = vec![catalogue.render(&head.with("generation", found.generation))];
    lines.extend(found.scopes.iter().map(|scope| {
        let message = Message::new("state-scope").with("mapping", &scope.mapping).with("left", &scope.places[0]);
        let message = message.with("right", &scope.places[1]).with("live", scope.live);
        format!("  {}", catalogue.render(&message.with("buried", scope.buried).with("open", scope.open)))
    }));
    if found.faults.is_empty() {
        lines.push(catalogue.text("state-whole"));
    }
    console::print(&format!("{}\n", lines.join("\n")))?;
    if let Some(once) = found.once_was {
        let what = Message::new("state-older").with("now", found.generation).with("once", once);
        return Err(Failure::new(what).help(Message::new("state-older-help")));
    }
    if found.faults.is_empty() {
        return Ok(Exit::Done);
    }
    let flag = state.map(|folder| format!(" --state {}", quoted(&folder.display().to_string()))).unwrap_or_default();
    let what = Message::new("state-faults").with("file", file.display()).with("faults", found.faults.join("\n"));
    Err(Failure::new(what)
        .help(Message::new("state-faults-help").with("command", format!("runner state repair{flag}"))))
}

fn repair(context: &Context, file: &Path, args: &RepairArgs) -> Result<Exit, Failure> {
    let waiting = Waiting::new(context, args.wait, "runner state repair");
    let again = |held: &StoreError| waiting.again(held);
    let done = upkeep::repair(file, &stamp(), &waiting.taking(&again)).map_err(|error| match error {
        StoreError::Corrupt { path, detail } => {
            let what = Message::new("state-beyond").with("file", path.display()).with("why", detail);
            Failure::new(what).help(Message::new("state-beyond-help").with(AT_STATE, ""))
        }
        other => failed(other),
    })?;
    let message = Message::new("state-repaired").with("copy", done.copy.display()).with("count", done.links);
    console::say(&context.catalogue.render(&message));
    Ok(Exit::Done)
}

fn export(file: &Path) -> Result<Exit, Failure> {
    let mut stdout = std::io::BufWriter::new(std::io::stdout().lock());
    let mut line = |value: &serde_json::Value| {
        use std::io::Write;
        writeln!(stdout, "{value}")
    };
    match upkeep::export(file, &mut line) {
        // Whoever reads has seen enough.
        Err(StoreError::Io { detail, .. }) if detail.contains("Broken pipe") => Ok(Exit::Done),
        done => done.map(|()| Exit::Done).map_err(failed),
    }
}

fn put_away(context: &Context, file: &Path, args: &ForgetArgs) -> Result<Exit, Failure> {
    console::say(&context.catalogue.text("state-forget-means"));
    agreed(context, args.yes, "state-forget-ask")?;
    let waiting = Waiting::new(context, args.wait, "runner state forget");
    let again = |held: &StoreError| waiting.again(held);
    let away = upkeep::put_away(file, &stamp(), &waiting.taking(&again)).map_err(failed)?;
    console::say(&context.catalogue.render(&Message::new("state-forgotten").with("file", away.display())));
    Ok(Exit::Done)
}

/// Whether somebody who knows what they do has said so.
fn agreed(context: &Context, yes: bool, question: &str) -> Result<(), Failure> {
    let cancel = signals::cancel_flag(&context.catalogue);
    if yes || console::can_ask() && console::ask(&context.catalogue, question, &cancel) {
        return Ok(());
    }
    Err(Failure::new(Message::new("state-kept")).help(Message::new("state-kept-help")).ending(Exit::Pending))
}

/// Lets go of a state that the note of another machine's runner holds.
fn let_go(context: &Context, file: &Path, args: &FreeArgs) -> Result<Exit, Failure> {
    console::say(&context.catalogue.text("state-free-means"));
    agreed(context, args.yes, "state-free-ask")?;
    let said = match upkeep::free(file).map_err(|error| failed(error).without_waiting())? {
        Some(holder) => {
            let said = Message::new("state-freed").with("command", holder.command).with("host", holder.host);
            said.with("process", holder.process)
        }
        None => Message::new("state-free-nobody"),
    };
    console::say(&context.catalogue.render(&said));
    Ok(Exit::Done)
}

fn failed(error: StoreError) -> Failure {
    Failure::new(error.message())
}

/// The time as part of a file's name.
fn stamp() -> String {
    jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string()
}
