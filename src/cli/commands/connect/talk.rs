//! Questions and answers on a terminal. Without a terminal nothing is asked.

use super::Connecting;
use crate::console;
use crate::failure::Failure;
use selaras_host::Secret;
use std::io::{self, BufRead, IsTerminal};

impl Connecting<'_> {
    /// A question that is answered with yes or no; Ctrl-C is a no.
    pub(super) fn ask(&self, key: &str) -> bool {
        console::ask(&self.context.catalogue, key, &self.cancel)
    }

    /// A line: typed on a terminal, or the first one that is piped in; `None` if there is none.
    pub(super) fn line(&self, key: &str) -> Result<Option<String>, Failure> {
        if console::can_ask() {
            return Ok(console::line(&self.context.catalogue.text(key), &self.cancel));
        }
        if io::stdin().is_terminal() {
            return Ok(None);
        }
        let mut text = String::new();
        io::stdin().lock().read_line(&mut text).map_err(Failure::as_is)?;
        Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
    }

    /// Something that must not be seen; `None` without a terminal.
    pub(super) fn hidden(&self, key: &str) -> Result<Option<Secret>, Failure> {
        if !console::can_ask() {
            return Ok(None);
        }
        let typed = rpassword::prompt_password(format!("{} ", self.context.catalogue.text(key)));
        Ok(Some(Secret::new(typed.map_err(Failure::as_is)?)).filter(|secret| !secret.is_empty()))
    }
}
