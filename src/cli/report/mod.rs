//! Reports of plans and runs: one model, four forms.
//!
//! `model` is what a report says and the JSON that programs read; `build` makes it from what a run tells; `text`, `markdown` and `html`
//! lay the same model out for people. Nothing here prints.

mod answers;
mod build;
mod clashes;
mod grounds;
mod html;
mod layout;
mod markdown;
mod model;
mod sentences;
mod show;
mod tables;
mod text;

pub use build::{Facts, build, change, conflict_reports, guard_text, shown, sync_info};
pub use clashes::conflicts_text;
pub use grounds::{EvidenceReport, evidence};
pub use html::html;
pub use layout::{Screen, fitted, paragraph};
pub use markdown::markdown;
pub use model::{Cell, ChangeReport, ConflictReport, PlanReport, SyncInfoRow};
pub use sentences::{outcome, verdict};
pub use show::clean;
pub use tables::{columns, sync_info_table};
pub use text::text;

use schemars::JsonSchema;

/// The report as JSON, with a line end.
#[must_use]
pub fn json(report: &impl serde::Serialize) -> String {
    let mut text =
        serde_json::to_string_pretty(report).expect("a report holds only plain values and maps with text keys");
    text.push('\n');
    text
}

/// The JSON Schema of a report's type, as editors and validators like it best (draft 7), with a line end.
#[must_use]
pub fn schema<T: JsonSchema>() -> String {
    json(&schemars::generate::SchemaSettings::draft07().into_generator().into_root_schema_for::<T>())
}

#[cfg(test)]
#[path = "../tests/reports.rs"]
mod tests;
