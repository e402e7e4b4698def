//! A system in memory that speaks HTTP by function: one collection, sessions, an address that can change.

use selaras_connector_api::{HttpRequest, HttpResponse};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// Records in a page.
pub const PAGE: usize = 5;
/// Records in a batch.
pub const BATCH: usize = 4;

/// The shop.
#[derive(Debug)]
pub struct Shop {
    pub things: BTreeMap<u64, Map<String, Json>>,
    next: u64,
    /// Goes up with every change.
    clock: u64,
    /// The session that is good.
    pub session: u64,
    /// The host that is good.
    pub host: String,
}

impl Default for Shop {
    fn default() -> Self {
        Self { things: BTreeMap::new(), next: 1, clock: 0, session: 1, host: "http://one".to_owned() }
    }
}

type Refused = (u16, Json);

fn no(status: u16, code: &str) -> Refused {
    (status, json!({"error": {"code": code, "message": format!("no: {code}")}}))
}

impl Shop {
    /// Makes a record.
    pub fn create(&mut self, fields: &Map<String, Json>) -> Result<u64, Refused> {
        if fields.get("name").and_then(Json::as_str).is_none() {
            return Err(no(422, "invalid"));
        }
        let code = fields.get("code");
        if code.is_some() && self.things.values().any(|thing| thing.get("code") == code) {
            return Err(no(409, "conflict"));
        }
        let id = self.next;
        self.next += 1;
        self.clock += 1;
        let mut thing = fields.clone();
        thing.insert("id".into(), id.to_string().into());
        thing.insert("version".into(), 1.into());
        thing.insert("changed".into(), self.clock.into());
        thing.entry("status").or_insert("active".into());
        self.things.insert(id, thing);
        Ok(id)
    }

    /// Changes a record.
    pub fn update(&mut self, id: u64, version: Option<&Json>, fields: &Map<String, Json>) -> Result<u64, Refused> {
        self.current(id, version)?;
        self.clock += 1;
        let clock = self.clock;
        let thing = self.things.get_mut(&id).expect("it was looked up");
        thing.extend(fields.clone());
        let version = thing.get("version").and_then(Json::as_u64).unwrap_or_default();
        thing.insert("version".into(), (version + 1).into());
        thing.insert("changed".into(), clock.into());
        Ok(id)
    }

    /// Removes a record.
    pub fn delete(&mut self, id: u64, version: Option<&Json>) -> Result<u64, Refused> {
        self.current(id, version)?;
        self.things.remove(&id);
        Ok(id)
    }

    fn current(&self, id: u64, version: Option<&Json>) -> Result<(), Refused> {
        let thing = self.things.get(&id).ok_or_else(|| no(404, "not_found"))?;
        match version {
            Some(version) if !version.is_null() && thing.get("version") != Some(version) => {
                Err(no(409, "version_mismatch"))
            }
            _ => Ok(()),
        }
    }

    /// A record as it is shown: its amount is a number, digit by digit.
    pub fn shown(&self, id: u64, fields: Option<&str>) -> Option<String> {
        let thing = self.things.get(&id)?;
        let wanted = |name: &str| {
            fields
                .is_none_or(|fields| ["id", "version"].contains(&name) || fields.split(',').any(|field| field == name))
        };
        let members = thing.iter().filter(|(name, _)| wanted(name)).map(|(name, value)| {
            let value = match (name.as_str(), value.as_str()) {
                ("amount", Some(digits)) => digits.to_owned(),
                _ => value.to_string(),
            };
            format!("\"{name}\":{value}")
        });
        Some(format!("{{{}}}", members.collect::<Vec<_>>().join(",")))
    }

    /// Answers a request.
    pub fn answer(&mut self, request: &HttpRequest) -> HttpResponse {
        let (host, rest) = split(&request.url);
        if host != self.host {
            let headers = vec![("location".to_owned(), self.host.clone())];
            return HttpResponse { status: 308, headers, body: Vec::new() };
        }
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        if path == "/session" {
            return answered(200, format!("{{\"session\":{}}}", self.session));
        }
        let session = request.headers.iter().find(|(name, _)| name == "x-session").map(|(_, value)| value.clone());
        if session != Some(self.session.to_string()) {
            let (status, body) = no(401, "session");
            return answered(status, body.to_string());
        }
        match (request.method.as_str(), path) {
            ("GET", "/things") => answered(200, self.page(query)),
            ("GET", _) => match path.strip_prefix("/things/").and_then(|id| self.shown(id.parse().ok()?, None)) {
                Some(shown) => answered(200, format!("{{\"data\":{shown}}}")),
                None => answered(404, no(404, "not_found").1.to_string()),
            },
            ("POST", "/things/batch") => self.batch(&request.body),
            _ => answered(405, no(405, "unsupported").1.to_string()),
        }
    }

    fn page(&self, query: &str) -> String {
        let param = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let since: Option<u64> = param("since").and_then(|text| text.parse().ok());
        let fits = |thing: &Map<String, Json>| {
            since.is_none_or(|since| thing.get("changed").and_then(Json::as_u64).is_some_and(|changed| changed > since))
        };
        let ids: Vec<u64> = self.things.iter().filter(|(_, thing)| fits(thing)).map(|(id, _)| *id).collect();
        let page: usize = param("page").and_then(|text| text.parse().ok()).unwrap_or(1);
        let rows = ids.iter().skip((page - 1) * PAGE).take(PAGE);
        let rows: Vec<String> = rows.filter_map(|id| self.shown(*id, param("fields"))).collect();
        format!("{{\"data\":[{}],\"total\":{},\"clock\":{}}}", rows.join(","), ids.len(), self.clock)
    }

    fn batch(&mut self, body: &[u8]) -> HttpResponse {
        let Ok(body) = serde_json::from_slice::<Json>(body) else {
            return answered(400, no(400, "invalid").1.to_string());
        };
        let items = body["items"].as_array().cloned().unwrap_or_default();
        let results: Vec<String> = items
            .iter()
            .map(|item| {
                let data = item["data"].as_object().cloned().unwrap_or_default();
                let id = item["id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default();
                let version = item.get("version");
                let done = match item["op"].as_str() {
                    Some("create") => self.create(&data),
                    Some("update") => self.update(id, version, &data),
                    Some("delete") => self.delete(id, version),
                    _ => Err(no(400, "invalid")),
                };
                match done {
                    Ok(id) => match self.shown(id, None) {
                        Some(shown) => format!("{{\"status\":200,\"data\":{shown}}}"),
                        None => "{\"status\":204}".to_owned(),
                    },
                    Err((status, error)) => json!({"status": status, "error": error["error"]}).to_string(),
                }
            })
            .collect();
        answered(200, format!("{{\"items\":[{}]}}", results.join(",")))
    }
}

fn answered(status: u16, body: String) -> HttpResponse {
    HttpResponse { status, headers: Vec::new(), body: body.into_bytes() }
}

/// Scheme with host, and the rest.
fn split(url: &str) -> (&str, &str) {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find('/').map_or(url.len(), |at| start + at);
    url.split_at(end)
}
