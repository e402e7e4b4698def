//! What a table of the simulated system is like: its ids, rules and capabilities. What happens to records is `rules`' business.

use selaras_connector_api::{
    ChildStyle, Deactivate, FieldSpec, OpSpec, Operation, Recogniser, Resource, Strength, VersionToken,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TableSpec {
    /// Its name in mappings.
    pub name: String,
    /// How people call it.
    pub title: String,
    /// Ids are `PREFIX-000001` with a prefix, and JSON integers without.
    pub prefix: String,
    /// Members that are unique together, where none of them is null.
    pub unique: Vec<Vec<String>>,
    /// Members that a record must have.
    pub required: Vec<String>,
    /// Members that refer to other tables.
    pub references: Vec<Reference>,
    /// Lists of children, by member.
    pub children: BTreeMap<String, ChildSpec>,
    /// The member that is numbered when a create leaves it out.
    pub auto: Option<AutoNumber>,
    /// The version, an integer.
    pub version: Option<VersionToken>,
    /// Whether the version is not to be trusted: some changes leave it as it is, some set it back to one that was there before.
    pub slipping_version: bool,
    /// Whether a weak version moves on with the children, too.
    pub version_sees_children: bool,
    /// Whether a write can carry the version it expects.
    pub compare_and_set: bool,
    /// The member that takes the world's time at each change.
    pub stamp: Option<String>,
    /// How a record is taken out of use.
    pub deactivate: Option<Deactivate>,
    /// How a lost create is recognised.
    pub recogniser: Recogniser,
    /// What the manifest says of settling; the world has no clock, see `Faults::late`.
    pub settle_ms: u64,
    /// Members that lists leave out; `*`: all but id and version.
    pub detail_only: Vec<String>,
    /// Whether lists and single reads give only the members asked for, with id and version.
    pub only_asked: bool,
    /// Whether a record has every member that is known, null where it has no value; otherwise it has those that were written once.
    pub all_members: bool,
    /// Whether a listing that ended is complete.
    pub complete_listing: bool,
    /// Whether changes can be listed.
    pub change_filter: bool,
    /// Records per page.
    pub page_size: u32,
    /// Records per write call.
    pub batch: u32,
    /// Operations that the table has not.
    pub without: Vec<Operation>,
    /// The members known; others are refused. Empty: anything goes.
    pub members: BTreeMap<String, FieldSpec>,
}

/// A member that refers to another table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The member as written.
    pub path: String,
    /// The table referred to.
    pub table: String,
    /// The member of that table which is given: `id`, a code, a name.
    pub by: String,
    /// The member under which it is read, as an object of `id` and that member; read as it was written where absent.
    #[serde(default)]
    pub read: Option<String>,
}

/// A list of children.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChildSpec {
    /// How it is written.
    pub style: ChildStyle,
    /// Members of a child that refer to tables.
    #[serde(default)]
    pub references: Vec<Reference>,
}

/// A number given by the system: the prefix, then a counter of so many digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutoNumber {
    /// The member.
    pub path: String,
    /// What stands before the counter.
    pub prefix: String,
    /// Its digits, zeros in front.
    pub digits: usize,
}

impl Default for TableSpec {
    fn default() -> Self {
        Self {
            name: String::new(),
            title: String::new(),
            prefix: String::new(),
            unique: Vec::new(),
            required: Vec::new(),
            references: Vec::new(),
            children: BTreeMap::new(),
            auto: None,
            version: Some(VersionToken { path: "version".into(), strength: Strength::Strong }),
            slipping_version: false,
            version_sees_children: false,
            compare_and_set: true,
            stamp: None,
            deactivate: None,
            recogniser: Recogniser::None,
            settle_ms: 0,
            detail_only: Vec::new(),
            only_asked: false,
            all_members: false,
            complete_listing: true,
            change_filter: false,
            page_size: 100,
            batch: 100,
            without: Vec::new(),
            members: BTreeMap::new(),
        }
    }
}

impl TableSpec {
    /// A table with strong versions, complete lists and no rules.
    #[must_use]
    pub fn new(name: &str, prefix: &str) -> Self {
        Self { name: name.into(), title: name.into(), prefix: prefix.into(), ..Self::default() }
    }

    /// The same, with a member that is unique.
    #[must_use]
    pub fn unique(mut self, path: &str) -> Self {
        self.unique.push(vec![path.into()]);
        self
    }

    /// The same, with members that a record must have.
    #[must_use]
    pub fn required(mut self, paths: &[&str]) -> Self {
        self.required.extend(paths.iter().map(|&path| path.to_owned()));
        self
    }

    /// The same, with a member that holds the id of a record of another table.
    #[must_use]
    pub fn refers(mut self, path: &str, table: &str) -> Self {
        self.references.push(Reference::by_id(path, table));
        self
    }

    /// The same, with a member that is written as a code or name of another table's record and read as an object.
    #[must_use]
    pub fn names(mut self, path: &str, table: &str, by: &str, read: &str) -> Self {
        self.references.push(Reference::by_name(path, table, by, read));
        self
    }

    /// The same, with a list of children.
    #[must_use]
    pub fn children(mut self, path: &str, style: ChildStyle, references: Vec<Reference>) -> Self {
        self.children.insert(path.into(), ChildSpec { style, references });
        self
    }

    /// The same, with a member that the system numbers.
    #[must_use]
    pub fn auto(mut self, path: &str, prefix: &str, digits: usize) -> Self {
        self.auto = Some(AutoNumber { path: path.into(), prefix: prefix.into(), digits });
        self
    }

    /// The same, with another version, or none.
    #[must_use]
    pub fn version(mut self, version: Option<(&str, Strength)>) -> Self {
        self.compare_and_set = self.compare_and_set && version.is_some();
        self.version = version.map(|(path, strength)| VersionToken { path: path.into(), strength });
        self
    }

    /// The same, with a value that takes a record out of use.
    #[must_use]
    pub fn deactivate(mut self, path: &str, value: serde_json::Value) -> Self {
        self.deactivate = Some(Deactivate { path: path.into(), value });
        self
    }

    /// The same, with a recogniser.
    #[must_use]
    pub fn recogniser(mut self, recogniser: Recogniser) -> Self {
        self.recogniser = recogniser;
        self
    }

    /// The same, with its members known: read and written, read only, written only.
    #[must_use]
    pub fn members(mut self, both: &[&str], read: &[&str], write: &[&str]) -> Self {
        let mut add = |paths: &[&str], spec: FieldSpec| {
            self.members.extend(paths.iter().map(|&path| (path.to_owned(), spec.clone())));
        };
        add(both, FieldSpec { read: true, write: true });
        add(read, FieldSpec { read: true, write: false });
        add(write, FieldSpec { read: false, write: true });
        self
    }

    /// What the manifest says of the table.
    #[must_use]
    pub fn resource(&self) -> Resource {
        let mut operations = BTreeMap::new();
        let mut can = |op, per_call| {
            if !self.without.contains(&op) {
                operations.insert(op, OpSpec { per_call, right: None });
            }
        };
        can(Operation::Read, self.page_size.max(1));
        can(Operation::Get, 1);
        for op in [Operation::Create, Operation::Update, Operation::Delete] {
            can(op, self.batch.max(1));
        }
        if self.deactivate.is_some() {
            can(Operation::Deactivate, self.batch.max(1));
        }
        Resource {
            name: self.name.clone(),
            title: self.title.clone(),
            right_title: None,
            version: self.version.clone(),
            complete_listing: self.complete_listing,
            change_filter: self.change_filter,
            compare_and_set: self.compare_and_set && self.version.is_some(),
            detail_only: self.detail_only.clone(),
            operations,
            recogniser: self.recogniser.clone(),
            settle_ms: self.settle_ms,
            deactivate: self.deactivate.clone(),
            children: self.children.iter().map(|(path, spec)| (path.clone(), spec.style)).collect(),
            fields: self.members.clone(),
        }
    }
}

impl Reference {
    /// A member that holds an id.
    #[must_use]
    pub fn by_id(path: &str, table: &str) -> Self {
        Self { path: path.into(), table: table.into(), by: "id".into(), read: None }
    }

    /// A member that is written as a code or name and read as an object.
    #[must_use]
    pub fn by_name(path: &str, table: &str, by: &str, read: &str) -> Self {
        Self { path: path.into(), table: table.into(), by: by.into(), read: Some(read.into()) }
    }
}
