//! The mapping language: parse, check, compile, evaluate.
//!
//! `compile` makes a [`program::Mapping`] of a file, `eval` uses it on records. Nothing here does I/O, and nothing decides what follows
//! from a difference: that is `selaras-plan`'s business.

// Evaluation: records to images, images to payloads.
pub mod codec;
pub mod condition;
pub mod eval;
mod number;
pub mod path;
pub mod program;
#[cfg(test)]
mod properties;
pub mod record;

pub use codec::{Codec, Kind, Resolve, display_text};
pub use condition::Condition;
pub use eval::Payload;
pub use path::Path;

// Compilation: text to program or diagnostics.
pub mod compile;
pub mod diagnostics;
pub mod render;
pub mod schema;
pub mod spans;
pub mod syntax;
pub mod yaml;

pub use compile::compile;
pub use schema::mapping_schema;
