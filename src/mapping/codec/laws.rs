//! The laws that every codec that goes both ways keeps, as properties (see the module's own words).

use super::*;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;

fn named(reference: &Ref, _: &RefBy) -> Option<String> {
    Some(reference.key.clone())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// One of each codec with options that matter.
fn codecs() -> Vec<Codec> {
    let table = |unlisted| {
        let entries = vec![(json!(true), text("inactive")), (json!(false), text("active")), (json!("Q"), Value::Null)];
        Codec::Table(TableCodec::new(entries, unlisted).unwrap())
    };
    vec![
        Codec::default(),
        Codec::Text(TextCodec { ignore_case: true, max: None }),
        Codec::Integer(IntegerCodec::default()),
        Codec::Decimal(DecimalCodec::default()),
        Codec::Decimal(DecimalCodec { scale: Some(2), blank: Some(Decimal::ZERO) }),
        Codec::Bool,
        Codec::Date(DatePattern::DayFirst),
        Codec::Date(DatePattern::Iso),
        Codec::Timestamp(TimestampCodec::jakarta(TimestampPattern::Iso)),
        Codec::Timestamp(TimestampCodec::jakarta(TimestampPattern::DayFirst)),
        Codec::Phone,
        table(Unlisted::Hold),
        table(Unlisted::Keep),
        table(Unlisted::Ignore),
        Codec::Ref(RefCodec { entity: "Satuan".into(), read: RefBy::Id, write: RefBy::Id }),
        Codec::Percent,
    ]
}

fn raw_values() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-1_000_000i64..1_000_000, 0i32..7).prop_map(|(mantissa, scale)| json!(mantissa as f64 / 10f64.powi(scale))),
        any::<f64>().prop_map(Json::from),
        "\\PC{0,12}".prop_map(Json::from),
        "[ \r\n\tA-Ca-cßſİK]{0,8}".prop_map(Json::from),
        "-?[0-9]{1,20}(\\.[0-9]{1,9})?(e-?[0-9])?".prop_map(Json::from),
        "[+]?[0-9 ().-]{0,16}(x[0-9])?".prop_map(Json::from),
        "[0-9]{1,2}([.][0-9])?%?([+][0-9]{1,2}){0,3}".prop_map(Json::from),
        "[0-3][0-9]/[01][0-9]/(19|20)[0-9]{2}( [0-2][0-9]:[0-5][0-9]:[0-5][0-9])?".prop_map(Json::from),
        "(19|20)[0-9]{2}-[01][0-9]-[0-2][0-9](T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z|[+]0[0-9]:[03]0)?)?"
            .prop_map(Json::from),
        Just(json!("true")),
        Just(json!("Q")),
        Just(json!(["x"])),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (any::<i64>(), 0u32..10)
            .prop_map(|(mantissa, scale)| Value::Decimal(Decimal::new(mantissa, scale).normalize())),
        "[!-~é]([ -~é]{0,10}[!-~])?".prop_map(|typed| text(&typed)),
        prop_oneof![Just("active"), Just("inactive"), Just("5+2.5"), Just("0812 345"), Just("-")].prop_map(text),
        (1900i16..=2200, 1i8..=12, 1i8..=28)
            .prop_map(|(year, month, day)| Value::Date(jiff::civil::date(year, month, day))),
        (-2_000_000_000i64..7_000_000_000, 0i32..1_000_000_000).prop_map(|(second, nano)| Value::Timestamp(
            jiff::Timestamp::new(second, if second < 0 { 0 } else { nano }).unwrap()
        )),
        "[a-z1-9][a-z0-9-]{0,6}".prop_map(|key| Value::Ref(Ref { entity: "Satuan".into(), by: RefBy::Id, key })),
    ]
}

proptest! {
    #![proptest_config(crate::properties::config(256))]

    /// What was written and is read again is what was meant. A codec may refuse to write; it may not write something else.
    #[test]
    fn encode_then_decode(value in values()) {
        for codec in codecs() {
            let (Ok(raw), true) = (codec.encode(&value, &named), is_own(&codec, &value)) else { continue };
            let again = codec.decode(&raw).map_err(|message| TestCaseError::fail(format!("{codec:?} wrote {raw}: {message:?}")))?;
            let again = again.ok_or_else(|| TestCaseError::fail(format!("{codec:?} wrote {raw}, which it ignores")))?;
            prop_assert_eq!(codec.fold(&again), codec.fold(&value), "{:?} wrote {}", codec, raw);
        }
    }

    /// What was read and is written back reads the same, and its fold is a fixed point.
    #[test]
    fn decode_then_encode(raw in raw_values()) {
        for codec in codecs() {
            let Ok(Some(value)) = codec.decode(&raw) else { continue };
            let folded = codec.fold(&value).into_owned();
            prop_assert_eq!(codec.fold(&folded).into_owned(), folded.clone(), "{:?}", codec);
            let written = codec.encode(&value, &named).map_err(|message| TestCaseError::fail(format!("{codec:?} read {raw} and cannot write it: {message:?}")))?;
            let again = codec.decode(&written).unwrap().unwrap();
            prop_assert_eq!(codec.fold(&again).into_owned(), folded, "{:?} read {} and wrote {}", codec, raw, written);
        }
    }
}

/// Text also writes numbers and days, which of course come back as text; phone and percent take any text, but `-` is no number.
fn is_own(codec: &Codec, value: &Value) -> bool {
    match codec {
        Codec::Text(_) => matches!(value, Value::Text(_) | Value::Null),
        Codec::Phone => {
            matches!(value, Value::Text(typed) if typed.chars().any(char::is_alphanumeric) && !typed.contains("  "))
        }
        _ => true,
    }
}
