//! `runner history`: the runs, or all that happened to one record, with the values that were overwritten. Needs no connection.

use super::Context;
use super::by_hand::{ground, missing_state, moment, rfc3339, stateless};
use super::intents::kind;
use super::links::{LinkRow, row as link_row, state as link_state};
use crate::args::{DataFormat, HistoryArgs};
use crate::catalogue::Catalogue;
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::{self, ChangeReport, EvidenceReport};
use schemars::JsonSchema;
use selaras_mapping::program::{Mapping, SystemDecl};
use selaras_model::{Message, Outcome, PerSide, Side, Take, Transition};
use selaras_plan::{GuardStop, Named};
use selaras_run::{Act, Asked, Deed, Past, RecordPast, RunSummary};
use serde::Serialize;
use std::collections::BTreeMap;

/// What `--format json` gives.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "Selaras history")]
pub struct History {
    /// The version of this format.
    pub format_version: u32,
    /// The mapping's name.
    pub mapping: String,
    /// The state file that was looked for and is not there: no run was noted in it, or `--state` is another folder. Absent: it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_state: Option<String>,
    /// The runs, newest first; with `--record`, none.
    pub runs: Vec<RunRow>,
    /// With `--record`: the links of the records found, past ones included.
    pub links: Vec<LinkRow>,
    /// With `--record`: what happened, oldest first.
    pub events: Vec<Event>,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RunRow {
    /// Its id.
    pub run: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// When it ended, RFC 3339; `null`: it did not.
    pub finished: Option<String>,
    /// Writes applied.
    pub applied: u64,
    /// Writes that a system refused.
    pub rejected: u64,
    /// Writes of unknown outcome.
    pub unclear: u64,
    /// Writes not tried.
    pub skipped: u64,
    /// Conflicts that it left.
    pub conflicts: u64,
    /// Records that it left waiting.
    pub held: u64,
    /// Records that could not be read or mapped.
    pub problems: u64,
    /// The exit code that the program ended with; `null`: it did not get that far.
    pub exit_code: Option<u8>,
    /// Why nothing was written: the limits that its plan went beyond; absent: it was not refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    /// The run that it took back; absent: it is an ordinary run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// Who approved its plan although a guard spoke against it; absent: nobody had to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// Something that happened to a record.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Event {
    /// When, RFC 3339.
    pub when: String,
    /// `create`, `update`, `delete` or `deactivate`; or by hand: `decided`, `withdrew`, `linked`, `unlinked`, `forgot`, `adopted`, `retried`, `discarded`.
    pub what: &'static str,
    /// The entity.
    pub entity: String,
    /// The record, as people call it.
    pub record: String,
    /// The system written to; `null` for what was ordered by hand.
    pub system: Option<String>,
    /// The ids of the records concerned, per system.
    pub ids: BTreeMap<String, String>,
    /// The run that wrote it.
    pub run: Option<String>,
    /// Who ordered it by hand.
    pub by: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// How the write ended: `settled`, `applied`, `rejected`, `unclear` or `intended`.
    pub end: Option<&'static str>,
    /// What the system said, where it said no or nothing clear.
    pub said: Option<String>,
    /// Of a write of unclear outcome that a person closed: who and why. No system said anything then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<String>,
    /// Of a removal: what spoke for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceReport>,
    /// What changed: the values overwritten and those written.
    pub changes: Vec<ChangeReport>,
}

/// Runs the command.
pub fn run(context: &Context, args: &HistoryArgs) -> Result<Exit, Failure> {
    let (mapping, path) = ground(context, &args.mapping, &args.place)?;
    let stateless = stateless(&path, &args.mapping, &args.place);
    let mut history = History {
        format_version: 1,
        mapping: mapping.name.clone(),
        missing_state: missing_state(&path),
        runs: Vec::new(),
        links: Vec::new(),
        events: Vec::new(),
    };
    let failed = super::session::failed;
    match &args.record {
        None => {
            let runs = selaras_run::runs(&path, &mapping.name, args.last).map_err(failed)?;
            history.runs = runs.iter().map(|run| run_row(context, &mapping, run)).collect();
        }
        Some(key) => {
            let past = selaras_run::record(&path, &mapping.name, key).map_err(failed)?;
            history.links = past.links.iter().map(|link| link_row(&mapping, link)).collect();
            let writes = past
                .writes
                .iter()
                .map(|it| (it.intent.at_ms, written(&context.catalogue, &mapping.systems, it, &past)));
            let acts = past.acts.iter().map(|it| (it.signature.at_ms, ordered(context, &mapping, it, &past.names)));
            let mut events: Vec<(i64, Event)> = writes.chain(acts).collect();
            events.sort_by_key(|(at, _)| *at);
            history.events = events.into_iter().map(|(_, event)| event).collect();
        }
    }
    match args.format {
        DataFormat::Json => console::print(&report::json(&history))?,
        DataFormat::Text if stateless.is_some() => {}
        DataFormat::Text if args.record.is_some() => console::print(&events_text(context, &mapping, &history))?,
        DataFormat::Text => console::print(&runs_text(context, &history))?,
    }
    stateless.map_or(Ok(Exit::Done), Err)
}

fn run_row(context: &Context, mapping: &Mapping, run: &RunSummary) -> RunRow {
    let systems = mapping.systems.as_ref().map(|system| system.name.clone());
    let stops = run.refused.iter().filter_map(|stop| serde_json::from_value::<GuardStop>(stop.clone()).ok());
    RunRow {
        run: run.run.to_string(),
        started: rfc3339(run.started_ms),
        finished: run.finished_ms.map(rfc3339),
        applied: run.applied,
        rejected: run.rejected,
        unclear: run.unclear,
        skipped: run.skipped,
        conflicts: run.conflicts,
        held: run.held,
        problems: run.problems,
        exit_code: run.exit,
        refused: stops.map(|stop| report::guard_text(&context.catalogue, &systems, &stop)).collect(),
        undoes: run.undoes.as_ref().map(ToString::to_string),
        approved_by: run.approved.as_ref().map(|signature| report::clean(&signature.by)),
        because: run.approved.as_ref().map(|signature| report::clean(&signature.because)),
    }
}

fn runs_text(context: &Context, history: &History) -> String {
    let catalogue = &context.catalogue;
    if history.runs.is_empty() {
        return format!("{}\n", catalogue.text("history-none"));
    }
    let heads = [
        "column-run",
        "column-when",
        "column-applied",
        "column-rejected",
        "column-unclear",
        "column-skipped",
        "column-conflicts",
        "column-held",
        "column-problems",
        "column-exit",
    ];
    let mut table = vec![heads.iter().map(|key| catalogue.text(key)).collect::<Vec<_>>()];
    for run in &history.runs {
        let when = run
            .started
            .parse::<jiff::Timestamp>()
            .map_or_else(|_| run.started.clone(), |at| crate::locale::moment(catalogue.lang(), at));
        let counts = [run.applied, run.rejected, run.unclear, run.skipped, run.conflicts, run.held, run.problems];
        let mut row = vec![run.run.clone(), when];
        row.extend(counts.map(|count| catalogue.count(count)));
        row.push(match (run.exit_code, &run.finished) {
            (Some(code), _) => code.to_string(),
            (None, Some(_)) => "?".to_owned(),
            (None, None) => catalogue.text("run-not-ended"),
        });
        table.push(row);
    }
    report::columns(&table) + &notes(catalogue, history)
}

/// What is to be said of runs beside their numbers: approved on a person's word, refused by a guard, or taking another one back.
fn notes(catalogue: &Catalogue, history: &History) -> String {
    let line = |run: &RunRow| {
        let said = Message::new("run-approved").with("run", &run.run).with("by", run.approved_by.as_ref()?);
        Some(format!("{}\n", catalogue.render(&said.with("because", run.because.as_deref().unwrap_or_default()))))
    };
    let undone = |run: &RunRow| {
        let said = Message::new("run-undoes").with("run", &run.run).with("undone", run.undoes.as_ref()?);
        Some(format!("{}\n", catalogue.render(&said)))
    };
    let refused = |run: &RunRow| {
        let why = run.refused.join(" ");
        let said = Message::new("run-refused").with("run", &run.run).with("why", why);
        (!run.refused.is_empty()).then(|| format!("{}\n", catalogue.render(&said)))
    };
    let notes = |run: &RunRow| [line(run), undone(run), refused(run)].into_iter().flatten().collect::<Vec<_>>();
    let lines: Vec<String> = history.runs.iter().flat_map(notes).collect();
    if lines.is_empty() { String::new() } else { format!("\n{}", lines.concat()) }
}

/// How a person closed a write of unclear outcome, where one did.
fn closed(catalogue: &Catalogue, write: &Past, acts: &[Act]) -> Option<String> {
    let how = |act: &Act| match act.deed {
        Deed::Discarded(id) if id == write.id => Some("event-closed-discarded"),
        Deed::Retried(id) if id == write.id => Some("event-closed-retried"),
        _ => None,
    };
    let (key, act) = acts.iter().find_map(|act| Some((how(act)?, act)))?;
    let said = Message::new(key).with("by", report::clean(&act.signature.by));
    Some(catalogue.render(&said.with("because", report::clean(&act.signature.because))))
}

fn written(catalogue: &Catalogue, systems: &PerSide<SystemDecl>, past: &Past, all: &RecordPast) -> Event {
    let intent = &past.intent;
    let system = |side: Side| systems.get(side).name.clone();
    let closed = closed(catalogue, past, &all.acts);
    let asked = Asked::of(past.asked.as_ref());
    let (made, said) = match &past.outcome {
        Some(Outcome::Applied { id }) => (Some(id.clone()), None),
        Some(Outcome::Rejected { text, .. } | Outcome::Unclear { text }) => (None, Some(report::clean(text))),
        None => (None, None),
    };
    let target = intent.target_id.clone().or(made);
    let ids = [(intent.target, &target), (intent.target.other(), &intent.origin_id)];
    let ids = ids.into_iter().filter_map(|(side, id)| Some((system(side), id.as_ref()?.to_string())));
    let changes = asked.iter().flat_map(|asked| &asked.changes);
    Event {
        when: rfc3339(intent.at_ms),
        what: kind(intent.kind),
        entity: intent.entity.to_string(),
        record: report::clean(&intent.label),
        system: Some(system(intent.target)),
        ids: ids.collect(),
        run: Some(past.run.to_string()),
        by: None,
        why: asked.as_ref().map(|asked| catalogue.render(&asked.why)),
        end: Some(match past.state {
            Transition::Settled => "settled",
            Transition::Applied => "applied",
            Transition::Rejected => "rejected",
            Transition::Unclear => "unclear",
            Transition::Intended => "intended",
        }),
        said: said.filter(|_| closed.is_none()),
        closed,
        evidence: asked.as_ref().and_then(|asked| asked.evidence.as_ref()).map(|found| {
            let systems = systems.as_ref().map(|system| system.name.clone());
            report::evidence(catalogue, &systems, found)
        }),
        changes: changes.map(|change| report::change(catalogue, &all.names, intent.target, change)).collect(),
    }
}

fn ordered(context: &Context, mapping: &Mapping, act: &Act, names: &[Named]) -> Event {
    let system = |side: Side| mapping.systems.get(side).name.clone();
    let (what, said) = match &act.deed {
        Deed::Decided(decision) | Deed::Withdrew(decision) => {
            let fields: Vec<&str> = decision.on.keys().map(|field| field.as_str()).collect();
            let taken = match &decision.take {
                Take::Side(side) => system(*side),
                Take::Value(value) => report::shown(&context.catalogue, names, Side::Left, value).text,
            };
            let what = if matches!(act.deed, Deed::Decided(_)) { "decided" } else { "withdrew" };
            (what, Some(format!("{}: {taken}", fields.join(", "))))
        }
        Deed::Linked => ("linked", None),
        Deed::Unlinked => ("unlinked", None),
        Deed::Forgot => ("forgot", None),
        Deed::Adopted(id) => ("adopted", Some(format!("#{}", id.0))),
        Deed::Retried(id) => ("retried", Some(format!("#{}", id.0))),
        Deed::Discarded(id) => ("discarded", Some(format!("#{}", id.0))),
    };
    let ids = Side::BOTH.into_iter().filter_map(|side| Some((system(side), act.ids.get(side).as_ref()?.to_string())));
    Event {
        when: act.signature.when(),
        what,
        entity: act.entity.to_string(),
        record: report::clean(&act.label),
        system: None,
        ids: ids.collect(),
        run: None,
        by: Some(act.signature.by.clone()),
        why: Some(report::clean(&act.signature.because)),
        end: None,
        said,
        closed: None,
        evidence: None,
        changes: Vec::new(),
    }
}

fn events_text(context: &Context, mapping: &Mapping, history: &History) -> String {
    let catalogue = &context.catalogue;
    let mut text = String::new();
    for link in &history.links {
        let id = |side: Side| {
            let name = &mapping.systems.get(side).name;
            format!("{name} {}", link.ids.get(name).map_or("?", String::as_str))
        };
        let state = link_state(context, link);
        text.push_str(&format!(
            "{} · {} · {} ↔ {} · {state}\n",
            link.entity,
            link.record,
            id(Side::Left),
            id(Side::Right)
        ));
    }
    if history.events.is_empty() {
        text.push_str(&format!("{}\n", catalogue.text("history-nothing")));
    }
    let width = console::screen(true, true).width;
    for event in &history.events {
        let when = event.when.parse::<jiff::Timestamp>().map(|at| at.as_millisecond());
        let when = when.map_or_else(|_| event.when.clone(), |at| moment(catalogue.lang(), at));
        let what = Message::new(&format!("event-{}", event.what))
            .with("record", &event.record)
            .with("system", event.system.as_deref().unwrap_or(""))
            .with("by", event.by.as_deref().unwrap_or(""));
        let mut head = format!("{} · {}", event.entity, catalogue.render(&what));
        if let Some(closed) = &event.closed {
            head.push_str(&format!(" · {closed}"));
        } else if let Some(end) = event.end.filter(|end| !["settled", "applied"].contains(end)) {
            head.push_str(&format!(" · {}", catalogue.text(&format!("event-end-{end}"))));
        }
        let mut lines: Vec<(String, String)> = Vec::new();
        let mut line = |name: &str, value: Option<&String>| {
            lines.extend(value.map(|value| (name.to_owned(), value.clone())));
        };
        for change in &event.changes {
            let change_text = match &change.before {
                None => change.after.text.clone(),
                Some(before) => format!("{} → {}", before.text, change.after.text),
            };
            line(&change.field, Some(&change_text));
            line("", change.why.as_ref());
        }
        let said = if event.by.is_some() { "event-ordered" } else { "event-said" };
        line(&catalogue.text(said), event.said.as_ref());
        line(&catalogue.text("column-why"), event.why.as_ref());
        line(&catalogue.text("event-evidence"), event.evidence.as_ref().map(|found| &found.text));
        line(&catalogue.text("column-run"), event.run.as_ref());
        text.push_str(&format!("\n{}", report::paragraph(&when, &head, &lines, width)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Lang;
    use selaras_model::{Intent, IntentId, Signature, WriteKind};

    #[test]
    fn what_a_person_closed_is_not_told_as_the_word_of_a_system() {
        let systems = PerSide::new("accurate", "smh")
            .map(|name| SystemDecl { name: name.to_owned(), connector: name.to_owned() });
        let intent = Intent {
            action: "a1".into(),
            entity: "Pelanggan".into(),
            target: Side::Left,
            kind: WriteKind::Create,
            target_id: None,
            origin_id: Some("cus-9".into()),
            label: "C.9 Toko".to_owned(),
            at_ms: 1_780_000_000_000,
        };
        let write = Past {
            id: IntentId(11),
            run: "r1".into(),
            intent,
            state: Transition::Rejected,
            outcome: Some(Outcome::Rejected { text: "root said so: tes".to_owned(), passing: false }),
            asked: None,
            reported: None,
        };
        let act = Act {
            entity: "Pelanggan".into(),
            ids: PerSide::default(),
            label: "C.9 Toko".to_owned(),
            deed: Deed::Discarded(IntentId(11)),
            signature: Signature { by: "root".to_owned(), at_ms: 1_780_000_000_000, because: "tes".to_owned() },
        };
        let all = RecordPast { acts: vec![act], ..RecordPast::default() };
        let event = written(&Catalogue::new(Lang::Id), &systems, &write, &all);
        let told = (event.said, event.closed.as_deref());
        assert_eq!(told, (None, Some("tidak dilanjutkan atas perintah root: tes")));
        let event = written(&Catalogue::new(Lang::En), &systems, &write, &RecordPast::default());
        assert!(event.said.is_some() && event.closed.is_none(), "a refusal of a system stays one");
    }
}
