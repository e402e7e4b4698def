//! The REST engine against a scripted server: what it asks, what it hands over, and how it takes trouble.

mod check;
mod fake;
mod get;
mod list;
mod smh;
mod write;
