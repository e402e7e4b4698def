//! Help is complete in both languages, and looks as it should.

use super::{command, early_language, key_name, wrong};
use crate::args::Cli;
use crate::catalogue::Catalogue;
use crate::locale::Lang;
use clap::{Command, CommandFactory};
use std::ffi::OsString;

fn help(lang: Lang, path: &[&str]) -> String {
    let mut command = command(&Catalogue::new(lang)).term_width(100);
    command.build();
    let mut found = &mut command;
    for name in path {
        found = found.find_subcommand_mut(name).unwrap();
    }
    found.render_help().to_string()
}

#[test]
fn help_texts() {
    insta::assert_snapshot!("help_id", help(Lang::Id, &[]));
    insta::assert_snapshot!("help_en", help(Lang::En, &[]));
    insta::assert_snapshot!("help_apply_id", help(Lang::Id, &["apply"]));
    insta::assert_snapshot!("help_apply_en", help(Lang::En, &["apply"]));
    insta::assert_snapshot!("help_sandbox_id", help(Lang::Id, &["sandbox"]));
}

fn check(command: &Command, indonesian: &Catalogue, parent: &str) {
    let own = command.get_name();
    let name = key_name(indonesian, parent, own);
    assert!(command.get_about().is_some(), "{name} has no English help");
    assert!(indonesian.has(&format!("help-{name}")), "{name} has no Indonesian help");
    for arg in command.get_arguments() {
        let id = arg.get_id();
        assert!(arg.get_help().is_some(), "{name} {id} has no English help");
        let keys = [format!("help-{name}-{id}"), format!("help-arg-{id}")];
        assert!(keys.iter().any(|key| indonesian.has(key)), "{name} {id} has no Indonesian help");
    }
    command.get_subcommands().for_each(|inner| check(inner, indonesian, own));
}

#[test]
fn every_command_and_flag_has_its_help_in_both_languages() {
    check(&Cli::command(), &Catalogue::new(Lang::Id), "");
    command(&Catalogue::new(Lang::Id)).debug_assert();
    command(&Catalogue::new(Lang::En)).debug_assert();
}

#[test]
fn the_language_of_help_is_found_before_flags_are_read() {
    let lang = |args: &[&str]| {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        early_language(&args, |name| (name == "LANG").then(|| "id_ID".to_owned()))
    };
    assert_eq!(lang(&["runner", "--help"]), Lang::Id);
    assert_eq!(lang(&["runner", "plan", "--lang", "en", "--help"]), Lang::En);
    assert_eq!(lang(&["runner", "--lang=en"]), Lang::En);
    assert_eq!(lang(&["runner", "--lang"]), Lang::Id);
}

#[test]
fn mistakes_in_the_flags_are_told_in_the_language_of_the_reader() {
    let told = |args: &[&str]| {
        let catalogue = Catalogue::new(Lang::Id);
        let args = ["runner"].iter().chain(args).map(OsString::from);
        let error = command(&catalogue).try_get_matches_from(args).unwrap_err();
        let failure = wrong(&error).map(|failure| failure.render(&catalogue)).unwrap_or_default();
        anstream::adapter::strip_str(&failure).to_string()
    };
    insta::assert_snapshot!(
        "mistakes_id",
        [
            told(&["aply", "m.yaml"]),
            told(&["plan"]),
            told(&["plan", "m.yaml", "--only", "sales"]),
            told(&["plan", "m.yaml", "--entty", "Gudang"]),
            told(&["sandbox", "--customers", "many"]),
            told(&["apply", "m.yaml", "--approve"]),
            told(&["sandbox", "shake", "--state", "a", "--url", "b"]),
        ]
        .join("")
    );
    assert_eq!(told(&["--help"]), "", "help is no mistake");
}
