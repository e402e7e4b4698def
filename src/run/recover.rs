//! Recovery: what earlier runs left open is looked at, never repeated blindly (invariant 16). Recovery is the ordinary next run.

use crate::error::RunError;
use crate::gather::Gathered;
use crate::history::Asked;
use crate::late::settle_ms;
use crate::workspace::{State, Workspace};
use selaras_apply::absorb;
use selaras_host::System;
use selaras_mapping::program::{Entity, Field, Mapping};
use selaras_model::planted::{Bug, planted};
use selaras_model::{
    Hash128, Image, IntentId, Link, Message, NativeId, Outcome, PerSide, Presence, RunId, Settled, Settlement, Side,
    Transition, WriteKind,
};
use selaras_plan::{EntityInput, LinkInput, Plan};
use selaras_store::{OpenEntry, Probe, SettleRow, Writer};
use std::collections::BTreeSet;

/// How an open intent looks after an observation.
enum Look {
    /// It was done: this is the record.
    Done(NativeId),
    /// It was not done, and a look is conclusive.
    NotDone,
    /// Too soon, or not seen well enough: this is why.
    Unclear(Message),
}

impl Workspace {
    /// Closes what a run that died left in the journal, as far as that needs no look at the systems; only with the lock held. Answers how long
    /// to wait until a look at the rest is conclusive, in milliseconds.
    pub(crate) fn recover(&mut self, run: &RunId, now_ms: i64) -> Result<u64, RunError> {
        if let State::Writing(writer) = &mut self.state
            && !planted(Bug::TrustPutBackClock)
        {
            writer.put_back_to(now_ms)?;
        }
        let open = self.state.open_intents()?;
        let State::Writing(writer) = &mut self.state else { return Ok(0) };
        if planted(Bug::SkipRecovery) {
            return Ok(0);
        }
        let mut wait: i64 = 0;
        for entry in &open {
            match (entry.state, &entry.outcome) {
                (Transition::Applied, Some(Outcome::Applied { id })) if entry.intent.kind == WriteKind::Create => {
                    adopt(writer, run, entry, id)?;
                }
                (Transition::Intended, _) => {
                    let text = "the run ended before an answer was noted".to_owned();
                    // Nobody knows when it went out, only that it was before now.
                    writer.end_at(run, &[(entry.id, Outcome::Unclear { text })], now_ms)?;
                }
                (Transition::Applied | Transition::Unclear | Transition::Rejected | Transition::Settled, _) => {}
            }
            if is_to_be_seen(entry) {
                let entity = self.mapping.entity(&entry.intent.entity);
                let system = self.systems.get(entry.intent.target);
                let resource =
                    entity.and_then(|entity| system.manifest().resource(entity.resources.get(entry.intent.target)));
                let settle = resource.map_or(0, settle_ms);
                let began = if entry.state == Transition::Intended { now_ms } else { entry.intent.at_ms };
                wait = wait.max(settle - (now_ms - began));
            }
        }
        Ok(wait.max(0).unsigned_abs())
    }
}

/// Whether only a look says what became of an intent: nobody knows, or it was answered and the base knows nothing of it. A create that was
/// answered is a link by then.
fn is_to_be_seen(entry: &OpenEntry) -> bool {
    entry.state != Transition::Applied || entry.intent.kind != WriteKind::Create
}

/// A create that was answered and never settled. It becomes a link without a base, so that the next plan compares both records.
fn adopt(writer: &mut Writer, run: &RunId, entry: &OpenEntry, id: &NativeId) -> Result<(), RunError> {
    let target = entry.intent.target;
    let origin = match (entry.intent.kind, &entry.intent.origin_id) {
        (WriteKind::Create, Some(origin)) => origin.clone(),
        (WriteKind::Create | WriteKind::Update | WriteKind::Delete | WriteKind::Deactivate, _) => {
            return Ok(writer.settle(run, &[], &[entry.id])?);
        }
    };
    let known = writer.link_of(&entry.intent.entity, target, id.as_str())?;
    let taken = writer.link_of(&entry.intent.entity, target.other(), origin.as_str())?;
    if known.is_some() || taken.is_some() {
        return Ok(writer.settle(run, &[], &[entry.id])?);
    }
    let ids = PerSide::from_fn(|side| if side == target { id.clone() } else { origin.clone() });
    let settled = Settled::Live {
        images: PerSide::<Image>::default(),
        versions: PerSide::new(None, None),
        hashes: PerSide::<Hash128>::default(),
        keys: PerSide::default(),
        made: true,
        grace: None,
    };
    let settlement = Settlement { ids, origin: target.other(), label: entry.intent.label.clone(), settled };
    let row = SettleRow { entity: entry.intent.entity.clone(), settlement, seen: PerSide::default() };
    Ok(writer.settle(run, &[row], &[entry.id])?)
}

/// Updates of earlier runs, and records that these took out of use, that were done and never went into the base: the base takes them now, from
/// what both sides hold. Only what a look is conclusive about.
pub(crate) fn absorbed(mapping: &Mapping, systems: &PerSide<System>, gathered: &mut Gathered) -> Vec<SettleRow> {
    let Gathered { entities, open, too_soon, .. } = gathered;
    let mut rows = Vec::new();
    for entry in open.iter().filter(|entry| !too_soon.contains(&entry.id)) {
        let (intent, asked) = (&entry.intent, Asked::of(entry.asked.as_ref()));
        let target = intent.target;
        let input = entities.iter_mut().find(|input| input.entity == intent.entity);
        let link = input.and_then(|input| {
            input.links.iter_mut().find(|link| Some(link.link.ids.get(target)) == intent.target_id.as_ref())
        });
        let (Some(entity), Some(LinkInput { link, now }), Some(asked)) = (mapping.entity(&intent.entity), link, asked)
        else {
            continue;
        };
        match intent.kind {
            WriteKind::Update => {}
            WriteKind::Deactivate => {
                if let Presence::Present(seen) = now.get(target)
                    && take_out_of_use(entity, systems.get(target), link, target, &seen.image)
                {
                    rows.push(row(entity, link));
                }
                continue;
            }
            WriteKind::Create | WriteKind::Delete => continue,
        }
        let held = |side: Side| match now.get(side) {
            Presence::Present(seen) => Some(seen.image.clone()),
            Presence::Unchanged => Some(link.images.get(side).clone()),
            Presence::Gone | Presence::Unknown(_) => None,
        };
        let (Some(seen), Some(origin)) = (held(target), held(target.other())) else { continue };
        if absorb(entity, link, target, &asked.changes, (&seen, &origin)) {
            rows.push(row(entity, link));
        }
    }
    rows
}

/// Moves the base of a link to what its record holds now in the fields that say whether it is in use: we have taken it out of use. Answers whether
/// anything moved.
fn take_out_of_use(entity: &Entity, system: &System, link: &mut Link, target: Side, seen: &Image) -> bool {
    let resource = system.manifest().resource(entity.resources.get(target));
    let Some(rule) = resource.and_then(|resource| resource.deactivate.as_ref()) else { return false };
    let says_it = |field: &&Field| {
        let read = field.cells.get(target).as_ref().and_then(|cell| cell.read.as_ref());
        read.is_some_and(|path| path.to_string().trim_start_matches("$.") == rule.path)
    };
    let mut moved = false;
    for field in entity.fields.iter().filter(says_it) {
        let base = link.images.get_mut(target);
        if let Some(now) = seen.get(&field.name)
            && base.get(&field.name).is_some_and(|was| was != now)
        {
            base.set(field.name.clone(), now.clone());
            moved = true;
        }
    }
    moved
}

/// A link as it is, for the base. Its records are looked at again by the next run, whatever their versions say.
fn row(entity: &Entity, link: &Link) -> SettleRow {
    let partner = |side: Side| entity.partner_id.get(side).as_ref().map(|_| link.ids.get(side.other()).as_str());
    let settled = Settled::Live {
        images: link.images.clone(),
        versions: PerSide::new(None, None),
        hashes: PerSide::from_fn(|side| entity.image_hash(side, link.images.get(side), partner(side))),
        keys: PerSide::from_fn(|side| entity.keys(side, link.images.get(side))),
        made: link.made,
        grace: link.grace.clone().map(Box::new),
    };
    let settlement = Settlement { ids: link.ids.clone(), origin: link.origin, label: link.label.clone(), settled };
    SettleRow { entity: entity.name.clone(), settlement, seen: PerSide::default() }
}

/// Closes the unclear intents that the observation behind a plan has cleared up.
pub(crate) fn close(
    writer: &mut Writer,
    run: &RunId,
    open: &[OpenEntry],
    plan: &Plan,
    (inputs, too_soon): (&[EntityInput], &BTreeSet<IntentId>),
    at_ms: i64,
) -> Result<(), RunError> {
    if planted(Bug::SkipRecovery) {
        return Ok(());
    }
    let mut outcomes = Vec::new();
    let mut probes = Vec::new();
    let mut settled: Vec<IntentId> = Vec::new();
    for entry in open.iter().filter(|entry| is_to_be_seen(entry)) {
        match look(entry, plan, inputs, too_soon) {
            Look::Done(id) => {
                if entry.state != Transition::Applied {
                    outcomes.push((entry.id, Outcome::Applied { id }));
                }
                settled.push(entry.id);
            }
            // Its answer is known.
            Look::NotDone if entry.state == Transition::Applied => settled.push(entry.id),
            Look::NotDone => outcomes.push((
                entry.id,
                Outcome::Rejected { text: "looked again: it was not done".to_owned(), passing: true },
            )),
            Look::Unclear(saw) => probes.push((entry.id, Probe { run: run.clone(), at_ms, saw })),
        }
    }
    writer.note_probes(&probes)?;
    writer.end(run, &outcomes)?;
    Ok(writer.settle(run, &[], &settled)?)
}

/// How many intents stay unclear after this observation.
pub(crate) fn still_unclear(
    open: &[OpenEntry],
    plan: &Plan,
    inputs: &[EntityInput],
    too_soon: &BTreeSet<IntentId>,
) -> u64 {
    let unclear = |entry: &&OpenEntry| {
        entry.state != Transition::Applied && matches!(look(entry, plan, inputs, too_soon), Look::Unclear(_))
    };
    open.iter().filter(unclear).count() as u64
}

fn look(entry: &OpenEntry, plan: &Plan, inputs: &[EntityInput], too_soon: &BTreeSet<IntentId>) -> Look {
    let intent = &entry.intent;
    let Some(input) = inputs.iter().find(|input| input.entity == intent.entity) else {
        return Look::Unclear(Message::new("run-probe-not-read").with("entity", &intent.entity));
    };
    let system = plan.binding.systems.get(intent.target);
    if intent.kind != WriteKind::Create {
        // What was done may not show yet: asked for again, a row of an order would be added twice.
        if too_soon.contains(&entry.id) {
            return Look::Unclear(Message::new("run-probe-too-soon").with("system", system));
        }
        // Both records have been looked at in this run; whatever the write did is now an ordinary difference, or none.
        return match &intent.target_id {
            Some(id) => Look::Done(id.clone()),
            None => Look::NotDone,
        };
    }
    let Some(origin) = &intent.origin_id else { return Look::NotDone };
    if let Some(id) = partner(plan, input, intent.target, origin) {
        return Look::Done(id);
    }
    let known = input.intents.iter().find(|open| open.intent == *intent);
    let settled = known.is_some_and(|open| open.settled);
    let complete = matches!(input.coverage.get(intent.target), selaras_model::Coverage::Complete);
    if known.is_some_and(|open| !open.recognisable) {
        return Look::Unclear(Message::new("run-probe-unrecognised").with("system", system));
    }
    match (complete, settled) {
        (true, true) => Look::NotDone,
        (true, false) => Look::Unclear(Message::new("run-probe-too-soon").with("system", system)),
        (false, _) => Look::Unclear(Message::new("run-probe-not-all-read").with("system", system)),
    }
}

/// The partner that the origin has now, linked already or found by this plan.
fn partner(plan: &Plan, input: &EntityInput, target: Side, origin: &NativeId) -> Option<NativeId> {
    let linked = input.links.iter().map(|link| &link.link.ids).find(|ids| ids.get(target.other()) == origin);
    if let Some(ids) = linked {
        return Some(ids.get(target).clone());
    }
    let found = plan
        .pairs
        .iter()
        .find(|pair| pair.entity == input.entity && pair.ids.get(target.other()).as_ref() == Some(origin))?;
    found.ids.get(target).clone()
}
