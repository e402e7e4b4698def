//! `runner status`: Sync Information and what is open, as the last run left it. Needs no connection.

use super::Context;
use super::entry::Entry;
use super::session::{STATE, failed, place_flags};
use super::standing::{self, SystemStatus};
use crate::args::{DataFormat, StatusArgs};
use crate::catalogue::Catalogue;
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
    /// The last run, where a guard refused it: nothing was written since the run before. Absent: it was not refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusedRun>,
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

/// A run that a guard refused.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RefusedRun {
    /// Its id.
    pub run: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// The hash of its plan.
    pub plan_hash: String,
    /// The limits that its plan went beyond.
    pub why: Vec<String>,
    /// Who has approved the plan; `null`: nobody.
    pub approved_by: Option<String>,
    /// Why.
    pub because: Option<String>,
    /// The command that approves exactly this plan, or the one that carries it out once it is approved.
    pub next: String,
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
    let mut status = status(&mapping, &remembered, systems, missing_state);
    status.refused = refused(context, args, &mapping, &remembered);
    let stopped = status.refused.as_ref().is_some_and(|refused| refused.approved_by.is_none());
    match args.format {
        DataFormat::Json => console::print(&report::json(&status))?,
        DataFormat::Text => console::print(&text(context, args, &status, &remembered))?,
    }
    Ok(match (status.unclear, status.conflicts) {
        _ if open => Exit::NotConnected,
        _ if stopped => Exit::Guard,
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
        refused: None,
        conflicts: waiting,
        decided: remembered.conflicts.len() - waiting,
        unclear: remembered.unclear.iter().filter(|entry| entry.state != Transition::Applied).count(),
        waiting: remembered.waiting.len(),
        waiting_until: remembered.waiting.iter().filter_map(|waits| waits_until(mapping, waits)).min().map(rfc3339),
    }
}

fn refused(context: &Context, args: &StatusArgs, mapping: &Mapping, remembered: &Remembered) -> Option<RefusedRun> {
    let (run, approval) = remembered.refused.as_ref()?;
    let systems = mapping.systems.as_ref().map(|system| system.name.clone());
    let stops = run.refused.iter().filter_map(|stop| serde_json::from_value(stop.clone()).ok());
    let tail = super::session::tail(&args.mapping, &args.place);
    let approve = format!("runner approve {} --because '…'{}", super::short(&run.plan), place_flags(&args.place));
    let signature = approval.as_ref().map(|approval| &approval.signature);
    Some(RefusedRun {
        run: run.run.to_string(),
        started: rfc3339(run.started_ms),
        plan_hash: run.plan.clone(),
        why: stops.map(|stop| report::guard_text(&context.catalogue, &systems, &stop)).collect(),
        approved_by: signature.map(|signature| report::clean(&signature.by)),
        because: signature.map(|signature| report::clean(&signature.because)),
        next: if approval.is_some() { format!("runner apply {tail}") } else { approve },
    })
}

/// The refused run for people: why, and what lets it go ahead.
fn refused_lines(catalogue: &Catalogue, refused: &RefusedRun) -> Vec<String> {
    let when =
        refused.started.parse().map_or_else(|_| refused.started.clone(), |at| locale::moment(catalogue.lang(), at));
    let head = Message::new("status-refused").with("when", when).with("run", &refused.run);
    let mut lines = vec![catalogue.render(&head.with("hash", &refused.plan_hash))];
    lines.extend(refused.why.iter().map(|why| format!("  {why}")));
    lines.push(match &refused.approved_by {
        None => catalogue.text("status-refused-help"),
        Some(by) => {
            let said = Message::new("status-refused-approved").with("by", by);
            catalogue.render(&said.with("because", refused.because.as_deref().unwrap_or_default()))
        }
    });
    lines.push(format!("    {}", refused.next));
    lines
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
        None if status.refused.is_some() => {}
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
    lines.extend(status.refused.iter().flat_map(|refused| refused_lines(catalogue, refused)));
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
