//! A pretended pair of systems `a` and `b` with their links: what was written is stored, perhaps in the system's own way, and reported.
//!
//! Everything is told by the names of the systems, never by left and right, so that the same story can be told to a mapping that names its
//! systems in the other order.

use selaras_apply::{Course, End, Skip, Step, settle, step};
use selaras_mapping::Codec;
use selaras_mapping::program::{Entity, Mapping, OnDelete};
use selaras_model::{
    ActionId, Coverage, Decision, EntityName, FieldName, Grace, Image, Intent, Link, LinkId, LinkState, MatchKey,
    Message, Missed, NativeId, Observed, PerSide, Presence, Reason, Ref, RefBy, Row, RunId, Settled, Settlement, Side,
    Standing, Value, WriteKind,
};
use selaras_plan::{
    Action, ActionKind, Around, Binding, Change, Circumstances, Ending, EntityInput, GuardStop, Input, KeyOwner,
    LinkInput, OpenIntent, PartnerId, Plan, RefAnswer, RefQuestion, RefTable, RefusedDelete, Swing, Undo, check,
    emptied, guard, pending_action, plan,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

/// A mapping of two entities with a field of each sort. `{systems}` stands for the order in which the systems are named.
pub const MAPPING: &str = r#"
version: 1
name: core
systems: {systems}
guards: { delete: 100%, update: 100% }
entities:
  Term:
    group: master
    a: term
    b: term
    sync: two-way
    match: [[name]]
    on_delete: { a: unlink, b: delete }
    fields:
      name: { a: $.name, b: $.name, required: true, conflict: a }
      days: { a: $.days, b: $.days, as: decimal }
  Customer:
    group: master
    a: customer
    b: customer
    sync: two-way
    partner_id: { b: $.partner }
    arrived: { b: "@.source == 'a'" }
    match: [[code], [tax]]
    on_delete: { a: delete, b: deactivate }
    fields:
      code: { a: $.code, b: $.code, conflict: a, required: true }
      tax: { a: $.tax, b: $.tax }
      nick: { a: $.nick, b: $.nick }
      mail: { a: $.mail, b: $.mail, as: { text: { ignore_case: true } } }
      street: { a: $.street, b: $.street, group: address }
      city: { a: $.city, b: $.city, group: address }
      limit: { a: $.limit, b: $.limit, as: { decimal: { scale: 2 } }, conflict: b }
      term:
        a: { path: $.termName, as: { ref: Term, by: name } }
        b: { path: $.termId, as: { ref: Term, by: id } }
      status: { a: $.status, b: $.status, direction: a -> b }
      grade: { a: $.grade, b: $.grade, direction: b -> a, write: always }
      born: { a: $.born, b: $.born, write: on_create }
      lines:
        list:
          key: [item]
          a: { path: $.lines, id: $.id }
          b: { path: $.lines, id: $.id }
          fields:
            item: { a: $.item, b: $.item }
            quantity: { a: $.quantity, b: $.quantity, as: decimal }
            remark: { a: $.remark, b: $.remark }
"#;

/// The fields of a customer, in the mapping's order.
pub const FIELDS: [&str; 12] =
    ["code", "tax", "nick", "mail", "street", "city", "limit", "term", "status", "grade", "born", "lines"];

/// One of the two systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sys {
    A,
    B,
}

/// What a system makes of what it stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Norm {
    #[default]
    Plain,
    Upper,
    Lower,
    /// Whole numbers only.
    Whole,
}

/// How a system answers a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Done,
    /// Done; the record cannot be read back.
    DoneBlind,
    Refused,
    /// Done, and the answer is lost.
    Lost,
    /// Not done, and nobody knows.
    NeverSent,
}

/// A record as its system holds it. References are by id here, whatever the mapping reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Rec {
    pub image: Image,
    pub version: u64,
    pub partner: Option<String>,
    pub standing: Standing,
    pub not_created: Option<Reason>,
    pub arrived: bool,
    pub inactive: bool,
}

type Tables = BTreeMap<EntityName, BTreeMap<NativeId, Rec>>;

/// Both systems and the state.
#[derive(Clone)]
pub struct World {
    pub mapping: Arc<Mapping>,
    pub tables: PerSide<Tables>,
    pub norms: PerSide<Norm>,
    pub links: Vec<(EntityName, Link)>,
    pub open: Vec<OpenIntent>,
    pub refused: Vec<(EntityName, RefusedDelete)>,
    pub coverage: PerSide<Coverage>,
    pub decisions: Vec<Decision>,
    pub swings: Vec<Swing>,
    pub forgotten: Vec<(EntityName, PerSide<NativeId>)>,
    /// Updates whose outcome never went into the base.
    pub unnoted: Vec<(EntityName, Side, NativeId, Vec<Change>)>,
    /// Records that are there and do not show yet.
    pub hidden: BTreeSet<(Side, EntityName, NativeId)>,
    /// The steps that the last run took.
    pub took: usize,
    /// Whether a system refuses a second record of the same code or name.
    pub unique: bool,
    /// Every value that a system ever held, by system, entity, record and field.
    pub history: BTreeSet<(Side, EntityName, NativeId, FieldName, Value)>,
    /// Whether `history` is kept.
    pub remembers: bool,
    /// The time of runs.
    pub now_ms: i64,
    /// What is to be taken back.
    pub undo: Option<Undo>,
    next: PerSide<u64>,
}

/// The mapping with `a` named first, and with `b` named first.
static MAPPINGS: LazyLock<[Arc<Mapping>; 2]> = LazyLock::new(|| {
    let order = ["{ a: { connector: a }, b: { connector: b } }", "{ b: { connector: b }, a: { connector: a } }"];
    order.map(|systems| compiled(&MAPPING.replace("{systems}", systems)))
});

/// The mapping, with the systems named in this order.
pub fn mapping(first: Sys) -> Arc<Mapping> {
    Arc::clone(&MAPPINGS[if first == Sys::A { 0 } else { 1 }])
}

pub fn compiled(text: &str) -> Arc<Mapping> {
    let (mapping, diagnostics) = selaras_mapping::compile(text, |_| None);
    Arc::new(mapping.unwrap_or_else(|| panic!("{diagnostics:#?}")))
}

pub fn text(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::Text(text.to_owned()) }
}

pub fn number(text: &str) -> Value {
    Value::Decimal(text.parse::<selaras_model::Decimal>().unwrap().normalize())
}

pub fn term() -> EntityName {
    "Term".into()
}

pub fn customer() -> EntityName {
    "Customer".into()
}

impl World {
    pub fn new(mapping: Arc<Mapping>) -> Self {
        Self {
            mapping,
            tables: PerSide::default(),
            norms: PerSide::default(),
            links: Vec::new(),
            open: Vec::new(),
            refused: Vec::new(),
            coverage: PerSide::new(Coverage::Complete, Coverage::Complete),
            decisions: Vec::new(),
            swings: Vec::new(),
            forgotten: Vec::new(),
            unnoted: Vec::new(),
            hidden: BTreeSet::new(),
            took: 0,
            unique: false,
            history: BTreeSet::new(),
            remembers: false,
            now_ms: 0,
            undo: None,
            next: PerSide::new(0, 0),
        }
    }

    pub fn side(&self, sys: Sys) -> Side {
        let name = if sys == Sys::A { "a" } else { "b" };
        Side::BOTH.into_iter().find(|side| self.mapping.systems.get(*side).name == name).unwrap()
    }

    fn prefix(&self, side: Side) -> &str {
        &self.mapping.systems.get(side).name
    }

    pub fn entity(&self, name: &EntityName) -> &Entity {
        self.mapping.entity(name).unwrap()
    }

    fn fresh(&mut self, side: Side) -> NativeId {
        let number = self.count(side);
        NativeId(format!("{}{number}", self.prefix(side)))
    }

    fn count(&mut self, side: Side) -> u64 {
        let next = self.next.get_mut(side);
        *next += 1;
        *next
    }

    pub fn table(&self, side: Side, entity: &EntityName) -> &BTreeMap<NativeId, Rec> {
        static EMPTY: BTreeMap<NativeId, Rec> = BTreeMap::new();
        self.tables.get(side).get(entity).unwrap_or(&EMPTY)
    }

    pub fn rec(&self, side: Side, entity: &EntityName, id: &NativeId) -> Option<&Rec> {
        self.tables.get(side).get(entity)?.get(id)
    }

    pub fn rec_mut(&mut self, side: Side, entity: &EntityName, id: &NativeId) -> &mut Rec {
        self.tables.get_mut(side).get_mut(entity).and_then(|table| table.get_mut(id)).unwrap()
    }

    /// A record made in a system by its own people. Fields not given are empty.
    pub fn put(&mut self, sys: Sys, entity: &EntityName, fields: &[(&str, Value)]) -> NativeId {
        let side = self.side(sys);
        let id = self.fresh(side);
        let mut rec = self.blank(entity);
        for (name, value) in fields {
            let value = self.stored(side, &FieldName::from(*name), value);
            rec.image.set(FieldName::from(*name), value);
        }
        self.keep(side, entity, &id, rec);
        id
    }

    fn blank(&self, entity: &EntityName) -> Rec {
        let mut image = Image::default();
        for field in &self.entity(entity).fields {
            let empty = if field.list.is_some() { Value::List(Vec::new()) } else { Value::Null };
            image.set(field.name.clone(), empty);
        }
        let (standing, partner, not_created) = (Standing::Real, None, None);
        Rec { image, version: 1, partner, standing, not_created, arrived: false, inactive: false }
    }

    fn keep(&mut self, side: Side, entity: &EntityName, id: &NativeId, rec: Rec) {
        self.tables.get_mut(side).entry(entity.clone()).or_default().insert(id.clone(), rec);
        self.remember();
    }

    /// Notes what both systems hold now.
    pub fn remember(&mut self) {
        if !self.remembers {
            return;
        }
        for side in Side::BOTH {
            for entity in [term(), customer()] {
                for (id, rec) in self.table(side, &entity).clone() {
                    for (field, value) in self.view(side, &entity, &rec).0.iter() {
                        self.history.insert((side, entity.clone(), id.clone(), field.clone(), without_ids(value)));
                    }
                }
            }
        }
    }

    /// A value as a system stores it.
    fn stored(&mut self, side: Side, field: &FieldName, value: &Value) -> Value {
        match (self.norms.get(side), value) {
            (Norm::Upper, Value::Text(text)) if is_free_text(field) => Value::Text(text.to_uppercase()),
            (Norm::Lower, Value::Text(text)) if is_free_text(field) => Value::Text(text.to_lowercase()),
            (Norm::Whole, Value::Decimal(number)) => Value::Decimal(number.trunc().normalize()),
            (_, Value::List(rows)) => {
                let rows = rows.iter().map(|row| {
                    let id = row.id.clone().unwrap_or_else(|| format!("row{}", self.count(side)));
                    Row { id: Some(id), ..row.clone() }
                });
                Value::List(rows.collect())
            }
            (_, other) => other.clone(),
        }
    }

    /// A record's image as the mapping reads it: references that are read by name show the name that the record has now.
    pub fn view(&self, side: Side, entity: &EntityName, rec: &Rec) -> Image {
        let entity = self.entity(entity);
        let mut image = rec.image.clone();
        for field in &entity.fields {
            let (Some(Codec::Ref(codec)), Some(Value::Ref(reference))) =
                (field.cells.get(side).as_ref().map(|cell| &cell.codec), rec.image.get(&field.name))
            else {
                continue;
            };
            if let RefBy::Field(name) = &codec.read {
                let target = self.rec(side, &reference.entity, &NativeId(reference.key.clone()));
                let key = target
                    .and_then(|target| target.image.get(name))
                    .map(selaras_mapping::display_text)
                    .unwrap_or_default();
                image.set(field.name.clone(), Value::Ref(Ref { by: codec.read.clone(), key, ..reference.clone() }));
            }
        }
        image
    }

    /// Changes a field as a user of the system would.
    pub fn edit(&mut self, side: Side, entity: &EntityName, id: &NativeId, field: &str, value: &Value) {
        let field = FieldName::from(field);
        let value = self.stored(side, &field, value);
        let rec = self.rec_mut(side, entity, id);
        rec.image.set(field, value);
        rec.version += 1;
        self.remember();
    }

    /// Removes a record, unless something refers to it.
    pub fn remove(&mut self, side: Side, entity: &EntityName, id: &NativeId) -> bool {
        if self.in_use(side, entity, id) {
            return false;
        }
        self.tables.get_mut(side).get_mut(entity).is_some_and(|table| table.remove(id).is_some())
    }

    fn in_use(&self, side: Side, entity: &EntityName, id: &NativeId) -> bool {
        let refers = |rec: &Rec| {
            rec.image
                .0
                .values()
                .any(|value| matches!(value, Value::Ref(to) if to.entity == *entity && to.key == id.as_str()))
        };
        self.tables.get(side).values().flat_map(BTreeMap::values).any(refers)
    }

    /// A reference to a record, as systems hold it.
    pub fn refer(entity: &EntityName, id: &NativeId) -> Value {
        Value::Ref(Ref { entity: entity.clone(), by: RefBy::Id, key: id.to_string() })
    }

    /// Links two records as they are now.
    pub fn link(&mut self, entity: &EntityName, left: &NativeId, right: &NativeId) {
        let ids = PerSide::new(left.clone(), right.clone());
        let images = PerSide::from_fn(|side| self.view(side, entity, self.rec(side, entity, ids.get(side)).unwrap()));
        if let Some(side) = self.entity(entity).partner_side() {
            let partner = ids.get(side.other()).to_string();
            self.rec_mut(side, entity, ids.get(side)).partner = Some(partner);
        }
        let label = self.label(Side::Left, entity, left);
        let versions =
            PerSide::from_fn(|side| self.rec(side, entity, ids.get(side)).map(|rec| rec.version.to_string()));
        let id = self.next_link();
        let origin = self.side(Sys::A);
        let link = Link {
            id,
            ids,
            origin,
            state: LinkState::Live,
            images,
            versions,
            label,
            since: RunId::from("0"),
            made: false,
            by_hand: false,
            grace: None,
            missed: Missed::default(),
        };
        self.links.push((entity.clone(), link));
    }

    fn next_link(&self) -> LinkId {
        LinkId(i64::try_from(self.links.len() + 1).unwrap())
    }

    fn label(&self, side: Side, entity: &EntityName, id: &NativeId) -> String {
        let field = if *entity == term() { "name" } else { "code" };
        let rec = self.rec(side, entity, id);
        rec.and_then(|rec| rec.image.get(&field.into())).map(selaras_mapping::display_text).unwrap_or_default()
    }

    pub fn live(&self) -> impl Iterator<Item = &(EntityName, Link)> {
        self.links.iter().filter(|(_, link)| link.state == LinkState::Live)
    }

    // ---- observing

    /// Whether a record is there and does not show.
    fn is_hidden(&self, side: Side, entity: &EntityName, id: &NativeId) -> bool {
        !self.hidden.is_empty() && self.hidden.contains(&(side, entity.clone(), id.clone()))
    }

    fn observed(&self, side: Side, entity: &EntityName, id: &NativeId) -> Option<Observed> {
        let rec = self.rec(side, entity, id).filter(|_| !self.is_hidden(side, entity, id))?;
        let image = self.view(side, entity, rec);
        let keys = self.entity(entity).keys(side, &image);
        let real = rec.standing == Standing::Real;
        Some(Observed {
            id: id.clone(),
            version: Some(rec.version.to_string()),
            label: self.label(side, entity, id),
            partner_id: rec.partner.clone(),
            image: if real { image } else { Image::default() },
            standing: rec.standing.clone(),
            not_created: rec.not_created.clone(),
            keys,
            arrived: rec.arrived,
        })
    }

    fn presence(&self, entity: &EntityName, link: &Link, side: Side) -> Presence {
        let id = link.ids.get(side);
        if self.is_hidden(side, entity, id) {
            // As the shell does with what was just written.
            return Presence::Unknown(Message::new("too-soon"));
        }
        let Some(observed) = self.observed(side, entity, id) else {
            return match self.coverage.get(side) {
                Coverage::Complete | Coverage::Since(_) => Presence::Gone,
                Coverage::Partial(why) => Presence::Unknown(why.clone()),
            };
        };
        let program = self.entity(entity);
        let partner = program.partner_id.get(side).as_ref().map(|_| link.ids.get(side.other()).as_str());
        let base = program.image_hash(side, link.images.get(side), partner);
        if observed.standing == Standing::Real && program.hash(side, &observed) == base {
            Presence::Unchanged
        } else {
            Presence::Present(Box::new(observed))
        }
    }

    pub fn input(&self) -> Input<'_> {
        let entities: Vec<EntityInput> =
            self.mapping.entities.iter().map(|entity| self.entity_input(&entity.name)).collect();
        let refs = self.refs(&entities);
        let per = |what: &str| PerSide::from_fn(|side| format!("{what} {}", self.prefix(side)));
        let binding = Binding {
            mapping: self.mapping.name.clone(),
            mapping_hash: "hash".into(),
            systems: PerSide::from_fn(|side| self.prefix(side).to_owned()),
            connectors: per("connector"),
            endpoints: per("endpoint"),
            lineage: "test".into(),
            generation: 0,
        };
        Input {
            mapping: &self.mapping,
            binding,
            entities,
            refs,
            decisions: if self.undo.is_some() { Vec::new() } else { self.decisions.clone() },
            swings: self.swings.clone(),
            now_ms: self.now_ms,
            undo: self.undo.clone(),
        }
    }

    fn entity_input(&self, entity: &EntityName) -> EntityInput {
        let mut links = Vec::new();
        let (mut quiet, mut aside) = (0, 0);
        let mut linked = PerSide::<BTreeSet<NativeId>>::default();
        for (_, link) in self.live().filter(|(of, _)| of == entity) {
            let now = PerSide::from_fn(|side| self.presence(entity, link, side));
            for side in Side::BOTH {
                linked.get_mut(side).insert(link.ids.get(side).clone());
            }
            let wanted = self.undo.as_ref().is_some_and(|undo| {
                Side::BOTH.iter().any(|side| undo.of(entity, *side, link.ids.get(*side)).next().is_some())
            });
            if self.undo.is_some() && !wanted {
                aside += 1;
            } else if now == PerSide::new(Presence::Unchanged, Presence::Unchanged) && !wanted && link.grace.is_none() {
                quiet += 1;
            } else {
                let mut link = link.clone();
                for side in Side::BOTH {
                    // As the shell does: the version of a record that is unchanged is the one it was seen with.
                    if let (Presence::Unchanged, Some(rec)) =
                        (now.get(side), self.rec(side, entity, link.ids.get(side)))
                    {
                        *link.versions.get_mut(side) = Some(rec.version.to_string());
                    }
                }
                links.push(LinkInput { link, now });
            }
        }
        let emptied = emptied(&links, quiet + aside);
        let unlinked = PerSide::from_fn(|side| {
            let table = self.table(side, entity);
            let free = table.keys().filter(|id| !linked.get(side).contains(id));
            free.filter_map(|id| self.observed(side, entity, id)).collect::<Vec<_>>()
        });
        let unlinked = if self.undo.is_some() { PerSide::default() } else { unlinked };
        let tombstones = self.tombstones(entity, &unlinked);
        let owners = self.owners(entity, &links, &unlinked);
        EntityInput {
            entity: entity.clone(),
            links,
            quiet,
            aside,
            emptied,
            unlinked,
            tombstones,
            forgotten: self.forgotten.iter().filter(|(of, _)| of == entity).map(|(_, ids)| ids.clone()).collect(),
            owners,
            coverage: self.coverage.clone(),
            intents: self.open.iter().filter(|open| open.intent.entity == *entity).cloned().collect(),
            refused: self.refused.iter().filter(|(of, _)| of == entity).map(|(_, refused)| refused.clone()).collect(),
        }
    }

    fn tombstones(&self, entity: &EntityName, unlinked: &PerSide<Vec<Observed>>) -> Vec<Link> {
        let buried = self.links.iter().filter(|(of, link)| of == entity && link.state != LinkState::Live);
        let free = |link: &Link| {
            Side::BOTH.iter().any(|side| unlinked.get(*side).iter().any(|record| record.id == *link.ids.get(*side)))
        };
        buried.filter(|(_, link)| free(link)).map(|(_, link)| link.clone()).collect()
    }

    /// Linked records by the keys of their base, as the state knows them: those that a free or changed record has too.
    fn owners(&self, entity: &EntityName, links: &[LinkInput], unlinked: &PerSide<Vec<Observed>>) -> Vec<KeyOwner> {
        let program = self.entity(entity);
        let mut owners = Vec::new();
        for side in Side::BOTH {
            let mut wanted: BTreeSet<MatchKey> = BTreeSet::new();
            for from in Side::BOTH {
                let real = unlinked.get(from).iter().filter(|record| record.standing == Standing::Real);
                wanted.extend(real.flat_map(|record| record.keys.iter().cloned()));
            }
            for link in links {
                if let Presence::Present(record) = link.now.get(side.other()) {
                    wanted.extend(program.keys(side.other(), &record.image));
                }
            }
            for (_, link) in self.live().filter(|(of, _)| of == entity) {
                for key in program.keys(side, link.images.get(side)).into_iter().filter(|key| wanted.contains(key)) {
                    owners.push(KeyOwner { side, key, id: link.ids.get(side).clone(), label: link.label.clone() });
                }
            }
        }
        owners
    }

    fn refs(&self, entities: &[EntityInput]) -> RefTable {
        let mut table = RefTable::new();
        for given in entities {
            let program = self.entity(&given.entity);
            let mut ask = |side: Side, image: &Image| {
                for reference in program.references(image) {
                    let question = RefQuestion {
                        entity: reference.entity.clone(),
                        side,
                        by: reference.by.clone(),
                        key: reference.key.clone(),
                    };
                    let answer = self.answer(&question);
                    table.insert(question, answer);
                }
            };
            for link in &given.links {
                for side in Side::BOTH {
                    match link.now.get(side) {
                        Presence::Present(record) => ask(side, &record.image),
                        Presence::Unchanged | Presence::Gone | Presence::Unknown(_) => {
                            ask(side, link.link.images.get(side))
                        }
                    }
                }
            }
            for side in Side::BOTH {
                given.unlinked.get(side).iter().for_each(|record| ask(side, &record.image));
            }
        }
        table
    }

    fn answer(&self, question: &RefQuestion) -> RefAnswer {
        let side = question.side;
        let table = self.table(side, &question.entity);
        let fits = |(id, rec): &(&NativeId, &Rec)| match &question.by {
            RefBy::Id => id.as_str() == question.key,
            RefBy::Field(name) => {
                rec.image.get(name).map(selaras_mapping::display_text).as_ref() == Some(&question.key)
            }
        };
        let shows = |(id, _): &(&NativeId, &Rec)| !self.is_hidden(side, &question.entity, id);
        let found: Vec<(&NativeId, &Rec)> = table.iter().filter(shows).filter(fits).collect();
        let [(id, rec)] = found[..] else {
            let labels = found.iter().map(|(id, _)| self.label(side, &question.entity, id)).collect();
            return if found.is_empty() { RefAnswer::Missing } else { RefAnswer::Ambiguous { labels } };
        };
        let image = self.view(side, &question.entity, rec);
        let mut links = self.live();
        let link = links.find(|(of, link)| *of == question.entity && link.ids.get(side) == id).map(|(_, link)| link);
        let partner = link.and_then(|link| {
            let other = link.ids.get(side.other());
            let rec = self.rec(side.other(), &question.entity, other)?;
            Some((other.clone(), self.view(side.other(), &question.entity, rec)))
        });
        let label = self.label(side, &question.entity, id);
        RefAnswer::Found { id: id.clone(), label, image, partner, standing: rec.standing.clone() }
    }

    // ---- planning and carrying out

    /// A plan, with the checker satisfied.
    pub fn plan(&self) -> Plan {
        let input = self.input();
        let plan = plan(&input);
        assert_eq!(check(&plan, &input), [], "invariant 8 and its like: the checker must find nothing");
        plan
    }

    /// What the guards say of a plan, as a run would ask them.
    pub fn stops(&self, plan: &Plan) -> Vec<GuardStop> {
        let input = self.input();
        let mut circumstances = Circumstances::default();
        for given in &input.entities {
            let gone = |side: Side| {
                let gone = |now: &PerSide<Presence>, side: Side| matches!(now.get(side), Presence::Gone);
                given.links.iter().filter(|link| gone(&link.now, side) && !gone(&link.now, side.other())).count() as u64
            };
            let around = Around { vanished: PerSide::from_fn(gone), ..Around::default() };
            circumstances.entities.insert(given.entity.clone(), around);
        }
        guard(plan, &self.mapping, &circumstances)
    }

    /// Plans and carries out, with everything answered; gives back the plan.
    pub fn sync(&mut self) -> Plan {
        let plan = self.plan();
        self.carry_out(&plan, &mut |_| Answer::Done);
        plan
    }

    /// Carries a plan out, and settles.
    pub fn carry_out(&mut self, plan: &Plan, answer: &mut dyn FnMut(&Action) -> Answer) -> Course {
        self.carry_out_until(plan, answer, usize::MAX)
    }

    /// The same, killed after so many steps.
    pub fn carry_out_until(&mut self, plan: &Plan, answer: &mut dyn FnMut(&Action) -> Answer, steps: usize) -> Course {
        self.carry_out_of(plan, answer, steps, &BTreeSet::new(), &BTreeSet::new())
    }

    /// The same without the actions that moved on and the pairs that do not hold any more.
    pub fn carry_out_of(
        &mut self,
        plan: &Plan,
        answer: &mut dyn FnMut(&Action) -> Answer,
        steps: usize,
        moved: &BTreeSet<ActionId>,
        left: &BTreeSet<usize>,
    ) -> Course {
        self.note_missed();
        let mut course = Course::new(plan);
        let mut made = BTreeMap::new();
        course.settled = left.iter().copied().collect();
        let gone = plan.actions.iter().enumerate().filter(|(_, action)| moved.contains(&action.id));
        course.ends.extend(gone.map(|(at, _)| (at, End::Skipped(Skip::Stale))));
        for lift in &plan.lifts {
            self.links.retain(|(of, link)| !(*of == lift.entity && link.ids == lift.ids));
            self.forgotten.push((lift.entity.clone(), lift.ids.clone()));
        }
        for taken in 0..steps {
            self.took = taken + 1;
            match step(plan, &course, |_| 3) {
                Step::Done => return course,
                Step::Settle(pairs) => {
                    pairs.iter().for_each(|pair| self.settle(plan, &course, *pair));
                    course.settled.extend(pairs);
                    course.settled.sort_unstable();
                }
                Step::Skip(skips) => course.ends.extend(skips.into_iter().map(|(at, skip)| (at, End::Skipped(skip)))),
                Step::Perform(batch) => {
                    for at in batch {
                        let action = &plan.actions[at];
                        let end = self.perform(action, answer(action), &made);
                        if let End::Applied { id, .. } = &end {
                            made.insert(action.id.clone(), id.clone());
                        }
                        course.ends.insert(at, end);
                    }
                }
            }
        }
        self.adopt(plan, &course);
        course
    }

    /// What the shell notes of records that vanished, before it writes.
    fn note_missed(&mut self) {
        let entities: Vec<EntityInput> =
            self.mapping.entities.iter().map(|entity| self.entity_input(&entity.name)).collect();
        for (of, link) in &mut self.links {
            let given = entities.iter().find(|given| given.entity == *of).unwrap();
            let now = given.links.iter().find(|seen| seen.link.id == link.id).map(|seen| &seen.now);
            for side in Side::BOTH {
                let gone = now.is_some_and(|now| *now.get(side) == Presence::Gone);
                let before = *link.missed.all.get(side);
                let few = given.emptied.get(side).filter(|all| *all < self.mapping.entity(of).unwrap().guards.minimum);
                *link.missed.all.get_mut(side) = if gone { before.or(few) } else { None };
            }
        }
    }

    /// What recovery makes of a run that was killed: creates that were answered become links without a base.
    fn adopt(&mut self, plan: &Plan, course: &Course) {
        for (at, end) in &course.ends {
            let action = &plan.actions[*at];
            if matches!(end, End::Applied { .. }) && !course.settled.contains(&action.pair) {
                self.note_unnoted(action);
            }
            let (End::Applied { id, .. }, ActionKind::Create, Some(origin)) = (end, action.kind, &action.origin_id)
            else {
                continue;
            };
            if course.settled.contains(&action.pair) {
                continue;
            }
            let ids = PerSide::from_fn(|side| if side == action.target { id.clone() } else { origin.clone() });
            let (images, versions, hashes, keys) = Default::default();
            let settled = Settled::Live { images, versions, hashes, keys, made: true, grace: None };
            let origin = action.target.other();
            self.store(&action.entity, Settlement { ids, origin, label: action.label.clone(), settled });
        }
    }

    fn perform(&mut self, action: &Action, answer: Answer, made: &BTreeMap<selaras_model::ActionId, NativeId>) -> End {
        let side = action.target;
        if answer == Answer::Refused {
            if matches!(action.kind, ActionKind::Delete | ActionKind::Deactivate) {
                let id = action.target_id.clone().unwrap();
                let refused = RefusedDelete { side, id, text: "no".into() };
                self.refused.push((action.entity.clone(), refused));
            }
            return End::Rejected;
        }
        if answer == Answer::NeverSent {
            self.note_open(action);
            return End::Unclear;
        }
        let end = match action.kind {
            ActionKind::Create => self.create(action, made),
            ActionKind::Update => self.update(action, made),
            ActionKind::Delete | ActionKind::Deactivate => self.take_away(action),
        };
        self.remember();
        match (answer, end) {
            (Answer::Lost, End::Applied { .. }) => {
                self.note_open(action);
                End::Unclear
            }
            (Answer::DoneBlind, End::Applied { id, version, .. }) => End::Applied { id, version, image: None },
            (_, end) => end,
        }
    }

    fn note_unnoted(&mut self, action: &Action) {
        if let (ActionKind::Update, Some(id)) = (action.kind, &action.target_id) {
            self.unnoted.push((action.entity.clone(), action.target, id.clone(), action.changes.clone()));
        }
    }

    /// The base takes what was written and never noted, as a run does before it plans.
    pub fn absorb(&mut self) {
        for (entity, target, id, changes) in std::mem::take(&mut self.unnoted) {
            let mapping = Arc::clone(&self.mapping);
            let Some(at) = self
                .links
                .iter()
                .position(|(of, link)| *of == entity && link.state == LinkState::Live && *link.ids.get(target) == id)
            else {
                continue;
            };
            let seen = PerSide::from_fn(|side| {
                let rec = self.rec(side, &entity, self.links[at].1.ids.get(side));
                rec.map(|rec| self.view(side, &entity, rec))
            });
            if let (Some(held), Some(origin)) = (seen.get(target), seen.get(target.other())) {
                let link = &mut self.links[at].1;
                let _ = selaras_apply::absorb(mapping.entity(&entity).unwrap(), link, target, &changes, (held, origin));
            }
        }
    }

    fn note_open(&mut self, action: &Action) {
        self.note_unnoted(action);
        let kind = match action.kind {
            ActionKind::Create => WriteKind::Create,
            ActionKind::Update => WriteKind::Update,
            ActionKind::Delete => WriteKind::Delete,
            ActionKind::Deactivate => WriteKind::Deactivate,
        };
        let intent = Intent {
            action: action.id.clone(),
            entity: action.entity.clone(),
            target: action.target,
            kind,
            target_id: action.target_id.clone(),
            origin_id: action.origin_id.clone(),
            label: action.label.clone(),
            at_ms: 0,
        };
        self.open.push(OpenIntent { intent, settled: false, recognisable: true, asked: action.changes.clone() });
    }

    fn create(&mut self, action: &Action, made: &BTreeMap<selaras_model::ActionId, NativeId>) -> End {
        let key = FieldName::from(if action.entity == term() { "name" } else { "code" });
        let asked = action.write.get(&key);
        if self.unique && self.table(action.target, &action.entity).values().any(|rec| rec.image.get(&key) == asked) {
            return End::Rejected;
        }
        let id = self.fresh(action.target);
        let mut rec = self.blank(&action.entity);
        rec.arrived = self.entity(&action.entity).arrived.get(action.target).is_some();
        self.keep(action.target, &action.entity, &id, rec);
        self.write(action, &id, made)
    }

    fn update(&mut self, action: &Action, made: &BTreeMap<selaras_model::ActionId, NativeId>) -> End {
        let id = action.target_id.clone().unwrap();
        match self.rec(action.target, &action.entity, &id) {
            None => End::Rejected,
            Some(rec) if action.precondition.version.as_ref().is_some_and(|seen| *seen != rec.version.to_string()) => {
                End::Skipped(Skip::Stale)
            }
            Some(_) => self.write(action, &id, made),
        }
    }

    fn write(&mut self, action: &Action, id: &NativeId, made: &BTreeMap<selaras_model::ActionId, NativeId>) -> End {
        let side = action.target;
        let mapping = Arc::clone(&self.mapping);
        let program = mapping.entity(&action.entity).unwrap();
        for (name, value) in action.write.0.iter() {
            let field = program.field(name).expect("invariant 6: only fields of the mapping are written");
            assert!(field.direction.flows_to(side), "invariant 11: {name} is written against its direction");
            let value = match value {
                Value::Ref(reference) => match self.resolve(side, action, reference, made) {
                    Some(id) => World::refer(&reference.entity, &id),
                    None => return End::Rejected,
                },
                other => self.stored(side, name, other),
            };
            self.rec_mut(side, &action.entity, id).image.set(name.clone(), value);
        }
        let partner = action.partner_id.as_ref().map(|partner| match partner {
            PartnerId::Known(id) => id.clone(),
            PartnerId::Of(create) => made.get(create).expect("invariant 10: the create came first").clone(),
        });
        let rec = self.rec_mut(side, &action.entity, id);
        rec.version += 1;
        if let Some(partner) = partner {
            rec.partner = Some(partner.to_string());
        }
        let rec = rec.clone();
        let image = self.view(side, &action.entity, &rec);
        End::Applied { id: id.clone(), version: Some(rec.version.to_string()), image: Some(image) }
    }

    /// The record that a written reference means, by what the action says the target is to be told.
    fn resolve(
        &self,
        side: Side,
        action: &Action,
        reference: &Ref,
        made: &BTreeMap<selaras_model::ActionId, NativeId>,
    ) -> Option<NativeId> {
        let told = action
            .ref_keys
            .iter()
            .find(|key| key.reference == *reference)
            .expect("invariant 9: every reference has its key");
        if let Some(create) = pending_action(&told.key) {
            return Some(made.get(&create).expect("invariant 10: what is referred to comes first").clone());
        }
        let table = self.table(side, &reference.entity);
        let fits = |id: &NativeId, rec: &Rec| match &told.by {
            RefBy::Id => id.as_str() == told.key,
            RefBy::Field(name) => rec.image.get(name).map(selaras_mapping::display_text).as_ref() == Some(&told.key),
        };
        table.iter().find(|(id, rec)| fits(id, rec)).map(|(id, _)| id.clone())
    }

    fn take_away(&mut self, action: &Action) -> End {
        let id = action.target_id.clone().unwrap();
        let side = action.target;
        if self.rec(side, &action.entity, &id).is_some() {
            if action.kind == ActionKind::Deactivate {
                let shows = self.entity(&action.entity).on_delete.get(side.other()).to_owned();
                let rec = self.rec_mut(side, &action.entity, &id);
                rec.inactive = true;
                if matches!(shows, OnDelete::DeleteAfter { .. }) {
                    rec.version += 1;
                    rec.image.set("status".into(), text("inactive"));
                    let (version, rec) = (Some(rec.version.to_string()), rec.clone());
                    return End::Applied { id, version, image: Some(self.view(side, &action.entity, &rec)) };
                }
            } else if !self.remove(side, &action.entity, &id) {
                let refused = RefusedDelete { side, id: id.clone(), text: "in use".into() };
                self.refused.push((action.entity.clone(), refused));
                return End::Rejected;
            }
        }
        End::Applied { id, version: None, image: None }
    }

    fn settle(&mut self, plan: &Plan, course: &Course, at: usize) {
        let pair = &plan.pairs[at];
        let end = |side: Side| {
            let mut actions = plan.actions.iter().enumerate();
            let found = actions.find(|(_, action)| action.pair == at && action.target == side);
            found.and_then(|(at, _)| course.ends.get(&at))
        };
        let written = PerSide::new(end(Side::Left), end(Side::Right));
        let entity = self.entity(&pair.entity);
        if let Some(mut settlement) = settle(entity, pair, &written) {
            // As the shell does: what was taken out of use waits from now on.
            if let (Ending::Grace(gone), Settled::Live { images, versions, grace, .. }) =
                (pair.ending, &mut settlement.settled)
            {
                let side = gone.other();
                let (was, is) = (pair.observed.get(side), images.get(side));
                let differs = |name: &FieldName| is.get(name) != was.get(name);
                let fields = entity.fields.iter().map(|field| field.name.clone()).filter(differs).collect();
                let (since_ms, run, version) = (self.now_ms, RunId::from("1"), versions.get(side).clone());
                *grace = Some(Box::new(Grace { gone, since_ms, run, version, fields }));
            }
            self.store(&pair.entity, settlement);
        }
    }

    /// What the state does with a settlement; a second live link for an id is refused there, and never asked for.
    fn store(&mut self, entity: &EntityName, settlement: Settlement) {
        let Settlement { ids, origin, label, settled } = settlement;
        let same = |link: &Link| link.state == LinkState::Live && link.ids == ids;
        let known = self.links.iter().position(|(of, link)| of == entity && same(link));
        match (settled, known) {
            (Settled::Tombstone { gone }, Some(at)) => {
                self.links[at].1.state = LinkState::Tombstone { gone, run: RunId::from("1") };
            }
            (Settled::Tombstone { .. }, None) => panic!("a link that is not there cannot be buried"),
            (Settled::Live { images, versions, made, grace, .. }, Some(at)) => {
                let link = &mut self.links[at].1;
                (link.images, link.versions, link.label, link.made) = (images, versions, label, made);
                link.grace = grace.map(|it| *it);
            }
            (Settled::Live { images, versions, made, .. }, None) => {
                let taken = |link: &Link| Side::BOTH.iter().any(|side| link.ids.get(*side) == ids.get(*side));
                assert!(
                    !self.live().any(|(of, link)| of == entity && taken(link)),
                    "invariant 2: {ids:?} is linked already"
                );
                let id = self.next_link();
                let state = LinkState::Live;
                let link = Link {
                    id,
                    ids,
                    origin,
                    state,
                    images,
                    versions,
                    label,
                    since: RunId::from("1"),
                    made,
                    by_hand: false,
                    grace: None,
                    missed: Missed::default(),
                };
                self.links.push((entity.clone(), link));
            }
        }
    }

    /// The reading of one side breaks off.
    pub fn break_off(&mut self, side: Side) {
        *self.coverage.get_mut(side) = Coverage::Partial(Message::new("broken-off"));
    }
}

fn is_free_text(field: &FieldName) -> bool {
    ["nick", "mail", "street", "status", "grade", "value"].contains(&field.as_str())
}

/// A value without the ids of rows, which each system has for itself.
pub fn without_ids(value: &Value) -> Value {
    match value {
        Value::List(rows) => Value::List(rows.iter().map(|row| Row { id: None, ..row.clone() }).collect()),
        other => other.clone(),
    }
}
