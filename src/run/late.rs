//! What an earlier run wrote a moment ago may not show yet. A record that looks changed or gone within its system's settle time is looked at
//! again when the time has passed; until then nothing follows from it. The same goes for one that looks as it did before a write of which the
//! base knows nothing.

use crate::error::RunError;
use crate::gather::{Gathered, gather};
use crate::outcome::Progress;
use crate::workspace::{Selection, Workspace};
use selaras_connector_api::Resource;
use selaras_mapping::program::{Entity, Mapping};
use selaras_model::planted::{Bug, planted};
use selaras_model::{EntityName, Message, NativeId, Outcome, Presence, Side};
use selaras_plan::{EntityInput, LinkInput};
use std::collections::BTreeMap;
use std::time::Duration;

/// Records that were written a moment ago.
type Fresh = BTreeMap<(EntityName, Side, NativeId), Write>;

/// A write of a moment ago.
#[derive(Clone, Copy, Debug)]
struct Write {
    /// When it is sure to show.
    until: i64,
    /// Whether the base knows nothing of it: then a record that looks as it always did may be one on which it does not show yet.
    unseen: bool,
}

/// How long a write to a resource may take to show.
pub(crate) fn settle_ms(resource: &Resource) -> i64 {
    if planted(Bug::IgnoreSettleTime) { 0 } else { i64::try_from(resource.settle_ms).unwrap_or(i64::MAX) }
}

impl Workspace {
    /// Gathers; and once more, after at most `longest_wait` milliseconds, where it was too soon to look.
    ///
    /// # Errors
    /// As for gathering.
    pub(crate) fn gather_settled(
        &mut self,
        selection: &Selection,
        now_ms: i64,
        longest_wait: u64,
        progress: &dyn Progress,
    ) -> Result<Gathered, RunError> {
        let mut gathered = gather(self, selection, now_ms, progress)?;
        let mut fresh = self.fresh(now_ms)?;
        self.note_unseen(&mut gathered, &mut fresh, now_ms);
        let until = gathered.entities.iter().flat_map(|input| doubtful(&self.mapping, input, &fresh)).max();
        let Some(until) = until.filter(|_| !planted(Bug::BelieveLateReads)) else { return Ok(gathered) };
        let wait = until.saturating_sub(now_ms).max(0).unsigned_abs().min(longest_wait);
        progress.wait(Duration::from_millis(wait));
        let now_ms = now_ms.saturating_add_unsigned(wait);
        let mut gathered = gather(self, selection, now_ms, progress)?;
        fresh.retain(|_, write| write.until > now_ms);
        self.note_unseen(&mut gathered, &mut fresh, now_ms);
        let systems = self.system_names();
        for input in &mut gathered.entities {
            freeze(&self.mapping, input, &fresh, |side| systems.get(side).as_str());
        }
        Ok(gathered)
    }

    /// Writes whose outcome never went into the base, and that may not show yet: their records look as if nothing had been done.
    fn note_unseen(&self, gathered: &mut Gathered, fresh: &mut Fresh, now_ms: i64) {
        for entry in &gathered.open {
            let intent = &entry.intent;
            let until = intent.at_ms.min(now_ms).saturating_add(self.settle_of(&intent.entity, intent.target));
            if until <= now_ms {
                continue;
            }
            gathered.too_soon.insert(entry.id);
            if let Some(id) = &intent.target_id {
                let place = (intent.entity.clone(), intent.target, id.clone());
                fresh.insert(place, Write { until, unseen: true });
            }
        }
    }

    /// How long a write to an entity's records may take to show.
    fn settle_of(&self, entity: &EntityName, side: Side) -> i64 {
        let resource =
            |entity: &Entity| self.systems.get(side).manifest().resource(entity.resources.get(side)).cloned();
        self.mapping.entity(entity).and_then(resource).map_or(0, |resource| settle_ms(&resource))
    }

    /// What was written within its system's settle time.
    fn fresh(&self, now_ms: i64) -> Result<Fresh, RunError> {
        let all = self.mapping.entities.iter();
        let longest =
            all.flat_map(|entity| Side::BOTH.map(|side| self.settle_of(&entity.name, side))).max().unwrap_or(0);
        let mut fresh = Fresh::new();
        if longest == 0 {
            return Ok(fresh);
        }
        for (intent, outcome) in self.state.recent_intents(now_ms.saturating_sub(longest))? {
            let made = match outcome {
                Some(Outcome::Applied { id }) => Some(id),
                Some(Outcome::Rejected { .. } | Outcome::Unclear { .. }) | None => None,
            };
            // A clock that was put back since: as if it were written just now.
            let at_ms = if planted(Bug::TrustPutBackClock) { intent.at_ms } else { intent.at_ms.min(now_ms) };
            let until = at_ms.saturating_add(self.settle_of(&intent.entity, intent.target));
            if let Some(id) = intent.target_id.or(made)
                && until > now_ms
            {
                fresh.insert((intent.entity, intent.target, id), Write { until, unseen: false });
            }
        }
        Ok(fresh)
    }
}

/// When the records that look changed or gone, and were just written, are sure to look right.
fn doubtful(mapping: &Mapping, input: &EntityInput, fresh: &Fresh) -> Vec<i64> {
    let of = |link: &LinkInput, side: Side| is_doubtful(mapping, &input.entity, link, side, fresh);
    input.links.iter().flat_map(|link| Side::BOTH.map(|side| of(link, side))).flatten().collect()
}

fn is_doubtful(mapping: &Mapping, entity: &EntityName, link: &LinkInput, side: Side, fresh: &Fresh) -> Option<i64> {
    let write = *fresh.get(&(entity.clone(), side, link.link.ids.get(side).clone()))?;
    let entity = mapping.entity(entity)?;
    let partner = entity.partner_id.get(side).as_ref().map(|_| link.link.ids.get(side.other()).as_str());
    let looks_different = match link.now.get(side) {
        Presence::Gone => true,
        Presence::Present(seen) => {
            entity.hash(side, seen) != entity.image_hash(side, link.link.images.get(side), partner)
        }
        Presence::Unchanged | Presence::Unknown(_) => false,
    };
    (looks_different || write.unseen).then_some(write.until)
}

/// Nothing follows from records that it is still too soon to look at.
fn freeze<'s>(mapping: &Mapping, input: &mut EntityInput, fresh: &Fresh, system: impl Fn(Side) -> &'s str) {
    for link in &mut input.links {
        for side in Side::BOTH {
            if is_doubtful(mapping, &input.entity, link, side, fresh).is_some() {
                let why = Message::new("run-too-soon").with("system", system(side));
                *link.now.get_mut(side) = Presence::Unknown(why);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use selaras_model::{Coverage, Image, Link, LinkId, LinkState, Missed, Observed, PerSide, RunId, Standing, Value};

    const MAPPING: &str = "version: 1\nname: late\nsystems: { a: { connector: a }, b: { connector: b } }\nentities:\n  Thing:\n    group: master\n    \
        a: t\n    b: t\n    sync: two-way\n    match: [[code]]\n    fields:\n      code: { a: $.code, b: $.code }\n";

    fn image(code: &str) -> Image {
        let mut image = Image::default();
        image.set("code".into(), Value::Text(code.to_owned()));
        image
    }

    fn seen(code: &str) -> Presence {
        Presence::Present(Box::new(Observed {
            id: "2".into(),
            version: None,
            label: code.to_owned(),
            partner_id: None,
            image: image(code),
            standing: Standing::Real,
            not_created: None,
            keys: Vec::new(),
            arrived: false,
        }))
    }

    fn input(right: Presence) -> EntityInput {
        let link = Link {
            id: LinkId(1),
            ids: PerSide::new("1".into(), "2".into()),
            origin: Side::Left,
            state: LinkState::Live,
            images: PerSide::new(image("x"), image("x")),
            versions: PerSide::new(None, None),
            label: "x".to_owned(),
            since: RunId::from("1"),
            made: false,
            by_hand: false,
            grace: None,
            missed: Missed::default(),
        };
        EntityInput {
            entity: "Thing".into(),
            links: vec![LinkInput { link, now: PerSide::new(Presence::Unchanged, right) }],
            quiet: 0,
            aside: 0,
            emptied: PerSide::default(),
            unlinked: PerSide::default(),
            tombstones: Vec::new(),
            forgotten: Vec::new(),
            owners: Vec::new(),
            coverage: PerSide::new(Coverage::Complete, Coverage::Complete),
            intents: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Only what was just written and looks otherwise is in doubt, and nothing follows from it.
    #[test]
    fn what_was_just_written_and_looks_otherwise_is_not_believed() {
        let (mapping, _) = selaras_mapping::compile(MAPPING, |_| None);
        let mapping = mapping.expect("it compiles");
        let write = |unseen| {
            move |side: Side, id: &str| Fresh::from([(("Thing".into(), side, id.into()), Write { until: 500, unseen })])
        };
        let (written, unseen) = (write(false), write(true));
        for (now, fresh, believed) in [
            (Presence::Gone, written(Side::Right, "2"), false),
            (seen("old"), written(Side::Right, "2"), false),
            (seen("x"), written(Side::Right, "2"), true),
            (Presence::Unchanged, written(Side::Right, "2"), true),
            (Presence::Gone, written(Side::Left, "1"), true),
            (Presence::Gone, written(Side::Right, "3"), true),
            (Presence::Gone, Fresh::new(), true),
            (Presence::Unchanged, unseen(Side::Right, "2"), false),
            (Presence::Unchanged, unseen(Side::Right, "3"), true),
        ] {
            let mut input = input(now.clone());
            assert_eq!(
                doubtful(&mapping, &input, &fresh),
                if believed { vec![] } else { vec![500] },
                "{now:?} {fresh:?}"
            );
            freeze(&mapping, &mut input, &fresh, |_| "b");
            let expected =
                if believed { now } else { Presence::Unknown(Message::new("run-too-soon").with("system", "b")) };
            assert_eq!(input.links[0].now.right, expected);
        }
    }
}
