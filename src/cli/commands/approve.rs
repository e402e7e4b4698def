//! `runner approve`: a person lets exactly one plan go beyond the guards. Needs no connection; it is written down with who and why.

use super::Context;
use super::by_hand::signed;
use super::session::{STATE, lineage, place_flags};
use crate::args::ApproveArgs;
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lease::Waiting;
use selaras_model::Message;
use selaras_run::{Approval, note_approval};
use selaras_store::StoreError;

/// The shortest part of a plan's hash that names it, and the whole.
const LENGTHS: std::ops::RangeInclusive<usize> = 12..=32;

/// Runs the command.
pub fn run(context: &Context, args: &ApproveArgs) -> Result<Exit, Failure> {
    let approval = approval(&args.hash, &args.because)?;
    let path = context.loaded.state_dir(args.place.state.as_deref()).join(STATE);
    let waiting = Waiting::new(context, args.wait, "runner approve");
    let again = |held: &StoreError| waiting.again(held);
    note_approval(&path, &lineage(), &approval, &waiting.taking(&again)).map_err(super::session::failed)?;
    let said = Message::new("approved").with("hash", &approval.hash).with("by", &approval.signature.by);
    console::say(&context.catalogue.render(&said.with("because", &approval.signature.because)));
    console::say(&format!("    runner apply MAPPING{}", place_flags(&args.place)));
    Ok(Exit::Done)
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
