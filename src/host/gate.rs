//! The read-only gate: what may be sent while a run only observes. The connector is not trusted with this.

use crate::HostError;
use reqwest::Url;
use selaras_connector_api::{Code, Failure, HttpRequest, ReadRule};

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It only looks.
    Observe,
    /// It may write; the caller holds a permit.
    Write,
}

/// Whether a request only reads, as far as the method and the manifest tell.
pub(crate) fn only_reads(request: &HttpRequest, url: &Url, rules: &[ReadRule]) -> bool {
    if url.query_pairs().any(|(name, _)| name.eq_ignore_ascii_case("_method")) {
        return false;
    }
    // The method is compared as it is written: a server may take "get" for anything.
    if request.method == "GET" {
        return true;
    }
    // A path with parameters, escapes or empty parts can mean another path to the server than to us.
    let plain = url.path().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._~-".contains(&byte));
    plain
        && !url.path().contains("//")
        && rules.iter().any(|rule| rule.method == request.method && is_suffix(url.path(), &rule.path_suffix))
}

/// A suffix counts from the beginning of a path's part, so that `open-db.do` does not admit `reopen-db.do`.
fn is_suffix(path: &str, suffix: &str) -> bool {
    let suffix = suffix.trim_start_matches('/');
    !suffix.is_empty() && path.strip_suffix(suffix).is_some_and(|before| before.ends_with('/'))
}

/// Lets a request pass, or says why not.
pub(crate) fn pass(phase: Phase, request: &HttpRequest, url: &Url, reads: bool) -> Result<(), Failure> {
    if phase == Phase::Write || reads {
        return Ok(());
    }
    let told = HostError::new("host-reads-only").with("method", &request.method).with("path", url.path());
    Err(told.fail(Code::WriteRefused))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(method: &str, url: &str) -> bool {
        let rules = [("POST", "/api/open-db.do"), ("POST", "search")]
            .map(|(method, suffix)| ReadRule { method: method.into(), path_suffix: suffix.into() });
        let request = HttpRequest { method: method.into(), ..HttpRequest::get(url) };
        only_reads(&request, &Url::parse(url).unwrap(), &rules)
    }

    #[test]
    fn gets_and_named_reads_pass() {
        for (method, url) in [
            ("GET", "http://h/accurate/api/customer/list.do?fields=id,no"),
            ("POST", "http://h/api/open-db.do"),
            ("POST", "http://h/deep/api/open-db.do?id=1"),
            ("POST", "http://h/v1/search"),
        ] {
            assert!(reads(method, url), "{method} {url}");
        }
    }

    #[test]
    fn everything_else_is_taken_for_a_write() {
        for (method, url) in [
            ("POST", "http://h/api/customer/save.do"),
            ("PUT", "http://h/api/open-db.do"),
            ("DELETE", "http://h/api/customer"),
            ("HEAD", "http://h/"),
            ("get", "http://h/"),
            ("post", "http://h/api/open-db.do"),
            // Disguises: the end of the path is not what the server takes for the path.
            ("POST", "http://h/api/customer/save.do?x=/api/open-db.do"),
            ("POST", "http://h/api/customer/save.do#/api/open-db.do"),
            ("POST", "http://h/api/customer/save.do;x=/api/open-db.do"),
            ("POST", "http://h/api/customer/save.do%3b/api/open-db.do"),
            ("POST", "http://h/api/customer/save.do//api/open-db.do"),
            ("POST", "http://h/evil-research"),
            ("GET", "http://h/api/customer?_method=DELETE"),
        ] {
            assert!(!reads(method, url), "{method} {url}");
        }
    }
}
