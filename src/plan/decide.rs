//! What people decided, held against what is there now: a decision is used for exactly the values it was made on, and for nothing else.

use crate::plan::{Conflict, ConflictKind, DecisionFate, DecisionUse, FieldConflict};
use selaras_mapping::program::Entity;
use selaras_model::{ConflictId, Decision, Hash128, Message, NativeId, PerSide, Side, Take, Value};

/// What the decisions say of one conflict.
pub(crate) enum Ruling<'a> {
    /// Nobody decided.
    None,
    /// This was decided, on just these values.
    Taken(&'a Decision),
    /// This was decided on other values.
    Stale(&'a Decision),
}

/// The decisions on one pair, in an order that does not depend on theirs.
pub(crate) fn of_pair<'a>(all: &'a [Decision], entity: &Entity, ids: &PerSide<NativeId>) -> Vec<&'a Decision> {
    let mut found: Vec<&Decision> =
        all.iter().filter(|decision| decision.entity == entity.name && &decision.ids == ids).collect();
    found.sort_by_key(|decision| (&decision.conflict, decision.unit(), decision.signature.at_ms));
    found
}

/// The ruling on fields of a unit that clash, or on a removal (`gone`) against the fields that the survivor changed.
pub(crate) fn ruling<'a>(
    entity: &Entity,
    decisions: &[&'a Decision],
    gone: Option<Side>,
    fields: &[FieldConflict],
) -> Ruling<'a> {
    let concerns = |decision: &&&Decision| match (decision.gone, gone) {
        (None, None) => fields.iter().any(|field| decision.on.contains_key(&field.field)),
        (Some(_), Some(_)) => true,
        (None, Some(_)) | (Some(_), None) => false,
    };
    // The latest word counts.
    let Some(decision) = decisions.iter().filter(concerns).max_by_key(|decision| decision.signature.at_ms) else {
        return Ruling::None;
    };
    if decision.gone == gone && holds(entity, decision, fields) {
        Ruling::Taken(decision)
    } else {
        Ruling::Stale(decision)
    }
}

/// Whether both sides still hold what the decision was made on. A side that holds the decided value already has moved to where it was to go.
fn holds(entity: &Entity, decision: &Decision, fields: &[FieldConflict]) -> bool {
    decision.on.len() == fields.len() && fields.iter().all(|field| stands(entity, decision, field))
}

fn stands(entity: &Entity, decision: &Decision, field: &FieldConflict) -> bool {
    let (Some(position), Some(on)) = (entity.position(&field.field), decision.on.get(&field.field)) else {
        return false;
    };
    let same = |a: &Option<Value>, b: &Option<Value>| match (a, b) {
        (Some(a), Some(b)) => entity.same(position, a, b),
        (None, None) => true,
        (None, Some(_)) | (Some(_), None) => false,
    };
    let wanted = match &decision.take {
        Take::Value(value) => Some(value.clone()),
        Take::Side(_) => None,
    };
    Side::BOTH.into_iter().all(|side| {
        let now = field.now.get(side);
        same(now, on.get(side)) || (wanted.is_some() && same(now, &wanted))
    })
}

/// "decided by … on …: …"
pub(crate) fn why(decision: &Decision) -> Message {
    signed("plan-why-decided", decision)
}

/// What is said of a conflict whose decision is no longer about these values.
pub(crate) fn stale(decision: &Decision) -> Message {
    signed("plan-note-decision-stale", decision)
}

fn signed(key: &str, decision: &Decision) -> Message {
    let signature = &decision.signature;
    let message = Message::new(key).with("by", &signature.by).with("when", signature.when());
    message.with("because", &signature.because)
}

/// What became of a decision.
pub(crate) fn used(decision: &Decision, fate: DecisionFate, pair: Option<usize>) -> DecisionUse {
    DecisionUse {
        conflict: decision.conflict.clone(),
        entity: decision.entity.clone(),
        label: decision.label.clone(),
        unit: decision.unit().to_owned(),
        fate,
        pair,
    }
}

/// The letters of a conflict's id: those that are not mistaken for one another.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The length of a conflict's id: among a hundred thousand conflicts two of the same id are less likely than a failing disk.
const LENGTH: usize = 8;

/// A conflict's id: of the mapping, both endpoints, the entity, the kind and the records concerned, whichever side is named first. Records
/// that meet several conflicts of one kind are told apart by the first field.
pub(crate) fn id(
    mapping: &str,
    systems: &PerSide<String>,
    endpoints: &PerSide<String>,
    conflict: &Conflict,
) -> ConflictId {
    let mut sides: Vec<(&String, &String, Vec<&str>)> = Side::BOTH
        .into_iter()
        .map(|side| {
            let mut ids: Vec<&str> = conflict.ids.get(side).iter().map(NativeId::as_str).collect();
            ids.sort_unstable();
            (systems.get(side), endpoints.get(side), ids)
        })
        .collect();
    sides.sort();
    let kind = format!("{:?}", conflict.kind);
    let field = match (conflict.kind, conflict.fields.first()) {
        (ConflictKind::KeyTaken, Some(field)) => field.field.as_str(),
        _ => "",
    };
    let mut parts: Vec<&[u8]> =
        vec![mapping.as_bytes(), conflict.entity.as_str().as_bytes(), kind.as_bytes(), field.as_bytes()];
    for (system, endpoint, ids) in &sides {
        parts.extend([system.as_bytes(), endpoint.as_bytes()]);
        parts.extend(ids.iter().map(|id| id.as_bytes()));
    }
    let hash = Hash128::of_parts(&parts).0;
    ConflictId(hash[..LENGTH].iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}
