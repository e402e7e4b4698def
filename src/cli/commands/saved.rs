//! Plans in files: writing one, and reading one for `apply --plan`.

use super::Context;
use super::session::{place_flags, quoted};
use crate::args::{ApplyArgs, PlaceArgs};
use crate::console;
use crate::failure::Failure;
use crate::project::Source;
use selaras_host::{Unread, read_text};
use selaras_model::Message;
use selaras_run::{Planned, SavedPlan, Selection, UndoOrder};
use std::path::{Path, PathBuf};

/// Saves a plan and says how it is applied.
pub fn save(
    context: &Context,
    mapping: &Path,
    place: &PlaceArgs,
    file: &Path,
    planned: Planned,
    selection: Selection,
) -> Result<(), Failure> {
    let saved = SavedPlan::new(planned, selection, mapping.display().to_string());
    std::fs::write(file, saved.text() + "\n").map_err(|error| Failure::not_written(file, &error))?;
    let hash = short(&saved.planned.plan.hash);
    console::say(
        &context.catalogue.render(&Message::new("plan-saved").with("hash", hash).with("file", file.display())),
    );
    console::say(&format!("    runner apply --plan {}{}", quoted(&file.display().to_string()), place_flags(place)));
    Ok(())
}

/// As much of a hash as names a plan.
pub fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

/// A saved plan and where its mapping is.
pub struct Opened {
    /// The plan.
    pub saved: SavedPlan,
    /// The mapping's file.
    pub mapping: PathBuf,
}

/// Reads the plan that is to be applied, if one is. Its mapping must be there and mean what it meant: that is looked at before anything
/// is connected.
pub fn open(context: &Context, args: &ApplyArgs) -> Result<Option<Opened>, Failure> {
    let Some(file) = &args.plan else { return Ok(None) };
    // A plan is as large as the systems; only what is no file at all is turned down.
    let text = read_text(file, u64::MAX).map_err(|unread| match &unread {
        Unread::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Failure::new(Message::new("plan-missing").with("file", file.display()))
                .help(Message::new("plan-missing-help"))
        }
        // Bytes that are no text are no plan either.
        Unread::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            not_a_plan(file, &Message::new("run-plan-changed"))
        }
        _ => Failure::unread(file, &unread),
    })?;
    let saved = SavedPlan::read(text.trim_end()).map_err(|error| not_a_plan(file, &error.message()))?;
    let mapping = args.mapping.clone().unwrap_or_else(|| PathBuf::from(&saved.mapping_file));
    if !mapping.exists() {
        let what = Message::new("plan-mapping-missing").with("file", mapping.display());
        let help = Message::new("plan-mapping-missing-help").with("plan", quoted(&file.display().to_string()));
        return Err(Failure::new(what).help(help));
    }
    let now = Source::read(&mapping, &context.loaded)?;
    if let Some(now) = &now.mapping
        && now.hash != saved.planned.plan.binding.mapping_hash
    {
        let what = Message::new("run-plan-mapping-changed").with("mapping", mapping.display());
        return Err(bound(&what, &mapping, args, saved.selection.undo.as_ref()));
    }
    Ok(Some(Opened { saved, mapping }))
}

fn not_a_plan(file: &Path, why: &Message) -> Failure {
    Failure::new(why.clone()).at(file.display().to_string()).help(Message::new("plan-unusable-help"))
}

/// What is said when a saved plan is not for what is here: a new one is easily made.
pub fn bound(what: &Message, mapping: &Path, args: &ApplyArgs, undoes: Option<&UndoOrder>) -> Failure {
    let file = args.plan.as_deref().map_or_else(String::new, |file| quoted(&file.display().to_string()));
    let mapping = quoted(&mapping.display().to_string());
    let command = match undoes {
        Some(order) => {
            format!(
                "runner undo {} --mapping {mapping}{} --save {file}",
                quoted(order.run.as_str()),
                place_flags(&args.place)
            )
        }
        None => format!("runner plan {mapping}{} --save {file}", place_flags(&args.place)),
    };
    Failure::new(what.clone()).help(Message::new("plan-bound-help").with("command", command))
}
