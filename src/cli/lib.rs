//! The command line: commands in, reports out, an exit code at the end.
//!
//! - `args`, `help`: the flags, and what is said of them
//! - `settings`: `runner.toml`
//! - `commands`: one file per command; none holds rules about data
//! - `connection`: how far a system is connected, and what is kept of it
//! - `report`: plans and runs as text, JSON, Markdown and HTML
//! - `catalogue`, `locale`, `lang/`: every sentence in two languages, numbers and dates
//!
//! What a run does is `selaras-run`'s business; nothing here decides about a record.

mod args;
mod args_by_hand;
mod catalogue;
mod commands;
mod connection;
mod console;
mod exit;
mod failure;
mod help;
mod lease;
mod locale;
mod progress;
mod project;
mod report;
mod settings;
mod signals;

#[cfg(test)]
#[path = "tests/fixture.rs"]
mod fixture;

pub use exit::Exit;

use args::Cli;
use catalogue::Catalogue;
use clap::FromArgMatches;
use std::ffi::OsString;

/// Runs the program: arguments (its own name first) in, exit code out.
#[must_use]
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    let early = Catalogue::new(help::early_language(&args, variable));
    let parsed = help::command(&early).try_get_matches_from(args).and_then(|matches| Cli::from_arg_matches(&matches));
    match parsed {
        Ok(cli) => {
            signals::outlive_full_files();
            commands::dispatch(cli)
        }
        Err(error) => {
            match help::wrong(&error) {
                Some(failure) => console::say_block(&failure.render(&early)),
                // clap prints to where it belongs: help to stdout, mistakes to stderr. Nobody is told if even that fails.
                None => error.print().unwrap_or_default(),
            }
            if error.use_stderr() { Exit::Error } else { Exit::Done }
        }
    }
}

/// An environment variable, if it is set to text.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
