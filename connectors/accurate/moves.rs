//! Where a 308 sends a call: a host or a whole address, in the body or in the header. Following it is the business of `account` and `door`.

use crate::call::Call;
use crate::envelope::{self, Envelope};
use crate::phrases::{fail, say};
use crate::{refusal, url};
use selaras_connector_api::{Code, Failure, HttpResponse};

/// What moves more often than this in one call is going in circles.
pub(crate) const MOST: u32 = 3;

/// The failure of a call that is sent on and on.
pub(crate) fn in_circles(call: &Call) -> Failure {
    fail(Code::Protocol, say("accurate-circles").with("what", call.what()).with("most", MOST))
}

/// The new base: from the `endpoint` of the body, or from `Location`, which may be a whole URL or a host.
///
/// # Errors
/// When it says no place, or one that is not encrypted where the old one was.
pub(crate) fn target(response: &HttpResponse, from: &str, api: &str, call: &Call) -> Result<String, Failure> {
    let endpoint = Envelope::parse(&response.body).and_then(|envelope| envelope::text(envelope.endpoint));
    let target = endpoint.or_else(|| refusal::header(response, "location").map(str::to_owned));
    let lost = |key: &str| fail(Code::Protocol, say(key).with("what", call.what()));
    let target = target.ok_or_else(|| lost("accurate-moved-nowhere"))?;
    if target.trim().starts_with('/') {
        return Err(lost("accurate-moved-same-host"));
    }
    let target = target.trim();
    let target = target.split_once('?').map_or(target, |(path, _)| path).trim_end_matches('/').to_owned();
    let scheme = from.split_once("://").map_or("https", |(scheme, _)| scheme);
    let target = if target.contains("://") { target } else { format!("{scheme}://{target}") };
    if scheme == "https" && !target.starts_with("https://") {
        return Err(lost("accurate-moved-open"));
    }
    if let Some(base) = target.strip_suffix(&format!("{api}{}", call.what())) {
        return Ok(base.to_owned());
    }
    url::origin(&target).map(str::to_owned).ok_or_else(|| lost("accurate-moved-no-address"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::DATA_API;

    fn moved(location: &str, body: &str) -> Result<String, Failure> {
        let response = HttpResponse {
            status: 308,
            headers: vec![("location".into(), location.into())],
            body: body.as_bytes().to_vec(),
        };
        target(&response, "https://zeus.accurate.id", DATA_API, &Call::get("customer/list.do?sp.page=1".into()))
    }

    #[test]
    fn all_spellings_of_the_new_place() {
        for (location, body) in [
            ("https://iris.accurate.id/accurate/api/customer/list.do?sp.page=1", ""),
            ("https://iris.accurate.id/", ""),
            ("https://iris.accurate.id", "moved"),
            ("iris.accurate.id", ""),
            ("https://zeus.accurate.id/", r#"{"endpoint":"https://iris.accurate.id"}"#),
        ] {
            assert_eq!(moved(location, body).as_deref(), Ok("https://iris.accurate.id"), "{location} {body}");
        }
        assert_eq!(
            moved("https://gate.example/aol/accurate/api/customer/list.do", "").as_deref(),
            Ok("https://gate.example/aol"),
            "a path before the API is kept"
        );
    }

    #[test]
    fn never_to_an_unencrypted_place_nor_nowhere() {
        for bad in ["http://iris.accurate.id/", "/accurate/api/customer/list.do", ""] {
            assert_eq!(moved(bad, "").map_err(|f| f.code), Err(Code::Protocol), "{bad}");
        }
    }
}
