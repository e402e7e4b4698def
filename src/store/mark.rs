//! A note beside the state file of how far it has come: an older copy that is put back in its place is told from the file itself.

use crate::{Reader, StoreError, Writer};
use std::path::{Path, PathBuf};

/// How the note is called, after the state file's name.
pub(crate) const ENDING: &str = "-mark";

pub(crate) fn place(state: &Path) -> PathBuf {
    PathBuf::from(format!("{}{ENDING}", state.display()))
}

impl Reader {
    /// How far the state had come once, if that is further than this file: it is an older copy, or the file was lost and this one is new.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn once_was(&self) -> Result<Option<u64>, StoreError> {
        // A note that is not there or makes no sense says nothing.
        let Ok(note) = std::fs::read_to_string(place(&self.path)) else { return Ok(None) };
        let Some((lineage, generation)) = note.trim().split_once(' ') else { return Ok(None) };
        let Ok(generation) = generation.parse::<u64>() else { return Ok(None) };
        let now = self.generation()?;
        let is_its_own = lineage == self.lineage()? || now == 0;
        Ok((is_its_own && generation > now).then_some(generation))
    }
}

impl Writer {
    /// Notes how far the state has come.
    pub(crate) fn mark_progress(&self) -> Result<(), StoreError> {
        let note = format!("{} {}\n", self.lineage()?, self.generation()?);
        // Without the note an older copy is not recognised; that is no reason to end a run whose work is done.
        let _ = std::fs::write(place(&self.reader.path), note);
        Ok(())
    }
}
