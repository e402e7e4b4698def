//! Conflicts as the last run left them, with what people decided since and the next run has not yet carried out.

use crate::error::RunError;
use selaras_model::{Decision, FieldName, PerSide, Value};
use selaras_plan::{Conflict, Named};
use selaras_store::{StoreError, StoredConflict};

/// A conflict that a run left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenConflict {
    /// The conflict.
    pub conflict: Conflict,
    /// How people call the records that its values refer to.
    pub names: Vec<Named>,
    /// What was decided of it, on just the values that it is about.
    pub decided: Vec<Decision>,
}

impl From<Conflict> for OpenConflict {
    fn from(conflict: Conflict) -> Self {
        Self { conflict, names: Vec::new(), decided: Vec::new() }
    }
}

impl OpenConflict {
    /// What the state keeps of a conflict.
    pub(crate) fn stored(conflict: &Conflict, names: &[Named]) -> StoredConflict {
        let mut body = serde_json::to_value(conflict).unwrap_or_default();
        let names = selaras_plan::names_in(conflict, names);
        if let Some(body) = body.as_object_mut().filter(|_| !names.is_empty()) {
            body.insert("names".to_owned(), serde_json::to_value(names).unwrap_or_default());
        }
        StoredConflict { body }
    }

    /// A conflict as the state keeps it, with the decisions that are about it.
    ///
    /// # Errors
    /// When it is none.
    pub fn of(stored: &StoredConflict, decisions: &[Decision]) -> Result<Self, RunError> {
        let conflict: Conflict = serde_json::from_value(stored.body.clone())
            .map_err(|error| StoreError::Contradiction(error.to_string()))?;
        // Earlier runs kept no names.
        let names = stored.body.get("names").and_then(|names| serde_json::from_value(names.clone()).ok());
        let mut found = Self { names: names.unwrap_or_default(), ..Self::from(conflict) };
        found.decided = decisions.iter().filter(|decision| found.is_about(decision)).cloned().collect();
        Ok(found)
    }

    /// Whether a decision answers it: on any other values it is stale, and the next run does not use it.
    fn is_about(&self, decision: &Decision) -> bool {
        let conflict = &self.conflict;
        let holds = |field: &FieldName, on: &PerSide<Option<Value>>| {
            conflict.fields.iter().any(|clash| clash.field == *field && clash.now == *on)
        };
        decision.conflict == conflict.id
            && decision.gone == conflict.gone
            && decision.on.iter().all(|(field, on)| holds(field, on))
    }

    /// The fields that still wait for a decision; none of a conflict about a whole record.
    #[must_use]
    pub fn waiting(&self) -> Vec<&FieldName> {
        let of_whole = self.conflict.gone.is_some();
        let decided = |field: &FieldName| self.decided.iter().any(|made| made.on.contains_key(field));
        let fields = self.conflict.fields.iter().map(|clash| &clash.field).filter(|_| !of_whole);
        fields.filter(|field| !decided(field)).collect()
    }

    /// Whether it waits for a person.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.decided.is_empty() || !self.waiting().is_empty()
    }
}
