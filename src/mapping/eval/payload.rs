//! Images to what a write says: only the members that change, under the names that writes use.

use super::{cell, children, slots};
use crate::codec::{Codec, Resolve};
use crate::path::Path;
use crate::program::{Cell, Entity, Field, ListPlace, WriteRule};
use selaras_connector_api::Children;
use selaras_model::{Image, Message, NativeId, Side, Value};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// What one write says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Payload {
    /// The members of the record.
    pub fields: Map<String, Json>,
    /// Its lists of children.
    pub children: Vec<Children>,
}

impl Payload {
    /// Adds what another payload says; where both speak of a member, the other has the last word.
    pub fn join(&mut self, other: Payload) {
        merge(&mut self.fields, other.fields);
        for children in other.children {
            self.children.retain(|own| own.path != children.path);
            self.children.push(children);
        }
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.children.is_empty()
    }
}

impl Entity {
    /// What a write to `side` says so that the fields in `changes` become as they are there.
    ///
    /// `changes` and `whole` are in the form of `side`; `whole` is the record as it is to be, from which come templates and the fields
    /// that share a member or a switch with one that changes. `base` is what the side last looked like: the rows of its lists, with their
    /// ids, say which rows are added, changed and removed. With `create` the constants and templates are included.
    ///
    /// # Errors
    /// One message per value that cannot be written, naming the field; nothing of the payload may then be sent.
    pub fn payload(
        &self,
        side: Side,
        create: bool,
        changes: &Image,
        whole: &Image,
        base: Option<&Image>,
        resolve: &Resolve<'_>,
    ) -> Result<Payload, Vec<Message>> {
        let mut members = Json::Object(Map::new());
        let mut lists = Vec::new();
        let mut messages = unknown(self, changes);
        let mut values = Vec::new();
        let made = self.made(side, create, changes, whole);
        values.extend(made.iter().map(|(cell, value, name)| (*cell, value, name.clone())));
        for field in &self.fields {
            let Some(value) = changes.get(&field.name).or_else(|| self.dragged(side, field, changes, whole)) else {
                continue;
            };
            match (&field.list, field.cells.get(side)) {
                (Some(spec), _) => {
                    let base = base.and_then(|image| image.get(&field.name));
                    let written = match spec.places.get(side) {
                        ListPlace::Array { path, .. } => children::write(field, spec, side, value, base, resolve)
                            .map(|rows| lists.push(Children { path: path.dotted(), rows })),
                        ListPlace::Slots { by, ascending, columns } => {
                            let layout = slots::Layout { by: *by, ascending: *ascending, columns, create };
                            slots::write(field, spec, side, value, &layout, resolve, &mut members)
                        }
                    };
                    messages.extend(written.err().into_iter().flatten());
                }
                // Made above.
                (None, Some(Cell { codec: Codec::Constant(_) | Codec::Template(_), .. })) => {}
                (None, Some(cell)) if cell.write.is_some() => values.push((cell, value, field.name.0.clone())),
                (None, Some(_) | None) => messages.push(Message::new("map-not-writable").with("field", &field.name)),
            }
        }
        messages.extend(cell::write_all(&values, resolve, &mut members).err().into_iter().flatten());
        match members {
            Json::Object(fields) if messages.is_empty() => Ok(Payload { fields, children: lists }),
            _ => Err(messages),
        }
    }

    /// What a write to `side` says so that the record holds the id of its partner; nothing where that side keeps none.
    #[must_use]
    pub fn partner_payload(&self, side: Side, partner: &NativeId) -> Payload {
        let mut members = Json::Object(Map::new());
        if let Some(path) = self.partner_id.get(side) {
            path.set(&mut members, Json::String(partner.0.clone()));
        }
        match members {
            Json::Object(fields) => Payload { fields, children: Vec::new() },
            _ => Payload::default(),
        }
    }

    /// Constants and templates: both on create, and templates again when a field they are made of changes. They come first, so that a
    /// mapped field which shares their member wins.
    fn made(&self, side: Side, create: bool, changes: &Image, whole: &Image) -> Vec<(&Cell, Value, String)> {
        let made = |field: &'_ Field, cell: &Cell| match &cell.codec {
            Codec::Constant(_) => (create || changes.get(&field.name).is_some()).then_some(Value::Bool(true)),
            Codec::Template(template) => {
                let touched = template.fields().into_iter().any(|name| changes.get(name).is_some());
                let due = create || (touched && field.write != WriteRule::OnCreate);
                let text = due.then(|| template.render(whole)).flatten()?;
                Some(if text.is_empty() { Value::Null } else { Value::Text(text) })
            }
            _ => None,
        };
        let cells = self.fields.iter().filter_map(|field| Some((field, field.cells.get(side).as_ref()?)));
        cells.filter_map(|(field, cell)| Some((cell, made(field, cell)?, field.name.0.clone()))).collect()
    }

    /// The value of a field that does not change itself but shares a member or a switch with one that does.
    fn dragged<'a>(&self, side: Side, field: &Field, changes: &Image, whole: &'a Image) -> Option<&'a Value> {
        let own = touched(field.cells.get(side).as_ref()?);
        let shares = |other: &&Field| {
            let cell = other.cells.get(side).as_ref().filter(|cell| cell.codec.reads());
            cell.is_some_and(|cell| touched(cell).iter().any(|path| own.contains(path)))
        };
        let writable = field.direction.flows_to(side)
            && field.write != WriteRule::OnCreate
            && field.cells.get(side).as_ref().is_some_and(|cell| cell.write.is_some() && cell.codec.reads());
        let changed = |other: &&Field| changes.get(&other.name).is_some();
        if !writable || !self.fields.iter().filter(changed).any(|other| shares(&other)) {
            return None;
        }
        whole.get(&field.name)
    }
}

/// The members that writing a cell touches.
fn touched(cell: &Cell) -> BTreeSet<&Path> {
    cell.write.iter().chain(cell.flag.iter().map(|flag| &flag.path)).collect()
}

/// Changes to fields that the mapping does not have.
fn unknown(entity: &Entity, changes: &Image) -> Vec<Message> {
    let strangers = changes.0.keys().filter(|name| entity.position(name).is_none());
    strangers.map(|name| Message::new("map-no-field").with("field", name)).collect()
}

fn merge(into: &mut Map<String, Json>, from: Map<String, Json>) {
    for (name, value) in from {
        match (into.get_mut(&name), value) {
            (Some(Json::Object(own)), Json::Object(other)) => merge(own, other),
            (_, value) => {
                into.insert(name, value);
            }
        }
    }
}
