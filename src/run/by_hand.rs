//! What people order: decisions on conflicts, links, unclear writes. Everything is written down with who, when and why, under the lock of the
//! state, and no system is touched: what follows is the next plan's business. Needs no connection.

use crate::error::RunError;
use crate::pending::OpenConflict;
use selaras_mapping::program::{Entity, Mapping};
use selaras_model::{
    Decision, EntityName, FieldName, IntentId, Message, NativeId, PerSide, Side, Signature, Take, Value,
};
use selaras_plan::{Conflict, ConflictKind, FieldConflict};
use selaras_store::{Effect, NotResolved, OpenEntry, Reader, Refused, Resolution, Taking, Writer};
use std::path::Path;

/// Why an order is not carried out.
#[derive(Debug)]
pub enum Refusal {
    /// The state cannot be used.
    Run(RunError),
    /// It makes no sense; what follows is what to do instead.
    Order {
        /// Why.
        what: Message,
        /// More of it, such as what each codec says of a value.
        notes: Vec<Message>,
        /// What to do instead.
        help: Message,
    },
}

impl<E: Into<RunError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Refusal::Run(error.into())
    }
}

impl Refusal {
    fn new(what: Message, help: &str) -> Self {
        Refusal::Order { what, notes: Vec::new(), help: Message::new(help) }
    }
}

/// What a person takes, as they say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A side.
    Side(Side),
    /// A value, as text.
    Value(String),
}

impl Wish {
    /// What a word after `--take` means: the name of a system, in whatever case, is that side; anything else, and anything after `=`, is a value.
    #[must_use]
    pub fn of(word: &str, mapping: &Mapping) -> Self {
        match Side::BOTH.into_iter().find(|side| mapping.systems.get(*side).name.eq_ignore_ascii_case(word.trim())) {
            Some(side) => Wish::Side(side),
            None => Wish::Value(word.strip_prefix('=').unwrap_or(word).to_owned()),
        }
    }
}

/// The state of a mapping, to be told what people want. Opened for reading: it is locked only for the moment of writing.
pub struct ByHand<'a> {
    mapping: &'a Mapping,
    path: &'a Path,
    reader: Reader,
    taking: Taking<'a>,
}

impl<'a> ByHand<'a> {
    /// Opens the state of a mapping as its last run left it.
    ///
    /// # Errors
    /// When the state cannot be read, or there was no run yet.
    pub fn open(mapping: &'a Mapping, path: &'a Path) -> Result<Self, Refusal> {
        let mut reader = Reader::open(path)?;
        if !reader.select_latest(&mapping.name)? {
            return Err(Refusal::new(Message::new("hand-no-run"), "hand-no-run-help"));
        }
        Ok(Self { mapping, path, reader, taking: Taking::default() })
    }

    /// The same, saying who it is that takes the state for writing and how long it waits for others.
    #[must_use]
    pub fn taking(self, taking: Taking<'a>) -> Self {
        Self { taking, ..self }
    }

    fn writer(&self) -> Result<Writer, Refusal> {
        let mut writer = Writer::take(self.path, "by hand", &self.taking)?;
        writer.select_latest(&self.mapping.name)?;
        Ok(writer)
    }

    fn entity(&self, name: &EntityName) -> Result<&'a Entity, Refusal> {
        self.mapping.entity(name).ok_or_else(|| RunError::NoSuchEntity(name.to_string()).into())
    }

    /// The conflict of an id, or of the beginning of one.
    ///
    /// # Errors
    /// When there is none, or there are several.
    pub fn conflict(&self, id: &str) -> Result<Conflict, Refusal> {
        let id = id.trim().to_lowercase();
        let mut found = Vec::new();
        for stored in self.reader.conflicts()? {
            let conflict: Conflict = serde_json::from_value(stored.body)
                .map_err(|error| selaras_store::StoreError::Contradiction(error.to_string()))?;
            if !id.is_empty() && conflict.id.as_str().starts_with(&id) {
                found.push(conflict);
            }
        }
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => Err(Refusal::new(Message::new("hand-no-conflict").with("id", id), "hand-no-conflict-help")),
            _ => {
                let ids: Vec<&str> = found.iter().map(|conflict| conflict.id.as_str()).collect();
                let what = Message::new("hand-conflicts").with("id", id).with("known", ids.join(", "));
                Err(Refusal::new(what, "hand-conflicts-help"))
            }
        }
    }

    /// The decisions that an answer to a conflict comes to: one for each unit, all fields of a group together. Nothing is written.
    ///
    /// # Errors
    /// When the conflict cannot be answered so; the message says how it can.
    pub fn answer(
        &self,
        conflict: &Conflict,
        wish: &Wish,
        field: Option<&FieldName>,
        signature: &Signature,
    ) -> Result<Vec<Decision>, Refusal> {
        let entity = self.entity(&conflict.entity)?;
        match conflict.kind {
            ConflictKind::Field | ConflictKind::FirstMeeting => {
                fields(entity, conflict, wish, field).map(|found| decisions(conflict, found, signature))
            }
            ConflictKind::Delete => self.removal(entity, conflict, wish, field).map(|take| {
                let found = vec![(conflict.fields.clone(), take)];
                decisions(conflict, found, signature)
            }),
            ConflictKind::KeyTaken => {
                Err(Refusal::new(Message::new("hand-key-taken").with("id", &conflict.id), "hand-key-taken-help"))
            }
            ConflictKind::Ambiguous
            | ConflictKind::LinkedElsewhere
            | ConflictKind::Stranger
            | ConflictKind::PartnerId => {
                Err(Refusal::new(Message::new("hand-about-links").with("id", &conflict.id), "hand-about-links-help"))
            }
        }
    }

    fn removal(
        &self,
        entity: &Entity,
        conflict: &Conflict,
        wish: &Wish,
        field: Option<&FieldName>,
    ) -> Result<Take, Refusal> {
        let (Wish::Side(side), None, Some(gone)) = (wish, field, conflict.gone) else {
            return Err(Refusal::new(Message::new("hand-removal-whole"), "hand-removal-whole-help"));
        };
        if *side != gone && !(entity.sync.flows_to(gone) && *entity.on_create.get(gone)) {
            let system = &self.mapping.systems.get(gone).name;
            let what = Message::new("hand-no-return").with("entity", &entity.name).with("system", system);
            return Err(Refusal::new(what, "hand-no-return-help"));
        }
        Ok(Take::Side(*side))
    }

    /// What was decided of a conflict and waits for the next run.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn decided(&self, conflict: &Conflict) -> Result<Vec<Decision>, Refusal> {
        let mut decisions = self.reader.decisions()?;
        decisions.retain(|decision| decision.conflict == conflict.id);
        Ok(decisions)
    }

    /// The conflict with what is known of it besides.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn open_conflict(&self, conflict: &Conflict) -> Result<OpenConflict, Refusal> {
        let decisions = self.decided(conflict)?;
        for stored in self.reader.conflicts()? {
            let found = OpenConflict::of(&stored, &decisions)?;
            if found.conflict.id == conflict.id {
                return Ok(found);
            }
        }
        Ok(conflict.clone().into())
    }

    /// The decisions on a conflict that can be taken back: all of them, or the one on a field.
    ///
    /// # Errors
    /// When there is none, or the state cannot be read.
    pub fn may_withdraw(&self, conflict: &Conflict, field: Option<&FieldName>) -> Result<Vec<Decision>, Refusal> {
        let mut decisions = self.decided(conflict)?;
        decisions.retain(|decision| field.is_none_or(|field| decision.on.contains_key(field)));
        if decisions.is_empty() {
            let what = Message::new("hand-not-decided").with("id", &conflict.id);
            return Err(Refusal::new(what, "hand-not-decided-help"));
        }
        Ok(decisions)
    }

    /// Takes decisions back that no run has carried out.
    ///
    /// # Errors
    /// When the state cannot be locked or written.
    pub fn withdraw(&self, decisions: &[Decision], signature: &Signature) -> Result<Vec<Decision>, Refusal> {
        Ok(self.writer()?.withdraw(decisions, signature)?)
    }

    /// Writes decisions down.
    ///
    /// # Errors
    /// When the state cannot be locked or written.
    pub fn decide(&self, decisions: &[Decision]) -> Result<(), Refusal> {
        Ok(self.writer()?.decide(decisions)?)
    }

    /// Whether two records could be linked now. Nothing is written.
    ///
    /// # Errors
    /// When one of them is linked already, or the state cannot be read.
    pub fn may_link(&self, entity: &EntityName, ids: &PerSide<NativeId>) -> Result<(), Refusal> {
        self.entity(entity)?;
        self.reader.may_link(entity, ids)?.map_err(|refused| self.refused(entity, &refused))
    }

    /// Whether the link of a record could be ended now. Nothing is written.
    ///
    /// # Errors
    /// When there is none, the id means several, or the state cannot be read.
    pub fn may_unlink(&self, entity: &EntityName, side: Option<Side>, id: &str) -> Result<(), Refusal> {
        self.entity(entity)?;
        self.reader.may_unlink(entity, side, id)?.map_err(|refused| self.refused(entity, &refused))
    }

    /// Whether the tombstone of a record could be forgotten now. Nothing is written.
    ///
    /// # Errors
    /// When there is none, the id means several, or the state cannot be read.
    pub fn may_forget(&self, entity: &EntityName, side: Option<Side>, id: &str) -> Result<(), Refusal> {
        self.entity(entity)?;
        self.reader.may_forget(entity, side, id)?.map_err(|refused| self.refused(entity, &refused))
    }

    /// Whether an unclear write could be closed so now. Nothing is written.
    ///
    /// # Errors
    /// When it is not open, cannot be closed so, or the state cannot be read.
    pub fn may_resolve_intent(&self, intent: IntentId, resolution: &Resolution) -> Result<OpenEntry, Refusal> {
        self.reader.may_resolve(intent, resolution)?.map_err(|refused| self.not_resolved(intent, &refused))
    }

    /// Links two records by their ids.
    ///
    /// # Errors
    /// When one of them is linked already, or the state cannot be locked or written.
    pub fn link(&self, entity: &EntityName, ids: &PerSide<NativeId>, signature: &Signature) -> Result<Effect, Refusal> {
        let entity = self.entity(entity)?;
        let origin = match entity.sync {
            selaras_mapping::program::Direction::Towards(side) => side.other(),
            selaras_mapping::program::Direction::TwoWay => Side::Left,
        };
        let done = self.writer()?.link_by_hand(&entity.name, ids, origin, signature)?;
        done.map_err(|refused| self.refused(&entity.name, &refused))
    }

    /// Ends the link of a record.
    ///
    /// # Errors
    /// When there is none, the id means several, or the state cannot be locked or written.
    pub fn unlink(
        &self,
        entity: &EntityName,
        side: Option<Side>,
        id: &str,
        signature: &Signature,
    ) -> Result<Effect, Refusal> {
        self.entity(entity)?;
        let done = self.writer()?.unlink_by_hand(entity, side, id, signature)?;
        done.map_err(|refused| self.refused(entity, &refused))
    }

    /// Forgets the tombstone of a record.
    ///
    /// # Errors
    /// When there is none, the id means several, or the state cannot be locked or written.
    pub fn forget(
        &self,
        entity: &EntityName,
        side: Option<Side>,
        id: &str,
        signature: &Signature,
    ) -> Result<Effect, Refusal> {
        self.entity(entity)?;
        let done = self.writer()?.forget_by_hand(entity, side, id, signature)?;
        done.map_err(|refused| self.refused(entity, &refused))
    }

    /// Closes an unclear write.
    ///
    /// # Errors
    /// When it is not open, cannot be closed so, or the state cannot be locked or written.
    pub fn resolve_intent(
        &self,
        intent: IntentId,
        resolution: &Resolution,
        signature: &Signature,
    ) -> Result<OpenEntry, Refusal> {
        let done = self.writer()?.resolve_intent(intent, resolution, signature)?;
        done.map_err(|refused| self.not_resolved(intent, &refused))
    }

    fn not_resolved(&self, intent: IntentId, refused: &NotResolved) -> Refusal {
        let about = |key: &str| Message::new(key).with("id", intent.0);
        match refused {
            NotResolved::NotOpen => Refusal::new(about("hand-intent-not-open"), "hand-intent-not-open-help"),
            NotResolved::Known => Refusal::new(about("hand-intent-known"), "hand-intent-known-help"),
            NotResolved::NotACreate => Refusal::new(about("hand-intent-no-create"), "hand-intent-no-create-help"),
            NotResolved::Linked(refused) => match refused {
                Refused::Linked(_, link) => self.refused(&link.entity.clone(), refused),
                Refused::NotLinked | Refused::NoTombstone | Refused::Several(_) => {
                    self.refused(&EntityName(String::new()), refused)
                }
            },
        }
    }

    /// Why an order about links is not carried out, with the command that would make it possible.
    fn refused(&self, entity: &EntityName, refused: &Refused) -> Refusal {
        let system = |side: Side| &self.mapping.systems.get(side).name;
        match refused {
            Refused::Linked(side, link) => {
                let what = Message::new("hand-linked")
                    .with("id", link.ids.get(*side))
                    .with("system", system(*side))
                    .with("other", link.ids.get(side.other()))
                    .with("there", system(side.other()))
                    .with("record", &link.label);
                let help = Message::new("hand-linked-help")
                    .with("entity", format!("'{entity}'"))
                    .with("id", link.ids.get(*side))
                    .with("system", system(*side));
                Refusal::Order { what, notes: Vec::new(), help }
            }
            Refused::NotLinked => Refusal::new(Message::new("hand-not-linked"), "hand-not-linked-help"),
            Refused::NoTombstone => Refusal::new(Message::new("hand-no-tombstone"), "hand-no-tombstone-help"),
            Refused::Several(links) => {
                let names: Vec<String> = links
                    .iter()
                    .map(|link| format!("{} ({} / {})", link.label, link.ids.left, link.ids.right))
                    .collect();
                let what = Message::new("hand-several").with("links", names.join(", "));
                Refusal::new(what, "hand-several-help")
            }
        }
    }
}

/// The units of a conflict with what is taken for each.
type Units = Vec<(Vec<FieldConflict>, Take)>;

fn fields(entity: &Entity, conflict: &Conflict, wish: &Wish, field: Option<&FieldName>) -> Result<Units, Refusal> {
    let mut units: Vec<Vec<FieldConflict>> = Vec::new();
    let group = |name: &FieldName| entity.field(name).and_then(|field| field.group);
    for field in &conflict.fields {
        let of_group = |unit: &&mut Vec<FieldConflict>| {
            group(&field.field).is_some() && group(&unit[0].field) == group(&field.field)
        };
        match units.iter_mut().find(of_group) {
            Some(unit) => unit.push(field.clone()),
            None => units.push(vec![field.clone()]),
        }
    }
    if let Some(name) = field {
        units.retain(|unit| unit.iter().any(|field| &field.field == name));
        if units.is_empty() {
            let known: Vec<&str> = conflict.fields.iter().map(|field| field.field.as_str()).collect();
            let what = Message::new("hand-no-field").with("field", name).with("known", known.join(", "));
            return Err(Refusal::new(what, "hand-no-field-help"));
        }
    }
    match wish {
        Wish::Side(side) => Ok(units.into_iter().map(|unit| (unit, Take::Side(*side))).collect()),
        Wish::Value(text) => {
            let value = typed(entity, &units, text)?;
            Ok(units.into_iter().map(|unit| (unit, Take::Value(value.clone()))).collect())
        }
    }
}

/// A typed value is for one field.
fn typed(entity: &Entity, units: &[Vec<FieldConflict>], text: &str) -> Result<Value, Refusal> {
    let [unit] = units else {
        return Err(Refusal::new(Message::new("hand-value-which"), "hand-value-which-help"));
    };
    let [field] = &unit[..] else {
        let names: Vec<&str> = unit.iter().map(|field| field.field.as_str()).collect();
        let what = Message::new("hand-value-group").with("fields", names.join(", "));
        return Err(Refusal::new(what, "hand-value-group-help"));
    };
    entity.typed(&field.field, text).map_err(|notes| Refusal::Order {
        what: Message::new("hand-value").with("value", text).with("field", &field.field),
        notes,
        help: Message::new("hand-value-help"),
    })
}

fn decisions(conflict: &Conflict, units: Units, signature: &Signature) -> Vec<Decision> {
    let one = |(fields, take): (Vec<FieldConflict>, Take)| Decision {
        conflict: conflict.id.clone(),
        entity: conflict.entity.clone(),
        ids: conflict.ids.as_ref().map(|ids| ids.first().cloned().unwrap_or_else(|| NativeId(String::new()))),
        label: conflict.label.clone(),
        gone: conflict.gone,
        on: fields.into_iter().map(|field| (field.field, field.now)).collect(),
        take,
        signature: signature.clone(),
    };
    units.into_iter().map(one).collect()
}
