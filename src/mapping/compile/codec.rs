//! From the `as` of a file to a codec, and whether it can go the way that a field flows.

use super::context::{At, Context};
use crate::codec::{
    Codec, ConstantCodec, DatePattern, DecimalCodec, IntegerCodec, Kind, RefCodec, TableCodec, TemplateCodec,
    TextCodec, TimestampCodec, TimestampPattern, Unlisted, display_text,
};
use crate::diagnostics as diag;
use crate::number;
use crate::syntax::{
    ByFile, CodecFile, CodecName, DateFile, DecimalOptions, NumberFile, Scalar, TextOptions, TimestampFile,
    TimestampOptions, UnlistedFile,
};
use selaras_model::{Decimal, EntityName, FieldName, Message, RefBy, Side, Value};
use serde_json::{Number, Value as Json};
use std::collections::BTreeMap;

/// The most digits behind the point that an exact number can have.
const MAX_SCALE: u64 = 28;

/// Compiles an `as`. `None`: something is wrong with it, and was reported.
pub(super) fn compile(cx: &mut Context<'_>, side: Side, file: &CodecFile, at: &At) -> Option<Codec> {
    match file {
        CodecFile::Name(name) => Some(named(*name)),
        CodecFile::Text { text } => Some(Codec::Text(text_codec(text))),
        CodecFile::Decimal { decimal } => decimal_codec(cx, decimal, &at.key("decimal")).map(Codec::Decimal),
        CodecFile::Integer { integer } => {
            let blank = blank(cx, integer.blank.as_ref(), &at.key("integer").key("blank"));
            Some(Codec::Integer(IntegerCodec { blank }))
        }
        CodecFile::Date { date } => Some(Codec::Date(match date {
            DateFile::DayFirst => DatePattern::DayFirst,
            DateFile::Iso => DatePattern::Iso,
        })),
        CodecFile::Timestamp { timestamp } => timestamp_codec(cx, timestamp, &at.key("timestamp")),
        CodecFile::Table { table, unlisted } => table_codec(cx, table, *unlisted, &at.key("table")),
        CodecFile::Ref { entity, by } => reference(cx, side, entity, by.as_ref(), at),
        CodecFile::Constant { constant } => Some(Codec::Constant(ConstantCodec(constant.0.clone()))),
        CodecFile::Template { template } => template_codec(cx, template, &at.key("template")),
    }
}

fn named(name: CodecName) -> Codec {
    match name {
        CodecName::Text => Codec::default(),
        CodecName::Integer => Codec::Integer(IntegerCodec::default()),
        CodecName::Decimal => Codec::Decimal(DecimalCodec::default()),
        CodecName::Percent => Codec::Percent,
        CodecName::Bool => Codec::Bool,
        CodecName::Timestamp => Codec::Timestamp(TimestampCodec::jakarta(TimestampPattern::Iso)),
        CodecName::Phone => Codec::Phone,
    }
}

fn text_codec(options: &TextOptions) -> TextCodec {
    let max = options.max.map(|max| usize::try_from(max).unwrap_or(usize::MAX));
    TextCodec { ignore_case: options.ignore_case.unwrap_or(false), max }
}

fn decimal_codec(cx: &mut Context<'_>, options: &DecimalOptions, at: &At) -> Option<DecimalCodec> {
    let blank = blank(cx, options.blank.as_ref(), &at.key("blank"));
    let scale = match options.scale {
        None => None,
        Some(scale) => match u32::try_from(scale).ok().filter(|_| scale <= MAX_SCALE) {
            Some(scale) => Some(scale),
            None => {
                let spot = cx.spot(&at.key("scale"));
                cx.report(diag::bad_codec(spot, Message::new("diag-scale-too-large").with("max", MAX_SCALE)));
                return None;
            }
        },
    };
    Some(DecimalCodec { scale, blank })
}

fn blank(cx: &mut Context<'_>, file: Option<&NumberFile>, at: &At) -> Option<Decimal> {
    let file = file?;
    let number = number::of_json(&file.0);
    if number.is_none() {
        let spot = cx.spot(at);
        cx.report(diag::bad_codec(spot, Message::new("diag-number-not-exact").with("number", &file.0)));
    }
    number
}

fn timestamp_codec(cx: &mut Context<'_>, options: &TimestampOptions, at: &At) -> Option<Codec> {
    let pattern = match options.form {
        None | Some(TimestampFile::Iso) => TimestampPattern::Iso,
        Some(TimestampFile::DayFirst) => TimestampPattern::DayFirst,
    };
    let Some(offset) = &options.offset else { return Some(Codec::Timestamp(TimestampCodec::jakarta(pattern))) };
    let codec = TimestampCodec::at(pattern, offset);
    if codec.is_none() {
        let spot = cx.spot(&at.key("offset"));
        cx.report(diag::bad_codec(spot, Message::new("diag-bad-offset").with("text", offset)));
    }
    codec.map(Codec::Timestamp)
}

fn table_codec(
    cx: &mut Context<'_>,
    table: &BTreeMap<String, Scalar>,
    unlisted: Option<UnlistedFile>,
    at: &At,
) -> Option<Codec> {
    let unlisted = match unlisted {
        None | Some(UnlistedFile::Hold) => Unlisted::Hold,
        Some(UnlistedFile::Keep) => Unlisted::Keep,
        Some(UnlistedFile::Ignore) => Unlisted::Ignore,
    };
    if table.is_empty() {
        let spot = cx.key_spot(at);
        cx.report(diag::empty(spot, "table"));
        return None;
    }
    let entries: Option<Vec<(Json, Value)>> = cx
        .in_order(at, table.keys())
        .into_iter()
        .map(|key| {
            let at = at.key(key);
            Some((raw_key(cx, key, &at), canonical(cx, &table[key].0, &at)?))
        })
        .collect();
    match TableCodec::new(entries?, unlisted) {
        Ok(codec) => Some(Codec::Table(codec)),
        Err(why) => {
            let spot = cx.key_spot(at);
            cx.report(diag::bad_codec(spot, why));
            None
        }
    }
}

/// Keys of JSON are text; what was written without quotes is what YAML says it is, so that `true` is the truth value and `"true"` text.
fn raw_key(cx: &Context<'_>, key: &str, at: &At) -> Json {
    let plain = cx.spans.place(&at.to_string()).is_some_and(|place| place.plain_key);
    match key {
        _ if !plain => Json::String(key.to_owned()),
        "true" | "True" | "TRUE" => Json::Bool(true),
        "false" | "False" | "FALSE" => Json::Bool(false),
        text => serde_json::from_str::<Number>(text).map_or_else(|_| Json::String(text.to_owned()), Json::Number),
    }
}

/// A value of the file as a canonical one.
fn canonical(cx: &mut Context<'_>, scalar: &Json, at: &At) -> Option<Value> {
    match scalar {
        Json::Null => Some(Value::Null),
        Json::Bool(yes) => Some(Value::Bool(*yes)),
        Json::String(text) => Some(Value::Text(text.clone())),
        Json::Number(number) => {
            let exact = number::of_json(number);
            if exact.is_none() {
                let spot = cx.spot(at);
                cx.report(diag::bad_codec(spot, Message::new("diag-number-not-exact").with("number", number)));
            }
            exact.map(|number| Value::Decimal(number.normalize()))
        }
        Json::Array(_) | Json::Object(_) => None,
    }
}

fn reference(cx: &mut Context<'_>, side: Side, entity: &str, by: Option<&ByFile>, at: &At) -> Option<Codec> {
    if !cx.entities.contains_key(entity) {
        let spot = cx.spot(&at.key("ref"));
        let found = diag::unknown_entity(spot, entity, cx.entities.keys().map(String::as_str));
        cx.report(found);
        return None;
    }
    let at = at.key("by");
    let (read, write) = match by {
        None => (Some(RefBy::Id), Some(RefBy::Id)),
        Some(ByFile::Same(by)) => {
            let by = ref_by(cx, side, entity, by, &at);
            (by.clone(), by)
        }
        Some(ByFile::Apart { read, write }) => {
            (ref_by(cx, side, entity, read, &at.key("read")), ref_by(cx, side, entity, write, &at.key("write")))
        }
    };
    Some(Codec::Ref(RefCodec { entity: EntityName::from(entity), read: read?, write: write? }))
}

/// A record is named by its id, or by a field that stands on this side.
fn ref_by(cx: &mut Context<'_>, side: Side, entity: &str, by: &str, at: &At) -> Option<RefBy> {
    if by == "id" {
        return Some(RefBy::Id);
    }
    let fields = &cx.entities.get(entity)?.fields;
    if fields.get(by).is_some_and(|stands| *stands.get(side)) {
        return Some(RefBy::Field(FieldName::from(by)));
    }
    let usable = fields.iter().filter(|(_, stands)| *stands.get(side)).map(|(name, _)| name.as_str()).chain(["id"]);
    let found = diag::unknown_ref_field(cx.spot(at), by, entity, usable);
    cx.report(found);
    None
}

fn template_codec(cx: &mut Context<'_>, text: &str, at: &At) -> Option<Codec> {
    let codec = match TemplateCodec::parse(text) {
        Ok(codec) => codec,
        Err(why) => {
            let spot = cx.spot(at);
            cx.report(diag::bad_codec(spot, why));
            return None;
        }
    };
    let strangers: Vec<String> =
        codec.fields().into_iter().map(ToString::to_string).filter(|name| !cx.siblings.contains(name)).collect();
    for name in &strangers {
        let found = diag::unknown_field(cx.spot(at), name, cx.siblings.iter().map(String::as_str));
        cx.report(found);
    }
    strangers.is_empty().then_some(Codec::Template(codec))
}

/// What a slot always holds for a field, in the form of its codec.
pub(super) fn fixed(cx: &mut Context<'_>, codec: &Codec, field: &str, raw: &Json, at: &At) -> Option<Value> {
    match codec.decode(raw) {
        Ok(value) => value,
        Err(why) => {
            let spot = cx.spot(at);
            cx.report(diag::bad_codec(spot, why.with("field", field)));
            None
        }
    }
}

/// Whether a codec can be written through: only a table whose raw values fall together cannot.
pub(super) fn check_write(cx: &mut Context<'_>, codec: &Codec, side: Side, at: &At) {
    let Codec::Table(table) = codec else { return };
    for meaning in table.ambiguous() {
        let raws = table.entries().iter().filter(|(_, value)| value == meaning).map(|(raw, _)| match raw {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        });
        let raws: Vec<String> = raws.collect();
        let (own, other) = (cx.name(side), cx.name(side.other()));
        let spot = cx.key_spot(&at.key("table"));
        cx.report(diag::table_not_injective(spot, &display_text(meaning), &raws.join(", "), &own, &other));
    }
}

/// The name of a kind, as diagnostics say it.
pub(super) fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Decimal => "number",
        Kind::Bool => "bool",
        Kind::Date => "date",
        Kind::Timestamp => "timestamp",
        Kind::Ref(_) => "ref",
        Kind::Percent => "percent",
        Kind::Nothing => "nothing",
        Kind::Mixed => "mixed",
    }
}
