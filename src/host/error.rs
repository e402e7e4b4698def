//! What can go wrong before a system is asked anything: a key of the catalogue with its arguments. The texts stand in `messages.*.ftl`
//! beside this file; what a system or connector answers is a `Failure`, not this.

use selaras_connector_api::{Code, Failure};
use selaras_model::Message;
use std::fmt;

/// The English texts, for `Display` and for the command line's catalogue.
pub const MESSAGES_EN: &str = include_str!("messages.en.ftl");
/// The Indonesian texts, for the command line's catalogue.
pub const MESSAGES_ID: &str = include_str!("messages.id.ftl");

/// The host cannot do what it was asked: a connector is missing or unfit, a setting is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostError {
    message: Message,
    notes: Vec<Message>,
}

impl HostError {
    pub(crate) fn new(key: &str) -> Self {
        Self { message: Message::new(key), notes: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.message = self.message.with(name, value);
        self
    }

    pub(crate) fn noting(mut self, notes: Vec<Message>) -> Self {
        self.notes = notes;
        self
    }

    /// The key in the catalogue.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.message.key
    }

    /// The message for the catalogue. Where places were tried, the argument `tried` tells them in English; see [`HostError::message_by`].
    #[must_use]
    pub fn message(&self) -> Message {
        self.message_by(&english)
    }

    /// The message, with the places that were tried told by the caller's catalogue.
    #[must_use]
    pub fn message_by(&self, catalogue: &dyn Fn(&Message) -> String) -> Message {
        if self.notes.is_empty() {
            return self.message.clone();
        }
        let lines: Vec<String> = self.notes.iter().map(catalogue).collect();
        self.message.clone().with("tried", lines.join("\n    "))
    }

    /// The places that were tried, each with the reason why it was not the one.
    #[must_use]
    pub fn notes(&self) -> &[Message] {
        &self.notes
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&english(&self.message()))
    }
}

impl std::error::Error for HostError {}

impl From<HostError> for Failure {
    fn from(error: HostError) -> Self {
        Failure::new(Code::Settings, error.to_string())
    }
}

/// A message in English. Knows as much Fluent as our own file uses: texts over several lines, and arguments.
fn english(message: &Message) -> String {
    let Some(text) = template(MESSAGES_EN, &message.key) else { return message.key.clone() };
    // Arguments are put in from left to right, never into one another.
    let mut told = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("{ $") {
        let (name, tail) = after.split_once(" }").unwrap_or((after, ""));
        told.push_str(before);
        told.push_str(message.args.get(name).map_or("?", String::as_str));
        rest = tail;
    }
    told.push_str(rest);
    told
}

/// The text of a key in a catalogue file.
fn template(catalogue: &str, key: &str) -> Option<String> {
    let mut lines =
        catalogue.lines().skip_while(|line| line.strip_prefix(key).is_none_or(|rest| !rest.starts_with(" = ")));
    let first = lines.next()?.split_once(" = ")?.1;
    let more = lines.take_while(|line| line.starts_with("    "));
    Some(std::iter::once(first).chain(more).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn arguments(catalogue: &str) -> BTreeMap<String, BTreeSet<String>> {
        let keys =
            catalogue.lines().filter(|line| line.starts_with("host-")).map(|line| line.split(" = ").next().unwrap());
        keys.map(|key| {
            let text = template(catalogue, key).unwrap();
            let names = text.split("{ $").skip(1).map(|part| part.split(" }").next().unwrap().to_owned());
            (key.to_owned(), names.collect())
        })
        .collect()
    }

    #[test]
    fn both_languages_have_the_same_keys_and_arguments() {
        assert!(arguments(MESSAGES_EN).len() > 20);
        assert_eq!(arguments(MESSAGES_EN), arguments(MESSAGES_ID));
    }

    #[test]
    fn every_key_in_the_code_has_a_text_and_the_other_way_round() {
        let root = env!("CARGO_MANIFEST_DIR");
        let code: String = ["", "/oauth", "/vault"]
            .iter()
            .flat_map(|folder| std::fs::read_dir(format!("{root}{folder}")).unwrap())
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect();
        let used: BTreeSet<String> = code
            .split("\"host-")
            .skip(1)
            .map(|part| format!("host-{}", part.split('"').next().unwrap()))
            .filter(|key| key.len() > "host-".len() && key.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
            .collect();
        let told: BTreeSet<String> = arguments(MESSAGES_EN).into_keys().collect();
        assert_eq!(used, told);
    }

    #[test]
    fn arguments_are_not_put_into_arguments() {
        let error = HostError::new("host-file-unreadable").with("file", "{ $why }").with("why", "gone");
        assert_eq!(error.to_string(), "{ $why } cannot be read: gone");
    }

    #[test]
    fn notes_are_told_by_the_callers_catalogue() {
        let note = Message::new("host-tried-no-file").with("place", "/x");
        let error = HostError::new("host-connector-not-found").with("name", "a").noting(vec![note]);
        assert!(error.to_string().ends_with("Looked at:\n    /x: there is no such file"), "{error}");
        let told = error.message_by(&|note| format!("<{}>", note.key));
        assert_eq!(told.args["tried"], "<host-tried-no-file>");
    }
}
