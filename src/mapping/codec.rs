//! Codecs: the closed set of ways in which a raw value of one side becomes canonical, and back.
//!
//! Each codec has a file of its own and keeps two laws, up to its own [`Codec::fold`]: what was encoded decodes to the same value, and what
//! was decoded encodes to something that decodes to the same again. Where a value stands, and the switch beside it, is `eval`'s business.

mod boolean;
mod constant;
mod date;
mod decimal;
mod integer;
#[cfg(test)]
mod laws;
mod percent;
mod phone;
mod reference;
mod table;
mod template;
mod text;
mod timestamp;

pub use constant::ConstantCodec;
pub use date::DatePattern;
pub use decimal::DecimalCodec;
pub use integer::IntegerCodec;
pub use reference::RefCodec;
pub use table::{TableCodec, Unlisted};
pub use template::TemplateCodec;
pub use text::TextCodec;
pub use timestamp::{TimestampCodec, TimestampPattern};

use selaras_model::{Message, Ref, RefBy, Value};
use serde_json::Value as Json;
use std::borrow::Cow;

/// Finds the key by which a write names a record: the reference as the image holds it, and what the write wants to say.
/// `None`: not known (yet), so nothing can be written.
pub type Resolve<'a> = dyn Fn(&Ref, &RefBy) -> Option<String> + 'a;

/// How many characters of a raw value are shown in a message.
const SHOWN: usize = 80;

/// How a raw value becomes canonical, and back.
#[derive(Clone, Debug, PartialEq)]
pub enum Codec {
    /// Text, trimmed.
    Text(TextCodec),
    /// A whole number.
    Integer(IntegerCodec),
    /// An exact number.
    Decimal(DecimalCodec),
    /// Yes or no.
    Bool,
    /// A day.
    Date(DatePattern),
    /// A moment.
    Timestamp(TimestampCodec),
    /// A telephone number.
    Phone,
    /// A code list.
    Table(TableCodec),
    /// A reference to a record of another entity.
    Ref(RefCodec),
    /// A discount in percent, perhaps in steps: `5+2`.
    Percent,
    /// Always the same; only written.
    Constant(ConstantCodec),
    /// Made of other fields; only written.
    Template(TemplateCodec),
}

impl Default for Codec {
    fn default() -> Self {
        Codec::Text(TextCodec::default())
    }
}

/// What kind of canonical value a codec makes: both cells of a field should make the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Text.
    Text,
    /// A number.
    Decimal,
    /// Yes or no.
    Bool,
    /// A day.
    Date,
    /// A moment.
    Timestamp,
    /// A reference to this entity.
    Ref(selaras_model::EntityName),
    /// A percent discount.
    Percent,
    /// It makes none: it is only written.
    Nothing,
    /// It depends on the values in its table.
    Mixed,
}

impl Codec {
    /// The name it goes by in a mapping.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Codec::Text(_) => "text",
            Codec::Integer(_) => "integer",
            Codec::Decimal(_) => "decimal",
            Codec::Bool => "bool",
            Codec::Date(_) => "date",
            Codec::Timestamp(_) => "timestamp",
            Codec::Phone => "phone",
            Codec::Table(_) => "table",
            Codec::Ref(_) => "ref",
            Codec::Percent => "percent",
            Codec::Constant(_) => "constant",
            Codec::Template(_) => "template",
        }
    }

    /// What it makes.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Codec::Text(_) | Codec::Phone => Kind::Text,
            Codec::Integer(_) | Codec::Decimal(_) => Kind::Decimal,
            Codec::Bool => Kind::Bool,
            Codec::Date(_) => Kind::Date,
            Codec::Timestamp(_) => Kind::Timestamp,
            Codec::Table(table) => table.kind(),
            Codec::Ref(reference) => Kind::Ref(reference.entity.clone()),
            Codec::Percent => Kind::Percent,
            Codec::Constant(_) | Codec::Template(_) => Kind::Nothing,
        }
    }

    /// Whether it makes canonical values of raw ones.
    #[must_use]
    pub fn reads(&self) -> bool {
        !matches!(self, Codec::Constant(_) | Codec::Template(_))
    }

    /// Whether every canonical value that it makes can be written back: only a table whose raw values fall together cannot.
    #[must_use]
    pub fn writes(&self) -> bool {
        match self {
            Codec::Table(table) => table.injective(),
            Codec::Text(_)
            | Codec::Integer(_)
            | Codec::Decimal(_)
            | Codec::Bool
            | Codec::Date(_)
            | Codec::Timestamp(_)
            | Codec::Phone
            | Codec::Ref(_)
            | Codec::Percent
            | Codec::Constant(_)
            | Codec::Template(_) => true,
        }
    }

    /// The canonical value of a raw one. `Ok(None)`: nothing follows from it (a constant, or a code that the table ignores). A raw null
    /// is the canonical null; a member that was not returned never gets here.
    ///
    /// # Errors
    /// When the raw value is not of this codec's kind.
    pub fn decode(&self, raw: &Json) -> Result<Option<Value>, Message> {
        match self {
            Codec::Text(codec) => codec.decode(raw).map(Some),
            Codec::Integer(codec) => codec.decode(raw).map(Some),
            Codec::Decimal(codec) => codec.decode(raw).map(Some),
            Codec::Bool => boolean::decode(raw).map(Some),
            Codec::Date(pattern) => pattern.decode(raw).map(Some),
            Codec::Timestamp(codec) => codec.decode(raw).map(Some),
            Codec::Phone => phone::decode(raw).map(Some),
            Codec::Table(codec) => codec.decode(raw),
            Codec::Ref(codec) => codec.decode(raw).map(Some),
            Codec::Percent => percent::decode(raw).map(Some),
            Codec::Constant(_) | Codec::Template(_) => Ok(None),
        }
    }

    /// The raw value that is written for a canonical one. A template is rendered by [`TemplateCodec::render`] and gets here as text.
    ///
    /// # Errors
    /// When the value is not of this codec's kind, does not fit, has no code, or refers to a record that `resolve` does not know.
    pub fn encode(&self, value: &Value, resolve: &Resolve<'_>) -> Result<Json, Message> {
        match self {
            Codec::Text(codec) => codec.encode(value),
            Codec::Integer(codec) => codec.encode(value),
            Codec::Decimal(codec) => codec.encode(value),
            Codec::Bool => boolean::encode(value),
            Codec::Date(pattern) => pattern.encode(value),
            Codec::Timestamp(codec) => codec.encode(value),
            Codec::Phone => phone::encode(value),
            Codec::Table(codec) => codec.encode(value),
            Codec::Ref(codec) => codec.encode(value, resolve),
            Codec::Percent => percent::encode(value),
            Codec::Constant(constant) => Ok(constant.0.clone()),
            Codec::Template(_) => TextCodec::default().encode(value),
        }
    }

    /// The compared form of a canonical value: two values of a field are equal exactly when their folds are.
    #[must_use]
    pub fn fold<'a>(&self, value: &'a Value) -> Cow<'a, Value> {
        match self {
            Codec::Text(codec) => codec.fold(value),
            Codec::Integer(codec) => codec.fold(value),
            Codec::Decimal(codec) => codec.fold(value),
            Codec::Timestamp(codec) => codec.fold(value),
            Codec::Phone => phone::fold(value),
            Codec::Percent => percent::fold(value),
            Codec::Bool
            | Codec::Date(_)
            | Codec::Table(_)
            | Codec::Ref(_)
            | Codec::Constant(_)
            | Codec::Template(_) => blank_as_null(value),
        }
    }
}

/// A canonical value as people read it: in labels, templates and messages.
#[must_use]
pub fn display_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => yes.to_string(),
        Value::Decimal(number) => number.normalize().to_string(),
        Value::Text(text) => text.clone(),
        Value::Date(date) => date.to_string(),
        Value::Timestamp(moment) => moment.to_string(),
        Value::Ref(reference) => reference.key.clone(),
        Value::List(rows) => {
            let keys = |row: &selaras_model::Row| row.key.iter().map(display_text).collect::<Vec<_>>().join(" ");
            rows.iter().map(keys).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Empty text is nothing, wherever it came from.
fn blank_as_null(value: &Value) -> Cow<'_, Value> {
    match value {
        Value::Text(text) if text.is_empty() => Cow::Owned(Value::Null),
        Value::Text(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Decimal(_)
        | Value::Date(_)
        | Value::Timestamp(_)
        | Value::Ref(_)
        | Value::List(_) => Cow::Borrowed(value),
    }
}

/// A message about a raw value, which it shows, cut to a readable length.
fn refused(key: &str, raw: &Json) -> Message {
    let text = match raw {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    Message::new(key).with("value", shortened(&text))
}

/// A canonical value of a kind that the codec cannot write.
fn wrong_kind(codec: &str, value: &Value) -> Message {
    Message::new("map-wrong-kind").with("codec", codec).with("value", shortened(&display_text(value)))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
