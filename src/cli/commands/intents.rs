//! `runner intents`: writes whose outcome is unclear, and what a person says of one. Needs no connection.

use super::Context;
use super::by_hand::{agreed, ground, missing_state, moment, refused, rfc3339, signature, stateless};
use crate::args::{DataFormat, IntentsArgs, IntentsCommand, ResolveIntentArgs};
use crate::catalogue::Catalogue;
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lease::Waiting;
use crate::report::{self, ChangeReport};
use schemars::JsonSchema;
use selaras_mapping::program::SystemDecl;
use selaras_model::{IntentId, Message, NativeId, Outcome, PerSide, Transition, WriteKind};
use selaras_run::{Asked, ByHand, OpenEntry, Resolution};
use selaras_store::StoreError;
use serde::Serialize;

/// What `--format json` gives.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "Selaras open intents")]
pub struct Intents {
    /// The version of this format.
    pub format_version: u32,
    /// The mapping's name.
    pub mapping: String,
    /// The state file that was looked for and is not there: no run was noted in it, or `--state` is another folder. Absent: it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_state: Option<String>,
    /// The intents, oldest first.
    pub intents: Vec<IntentRow>,
}

/// An intent that is not closed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct IntentRow {
    /// Its number.
    pub id: i64,
    /// The run that wrote it.
    pub run: String,
    /// The entity.
    pub entity: String,
    /// The record, as people call it.
    pub record: String,
    /// `create`, `update`, `delete` or `deactivate`.
    pub kind: &'static str,
    /// The system written to.
    pub system: String,
    /// The record written to; `null` for a create.
    pub target_id: Option<String>,
    /// The record in the other system that it follows from.
    pub origin_id: Option<String>,
    /// When it was written, RFC 3339.
    pub since: String,
    /// Whether its result is known, so that nothing has to be decided: the next run takes it in.
    pub known: bool,
    /// The record that was made, changed or removed, where the result is known.
    pub done_id: Option<String>,
    /// What was seen of the outcome; `null`: the run ended before there was one.
    pub said: Option<String>,
    /// What was asked.
    pub asked: Vec<ChangeReport>,
    /// What the last look for it saw; `null`: nobody has looked yet.
    pub probe: Option<ProbeRow>,
    /// When a look becomes conclusive, RFC 3339.
    pub conclusive: String,
}

/// A look.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ProbeRow {
    /// The run that looked.
    pub run: String,
    /// When, RFC 3339.
    pub when: String,
    /// What it saw.
    pub saw: String,
}

/// Runs the command.
pub fn run(context: &Context, args: &IntentsArgs) -> Result<Exit, Failure> {
    if let Some(IntentsCommand::Resolve(order)) = &args.command {
        return resolve(context, order);
    }
    let (mapping, path) = ground(context, &args.mapping, &args.place)?;
    let stateless = stateless(&path, &args.mapping, &args.place);
    let open = selaras_run::open_intents(&path, &mapping.name).map_err(super::session::failed)?;
    let rows: Vec<IntentRow> = open.iter().map(|entry| row(&context.catalogue, &mapping.systems, entry)).collect();
    let exit = if rows.iter().all(|row| row.known) { Exit::Done } else { Exit::Unclear };
    match args.format {
        DataFormat::Json => {
            let missing_state = missing_state(&path);
            let intents = Intents { format_version: 1, mapping: mapping.name.clone(), missing_state, intents: rows };
            console::print(&report::json(&intents))?;
        }
        DataFormat::Text if stateless.is_some() => {}
        DataFormat::Text => {
            let flags = super::by_hand::flags(&args.mapping, &args.place);
            console::print(&text(&context.catalogue, &rows, &open, &flags))?;
        }
    }
    stateless.map_or(Ok(exit), Err)
}

/// The list for people, with the commands by which something can be decided, where it can.
fn text(catalogue: &Catalogue, rows: &[IntentRow], open: &[OpenEntry], flags: &str) -> String {
    let mut text: String = rows.iter().zip(open).map(|(row, entry)| shown(catalogue, row, entry)).collect();
    let last = match (rows.iter().filter(|row| !row.known).count(), rows.len()) {
        (0, 0) => catalogue.text("intents-none"),
        (0, _) => catalogue.text("intents-known"),
        (count, _) => catalogue.render(&Message::new("intents-advice").with("count", count)),
    };
    text.push_str(&format!("{last}\n"));
    if let Some(first) = rows.iter().find(|row| !row.known) {
        for choice in ["--adopt ID", "--retry", "--discard"] {
            let key = format!("intents-choice-{}", choice.split(' ').next().unwrap_or_default().trim_matches('-'));
            text.push_str(&format!(
                "    runner intents resolve {} {choice} --because '…'{flags}\n      {}\n",
                first.id,
                catalogue.text(&key)
            ));
        }
    }
    text
}

fn row(catalogue: &Catalogue, systems: &PerSide<SystemDecl>, entry: &OpenEntry) -> IntentRow {
    let intent = &entry.intent;
    let asked = Asked::of(entry.asked.as_ref());
    let settle = asked.as_ref().map_or(0, |asked| i64::try_from(asked.settle_ms).unwrap_or(i64::MAX));
    let said = match &entry.outcome {
        Some(Outcome::Unclear { text } | Outcome::Rejected { text, .. }) => Some(report::clean(text)),
        Some(Outcome::Applied { id }) => Some(id.to_string()),
        None => None,
    };
    let changes = asked.iter().flat_map(|asked| &asked.changes);
    IntentRow {
        id: entry.id.0,
        run: entry.run.to_string(),
        entity: intent.entity.to_string(),
        record: report::clean(&intent.label),
        kind: kind(intent.kind),
        system: systems.get(intent.target).name.clone(),
        target_id: intent.target_id.as_ref().map(ToString::to_string),
        origin_id: intent.origin_id.as_ref().map(ToString::to_string),
        since: rfc3339(intent.at_ms),
        known: entry.state == Transition::Applied,
        done_id: match &entry.outcome {
            Some(Outcome::Applied { id }) => Some(id.to_string()),
            Some(Outcome::Unclear { .. } | Outcome::Rejected { .. }) | None => None,
        },
        said,
        asked: changes.map(|change| report::change(catalogue, &[], intent.target, change)).collect(),
        probe: entry.probe.as_ref().map(|probe| ProbeRow {
            run: probe.run.to_string(),
            when: rfc3339(probe.at_ms),
            saw: catalogue.render(&probe.saw),
        }),
        conclusive: rfc3339(intent.at_ms.saturating_add(settle)),
    }
}

/// The name of a kind of write.
pub(super) fn kind(kind: WriteKind) -> &'static str {
    match kind {
        WriteKind::Create => "create",
        WriteKind::Update => "update",
        WriteKind::Delete => "delete",
        WriteKind::Deactivate => "deactivate",
    }
}

fn shown(catalogue: &Catalogue, row: &IntentRow, entry: &OpenEntry) -> String {
    let asked = Asked::of(entry.asked.as_ref());
    let settle = asked.map_or(0, |asked| i64::try_from(asked.settle_ms).unwrap_or(i64::MAX));
    let name = |key: &str| catalogue.text(key);
    let mut lines = vec![(name("intent-since"), moment(catalogue.lang(), entry.intent.at_ms))];
    lines.push((
        name("intent-asked"),
        row.asked.iter().map(|change| format!("{} {}", change.field, change.after.text)).collect::<Vec<_>>().join(", "),
    ));
    if row.known {
        let key = if entry.intent.kind == WriteKind::Create { "intent-made" } else { "intent-not-settled" };
        let id = row.done_id.as_deref().unwrap_or("?");
        lines.push((name("intent-result"), catalogue.render(&Message::new(key).with("id", id))));
    } else {
        lines.push((name("intent-said"), row.said.clone().unwrap_or_else(|| name("intent-no-answer"))));
        let probe = entry
            .probe
            .as_ref()
            .map(|probe| format!("{} ({})", catalogue.render(&probe.saw), moment(catalogue.lang(), probe.at_ms)));
        lines.push((name("intent-probe"), probe.unwrap_or_else(|| name("intent-not-looked"))));
        lines.push((name("intent-conclusive"), moment(catalogue.lang(), entry.intent.at_ms.saturating_add(settle))));
    }
    let message = Message::new(&format!("intent-{}", row.kind)).with("record", &row.record).with("system", &row.system);
    let about = format!("{} · {}", row.entity, catalogue.render(&message));
    let ids = [("←", &row.origin_id), ("→", &row.target_id)];
    let ids: String = ids.iter().filter_map(|(arrow, id)| Some(format!("  {arrow} {}", id.as_ref()?))).collect();
    let width = console::screen(true, true).width;
    format!("{}\n", report::paragraph(&format!("#{}", row.id), &format!("{about}{ids}"), &lines, width))
}

fn resolve(context: &Context, order: &ResolveIntentArgs) -> Result<Exit, Failure> {
    let hand = &order.hand;
    let (mapping, path) = ground(context, &hand.mapping, &hand.place)?;
    let signature = signature(hand)?;
    let refuse = |refusal| refused(context, hand, refusal);
    let waiting = Waiting::new(context, hand.wait, "runner intents resolve");
    let again = |held: &StoreError| waiting.again(held);
    let state = ByHand::open(&mapping, &path).map_err(refuse)?.taking(waiting.taking(&again));
    let (resolution, follows) = match (&order.adopt, order.retry) {
        (Some(id), _) => (Resolution::Adopt(NativeId(id.clone())), "intents-choice-adopt"),
        (None, true) => (Resolution::Retry, "intents-choice-retry"),
        (None, false) => (Resolution::Discard, "intents-choice-discard"),
    };
    state.may_resolve_intent(IntentId(order.id), &resolution).map_err(refuse)?;
    if !agreed(context, hand, &[Message::new(follows)]) {
        return Ok(Exit::Pending);
    }
    let entry = state.resolve_intent(IntentId(order.id), &resolution, &signature).map_err(refuse)?;
    let done = Message::new("intents-done")
        .with("id", order.id)
        .with("entity", &entry.intent.entity)
        .with("record", &entry.intent.label)
        .with("by", &signature.by);
    let tail = super::session::tail(&hand.mapping, &hand.place);
    console::print(&format!("{}\n    runner apply {tail}\n", context.catalogue.render(&done)))?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Lang;
    use selaras_model::{Intent, Side};

    fn entry(id: i64, state: Transition, outcome: Option<Outcome>) -> OpenEntry {
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
        OpenEntry { id: IntentId(id), run: "r1".into(), intent, state, outcome, asked: None, probe: None }
    }

    fn systems() -> PerSide<SystemDecl> {
        PerSide::new("accurate", "smh").map(|name| SystemDecl { name: name.to_owned(), connector: name.to_owned() })
    }

    #[test]
    fn what_is_known_needs_no_decision_and_what_is_unclear_is_offered_one() {
        let known = entry(11, Transition::Applied, Some(Outcome::Applied { id: "130".into() }));
        let unclear = entry(12, Transition::Unclear, Some(Outcome::Unclear { text: "timeout".to_owned() }));
        for lang in [Lang::En, Lang::Id] {
            let catalogue = Catalogue::new(lang);
            let rows = |open: &[OpenEntry]| open.iter().map(|it| row(&catalogue, &systems(), it)).collect::<Vec<_>>();
            let only = [known.clone()];
            let said = text(&catalogue, &rows(&only), &only, "");
            assert!(!said.contains("runner intents resolve"), "{said}");
            assert!(said.contains("ID 130") || said.contains("id 130"), "{said}");
            let both = [known.clone(), unclear.clone()];
            let said = text(&catalogue, &rows(&both), &both, " --sandbox");
            assert!(said.contains("runner intents resolve 12 --retry --because '…' --sandbox"), "{said}");
            assert!(!said.contains("resolve 11"), "{said}");
        }
    }
}
