//! A test that every message of this half has its words in both languages, with the same arguments.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn catalogue(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let lines = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
    lines.map(|(key, words)| (key.to_owned(), placeholders(words))).collect()
}

fn placeholders(words: &str) -> BTreeSet<String> {
    words.split("{ $").skip(1).filter_map(|rest| Some(rest.split_once(" }")?.0.to_owned())).collect()
}

fn keys_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            keys_in(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let is_key = |text: &&str| {
                text.strip_prefix("map-").is_some_and(|rest| {
                    rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') && !rest.is_empty()
                })
            };
            found.extend(text.split('"').filter(is_key).map(str::to_owned));
        }
    }
}

#[test]
fn every_message_has_its_words_in_both_languages() {
    let (english, indonesian) =
        (catalogue(include_str!("../messages.en.ftl")), catalogue(include_str!("../messages.id.ftl")));
    assert_eq!(english, indonesian, "the same keys with the same arguments");
    let mut used = BTreeSet::new();
    keys_in(Path::new(env!("CARGO_MANIFEST_DIR")), &mut used);
    let written: BTreeSet<String> = english.into_keys().collect();
    assert_eq!(used, written);
}
