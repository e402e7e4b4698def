//! Yes, no, or nobody knows: what an answer amounts to. Success is decided on `s`, never on the status alone; bodies may be the JSON envelope,
//! the authorisation layer's JSON or XML, or a web page. What message texts mean stands in `messages`.

use crate::catalogue::{self, Module};
use crate::envelope::{self, Envelope};
use crate::messages::{self, Purpose};
use crate::phrases::{fail, say};
use selaras_connector_api::{Code, Failure, HttpResponse, Wording};

/// Longer texts than this are cut: a stack trace in a page helps nobody.
const MAX_TEXT: usize = 300;
/// A refusal in a success is no longer than this; what is longer need not be read for one.
const MOST_OF_A_REFUSAL: usize = 1000;

/// What an answer amounts to.
pub(crate) enum Verdict<'a> {
    /// The system did it.
    Yes(Envelope<'a>),
    /// The system said no: nothing happened.
    No(Failure),
    /// Neither can be told. For a read a failure, for a write an unclear outcome.
    Unknown(Failure),
}

impl<'a> Verdict<'a> {
    /// For reads, where no and unknown are the same.
    ///
    /// # Errors
    /// Unless the answer is yes.
    pub(crate) fn into_result(self) -> Result<Envelope<'a>, Failure> {
        match self {
            Verdict::Yes(envelope) => Ok(envelope),
            Verdict::No(failure) | Verdict::Unknown(failure) => Err(failure),
        }
    }
}

/// What was asked, for texts and for reading messages.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// Such as `customer/list.do`.
    pub(crate) what: &'a str,
    /// What for.
    pub(crate) purpose: Purpose,
    /// The module, on the data host.
    pub(crate) module: Option<&'static Module>,
}

/// Whether an answer says that the session of the database has ended, which is not what it says when the token is dead. Either way nothing
/// was done. A 401 was seen; the same words under 200 are taken for it too.
pub(crate) fn session_lost(response: &HttpResponse) -> bool {
    let words = match response.status {
        401 => "session",
        200 if response.body.len() < MOST_OF_A_REFUSAL => "session key tidak tepat",
        _ => return false,
    };
    Envelope::parse(&response.body).is_some_and(|envelope| {
        let says = |text: String| messages::without_quotations(&text).to_lowercase().contains(words);
        envelope.error.is_none() && envelope.success() != Some(true) && envelope.messages().is_some_and(says)
    })
}

/// Why no other call would be answered either, if an answer says that: the credential itself was refused.
pub(crate) fn access_ended(response: &HttpResponse, what: &str) -> Option<Failure> {
    let ended = match response.status {
        401 => !session_lost(response),
        200 if response.body.len() < MOST_OF_A_REFUSAL => {
            let error = Envelope::parse(&response.body).and_then(|envelope| envelope::text(envelope.error));
            error.is_some_and(|error| error.contains("invalid_token"))
        }
        _ => false,
    };
    ended.then(|| unauthorised(response, Asked { what, purpose: Purpose::Open, module: None }))
}

/// Whether a failure would meet every other record of the module as well. A right missing for one record names no scope in its detail.
pub(crate) fn concerns_all(failure: &Failure) -> bool {
    match failure.code {
        Code::NotConnected
        | Code::Unauthorised
        | Code::ClockOff
        | Code::Unsupported
        | Code::Settings
        | Code::WriteRefused => true,
        Code::Forbidden => failure.detail.is_some(),
        _ => false,
    }
}

/// Judges an answer.
pub(crate) fn judge<'a>(response: &'a HttpResponse, asked: Asked<'_>) -> Verdict<'a> {
    match response.status {
        200..=299 => judge_success(response, asked),
        401 => Verdict::No(unauthorised(response, asked)),
        403 => Verdict::No(forbidden(response, asked)),
        404 => Verdict::No(stated(response, asked, Code::Unsupported, say("advice-no-such-address"))),
        408 => Verdict::Unknown(stated(response, asked, Code::Unavailable, say("advice-gave-up"))),
        429 => Verdict::No(rate_limited(response, asked)),
        405 => Verdict::No(stated(response, asked, Code::Unsupported, say("advice-no-such-method"))),
        413 => Verdict::No(stated(response, asked, Code::Invalid, say("advice-too-large"))),
        400..=499 => Verdict::No(refused(response, asked)),
        500..=599 => Verdict::Unknown(broken(response, asked)),
        _ => Verdict::Unknown(stated(response, asked, Code::Protocol, say("advice-unexpected"))),
    }
}

fn judge_success<'a>(response: &'a HttpResponse, asked: Asked<'_>) -> Verdict<'a> {
    let Some(envelope) = Envelope::parse(&response.body) else {
        return Verdict::Unknown(stated(response, asked, Code::Protocol, say("advice-no-json")));
    };
    if envelope.error.is_some() {
        return Verdict::No(unauthorised(response, asked));
    }
    match envelope.success() {
        Some(true) => Verdict::Yes(envelope),
        Some(false) => Verdict::No(messages_of(&envelope, asked).unwrap_or_else(|| silent(asked))),
        None => Verdict::Unknown(stated(response, asked, Code::Protocol, say("advice-unsaid"))),
    }
}

/// A refusal without a reason.
pub(crate) fn silent(asked: Asked<'_>) -> Failure {
    fail(Code::Invalid, say("accurate-refused-silently").with("what", asked.what))
}

fn messages_of(envelope: &Envelope<'_>, asked: Asked<'_>) -> Option<Failure> {
    envelope.messages().map(|text| messages::failure(&cut(&text), asked.purpose, asked.module))
}

/// 401, or an authorisation error in a success: the token is dead, or the session is.
fn unauthorised(response: &HttpResponse, asked: Asked<'_>) -> Failure {
    let error = authorisation_error(response);
    let (code, advice) = if session_lost(response) {
        (Code::NotConnected, say("advice-session-ended"))
    } else {
        (Code::Unauthorised, say("advice-token-refused"))
    };
    let words = error.description.or(error.name).or_else(|| plain_words(response));
    fail(code, sentence(asked, response, words, advice)).with_detail(response.status.to_string())
}

/// 403: a scope is missing, which the answer names, or else the purpose tells.
fn forbidden(response: &HttpResponse, asked: Asked<'_>) -> Failure {
    let error = authorisation_error(response);
    let supposed = || Some(asked.module?.scope(asked.purpose.verb()?));
    let Some(scope) = error.scope.or_else(supposed) else {
        let words = error.description.or(error.name).or_else(|| plain_words(response));
        let told = sentence(asked, response, words, say("advice-some-right-missing"));
        return fail(Code::Forbidden, told).with_detail(response.status.to_string());
    };
    let right = catalogue::right_of(&scope);
    let advice = say("advice-right-missing").with("right", right);
    let words = error.description.or(error.name).or_else(|| plain_words(response));
    fail(Code::Forbidden, sentence(asked, response, words, advice)).with_detail(scope)
}

fn rate_limited(response: &HttpResponse, asked: Asked<'_>) -> Failure {
    // Only what an operator can wait for is worth saying; it may as well be a date, or nonsense.
    let is_short = |text: &&str| text.parse::<u32>().is_ok_and(|seconds| seconds <= 86_400);
    let advice = match header(response, "retry-after").map(str::trim).filter(is_short) {
        Some(seconds) => say("advice-too-many-calls-until").with("seconds", seconds),
        None => say("advice-too-many-calls"),
    };
    stated(response, asked, Code::RateLimited, advice)
}

/// Another 4xx: in words of the envelope where there is one.
fn refused(response: &HttpResponse, asked: Asked<'_>) -> Failure {
    let worded = Envelope::parse(&response.body).and_then(|envelope| messages_of(&envelope, asked));
    worded.unwrap_or_else(|| stated(response, asked, Code::Protocol, say("advice-refused")))
}

/// 5xx. Opening a database says no that way (an expired trial); elsewhere the system is in trouble, whatever it says.
fn broken(response: &HttpResponse, asked: Asked<'_>) -> Failure {
    let worded = Envelope::parse(&response.body).and_then(|envelope| messages_of(&envelope, asked));
    match worded {
        Some(failure) if asked.purpose == Purpose::Open => failure,
        // The database is over. For a write this stays unclear all the same: nobody has seen at which moment it is said.
        Some(failure) if failure.code == Code::Settings => {
            stated(response, asked, Code::Settings, say("advice-database-over")).on_field("database")
        }
        _ => stated(response, asked, Code::Unavailable, say("advice-trouble")),
    }
}

/// A failure with the answer's own words, and the status in the detail.
pub(crate) fn stated(response: &HttpResponse, asked: Asked<'_>, code: Code, advice: Wording) -> Failure {
    fail(code, sentence(asked, response, plain_words(response), advice)).with_detail(response.status.to_string())
}

fn sentence(asked: Asked<'_>, response: &HttpResponse, words: Option<String>, advice: Wording) -> Wording {
    let said = words.map(|words| format!(" \"{}\"", cut(&words))).unwrap_or_default();
    let answered = say("accurate-answered").with("what", asked.what).with("status", response.status).with("said", said);
    answered.part("advice", advice)
}

/// The words of a body, whatever it is: messages, an authorisation error, the title of a page.
pub(crate) fn plain_words(response: &HttpResponse) -> Option<String> {
    if let Some(envelope) = Envelope::parse(&response.body) {
        return envelope
            .messages()
            .or_else(|| envelope::text(envelope.error_description))
            .or_else(|| envelope::text(envelope.error));
    }
    let body = String::from_utf8_lossy(&response.body);
    element(&body, "error_description").or_else(|| element(&body, "title")).or_else(|| element(&body, "h1"))
}

/// What the authorisation layer says.
#[derive(Default)]
struct AuthorisationError {
    name: Option<String>,
    description: Option<String>,
    scope: Option<String>,
}

fn authorisation_error(response: &HttpResponse) -> AuthorisationError {
    if let Some(envelope) = Envelope::parse(&response.body) {
        return AuthorisationError {
            name: envelope::text(envelope.error),
            description: envelope::text(envelope.error_description),
            scope: envelope::text(envelope.scope),
        };
    }
    let body = String::from_utf8_lossy(&response.body);
    if !body.contains("<error>") {
        return AuthorisationError::default();
    }
    AuthorisationError {
        name: element(&body, "error"),
        description: element(&body, "error_description"),
        scope: element(&body, "scope"),
    }
}

/// The text of the first element of a name in XML or HTML. Enough for error bodies; no attempt is made at more.
fn element(body: &str, name: &str) -> Option<String> {
    let start = body.find(&format!("<{name}>"))? + name.len() + 2;
    let end = body[start..].find("</")? + start;
    let text = body[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    (!text.is_empty()).then_some(text)
}

/// A header of an answer. The host gives names in lower case.
pub(crate) fn header<'a>(response: &'a HttpResponse, name: &str) -> Option<&'a str> {
    response.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// A text at a length that can be shown.
pub(crate) fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_TEXT {
        return text.to_owned();
    }
    text.chars().take(MAX_TEXT).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::module;

    fn answer(status: u16, body: &str) -> HttpResponse {
        HttpResponse { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    fn saving() -> Asked<'static> {
        Asked { what: "customer/save.do", purpose: Purpose::Save, module: module("customer") }
    }

    fn no(response: &HttpResponse) -> Failure {
        match judge(response, saving()) {
            Verdict::No(failure) => failure,
            Verdict::Yes(_) => panic!("taken for a yes"),
            Verdict::Unknown(failure) => panic!("taken for unknown: {failure}"),
        }
    }

    fn unknown(response: &HttpResponse) -> Failure {
        match judge(response, saving()) {
            Verdict::Unknown(failure) => failure,
            Verdict::Yes(_) => panic!("taken for a yes"),
            Verdict::No(failure) => panic!("taken for a no: {failure}"),
        }
    }

    #[test]
    fn a_missing_scope_is_named_from_json_and_from_xml() {
        let json = r#"{"error":"insufficient_scope","error_description":"Insufficient scope for this resource","scope":"customer_save"}"#;
        let xml = "<InsufficientScopeException><error>insufficient_scope</error><error_description>Insufficient scope for this resource</error_description><scope>customer_save</scope></InsufficientScopeException>";
        let [json, xml] = [json, xml].map(|body| no(&answer(403, body)));
        assert_eq!(json.detail.as_deref(), Some("customer_save"));
        assert_eq!(json, xml, "the form of the body makes no difference");
        assert!(json.text.contains("Pelanggan: simpan (customer_save) is missing"), "{json}");
        let page = no(&answer(403, "<html><title>Forbidden</title></html>"));
        assert_eq!(page.detail.as_deref(), Some("customer_save"), "the purpose tells what the answer does not");
    }

    #[test]
    fn the_two_meanings_of_401() {
        let session = answer(401, r#"{"s":false,"d":["Data Session Key tidak tepat"]}"#);
        let token = answer(401, r#"{"error":"invalid_token","error_description":"Invalid access token: session x"}"#);
        let page = answer(401, "<html><head><title>Error: Halaman tidak boleh diakses</title></head></html>");
        assert!(session_lost(&session) && !session_lost(&token) && !session_lost(&page));
        assert_eq!(no(&session).code, Code::NotConnected);
        assert_eq!(no(&token).code, Code::Unauthorised);
        let page = no(&page);
        assert_eq!(page.code, Code::Unauthorised);
        assert!(page.text.contains("Halaman tidak boleh diakses"), "{page}");
    }

    #[test]
    fn a_session_is_lost_only_where_no_data_says_so() {
        assert!(session_lost(&answer(200, r#"{"s":false,"d":["Data Session Key tidak tepat"]}"#)));
        for body in [
            r#"{"s":true,"d":["Data Session Key tidak tepat"]}"#,
            r#"{"s":false,"d":["Sudah ada data lain dengan Nama \"Session Key tidak tepat\""]}"#,
            r#"{"error":"invalid_token","d":["session key tidak tepat"]}"#,
            "<html>session key tidak tepat</html>",
        ] {
            assert!(!session_lost(&answer(200, body)), "{body}");
        }
        assert!(!session_lost(&answer(500, r#"{"s":false,"d":["Data Session Key tidak tepat"]}"#)));
    }

    #[test]
    fn a_database_that_is_over_is_a_matter_of_settings_and_for_a_write_unclear() {
        let over = unknown(&answer(500, r#"{"s":false,"d":["Masa ujicoba PT X sudah berakhir"]}"#));
        assert_eq!((over.code, over.field.as_deref()), (Code::Settings, Some("database")));
        assert!(over.text.contains("Masa ujicoba PT X"), "{over}");
    }

    #[test]
    fn success_needs_s() {
        assert!(matches!(judge(&answer(200, r#"{"s":true,"d":[]}"#), saving()), Verdict::Yes(_)));
        assert_eq!(unknown(&answer(200, r#"{"d":[]}"#)).code, Code::Protocol);
        assert_eq!(unknown(&answer(200, "<html></html>")).code, Code::Protocol);
        assert_eq!(unknown(&answer(200, "")).code, Code::Protocol);
        assert_eq!(unknown(&answer(200, r#"{"s":true,"d":["Pelanggan "#)).code, Code::Protocol, "cut off");
        assert_eq!(no(&answer(200, r#"{"error":"error.invalid_token"}"#)).code, Code::Unauthorised);
        assert_eq!(no(&answer(200, r#"{"s":false}"#)).code, Code::Invalid);
    }

    #[test]
    fn trouble_of_the_server_is_never_a_no() {
        assert_eq!(
            unknown(&answer(502, "<html><head><title>502 Bad Gateway</title></head></html>")).code,
            Code::Unavailable
        );
        assert_eq!(
            unknown(&answer(500, r#"{"s":false,"d":["Sudah ada data lain dengan Nama \"x\""]}"#)).code,
            Code::Unavailable
        );
        assert_eq!(unknown(&answer(302, "")).code, Code::Protocol);
        assert_eq!(unknown(&answer(408, "")).code, Code::Unavailable);
    }

    #[test]
    fn other_refusals() {
        assert_eq!(no(&answer(404, r#"{"s":false,"d":["URL API tidak tepat"]}"#)).code, Code::Unsupported);
        assert_eq!(
            no(&answer(400, r#"{"s":false,"d":["Sudah ada data lain dengan Nama \"x\""]}"#)).code,
            Code::Conflict
        );
        let mut limited = answer(429, r#"{"s":false,"d":["Terlalu cepat"]}"#);
        limited.headers.push(("retry-after".into(), "3".into()));
        let limited = no(&limited);
        assert_eq!(limited.code, Code::RateLimited);
        assert!(limited.text.contains("after 3 s"), "{limited}");
        for odd in ["Wed, 21 Oct 2099 07:28:00 GMT", "soon", "-5", "", "999999999"] {
            let mut limited = answer(429, r#"{"s":false,"d":["Terlalu cepat"]}"#);
            limited.headers.push(("retry-after".into(), odd.into()));
            assert!(!no(&limited).text.contains("again after"), "{odd}");
        }
    }
}
