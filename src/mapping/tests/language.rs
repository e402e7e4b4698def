//! The language as its users meet it: the real mapping compiles, every diagnostic has a bad file and its rendering beside it, the schema
//! agrees with the compiler, and no text panics. What mappings do with records is tested beside `eval`.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

#[path = "language/support.rs"]
mod support;

#[path = "language/bad.rs"]
mod bad;
#[path = "language/good.rs"]
mod good;
#[path = "language/overlap.rs"]
mod overlap;
#[path = "language/schema.rs"]
mod schema;
#[path = "language/text.rs"]
mod text;
