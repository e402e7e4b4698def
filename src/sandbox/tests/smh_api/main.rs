//! The SMH API over loopback, as `connectors/smh/README.md` describes it. What is shared stands in `client.rs`; each other file is a topic.

#![expect(clippy::unwrap_used, reason = "a step that fails should end the test")]

mod client;
mod lists;
mod orders;
mod pulled;
mod records;
mod token;
