//! Help in the language of the reader: the words of `args` in English, those of `lang/help.id.ftl` in Indonesian.

use crate::args::Cli;
use crate::catalogue::Catalogue;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::locale::Lang;
use anstyle::{AnsiColor, Style};
use clap::builder::Styles;
use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory};
use selaras_model::Message;
use std::ffi::OsString;

/// The command line with its help in a language.
#[must_use]
pub fn command(catalogue: &Catalogue) -> Command {
    let codes =
        Exit::ALL.map(|exit| format!("  {}  {}", exit.code(), catalogue.text(&format!("exit-{}", exit.code()))));
    let heading = catalogue.text("exit-title");
    let (on, off) = (heading_style().render(), heading_style().render_reset());
    let version =
        Arg::new("version").short('V').long("version").action(ArgAction::Version).help(catalogue.text("help-version"));
    localise(Cli::command(), catalogue, "")
        .disable_version_flag(true)
        .arg(version.help_heading(catalogue.text("help-options")))
        .styles(Styles::styled().header(heading_style()).usage(heading_style()).literal(Style::new().bold()))
        .after_help(format!("{on}{heading}:{off}\n{}", codes.join("\n")))
}

/// The language that help and errors about flags are in: flags are not read yet, so it is looked for by hand.
#[must_use]
pub fn early_language(args: &[OsString], var: impl Fn(&str) -> Option<String>) -> Lang {
    let mut texts = args.iter().filter_map(|arg| arg.to_str());
    while let Some(text) = texts.next() {
        let value = if text == "--lang" { texts.next() } else { text.strip_prefix("--lang=") };
        match value {
            Some("id") => return Lang::Id,
            Some("en") => return Lang::En,
            _ => {}
        }
    }
    Lang::of_environment(var)
}

/// A mistake in the flags, in our own words: clap knows only English. Rare kinds are left to it, and so is help.
#[must_use]
pub fn wrong(error: &clap::Error) -> Option<Failure> {
    let context = |kind| error.get(kind).map(ToString::to_string);
    let (key, what) = match error.kind() {
        ErrorKind::InvalidSubcommand => ("usage-command", context(ContextKind::InvalidSubcommand)?),
        ErrorKind::UnknownArgument => ("usage-unknown", context(ContextKind::InvalidArg)?),
        ErrorKind::MissingRequiredArgument => ("usage-missing", context(ContextKind::InvalidArg)?),
        ErrorKind::ArgumentConflict => ("usage-conflict", context(ContextKind::InvalidArg)?),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => ("usage-value", context(ContextKind::InvalidArg)?),
        _ => return None,
    };
    let empty = String::new;
    let value = context(ContextKind::InvalidValue).unwrap_or_else(empty);
    let key = if key == "usage-value" && value.is_empty() { "usage-no-value" } else { key };
    let other = context(ContextKind::PriorArg).unwrap_or_else(empty);
    let message = Message::new(key).with("what", what).with("value", value).with("other", other);
    let near = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let help = match (
        near.into_iter().find_map(context),
        context(ContextKind::ValidValue).filter(|known| !known.is_empty()),
    ) {
        (Some(near), _) => Message::new("entity-unknown-near").with("near", near),
        (None, Some(known)) => Message::new("usage-possible").with("known", known),
        (None, None) => Message::new("usage-help"),
    };
    Some(Failure::new(message).help(help))
}

fn heading_style() -> Style {
    AnsiColor::Green.on_default().bold()
}

/// Commands within commands may have one name under several parents; then the key names the parent, too.
fn key_name(catalogue: &Catalogue, parent: &str, name: &str) -> String {
    let long = format!("{parent}-{name}");
    if catalogue.has(&format!("help-{long}")) { long } else { name.to_owned() }
}

fn localise(command: Command, catalogue: &Catalogue, parent: &str) -> Command {
    let own = command.get_name().to_owned();
    let name = key_name(catalogue, parent, &own);
    let options = catalogue.text("help-options");
    let arguments = catalogue.text("help-arguments");
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help(catalogue.text("help-help"));
    let mut command = command
        .disable_help_flag(true)
        .mut_args(|arg| {
            let heading = if arg.is_positional() { arguments.clone() } else { options.clone() };
            let arg = arg.help_heading(heading);
            match words(catalogue, &format!("help-{name}-{}", arg.get_id()), &format!("help-arg-{}", arg.get_id())) {
                Some(text) => arg.help(text),
                None => arg,
            }
        })
        .arg(help.help_heading(options))
        .subcommand_help_heading(catalogue.text("help-commands"))
        .help_template(template(catalogue));
    if let Some(text) = words(catalogue, &format!("help-{name}"), "") {
        command = command.about(text);
    }
    let names: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    for inner in names {
        command = command.mut_subcommand(inner, |inner| localise(inner, catalogue, &own));
    }
    command
}

/// The Indonesian words of a key, or else of another. English ones are in the command already.
fn words(catalogue: &Catalogue, key: &str, otherwise: &str) -> Option<String> {
    let found = [key, otherwise].into_iter().find(|key| catalogue.has(key))?;
    (catalogue.lang() == Lang::Id).then(|| catalogue.render(&Message::new(found)))
}

fn template(catalogue: &Catalogue) -> String {
    let (on, off) = (heading_style().render(), heading_style().render_reset());
    format!(
        "{{about-with-newline}}\n{on}{}:{off} {{usage}}\n\n{{all-args}}{{after-help}}",
        catalogue.text("help-usage")
    )
}

#[cfg(test)]
#[path = "tests/help.rs"]
mod tests;
