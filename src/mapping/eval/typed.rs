//! Values that people type: through the codecs of both cells, so that what is typed is what both systems can hold.

use crate::codec::{Codec, display_text};
use crate::program::{Cell, Direction, Entity, Field, WriteRule};
use selaras_model::{FieldName, Message, Side, Value};
use serde_json::Value as Json;

impl Entity {
    /// The canonical value of a text that a person typed for a field, written as either system writes it.
    ///
    /// # Errors
    /// When the field cannot hold a typed value on both sides, or the text is not one of its values: what each side says of it.
    pub fn typed(&self, name: &FieldName, text: &str) -> Result<Value, Vec<Message>> {
        let refuse = |key: &str| Err(vec![Message::new(key).with("field", name)]);
        let Some(field) = self.field(name) else { return refuse("map-typed-unknown") };
        let cells = Side::BOTH.map(|side| field.cells.get(side).as_ref());
        let [Some(left), Some(right)] = cells else { return refuse("map-typed-list") };
        if [left, right].iter().any(|cell| matches!(cell.codec, Codec::Ref(_))) {
            return refuse("map-typed-reference");
        }
        if !is_free(field, left, right) {
            return refuse("map-typed-one-way");
        }
        let mut said = Vec::new();
        for cell in [left, right] {
            match decoded(&cell.codec, text) {
                Ok(value) => match [left, right].into_iter().find_map(|cell| refused(cell, &value)) {
                    None if field.required && value.is_blank() => return refuse("map-typed-required"),
                    None if matches!(value, Value::Decimal(_)) && is_read_two_ways(text) => {
                        let [whole, small] = [text.trim().replace(['.', ','], ""), text.trim().replacen(',', ".", 1)];
                        let said = Message::new("map-typed-two-ways").with("field", name).with("value", text.trim());
                        return Err(vec![said.with("whole", whole).with("small", format!("{small}0"))]);
                    }
                    None => return Ok(value),
                    Some(message) => said.push(message),
                },
                Err(message) => said.push(message),
            }
        }
        said.dedup();
        Err(said.into_iter().map(|message| message.with("field", name)).collect())
    }
}

fn is_free(field: &Field, left: &Cell, right: &Cell) -> bool {
    field.direction == Direction::TwoWay
        && field.write != WriteRule::OnCreate
        && left.write.is_some()
        && right.write.is_some()
}

/// What a codec makes of a text; the values of a table may be called by their own names, too.
fn decoded(codec: &Codec, text: &str) -> Result<Value, Message> {
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    if let Codec::Table(table) = codec
        && let Some((_, value)) = table.entries().iter().find(|(_, value)| display_text(value) == text)
    {
        return Ok(value.clone());
    }
    let raw = Json::String(text.to_owned());
    let plain = serde_json::from_str::<Json>(text).ok().filter(|raw| raw.is_boolean() || raw.is_number());
    let first = codec.decode(&raw);
    let second = plain.map(|raw| codec.decode(&raw));
    match (first, second) {
        (Ok(Some(value)), _) | (_, Some(Ok(Some(value)))) => Ok(value),
        (Err(message), _) => Err(message),
        (Ok(None), _) => Err(Message::new("map-unlisted").with("value", text)),
    }
}

/// Why a cell cannot hold a value, if it cannot: it would not say the same when it is read again.
fn refused(cell: &Cell, value: &Value) -> Option<Message> {
    let raw = match cell.codec.encode(value, &|_, _| None) {
        Ok(raw) => raw,
        Err(message) => return Some(message),
    };
    let again = cell.codec.decode(&raw).ok().flatten();
    let same = again.is_some_and(|again| cell.codec.fold(&again) == cell.codec.fold(value));
    (!same).then(|| Message::new("map-typed-changes").with("value", display_text(value)))
}

/// Whether a number is one where the point parts thousands, as our own reports write it in Indonesian, and another where it begins the
/// fraction, as systems write it: `5.000`.
fn is_read_two_ways(text: &str) -> bool {
    let text = text.trim().trim_start_matches('-');
    let Some((whole, rest)) = text.split_once(['.', ',']) else { return false };
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_number(whole) && is_number(rest) && whole.len() <= 3 && !whole.starts_with('0') && rest.len() == 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::testing::{entity, number, small, text};

    fn typed(entity: &Entity, field: &str, typed: &str) -> Result<Value, Vec<String>> {
        entity.typed(&field.into(), typed).map_err(|said| said.into_iter().map(|message| message.key).collect())
    }

    #[test]
    fn what_is_typed_is_read_as_either_system_writes_it() {
        let entity = small(
            "      born: { a: { path: $.born, as: { date: dd/MM/yyyy } }, b: { path: $.born, as: { date: yyyy-MM-dd } } }\n      \
             limit: { a: $.limit, b: $.limit, as: { decimal: { scale: 2 } } }\n      \
             open: { a: { path: $.closed, as: { table: { true: shut, false: open } } }, b: $.open }\n",
        );
        let day = Value::Date(jiff::civil::date(2026, 5, 2));
        assert_eq!(typed(&entity, "born", "02/05/2026"), Ok(day.clone()));
        assert_eq!(typed(&entity, "born", "2026-05-02"), Ok(day));
        assert_eq!(typed(&entity, "limit", "1250000.5"), Ok(number("1250000.5")));
        assert_eq!(typed(&entity, "open", "shut"), Ok(text("shut")));
        assert_eq!(typed(&entity, "open", "true"), Ok(text("shut")));
        assert_eq!(typed(&entity, "code", "  "), Ok(Value::Null));
    }

    /// Reports show five thousand as `5.000` in Indonesian; systems would read five.
    #[test]
    fn a_number_that_can_be_read_two_ways_is_not_guessed() {
        let entity = small("      limit: { a: $.limit, b: $.limit, as: decimal }\n");
        for text in ["5.000", " 12.500", "-999.999"] {
            assert_eq!(typed(&entity, "limit", text), Err(vec!["map-typed-two-ways".to_owned()]), "{text}");
        }
        for (text, meant) in
            [("5000", "5000"), ("5.0", "5"), ("5.0000", "5"), ("0.125", "0.125"), ("1250.125", "1250.125")]
        {
            assert_eq!(typed(&entity, "limit", text), Ok(number(meant)), "{text}");
        }
    }

    #[test]
    fn what_must_be_there_is_not_emptied() {
        let entity = small("      title: { a: $.title, b: $.title, required: true }\n");
        for text in ["", "  "] {
            assert_eq!(typed(&entity, "title", text), Err(vec!["map-typed-required".to_owned()]));
        }
        assert_eq!(typed(&entity, "title", "Toko"), Ok(text_of("Toko")));
    }

    fn text_of(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn what_a_field_cannot_hold_is_told() {
        let entity = small(
            "      born: { a: { path: $.born, as: { date: dd/MM/yyyy } }, b: { path: $.born, as: { date: yyyy-MM-dd } } }\n      \
             limit: { a: $.limit, b: $.limit, as: decimal }\n      \
             told: { a: $.told, b: $.told, direction: a -> b }\n",
        );
        assert_eq!(typed(&entity, "born", "May"), Err(vec!["map-not-date".into(), "map-not-date".into()]));
        assert_eq!(typed(&entity, "limit", "much"), Err(vec!["map-not-number".into()]));
        assert_eq!(typed(&entity, "told", "x"), Err(vec!["map-typed-one-way".into()]));
        assert_eq!(typed(&entity, "none", "x"), Err(vec!["map-typed-unknown".into()]));
    }

    #[test]
    fn references_and_lists_are_not_typed() {
        let customer = entity("Pelanggan");
        assert_eq!(typed(&customer, "term", "Net 30"), Err(vec!["map-typed-reference".into()]));
        let order = entity("Pesanan Penjualan");
        let list = order.fields.iter().find(|field| field.list.is_some()).expect("orders have lines");
        assert_eq!(typed(&order, list.name.as_str(), "x"), Err(vec!["map-typed-list".into()]));
    }
}
