//! Equality as the mapping declares it: the compared form of values, for both cells of a field at once.

use crate::codec::Codec;
use crate::program::{Entity, Field, ListPlace, ListSpec, SlotCell};
use selaras_model::{Image, MatchKey, PerSide, Row, Side, Value};
use std::borrow::Cow;

impl Entity {
    /// The compared form of a value of the field at `position`.
    #[must_use]
    pub fn fold_field(&self, position: usize, value: &Value) -> Value {
        self.folded(position, value).into_owned()
    }

    /// Whether two values of the field at `position`, both in the form of one side, are equal.
    #[must_use]
    pub fn same(&self, position: usize, left: &Value, right: &Value) -> bool {
        self.folded(position, left) == self.folded(position, right)
    }

    /// The match keys of an image, folded, where all parts have values. Those of both sides compare directly.
    #[must_use]
    pub fn keys(&self, _side: Side, image: &Image) -> Vec<MatchKey> {
        let part = |position: &usize| {
            let value = self.folded(*position, image.get(&self.fields.get(*position)?.name)?).into_owned();
            (!value.is_blank()).then_some(value)
        };
        let key = |(index, positions): (usize, &Vec<usize>)| {
            let values = positions.iter().map(part).collect::<Option<Vec<_>>>()?;
            let index = u32::try_from(index).ok()?;
            (!values.is_empty()).then_some(MatchKey { index, values })
        };
        self.match_keys.iter().enumerate().filter_map(key).collect()
    }

    pub(super) fn folded<'a>(&self, position: usize, value: &'a Value) -> Cow<'a, Value> {
        match self.fields.get(position) {
            Some(field) => fold(field, value),
            None => Cow::Borrowed(value),
        }
    }
}

/// The compared form of a value of a field. Both cells have their say, so that the same edit compares alike wherever it was read.
pub(super) fn fold<'a>(field: &Field, value: &'a Value) -> Cow<'a, Value> {
    match &field.list {
        Some(spec) => fold_list(spec, value),
        None => fold_by(field.cells.as_ref().map(|cell| cell.as_ref().map(|cell| &cell.codec)), value),
    }
}

/// The compared form of a child's field.
pub(super) fn fold_child<'a>(spec: &ListSpec, position: usize, value: &'a Value) -> Cow<'a, Value> {
    fold_by(PerSide::from_fn(|side| child_codec(spec, position, side)), value)
}

/// The folded value of one field of a row, if it is known.
pub(super) fn fold_in_row(spec: &ListSpec, position: usize, row: &Row) -> Option<Value> {
    let value = row.fields.get(&spec.fields.get(position)?.name)?;
    Some(fold_child(spec, position, value).into_owned())
}

/// The folded key of a row.
pub(super) fn fold_key(spec: &ListSpec, key: &[Value]) -> Vec<Value> {
    let fold = |(place, value): (usize, &Value)| match spec.key.get(place) {
        Some(position) => fold_child(spec, *position, value).into_owned(),
        None => value.clone(),
    };
    key.iter().enumerate().map(fold).collect()
}

fn fold_by<'a>(codecs: PerSide<Option<&Codec>>, value: &'a Value) -> Cow<'a, Value> {
    if let (Some(Codec::Decimal(left)), Some(Codec::Decimal(right))) = (codecs.left, codecs.right) {
        // Rounding to the finer scale first could move a half; only the coarser one counts.
        let scale = left.scale.into_iter().chain(right.scale).min();
        let coarse = |blank| Codec::Decimal(crate::codec::DecimalCodec { scale, blank });
        return then(coarse(left.blank).fold(value), &coarse(right.blank));
    }
    let folded = match codecs.left {
        Some(codec) => codec.fold(value),
        None => Cow::Borrowed(value),
    };
    match codecs.right {
        Some(codec) => then(folded, codec),
        None => folded,
    }
}

fn then<'a>(folded: Cow<'a, Value>, codec: &Codec) -> Cow<'a, Value> {
    match folded {
        Cow::Borrowed(value) => codec.fold(value),
        Cow::Owned(value) => Cow::Owned(codec.fold(&value).into_owned()),
    }
}

fn child_codec(spec: &ListSpec, position: usize, side: Side) -> Option<&Codec> {
    let in_slot = |columns: &Vec<SlotCell>| match columns.get(position) {
        Some(SlotCell::Cell(_)) => true,
        Some(SlotCell::Fixed(_)) | None => false,
    };
    if let ListPlace::Slots { columns, .. } = spec.places.get(side)
        && let Some(SlotCell::Cell(cell)) =
            columns.iter().find(|columns| in_slot(columns)).and_then(|columns| columns.get(position))
    {
        return Some(&cell.codec);
    }
    spec.fields.get(position)?.cells.get(side).as_ref().map(|cell| &cell.codec)
}

fn fold_list<'a>(spec: &ListSpec, value: &'a Value) -> Cow<'a, Value> {
    let rows = match value {
        Value::List(rows) => rows.as_slice(),
        Value::Null => &[],
        other => return Cow::Borrowed(other),
    };
    let mut folded: Vec<Row> = rows.iter().map(|row| fold_row(spec, row)).collect();
    folded.sort();
    Cow::Owned(Value::List(folded))
}

fn fold_row(spec: &ListSpec, row: &Row) -> Row {
    let mut fields = Image::default();
    for (name, value) in &row.fields.0 {
        let position = spec.fields.iter().position(|field| &field.name == name);
        let folded = match position {
            Some(position) => fold_child(spec, position, value).into_owned(),
            None => value.clone(),
        };
        fields.set(name.clone(), folded);
    }
    Row { key: fold_key(spec, &row.key), occurrence: row.occurrence, id: None, fields }
}
