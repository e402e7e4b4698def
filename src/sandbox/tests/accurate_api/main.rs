//! Accurate Online over loopback, called the way clients that were not written here call it: forms as PHP sends them,
//! JSON as Node sends it. What is shared stands in `client.rs`; each other file is a topic.

#![expect(clippy::unwrap_used, reason = "a step that fails should end the test")]

mod accounts;
mod auth;
mod client;
mod consent;
mod databases;
mod disturbed;
mod lists;
mod oauth;
mod orders;
mod saves;
mod server;
mod user;
