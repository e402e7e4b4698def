//! Connecting, as an operator does it: the real `runner` binary against the sandbox over real HTTP, with the browser's part played by a small
//! client that fetches the consent page and sends its form.
//!
//! - `place`: a folder of its own for each test, the commands run in it, and what they said
//! - `wire`, `browser`, `company`: HTTP, the person before the consent page, and what stands in the two systems
//! - `tap`: somebody who listens on the wire
//! - `advice`: an operator who does what the last message told
//! - the rest: the tests, one file for each promise
//!
//! Every test ends with a search for secrets in all that its commands wrote and said (`leaks`).

mod advice;
mod bad_answers;
mod bad_keeping;
mod browser;
mod company;
mod disturbed;
mod kills;
mod leaks;
mod place;
mod reintegration;
mod rights;
mod scenarios;
mod scenarios_run;
mod tap;
mod wire;
