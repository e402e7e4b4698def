//! Every diagnostic code has a bad file in `tests/bad`, named after it, and its rendering beside it.

use crate::support::{Catalogue, manifest};
use selaras_mapping::compile;
use selaras_mapping::diagnostics::{TEXTS_EN, TEXTS_ID};
use selaras_mapping::render::{Style, line_column, one_line, render};
use selaras_model::{Diagnostic, Severity};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Codes without a file: a file too large to keep (tested in `text`), and our own mistakes.
const WITHOUT_FILE: [&str; 2] = ["M003", "M019"];

fn bad_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|it| it == "yaml"));
    files.sort();
    files
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap().to_str().unwrap().to_owned()
}

fn diagnostics(text: &str) -> (bool, Vec<Diagnostic>) {
    let toy = manifest("toy");
    let (mapping, found) = compile(text, |name| (name == "toy").then_some(&toy));
    (mapping.is_some(), found)
}

#[test]
fn bad_files_are_told_what_is_wrong() {
    let (english, indonesian) = (Catalogue::english(), Catalogue::indonesian());
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../bad");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for file in bad_files() {
            let name = stem(&file);
            let text = std::fs::read_to_string(&file).unwrap();
            let (_, found) = diagnostics(&text);
            let path = format!("{name}.yaml");
            let mut shown = render(&found, &text, &path, Style::Plain, |it| english.say(it));
            shown.push_str("\n\n");
            for diagnostic in &found {
                shown.push_str(&one_line(diagnostic, &text, &path, |it| indonesian.say(it)));
                shown.push('\n');
            }
            insta::assert_snapshot!(name, shown);
        }
    });
}

#[test]
fn bad_files_have_the_code_of_their_name() {
    for file in bad_files() {
        let name = stem(&file);
        let (compiled, found) = diagnostics(&std::fs::read_to_string(&file).unwrap());
        let expected = name.split('-').next().unwrap();
        let has = found.iter().any(|it| it.code == expected);
        assert!(has || name == "many-at-once", "{name}: {:?}", found.iter().map(|it| &it.code).collect::<Vec<_>>());
        let broken = found.iter().any(|it| it.severity == Severity::Error);
        assert_eq!(compiled, !broken, "{name}: a mapping exactly where there is no error");
    }
}

#[test]
fn one_run_reports_everything() {
    let text =
        std::fs::read_to_string(bad_files().into_iter().find(|file| stem(file) == "many-at-once").unwrap()).unwrap();
    let (_, found) = diagnostics(&text);
    let codes: BTreeSet<&str> = found.iter().map(|it| it.code.as_str()).collect();
    let expected = ["M010", "M013", "M015", "M022", "M024", "M030", "M031", "M032", "M036"];
    assert_eq!(codes, BTreeSet::from(expected));
    let lines: Vec<usize> = found.iter().map(|it| line_column(&text, it.labels[0].span.start).0).collect();
    assert!(lines.is_sorted(), "in the order of the file: {lines:?}");
}

#[test]
fn every_code_has_a_bad_file() {
    let source = include_str!("../../diagnostics.rs");
    let codes: BTreeSet<&str> = source.split('"').filter(|it| is_code(it)).collect();
    let stems: Vec<String> = bad_files().iter().map(|file| stem(file)).collect();
    let covered: BTreeSet<&str> = stems.iter().filter_map(|it| it.split('-').next()).filter(|it| is_code(it)).collect();
    let expected: BTreeSet<&str> = codes.iter().copied().filter(|it| !WITHOUT_FILE.contains(it)).collect();
    assert_eq!(covered, expected);
}

fn is_code(text: &str) -> bool {
    text.len() == 4 && text.starts_with('M') && text[1..].bytes().all(|byte| byte.is_ascii_digit())
}

#[test]
fn both_languages_have_the_same_texts() {
    let keys = |texts: &'static str| -> BTreeSet<&str> {
        texts
            .lines()
            .filter(|line| line.starts_with(char::is_alphabetic))
            .filter_map(|it| it.split(" =").next())
            .collect()
    };
    assert_eq!(keys(TEXTS_EN), keys(TEXTS_ID));
}

#[test]
fn every_text_is_used() {
    let source =
        [include_str!("../../diagnostics.rs"), include_str!("../../render.rs"), include_str!("../../compile/codec.rs")]
            .concat();
    for line in TEXTS_EN.lines().filter(|line| line.starts_with("diag-")) {
        let key = line.split(" =").next().unwrap();
        assert!(source.contains(&format!("\"{key}\"")), "{key} is said nowhere");
    }
}
