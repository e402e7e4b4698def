//! Diagnostics: what is wrong with the user's text, with places. What is wrong with data is a problem, not a diagnostic.

use crate::Message;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A range of bytes in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The mapping cannot be used.
    Error,
    /// The mapping can be used, and probably does not do what was meant.
    Warning,
}

/// A place and what there is to say of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What stands there.
    pub message: Message,
}

/// One thing that is wrong with a mapping file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic {
    /// A stable code, such as `M012`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: Message,
    /// The place, as a JSON pointer into the mapping.
    pub pointer: String,
    /// Places in the text; the first is the main one.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<Message>,
}
