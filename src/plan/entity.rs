//! One entity: its linked pairs through the decision table, its unlinked records through correlation, the rest through creation.
//!
//! What a pair or record comes to is decided in `table`, `merge` and `correlate`; here it becomes actions, pairs that settle, conflicts,
//! held records and problems, and each record is counted once.

mod couple;
mod fresh;
mod lift;
mod removal;
mod undo;

use crate::correlate::correlate;
use crate::input::{EntityInput, Input, LinkInput, RefTable, Swing};
use crate::order::natural;
use crate::plan::{Action, ActionKind, Conflict, DecisionUse, EntityReport, Held, Kept, Lift, Pair, Problem, Waiting};
use crate::table::{State, Verdict, verdict};
use crate::tally::{Column, Tally};
use crate::translate::{Arranged, Translator, names};
use crate::undo::Undo;
use couple::Couple;
use selaras_mapping::program::Entity;
use selaras_model::planted::{Bug, planted};
use selaras_model::{
    ActionId, Decision, EntityName, Hash128, Image, MatchKey, Message, NativeId, Observed, PerSide, Presence, Side,
    Standing,
};
use std::collections::{BTreeMap, BTreeSet};

/// The plan while it is being made.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub actions: Vec<Action>,
    pub pairs: Vec<Pair>,
    pub conflicts: Vec<Conflict>,
    pub held: Vec<Held>,
    pub problems: Vec<Problem>,
    pub lifts: Vec<Lift>,
    pub decisions: Vec<DecisionUse>,
    pub kept: Vec<Kept>,
    pub waiting: Vec<Waiting>,
    pub arranged: Arranged,
}

/// Everything at hand while an entity is planned.
struct Desk<'a> {
    entity: &'a Entity,
    systems: &'a PerSide<String>,
    given: &'a EntityInput,
    refs: &'a RefTable,
    decisions: &'a [Decision],
    swings: &'a [Swing],
    now_ms: i64,
    undo: Option<&'a Undo>,
    doomed: undo::Doomed,
    draft: &'a mut Draft,
    tally: Tally,
    /// Who has which match key on which side, for values that are to be unique.
    keys: PerSide<BTreeMap<MatchKey, BTreeSet<NativeId>>>,
    rebased: u64,
}

/// Plans one entity.
pub(crate) fn plan_entity(entity: &Entity, input: &Input, given: &EntityInput, draft: &mut Draft) -> EntityReport {
    let linked = given.links.len() as u64 + given.quiet + given.aside;
    let given = Desk::new(entity, input, given, &mut *draft).lifted(given);
    let given = given.as_ref();
    let unlinked = PerSide::from_fn(|side| sorted(given.unlinked.get(side)));
    let mut desk = Desk::new(entity, input, given, draft);
    if let Some(undo) = &input.undo {
        desk.doomed = undo::doomed(input, undo);
    }
    desk.keys = PerSide::from_fn(|side| key_holders(entity, given, side));
    let mut links: Vec<&LinkInput> = given.links.iter().collect();
    links.sort_by_key(|link| (natural(Some(&link.link.ids.left)), natural(Some(&link.link.ids.right))));
    for link in links {
        desk.link(link);
    }
    let correlation = correlate(entity, given, &unlinked);
    desk.unlinked(&unlinked, correlation);
    let rebased = desk.rebased;
    desk.tally.report(&entity.name, given.quiet, linked, rebased, &given.coverage)
}

fn sorted(records: &[Observed]) -> Vec<Observed> {
    let mut records = records.to_vec();
    records.sort_by_cached_key(|record| natural(Some(&record.id)));
    records
}

/// Who has which key: records without a link, linked records as they are now, and linked records known from the state.
fn key_holders(entity: &Entity, given: &EntityInput, side: Side) -> BTreeMap<MatchKey, BTreeSet<NativeId>> {
    let mut holders: BTreeMap<MatchKey, BTreeSet<NativeId>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut put = |key: MatchKey, id: &NativeId| holders.entry(key).or_default().extend([id.clone()]);
    for record in given.unlinked.get(side) {
        record.keys.iter().for_each(|key| put(key.clone(), &record.id));
    }
    for link in &given.links {
        // Of a record that was not looked at in full, the keys are those of the state.
        if let Presence::Present(record) = link.now.get(side)
            && record.standing == Standing::Real
        {
            entity.keys(side, &record.image).into_iter().for_each(|key| put(key, &record.id));
            seen.insert(record.id.clone());
        }
    }
    for owner in given.owners.iter().filter(|owner| owner.side == side && !seen.contains(&owner.id)) {
        put(owner.key.clone(), &owner.id);
    }
    holders
}

/// An action's id: what it does to which record, nothing else.
fn action_id(entity: &EntityName, kind: ActionKind, target: Side, record: &NativeId) -> ActionId {
    let text = format!("{kind:?}/{target:?}");
    let hash = Hash128::of_parts(&[entity.as_str().as_bytes(), text.as_bytes(), record.as_str().as_bytes()]);
    ActionId(hash.to_string()[..16].to_owned())
}

impl<'a> Desk<'a> {
    fn new(entity: &'a Entity, input: &'a Input, given: &'a EntityInput, draft: &'a mut Draft) -> Self {
        Self {
            entity,
            systems: &input.binding.systems,
            given,
            refs: &input.refs,
            decisions: &input.decisions,
            swings: &input.swings,
            now_ms: input.now_ms,
            undo: input.undo.as_ref(),
            doomed: undo::Doomed::new(),
            draft,
            tally: Tally::default(),
            keys: PerSide::default(),
            rebased: 0,
        }
    }
}

impl Desk<'_> {
    fn translator(&self) -> Translator<'_> {
        Translator { refs: self.refs, arranged: &self.draft.arranged }
    }

    fn system(&self, side: Side) -> &str {
        self.systems.get(side)
    }

    fn link(&mut self, given: &LinkInput) {
        if let Some(undo) = self.undo {
            return self.take_back(given, undo);
        }
        match self.verdict(given) {
            Verdict::Merge => self.merge_link(given),
            // What nobody has ever seen cannot vanish: the id that a person named is wrong, or not there yet.
            Verdict::Deleted(gone) | Verdict::DeletedAndEdited(gone) if given.link.by_hand => {
                let id = given.link.ids.get(gone);
                let reason = Message::new("plan-hold-link-unseen").with("system", self.system(gone)).with("id", id);
                self.hold(gone.other(), given.link.ids.get(gone.other()), &given.link.label, reason);
            }
            Verdict::Deleted(gone) => self.deleted(given, gone),
            Verdict::DeletedAndEdited(gone) if planted(Bug::DeleteBeatsEdit) => self.deleted(given, gone),
            Verdict::DeletedAndEdited(gone) => {
                let key = match &given.link.grace {
                    Some(_) => "plan-conflict-delete-touched",
                    None => "plan-conflict-delete-edit",
                };
                let message = Message::new(key).with("system", self.system(gone));
                self.delete_conflict(given, gone, message.with("other", self.system(gone.other())));
            }
            Verdict::Bury => self.bury(given, given.link.origin),
            Verdict::Freeze => self.freeze(given),
        }
    }

    fn verdict(&self, given: &LinkInput) -> Verdict {
        verdict(self.state(given, Side::Left), self.state(given, Side::Right))
    }

    fn state(&self, given: &LinkInput, side: Side) -> State {
        let grace = given.link.grace.as_ref().filter(|grace| grace.gone == side.other());
        match (self.state_by_image(given, side), grace.map(|grace| grace.version.as_ref())) {
            // Whatever somebody did with a record that waits for its delete, it is in use again.
            (State::Same, Some(Some(left))) if version(given, side) != Some(left) => State::Changed,
            // Being out of use may have taken it out of the scope. As long as nobody touched it, that is our own doing.
            (State::Unknown, Some(Some(left)))
                if matches!(given.now.get(side), Presence::Present(_)) && version(given, side) == Some(left) =>
            {
                State::Same
            }
            (state, _) => state,
        }
    }

    fn state_by_image(&self, given: &LinkInput, side: Side) -> State {
        match given.now.get(side) {
            Presence::Unchanged => State::Same,
            Presence::Gone => State::Gone,
            Presence::Unknown(_) => State::Unknown,
            Presence::Present(record) => match record.standing {
                Standing::Dummy | Standing::OutOfScope(_) | Standing::Unreadable(_) => State::Unknown,
                Standing::Real if self.changed(given.link.images.get(side), &record.image) => State::Changed,
                Standing::Real => State::Same,
            },
        }
    }

    fn changed(&self, base: &Image, now: &Image) -> bool {
        names(&self.entity.fields).enumerate().any(|(position, name)| match (base.get(name), now.get(name)) {
            (Some(was), Some(is)) => !self.entity.same(position, was, is),
            (None | Some(_), None) | (None, Some(_)) => false,
        })
    }

    fn merge_link(&mut self, given: &LinkInput) {
        let couple = self.as_couple(given);
        self.couple(couple);
        if let Some(grace) = given.link.grace.as_ref().filter(|grace| grace.fields.is_empty()) {
            // Nothing that the mapping knows of says that it is out of use, so that nothing puts it back.
            let side = grace.gone.other();
            let reason = Message::new("plan-hold-still-inactive").with("system", self.system(side));
            let reason = reason.with("other", self.system(grace.gone));
            self.hold(side, given.link.ids.get(side), &given.link.label, reason);
        }
    }

    /// A linked pair of which both records were seen.
    fn as_couple<'g>(&self, given: &'g LinkInput) -> Couple<'g> {
        let link = &given.link;
        let now = PerSide::from_fn(|side| match given.now.get(side) {
            Presence::Present(record) => record.image.clone(),
            Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => link.images.get(side).clone(),
        });
        let versions = PerSide::from_fn(|side| match given.now.get(side) {
            Presence::Present(record) => record.version.clone(),
            Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => link.versions.get(side).clone(),
        });
        let partner = self.entity.partner_side().and_then(|side| match given.now.get(side) {
            Presence::Present(record) => Some(record.partner_id.as_deref()),
            Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => None,
        });
        let label = Side::BOTH
            .into_iter()
            .find_map(|side| match given.now.get(side) {
                Presence::Present(record) if side == link.origin => Some(record.label.clone()),
                _ => None,
            })
            .unwrap_or_else(|| link.label.clone());
        let base = link.images.clone();
        Couple {
            ids: link.ids.clone(),
            origin: link.origin,
            labels: PerSide::new(label.clone(), label.clone()),
            label,
            base,
            now,
            versions,
            partner,
            found: false,
            maker: link.made.then_some(link.origin),
            returned: link.grace.as_ref(),
        }
    }

    fn hold(&mut self, side: Side, id: &NativeId, label: &str, reason: Message) {
        self.tally.count(side, id, Column::Held);
        let entity = self.entity.name.clone();
        self.draft.held.push(Held { entity, side, id: id.clone(), label: label.to_owned(), reason });
    }

    fn problem(&mut self, side: Side, record: &Observed, messages: Vec<Message>) {
        self.tally.count(side, &record.id, Column::Failed);
        let entity = self.entity.name.clone();
        self.draft.problems.push(Problem {
            entity,
            side,
            id: record.id.clone(),
            label: record.label.clone(),
            messages,
        });
    }
}

/// The version that a record of a pair was seen with.
fn version(given: &LinkInput, side: Side) -> Option<&String> {
    match given.now.get(side) {
        Presence::Present(record) => record.version.as_ref(),
        Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => given.link.versions.get(side).as_ref(),
    }
}

/// An image with some of its values replaced.
fn overlaid(image: &Image, over: &Image) -> Image {
    let mut whole = image.clone();
    whole.extend(over.0.iter().map(|(name, value)| (name.clone(), value.clone())));
    whole
}
