//! Answers: what a connector said of each write becomes its outcome, its end, and what the system really stored.

use super::Doing;
use crate::error::{place_is_gone, refusal};
use crate::outcome::ActionEnd;
use crate::workspace::Workspace;
use selaras_apply::{End, Skip};
use selaras_connector_api::{Code, Failure, GetRequest, Outcome as Answer};
use selaras_mapping::{display_text, record};
use selaras_model::planted::{Bug, planted};
use selaras_model::{EntityName, Image, Message, NativeId, Outcome, Ref, Row, Side, Value};
use selaras_plan::{Action, ActionKind, pending_action};
use std::collections::BTreeMap;

impl Doing<'_> {
    pub(super) fn outcome(&self, at: usize, answer: &Answer) -> Outcome {
        match answer {
            Answer::Applied { id, .. } => Outcome::Applied { id: NativeId(id.clone()) },
            Answer::Rejected(failure) if self.is_done_anyway(at, failure) => {
                let id = self.plan().actions[at].target_id.clone().unwrap_or_else(|| NativeId(String::new()));
                Outcome::Applied { id }
            }
            Answer::Rejected(failure) => {
                Outcome::Rejected { text: failure.text.clone(), passing: is_passing(failure.code) }
            }
            Answer::Unclear(failure) if planted(Bug::ExpiredIsRefused) && is_about_access(failure.code) => {
                Outcome::Rejected { text: failure.text.clone(), passing: true }
            }
            Answer::Unclear(failure) => Outcome::Unclear { text: failure.text.clone() },
        }
    }

    /// A record that was to be removed and is gone is as it should be.
    pub(super) fn is_done_anyway(&self, at: usize, failure: &Failure) -> bool {
        self.plan().actions[at].kind == ActionKind::Delete && failure.code == Code::NotFound
    }

    /// Records whose answer did not hold them are read again: the base takes only what is reported.
    pub(super) fn reread(
        &mut self,
        entity: &EntityName,
        target: Side,
        answers: &[Answer],
    ) -> BTreeMap<String, (Option<String>, Image)> {
        let ids: Vec<String> = answers
            .iter()
            .filter_map(|answer| match answer {
                Answer::Applied { id, record: None, .. } => Some(id.clone()),
                Answer::Applied { record: Some(_), .. } | Answer::Rejected(_) | Answer::Unclear(_) => None,
            })
            .collect();
        let mut found = BTreeMap::new();
        if ids.is_empty() {
            return found;
        }
        let Workspace { mapping, systems, opened, .. } = &mut *self.workspace;
        let Some(entity) = mapping.entity(entity) else { return found };
        let request =
            GetRequest { resource: entity.resources.get(target).clone(), ids, fields: entity.requested(target) };
        let facts = &opened.get(target).facts;
        // A record that cannot be read now keeps its old base; the next run compares it again.
        let _ = systems.get_mut(target).get(&request, &mut |batch| {
            for raw in &batch.records {
                if let Ok(json) = record::parse(&raw.raw) {
                    let seen = entity.observe(target, &NativeId(raw.id.clone()), raw.version.as_deref(), &json, facts);
                    found.insert(raw.id.clone(), (raw.version.clone(), seen.image));
                }
            }
        });
        found
    }

    /// One answer becomes the end of its action.
    pub(super) fn take(&mut self, at: usize, answer: Answer, reread: &BTreeMap<String, (Option<String>, Image)>) {
        let action = &self.planned.plan.actions[at];
        let system = self.planned.plan.binding.systems.get(action.target).clone();
        match answer {
            Answer::Applied { id, version, record } => {
                let removed = matches!(action.kind, ActionKind::Delete);
                let (version, image) = match record {
                    Some(json) => {
                        let facts = &self.workspace.opened.get(action.target).facts;
                        let seen = self.entity(&action.entity).observe(
                            action.target,
                            &NativeId(id.clone()),
                            version.as_deref(),
                            &json,
                            facts,
                        );
                        (version, Some(seen.image))
                    }
                    None => match reread.get(&id) {
                        Some((seen, image)) => (seen.clone(), Some(image.clone())),
                        None => (version, None),
                    },
                };
                let image = image.filter(|_| !removed);
                let image =
                    image.map(|image| if planted(Bug::BaseFromAsked) { over(image, &action.write) } else { image });
                let differs = image.as_ref().map(|image| self.differences(action, image)).unwrap_or_default();
                let id = NativeId(id);
                self.end(at, End::Applied { id: id.clone(), version, image }, ActionEnd::Applied { id }, differs);
            }
            Answer::Rejected(failure) if self.is_done_anyway(at, &failure) => {
                let id = action.target_id.clone().unwrap_or_else(|| NativeId(String::new()));
                self.end(
                    at,
                    End::Applied { id: id.clone(), version: None, image: None },
                    ActionEnd::Applied { id },
                    Vec::new(),
                );
            }
            Answer::Rejected(failure) => {
                let end = match failure.code {
                    Code::VersionMismatch => {
                        (End::Skipped(Skip::Stale), ActionEnd::Skipped(Message::new("run-skipped-stale")))
                    }
                    // Nothing reached the system: that is no refusal of this record.
                    Code::Unavailable | Code::RateLimited | Code::Cancelled => {
                        let message = Message::new("run-skipped-unreachable").with("system", system);
                        (End::Rejected, ActionEnd::Skipped(message.with("said", &failure.text)))
                    }
                    _ => (End::Rejected, ActionEnd::Rejected(refusal(&system, &failure))),
                };
                if is_about_access(failure.code) || place_is_gone(&failure) {
                    self.dead = Some((action.target, failure));
                }
                self.end(at, end.0, end.1, Vec::new());
            }
            Answer::Unclear(_) if planted(Bug::UnclearIsDone) && action.target_id.is_some() => {
                let id = action.target_id.clone().unwrap_or_else(|| NativeId(String::new()));
                let end = End::Applied { id: id.clone(), version: None, image: Some(action.whole.clone()) };
                self.end(at, end, ActionEnd::Applied { id }, Vec::new());
            }
            Answer::Unclear(failure) => {
                let message = Message::new("run-unclear").with("system", system).with("said", &failure.text);
                self.end(at, End::Unclear, ActionEnd::Unclear(message), Vec::new());
            }
        }
    }

    /// Where the system stored something else than it was asked to (invariant 18).
    pub(super) fn differences(&self, action: &Action, stored: &Image) -> Vec<(String, String, String)> {
        let entity = self.entity(&action.entity);
        let mut differences = Vec::new();
        for (name, asked) in action.write.0.iter() {
            let asked = self.filled(asked);
            if let (Some(position), Some(stored)) = (entity.position(name), stored.get(name))
                && !entity.as_asked(position, action.before.get(name), &asked, stored)
            {
                differences.push((name.to_string(), display_text(&asked), display_text(stored)));
            }
        }
        differences
    }

    /// The fields that a system holds otherwise than asked, be it only filled in, as it reports them: whoever takes the write back has to know
    /// what it left.
    pub(super) fn stored_otherwise(&self, at: usize) -> Option<Image> {
        let Some(End::Applied { image: Some(image), .. }) = self.course.ends.get(&at) else { return None };
        let action = &self.plan().actions[at];
        let entity = self.entity(&action.entity);
        let mut otherwise = Image::default();
        for (name, asked) in action.write.0.iter() {
            if let (Some(position), Some(stored)) = (entity.position(name), image.get(name))
                && action.kind == ActionKind::Update
                && !entity.same(position, &self.filled(asked), stored)
            {
                otherwise.set(name.clone(), stored.clone());
            }
        }
        (!otherwise.is_empty()).then_some(otherwise)
    }

    /// A value with the ids of records that were made meanwhile.
    pub(super) fn filled(&self, value: &Value) -> Value {
        match value {
            Value::Ref(reference) => match pending_action(&reference.key).and_then(|create| self.made.get(&create)) {
                Some(id) => Value::Ref(Ref { key: id.to_string(), ..reference.clone() }),
                None => value.clone(),
            },
            Value::List(rows) => Value::List(rows.iter().map(|row| self.filled_row(row)).collect()),
            Value::Null
            | Value::Bool(_)
            | Value::Decimal(_)
            | Value::Text(_)
            | Value::Date(_)
            | Value::Timestamp(_) => value.clone(),
        }
    }

    pub(super) fn filled_row(&self, row: &Row) -> Row {
        let fields = row.fields.0.iter().map(|(name, value)| (name.clone(), self.filled(value))).collect();
        Row { key: row.key.iter().map(|value| self.filled(value)).collect(), fields, ..row.clone() }
    }
}

/// Whether it is the access that failed: nothing more need be tried.
pub(super) const fn is_about_access(code: Code) -> bool {
    matches!(code, Code::NotConnected | Code::Unauthorised | Code::ClockOff)
}

/// Whether a system that says no says nothing about what was asked: the record had moved on, or nothing reached it. A delete that ended so is
/// asked for again.
const fn is_passing(code: Code) -> bool {
    match code {
        Code::VersionMismatch
        | Code::Unavailable
        | Code::RateLimited
        | Code::Cancelled
        | Code::NotConnected
        | Code::Unauthorised
        | Code::ClockOff
        // A right can be given, and what is no answer of the system's says nothing about the record.
        | Code::Forbidden
        | Code::Protocol => true,
        Code::NotFound
        | Code::Conflict
        | Code::Invalid
        | Code::ReferenceMissing
        | Code::InactiveReference
        | Code::InUse
        | Code::WriteRefused
        | Code::Settings
        | Code::Unsupported
        | Code::Internal => false,
    }
}

/// An image with what was asked put over it; for a planted fault only.
fn over(mut image: Image, asked: &Image) -> Image {
    image.extend(asked.0.iter().map(|(name, value)| (name.clone(), value.clone())));
    image
}
