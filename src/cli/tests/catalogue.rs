//! The catalogue is complete: both languages say the same things, and everything that the code may say has its words.

use super::{Catalogue, SOURCES};
use crate::locale::Lang;
use fluent_bundle::FluentResource;
use selaras_model::Message;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The arguments of each sentence.
fn arguments(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        let text = match line.split_once(" =") {
            Some((name, text)) if !line.starts_with([' ', '}', '*', '[']) => {
                name.clone_into(&mut key);
                assert!(found.insert(key.clone(), BTreeSet::new()).is_none(), "{key} stands there twice");
                text
            }
            _ => line,
        };
        let names = text.split('$').skip(1).map(|rest| {
            let name: String =
                rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).collect();
            // Words of the mapping's author come in both languages at once, and each sentence takes its own.
            name.trim_end_matches("-id").trim_end_matches("-en").to_owned()
        });
        if let Some(known) = found.get_mut(&key) {
            known.extend(names);
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_keys_and_arguments() {
    for (name, indonesian, english) in SOURCES {
        let (indonesian, english) = (arguments(indonesian), arguments(english));
        assert!(!english.is_empty(), "{name}");
        assert_eq!(indonesian, english, "{name}");
    }
}

#[test]
fn the_sources_are_fluent_and_no_key_is_taken_twice() {
    for lang in [Lang::Id, Lang::En] {
        let (_, faults) = Catalogue::from_sources(lang, SOURCES);
        assert!(faults.is_empty(), "{faults:#?}");
    }
    let help = include_str!("../lang/help.id.ftl");
    assert!(FluentResource::try_new(help.to_owned()).is_ok());
}

#[test]
fn every_file_of_sentences_is_included() {
    let sources = std::fs::read_to_string(format!("{}/catalogue.rs", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let files = walk(Path::new(&format!("{}/..", env!("CARGO_MANIFEST_DIR"))), "ftl");
    assert!(files.len() > 4);
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let folder = file.parent().unwrap().file_name().unwrap().to_str().unwrap();
        assert!(sources.contains(&format!("{folder}/{name}")), "{folder}/{name} is not in the catalogue");
    }
}

#[test]
fn everything_the_code_may_say_has_its_words() {
    let (indonesian, english) = (Catalogue::new(Lang::Id), Catalogue::new(Lang::En));
    let mut keys = BTreeSet::new();
    for file in walk(Path::new(&format!("{}/..", env!("CARGO_MANIFEST_DIR"))), "rs") {
        let in_tests = file.components().any(|part| part.as_os_str() == "tests") || file.ends_with("tests.rs");
        if in_tests
            || file.components().any(|part| part.as_os_str() == "sandbox") && !file.ends_with("commands/sandbox.rs")
        {
            continue;
        }
        let code = std::fs::read_to_string(&file).unwrap();
        // Test modules stand at the end of files and say what they like.
        let code = code.split("#[cfg(test)]").next().unwrap();
        keys.extend(literals(code, "Message::new(").into_iter().map(|key| (file.clone(), key)));
        keys.extend(literals(code, "HostError::new(").into_iter().map(|key| (file.clone(), key)));
        if file.components().any(|part| part.as_os_str() == "cli") {
            keys.extend(literals(code, ".text(").into_iter().map(|key| (file.clone(), key)));
        }
    }
    assert!(keys.len() > 60, "{keys:?}");
    let missing: Vec<_> = keys.iter().filter(|(_, key)| !indonesian.has(key) || !english.has(key)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

/// The literals that a call begins with.
fn literals(code: &str, call: &str) -> Vec<String> {
    let rest = code.split(call).skip(1).map(str::trim_start);
    rest.filter_map(|rest| Some(rest.strip_prefix('"')?.split_once('"')?.0.to_owned())).collect()
}

fn walk(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(walk(&path, ending));
        } else if path.extension().is_some_and(|found| found == ending) {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn plural_forms_follow_the_count_and_codes_stay_codes() {
    let english = Catalogue::new(Lang::En);
    let conflicts = |count: u64| english.render(&Message::new("verdict-conflicts").with("count", count));
    assert_eq!(conflicts(1), "1 conflict");
    assert_eq!(conflicts(1234), "1,234 conflicts");
    let indonesian = Catalogue::new(Lang::Id);
    assert_eq!(indonesian.render(&Message::new("verdict-conflicts").with("count", 1234)), "1.234 bentrok");
    for code in ["00012", "1234567", "C.1", "1.5", "-3", ""] {
        assert_eq!(indonesian.render(&Message::new("as-is").with("text", code)), code);
    }
}

#[test]
fn a_sentence_that_is_missing_shows_what_was_meant() {
    let catalogue = Catalogue::new(Lang::En);
    assert_eq!(catalogue.render(&Message::new("no-such-key").with("record", "C.1")), "⟨no-such-key record=C.1⟩");
    assert_eq!(catalogue.render(&Message::new("plan-title")), "⟨plan-title⟩", "an argument is missing");
}

/// Words that a bookkeeper would not know, or that name one thing twice.
#[test]
fn indonesian_calls_one_thing_by_one_name() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../");
    for file in [
        "cli/lang/id.ftl",
        "cli/lang/help.id.ftl",
        "run/messages.id.ftl",
        "store/messages.id.ftl",
        "plan/messages.id.ftl",
        "host/messages.id.ftl",
    ] {
        let text = std::fs::read_to_string(format!("{root}{file}")).unwrap().to_lowercase();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let words = || line.split(|c: char| !c.is_alphanumeric());
            assert!(!words().any(|word| ["niat", "diakui"].contains(&word)), "{file}: {line}");
            for name in [
                "berkas status",
                "penyimpan keadaan",
                "memegang status",
                "aturan mapping",
                "file mapping",
                "di mapping",
            ] {
                assert!(!line.contains(name), "{file}: {line}");
            }
        }
    }
    let waits = Message::new("plan-why-waits-days").with("system", "smh").with("count", 30);
    assert!(Catalogue::new(Lang::Id).render(&waits).contains("setelah 30 hari"));
}
