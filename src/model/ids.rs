//! Newtypes for every kind of identifier, so that none can be taken for another.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

text_id!(
    /// The id by which a system knows a record of one resource. Opaque; never parsed.
    NativeId
);
text_id!(
    /// The name of an entity in the mapping, such as `Pelanggan`.
    EntityName
);
text_id!(
    /// The name of a field in the mapping, such as `term`.
    FieldName
);
text_id!(
    /// The id of a conflict: short, and the same for as long as it is the same conflict.
    ConflictId
);
text_id!(
    /// The id of a run, sortable by time.
    RunId
);
text_id!(
    /// The id of an action: derived from entity, kind, target and key, so that it is the same whenever the same thing is planned.
    ActionId
);

/// The store's own number of a link. Never shown and never part of a plan: a rebuilt state numbers its links anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct LinkId(pub i64);
