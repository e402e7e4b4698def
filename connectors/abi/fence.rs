//! The panic fence of one library: catches, remembers, and refuses from then on.

use selaras_connector_api::{Code, Failure};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

/// The fence around a library. There is one in each, made by `export!`.
#[derive(Debug)]
pub struct Fence {
    /// What it said when it panicked for the first time.
    first: OnceLock<String>,
}

impl Default for Fence {
    fn default() -> Self {
        Self::new()
    }
}

impl Fence {
    /// A fence that nothing has hit yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { first: OnceLock::new() }
    }

    /// What the library said when it panicked, if it did.
    #[must_use]
    pub fn poisoned(&self) -> Option<&str> {
        self.first.get().map(String::as_str)
    }

    /// Does something that may panic. Nothing: it did, and the library is poisoned.
    pub(crate) fn guard<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        // After a panic nothing behind the fence is used again, so its state need not be sound.
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(value) => Some(value),
            Err(payload) => {
                let _ = self.first.set(panic_text(payload.as_ref()));
                // Dropping a payload can itself panic.
                std::mem::forget(payload);
                None
            }
        }
    }

    /// The failure that tells of the panic.
    pub(crate) fn failure(&self) -> Failure {
        let said = self.poisoned().unwrap_or("for an unknown reason");
        Failure::new(
            Code::Internal,
            format!("the connector panicked and is not used again in this run: {said}; report this to its author"),
        )
    }
}

/// What a panic said.
pub(crate) fn panic_text(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a text".to_owned());
    // A panic can quote a whole record; the beginning is enough to find it.
    match text.char_indices().nth(500) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
