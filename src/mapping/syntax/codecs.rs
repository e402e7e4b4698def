//! The `as` of a file: codecs and their options as they are written.

use super::{NumberFile, Scalar};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How a raw value becomes a common one, and back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum CodecFile {
    /// A codec without options.
    Name(CodecName),
    /// Text with options.
    Text {
        /// Its options.
        text: TextOptions,
    },
    /// A number with options.
    Decimal {
        /// Its options.
        decimal: DecimalOptions,
    },
    /// A whole number with options.
    Integer {
        /// Its options.
        integer: IntegerOptions,
    },
    /// A moment in a form of its own.
    Timestamp {
        /// Its options.
        timestamp: TimestampOptions,
    },
    /// A day in a form of its own.
    Date {
        /// How days are written.
        date: DateFile,
    },
    /// A code list: what this side says, and what it means.
    Table {
        /// This side's values and the common ones.
        table: BTreeMap<String, Scalar>,
        /// What happens to a value that is not listed. Default: `hold`.
        unlisted: Option<UnlistedFile>,
    },
    /// A reference to a record of another entity.
    Ref {
        /// The entity.
        #[serde(rename = "ref")]
        entity: String,
        /// What this side names the record by: `id`, or a field of that entity. Default: `id`.
        by: Option<ByFile>,
    },
    /// Always the same value, whatever the other side says.
    Constant {
        /// The value.
        constant: Scalar,
    },
    /// Text put together from other fields.
    Template {
        /// The text, with names of fields in braces, such as `{code} {name}`.
        template: String,
    },
}

/// A codec without options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodecName {
    /// Text, trimmed.
    Text,
    /// A whole number.
    Integer,
    /// An exact number.
    Decimal,
    /// A number of percent.
    Percent,
    /// Yes or no.
    Bool,
    /// A moment.
    Timestamp,
    /// A telephone number; spaces, dashes and the country code of home make no difference.
    Phone,
}

/// Options of the `text` codec.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextOptions {
    /// Whether upper and lower case are the same. Default: false.
    pub ignore_case: Option<bool>,
    /// The longest text that this side takes, in characters.
    pub max: Option<u64>,
}

/// Options of the `decimal` codec.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecimalOptions {
    /// How many digits behind the point count.
    pub scale: Option<u64>,
    /// What a missing number means, such as 0.
    pub blank: Option<NumberFile>,
}

/// Options of the `integer` codec.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IntegerOptions {
    /// What a missing number means, such as 0.
    pub blank: Option<NumberFile>,
}

/// Options of the `timestamp` codec.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimestampOptions {
    /// How moments are written. Default: `iso`.
    pub form: Option<TimestampFile>,
    /// The offset of texts that name none, such as `+07:00` (the default).
    pub offset: Option<String>,
}

/// How moments are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum TimestampFile {
    /// ISO 8601, such as `2025-05-30T15:36:11+07:00`.
    #[serde(rename = "iso")]
    Iso,
    /// Day first, such as `30/05/2025 15:36:11`.
    #[serde(rename = "dd/MM/yyyy HH:mm:ss")]
    DayFirst,
}

/// How days are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum DateFile {
    /// Day first, such as `30/05/2025`.
    #[serde(rename = "dd/MM/yyyy")]
    DayFirst,
    /// ISO 8601, such as `2025-05-30`.
    #[serde(rename = "yyyy-MM-dd")]
    Iso,
}

/// What happens to a value that a table does not list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnlistedFile {
    /// The record is held until a person decides.
    Hold,
    /// It passes as text.
    Keep,
    /// The field is left alone, as if the system had not returned it.
    Ignore,
}

/// What a reference names its record by.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum ByFile {
    /// The same in both directions.
    Same(String),
    /// Read one way, written another.
    Apart {
        /// What it is read by.
        read: String,
        /// What it is written by.
        write: String,
    },
}
