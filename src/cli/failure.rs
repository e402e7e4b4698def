//! Errors for people: what happened, where, what to do next. And how they end the program.

use crate::catalogue::Catalogue;
use crate::exit::Exit;
use anstyle::{AnsiColor, Style};
use selaras_host::Unread;
use selaras_model::Message;
use selaras_store::AT_STATE;
use std::path::Path;

/// Why a command could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How the program ends.
    pub exit: Exit,
    /// What happened.
    pub what: Message,
    /// Where, such as `runner.toml:12:5`, with the lines concerned below it.
    pub place: Option<String>,
    /// What to do next.
    pub help: Option<Box<Message>>,
}

impl Failure {
    /// An error.
    #[must_use]
    pub fn new(what: Message) -> Self {
        Self { exit: Exit::Error, what, place: None, help: None }
    }

    /// An error in words that are ready.
    #[must_use]
    pub fn as_is(text: impl ToString) -> Self {
        Self::new(Message::new("as-is").with("text", text))
    }

    /// The same, ending the program otherwise.
    #[must_use]
    pub fn ending(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// The same with a place.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: Message) -> Self {
        self.help = Some(Box::new(help));
        self
    }

    /// The same with the flags that say which state commands about it mean, where it names such commands.
    #[must_use]
    pub fn at_state(mut self, flags: &str) -> Self {
        for message in [Some(&mut self.what), self.help.as_deref_mut()].into_iter().flatten() {
            if let Some(place) = message.args.get_mut(AT_STATE) {
                flags.clone_into(place);
            }
        }
        self
    }

    /// The same without the advice to wait for another runner: that was tried, or cannot be.
    #[must_use]
    pub fn without_waiting(mut self) -> Self {
        if ["store-locked", "store-locked-by-somebody", "store-elsewhere"].contains(&self.what.key.as_str()) {
            self.what.key.push_str("-no-wait");
        }
        self
    }

    /// A file that could not be read.
    #[must_use]
    pub fn unreadable(file: &Path, error: &std::io::Error) -> Self {
        Self::new(Message::new("file-unreadable").with("file", file.display()).with("why", error))
            .help(Message::new("file-unreadable-help"))
    }

    /// A file that people write and that could not be read.
    #[must_use]
    pub fn unread(file: &Path, unread: &Unread) -> Self {
        match unread {
            Unread::Io(error) => Self::unreadable(file, error),
            Unread::Special | Unread::TooLarge(_) => {
                Self::from(&unread.of(file)).help(Message::new("file-another-help"))
            }
        }
    }

    /// A file that could not be written.
    #[must_use]
    pub fn not_written(file: &Path, error: &std::io::Error) -> Self {
        Self::new(Message::new("file-not-written").with("file", file.display()).with("why", error))
            .help(Message::new("file-not-written-help"))
    }

    /// The lines for stderr, with styles in them.
    #[must_use]
    pub fn render(&self, catalogue: &Catalogue) -> String {
        let mut text = String::new();
        let red = AnsiColor::Red.on_default().bold();
        part(&mut text, red, &catalogue.text("error"), &catalogue.render(&self.what));
        let dim = AnsiColor::Cyan.on_default();
        if let Some(place) = &self.place {
            part(&mut text, dim, &format!("  {}", catalogue.text("error-where")), place);
        }
        if let Some(help) = &self.help {
            part(&mut text, dim, &format!("  {}", catalogue.text("error-help")), &catalogue.render(help));
        }
        text
    }
}

/// A tag and what belongs to it; further lines are indented below.
fn part(text: &mut String, style: Style, tag: &str, said: &str) {
    let mut lines = said.lines();
    let first = lines.next().unwrap_or_default();
    text.push_str(&format!("{style}{tag}:{style:#} {first}\n"));
    for line in lines {
        text.push_str(&format!("    {line}\n"));
    }
}

impl From<&selaras_host::HostError> for Failure {
    fn from(error: &selaras_host::HostError) -> Self {
        Self::new(error.message())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Lang;
    use selaras_store::StoreError;
    use std::path::PathBuf;

    #[test]
    fn commands_about_the_state_name_the_one_in_use() {
        let (path, detail) = (PathBuf::from("elsewhere/state.db"), "file is not a database".to_owned());
        let damaged = Failure::new(StoreError::Corrupt { path, detail }.message());
        let beyond = damaged.clone().help(Message::new("state-beyond-help").with(AT_STATE, ""));
        for lang in [Lang::En, Lang::Id] {
            let catalogue = Catalogue::new(lang);
            let said = beyond.clone().at_state(" --state elsewhere").render(&catalogue);
            assert_eq!(said.matches("runner state forget --state elsewhere`").count(), 2, "{said}");
            assert!(said.contains("runner state repair --state elsewhere`"), "{said}");
            assert!(said.contains("(file is not a database)\n"), "{said}");
            assert!(damaged.render(&catalogue).contains("`runner state repair`"));
        }
    }

    #[test]
    fn who_has_waited_is_not_told_to_wait() {
        let held = StoreError::Locked { path: PathBuf::from("state.lock"), holder: None, now_ms: 0 };
        for lang in [Lang::En, Lang::Id] {
            let catalogue = Catalogue::new(lang);
            let failure = Failure::new(held.message());
            assert!(failure.render(&catalogue).contains("--wait"));
            let said = failure.without_waiting().render(&catalogue);
            assert!(said.contains("state.lock") && !said.contains("--wait"), "{said}");
        }
    }
}
