//! Rights: what a mapping may ask of a system, what a plan does ask of it, and what of that the credential lacks. Data in, data out; how
//! rights are found out is the connector's business.

use selaras_connector_api::{Manifest, Operation, Resource, Rights};
use selaras_mapping::program::{Entity, Mapping, Permission};
use selaras_model::{EntityName, PerSide, Side};
use selaras_plan::Plan;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use crate::planning::operation;

/// What a right allows, as people speak of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// To see records.
    View,
    /// To make, change, or take records out of use.
    Save,
    /// To remove records.
    Delete,
}

impl Deed {
    fn of(operation: Operation) -> Self {
        match operation {
            Operation::Read | Operation::Get => Deed::View,
            Operation::Create | Operation::Update | Operation::Deactivate => Deed::Save,
            Operation::Delete => Deed::Delete,
        }
    }
}

/// A right that something needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// The resource that it is about, such as `customer`.
    pub resource: String,
    /// The right as people know it, such as `Pelanggan`.
    pub title: String,
    /// What it must allow.
    pub deed: Deed,
    /// The right as the system knows it, such as `customer_save`; `None`: the system names none.
    pub right: Option<String>,
}

/// A right that is needed and not held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lack {
    /// The right as people know it.
    pub title: String,
    /// What it would have to allow.
    pub deed: Deed,
    /// The right as the system knows it.
    pub right: Option<String>,
    /// The entities that need it, in the mapping's order.
    pub entities: Vec<EntityName>,
    /// How many writes of the plan need it; 0: none is planned, the mapping needs it.
    pub operations: u64,
}

/// Needs with the entities they come from and how many operations stand behind each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs(BTreeMap<Need, (Vec<EntityName>, u64)>);

impl Needs {
    fn add(&mut self, resource: &Resource, operation: Operation, entity: &EntityName, operations: u64) {
        let right = resource.operations.get(&operation).and_then(|spec| spec.right.clone());
        let title = resource.right_title.clone().unwrap_or_else(|| resource.title.clone());
        let need = Need { resource: resource.name.clone(), title, deed: Deed::of(operation), right };
        let (entities, count) = self.0.entry(need).or_default();
        *count += operations;
        if !entities.contains(entity) {
            entities.push(entity.clone());
        }
    }

    /// The rights as the system knows them, sorted.
    #[must_use]
    pub fn rights(&self) -> BTreeSet<String> {
        self.0.keys().filter_map(|need| need.right.clone()).collect()
    }

    /// The resources concerned, sorted.
    #[must_use]
    pub fn resources(&self) -> Vec<String> {
        let resources: BTreeSet<&String> = self.0.keys().map(|need| &need.resource).collect();
        resources.into_iter().cloned().collect()
    }

    /// The needs, sorted by resource.
    pub fn iter(&self) -> impl Iterator<Item = &Need> {
        self.0.keys()
    }

    /// What of this is not held. A system that does not tell which rights are held lacks only what it refused.
    #[must_use]
    pub fn lacking(&self, rights: &Rights) -> Vec<Lack> {
        let missing = |need: &Need| {
            let unheld = match (&rights.held, &need.right) {
                (Some(held), Some(right)) => !held.contains(right),
                _ => false,
            };
            // What may not even be seen may not be written either, but it is the seeing that is to be asked for.
            unheld || need.deed == Deed::View && rights.denied.iter().any(|denied| denied.resource == need.resource)
        };
        let lacks = self.0.iter().filter(|(need, _)| missing(need));
        lacks
            .map(|(need, (entities, operations))| Lack {
                title: need.title.clone(),
                deed: need.deed,
                right: need.right.clone(),
                entities: entities.clone(),
                operations: *operations,
            })
            .collect()
    }
}

/// What a mapping may ask of one side, whatever the records are: never more than its entities and directions need.
#[must_use]
pub fn of_mapping(mapping: &Mapping, manifest: &Manifest, side: Side) -> Needs {
    let mut needs = Needs::default();
    for entity in &mapping.entities {
        let Some(resource) = resource(entity, manifest, side) else { continue };
        for operation in entity.demands(side) {
            needs.add(resource, operation, &entity.name, 0);
        }
    }
    needs
}

/// What a plan asks of one side: exactly its operations.
#[must_use]
pub fn of_plan(plan: &Plan, mapping: &Mapping, manifest: &Manifest, side: Side) -> Needs {
    let mut needs = Needs::default();
    for action in plan.actions.iter().filter(|action| action.target == side) {
        let entity = mapping.entity(&action.entity);
        if let Some((entity, resource)) = entity.and_then(|entity| Some((entity, resource(entity, manifest, side)?))) {
            needs.add(resource, operation(action.kind), &entity.name, 1);
        }
    }
    needs
}

fn resource<'m>(entity: &Entity, manifest: &'m Manifest, side: Side) -> Option<&'m Resource> {
    manifest.resource(entity.resources.get(side))
}

/// The role that the mapping demands and the credential is known not to have, where no list of rights would do instead.
#[must_use]
pub fn role_lacking<'m>(permissions: &'m PerSide<Vec<Permission>>, side: Side, rights: &Rights) -> Option<&'m str> {
    let allowed = permissions.get(side);
    let by_rights = allowed.iter().any(|permission| matches!(permission, Permission::Rights(_)));
    let mut roles = allowed.iter().filter_map(|permission| match permission {
        Permission::Role(role) => Some(role.as_str()),
        Permission::Rights(_) => None,
    });
    let wanted = roles.clone().next()?;
    // A system that tells no role is believed; what it refuses is seen soon enough.
    let has = roles.any(|role| rights.role.as_deref() == Some(role)) || rights.role.is_none();
    (!has && !by_rights).then_some(wanted)
}
