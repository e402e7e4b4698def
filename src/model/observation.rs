//! What a run has seen of the records of one side.

use crate::{Image, Message, NativeId, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A text of the mapping's author in both languages; a plain string in the file stands for both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Text {
    /// Indonesian.
    pub id: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The same words for both languages.
    #[must_use]
    pub fn same(text: &str) -> Self {
        Self { id: text.to_owned(), en: text.to_owned() }
    }
}

/// Why a record stays out, in words of the mapping: the text of the first rule that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// `scope`, `create_when`, `direction` (the entity does not create that way) or `on_create`.
    pub rule: String,
    /// What the mapping's author says of it, or the condition itself.
    pub text: Text,
}

/// How a record stands towards the mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Takes part.
    Real,
    /// Sample data: never crosses, in either direction.
    Dummy,
    /// Outside the scope: not looked at; a linked one freezes.
    OutOfScope(Reason),
    /// Could not be mapped; the run goes on without it.
    Unreadable(Vec<Message>),
}

/// The folded values of one of the entity's match keys, by position in the mapping. Only made where every part is present.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MatchKey {
    /// Which key of the entity's `match`, from 0.
    pub index: u32,
    /// The folded values, in the key's order.
    pub values: Vec<Value>,
}

/// One record as it was seen in this run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// Its id on its side.
    pub id: NativeId,
    /// The version token the system gave with it, if it has one.
    pub version: Option<String>,
    /// How people call it, such as `C.00012 Toko Makmur`.
    pub label: String,
    /// The id of its partner as the record itself holds it, where the mapping keeps partner ids on this side.
    pub partner_id: Option<String>,
    /// What the mapping sees of it. Empty for a record that does not take part.
    pub image: Image,
    /// How it stands.
    pub standing: Standing,
    /// Why it must not be created on the other side although it takes part; `None` when nothing speaks against it.
    pub not_created: Option<Reason>,
    /// Its match keys.
    pub keys: Vec<MatchKey>,
    /// Whether the record itself says that it came from the other system (used only when links are rebuilt).
    pub arrived: bool,
}

/// What is known of one linked record in this run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Presence {
    /// Seen, and equal to its image.
    Unchanged,
    /// Seen, and different from its image or of another standing than before.
    Present(Box<Observed>),
    /// Not listed by a complete listing, and a direct read answered that it is gone.
    Gone,
    /// Not known; nothing follows from it. The message says what is missing.
    Unknown(Message),
}

/// How much of a resource an observation covered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Coverage {
    /// Everything, to the end.
    Complete,
    /// Only what changed since a cursor.
    Since(String),
    /// The reading broke off or the listing contradicted itself; absence means nothing.
    Partial(Message),
}
