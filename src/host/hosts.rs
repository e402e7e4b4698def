//! The hosts of a system: where its requests, and the credential with them, may go.

use crate::HostError;
use crate::auth::Credential;
use reqwest::Url;
use selaras_connector_api::{Code, Failure};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// The hosts that belong to a system. Requests, and the credential with them, go nowhere else.
pub(crate) struct Hosts {
    base: Option<Url>,
}

impl Hosts {
    /// The hosts of a system with these settings.
    pub(crate) fn of(
        system: &str,
        values: &BTreeMap<String, String>,
        credential: &Credential,
    ) -> Result<Self, HostError> {
        let Some(text) = values.get("base_url").map(|text| text.trim()).filter(|text| !text.is_empty()) else {
            return if credential.is_none() {
                Ok(Self { base: None })
            } else {
                Err(HostError::new("host-auth-no-base-url").with("system", system))
            };
        };
        Ok(Self { base: Some(base(system, text)?) })
    }

    /// No hosts in particular, for a system that sends nothing.
    pub(crate) fn nowhere() -> Self {
        Self { base: None }
    }

    /// What a quota is counted by, besides the credential.
    pub(crate) fn holder(&self) -> String {
        let Some(base) = &self.base else { return String::new() };
        format!("{}:{}", base.host_str().unwrap_or_default(), base.port_or_known_default().unwrap_or_default())
    }

    /// Whether a request may go there.
    pub(crate) fn admit(&self, url: &Url) -> Result<(), Failure> {
        if !is_web(url) {
            return Err(HostError::new("host-no-web-address").fail(Code::Internal));
        }
        let Some(base) = &self.base else { return Ok(()) };
        let (ours, theirs) = (base.host_str().unwrap_or_default(), url.host_str().unwrap_or_default());
        if base.scheme() == "https" && url.scheme() != "https" {
            return Err(HostError::new("host-plain-http").with("place", theirs).fail(Code::Settings));
        }
        if ours == theirs || (is_loopback(base) && is_loopback(url)) || same_registrant(ours, theirs) {
            return Ok(());
        }
        let told = HostError::new("host-strange-place").with("place", theirs).with("ours", ours);
        Err(told.fail(Code::Settings))
    }
}

/// The address of a system, if it is a proper one.
pub(crate) fn base(system: &str, text: &str) -> Result<Url, HostError> {
    match Url::parse(text.trim()) {
        Ok(url) if is_web(&url) => Ok(url),
        _ => Err(HostError::new("host-base-url").with("system", system).with("url", shown(text.trim()))),
    }
}

/// What is said of a wrong address: without what may be a password in it.
fn shown(text: &str) -> String {
    match text.split_once('@') {
        Some((_, after)) => format!("***@{after}"),
        None => text.to_owned(),
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.username().is_empty()
        && url.password().is_none()
}

/// Whether an address leads back to this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost" || address(host).is_some_and(|address| address.is_loopback())
}

fn address(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Whether two names belong to one registrant: `account.accurate.id` and `zeus.accurate.id`, but not `a.co.id` and `b.co.id`.
fn same_registrant(ours: &str, theirs: &str) -> bool {
    if address(ours).is_some() || address(theirs).is_some() {
        return false;
    }
    matches!((registrable(ours), registrable(theirs)), (Some(ours), Some(theirs)) if ours == theirs)
}

/// Second levels under country domains at which names are sold. Whoever is missing here is merely trusted a level too far up, and only if
/// the base_url itself lies there.
const SECOND_LEVEL: [&str; 22] = [
    "ac", "biz", "co", "com", "desa", "edu", "go", "gob", "gov", "id", "info", "kop", "mil", "my", "ne", "net", "or",
    "org", "ponpes", "sch", "web", "plc",
];

/// The part of a name that somebody owns: its last two labels, or three where the second is itself for sale.
fn registrable(host: &str) -> Option<Vec<&str>> {
    let mut labels: Vec<&str> = host.trim_end_matches('.').rsplit('.').collect();
    let second_level = labels.len() >= 2 && labels[0].len() == 2 && SECOND_LEVEL.contains(&labels[1]);
    let wanted = if second_level { 3 } else { 2 };
    if labels.len() < wanted || labels.iter().any(|label| label.is_empty()) {
        return None;
    }
    labels.truncate(wanted);
    Some(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(base: &str, url: &str) -> bool {
        let values = [("base_url".to_owned(), base.to_owned())].into();
        Hosts::of("s", &values, &Credential::None).unwrap().admit(&Url::parse(url).unwrap()).is_ok()
    }

    #[test]
    fn a_credential_goes_to_neighbours_only() {
        for (base, url, expected) in [
            ("https://account.accurate.id", "https://account.accurate.id/api", true),
            ("https://account.accurate.id", "https://zeus.accurate.id/accurate", true),
            ("https://account.accurate.id", "https://x.pvt1.accurate.id/", true),
            ("https://account.accurate.id", "https://accurate.id.evil.com/", false),
            ("https://account.accurate.id", "https://evilaccurate.id/", false),
            ("https://account.accurate.id", "http://account.accurate.id/", false),
            ("https://account.accurate.id", "http://127.0.0.1/", false),
            ("https://smh.toko.co.id", "https://data.toko.co.id", true),
            ("https://smh.toko.co.id", "https://other.co.id", false),
            ("https://toko.my.id", "https://other.my.id", false),
            ("http://127.0.0.1:80", "http://127.0.0.1:4000/", true),
            ("http://127.0.0.1", "http://localhost:1/", true),
            ("http://127.0.0.1", "http://[::1]:1/", true),
            ("http://127.0.0.1", "http://10.0.0.1/", false),
            ("http://10.0.0.1", "http://10.1.0.1/", false),
            ("http://server", "http://other/", false),
            ("https://a.id", "https://user:pw@a.id/", false),
            ("https://a.id", "ftp://a.id/", false),
        ] {
            assert_eq!(admits(base, url), expected, "{base} -> {url}");
        }
    }
}
