//! The real binary in trouble: it is told to end while a system does not answer, another runner holds the state, the disk is full, a system is
//! down. Every wait here ends by what happens, not by the clock; the times are upper bounds for a slow machine.

#[path = "../support/mod.rs"]
mod support;

#[path = "../support/pair.rs"]
mod pair;

mod cancel;
mod down;
mod full_disk;
mod lease;
