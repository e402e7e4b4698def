//! From two observed sides to the planner's input: which links need a look, what became of records that were not listed, who owns which
//! key, and what stands behind each reference.

use crate::error::RunError;
use crate::fresh::look_up;
use crate::history::Asked;
use crate::late::settle_ms;
use crate::observe::{SideView, SideViews, Watch, observe};
use crate::outcome::Progress;
use crate::references::resolve;
use crate::undo::{Orders, orders};
use crate::workspace::{Selection, State, Workspace};
use selaras_connector_api::{Operation, Recogniser};
use selaras_host::System;
use selaras_mapping::program::{Entity, Mapping};
use selaras_model::planted::{Bug, planted};
use selaras_model::{
    Coverage, EntityName, Hash128, IntentId, Link, LinkId, MatchKey, Message, NativeId, Observed, PerSide, Presence,
    Side, Standing, Transition,
};
use selaras_plan::{
    EntityInput, KeyOwner, LinkInput, OpenIntent, RefTable, RefusedDelete, Undo, allowed, emptied, written,
};
use selaras_store::{Missing, OpenEntry, Reader, SettleRow};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

/// What was gathered for a plan.
pub(crate) struct Gathered {
    pub entities: Vec<EntityInput>,
    pub refs: RefTable,
    /// What was read of each record that is not unchanged, for settling.
    pub hashes: BTreeMap<EntityName, PerSide<BTreeMap<NativeId, Hash128>>>,
    /// Unchanged records that came in other bytes.
    pub refresh: PerSide<Vec<(LinkId, Hash128, Option<String>)>>,
    /// Intents that were open when the run began.
    pub open: Vec<OpenEntry>,
    /// Those of which a look says nothing yet, because it is too soon.
    pub too_soon: BTreeSet<IntentId>,
    /// What the base takes of earlier writes that were done and never noted.
    pub absorbed: Vec<SettleRow>,
    /// Whether only some records were asked for.
    pub narrowed: bool,
    /// Where a run was narrowed to one record: what is missing of all. What it makes must not look as if it had been there before.
    pub missing: BTreeMap<EntityName, BTreeMap<LinkId, PerSide<Missing>>>,
    /// What is to be taken back.
    pub undo: Option<Undo>,
}

/// Missing records are looked up one by one only up to this many, or the share that the guard lets pass: beyond, nothing may be deleted
/// anyway, and a listing that lost its tail should not cost a call per record.
const DIRECT_READS: usize = 200;

/// Observes both sides and gathers the input.
pub(crate) fn gather(
    workspace: &mut Workspace,
    selection: &Selection,
    now_ms: i64,
    progress: &dyn Progress,
) -> Result<Gathered, RunError> {
    let orders =
        selection.undo.as_ref().map(|order| orders(&workspace.state, &workspace.mapping, order)).transpose()?;
    let takes = |entity: &&Entity| match &orders {
        Some(orders) => orders.links.contains_key(&entity.name),
        None => selection.takes(entity),
    };
    let names: Vec<EntityName> =
        workspace.mapping.entities.iter().filter(takes).map(|entity| entity.name.clone()).collect();
    let mut views = watch_both(workspace, &names, progress)?;
    let mut gathered = Gathered {
        entities: Vec::new(),
        refs: RefTable::new(),
        hashes: BTreeMap::new(),
        refresh: PerSide::default(),
        open: workspace.state.open_intents()?,
        too_soon: BTreeSet::new(),
        absorbed: Vec::new(),
        narrowed: selection.record.is_some() || orders.is_some(),
        missing: BTreeMap::new(),
        undo: orders.as_ref().map(|orders| orders.undo.clone()),
    };
    for name in &names {
        let Some(mut sides) = take(&mut views, name) else { continue };
        let mut desk = Desk { workspace, name, progress, orders: orders.as_ref() };
        desk.complete_briefs(&mut sides)?;
        let input = desk.input(&mut sides, &gathered.open, now_ms)?;
        gathered.entities.push(input);
        for side in Side::BOTH {
            gathered.refresh.get_mut(side).append(&mut sides.get_mut(side).refresh);
        }
        gathered.hashes.insert(name.clone(), sides.map(|view| view.hashes));
    }
    if selection.record.is_some() {
        let missing = |input: &EntityInput| (input.entity.clone(), missing(&workspace.mapping, input));
        gathered.missing = gathered.entities.iter().map(missing).collect();
    }
    narrow(&mut gathered.entities, selection);
    let fresh = look_up(workspace, &gathered.entities)?;
    gathered.refs = resolve(&workspace.mapping, &workspace.state, &gathered.entities, &fresh, gathered.undo.as_ref())?;
    Ok(gathered)
}

/// Both sides at once. They meet once after the first entity: a side that is down or refuses the key must be told before a quarter of an
/// hour's reading of the other, not after it.
fn watch_both(
    workspace: &mut Workspace,
    names: &[EntityName],
    progress: &dyn Progress,
) -> Result<PerSide<SideViews>, RunError> {
    let (first, rest) = names.split_at(names.len().min(1));
    let mut views = watch_some(workspace, first, progress)?;
    let more = watch_some(workspace, rest, progress)?;
    views.left.extend(more.left);
    views.right.extend(more.right);
    Ok(views)
}

/// Some entities of both sides, each side on a thread of its own with a reader of its own. When one cannot be read, the other stops before
/// its next entity.
fn watch_some(
    workspace: &mut Workspace,
    names: &[EntityName],
    progress: &dyn Progress,
) -> Result<PerSide<SideViews>, RunError> {
    let endpoints = workspace.endpoints();
    let Workspace { mapping, systems, opened, path, .. } = workspace;
    let mapping: &Mapping = mapping;
    let PerSide { left, right } = systems;
    let reader = || -> Result<Reader, RunError> {
        let mut reader = Reader::open(path)?;
        reader.select(&mapping.name, &endpoints)?;
        Ok(reader)
    };
    let over = AtomicBool::new(false);
    let watch = |side: Side, system: &mut System, reader: Reader| {
        let facts = &opened.get(side).facts;
        let mut views = SideViews::new();
        for entity in names.iter().filter_map(|name| mapping.entity(name)) {
            if over.load(Ordering::SeqCst) {
                break;
            }
            let seen = observe(mapping, entity, side, system, facts, &reader, progress);
            let seen = seen.inspect_err(|_| over.store(true, Ordering::SeqCst))?;
            views.insert(entity.name.clone(), seen);
        }
        Ok::<_, RunError>(views)
    };
    let readers = PerSide::new(reader()?, reader()?);
    std::thread::scope(|scope| {
        let left = scope.spawn(|| watch(Side::Left, left, readers.left));
        let right = watch(Side::Right, right, readers.right);
        let left = left.join().expect("a thread that observes does not panic");
        Ok(PerSide::new(left?, right?))
    })
}

fn take(views: &mut PerSide<SideViews>, name: &EntityName) -> Option<PerSide<SideView>> {
    Some(PerSide::new(views.left.remove(name)?, views.right.remove(name)?))
}

/// The links of which a record is missing, and on which sides.
pub(crate) fn missing(mapping: &Mapping, input: &EntityInput) -> BTreeMap<LinkId, PerSide<Missing>> {
    let minimum = mapping.entity(&input.entity).map_or(0, |entity| entity.guards.minimum);
    let missing = |now: &PerSide<Presence>, side: Side| match (now.get(side), input.emptied.get(side)) {
        // From the minimum on the guard asks for a person's word, and that word is enough.
        (Presence::Gone, Some(all)) if *all < minimum => Missing::LikeAll(*all),
        (Presence::Gone | Presence::Unknown(_), _) => Missing::Yes,
        (Presence::Present(_) | Presence::Unchanged, _) => Missing::No,
    };
    let links = input.links.iter().map(|link| (link.link.id, PerSide::from_fn(|side| missing(&link.now, side))));
    links.filter(|(_, sides)| Side::BOTH.iter().any(|side| *sides.get(*side) != Missing::No)).collect()
}

/// `--record`: everything that is not about the record leaves the input, and with it the accounts.
fn narrow(entities: &mut [EntityInput], selection: &Selection) {
    let Some(record) = &selection.record else { return };
    let wanted = |id: &NativeId, label: &str| {
        id.as_str() == record || label == record || label.split(' ').any(|word| word == record)
    };
    for input in entities {
        input.links.retain(|link| Side::BOTH.iter().any(|side| wanted(link.link.ids.get(*side), &link.link.label)));
        input.quiet = 0;
        for side in Side::BOTH {
            input.unlinked.get_mut(side).retain(|seen| wanted(&seen.id, &seen.label));
        }
    }
}

/// One entity while its input is put together.
struct Desk<'a> {
    workspace: &'a mut Workspace,
    name: &'a EntityName,
    progress: &'a dyn Progress,
    /// What is to be taken back: then nothing but its pairs is looked at.
    orders: Option<&'a Orders>,
}

impl Desk<'_> {
    fn entity(&self) -> &Entity {
        self.workspace.mapping.entity(self.name).expect("the names were taken from the mapping")
    }

    /// Records that may not be created elsewhere were not read in full. Those that may be the partner of a record of the other side are
    /// read now, so that correlation can compare them.
    fn complete_briefs(&mut self, sides: &mut PerSide<SideView>) -> Result<(), RunError> {
        for side in Side::BOTH {
            let other = sides.get(side.other());
            let keys: BTreeSet<&MatchKey> =
                other.unlinked.values().filter(|record| is_real(record)).flat_map(|r| &r.keys).collect();
            let partners: BTreeSet<&str> =
                other.unlinked.values().filter_map(|record| record.partner_id.as_deref()).collect();
            let view = sides.get(side);
            let candidate = |id: &&NativeId| {
                let record = &view.unlinked[*id];
                partners.contains(id.as_str()) || record.keys.iter().any(|key| keys.contains(key))
            };
            let ids: Vec<String> = view.brief.iter().filter(candidate).map(ToString::to_string).collect();
            for record in self.read(side, ids)?.found {
                sides.get_mut(side).unlinked.insert(record.id.clone(), record);
            }
        }
        Ok(())
    }

    fn read(&mut self, side: Side, ids: Vec<String>) -> Result<Read, RunError> {
        let Workspace { mapping, systems, opened, state, .. } = &mut *self.workspace;
        let entity = mapping.entity(self.name).expect("the names were taken from the mapping");
        let system = systems.get_mut(side);
        let Some(resource) = system.manifest().resource(entity.resources.get(side)).cloned() else {
            return Ok(Read::default());
        };
        let watch = Watch::new(mapping, entity, side, &opened.get(side).facts, state, resource);
        let mut read = Read::default();
        let total = ids.len() as u64;
        let missing = watch.get(system, ids, &mut |record| {
            read.found.push(record);
            self.progress.details(self.name, side, read.found.len() as u64, total);
        })?;
        (read.gone, read.failed) = (missing.gone, missing.failed);
        Ok(read)
    }

    fn input(
        &mut self,
        sides: &mut PerSide<SideView>,
        open: &[OpenEntry],
        now_ms: i64,
    ) -> Result<EntityInput, RunError> {
        let live = self.workspace.state.live(self.name)?;
        let (links, rest) = self.links(&live, sides)?;
        let unlinked = PerSide::from_fn(|side| {
            std::mem::take(&mut sides.get_mut(side).unlinked).into_values().collect::<Vec<_>>()
        });
        let state = &self.workspace.state;
        let tombstones = tombstones(state, self.name, &unlinked)?;
        let forgotten = forgotten(state, self.entity(), &links, &unlinked)?;
        let mut owners = owners(state, self.entity(), &links, &unlinked)?;
        let emptied = emptied(&links, rest);
        let (quiet, aside) = if self.orders.is_some() { (0, rest) } else { (rest, 0) };
        let unlinked = match self.orders {
            Some(orders) => {
                owners.extend(holders(state, self.entity(), orders, &links, &unlinked)?);
                PerSide::default()
            }
            None => unlinked,
        };
        let refused = state.refused_deletes(self.name)?;
        let refused =
            refused.into_iter().map(|(side, id, text)| RefusedDelete { side, id: NativeId(id), text }).collect();
        Ok(EntityInput {
            entity: self.name.clone(),
            links,
            quiet,
            aside,
            emptied,
            unlinked,
            tombstones,
            forgotten,
            owners,
            coverage: PerSide::from_fn(|side| sides.get(side).coverage.clone()),
            intents: self.intents(open, now_ms),
            refused,
        })
    }

    /// The links that need a look, and the number of those that do not.
    fn links(&mut self, live: &[LinkId], sides: &mut PerSide<SideView>) -> Result<(Vec<LinkInput>, u64), RunError> {
        let quiet = |link: &LinkId| {
            Side::BOTH.iter().all(|side| {
                let view = sides.get(*side);
                view.seen.contains(*link) && !view.changed.contains_key(link)
            })
        };
        let wanted = self.orders.map(|orders| orders.links.get(self.name));
        // What waits for its delete is looked at even when both records are there: then the wait is over.
        let waiting: BTreeSet<LinkId> = self.workspace.state.waiting()?.into_iter().map(|waits| waits.link).collect();
        let busy = |link: &LinkId| match wanted {
            Some(wanted) => wanted.is_some_and(|wanted| wanted.contains(link)),
            None => !quiet(link) || waiting.contains(link),
        };
        let busy: Vec<LinkId> = live.iter().copied().filter(busy).collect();
        let known = self.workspace.state.links(&busy)?;
        let missing = PerSide::from_fn(|side| {
            let unseen = |link: &&Link| !sides.get(side).seen.contains(link.id);
            known.iter().filter(unseen).map(|link| link.ids.get(side).clone()).collect::<BTreeSet<_>>()
        });
        // Of those that wait for their delete it is known; a listing is not to be blamed for leaving them out.
        let waits = |side: Side| {
            let waits = |link: &&Link| link.grace.as_ref().is_some_and(|grace| grace.gone == side);
            known.iter().filter(waits).map(|link| link.ids.get(side).clone()).collect::<BTreeSet<_>>()
        };
        let waiting = PerSide::from_fn(waits);
        let mut fates = PerSide::<BTreeMap<NativeId, Presence>>::default();
        for side in Side::BOTH {
            let (found, partial) = self.fates(side, missing.get(side), waiting.get(side), sides, live.len())?;
            *fates.get_mut(side) = found;
            if let Some(why) = partial {
                // What a listing leaves out may be the partner of what looks new on the other side.
                sides.get_mut(side).coverage = Coverage::Partial(why);
            }
        }
        let refreshed = PerSide::from_fn(|side| versions(sides.get(side), &busy));
        let mut links = Vec::with_capacity(known.len());
        for mut link in known {
            for side in Side::BOTH {
                if let Some(version) = refreshed.get(side).get(&link.id) {
                    link.versions.get_mut(side).clone_from(version);
                }
            }
            let mut presence = |side: Side| -> Presence {
                let view = sides.get_mut(side);
                match (view.changed.remove(&link.id), view.seen.contains(link.id)) {
                    (Some(record), _) => Presence::Present(Box::new(record)),
                    (None, true) => Presence::Unchanged,
                    (None, false) => fates
                        .get(side)
                        .get(link.ids.get(side))
                        .cloned()
                        .unwrap_or_else(|| Presence::Unknown(Message::new("run-not-listed"))),
                }
            };
            let now = PerSide::new(presence(Side::Left), presence(Side::Right));
            links.push(LinkInput { link, now });
        }
        let quiet = (live.len() - links.len()) as u64;
        Ok((links, quiet))
    }

    /// What became of linked records that a listing left out: absence alone proves nothing (invariant 1). And why the listing is not to be
    /// trusted for anything, if it left out more than may be deleted.
    fn fates(
        &mut self,
        side: Side,
        missing: &BTreeSet<NativeId>,
        waiting: &BTreeSet<NativeId>,
        sides: &PerSide<SideView>,
        live: usize,
    ) -> Result<(BTreeMap<NativeId, Presence>, Option<Message>), RunError> {
        let all = |why: &Message| missing.iter().map(|id| (id.clone(), Presence::Unknown(why.clone()))).collect();
        if let Coverage::Partial(why) = &sides.get(side).coverage {
            return Ok((all(why), None));
        }
        let guards = self.entity().guards;
        let system = self.workspace.mapping.systems.get(side).name.clone();
        let name = self.name.clone();
        let shrunken = |key: &str, count: usize| {
            let message = Message::new(key).with("count", count).with("linked", live).with("system", &system);
            message.with("entity", &name).with("limit", written(guards.delete))
        };
        let share = guards.delete.percent.map_or(live, |percent| live * usize::from(percent) / 100);
        let left_out = missing.difference(waiting).count();
        if left_out > DIRECT_READS.max(share + 1) {
            let why = shrunken("run-many-missing", left_out);
            return Ok((all(&why), Some(why)));
        }
        if !self.can_get(side) {
            return Ok((all(&Message::new("run-no-direct-read")), None));
        }
        if planted(Bug::AbsenceIsDeletion) {
            return Ok((missing.iter().map(|id| (id.clone(), Presence::Gone)).collect(), None));
        }
        let beyond = allowed(guards.delete, live as u64, guards.minimum).is_some_and(|most| left_out as u64 > most);
        let lied = |found: usize| (beyond && found > 0).then(|| shrunken("run-left-out", found));
        let ids = missing.iter().map(ToString::to_string).collect();
        let read = self.read(side, ids)?;
        let partial = lied(read.found.len());
        let mut fates = BTreeMap::new();
        fates.extend(read.found.into_iter().map(|record| (record.id.clone(), Presence::Present(Box::new(record)))));
        fates.extend(read.gone.into_iter().map(|id| (NativeId(id), Presence::Gone)));
        fates.extend(read.failed.into_iter().map(|(id, why)| (NativeId(id), Presence::Unknown(why))));
        if let Some(why) = &partial {
            // A listing that leaves out so much of what is there is no ground for deletes either.
            let gone = fates.values_mut().filter(|fate| matches!(fate, Presence::Gone));
            gone.for_each(|fate| *fate = Presence::Unknown(why.clone()));
        }
        Ok((fates, partial))
    }

    fn can_get(&self, side: Side) -> bool {
        let resource = self.workspace.systems.get(side).manifest().resource(self.entity().resources.get(side));
        resource.is_some_and(|resource| resource.operations.contains_key(&Operation::Get))
    }

    /// Whether a record that we made on a side could be found again: by what the connector recognises it by, by our id in it, or by a key.
    fn is_recognisable(&self, side: Side) -> bool {
        let entity = self.entity();
        let resource = self.workspace.systems.get(side).manifest().resource(entity.resources.get(side));
        let by_connector = resource.is_some_and(|resource| resource.recogniser != Recogniser::None);
        by_connector || entity.partner_id.get(side).is_some() || !entity.match_keys.is_empty()
    }

    /// The open intents of this entity, each with whether its settle time has passed.
    fn intents(&self, open: &[OpenEntry], now_ms: i64) -> Vec<OpenIntent> {
        let settle = |side: Side| {
            let resource = self.workspace.systems.get(side).manifest().resource(self.entity().resources.get(side));
            resource.map_or(0, settle_ms)
        };
        let unclear =
            open.iter().filter(|entry| &entry.intent.entity == self.name && entry.state != Transition::Applied);
        unclear
            .map(|entry| OpenIntent {
                recognisable: self.is_recognisable(entry.intent.target),
                asked: Asked::of(entry.asked.as_ref()).map(|asked| asked.changes).unwrap_or_default(),
                settled: now_ms.saturating_sub(entry.intent.at_ms) >= settle(entry.intent.target),
                intent: entry.intent.clone(),
            })
            .collect()
    }
}

/// The versions that unchanged records of these links were seen with, where they are not those of the base: somebody changed what the
/// mapping does not look at. A write must expect them, or it would be taken for stale.
fn versions(view: &SideView, busy: &[LinkId]) -> BTreeMap<LinkId, Option<String>> {
    let is_busy = |link: &LinkId| busy.binary_search(link).is_ok();
    view.refresh.iter().filter(|(link, ..)| is_busy(link)).map(|(link, _, version)| (*link, version.clone())).collect()
}

#[derive(Default)]
struct Read {
    found: Vec<Observed>,
    gone: Vec<String>,
    failed: Vec<(String, Message)>,
}

fn is_real(record: &Observed) -> bool {
    record.standing == Standing::Real
}

fn tombstones(state: &State, name: &EntityName, unlinked: &PerSide<Vec<Observed>>) -> Result<Vec<Link>, RunError> {
    let mut found = Vec::new();
    for side in Side::BOTH.into_iter().filter(|_| !planted(Bug::ForgetTombstones)) {
        let ids: Vec<&str> = unlinked.get(side).iter().map(|record| record.id.as_str()).collect();
        found.extend(state.tombstones(name, side, &ids)?);
    }
    Ok(found)
}

/// Pairs that were forgotten on a person's word, of records that name a partner other than the one they have.
fn forgotten(
    state: &State,
    entity: &Entity,
    links: &[LinkInput],
    unlinked: &PerSide<Vec<Observed>>,
) -> Result<Vec<PerSide<NativeId>>, RunError> {
    let Some(side) = entity.partner_side() else { return Ok(Vec::new()) };
    let linked = links.iter().filter_map(|link| match link.now.get(side) {
        Presence::Present(record) => {
            let partner = link.link.ids.get(side.other()).as_str();
            record.partner_id.as_deref().is_some_and(|says| says != partner).then_some(&**record)
        }
        Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => None,
    });
    let free = unlinked.get(side).iter().filter(|record| record.partner_id.is_some());
    let ids: Vec<&str> = free.chain(linked).map(|record| record.id.as_str()).collect();
    Ok(state.forgotten(&entity.name, side, &ids)?)
}

/// Records that have a key which one of those to be taken back would have with its earlier values.
fn holders(
    state: &State,
    entity: &Entity,
    orders: &Orders,
    links: &[LinkInput],
    unlinked: &PerSide<Vec<Observed>>,
) -> Result<Vec<KeyOwner>, RunError> {
    let keys: BTreeSet<MatchKey> = links.iter().flat_map(|link| orders.keys(entity, &link.link)).collect();
    let keys: Vec<MatchKey> = keys.into_iter().collect();
    let mut found = Vec::new();
    for side in Side::BOTH {
        let linked = state.owners(&entity.name, side, &keys)?;
        let owner = |key: MatchKey, id: NativeId, label: String| KeyOwner { side, key, id, label };
        found.extend(linked.into_iter().map(|known| owner(known.key, known.id, known.label)));
        for record in unlinked.get(side) {
            let shared = record.keys.iter().filter(|key| keys.contains(key));
            found.extend(shared.map(|key| owner(key.clone(), record.id.clone(), record.label.clone())));
        }
    }
    Ok(found)
}

/// Linked records that own a key which a record of the other side, changed or without a link, has too; and on the same side for records
/// without a link, since two of them must not both be taken for new.
fn owners(
    state: &State,
    entity: &Entity,
    links: &[LinkInput],
    unlinked: &PerSide<Vec<Observed>>,
) -> Result<Vec<KeyOwner>, RunError> {
    let mut owners = Vec::new();
    for side in Side::BOTH.into_iter().filter(|_| !planted(Bug::IgnoreKeyOwners)) {
        let mut keys: BTreeSet<MatchKey> = BTreeSet::new();
        for from in Side::BOTH {
            keys.extend(
                unlinked
                    .get(from)
                    .iter()
                    .filter(|record| is_real(record))
                    .flat_map(|record| record.keys.iter().cloned()),
            );
        }
        for link in links {
            if let Presence::Present(record) = link.now.get(side.other()) {
                keys.extend(entity.keys(side.other(), &record.image));
            }
        }
        let keys: Vec<MatchKey> = keys.into_iter().collect();
        let found = state.owners(&entity.name, side, &keys)?;
        owners.extend(found.into_iter().map(|owner| KeyOwner {
            side,
            key: owner.key,
            id: owner.id,
            label: owner.label,
        }));
    }
    Ok(owners)
}
