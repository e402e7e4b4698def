//! A declared system, ready to run: each resource with the defaults filled in. Comes only from `check::load`, so that what is in here makes
//! sense.

use crate::manifest::{
    BatchDecl, ChildDecl, DeactivateDecl, FieldsDecl, GetDecl, IdDecl, ListDecl, ManifestFile, Part, RecogniserDecl,
    ResourceDecl, VersionDecl, WriteDecl,
};
use crate::phrases::{fail, say};
use crate::template::Template;
use selaras_connector_api::{Code, Failure, Operation, WriteOp};
use std::collections::{BTreeMap, BTreeSet};

/// Pages and records in flight at once, unless the budget allows fewer.
const WIDTH: u32 = 4;

/// A checked `connector.toml`.
#[derive(Clone, Debug)]
pub struct System {
    /// The file.
    pub file: ManifestFile,
    /// Its resources with the defaults filled in.
    pub resources: BTreeMap<String, RestResource>,
}

/// A resource with the defaults filled in. Each member is the key of the same name in `ResourceDecl`.
#[derive(Clone, Debug)]
pub struct RestResource {
    pub name: String,
    pub title: String,
    pub right_title: Option<String>,
    pub path: String,
    pub id: IdDecl,
    pub version: Option<VersionDecl>,
    pub list: Option<ListDecl>,
    pub get: Option<GetDecl>,
    pub create: Option<WriteDecl>,
    pub update: Option<WriteDecl>,
    pub delete: Option<WriteDecl>,
    pub batch: Option<BatchDecl>,
    pub deactivate: Option<DeactivateDecl>,
    pub children: BTreeMap<String, ChildDecl>,
    pub recogniser: RecogniserDecl,
    pub settle_ms: u64,
    pub detail_only: Vec<String>,
    pub fields: FieldsDecl,
    pub numbers: BTreeSet<String>,
    pub rights: BTreeMap<Operation, String>,
    pub headers: BTreeMap<String, Template>,
}

impl System {
    /// Requests in flight at once.
    pub fn width(&self) -> usize {
        let parallel = self.file.budget.map_or(WIDTH, |budget| budget.parallel);
        usize::try_from(parallel.clamp(1, WIDTH)).unwrap_or(1)
    }

    /// The resource of a name.
    ///
    /// # Errors
    /// When there is none.
    pub fn resource(&self, name: &str) -> Result<&RestResource, Failure> {
        self.resources.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.resources.keys().map(String::as_str).collect();
            let told = say("rest-no-resource").with("system", &self.file.title).with("name", name);
            fail(Code::Unsupported, told.with("known", known.join(", ")))
        })
    }
}

impl RestResource {
    /// Fills the defaults in. `None` when the title, the path or the id is nowhere; `check` names which.
    pub fn resolve(name: &str, own: &ResourceDecl, defaults: &ResourceDecl) -> Option<Self> {
        let keeps = |part: Part| !own.without.contains(&part);
        let or = |part: Part| keeps(part).then_some(defaults);
        Some(Self {
            name: name.to_owned(),
            title: own.title.clone().or_else(|| defaults.title.clone())?,
            right_title: own.right_title.clone().or_else(|| defaults.right_title.clone()),
            path: own.path.clone().or_else(|| defaults.path.clone())?,
            id: own.id.clone().or_else(|| defaults.id.clone())?,
            version: own.version.clone().or_else(|| or(Part::Version)?.version.clone()),
            list: own.list.clone().or_else(|| or(Part::List)?.list.clone()),
            get: own.get.clone().or_else(|| or(Part::Get)?.get.clone()),
            create: own.create.clone().or_else(|| or(Part::Create)?.create.clone()),
            update: own.update.clone().or_else(|| or(Part::Update)?.update.clone()),
            delete: own.delete.clone().or_else(|| or(Part::Delete)?.delete.clone()),
            batch: own.batch.clone().or_else(|| or(Part::Batch)?.batch.clone()),
            deactivate: own.deactivate.clone().or_else(|| or(Part::Deactivate)?.deactivate.clone()),
            children: own.children.clone().or_else(|| or(Part::Children)?.children.clone()).unwrap_or_default(),
            recogniser: own
                .recogniser
                .clone()
                .or_else(|| or(Part::Recogniser)?.recogniser.clone())
                .unwrap_or(RecogniserDecl::None),
            settle_ms: own.settle_ms.or(defaults.settle_ms).unwrap_or_default(),
            detail_only: own.detail_only.clone().or_else(|| defaults.detail_only.clone()).unwrap_or_default(),
            fields: join_fields(&defaults.fields, &own.fields),
            numbers: own.numbers.iter().chain(&defaults.numbers).take(1).flatten().cloned().collect(),
            rights: own.rights.clone().or_else(|| defaults.rights.clone()).unwrap_or_default(),
            headers: own.headers.clone().or_else(|| defaults.headers.clone()).unwrap_or_default(),
        })
    }

    /// How one record is written.
    pub fn write_decl(&self, op: WriteOp) -> Option<&WriteDecl> {
        match op {
            WriteOp::Create => self.create.as_ref(),
            WriteOp::Update => self.update.as_ref(),
            WriteOp::Delete => self.delete.as_ref(),
            WriteOp::Deactivate => self.deactivate.as_ref().and(self.update.as_ref()),
        }
    }

    /// How many are written in one call, with the word for this operation; `None` where it goes one by one.
    pub fn batch_decl(&self, op: WriteOp) -> Option<(&BatchDecl, &str)> {
        let batch = self.batch.as_ref()?;
        let method = match op {
            WriteOp::Create => batch.methods.create.as_deref(),
            WriteOp::Update => batch.methods.update.as_deref(),
            WriteOp::Delete => batch.methods.delete.as_deref(),
            WriteOp::Deactivate => self.deactivate.as_ref().and(batch.methods.update.as_deref()),
        };
        Some((batch, method?))
    }

    /// Whether an operation is possible at all.
    pub fn can_write(&self, op: WriteOp) -> bool {
        self.write_decl(op).is_some() || self.batch_decl(op).is_some()
    }
}

fn join_fields(defaults: &FieldsDecl, own: &FieldsDecl) -> FieldsDecl {
    let join = |a: &[String], b: &[String]| a.iter().chain(b).cloned().collect();
    FieldsDecl {
        read_write: join(&defaults.read_write, &own.read_write),
        read_only: join(&defaults.read_only, &own.read_only),
        write_only: join(&defaults.write_only, &own.write_only),
    }
}
