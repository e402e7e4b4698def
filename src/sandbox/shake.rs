//! Changes both systems by itself, as busy colleagues would: random but valid edits, creates and deletes over the same HTTP interfaces that
//! everybody else uses. The same seed and the same records give the same changes.
//!
//! This file chooses what is done; how each system is spoken to is in `shake/client.rs`, the changes themselves in the files beside it.

mod accurate;
mod both;
mod client;
mod smh;

use std::collections::BTreeMap;

use client::Client;

use crate::scenario::prng::Prng;

/// Whom to shake and with which credentials.
#[derive(Debug, Clone)]
pub struct Target {
    /// `http://127.0.0.1:PORT`, Accurate's account host, without a path.
    pub base_url: String,
    /// Accurate's API token.
    pub accurate_token: String,
    /// The secret that signs calls with it.
    pub accurate_secret: String,
    /// The branch that records made in Accurate belong to, unless they belong to all.
    pub accurate_branch: Option<u64>,
    /// `http://127.0.0.1:PORT/smh/api/v1`.
    pub smh_url: String,
    /// SMH's key.
    pub smh_token: String,
}

impl Target {
    /// A target from the two maps of settings that a sandbox hands out.
    ///
    /// # Errors
    /// When a setting is missing.
    pub fn from_settings(
        accurate: &BTreeMap<String, String>,
        smh: &BTreeMap<String, String>,
    ) -> Result<Self, ShakeError> {
        let need = |settings: &BTreeMap<String, String>, system: &'static str, name: &'static str| {
            settings.get(name).cloned().ok_or(ShakeError::Setting { system, name })
        };
        Ok(Self {
            base_url: need(accurate, "Accurate", "base_url")?,
            accurate_token: need(accurate, "Accurate", "token")?,
            accurate_secret: need(accurate, "Accurate", "secret")?,
            accurate_branch: accurate.get("branch").and_then(|branch| branch.parse().ok()),
            smh_url: need(smh, "SMH", "base_url")?,
            smh_token: need(smh, "SMH", "token")?,
        })
    }
}

/// Why shaking stopped.
#[derive(Debug, thiserror::Error)]
pub enum ShakeError {
    /// The settings do not say everything.
    #[error("the settings for {system} lack {name}; take them from a running sandbox")]
    Setting {
        /// The system.
        system: &'static str,
        /// The setting.
        name: &'static str,
    },
    /// No answer, or none that can be understood.
    #[error(
        "{url} did not answer as expected: {reason}. Check that the sandbox runs and that the credentials are its own"
    )]
    Call {
        /// What was called.
        url: String,
        /// What happened.
        reason: String,
    },
    /// Nothing could be changed any more.
    #[error(
        "only {done} of {wanted} edits could be made; the last one was refused: {reason}. Look at the records, or use another seed"
    )]
    Stuck {
        /// Edits made.
        done: usize,
        /// Edits asked for.
        wanted: u32,
        /// Why the last one failed.
        reason: String,
    },
    /// The machinery for calls could not be set up.
    #[error("the client for {what} cannot be started: {reason}. Free some memory or threads and try again")]
    Start {
        /// What was to be started.
        what: &'static str,
        /// Why it did not start.
        reason: String,
    },
}

/// What became of one try.
type Outcome = Result<Done, ShakeError>;

/// A try that reached the systems.
enum Done {
    /// Something was changed; this line tells what.
    Yes(String),
    /// Nothing was changed, for this reason.
    No(String),
}

/// Tries in a row that may come to nothing before giving up: with few records many a change is not possible.
const PATIENCE: u32 = 60;

/// Makes `edits` random changes and returns a line for each.
///
/// # Errors
/// When a system does not answer, or when nothing can be changed any more.
pub fn shake(target: &Target, seed: u64, edits: u32) -> Result<Vec<String>, ShakeError> {
    // A thread of its own, so that callers inside an asynchronous runtime may call this too.
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| run(target, seed, edits));
        worker
            .join()
            .unwrap_or_else(|_| Err(ShakeError::Start { what: "shaking", reason: "its thread failed".to_owned() }))
    })
}

fn run(target: &Target, seed: u64, edits: u32) -> Result<Vec<String>, ShakeError> {
    let mut shaker = Shaker { client: Client::new(target)?, prng: Prng::new(seed), branch: target.accurate_branch };
    let mut lines: Vec<String> = Vec::new();
    let mut in_vain = 0;
    while lines.len() < usize::try_from(edits).unwrap_or(usize::MAX) {
        match shaker.edit()? {
            Done::Yes(line) => {
                lines.push(line);
                in_vain = 0;
            }
            Done::No(_) if in_vain < PATIENCE => in_vain += 1,
            Done::No(reason) => return Err(ShakeError::Stuck { done: lines.len(), wanted: edits, reason }),
        }
    }
    Ok(lines)
}

/// Someone at work in both systems.
struct Shaker {
    client: Client,
    prng: Prng,
    branch: Option<u64>,
}

impl Shaker {
    /// One change, or one on each side of the same record.
    fn edit(&mut self) -> Outcome {
        match self.prng.below(100) {
            0..12 => self.edit_smh_customer(),
            12..20 => self.edit_smh_product(),
            20..23 => self.edit_smh_employee(),
            23..29 => self.create_smh_customer(),
            29..33 => self.create_smh_product(),
            33..35 => self.create_smh_employee(),
            35..43 => self.create_smh_order(),
            43..49 => self.edit_smh_order(),
            49..54 => self.delete_in_smh(),
            54..66 => self.edit_accurate_customer(),
            66..75 => self.edit_accurate_item(),
            75..78 => self.edit_accurate_employee(),
            78..83 => self.create_in_accurate(),
            83..88 => self.delete_in_accurate(),
            88..94 => self.edit_same_field_on_both_sides(),
            _ => self.edit_different_fields_on_both_sides(),
        }
    }
}
