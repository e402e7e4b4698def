//! What may go into the base: what each side reported, never what was planned (invariant 3).

use crate::step::End;
use selaras_mapping::program::Entity;
use selaras_model::planted::{Bug, planted};
use selaras_model::{FieldName, Image, NativeId, PerSide, Settled, Settlement, Side};
use selaras_plan::{Ending, Move, Pair};

/// How the write to one side of a pair ended, for a pair that was written to there.
pub type Written<'a> = PerSide<Option<&'a End>>;

/// The settlement of a pair whose writes have ended; `None` when nothing may change: a create that did not happen, a delete that was refused.
#[must_use]
pub fn settle(entity: &Entity, pair: &Pair, written: &Written) -> Option<Settlement> {
    let ids = ids(pair, written)?;
    let settled = match pair.ending {
        Ending::Tombstone(gone) => bury(gone, written)?,
        // Taken out of use, or not: there is nothing in between.
        Ending::Grace(_) if !all_applied(written) => return None,
        Ending::Grace(_) | Ending::Live => live(entity, pair, written, &ids),
    };
    Some(Settlement { ids, origin: pair.origin, label: pair.label.clone(), settled })
}

/// Both ids, if the record that was to be made was made.
fn ids(pair: &Pair, written: &Written) -> Option<PerSide<NativeId>> {
    let id = |side: Side| match (pair.ids.get(side), written.get(side)) {
        (Some(id), _) => Some(id.clone()),
        (None, Some(End::Applied { id, .. })) => Some(id.clone()),
        (None, Some(End::Rejected | End::Unclear | End::Skipped(_)) | None) => None,
    };
    Some(PerSide::new(id(Side::Left)?, id(Side::Right)?))
}

fn bury(gone: Side, written: &Written) -> Option<Settled> {
    all_applied(written).then_some(Settled::Tombstone { gone })
}

/// Whether every write of the pair was done. Of a pair that is undone, the record to be removed is on the side that will be called gone.
fn all_applied(written: &Written) -> bool {
    Side::BOTH.into_iter().all(|side| match written.get(side) {
        None | Some(End::Applied { .. }) => true,
        Some(End::Rejected | End::Unclear | End::Skipped(_)) => false,
    })
}

fn live(entity: &Entity, pair: &Pair, written: &Written, ids: &PerSide<NativeId>) -> Settled {
    let mut images = PerSide::<Image>::default();
    for field in &entity.fields {
        move_field(&field.name, pair, written, &mut images);
    }
    let versions = PerSide::from_fn(|side| match written.get(side) {
        Some(End::Applied { version, .. }) => version.clone(),
        Some(End::Rejected | End::Unclear | End::Skipped(_)) | None => pair.versions.get(side).clone(),
    });
    if planted(Bug::OneImageForBoth) {
        images.right = images.left.clone();
    }
    // The hash expects the partner id even where writing it failed: the record then looks changed, and the next run repairs it.
    let partner = |side: Side| entity.partner_id.get(side).as_ref().map(|_| ids.get(side.other()).as_str());
    let hashes = PerSide::from_fn(|side| entity.image_hash(side, images.get(side), partner(side)));
    let keys = PerSide::from_fn(|side| entity.keys(side, images.get(side)));
    Settled::Live { images, versions, hashes, keys, made: false, grace: None }
}

/// Moves one field of the base.
fn move_field(name: &FieldName, pair: &Pair, written: &Written, images: &mut PerSide<Image>) {
    let mut put = |side: Side, from: &Image| {
        if let Some(value) = from.get(name) {
            images.get_mut(side).set(name.clone(), value.clone());
        }
    };
    match pair.moves.get(name) {
        Some(Move::Keep) | None => Side::BOTH.into_iter().for_each(|side| put(side, pair.base.get(side))),
        Some(Move::Observed) => Side::BOTH.into_iter().for_each(|side| put(side, pair.observed.get(side))),
        Some(Move::WrittenBoth) => match (&written.left, &written.right) {
            (Some(End::Applied { image: Some(left), .. }), Some(End::Applied { image: Some(right), .. })) => {
                put(Side::Left, left);
                put(Side::Right, right);
            }
            // Half of it is not done: what was decided is still to be done, and the next run sees that from the old base.
            _ => Side::BOTH.into_iter().for_each(|side| put(side, pair.base.get(side))),
        },
        Some(Move::Written(target)) => match written.get(*target) {
            Some(End::Applied { image: Some(reported), .. }) => {
                put(*target, reported);
                put(target.other(), pair.observed.get(target.other()));
            }
            Some(End::Applied { image: None, .. } | End::Rejected | End::Unclear | End::Skipped(_)) | None => {
                Side::BOTH.into_iter().for_each(|side| put(side, pair.base.get(side)));
            }
        },
    }
}
