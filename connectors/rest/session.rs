//! An open system: its settings, and how requests to it are put together. Taking the settings in makes no call; whether the key is any good is
//! `login`'s business.

use crate::phrases::{fail, say};
use crate::system::{RestResource, System};
use crate::template::{Template, encode, with_query};
use selaras_connector_api::{Code, Failure, Host, HttpRequest, OpenRequest, Opened, Wording};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// What `open` learnt.
#[derive(Clone, Debug)]
pub struct Session {
    base: String,
    settings: BTreeMap<String, String>,
}

/// Opens a system: takes the settings in and finds out where it is.
pub fn open(system: &System, request: &OpenRequest) -> Result<(Session, Opened), Failure> {
    let file = &system.file;
    let mut settings = BTreeMap::new();
    for (name, spec) in &file.settings {
        let given = request.settings.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
        match given.or(spec.default.as_deref()) {
            Some(value) => {
                settings.insert(name.clone(), value.to_owned());
            }
            None if spec.required => {
                let told = say("rest-needs-setting").with("system", &file.title).with("name", name);
                return Err(fail(Code::Settings, told.with("help", &spec.help)).on_field(name));
            }
            None => {}
        }
    }
    let filled = |template: &Template, encoded: bool| {
        let value = |slot: &str| settings.get(slot).map(|v| if encoded { encode(v) } else { v.clone() });
        template.fill(value).map_err(|slot| missing("rest-slot", &file.title, slot))
    };
    let base = filled(&file.base_url, false)?.trim_end_matches('/').to_owned();
    if origin(&base).is_none() {
        return Err(fail(Code::Settings, say("rest-base-url").with("given", base)).on_field("base_url"));
    }
    let endpoint = filled(&file.endpoint, true)?;
    let title = match &file.endpoint_title {
        Some(template) => filled(template, false)?,
        None => file.title.clone(),
    };
    // The address is no fact about the business, and it differs between test and production.
    let places: Vec<&str> = file.base_url.slots().collect();
    let facts: Map<String, Json> = settings
        .iter()
        .filter(|(name, _)| !places.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), Json::from(value.as_str())))
        .collect();
    Ok((Session { base, settings }, Opened { endpoint, title, facts: Json::Object(facts) }))
}

/// The failure of a template that needs a setting which is not there.
fn missing(key: &str, whose: &str, name: String) -> Failure {
    fail(Code::Settings, say(key).with("whose", whose).with("name", &name)).on_field(name)
}

/// Scheme, host and port of an address.
fn origin(url: &str) -> Option<&str> {
    let scheme = if url.starts_with("https://") { 8 } else { "http://".len() };
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))?;
    let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty() && !host.contains('@'))?;
    url.get(..scheme + host.len())
}

impl Session {
    /// The address of a path whose slots take settings. `whose` says in whose declaration it stands.
    pub fn address(&self, path: &Template, whose: &str) -> Result<String, Failure> {
        let path = path
            .fill(|slot| self.settings.get(slot).map(|value| encode(value)))
            .map_err(|slot| missing("rest-slot", whose, slot))?;
        Ok(format!("{}{path}", self.base))
    }

    /// The request with the headers that go with each, and those declared.
    pub fn with_headers<'h>(
        &self,
        mut request: HttpRequest,
        headers: impl IntoIterator<Item = (&'h String, &'h Template)>,
    ) -> Result<HttpRequest, Failure> {
        request = request.header("Accept", "application/json");
        for (name, value) in headers {
            let value = value
                .fill(|slot| self.settings.get(slot).cloned())
                .map_err(|slot| missing("rest-slot-of-header", name, slot))?;
            request.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
            request.headers.push((name.clone(), value));
        }
        Ok(request)
    }
}

/// One operation on one resource: what all of its requests share.
pub struct Call<'a> {
    /// The host.
    pub host: &'a dyn Host,
    /// The system.
    pub system: &'a System,
    /// What `open` learnt.
    pub session: &'a Session,
    /// The resource.
    pub resource: &'a RestResource,
}

impl Call<'_> {
    /// The address of a path.
    pub fn url(&self, path: &Template, id: Option<&str>) -> Result<String, Failure> {
        let value = |slot: &str| match slot {
            "path" => Some(self.resource.path.clone()),
            "id" => id.map(encode),
            _ => self.session.settings.get(slot).map(|value| encode(value)),
        };
        let path = path.fill(value).map_err(|slot| missing("rest-slot", &self.resource.name, slot))?;
        Ok(format!("{}{path}", self.session.base))
    }

    /// The address of the resource itself, unless a path says otherwise.
    pub fn list_url(&self, path: Option<&Template>, params: &[(&str, String)]) -> Result<String, Failure> {
        let url = match path {
            Some(path) => self.url(path, None)?,
            None => format!("{}{}", self.session.base, self.resource.path),
        };
        Ok(with_query(&url, params.iter().map(|(name, value)| (*name, value.clone()))))
    }

    /// The address that a page names as the next, which must be the same server's.
    pub fn next_url(&self, link: &str) -> Result<String, Failure> {
        let own = origin(&self.session.base).unwrap_or_default();
        let url = if link.starts_with('/') && !link.starts_with("//") {
            format!("{own}{link}")
        } else if link.starts_with('?') {
            format!("{}{}{link}", self.session.base, self.resource.path)
        } else {
            link.to_owned()
        };
        if origin(&url) == Some(own) {
            return Ok(url);
        }
        let told = say("rest-elsewhere").with("resource", &self.resource.name).with("address", url);
        Err(fail(Code::Protocol, told))
    }

    /// A GET.
    pub fn get(&self, url: String) -> Result<HttpRequest, Failure> {
        self.with_headers(HttpRequest::get(url))
    }

    /// A write with its body. Never to be repeated: what it names may have happened.
    pub fn send(&self, method: &str, url: String, body: Vec<u8>) -> Result<HttpRequest, Failure> {
        let headers = Vec::new();
        let mut request = HttpRequest { method: method.to_owned(), url, headers, body, repeatable: false };
        if !request.body.is_empty() {
            request = request.header("Content-Type", "application/json");
        }
        self.with_headers(request)
    }

    fn with_headers(&self, request: HttpRequest) -> Result<HttpRequest, Failure> {
        self.session.with_headers(request, &self.resource.headers)
    }

    /// The failure of an operation that the resource has not.
    pub fn unsupported(&self, operation: Wording) -> Failure {
        let told =
            say("rest-unsupported").with("resource", &self.resource.name).with("system", &self.system.file.title);
        fail(Code::Unsupported, told.part("operation", operation))
    }

    /// The failure of a run that is to end.
    pub fn cancelled(&self) -> Failure {
        fail(Code::Cancelled, say("rest-cancelled").with("resource", &self.resource.name))
    }
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert_eq!(origin("http://h:1/a?b"), Some("http://h:1"));
        assert_eq!(origin("https://h"), Some("https://h"));
        for bad in ["ftp://h", "http://", "h/a", "http://user@h/", "//h"] {
            assert_eq!(origin(bad), None, "{bad}");
        }
    }
}
