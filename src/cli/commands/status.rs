//! `runner status`: Sync Information and what is open, as the last run left it. Needs no connection.

use super::Context;
use super::entry::Entry;
use super::session::{STATE, failed};
use super::standing::{self, SystemStatus};
use crate::args::{DataFormat, StatusArgs};
use crate::connection::Connections;
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::locale;
use crate::project::Source;
use crate::report::{self, SyncInfoRow, sync_info_table};
use crate::variable;
use schemars::JsonSchema;
use selaras_mapping::program::{Mapping, OnDelete};
use selaras_model::{Message, Transition};
use selaras_run::{Remembered, Waits};
use serde::Serialize;

/// What `--format json` gives.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "Selaras status")]
pub struct Status {
    /// The version of this format.
    pub format_version: u32,
    /// The mapping's name.
    pub mapping: String,
    /// The state file that was looked for and is not there: no run was noted in it, or `--state` is another folder. Absent: it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_state: Option<String>,
    /// How both systems are connected.
    pub systems: Vec<SystemStatus>,
    /// Sync Information, per entity and system; empty before the first run.
    pub entities: Vec<SyncInfoRow>,
    /// The last run; `null` before the first.
    pub last_run: Option<LastRun>,
    /// Conflicts that wait for a person.
    pub conflicts: usize,
    /// Conflicts that people have decided and the next run carries out.
    pub decided: usize,
    /// Writes whose outcome is unclear.
    pub unclear: usize,
    /// Records that are out of use because their partner is gone, and wait for their delete.
    pub waiting: usize,
    /// When the first of them may be deleted, RFC 3339; `null`: none waits, or the mapping does not delete them any more.
    pub waiting_until: Option<String>,
}

/// The last run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LastRun {
    /// Its id.
    pub run: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// When it ended, RFC 3339; `null`: it did not.
    pub finished: Option<String>,
    /// The systems as people call them, in the mapping's order.
    pub titles: Vec<String>,
    /// Actions applied.
    pub applied: u64,
    /// Actions that a system refused.
    pub rejected: u64,
    /// Actions of unknown outcome.
    pub unclear: u64,
    /// Actions not tried.
    pub skipped: u64,
}

/// Runs the command.
pub fn run(context: &Context, args: &StatusArgs) -> Result<Exit, Failure> {
    let mapping = Source::read(&args.mapping, &context.loaded)?.usable(&context.catalogue)?;
    let path = context.loaded.state_dir(args.place.state.as_deref()).join(STATE);
    let remembered = selaras_run::remembered(&path, &mapping.name).map_err(failed)?;
    let connections = Connections::of(&context.loaded, &args.place, variable)?;
    let entry = Entry { connections: &connections, file: &args.mapping, place: &args.place };
    let systems = standing::standings(&context.catalogue, &entry, &mapping, |name| {
        args.place.sandbox || context.loaded.settings.systems.contains_key(name)
    })?;
    let open = systems.iter().any(|system| system.next.is_some());
    let missing_state = super::by_hand::missing_state(&path);
    let status = status(&mapping, &remembered, systems, missing_state);
    match args.format {
        DataFormat::Json => console::print(&report::json(&status))?,
        DataFormat::Text => console::print(&text(context, args, &status, &remembered))?,
    }
    Ok(match (status.unclear, status.conflicts) {
        _ if open => Exit::NotConnected,
        (0, 0) => Exit::Done,
        (0, _) => Exit::Conflicts,
        _ => Exit::Unclear,
    })
}

fn status(
    mapping: &Mapping,
    remembered: &Remembered,
    systems: Vec<SystemStatus>,
    missing_state: Option<String>,
) -> Status {
    let last_run = remembered.run.as_ref().map(|run| LastRun {
        run: run.run.to_string(),
        started: rfc3339(run.started_ms),
        finished: run.finished_ms.map(rfc3339),
        titles: run.titles.to_vec(),
        applied: run.applied,
        rejected: run.rejected,
        unclear: run.unclear,
        skipped: run.skipped,
    });
    let waiting = remembered.conflicts.iter().filter(|open| open.waits()).count();
    Status {
        format_version: 1,
        mapping: mapping.name.clone(),
        missing_state,
        systems,
        entities: report::sync_info(&remembered.info),
        last_run,
        conflicts: waiting,
        decided: remembered.conflicts.len() - waiting,
        unclear: remembered.unclear.iter().filter(|entry| entry.state != Transition::Applied).count(),
        waiting: remembered.waiting.len(),
        waiting_until: remembered.waiting.iter().filter_map(|waits| waits_until(mapping, waits)).min().map(rfc3339),
    }
}

/// When a record that is out of use may be deleted, as the mapping says now.
fn waits_until(mapping: &Mapping, waits: &Waits) -> Option<i64> {
    const HOUR_MS: u64 = 3_600_000;
    match mapping.entity(&waits.entity)?.on_delete.get(waits.grace.gone) {
        OnDelete::DeleteAfter { hours } => {
            Some(waits.grace.since_ms.saturating_add_unsigned(hours.saturating_mul(HOUR_MS)))
        }
        OnDelete::Delete | OnDelete::Deactivate | OnDelete::Unlink | OnDelete::Hold => None,
    }
}

fn rfc3339(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds)
        .map_or_else(|_| milliseconds.to_string(), |moment| moment.to_string())
}

fn text(context: &Context, args: &StatusArgs, status: &Status, remembered: &Remembered) -> String {
    let catalogue = &context.catalogue;
    let bold = anstyle::Style::new().bold();
    let title = catalogue.render(&Message::new("status-title").with("mapping", &status.mapping));
    let mut lines = vec![format!("{bold}{title}{bold:#}")];
    lines.extend(standing::lines(catalogue, &status.systems));
    match &remembered.run {
        None => {
            let tail = super::session::tail(&args.mapping, &args.place);
            lines.push(match &status.missing_state {
                Some(file) => catalogue.render(&Message::new("status-none-state").with("file", file)),
                None => catalogue.text("status-none"),
            });
            // Until both systems are ready, the next command stands with the one that is not.
            if status.systems.iter().all(|system| system.next.is_none()) {
                lines.push(catalogue.render(&Message::new("status-none-help").with("mapping", tail)));
            }
        }
        Some(run) => {
            let at = run.finished_ms.unwrap_or(run.started_ms);
            let when = jiff::Timestamp::from_millisecond(at)
                .map_or_else(|_| at.to_string(), |at| locale::moment(catalogue.lang(), at));
            lines.push(catalogue.render(&Message::new("status-last-run").with("when", when).with("run", &run.run)));
            lines.extend(run.titles.iter().map(|title| format!("  {title}")));
        }
    }
    if !status.entities.is_empty() {
        let sync_info = catalogue.text("sync-info-title");
        lines.push(format!("\n{bold}{sync_info}{bold:#}"));
        let width = console::screen(true, false).width;
        lines.push(sync_info_table(catalogue, &status.entities, width));
    }
    if let Some(until) = &status.waiting_until {
        let message = Message::new("waiting-delete").with("count", status.waiting).with("when", until);
        lines.push(catalogue.render(&message));
    }
    let tail = super::session::tail(&args.mapping, &args.place);
    let open = [
        ("status-conflicts", status.conflicts, format!("runner conflicts {tail}")),
        ("status-decided", status.decided, format!("runner apply {tail}")),
        ("status-unclear", status.unclear, format!("runner apply {tail}")),
    ];
    for (key, count, command) in open {
        if count > 0 {
            lines.push(catalogue.render(&Message::new(key).with("count", count)));
            lines.push(format!("    {command}"));
        }
    }
    format!("{}\n", lines.join("\n").trim_end())
}
