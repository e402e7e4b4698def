//! The SMH API over loopback, as `connectors/smh/README.md` describes it. What is shared stands in `client.rs`; each other file is a topic.

mod client;
mod lists;
mod orders;
mod pulled;
mod records;
