//! Correlation: which of the records that have no link belong together.
//!
//! First by partner id, then by the mapping's keys in their order. Two candidates stop the search: falling through to a weaker key would
//! hide that nobody knows. A candidate that is linked elsewhere, sample data or out of scope is never taken, and a record that has only such
//! candidates waits: its key is taken over there.

use crate::input::{EntityInput, KeyOwner};
use crate::order::natural;
use crate::plan::{Candidate, Conflict, ConflictKind};
use selaras_mapping::program::Entity;
use selaras_model::{Link, LinkState, MatchKey, Message, NativeId, Observed, PerSide, Presence, Side, Standing};
use std::collections::{BTreeMap, BTreeSet};

/// What correlation found. Every real record without a link is in exactly one of these.
#[derive(Debug, Default)]
pub(crate) struct Correlation {
    /// Pairs, by position in the sorted `unlinked` of each side.
    pub matched: Vec<PerSide<usize>>,
    /// Nobody knows.
    pub conflicts: Vec<Conflict>,
    /// Records that wait.
    pub held: Vec<(Side, usize, Message)>,
    /// Records without any candidate.
    pub free: PerSide<Vec<usize>>,
}

/// Who has a match key on one side.
#[derive(Debug, Default)]
pub(crate) struct Holders<'a> {
    unlinked: Vec<usize>,
    linked: Vec<&'a KeyOwner>,
}

/// By side and key, who has it.
type Index<'a> = PerSide<BTreeMap<&'a MatchKey, Holders<'a>>>;

struct Search<'a> {
    entity: &'a Entity,
    given: &'a EntityInput,
    unlinked: &'a PerSide<Vec<Observed>>,
    index: Index<'a>,
    buried: PerSide<BTreeMap<NativeId, bool>>,
    done: PerSide<BTreeSet<usize>>,
    found: Correlation,
}

/// Correlates the records without a link. `unlinked` is sorted by id.
pub(crate) fn correlate(entity: &Entity, given: &EntityInput, unlinked: &PerSide<Vec<Observed>>) -> Correlation {
    let owners = owners(given);
    let mut search = Search {
        entity,
        given,
        unlinked,
        index: index(&owners, unlinked),
        buried: PerSide::from_fn(|side| buried(given, side)),
        done: PerSide::default(),
        found: Correlation::default(),
    };
    search.bury();
    search.by_partner_id();
    search.by_keys();
    search.rest();
    search.found
}

/// The keys of linked records as they are now: of those that were looked at from what was seen, of the others from the state.
fn owners(given: &EntityInput) -> Vec<KeyOwner> {
    let mut owners = Vec::new();
    let mut seen: PerSide<BTreeSet<&NativeId>> = PerSide::default();
    for link in &given.links {
        for side in Side::BOTH {
            let Presence::Present(record) = link.now.get(side) else { continue };
            // Of a record that could not be read, the keys are those of the state.
            if matches!(record.standing, Standing::Unreadable(_)) {
                continue;
            }
            let of = |key| KeyOwner { side, key, id: record.id.clone(), label: record.label.clone() };
            owners.extend(record.keys.iter().cloned().map(of));
            seen.get_mut(side).insert(&record.id);
        }
    }
    owners.extend(given.owners.iter().filter(|owner| !seen.get(owner.side).contains(&owner.id)).cloned());
    owners.sort_by_cached_key(|owner| natural(Some(&owner.id)));
    owners
}

fn index<'a>(owners: &'a [KeyOwner], unlinked: &'a PerSide<Vec<Observed>>) -> Index<'a> {
    PerSide::from_fn(|side| {
        let mut holders: BTreeMap<&MatchKey, Holders> = BTreeMap::new();
        for (at, record) in unlinked.get(side).iter().enumerate() {
            for key in &record.keys {
                holders.entry(key).or_default().unlinked.push(at);
            }
        }
        for owner in owners.iter().filter(|owner| owner.side == side) {
            holders.entry(&owner.key).or_default().linked.push(owner);
        }
        holders
    })
}

/// The records of buried pairs: whoever survived, and whoever is there again; and whether a person ended the pair.
fn buried(given: &EntityInput, side: Side) -> BTreeMap<NativeId, bool> {
    let is_buried = |link: &&Link| matches!(link.state, LinkState::Tombstone { .. });
    given.tombstones.iter().filter(is_buried).map(|link| (link.ids.get(side).clone(), link.by_hand)).collect()
}

impl<'a> Search<'a> {
    fn record(&self, side: Side, at: usize) -> &'a Observed {
        &self.unlinked.get(side)[at]
    }

    fn open(&self, side: Side) -> Vec<usize> {
        let done = self.done.get(side);
        let records = self.unlinked.get(side).iter().enumerate();
        records
            .filter(|(at, record)| record.standing == Standing::Real && !done.contains(at))
            .map(|(at, _)| at)
            .collect()
    }

    fn hold(&mut self, side: Side, at: usize, message: Message) {
        if self.done.get_mut(side).insert(at) {
            self.found.held.push((side, at, message));
        }
    }

    /// Holds a record that would be made a second time otherwise. One that is not created over there anyway has a better reason to stay.
    fn hold_back(&mut self, side: Side, at: usize, message: Message) {
        let other = side.other();
        let created = self.entity.sync.flows_to(other) && *self.entity.on_create.get(other);
        if created && self.record(side, at).not_created.is_none() {
            self.hold(side, at, message);
        }
    }

    /// A record of a buried pair waits for a person: nothing re-creates its partner (invariant 5).
    fn bury(&mut self) {
        for side in Side::BOTH {
            for at in self.open(side) {
                match self.buried.get(side).get(&self.record(side, at).id) {
                    Some(true) => self.hold(side, at, Message::new("plan-hold-unlinked")),
                    Some(false) => self.hold(side, at, Message::new("plan-hold-tombstone")),
                    None => {}
                }
            }
        }
    }

    fn by_partner_id(&mut self) {
        let Some(side) = self.entity.partner_side() else { return };
        let mut claims: BTreeMap<&'a str, Vec<usize>> = BTreeMap::new();
        for at in self.open(side) {
            if let Some(partner) = &self.record(side, at).partner_id {
                claims.entry(partner.as_str()).or_default().push(at);
            }
        }
        let others: BTreeMap<&str, usize> =
            self.unlinked.get(side.other()).iter().enumerate().map(|(at, record)| (record.id.as_str(), at)).collect();
        for (partner, claimants) in claims {
            self.claim(side, partner, &claimants, others.get(partner).copied());
        }
        // A partner that takes no part is a partner all the same: nobody makes another one.
        let unlinked = self.unlinked;
        for record in unlinked.get(side) {
            let other = record.partner_id.as_deref().and_then(|partner| others.get(partner).copied());
            if let (Some(other), Some(message)) = (other, unfit(record))
                && self.record(side.other(), other).standing == Standing::Real
            {
                self.hold_back(side.other(), other, message);
            }
        }
    }

    /// Records of `side` that hold `partner` as their partner id.
    fn claim(&mut self, side: Side, partner: &str, claimants: &[usize], other: Option<usize>) {
        let Some(other) = other else {
            // That this partner is no more was said by a person: the record stands by itself.
            let forgotten = |at: &&usize| self.is_forgotten(side, &self.record(side, **at).id, partner);
            let claimants: Vec<usize> = claimants.iter().filter(|at| !forgotten(at)).copied().collect();
            for at in claimants {
                self.hold(side, at, Message::new("plan-hold-partner-missing").with("partner", partner));
            }
            return;
        };
        if let Some(message) = unfit(self.record(side.other(), other)) {
            for &at in claimants {
                self.hold(side, at, message.clone());
            }
        } else if self.done.get(side.other()).contains(&other) {
            for &at in claimants {
                self.hold(side, at, Message::new("plan-hold-partner-missing").with("partner", partner));
            }
        } else if let [only] = claimants {
            self.join(side, *only, other);
        } else {
            let mut sides = PerSide::<Vec<usize>>::default();
            *sides.get_mut(side) = claimants.to_vec();
            sides.get_mut(side.other()).push(other);
            self.conflict(
                ConflictKind::Ambiguous,
                &sides,
                Message::new("plan-conflict-partner-claimed").with("partner", partner),
            );
        }
    }

    fn is_forgotten(&self, side: Side, id: &NativeId, partner: &str) -> bool {
        self.given.forgotten.iter().any(|ids| ids.get(side) == id && ids.get(side.other()).as_str() == partner)
    }

    fn join(&mut self, side: Side, at: usize, other: usize) {
        let mut pair = PerSide::new(other, other);
        *pair.get_mut(side) = at;
        self.done.left.insert(pair.left);
        self.done.right.insert(pair.right);
        self.found.matched.push(pair);
    }

    fn by_keys(&mut self) {
        for index in 0..self.entity.match_keys.len() {
            for side in Side::BOTH {
                for at in self.open(side) {
                    let key = self.record(side, at).keys.iter().find(|key| key.index as usize == index);
                    if let Some(key) = key
                        && !self.done.get(side).contains(&at)
                    {
                        self.by_key(side, at, key);
                    }
                }
            }
        }
    }

    fn by_key(&mut self, side: Side, at: usize, key: &'a MatchKey) {
        let peers = self.holders(side, key);
        let candidates = self.holders(side.other(), key);
        // Records that take no part make nothing ambiguous.
        let real = |side: Side, all: &[usize]| -> Vec<usize> {
            all.iter().copied().filter(|&at| self.record(side, at).standing == Standing::Real).collect()
        };
        let (rivals, able) = (real(side, &peers.unlinked), real(side.other(), &candidates.unlinked));
        let name = key_text(key);
        let message = |text: &str| Message::new(text).with("key", &name);
        if rivals.len() > 1 || able.len() > 1 {
            let mut sides = PerSide::<Vec<usize>>::default();
            *sides.get_mut(side) = rivals;
            *sides.get_mut(side.other()) = able;
            return self.conflict(ConflictKind::Ambiguous, &sides, message("plan-conflict-ambiguous"));
        }
        // A record of our own side that is linked has the same key: creating a second one over there would double it.
        if let Some(owner) = peers.linked.first().or(candidates.linked.first()) {
            let text = message("plan-conflict-linked-elsewhere").with("record", &owner.label);
            let mut sides = PerSide::<Vec<usize>>::default();
            sides.get_mut(side).push(at);
            return self.conflict_with(ConflictKind::LinkedElsewhere, &sides, text, Some(owner));
        }
        let Some(&other) = able.first().or(candidates.unlinked.first()) else { return };
        if let Some(message) = unfit(self.record(side.other(), other)) {
            return self.hold_back(side, at, message);
        }
        if self.buried.get(side.other()).contains_key(&self.record(side.other(), other).id) {
            let candidate = self.record(side.other(), other);
            let why = message("plan-hold-candidate-buried").with("record", &candidate.label).with("id", &candidate.id);
            return self.hold(side, at, why.with("entity", &self.given.entity));
        }
        if self.done.get(side.other()).contains(&other) {
            return self.hold(
                side,
                at,
                message("plan-hold-candidate-taken").with("record", &self.record(side.other(), other).label),
            );
        }
        self.join(side, at, other);
    }

    fn holders(&self, side: Side, key: &MatchKey) -> Holders<'a> {
        match self.index.get(side).get(key) {
            Some(holders) => Holders { unlinked: holders.unlinked.clone(), linked: holders.linked.clone() },
            None => Holders::default(),
        }
    }

    fn conflict(&mut self, kind: ConflictKind, sides: &PerSide<Vec<usize>>, message: Message) {
        self.conflict_with(kind, sides, message, None);
    }

    fn conflict_with(
        &mut self,
        kind: ConflictKind,
        sides: &PerSide<Vec<usize>>,
        message: Message,
        owner: Option<&KeyOwner>,
    ) {
        let mut ids = PerSide::from_fn(|side| {
            sides.get(side).iter().map(|&at| self.record(side, at).id.clone()).collect::<Vec<_>>()
        });
        let mut candidates: Vec<Candidate> = Side::BOTH
            .into_iter()
            .flat_map(|side| sides.get(side).iter().map(move |&at| (side, at)))
            .map(|(side, at)| {
                let record = self.record(side, at);
                Candidate { side, id: record.id.clone(), label: record.label.clone(), linked: false }
            })
            .collect();
        let first = Side::BOTH.into_iter().find_map(|side| sides.get(side).first().map(|&at| self.record(side, at)));
        let label = first.map_or_else(String::new, |record| record.label.clone());
        if let Some(owner) = owner {
            ids.get_mut(owner.side).push(owner.id.clone());
            let (side, id, label) = (owner.side, owner.id.clone(), owner.label.clone());
            candidates.push(Candidate { side, id, label, linked: true });
        }
        for side in Side::BOTH {
            self.done.get_mut(side).extend(sides.get(side).iter().copied());
        }
        let conflict = Conflict::new(&self.given.entity, kind, ids, &label, message);
        self.found.conflicts.push(Conflict { candidates, ..conflict });
    }

    fn rest(&mut self) {
        for side in Side::BOTH {
            *self.found.free.get_mut(side) = self.open(side);
        }
    }
}

/// Why a candidate cannot be taken; `None` for one that can.
fn unfit(candidate: &Observed) -> Option<Message> {
    let message = |key: &str| Message::new(key).with("record", &candidate.label);
    match &candidate.standing {
        Standing::Real => None,
        Standing::Dummy => Some(message("plan-hold-candidate-dummy")),
        Standing::OutOfScope(reason) => Some(
            message("plan-hold-candidate-outside")
                .with("reason-id", &reason.text.id)
                .with("reason-en", &reason.text.en),
        ),
        Standing::Unreadable(_) => Some(message("plan-hold-candidate-unreadable")),
    }
}

/// A key's values for people.
pub(crate) fn key_text(key: &MatchKey) -> String {
    let parts: Vec<String> =
        key.values.iter().map(|value| crate::translate::plain_text(value).unwrap_or_default()).collect();
    parts.join(" ")
}
