//! Lists: what a client may ask for, which rows answer it, and the page of them as JSON.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::clock_text;
use super::error::{Code, SmhError};
use super::index::Index;
use super::resources::Resource;
use super::shown::Shown;
use crate::world::{Row, SmhWorld};

const DEFAULT_PAGE_SIZE: usize = 50;
const LARGEST_PAGE_SIZE: usize = 500;
/// Members that a list can be narrowed by, where the resource has them.
const EXACT: [&str; 4] = ["code", "number", "partnerId", "name"];

/// A list request, understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    page: usize,
    page_size: usize,
    /// In the form of `updatedAt`, so that text compares as time.
    updated_since: Option<String>,
    exact: Vec<(&'static str, String)>,
}

impl Wanted {
    /// Reads the query of a list request.
    ///
    /// # Errors
    /// `invalid`, naming the parameter.
    pub(crate) fn read(resource: &Resource, query: &[(String, String)]) -> Result<Self, SmhError> {
        let mut wanted = Self { page: 1, page_size: DEFAULT_PAGE_SIZE, updated_since: None, exact: Vec::new() };
        for (name, value) in query {
            match name.as_str() {
                "page" => wanted.page = count(name, value, usize::MAX)?,
                "pageSize" => wanted.page_size = count(name, value, LARGEST_PAGE_SIZE)?,
                "updatedSince" => wanted.updated_since = Some(since(value)?),
                other => match EXACT.into_iter().find(|exact| *exact == other && resource.member(exact).is_some()) {
                    Some(exact) => wanted.exact.push((exact, value.clone())),
                    None => return Err(unknown(resource, other)),
                },
            }
        }
        Ok(wanted)
    }

    fn fits(&self, row: &Row) -> bool {
        let text = |name: &str| row.get(name).and_then(Value::as_str);
        self.exact.iter().all(|(name, value)| text(name) == Some(value))
            && self.updated_since.as_ref().is_none_or(|since| text("updatedAt").is_some_and(|at| at >= since.as_str()))
    }
}

fn count(name: &str, value: &str, most: usize) -> Result<usize, SmhError> {
    match value.parse() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ if most == usize::MAX => {
            Err(SmhError::invalid(name, format!("{name} must be a whole number from 1, not {value}")))
        }
        _ => Err(SmhError::invalid(name, format!("{name} must be a whole number from 1 to {most}, not {value}"))),
    }
}

fn since(value: &str) -> Result<String, SmhError> {
    // A plus sign that was not escaped arrives as a blank.
    let parsed: Result<Timestamp, _> = value.replace(' ', "+").parse();
    parsed.map(clock_text).map_err(|_| {
        SmhError::invalid(
            "updatedSince",
            format!("updatedSince must be a time with a zone such as 2026-01-31T10:00:00+07:00, not {value}"),
        )
    })
}

fn unknown(resource: &Resource, name: &str) -> SmhError {
    let exact: Vec<&str> = EXACT.into_iter().filter(|exact| resource.member(exact).is_some()).collect();
    let message =
        format!("{} cannot be listed by {name}; use page, pageSize, updatedSince, {}", resource.name, exact.join(", "));
    SmhError::invalid(name, message)
}

/// The answer to a list request, as JSON.
///
/// # Errors
/// None in practice: rows always become JSON.
pub(crate) fn page(
    world: &SmhWorld,
    index: &mut Index,
    resource: &'static Resource,
    wanted: &Wanted,
) -> Result<Vec<u8>, SmhError> {
    let keys = if wanted.exact.is_empty() && wanted.updated_since.is_none() {
        index.keys(world, resource)
    } else {
        let conditions = format!("{:?} {:?}", wanted.updated_since, wanted.exact);
        index.search(world, resource, conditions, |row| wanted.fits(row))
    };
    let start = (wanted.page - 1).saturating_mul(wanted.page_size).min(keys.len());
    let end = start.saturating_add(wanted.page_size).min(keys.len());
    let rows = world.tables.get(resource.name).map(|table| &table.rows);
    let shown = |key: &u64| Some(Shown { resource, key: *key, row: rows?.get(key)? });
    let answer = Page {
        data: keys[start..end].iter().filter_map(shown).collect(),
        page: wanted.page,
        page_size: wanted.page_size,
        page_count: keys.len().div_ceil(wanted.page_size),
        row_count: keys.len(),
    };
    serde_json::to_vec(&answer).map_err(|error| SmhError::new(Code::Invalid, error.to_string()))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    data: Vec<Shown<'a>>,
    page: usize,
    page_size: usize,
    page_count: usize,
    row_count: usize,
}
