//! What the connector says, in English and Indonesian: keys here, sentences in `phrases.*.ftl` beside this file. What Accurate's own messages mean
//! stands in `messages`.

use selaras_connector_api::{Code, Failure, Phrases, Wording};

/// The English catalogue.
pub(crate) const EN: Phrases<'static> = Phrases(include_str!("phrases.en.ftl"));
/// The Indonesian catalogue, for the manifest.
pub(crate) const ID: &str = include_str!("phrases.id.ftl");

/// Something to be said.
pub(crate) fn say(key: &str) -> Wording {
    Wording::new(key)
}

/// A failure that says it.
pub(crate) fn fail(code: Code, wording: Wording) -> Failure {
    wording.failure(code, EN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn both_languages_say_the_same() {
        assert!(EN.arguments().len() > 60);
        assert_eq!(EN.arguments(), Phrases(ID).arguments());
    }

    #[test]
    fn every_key_in_the_code_has_a_sentence_and_the_other_way_round() {
        let code: String = std::fs::read_dir(env!("CARGO_MANIFEST_DIR"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect();
        let words: BTreeSet<&str> = code.split('"').collect();
        let known: BTreeSet<&str> = EN.arguments().into_keys().collect();
        let unused: Vec<_> = known.difference(&words).collect();
        assert!(unused.is_empty(), "said nowhere: {unused:?}");
        let is_key = |word: &&str| {
            ["accurate-", "advice-", "wanted-"].iter().any(|start| word.len() > start.len() && word.starts_with(start))
                && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
        };
        let unknown: Vec<_> = words.into_iter().filter(is_key).filter(|word| !known.contains(word)).collect();
        assert!(unknown.is_empty(), "without a sentence: {unknown:?}");
    }
}
