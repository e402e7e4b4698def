//! A record to what a run knows of it: how it stands, its image, its keys.

use super::{cell, list};
use crate::codec::display_text;
use crate::program::{Entity, Field, Rule};
use selaras_model::{Image, MatchKey, Message, NativeId, Observed, Reason, Side, Standing, Value};
use serde_json::Value as Json;

/// How much of a record is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Everything.
    Full,
    /// Standing, keys, label and partner id; the image stays empty.
    Brief,
}

impl Entity {
    /// What a record of `side` is to the mapping. Sample data comes first, then the scope; only a record that takes part has an image, but
    /// each has its keys. A value that cannot be read makes the whole record unreadable, with all its troubles named: half an image would look like cleared
    /// fields.
    #[must_use]
    pub fn observe(&self, side: Side, id: &NativeId, version: Option<&str>, record: &Json, facts: &Json) -> Observed {
        self.look_at(side, id, version, record, facts, Depth::Full)
    }

    /// The same from the members of [`Entity::brief_members`] alone, with an empty image.
    #[must_use]
    pub fn observe_brief(
        &self,
        side: Side,
        id: &NativeId,
        version: Option<&str>,
        record: &Json,
        facts: &Json,
    ) -> Observed {
        self.look_at(side, id, version, record, facts, Depth::Brief)
    }

    fn look_at(
        &self,
        side: Side,
        id: &NativeId,
        version: Option<&str>,
        record: &Json,
        facts: &Json,
        depth: Depth,
    ) -> Observed {
        let mut observed = Observed {
            id: id.clone(),
            version: version.map(str::to_owned),
            label: self.label_of(side, record).unwrap_or_else(|| id.0.clone()),
            partner_id: self.partner_of(side, record),
            image: Image::default(),
            standing: Standing::Real,
            not_created: None,
            keys: Vec::new(),
            arrived: self.arrived.get(side).as_ref().is_some_and(|condition| condition.holds(record, facts)),
        };
        observed.keys = self.keys_of(side, record);
        if !record.is_object() {
            observed.standing = Standing::Unreadable(vec![Message::new("map-record-not-object")]);
        } else if self.dummy.get(side).as_ref().is_some_and(|condition| condition.holds(record, facts)) {
            observed.standing = Standing::Dummy;
        } else if let Some(reason) = broken(self.scope.get(side), "scope", record, facts) {
            observed.standing = Standing::OutOfScope(reason);
        } else {
            match self.image_of(side, record, depth) {
                Err(messages) => observed.standing = Standing::Unreadable(messages),
                Ok(image) => {
                    observed.not_created = broken(self.create_when.get(side), "create_when", record, facts);
                    if depth == Depth::Full {
                        observed.image = image;
                    }
                }
            }
        }
        observed
    }

    fn image_of(&self, side: Side, record: &Json, depth: Depth) -> Result<Image, Vec<Message>> {
        let brief = (depth == Depth::Brief).then(|| self.brief_positions());
        let mut image = Image::default();
        let mut messages = Vec::new();
        for (position, field) in self.fields.iter().enumerate() {
            if brief.as_ref().is_some_and(|brief| !brief.contains(&position)) {
                continue;
            }
            match value_of(field, side, record) {
                Ok(Some(value)) => image.set(field.name.clone(), value),
                Ok(None) => {}
                Err(troubles) => messages.extend(troubles),
            }
        }
        if messages.is_empty() { Ok(image) } else { Err(messages) }
    }

    /// The match keys as far as they can be read, whatever the record's standing: one that takes no part still holds its code, and a record
    /// of the other side with that code must not be taken for new.
    fn keys_of(&self, side: Side, record: &Json) -> Vec<MatchKey> {
        let mut image = Image::default();
        for position in self.match_keys.iter().flatten() {
            if let Some(field) = self.fields.get(*position)
                && let Ok(Some(value)) = value_of(field, side, record)
            {
                image.set(field.name.clone(), value);
            }
        }
        self.keys(side, &image)
    }

    /// How people call the record; `None` where no part of it is known.
    fn label_of(&self, side: Side, record: &Json) -> Option<String> {
        let part = |position: &usize| {
            let value = value_of(self.fields.get(*position)?, side, record).ok()??;
            Some(display_text(&value)).filter(|text| !text.is_empty())
        };
        let parts: Vec<String> = self.label.iter().filter_map(part).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    fn partner_of(&self, side: Side, record: &Json) -> Option<String> {
        let id = match self.partner_id.get(side).as_ref()?.look(record)? {
            Json::String(text) => text.trim().to_owned(),
            Json::Number(number) => crate::number::text_of(number),
            Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => return None,
        };
        (!id.is_empty() && id != "0").then_some(id)
    }
}

/// The value of a field as `side` gives it.
fn value_of(field: &Field, side: Side, record: &Json) -> Result<Option<Value>, Vec<Message>> {
    match (&field.list, field.cells.get(side)) {
        (Some(spec), _) => list::read(field, spec, side, record),
        (None, Some(cell)) => cell::read(cell, record).map_err(|message| vec![message.with("field", &field.name)]),
        (None, None) => Ok(None),
    }
}

/// The reason of the first rule that does not hold.
fn broken(rules: &[Rule], rule: &str, record: &Json, facts: &Json) -> Option<Reason> {
    let first = rules.iter().find(|rule| !rule.require.holds(record, facts))?;
    Some(Reason { rule: rule.to_owned(), text: first.reason.clone() })
}
