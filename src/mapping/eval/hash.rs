//! Hashes of images: equal exactly when the folded images are, so that an unchanged record is recognised without its image.
//!
//! The bytes are our own: a tag per kind, lengths before everything variable, numbers by mantissa and scale. They are only ever hashed.

use crate::program::Entity;
use selaras_model::{Hash128, Image, Observed, Ref, RefBy, Row, Side, Value};

impl Entity {
    /// The hash of what was observed: its image and its partner id.
    #[must_use]
    pub fn hash(&self, side: Side, observed: &Observed) -> Hash128 {
        self.image_hash(side, &observed.image, observed.partner_id.as_deref())
    }

    /// The hash of an image of one side with the partner id that the record itself holds.
    #[must_use]
    pub fn image_hash(&self, side: Side, image: &Image, partner_id: Option<&str>) -> Hash128 {
        let mut bytes = Vec::with_capacity(512);
        bytes.push(match side {
            Side::Left => b'l',
            Side::Right => b'r',
        });
        match partner_id {
            None => bytes.push(0),
            Some(id) => {
                bytes.push(1);
                text(&mut bytes, id);
            }
        }
        length(&mut bytes, image.0.len());
        for (name, value) in image.0.iter() {
            text(&mut bytes, name.as_str());
            match self.position(name) {
                Some(position) => put(&mut bytes, &self.folded(position, value)),
                None => put(&mut bytes, value),
            }
        }
        Hash128::of(&bytes)
    }
}

fn put(bytes: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => bytes.push(b'n'),
        Value::Bool(yes) => bytes.extend([b'b', u8::from(*yes)]),
        Value::Decimal(number) => {
            let normal = number.normalize();
            bytes.push(b'd');
            bytes.extend(normal.mantissa().to_le_bytes());
            bytes.extend(normal.scale().to_le_bytes());
        }
        Value::Text(written) => {
            bytes.push(b't');
            text(bytes, written);
        }
        Value::Date(date) => {
            bytes.push(b'y');
            bytes.extend(date.year().to_le_bytes());
            bytes.extend(date.month().to_le_bytes());
            bytes.extend(date.day().to_le_bytes());
        }
        Value::Timestamp(moment) => {
            bytes.push(b'm');
            bytes.extend(moment.as_nanosecond().to_le_bytes());
        }
        Value::Ref(reference) => put_ref(bytes, reference),
        Value::List(rows) => {
            bytes.push(b'l');
            length(bytes, rows.len());
            rows.iter().for_each(|row| put_row(bytes, row));
        }
    }
}

fn put_ref(bytes: &mut Vec<u8>, reference: &Ref) {
    bytes.push(b'r');
    text(bytes, reference.entity.as_str());
    match &reference.by {
        RefBy::Id => bytes.push(0),
        RefBy::Field(name) => {
            bytes.push(1);
            text(bytes, name.as_str());
        }
    }
    text(bytes, &reference.key);
}

fn put_row(bytes: &mut Vec<u8>, row: &Row) {
    length(bytes, row.key.len());
    row.key.iter().for_each(|value| put(bytes, value));
    bytes.extend(row.occurrence.to_le_bytes());
    length(bytes, row.fields.0.len());
    for (name, value) in row.fields.0.iter() {
        text(bytes, name.as_str());
        put(bytes, value);
    }
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    length(bytes, text.len());
    bytes.extend(text.as_bytes());
}

fn length(bytes: &mut Vec<u8>, length: usize) {
    bytes.extend((length as u64).to_le_bytes());
}
