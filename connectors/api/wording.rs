//! Words in more than one language: what is said is a key with arguments, and catalogues turn it into a sentence. A connector hands its catalogues
//! over in its manifest, the host chooses the language. Which failures there are is the business of whoever makes them.

use crate::Failure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Something to be said, in no language yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Wording {
    /// The key in the catalogue, such as `accurate-no-branch`.
    pub key: String,
    /// Arguments that are the same in every language: names, numbers, the words of a system.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
    /// Arguments that are worded themselves.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, Wording>,
}

impl Wording {
    /// A wording without arguments.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self { key: key.to_owned(), args: BTreeMap::new(), parts: BTreeMap::new() }
    }

    /// The same with an argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// The same with an argument that is worded itself.
    #[must_use]
    pub fn part(mut self, name: &str, value: Wording) -> Self {
        self.parts.insert(name.to_owned(), value);
        self
    }

    /// The same with what a failure says as an argument.
    #[must_use]
    pub fn because(mut self, name: &str, failure: &Failure) -> Self {
        if let Some(wording) = &failure.wording {
            self.parts.insert(name.to_owned(), (**wording).clone());
        }
        self.with(name, &failure.text)
    }

    /// The failure that says this.
    #[must_use]
    pub fn failure(self, code: crate::Code, phrases: Phrases<'_>) -> Failure {
        Failure::new(code, "").saying(self, phrases)
    }
}

/// A catalogue in the simplest form of Fluent: a line `key = text` for each, more lines of it four spaces further in, arguments as `{ $name }`.
#[derive(Clone, Copy, Debug)]
pub struct Phrases<'a>(pub &'a str);

impl<'a> Phrases<'a> {
    /// The sentence; `None` where the key is not in the catalogue. A part that this catalogue does not know is said by `other`, else as the
    /// argument of the same name says it.
    #[must_use]
    pub fn say(self, wording: &Wording, other: &dyn Fn(&Wording) -> Option<String>) -> Option<String> {
        let text = self.template(&wording.key)?;
        let argument = |name: &str| {
            let part = wording.parts.get(name);
            part.and_then(|part| self.say(part, other).or_else(|| other(part)))
                .or_else(|| wording.args.get(name).cloned())
                .unwrap_or_else(|| "?".to_owned())
        };
        // From left to right; what an argument says is never looked through for arguments.
        let mut told = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("{ $") {
            let (name, tail) = after.split_once(" }").unwrap_or((after, ""));
            told.push_str(before);
            told.push_str(&argument(name));
            rest = tail;
        }
        told.push_str(rest);
        Some(told)
    }

    /// The text of a key, with its arguments still open.
    fn template(self, key: &str) -> Option<String> {
        let mut lines =
            self.0.lines().skip_while(|line| line.strip_prefix(key).is_none_or(|rest| !rest.starts_with(" = ")));
        let first = lines.next()?.split_once(" = ")?.1;
        let more = lines.take_while(|line| line.starts_with("    "));
        Some(std::iter::once(first).chain(more).collect::<Vec<_>>().join("\n"))
    }

    /// The keys with the names of their arguments, for tests that compare languages.
    #[must_use]
    pub fn arguments(self) -> BTreeMap<&'a str, BTreeSet<String>> {
        let keys =
            self.0.lines().filter(|line| !line.starts_with([' ', '#'])).filter_map(|line| line.split_once(" = "));
        keys.map(|(key, _)| {
            let text = self.template(key).unwrap_or_default();
            let names = text.split("{ $").skip(1).filter_map(|part| Some(part.split_once(" }")?.0.to_owned()));
            (key, names.collect())
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

    const EN: Phrases<'_> = Phrases(
        "# of us\nmoved = { $what }: it moved to { $place }.\nclosed = It is closed: { $why }\n    Come back later.\n",
    );
    const ID: Phrases<'_> =
        Phrases("moved = { $what }: pindah ke { $place }.\nclosed = Sedang tutup: { $why }\n    Coba lagi nanti.\n");

    fn alone(phrases: Phrases<'_>, wording: &Wording) -> Option<String> {
        phrases.say(wording, &|_| None)
    }

    #[test]
    fn parts_are_said_in_the_language_of_the_whole() {
        let moved =
            Wording::new("moved").with("what", "list.do").with("place", "{ $what }").failure(Code::Protocol, EN);
        assert_eq!(moved.text, "list.do: it moved to { $what }.", "arguments are not looked through");
        let closed = Wording::new("closed").because("why", &moved).failure(Code::Protocol, EN);
        assert_eq!(closed.text, "It is closed: list.do: it moved to { $what }.\n    Come back later.");
        let told = alone(ID, closed.wording.as_ref().unwrap()).unwrap();
        assert_eq!(told, "Sedang tutup: list.do: pindah ke { $what }.\n    Coba lagi nanti.");
    }

    #[test]
    fn what_no_catalogue_knows_stays_as_it_was_said() {
        let strange = Failure::new(Code::Protocol, "Gudang penuh");
        let closed = Wording::new("closed").because("why", &strange);
        assert_eq!(alone(ID, &closed).unwrap(), "Sedang tutup: Gudang penuh\n    Coba lagi nanti.");
        let foreign = Wording::new("other-key").failure(Code::Protocol, EN);
        assert_eq!(foreign.text, "other-key");
        let closed = Wording::new("closed").because("why", &foreign);
        assert_eq!(ID.say(&closed, &|_| Some("lain".to_owned())).unwrap(), "Sedang tutup: lain\n    Coba lagi nanti.");
        assert_eq!(alone(ID, &Wording::new("other-key")), None);
    }

    #[test]
    fn the_arguments_of_each_key_are_known() {
        assert_eq!(EN.arguments(), ID.arguments());
        assert_eq!(EN.arguments()["moved"].iter().collect::<Vec<_>>(), ["place", "what"]);
        assert_eq!(EN.arguments().len(), 2);
    }
}
