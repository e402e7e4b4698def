//! Equality as the mapping declares it: the compared form of values, for both cells of a field at once.

use crate::codec::Codec;
use crate::program::{Entity, Field, ListPlace, ListSpec, SlotCell};
use selaras_model::{FieldName, Image, MatchKey, PerSide, Row, Side, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;

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

    /// Whether `held` is what was `said` of the field at `position`, apart from what was left open: systems fill in what nobody named. Both
    /// values are in the form of one side.
    #[must_use]
    pub fn fills(&self, position: usize, said: &Value, held: &Value) -> bool {
        let (said, held) = (self.folded(position, said), self.folded(position, held));
        match (said.as_ref(), held.as_ref()) {
            (Value::List(said), Value::List(held)) => {
                said.len() == held.len() && said.iter().zip(held).all(|(said, held)| row_fills(said, held))
            }
            (said, held) => said.is_blank() || said == held,
        }
    }

    /// Whether a side `stored` what it was `asked` to, knowing what it held `before`: in what is new it may fill in what was left open.
    #[must_use]
    pub fn as_asked(&self, position: usize, before: Option<&Value>, asked: &Value, stored: &Value) -> bool {
        let Some(before) = before else { return self.fills(position, asked, stored) };
        let fold = |value| self.folded(position, value);
        match (fold(before).as_ref(), fold(asked).as_ref(), fold(stored).as_ref()) {
            (Value::List(before), Value::List(asked), Value::List(stored)) => {
                let place = |row: &Row| (row.key.clone(), row.occurrence);
                let known: BTreeSet<_> = before.iter().map(place).collect();
                let fits = |(asked, stored): (&Row, &Row)| {
                    asked == stored || (!known.contains(&place(asked)) && row_fills(asked, stored))
                };
                asked.len() == stored.len() && asked.iter().zip(stored).all(fits)
            }
            (_, asked, stored) => asked == stored,
        }
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

/// The same for two folded rows. A member that is not returned contradicts nothing.
fn row_fills(said: &Row, held: &Row) -> bool {
    let fits =
        |(name, said): (&FieldName, &Value)| said.is_blank() || held.fields.get(name).is_none_or(|held| held == said);
    said.key == held.key && said.occurrence == held.occurrence && said.fields.0.iter().all(fits)
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
    for (name, value) in row.fields.0.iter() {
        let position = spec.fields.iter().position(|field| &field.name == name);
        let folded = match position {
            Some(position) => fold_child(spec, position, value).into_owned(),
            None => value.clone(),
        };
        fields.set(name.clone(), folded);
    }
    Row { key: fold_key(spec, &row.key), occurrence: row.occurrence, id: None, fields }
}
