//! Using a compiled mapping on records.

/// What one write says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Payload {}
