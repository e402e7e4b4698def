//! The message catalogue: every sentence that operators and accountants read, in Indonesian and English.
//!
//! Sentences of other crates stand beside their code (`src/*/messages.{id,en}.ftl`), those of the command line in `lang/`. This file puts
//! them together and renders [`Message`]s; how numbers and dates look is in `locale`.

use crate::locale::{self, Lang};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use selaras_model::{Message, Text};
use std::borrow::Cow;
use unic_langid::{LanguageIdentifier, langid};

/// Every source of sentences: its name, its Indonesian and its English text.
pub(crate) const SOURCES: &[(&str, &str, &str)] = &[
    ("cli/lang", include_str!("lang/id.ftl"), include_str!("lang/en.ftl")),
    ("host/messages", include_str!("../host/messages.id.ftl"), include_str!("../host/messages.en.ftl")),
    (
        "mapping/diagnostics",
        include_str!("../mapping/diagnostics.id.ftl"),
        include_str!("../mapping/diagnostics.en.ftl"),
    ),
    ("mapping/messages", include_str!("../mapping/messages.id.ftl"), include_str!("../mapping/messages.en.ftl")),
    ("plan/messages", include_str!("../plan/messages.id.ftl"), include_str!("../plan/messages.en.ftl")),
    ("run/messages", include_str!("../run/messages.id.ftl"), include_str!("../run/messages.en.ftl")),
    ("store/messages", include_str!("../store/messages.id.ftl"), include_str!("../store/messages.en.ftl")),
];

/// Help on commands and flags. English help stands with the flags themselves, in `args`.
const HELP: (&str, &str, &str) = ("cli/lang/help", include_str!("lang/help.id.ftl"), "");

const INDONESIAN: LanguageIdentifier = langid!("id");
const ENGLISH: LanguageIdentifier = langid!("en");

/// All sentences in one language.
pub struct Catalogue {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl Catalogue {
    /// The catalogue in a language.
    #[must_use]
    pub fn new(lang: Lang) -> Self {
        Self::from_sources(lang, SOURCES).0
    }

    /// The catalogue made of some sources, and what is wrong with them. A sentence that is wrong is left out; the tests see to it that none is.
    fn from_sources(lang: Lang, sources: &[(&str, &str, &str)]) -> (Self, Vec<String>) {
        let mut faults = Vec::new();
        let id = if lang == Lang::Id { INDONESIAN } else { ENGLISH };
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        bundle.set_use_isolating(false);
        // Without a second definition of the same name this cannot fail.
        if bundle.add_function("NUMBER", if lang == Lang::Id { number_id } else { number_en }).is_err() {
            faults.push("NUMBER is defined twice".to_owned());
        }
        for (name, indonesian, english) in sources.iter().chain([&HELP]) {
            let text = if lang == Lang::Id { indonesian } else { english };
            let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, errors)| {
                faults.extend(errors.iter().map(|error| format!("{name}: {error}")));
                resource
            });
            if let Err(errors) = bundle.add_resource(resource) {
                faults.extend(errors.iter().map(|error| format!("{name}: {error}")));
            }
        }
        (Self { lang, bundle }, faults)
    }

    /// The language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// A sentence without arguments.
    #[must_use]
    pub fn text(&self, key: &str) -> String {
        self.render(&Message::new(key))
    }

    /// A sentence. One that the catalogue does not have shows its key and arguments rather than nothing.
    #[must_use]
    pub fn render(&self, message: &Message) -> String {
        let pattern = self.bundle.get_message(&message.key).and_then(|found| found.value());
        let Some(pattern) = pattern else { return fallback(message) };
        let mut args = FluentArgs::new();
        for (name, value) in &message.args {
            let moment = (name == "when").then(|| value.parse::<jiff::Timestamp>().ok()).flatten();
            match moment {
                Some(at) => args.set(name.as_str(), FluentValue::String(locale::moment(self.lang, at).into())),
                None => args.set(name.as_str(), argument(locale::os_errors(self.lang, value))),
            }
        }
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&args), &mut errors);
        if errors.is_empty() { text.into_owned() } else { fallback(message) }
    }

    /// Whether there is a sentence of this key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.bundle.get_message(key).is_some_and(|message| message.value().is_some())
    }

    /// A text of the mapping's author.
    #[must_use]
    pub fn of<'a>(&self, text: &'a Text) -> &'a str {
        match self.lang {
            Lang::Id => &text.id,
            Lang::En => &text.en,
        }
    }

    /// A count, such as `1.234`.
    #[must_use]
    pub fn count(&self, count: u64) -> String {
        locale::number(self.lang, &count.to_string())
    }
}

/// What stands in for a sentence that is missing: visible, and enough to find out what was meant.
fn fallback(message: &Message) -> String {
    let args: String = message.args.iter().map(|(name, value)| format!(" {name}={value}")).collect();
    format!("⟨{}{args}⟩", message.key)
}

/// Arguments come as text. Those that are whole numbers become numbers, so that plural forms can be chosen by them; codes such as `00012`
/// stay what they are.
fn argument(value: Cow<'_, str>) -> FluentValue<'_> {
    match value.parse::<u32>() {
        Ok(number) if number.to_string() == value => {
            FluentValue::Number(FluentNumber::new(f64::from(number), Default::default()))
        }
        _ => FluentValue::String(value),
    }
}

fn number_id<'a>(positional: &[FluentValue<'a>], _named: &FluentArgs<'_>) -> FluentValue<'a> {
    localised(Lang::Id, positional)
}

fn number_en<'a>(positional: &[FluentValue<'a>], _named: &FluentArgs<'_>) -> FluentValue<'a> {
    localised(Lang::En, positional)
}

fn localised<'a>(lang: Lang, positional: &[FluentValue<'a>]) -> FluentValue<'a> {
    match positional.first() {
        Some(FluentValue::Number(number)) => FluentValue::String(locale::number(lang, &number.as_string()).into()),
        Some(FluentValue::String(text)) => FluentValue::String(locale::number(lang, text).into()),
        _ => FluentValue::Error,
    }
}

#[cfg(test)]
#[path = "tests/catalogue.rs"]
mod tests;
