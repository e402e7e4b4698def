//! Values across sides: only references differ between the two forms, and this is where one side's reference becomes the other's.

use crate::input::{RefAnswer, RefQuestion, RefTable};
use crate::plan::{RefKey, pending_key};
use selaras_mapping::Codec;
use selaras_mapping::program::{Cell, Field};
use selaras_model::{
    ActionId, EntityName, FieldName, Image, Message, NativeId, Ref, RefBy, Row, Side, Standing, Value,
};
use std::collections::{BTreeMap, BTreeSet};

/// The partner that a record has or gets by this very plan.
#[derive(Clone, Debug)]
pub(crate) struct PlannedPartner {
    /// Its id, or the action that makes it.
    pub id: Result<NativeId, ActionId>,
    /// Its image as it will be.
    pub image: Image,
}

/// What earlier entities of this plan arranged: by entity, side and id of the record on that side, its partner on the other.
pub(crate) type Arranged = BTreeMap<(EntityName, Side, NativeId), PlannedPartner>;

/// What writing a translated value needs besides the value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Needs {
    /// The keys under which the target is told its references.
    pub keys: BTreeSet<RefKey>,
    /// Actions that must come first.
    pub waits: BTreeSet<ActionId>,
}

/// Translates values from one side to the other.
pub(crate) struct Translator<'a> {
    pub refs: &'a RefTable,
    pub arranged: &'a Arranged,
}

impl Translator<'_> {
    /// The value of `field` in the other side's form.
    ///
    /// # Errors
    /// When a reference in it has no partner there; the message names what is missing.
    pub fn translate(&self, field: &Field, from: Side, value: &Value, needs: &mut Needs) -> Result<Value, Message> {
        match value {
            Value::Ref(reference) => self.reference(field.cells.get(from.other()).as_ref(), from, reference, needs),
            Value::List(rows) => {
                let fields = field.list.as_ref().map_or(&[][..], |list| &list.fields);
                rows.iter()
                    .map(|row| self.row(field, fields, from, row, needs))
                    .collect::<Result<_, _>>()
                    .map(Value::List)
            }
            Value::Null
            | Value::Bool(_)
            | Value::Decimal(_)
            | Value::Text(_)
            | Value::Date(_)
            | Value::Timestamp(_) => Ok(value.clone()),
        }
    }

    /// Notes the keys by which a side is told the references in a value of its own.
    ///
    /// # Errors
    /// When a record that it refers to is not there any more; the message names it.
    pub fn own(&self, field: &Field, side: Side, value: &Value, needs: &mut Needs) -> Result<(), Message> {
        match value {
            Value::Ref(reference) => self.own_reference(field.cells.get(side).as_ref(), side, reference, needs),
            Value::List(rows) => {
                let fields = field.list.as_ref().map_or(&[][..], |list| &list.fields);
                for (field, value) in rows
                    .iter()
                    .flat_map(|row| fields.iter().filter_map(|field| Some((field, row.fields.get(&field.name)?))))
                {
                    self.own(field, side, value, needs)?;
                }
                Ok(())
            }
            Value::Null
            | Value::Bool(_)
            | Value::Decimal(_)
            | Value::Text(_)
            | Value::Date(_)
            | Value::Timestamp(_) => Ok(()),
        }
    }

    fn own_reference(
        &self,
        cell: Option<&Cell>,
        side: Side,
        reference: &Ref,
        needs: &mut Needs,
    ) -> Result<(), Message> {
        let write = match cell.map(|cell| &cell.codec) {
            Some(Codec::Ref(codec)) => &codec.write,
            _ => &RefBy::Id,
        };
        let (entity, by) = (reference.entity.clone(), reference.by.clone());
        let question = RefQuestion { entity, side, by, key: reference.key.clone() };
        let Some(RefAnswer::Found { id, image, .. }) = self.refs.get(&question) else {
            let message = Message::new("plan-hold-reference-missing").with("entity", &reference.entity);
            return Err(message.with("record", &reference.key));
        };
        let there = PlannedPartner { id: Ok(id.clone()), image: image.clone() };
        let key = key_of(&there, write).ok_or_else(|| nameless(reference, write))?;
        needs.keys.insert(RefKey { reference: reference.clone(), by: write.clone(), key });
        Ok(())
    }

    /// A child in the other side's form. Its id stays behind: each side has its own.
    fn row(&self, list: &Field, fields: &[Field], from: Side, row: &Row, needs: &mut Needs) -> Result<Row, Message> {
        let mut image = Image::default();
        for field in fields {
            if let Some(value) = row.fields.get(&field.name) {
                image.set(field.name.clone(), self.translate(field, from, value, needs)?);
            }
        }
        let key = match &list.list {
            Some(spec) => {
                spec.key.iter().map(|&at| image.get(&fields[at].name).cloned().unwrap_or(Value::Null)).collect()
            }
            None => Vec::new(),
        };
        Ok(Row { key, occurrence: row.occurrence, id: None, fields: image })
    }

    fn reference(
        &self,
        target: Option<&Cell>,
        from: Side,
        reference: &Ref,
        needs: &mut Needs,
    ) -> Result<Value, Message> {
        let partner = self.partner(from, reference)?;
        let (read, write) = match target.map(|cell| &cell.codec) {
            Some(Codec::Ref(codec)) => (&codec.read, &codec.write),
            _ => (&RefBy::Id, &RefBy::Id),
        };
        let waits = partner.id.as_ref().err().cloned();
        let translated = Ref {
            entity: reference.entity.clone(),
            by: read.clone(),
            key: key_of(&partner, read).ok_or_else(|| nameless(reference, read))?,
        };
        let key = key_of(&partner, write).ok_or_else(|| nameless(reference, write))?;
        needs.keys.insert(RefKey { reference: translated.clone(), by: write.clone(), key });
        needs.waits.extend(waits);
        Ok(Value::Ref(translated))
    }

    /// The record on the other side that is the partner of the one referred to.
    fn partner(&self, from: Side, reference: &Ref) -> Result<PlannedPartner, Message> {
        let question = RefQuestion {
            entity: reference.entity.clone(),
            side: from,
            by: reference.by.clone(),
            key: reference.key.clone(),
        };
        let hold = |key: &str| Message::new(key).with("entity", &reference.entity);
        match self.refs.get(&question) {
            Some(RefAnswer::Found { id, label, partner, standing, .. }) => {
                if let Some(arranged) = self.arranged.get(&(reference.entity.clone(), from, id.clone())) {
                    return Ok(arranged.clone());
                }
                if let Some((id, image)) = partner {
                    return Ok(PlannedPartner { id: Ok(id.clone()), image: image.clone() });
                }
                Err(match standing {
                    Standing::Dummy => hold("plan-hold-reference-dummy").with("record", label),
                    Standing::OutOfScope(reason) => hold("plan-hold-reference-outside")
                        .with("record", label)
                        .with("reason-id", &reason.text.id)
                        .with("reason-en", &reason.text.en),
                    Standing::Real | Standing::Unreadable(_) => {
                        hold("plan-hold-reference-unlinked").with("record", label)
                    }
                })
            }
            Some(RefAnswer::Ambiguous { labels }) => Err(hold("plan-hold-reference-ambiguous")
                .with("record", &reference.key)
                .with("candidates", labels.join(", "))),
            Some(RefAnswer::NotObserved(why)) => Err(why.clone()),
            Some(RefAnswer::Missing) | None => Err(hold("plan-hold-reference-missing").with("record", &reference.key)),
        }
    }
}

fn nameless(reference: &Ref, by: &RefBy) -> Message {
    let field = match by {
        RefBy::Id => "id".to_owned(),
        RefBy::Field(field) => field.to_string(),
    };
    Message::new("plan-hold-reference-nameless")
        .with("entity", &reference.entity)
        .with("record", &reference.key)
        .with("field", field)
}

/// The key by which the partner is named.
fn key_of(partner: &PlannedPartner, by: &RefBy) -> Option<String> {
    match (by, &partner.id) {
        (RefBy::Id, Ok(id)) => Some(id.to_string()),
        (RefBy::Id, Err(action)) => Some(pending_key(action)),
        (RefBy::Field(field), _) => plain_text(partner.image.get(field)?),
    }
}

/// A value as the key of a reference.
pub(crate) fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) if !text.is_empty() => Some(text.clone()),
        Value::Decimal(number) => Some(number.normalize().to_string()),
        Value::Bool(_)
        | Value::Date(_)
        | Value::Timestamp(_)
        | Value::Ref(_)
        | Value::List(_)
        | Value::Null
        | Value::Text(_) => None,
    }
}

/// The names of fields of an entity, for iteration in the mapping's order.
pub(crate) fn names(fields: &[Field]) -> impl Iterator<Item = &FieldName> {
    fields.iter().map(|field| &field.name)
}
