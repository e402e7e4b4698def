//! `runner schema`: the JSON Schemas that are also kept in `schemas/`.

use super::history::History;
use super::intents::Intents;
use super::links::Links;
use super::resolve::Decided;
use super::status::Status;
use crate::args::{SchemaArgs, SchemaName};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::{self, PlanReport};
use crate::settings::Settings;

/// Runs the command.
pub fn run(args: &SchemaArgs) -> Result<Exit, Failure> {
    console::print(&schema(args.of))?;
    Ok(Exit::Done)
}

/// A schema as text.
fn schema(of: SchemaName) -> String {
    match of {
        SchemaName::Mapping => report::json(&selaras_mapping::mapping_schema()),
        SchemaName::Plan => report::schema::<PlanReport>(),
        SchemaName::Config => report::schema::<Settings>(),
        SchemaName::Status => report::schema::<Status>(),
        SchemaName::Decisions => report::schema::<Decided>(),
        SchemaName::Links => report::schema::<Links>(),
        SchemaName::Intents => report::schema::<Intents>(),
        SchemaName::History => report::schema::<History>(),
    }
}

#[cfg(test)]
#[path = "../tests/schemas.rs"]
mod tests;
