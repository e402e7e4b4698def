//! Taking a run back: what its journal says it wrote becomes what the planner is to restore. Which of it still can be restored is the
//! planner's business; here it is read, and what no plan could restore is listed with its reason.

use crate::error::RunError;
use crate::history::Asked;
use crate::workspace::State;
use selaras_mapping::display_text;
use selaras_mapping::program::{Entity, Mapping};
use selaras_model::{
    EntityName, FieldName, Image, LinkId, MatchKey, Message, NativeId, Outcome, Ref, RefBy, RunId, Side, Transition,
    Value, WriteKind,
};
use selaras_plan::{Kept, Undo, UndoField, UndoWhat, UndoWrite};
use selaras_store::Past;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A run that is to be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoOrder {
    /// The run.
    pub run: RunId,
    /// Only what it wrote to this side; the other side is left as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Side>,
}

/// The order with what it comes to.
pub(crate) struct Orders {
    pub undo: Undo,
    /// The live links concerned, by entity.
    pub links: BTreeMap<EntityName, BTreeSet<LinkId>>,
}

/// Reads what a run wrote.
///
/// # Errors
/// When the state cannot be read, or knows of no such run.
pub(crate) fn orders(state: &State, mapping: &Mapping, order: &UndoOrder) -> Result<Orders, RunError> {
    let past = state.past_of_run(&order.run)?;
    if past.is_empty() && !state.runs(u32::MAX)?.iter().any(|run| run.run == order.run) {
        return Err(RunError::Bound(Message::new("run-undo-unknown").with("run", &order.run)));
    }
    let mut orders = Orders {
        undo: Undo { run: order.run.clone(), only: order.only, writes: Vec::new(), kept: Vec::new() },
        links: BTreeMap::new(),
    };
    for write in &past {
        match wanted(write) {
            Wanted::Nothing => {}
            Wanted::Kept(reason) => orders.undo.kept.push(kept(write, &reason)),
            Wanted::Write(wanted) => orders.add(state, mapping, write, wanted)?,
        }
    }
    orders.look_for_referrers(state, mapping)?;
    Ok(orders)
}

/// What is to become of one write.
enum Wanted {
    Nothing,
    Kept(Message),
    Write(UndoWrite),
}

fn wanted(past: &Past) -> Wanted {
    let intent = &past.intent;
    let id = match (&past.outcome, past.state) {
        (Some(Outcome::Applied { id }), Transition::Applied | Transition::Settled) => id.clone(),
        (_, Transition::Rejected) => return Wanted::Nothing,
        _ => return Wanted::Kept(Message::new("plan-kept-unclear")),
    };
    let asked = Asked::of(past.asked.as_ref());
    let what = match intent.kind {
        WriteKind::Create => UndoWhat::Made { referred: None, referrers: Vec::new() },
        WriteKind::Delete => {
            let values = asked.iter().flat_map(|asked| &asked.changes).filter_map(|change| {
                Some(format!(
                    "{} {}",
                    change.field,
                    display_text(change.before.as_ref().filter(|value| !value.is_blank())?)
                ))
            });
            let values = values.collect::<Vec<_>>().join(", ");
            return Wanted::Kept(Message::new("plan-kept-deleted").with("values", values));
        }
        WriteKind::Deactivate => return Wanted::Kept(Message::new("plan-kept-deactivated")),
        WriteKind::Update => {
            let Some(asked) = asked else { return Wanted::Kept(Message::new("plan-kept-no-values")) };
            let reported = |field: &FieldName| past.reported.as_ref().and_then(|image| image.get(field)).cloned();
            let fields = asked.changes.into_iter().map(|change| UndoField {
                before: change.before.unwrap_or(Value::Null),
                after: reported(&change.field).unwrap_or(change.after),
                field: change.field,
            });
            let fields: Vec<UndoField> = fields.collect();
            if fields.is_empty() {
                // Only the partner's id was written: that belongs to the link, and the link stays.
                return Wanted::Kept(Message::new("plan-kept-partner-id"));
            }
            UndoWhat::Fields(fields)
        }
    };
    Wanted::Write(UndoWrite {
        entity: intent.entity.clone(),
        side: intent.target,
        id,
        label: intent.label.clone(),
        what,
    })
}

fn kept(past: &Past, reason: &Message) -> Kept {
    let intent = &past.intent;
    let made = match &past.outcome {
        Some(Outcome::Applied { id }) => Some(id.clone()),
        Some(Outcome::Rejected { .. } | Outcome::Unclear { .. }) | None => None,
    };
    Kept {
        entity: intent.entity.clone(),
        side: intent.target,
        id: intent.target_id.clone().or(made).unwrap_or_else(|| NativeId(String::new())),
        label: intent.label.clone(),
        field: None,
        was: None,
        reason: reason.clone(),
    }
}

impl Orders {
    fn add(&mut self, state: &State, mapping: &Mapping, past: &Past, write: UndoWrite) -> Result<(), RunError> {
        if mapping.entity(&write.entity).is_none() {
            self.undo.kept.push(kept(past, &Message::new("plan-kept-no-entity")));
            return Ok(());
        }
        match state.link_of(&write.entity, write.side, write.id.as_str())? {
            Some(link) => {
                self.links.entry(write.entity.clone()).or_default().insert(link.id);
                self.undo.writes.push(write);
            }
            None => self.undo.kept.push(kept(past, &Message::new("plan-kept-unlinked"))),
        }
        Ok(())
    }

    /// A record that the run made stays where another one refers to it, unless that one goes, too.
    fn look_for_referrers(&mut self, state: &State, mapping: &Mapping) -> Result<(), RunError> {
        let made: BTreeSet<(EntityName, Side, NativeId)> = self
            .undo
            .writes
            .iter()
            .filter(|write| matches!(write.what, UndoWhat::Made { .. }))
            .map(|write| (write.entity.clone(), write.side, write.id.clone()))
            .collect();
        for write in &mut self.undo.writes {
            let UndoWhat::Made { referred, referrers } = &mut write.what else { continue };
            let Some(entity) = mapping.entity(&write.entity) else { continue };
            let Some(link) = state.link_of(&write.entity, write.side, write.id.as_str())? else { continue };
            let image = link.images.get(write.side);
            for other in mapping.entities.iter().filter(|other| other.references.contains(&entity.name)) {
                for (id, label) in
                    referring(state, other, write.side, |reference| names(entity, &write.id, image, reference))?
                {
                    let key = (other.name.clone(), write.side, id);
                    if made.contains(&key) {
                        referrers.push((key.0, key.2));
                    } else {
                        referred.get_or_insert(label);
                    }
                }
            }
        }
        Ok(())
    }

    /// The match keys that records of an entity would have with their earlier values.
    pub(crate) fn keys(&self, entity: &Entity, link: &selaras_model::Link) -> Vec<MatchKey> {
        let mut keys = Vec::new();
        for side in Side::BOTH {
            let mut image = link.images.get(side).clone();
            for write in self.undo.of(&entity.name, side, link.ids.get(side)) {
                if let UndoWhat::Fields(fields) = &write.what {
                    image.extend(fields.iter().map(|field| (field.field.clone(), field.before.clone())));
                }
            }
            keys.extend(entity.keys(side, &image));
        }
        keys
    }
}

/// Linked records of an entity that refer to something, as the state knows them.
fn referring(
    state: &State,
    entity: &Entity,
    side: Side,
    to: impl Fn(&Ref) -> bool,
) -> Result<Vec<(NativeId, String)>, RunError> {
    const PORTION: usize = 500;
    let mut found = Vec::new();
    for portion in state.live(&entity.name)?.chunks(PORTION) {
        for link in state.links(portion)? {
            if entity.references(link.images.get(side)).iter().any(&to) {
                found.push((link.ids.get(side).clone(), link.label));
            }
        }
    }
    Ok(found)
}

/// Whether a reference means a record.
fn names(entity: &Entity, id: &NativeId, image: &Image, reference: &Ref) -> bool {
    reference.entity == entity.name
        && match &reference.by {
            RefBy::Id => reference.key == id.as_str(),
            RefBy::Field(field) => {
                let key = Value::Text(reference.key.clone());
                let own = entity.position(field).zip(image.get(field));
                own.is_some_and(|(position, value)| entity.same(position, value, &key))
            }
        }
}
