//! What a report says beside its writes: what speaks for each removal, what waits for its delete, and what an undo leaves as it is.

use super::model::Cell;
use super::show::{Shower, clean};
use crate::catalogue::Catalogue;
use schemars::JsonSchema;
use selaras_model::{Message, PerSide};
use selaras_plan::{Kept, Waiting};
use selaras_run::Evidence;
use serde::Serialize;

/// What speaks for a removal.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct EvidenceReport {
    /// The system where the partner vanished.
    pub gone: String,
    /// The run that linked the two.
    pub linked_since: String,
    /// The last run in which the partner was listed; absent: none is remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_run: Option<String>,
    /// When that run ended, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<String>,
    /// When a direct read said that it is not there, RFC 3339.
    pub read_at: String,
    /// The run since which scope, sample data rule and resource are as they are now; absent: never noted so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules_since: Option<String>,
    /// The run since which the mapping is as it is now; absent: this run is the first with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping_since: Option<String>,
    /// All that in a sentence.
    pub text: String,
}

/// A record that is out of use because its partner is gone, and waits for its delete.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct WaitingReport {
    /// The entity.
    pub entity: String,
    /// The system that the record is in.
    pub system: String,
    /// Its id there.
    pub id: String,
    /// The record, as people call it.
    pub record: String,
    /// When it was taken out of use, RFC 3339.
    pub since: String,
    /// The run that did it.
    pub run: String,
    /// When it may be deleted, RFC 3339.
    pub until: String,
}

/// Something that an undo leaves as it is.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct KeptReport {
    /// The entity.
    pub entity: String,
    /// The system that was written to.
    pub system: String,
    /// The record's id there.
    pub id: String,
    /// The record, as people call it.
    pub record: String,
    /// The field; absent: the record as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The value that was overwritten.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<Cell>,
    /// Why it stays.
    pub reason: String,
    /// The catalogue's key of `reason`.
    pub reason_key: String,
}

fn rfc3339(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |at| at.to_string())
}

/// Evidence as a report has it.
pub fn evidence(catalogue: &Catalogue, systems: &PerSide<String>, evidence: &Evidence) -> EvidenceReport {
    let gone = systems.get(evidence.gone);
    let say = |message: &Message| clean(&catalogue.render(message));
    let since = |key: &str, run: Option<&selaras_model::RunId>| match run {
        Some(run) => say(&Message::new(key).with("run", run)),
        None => say(&Message::new(&format!("{key}-none"))),
    };
    let (read_at, seen_at) = (rfc3339(evidence.read_ms), evidence.seen.as_ref().map(|seen| rfc3339(seen.at_ms)));
    let seen = match (&evidence.seen, &seen_at) {
        (Some(seen), Some(at)) => {
            say(&Message::new("evidence-seen").with("system", gone).with("when", at).with("run", &seen.run))
        }
        _ => say(&Message::new("evidence-seen-none").with("system", gone)),
    };
    let parts = [
        say(&Message::new("evidence-linked").with("run", &evidence.linked_since)),
        seen,
        say(&Message::new("evidence-read").with("system", gone).with("when", &read_at)),
        since("evidence-rules", evidence.rules_since.as_ref()),
        since("evidence-mapping", evidence.mapping_since.as_ref()),
    ];
    EvidenceReport {
        gone: gone.clone(),
        linked_since: evidence.linked_since.to_string(),
        seen_run: evidence.seen.as_ref().map(|seen| seen.run.to_string()),
        seen_at,
        read_at,
        rules_since: evidence.rules_since.as_ref().map(ToString::to_string),
        mapping_since: evidence.mapping_since.as_ref().map(ToString::to_string),
        text: parts.join("; "),
    }
}

/// A record that waits, as a report has it.
pub fn waiting(systems: &PerSide<String>, waiting: &Waiting) -> WaitingReport {
    WaitingReport {
        entity: waiting.entity.to_string(),
        system: systems.get(waiting.side).clone(),
        id: waiting.id.to_string(),
        record: clean(&waiting.label),
        since: rfc3339(waiting.since_ms),
        run: waiting.run.to_string(),
        until: rfc3339(waiting.until_ms),
    }
}

/// What an undo leaves, as a report has it.
pub fn kept(catalogue: &Catalogue, systems: &PerSide<String>, shower: &Shower<'_>, kept: &Kept) -> KeptReport {
    KeptReport {
        entity: kept.entity.to_string(),
        system: systems.get(kept.side).clone(),
        id: kept.id.to_string(),
        record: clean(&kept.label),
        field: kept.field.as_ref().map(ToString::to_string),
        was: kept.was.as_ref().map(|value| shower.cell(kept.side, value)),
        reason: clean(&catalogue.render(&kept.reason)),
        reason_key: kept.reason.key.clone(),
    }
}

/// What stays, in words without its reason: `C.00012 Toko Makmur · phone (smh), was 0811`.
pub(super) fn kept_words(catalogue: &Catalogue, kept: &KeptReport) -> String {
    let record = format!("{} {}", kept.entity, kept.record);
    match (&kept.field, &kept.was) {
        (Some(field), Some(was)) => {
            let was = catalogue.render(&Message::new("kept-was").with("value", &was.text));
            format!("{record} · {field} ({}), {was}", kept.system)
        }
        (Some(field), None) => format!("{record} · {field} ({})", kept.system),
        (None, _) => format!("{record} ({})", kept.system),
    }
}

/// What waits for its delete, in one sentence; `None`: nothing.
#[must_use]
pub fn waiting_words(catalogue: &Catalogue, waiting: &[&WaitingReport]) -> Option<String> {
    let first = waiting.iter().map(|waits| &waits.until).min()?;
    let names: Vec<&str> = waiting.iter().take(3).map(|waits| waits.record.as_str()).collect();
    let message = Message::new("waiting-delete").with("count", waiting.len()).with("when", first);
    Some(clean(&format!(
        "{} ({}{})",
        catalogue.render(&message),
        names.join(", "),
        if waiting.len() > 3 { ", …" } else { "" }
    )))
}
