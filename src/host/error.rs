//! What can go wrong before a system is asked anything: a key of the catalogue with its arguments. The texts stand in `messages.*.ftl`
//! beside this file; what a system or connector answers is a `Failure`, not this.

use selaras_connector_api::{Code, Failure, Phrases, Wording};
use selaras_model::Message;
use std::fmt;

/// The English texts, for `Display` and for the command line's catalogue.
pub const MESSAGES_EN: &str = include_str!("messages.en.ftl");
/// The Indonesian texts, for the command line's catalogue.
pub const MESSAGES_ID: &str = include_str!("messages.id.ftl");

/// The host cannot do what it was asked: a connector is missing or unfit, a setting is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostError {
    wording: Wording,
    notes: Vec<Message>,
}

impl HostError {
    pub(crate) fn new(key: &str) -> Self {
        Self { wording: Wording::new(key), notes: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.wording = self.wording.with(name, value);
        self
    }

    pub(crate) fn part(mut self, name: &str, value: Wording) -> Self {
        self.wording = self.wording.part(name, value);
        self
    }

    /// With what a failure says as an argument.
    pub(crate) fn because(mut self, name: &str, failure: &Failure) -> Self {
        self.wording = self.wording.because(name, failure);
        self
    }

    pub(crate) fn noting(mut self, notes: Vec<Message>) -> Self {
        self.notes = notes;
        self
    }

    /// The same as a failure of an operation.
    pub(crate) fn fail(self, code: Code) -> Failure {
        let text = self.to_string();
        Failure { text, ..self.wording.failure(code, Phrases(MESSAGES_EN)) }
    }

    /// The key in the catalogue.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.wording.key
    }

    /// The message for the catalogue. What is told in sentences of its own (places that were tried, what a system said) is told in English; see
    /// [`HostError::message_by`].
    #[must_use]
    pub fn message(&self) -> Message {
        self.message_by(&english)
    }

    /// The message, with what is told in sentences of its own told by the caller's catalogue.
    #[must_use]
    pub fn message_by(&self, catalogue: &dyn Fn(&Message) -> String) -> Message {
        let message = flat(&self.wording, catalogue);
        if self.notes.is_empty() {
            return message;
        }
        let lines: Vec<String> = self.notes.iter().map(catalogue).collect();
        message.with("tried", lines.join("\n    "))
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
        error.fail(Code::Settings)
    }
}

/// A wording as a message, its parts told by a catalogue.
fn flat(wording: &Wording, catalogue: &dyn Fn(&Message) -> String) -> Message {
    let mut message = Message { key: wording.key.clone(), args: wording.args.clone() };
    for (name, part) in &wording.parts {
        message.args.insert(name.clone(), catalogue(&flat(part, catalogue)));
    }
    message
}

/// A message in English.
fn english(message: &Message) -> String {
    let wording = Wording { args: message.args.clone(), ..Wording::new(&message.key) };
    Phrases(MESSAGES_EN).say(&wording, &|_| None).unwrap_or_else(|| message.key.clone())
}

/// A failure in another language, as far as the catalogues know it: the connector's own first, then the host's. The wording is used up.
pub(crate) fn told(mut failure: Failure, language: &str, own: Option<&str>) -> Failure {
    let Some(wording) = failure.wording.take() else { return failure };
    let host = match language {
        "id" => Some(MESSAGES_ID),
        _ => None,
    };
    let from = |catalogue: Option<&str>, wording: &Wording| {
        // A part of either kind is said by the other catalogue.
        let other = |part: &Wording| [own, host].into_iter().flatten().find_map(|c| Phrases(c).say(part, &|_| None));
        Phrases(catalogue?).say(wording, &other)
    };
    if let Some(text) = from(own, &wording).or_else(|| from(host, &wording)) {
        failure.text = text;
    }
    failure
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn both_languages_have_the_same_keys_and_arguments() {
        assert!(Phrases(MESSAGES_EN).arguments().len() > 20);
        assert_eq!(Phrases(MESSAGES_EN).arguments(), Phrases(MESSAGES_ID).arguments());
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
        let told: BTreeSet<String> = Phrases(MESSAGES_EN).arguments().into_keys().map(str::to_owned).collect();
        assert_eq!(used, told);
    }

    #[test]
    fn arguments_are_not_put_into_arguments() {
        let error = HostError::new("host-file-unreadable").with("file", "{ $why }").with("why", "gone");
        assert_eq!(error.to_string(), "{ $why } cannot be read: gone");
    }

    #[test]
    fn a_failure_is_told_in_the_language_of_whoever_asks() {
        let lost =
            HostError::new("host-answer-lost").with("place", "http://x").with("why", "reset").fail(Code::Unavailable);
        let own = "own-list = daftar gagal: { $why }";
        let whole = Wording::new("own-list")
            .because("why", &lost)
            .failure(Code::Protocol, Phrases("own-list = the list failed: { $why }"));
        assert!(whole.text.starts_with("the list failed: http://x: "), "{whole}");
        let told = told(whole.clone(), "id", Some(own));
        assert_eq!(told.text, "daftar gagal: http://x: jawabannya hilang (reset)");
        assert_eq!(told.wording, None);
        assert_eq!(super::told(lost.clone(), "en", None).text, lost.text);
        assert_eq!(super::told(Failure::new(Code::Invalid, "Gudang penuh"), "id", None).text, "Gudang penuh");
        let error = HostError::new("host-oauth-lost").with("system", "a").because("why", &lost);
        let message = error.message_by(&|message| format!("<{}>", message.key));
        assert_eq!(message.args["why"], "<host-answer-lost>");
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
