//! Looking records up and checking references between them. Writing is `write.rs`.

use serde_json::Value;

use super::error::{Code, SmhError};
use super::index::Index;
use super::resources::Resource;
use crate::world::{Row, SmhWorld};

/// The tables with their look-ups and the time of the request, for the length of one request.
pub(crate) struct Store<'a> {
    pub(crate) world: &'a mut SmhWorld,
    pub(crate) index: &'a mut Index,
    /// `2026-05-02T09:15:00+07:00`.
    pub(crate) now: String,
}

impl Store<'_> {
    /// One record.
    pub(crate) fn row(&self, resource: &Resource, key: u64) -> Option<&Row> {
        self.world.tables.get(resource.name)?.rows.get(&key)
    }

    /// The record with an id of this resource.
    ///
    /// # Errors
    /// `not_found`.
    pub(crate) fn find(&self, resource: &Resource, id: &str) -> Result<u64, SmhError> {
        find(self.world, resource, id)
    }

    /// The record a reference names.
    ///
    /// # Errors
    /// `reference_missing`, naming `field`.
    pub(crate) fn referred(&self, resource: &str, field: &str, id: &str) -> Result<&Row, SmhError> {
        let found = Resource::named(resource).and_then(|resource| self.row(resource, resource.key(id)?));
        found.ok_or_else(|| {
            SmhError::at(
                Code::ReferenceMissing,
                field,
                format!("{field} names {id}, which is not in {resource}; create that first"),
            )
        })
    }

    /// Refuses a reference from an order to an inactive record.
    ///
    /// # Errors
    /// `reference_missing` or `inactive_reference`, naming `field`.
    pub(crate) fn active(&self, resource: &str, field: &str, id: &str) -> Result<&Row, SmhError> {
        let row = self.referred(resource, field, id)?;
        if row.get("status").and_then(Value::as_str) == Some("inactive") {
            let name = row.get("name").and_then(Value::as_str).unwrap_or_default();
            let message = format!("{field} names {id} \"{name}\", which is inactive; make it active or choose another");
            return Err(SmhError::at(Code::InactiveReference, field, message));
        }
        Ok(row)
    }
}

/// The key of the record with this id.
///
/// # Errors
/// `not_found`.
pub(crate) fn find(world: &SmhWorld, resource: &Resource, id: &str) -> Result<u64, SmhError> {
    let rows = world.tables.get(resource.name).map(|table| &table.rows);
    let key = resource.key(id).filter(|key| rows.is_some_and(|rows| rows.contains_key(key)));
    key.ok_or_else(|| {
        SmhError::new(
            Code::NotFound,
            format!("there is no {} {id}; it was deleted or never existed", resource.singular),
        )
    })
}
