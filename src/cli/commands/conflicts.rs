//! `runner conflicts`: what waits for a person, as the last run left it. Needs no connection.

use super::Context;
use super::session::{STATE, failed, selection, sides};
use crate::args::{ConflictsArgs, DataFormat, SelectArgs};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Source;
use crate::report::{self, ConflictReport};
use serde::Serialize;

/// What `--format json` gives.
#[derive(Serialize)]
struct Conflicts {
    format_version: u32,
    mapping: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_state: Option<String>,
    conflicts: Vec<ConflictReport>,
}

/// Runs the command.
pub fn run(context: &Context, args: &ConflictsArgs) -> Result<Exit, Failure> {
    let mapping = Source::read(&args.mapping, &context.loaded)?.usable(&context.catalogue)?;
    let select = SelectArgs { entities: args.entities.clone(), ..SelectArgs::default() };
    let selection = selection(&select, &mapping)?;
    let path = context.loaded.state_dir(args.place.state.as_deref()).join(STATE);
    let stateless = super::by_hand::stateless(&path, &args.mapping, &args.place);
    let remembered = selaras_run::remembered(&path, &mapping.name).map_err(failed)?;
    let systems = mapping.systems.as_ref().map(|system| system.name.clone());
    let mut conflicts = remembered.conflicts;
    conflicts.retain(|open| selection.entities.is_empty() || selection.entities.contains(&open.conflict.entity));
    let conflicts = report::conflict_reports(&context.catalogue, &systems, &conflicts);
    let exit = if conflicts.iter().all(|conflict| !conflict.waits) { Exit::Done } else { Exit::Conflicts };
    match args.format {
        DataFormat::Json => {
            let missing_state = super::by_hand::missing_state(&path);
            let conflicts = Conflicts { format_version: 1, mapping: mapping.name, missing_state, conflicts };
            console::print(&report::json(&conflicts))?;
        }
        DataFormat::Text if stateless.is_some() => {}
        DataFormat::Text => {
            let screen = console::screen(true, true);
            let flags = super::by_hand::flags(&args.mapping, &args.place);
            let text = report::conflicts_text(&context.catalogue, sides(&systems), &conflicts, &screen, &flags);
            console::print(&text)?;
            // Plans write nothing, not even what they found.
            console::say(&context.catalogue.text("conflicts-as-of"));
        }
    }
    stateless.map_or(Ok(exit), Err)
}
