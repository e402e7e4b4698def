//! Links: which record on the left is which on the right, and what each side last looked like.

use crate::{Hash128, Image, LinkId, NativeId, PerSide, RunId, Side};
use serde::{Deserialize, Serialize};

/// Whether a link lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkState {
    /// Both records existed when last looked at.
    Live,
    /// Kept so that nothing re-creates what was deleted (invariant 5). `gone` is the side where the record vanished first.
    Tombstone {
        /// Where the record vanished.
        gone: Side,
        /// The run that buried it.
        run: RunId,
    },
}

/// A pair of records, with the two images last agreed (the base), each in its own side's form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The store's number.
    pub id: LinkId,
    /// The native ids of the pair.
    pub ids: PerSide<NativeId>,
    /// Where the record was first.
    pub origin: Side,
    /// Live or tombstone.
    pub state: LinkState,
    /// What each side reported when it was last settled.
    pub images: PerSide<Image>,
    /// The version tokens that came with the images.
    pub versions: PerSide<Option<String>>,
    /// How people call the record.
    pub label: String,
    /// The run that made the link.
    pub since: RunId,
    /// We made one record of the other, and what was made was not compared since: there is no base, and no stranger either.
    pub made: bool,
    /// A person made the link and no run has settled it yet: nobody has seen that both records are there. On a tombstone: a person ended it.
    pub by_hand: bool,
    /// One record is gone and the other was taken out of use, to be deleted later.
    pub grace: Option<Grace>,
    /// Which of its records are missing.
    pub missed: Missed,
}

/// What earlier runs noted of records that were not listed, whatever a direct read said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// Since which run each record is missing.
    #[serde(flatten)]
    pub since: PerSide<Option<RunId>>,
    /// How many vanished on that side, this one among them, when they were all that were linked. What has come since, be it made by a run,
    /// takes nothing from that.
    #[serde(default)]
    pub all: PerSide<Option<u64>>,
}

/// A record that waits for its delete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grace {
    /// Where its partner vanished.
    pub gone: Side,
    /// When it was taken out of use, in milliseconds since 1970 (UTC).
    pub since_ms: i64,
    /// The run that did it.
    pub run: RunId,
    /// The version that it had right after that; another one means that somebody touched it since.
    pub version: Option<String>,
    /// The fields that being taken out of use changed; they go back if the partner comes back.
    pub fields: Vec<crate::FieldName>,
}

impl Grace {
    /// When it was taken out of use, as RFC 3339.
    #[must_use]
    pub fn when(&self) -> String {
        jiff::Timestamp::from_millisecond(self.since_ms).map_or_else(|_| self.since_ms.to_string(), |at| at.to_string())
    }
}

/// What settling does to one link: the only way a base ever changes (invariant 3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// The pair's ids after settling.
    pub ids: PerSide<NativeId>,
    /// Where the record was first; kept when the link exists already.
    pub origin: Side,
    /// How people call it.
    pub label: String,
    /// What happens.
    pub settled: Settled,
}

/// What settling does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Settled {
    /// The link lives with these images. Values of held fields are those of the earlier base.
    Live {
        /// The new base.
        images: PerSide<Image>,
        /// The version tokens belonging to it.
        versions: PerSide<Option<String>>,
        /// The image hash per side, so that an unchanged record is recognised without its image.
        hashes: PerSide<Hash128>,
        /// The match keys per side, for correlation with records not linked yet.
        keys: PerSide<Vec<crate::MatchKey>>,
        /// As for a link.
        made: bool,
        /// As for a link; whatever settles without it ends the wait.
        grace: Option<Box<Grace>>,
    },
    /// The link becomes a tombstone.
    Tombstone {
        /// Where the record vanished.
        gone: Side,
    },
}
