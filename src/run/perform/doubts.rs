//! Doubts: answers to creates that cannot be about what was asked. Believed, they would link records crosswise, and every edit and delete from
//! then on would go to the wrong one. Nobody knows then what was made: the next run looks.

use super::Doing;
use crate::error::RunError;
use selaras_connector_api::{Code, Failure, Outcome as Answer};
use selaras_model::planted::{Bug, planted};
use selaras_model::{EntityName, MatchKey, NativeId, Side};
use selaras_plan::ActionKind;
use std::collections::BTreeMap;

impl Doing<'_> {
    /// The answers to these actions, with those that are about other records taken for what they are worth.
    pub(super) fn doubted(
        &self,
        entity: &EntityName,
        target: Side,
        positions: &[usize],
        mut answers: Vec<Answer>,
    ) -> Result<Vec<Answer>, RunError> {
        let keys = |at: usize| self.entity(entity).keys(target, &self.plan().actions[at].write);
        let creates = |at: usize| self.plan().actions[at].kind == ActionKind::Create;
        let asked: Vec<Vec<MatchKey>> =
            positions.iter().map(|&at| if creates(at) { keys(at) } else { Vec::new() }).collect();
        let mut named: BTreeMap<String, u64> = BTreeMap::new();
        for answer in &answers {
            if let Answer::Applied { id, .. } = answer {
                *named.entry(id.clone()).or_default() += 1;
            }
        }
        for (nth, answer) in answers.iter_mut().enumerate() {
            let at = positions[nth];
            let Answer::Applied { id, version, record } = &*answer else { continue };
            if !creates(at) || planted(Bug::BelieveCrossed) {
                continue;
            }
            let known = named.get(id).is_some_and(|times| *times > 1) || self.is_known(entity, target, id)?;
            let seen = record.as_ref().map(|json| {
                let facts = &self.workspace.opened.get(target).facts;
                self.entity(entity).observe(target, &NativeId(id.clone()), version.as_deref(), json, facts)
            });
            let is_of_another = seen.is_some_and(|seen| {
                let origin = self.plan().actions[at].origin_id.as_ref().map(NativeId::as_str);
                let names_another = seen.partner_id.as_deref().is_some_and(|partner| Some(partner) != origin);
                // A system may spell a key in its own way; it does not spell it as that of another record of the same call.
                let mut others = asked.iter().enumerate().filter(|(other, _)| *other != nth).flat_map(|(_, keys)| keys);
                names_another || others.any(|key| seen.keys.contains(key) && !asked[nth].contains(key))
            });
            if known || is_of_another {
                let text = format!("the answer is about another record ({id})");
                *answer = Answer::Unclear(Failure::new(Code::Protocol, text));
            }
        }
        Ok(answers)
    }

    /// Whether a record was there before: what was just made was not.
    fn is_known(&self, entity: &EntityName, target: Side, id: &str) -> Result<bool, RunError> {
        let id = NativeId(id.to_owned());
        let listed = self.workspace.gathered.as_ref().and_then(|gathered| gathered.hashes.get(entity));
        let listed = listed.is_some_and(|hashes| hashes.get(target).contains_key(&id));
        Ok(listed || self.workspace.state.link_of(entity, target, id.as_str())?.is_some())
    }
}
