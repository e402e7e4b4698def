//! The two sides of a pair. Inside the core they are `Left` and `Right`, in the order in which the mapping names its systems; their
//! names belong to the mapping and appear only in what people read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One of the two systems of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The first system of the mapping.
    Left,
    /// The second system of the mapping.
    Right,
}

impl Side {
    /// Both sides, in order.
    pub const BOTH: [Side; 2] = [Side::Left, Side::Right];

    /// The other side.
    #[must_use]
    pub const fn other(self) -> Side {
        match self {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        }
    }
}

/// One thing per side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct PerSide<T> {
    /// What belongs to the left side.
    pub left: T,
    /// What belongs to the right side.
    pub right: T,
}

impl<T> PerSide<T> {
    /// A pair from its two halves.
    pub const fn new(left: T, right: T) -> Self {
        Self { left, right }
    }

    /// A pair made by asking once per side, left first.
    pub fn from_fn(mut make: impl FnMut(Side) -> T) -> Self {
        let left = make(Side::Left);
        Self { left, right: make(Side::Right) }
    }

    /// The half of `side`.
    pub const fn get(&self, side: Side) -> &T {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The half of `side`, to change.
    pub const fn get_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Left => &mut self.left,
            Side::Right => &mut self.right,
        }
    }

    /// The same pair with another kind of thing in it.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> PerSide<U> {
        let left = change(self.left);
        PerSide { left, right: change(self.right) }
    }

    /// References to both halves.
    pub const fn as_ref(&self) -> PerSide<&T> {
        PerSide { left: &self.left, right: &self.right }
    }
}
