//! `runner state`: is the state file whole, what is in it, mend it, put it away. Needs no connection and no mapping.

use super::Context;
use super::session::{STATE, quoted};
use crate::args::{StateArgs, StateCommand};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::signals;
use selaras_model::Message;
use selaras_store::{StoreError, upkeep};
use std::path::Path;

/// Runs the command.
pub fn run(context: &Context, args: &StateArgs) -> Result<Exit, Failure> {
    let place = args.command.place();
    let folder = context.loaded.state_dir(place.state.as_deref());
    let file = folder.join(STATE);
    if !file.exists() {
        let what = Message::new("state-none").with("file", file.display());
        return Err(Failure::new(what).help(Message::new("state-none-help")));
    }
    match &args.command {
        StateCommand::Verify(_) => verify(context, &file, place.state.as_deref()),
        StateCommand::Repair(_) => repair(context, &file),
        StateCommand::Export(_) => export(&file),
        StateCommand::Forget(forget) => put_away(context, &file, forget.yes),
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
        console::print(&format!("{}\n", lines.join("\n")))?;
        return Ok(Exit::Done);
    }
    console::print(&format!("{}\n", lines.join("\n")))?;
    let flag = state.map(|folder| format!(" --state {}", quoted(&folder.display().to_string()))).unwrap_or_default();
    let what = Message::new("state-faults").with("file", file.display()).with("faults", found.faults.join("\n"));
    Err(Failure::new(what)
        .help(Message::new("state-faults-help").with("command", format!("runner state repair{flag}"))))
}

fn repair(context: &Context, file: &Path) -> Result<Exit, Failure> {
    let done = upkeep::repair(file, &stamp()).map_err(|error| match error {
        StoreError::Corrupt { path, detail } => {
            let what = Message::new("state-beyond").with("file", path.display()).with("why", detail);
            Failure::new(what).help(Message::new("state-beyond-help"))
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

fn put_away(context: &Context, file: &Path, yes: bool) -> Result<Exit, Failure> {
    console::say(&context.catalogue.text("state-forget-means"));
    let cancel = signals::cancel_flag(&context.catalogue);
    if !(yes || console::can_ask() && console::ask(&context.catalogue, "state-forget-ask", &cancel)) {
        let what = Message::new("state-kept");
        return Err(Failure::new(what).help(Message::new("state-kept-help")).ending(Exit::Pending));
    }
    let away = upkeep::put_away(file, &stamp()).map_err(failed)?;
    console::say(&context.catalogue.render(&Message::new("state-forgotten").with("file", away.display())));
    Ok(Exit::Done)
}

fn failed(error: StoreError) -> Failure {
    Failure::new(error.message())
}

/// The time as part of a file's name.
fn stamp() -> String {
    jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string()
}
