//! `runner approve`: a person lets exactly one plan go beyond the guards. Needs no connection; it is written down with who and why.

use super::Context;
use super::by_hand::{MAPPING, signed};
use super::session::{STATE, lineage, tail};
use crate::args::ApproveArgs;
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lease::Waiting;
use crate::project::Source;
use selaras_model::Message;
use selaras_run::{Approval, note_approval};
use selaras_store::StoreError;
use std::path::{Path, PathBuf};

/// The shortest part of a plan's hash that names it, and the whole.
const LENGTHS: std::ops::RangeInclusive<usize> = 12..=32;

/// Runs the command.
pub fn run(context: &Context, args: &ApproveArgs) -> Result<Exit, Failure> {
    let approval = approval(&args.hash, &args.because)?;
    let path = context.loaded.state_dir(args.place.state.as_deref()).join(STATE);
    // An approval in a folder that no run looks into would be none. The first run can be approved by `apply --approve`.
    if !path.exists() {
        let what = Message::new("approve-no-state").with("file", path.display());
        let command =
            format!("runner apply {} --approve {} --because '…'", tail(Path::new(MAPPING), &args.place), approval.hash);
        return Err(Failure::new(what).help(Message::new("approve-no-state-help").with("command", command)));
    }
    let refused = selaras_run::refused_plan(&path, &approval.hash).map_err(super::session::failed)?;
    let waiting = Waiting::new(context, args.wait, "runner approve");
    let again = |held: &StoreError| waiting.again(held);
    note_approval(&path, &lineage(), &approval, &waiting.taking(&again)).map_err(super::session::failed)?;
    let file = refused.as_ref().and_then(|run| mapping_file(context, &run.mapping));
    let key = match (&refused, &file) {
        (None, _) => "approved-unseen",
        (Some(_), Some(_)) => "approved",
        (Some(_), None) => "approved-no-file",
    };
    let said = Message::new(key).with("hash", &approval.hash).with("by", &approval.signature.by);
    let said = said.with("mapping", refused.map(|run| run.mapping).unwrap_or_default());
    console::say(&context.catalogue.render(&said.with("because", &approval.signature.because)));
    if let Some(file) = file {
        console::say(&format!("    runner apply {}", tail(&file, &args.place)));
    }
    Ok(Exit::Done)
}

/// The file of a mapping of this name, among those that lie where mappings lie.
fn mapping_file(context: &Context, name: &str) -> Option<PathBuf> {
    let usual = PathBuf::from(MAPPING);
    let folder = usual.parent().and_then(|folder| std::fs::read_dir(folder).ok());
    let mut others: Vec<PathBuf> = folder.into_iter().flatten().filter_map(|file| Some(file.ok()?.path())).collect();
    others.retain(|file| file.extension().is_some_and(|end| end == "yaml" || end == "yml"));
    others.sort();
    let named = |file: &PathBuf| {
        let source = Source::read(file, &context.loaded).ok();
        source.and_then(|source| source.mapping).is_some_and(|mapping| mapping.name == name)
    };
    std::iter::once(usual).chain(others).find(named)
}

/// An approval of the plan of this hash, signed now.
pub fn approval(hash: &str, because: &str) -> Result<Approval, Failure> {
    let hash = hash.trim().to_lowercase();
    let is_hash = LENGTHS.contains(&hash.len()) && hash.chars().all(|c| c.is_ascii_hexdigit());
    if !is_hash {
        let what = Message::new("approve-short").with("given", hash);
        return Err(Failure::new(what).help(Message::new("approve-short-help")));
    }
    Ok(Approval { hash, signature: signed(because)? })
}
