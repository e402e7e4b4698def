//! Pairs that a person wants back: one record is gone, the other was kept, and the decision is that it is to exist on both sides again.
//!
//! The pair ends without a tombstone, and its survivor is planned as any record without a link: a partner is looked for, and made where there
//! is none. Nothing about such a record is special afterwards, so that a run that dies in between needs no recovery of its own.

use super::Desk;
use crate::decide::{self, Ruling};
use crate::input::{EntityInput, LinkInput};
use crate::plan::{DecisionFate, FieldConflict, Lift};
use crate::table::Verdict;
use selaras_mapping::program::OnDelete;
use selaras_model::{Observed, PerSide, Presence, Side, Standing, Take};
use std::borrow::Cow;

impl Desk<'_> {
    /// The input without the links that are to be lifted; their survivors stand among the records without a link.
    pub(super) fn lifted<'i>(&mut self, given: &'i EntityInput) -> Cow<'i, EntityInput> {
        if !self.decisions.iter().any(|decision| decision.gone.is_some() && decision.entity == self.entity.name) {
            return Cow::Borrowed(given);
        }
        let (lifted, kept): (Vec<LinkInput>, Vec<LinkInput>) =
            given.links.iter().cloned().partition(|link| self.is_lifted(link));
        if lifted.is_empty() {
            return Cow::Borrowed(given);
        }
        let mut changed = EntityInput { links: kept, ..given.clone() };
        for link in lifted {
            let Some(gone) = gone(&link) else { continue };
            let ids = link.link.ids.clone();
            changed.owners.retain(|owner| ids.get(owner.side) != &owner.id);
            changed.forgotten.push(ids.clone());
            changed.unlinked.get_mut(gone.other()).push(self.survivor(&link, gone.other()));
            self.draft.lifts.push(Lift { entity: self.entity.name.clone(), ids });
        }
        Cow::Owned(changed)
    }

    fn is_lifted(&mut self, link: &LinkInput) -> bool {
        let Some(gone) = self.removal(link) else { return false };
        let fields = self.edited(link, gone.other());
        let decisions = decide::of_pair(self.decisions, self.entity, &link.link.ids);
        match decide::ruling(self.entity, &decisions, Some(gone), &fields) {
            Ruling::Taken(decision) if decision.take == Take::Side(gone.other()) && self.may_return(gone) => {
                self.draft.decisions.push(decide::used(decision, DecisionFate::Used, None));
                true
            }
            Ruling::None | Ruling::Taken(_) | Ruling::Stale(_) => false,
        }
    }

    /// Whether the mapping lets records be made on this side.
    pub(super) fn may_return(&self, gone: Side) -> bool {
        self.entity.sync.flows_to(gone) && *self.entity.on_create.get(gone)
    }

    /// The side where a record is gone about which a person is to decide.
    fn removal(&self, link: &LinkInput) -> Option<Side> {
        match self.verdict(link) {
            _ if link.link.by_hand => None,
            Verdict::DeletedAndEdited(gone) => Some(gone),
            Verdict::Deleted(gone)
                if *self.entity.on_delete.get(gone) == OnDelete::Hold || self.emptied(link, gone).is_some() =>
            {
                Some(gone)
            }
            Verdict::Deleted(_) | Verdict::Merge | Verdict::Bury | Verdict::Freeze => None,
        }
    }

    /// What the surviving record holds otherwise than when both were last agreed.
    pub(super) fn edited(&self, link: &LinkInput, survivor: Side) -> Vec<FieldConflict> {
        let Presence::Present(record) = link.now.get(survivor) else { return Vec::new() };
        let was = link.link.images.get(survivor);
        let edited = self.entity.fields.iter().enumerate().filter(|(position, field)| {
            let (was, is) = (was.get(&field.name), record.image.get(&field.name));
            was.zip(is).is_some_and(|(was, is)| !self.entity.same(*position, was, is))
        });
        edited
            .map(|(_, field)| {
                let mut now = PerSide::new(None, None);
                *now.get_mut(survivor) = record.image.get(&field.name).cloned();
                let base = link.link.images.as_ref().map(|image| image.get(&field.name).cloned());
                FieldConflict { field: field.name.clone(), base, now }
            })
            .collect()
    }

    /// The survivor as a record without a link.
    fn survivor(&self, link: &LinkInput, side: Side) -> Observed {
        match link.now.get(side) {
            Presence::Present(record) => (**record).clone(),
            Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => {
                let image = link.link.images.get(side).clone();
                let keeps_partner = self.entity.partner_side() == Some(side);
                Observed {
                    id: link.link.ids.get(side).clone(),
                    version: link.link.versions.get(side).clone(),
                    label: link.link.label.clone(),
                    partner_id: keeps_partner.then(|| link.link.ids.get(side.other()).to_string()),
                    keys: self.entity.keys(side, &image),
                    image,
                    standing: Standing::Real,
                    not_created: None,
                    arrived: false,
                }
            }
        }
    }
}

/// The side whose record is proven gone.
fn gone(link: &LinkInput) -> Option<Side> {
    Side::BOTH.into_iter().find(|side| matches!(link.now.get(*side), Presence::Gone))
}
