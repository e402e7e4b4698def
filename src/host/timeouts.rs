//! How long each part of a call may take.

use std::time::Duration;

/// How long each part of a call may take. All of them count, whichever is over first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timeouts {
    /// To get a connection, names and certificates included.
    pub connect: Duration,
    /// From then until the head of the answer is there.
    pub answer: Duration,
    /// Between two pieces of the answer's body.
    pub idle: Duration,
    /// From the connection to the end of the body.
    pub whole: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(10), answer: seconds(30), idle: seconds(15), whole: seconds(120) }
    }
}

impl Timeouts {
    /// The same for all parts, for tests.
    #[must_use]
    pub fn all(time: Duration) -> Self {
        Self { connect: time, answer: time, idle: time, whole: time }
    }
}
