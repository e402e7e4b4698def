//! Settling: pairs whose writes have ended go into the base, with what the next run needs to see at once that nothing changed.

use super::{Doing, not_locked};
use crate::error::RunError;
use crate::workspace::State;
use selaras_apply::{End, settle};
use selaras_mapping::program::Field;
use selaras_model::{EntityName, Grace, Hash128, NativeId, PerSide, Settled, Side};
use selaras_plan::{Ending, Pair};
use selaras_store::SettleRow;

impl Doing<'_> {
    pub(super) fn settle(&mut self, pairs: Vec<usize>) -> Result<(), RunError> {
        /// A first run settles all it found in one step: in portions, so that their rows are never in memory all at once.
        const PORTION: usize = 1000;
        pairs.chunks(PORTION).try_for_each(|portion| self.settle_portion(portion))?;
        self.course.settled.extend(pairs);
        self.course.settled.sort_unstable();
        Ok(())
    }

    fn settle_portion(&mut self, pairs: &[usize]) -> Result<(), RunError> {
        let mut rows = Vec::new();
        let mut closed = Vec::new();
        for &at in pairs {
            let actions = self.of_pair[at].clone();
            rows.extend(self.row(at, &actions));
            let applied = |action: &&usize| matches!(self.course.ends.get(action), Some(End::Applied { .. }));
            closed.extend(actions.iter().filter(applied).filter_map(|action| self.intents.get(action).copied()));
        }
        let State::Writing(writer) = &mut self.workspace.state else { return Err(not_locked()) };
        Ok(writer.settle(&self.planned.run, &rows, &closed)?)
    }

    pub(super) fn row(&self, at: usize, actions: &[usize]) -> Option<SettleRow> {
        let pair = &self.plan().pairs[at];
        let entity = self.entity(&pair.entity);
        // A create and the partner id that follows it are on different sides, so there is at most one write per side.
        let written = PerSide::from_fn(|side| {
            let of_side = actions.iter().find(|at| self.plan().actions[**at].target == side);
            of_side.and_then(|at| self.course.ends.get(at))
        });
        let mut settlement = settle(entity, pair, &written)?;
        self.begin_wait(pair, &written, &mut settlement.settled);
        let mut seen = PerSide::<Hash128>::default();
        if let Settled::Live { versions, hashes, .. } = &mut settlement.settled {
            for side in Side::BOTH {
                let partner = entity.partner_id.get(side).as_ref().map(|_| settlement.ids.get(side.other()).as_str());
                let clean = match written.get(side) {
                    Some(End::Applied { image: Some(reported), .. }) => {
                        entity.image_hash(side, reported, partner) == *hashes.get(side)
                    }
                    Some(End::Applied { image: None, .. } | End::Rejected | End::Unclear | End::Skipped(_)) => false,
                    None => entity.image_hash(side, pair.observed.get(side), partner) == *hashes.get(side),
                };
                if !clean {
                    // Something of it was held or failed: the next run must look at it again, whatever its version says.
                    *versions.get_mut(side) = None;
                } else if written.get(side).is_none() {
                    *seen.get_mut(side) = self.read_hash(&pair.entity, side, settlement.ids.get(side));
                }
            }
        }
        Some(SettleRow { entity: pair.entity.clone(), settlement, seen })
    }

    /// A record that was taken out of use waits from now on for its delete.
    fn begin_wait(&self, pair: &Pair, written: &PerSide<Option<&End>>, settled: &mut Settled) {
        let (Ending::Grace(gone), Settled::Live { grace, .. }) = (pair.ending, settled) else { return };
        let side = gone.other();
        let Some(End::Applied { version, image, .. }) = written.get(side) else { return };
        let entity = self.entity(&pair.entity);
        let before = pair.observed.get(side);
        let changed = |(position, field): (usize, &Field)| {
            let (was, is) = (before.get(&field.name)?, image.as_ref()?.get(&field.name)?);
            (!entity.same(position, was, is)).then(|| field.name.clone())
        };
        let fields = entity.fields.iter().enumerate().filter_map(changed).collect();
        let (since_ms, run) = ((self.clock)(), self.planned.run.clone());
        *grace = Some(Box::new(Grace { gone, since_ms, run, version: version.clone(), fields }));
    }

    pub(super) fn read_hash(&self, entity: &EntityName, side: Side, id: &NativeId) -> Hash128 {
        let hashes = self.workspace.gathered.as_ref().and_then(|gathered| gathered.hashes.get(entity));
        hashes.and_then(|hashes| hashes.get(side).get(id)).copied().unwrap_or_default()
    }
}
