//! The two addresses of a system's OAuth 2: where consent is asked, and where codes and refresh tokens are exchanged; and what the second
//! one answers. What follows from an answer is decided in `oauth` and `renew`.

use super::answer::words;
use crate::budget::{Budget, TooLong};
use crate::http::{Attempt, Clients};
use crate::retry::{self, Ended, Next};
use crate::vault::{Client, Grant, Pending};
use crate::{Clock, HostError, Secret, auth, line};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use selaras_connector_api::{Auth, Code, Failure, HttpRequest, HttpResponse, Manifest};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A token that lives longer than this lives for ever.
const LONGEST: i64 = 100 * 365 * 86_400;

/// A system's OAuth 2.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    authorize: Url,
    token: Url,
    pkce: bool,
    pub(crate) base_scopes: Vec<String>,
}

/// What one needs to send something to it.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) clients: Arc<Clients>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) clock: Clock,
    pub(crate) seed: u64,
    pub(crate) cancel: Arc<AtomicBool>,
}

impl Wire {
    /// Ends when the run is to end. Only what was not sent yet may be given up for it.
    async fn cancelled(&self) {
        while !self.cancel.load(Ordering::Relaxed) {
            tokio::time::sleep(crate::vault::GLANCE).await;
        }
    }
}

/// What the token endpoint said.
#[derive(Debug)]
pub(crate) enum Told {
    /// Here is a token.
    Granted(Token),
    /// No, and why: `invalid_grant`. Nothing was changed.
    Refused { error: String, description: Option<String> },
    /// The client's id or secret is wrong. Nothing was changed.
    WrongClient,
    /// A definite no that OAuth does not know, with its status. Nothing was changed.
    Unexpected(u16),
    /// It was not reached, or asks for a long pause. Nothing was changed.
    NotSent(Failure),
    /// It was sent, and nobody knows what came of it.
    Lost(Failure),
    /// It answered as if all were well, and with nothing of use.
    Nonsense(u16),
}

/// A token, and what came with it.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) access: Secret,
    pub(crate) refresh: Option<Secret>,
    pub(crate) expires_in: Option<i64>,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) account: Option<String>,
}

impl Endpoint {
    /// The endpoint that a manifest declares, below this address; nothing if it declares none.
    pub(crate) fn of(system: &str, manifest: &Manifest, base_url: &str) -> Result<Option<Self>, HostError> {
        let declared = manifest.auth.iter().find_map(|way| match way {
            Auth::OAuth2 { authorize_path, token_path, pkce, base_scopes } => {
                Some((authorize_path, token_path, *pkce, base_scopes))
            }
            _ => None,
        });
        let Some((authorize_path, token_path, pkce, base_scopes)) = declared else { return Ok(None) };
        let base = crate::hosts::base(system, base_url)?;
        let below = |path: &str| {
            let mut url = base.clone();
            url.set_query(None);
            url.set_fragment(None);
            url.set_path(&format!("{}/{}", base.path().trim_end_matches('/'), path.trim_start_matches('/')));
            url
        };
        let base_scopes = base_scopes.clone();
        Ok(Some(Self { authorize: below(authorize_path), token: below(token_path), pkce, base_scopes }))
    }

    pub(crate) fn wants_pkce(&self) -> bool {
        self.pkce
    }

    /// Where the user is sent to give consent.
    pub(crate) fn consent_url(&self, pending: &Pending) -> String {
        let mut url = self.authorize.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &pending.client.id)
            .append_pair("redirect_uri", &pending.redirect_uri)
            .append_pair("scope", &pending.scopes.join(" "))
            .append_pair("state", pending.state.expose());
        if let Some(verifier) = &pending.verifier {
            let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose().as_bytes()));
            query.append_pair("code_challenge", &challenge).append_pair("code_challenge_method", "S256");
        }
        drop(query);
        url.into()
    }

    /// Exchanges a code.
    pub(crate) async fn exchange(&self, wire: &Wire, pending: &Pending, code: &Secret) -> Told {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", pending.redirect_uri.as_str()),
        ];
        form.extend(pending.verifier.iter().map(|verifier| ("code_verifier", verifier.expose())));
        self.ask(wire, &pending.client, &form).await
    }

    /// Exchanges a refresh token.
    pub(crate) async fn refresh(&self, wire: &Wire, grant: &Grant, refresh: &Secret) -> Told {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
        self.ask(wire, &grant.client, &form).await
    }

    /// Sends a form. Again only where it certainly had no effect.
    async fn ask(&self, wire: &Wire, client: &Client, form: &[(&str, &str)]) -> Told {
        let request = HttpRequest {
            method: "POST".to_owned(),
            body: encoded(form).into_bytes(),
            ..HttpRequest::get(self.token.as_str())
        };
        let mut own = HeaderMap::new();
        own.insert("accept", "application/json".parse().expect("a constant"));
        own.insert("content-type", "application/x-www-form-urlencoded".parse().expect("a constant"));
        let Some(basic) = auth::hidden(&format!("Basic {}", client.pair().expose())) else { return Told::WrongClient };
        let mut attempt = 1;
        loop {
            let begun = tokio::select! {
                biased;
                () = wire.cancelled() => return Told::NotSent(line::cancelled()),
                begun = wire.budget.begin() => begun,
            };
            let begun = match begun {
                Ok(begun) => begun,
                Err(TooLong(wait)) => return Told::NotSent(line::limited(wait)),
            };
            let headers = vec![(AUTHORIZATION, basic.clone())];
            let ended = wire.clients.attempt(&request, &self.token, &own, headers).await;
            drop(begun);
            let (kind, told) = judge(ended, (wire.clock)());
            match retry::next(kind, false, attempt, wire.seed) {
                Next::Stop => return told,
                Next::PauseAll(wait) => wire.budget.pause(wait),
                Next::Again(wait) => tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = wire.cancelled() => return told,
                },
            }
            attempt += 1;
        }
    }
}

fn encoded(form: &[(&str, &str)]) -> String {
    let mut url = Url::parse("http://localhost/").expect("a constant address");
    url.query_pairs_mut().extend_pairs(form);
    url.query().unwrap_or_default().to_owned()
}

/// What an attempt means, for repeating and for whoever asked.
fn judge(attempt: Attempt, now: i64) -> (Ended, Told) {
    match attempt {
        Attempt::Answered(response) if response.status == 429 => {
            let wait = retry::retry_after(&response, now);
            let failure = HostError::new("host-token-limited").fail(Code::RateLimited);
            (Ended::Answered(429, wait), Told::NotSent(failure))
        }
        Attempt::Answered(response) => (Ended::Answered(response.status, None), read(&response)),
        Attempt::NotSent(failure) => (Ended::NotSent, Told::NotSent(failure)),
        Attempt::Lost(failure) | Attempt::Useless(failure) => (Ended::Lost, Told::Lost(failure)),
    }
}

fn read(response: &HttpResponse) -> Told {
    let json: Value = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
    let text = |name: &str| json.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    match response.status {
        200..=299 => match (token(&json), text("error")) {
            (Some(token), _) => Told::Granted(token),
            // Some servers say no with a status that says yes.
            (None, Some(error)) => refused(error, text("error_description")),
            _ => Told::Nonsense(response.status),
        },
        500..=599 | 408 => {
            let answer = HostError::new("host-token-answer").with("status", response.status);
            Told::Lost(answer.fail(Code::Unavailable))
        }
        status => match text("error").map(str::to_owned).or_else(|| in_xml(&response.body, "error")) {
            Some(error) => {
                let told = text("error_description").map(str::to_owned);
                refused(&error, told.or_else(|| in_xml(&response.body, "error_description")).as_deref())
            }
            None if status == 401 => Told::WrongClient,
            None => Told::Unexpected(status),
        },
    }
}

fn refused(error: &str, description: Option<&str>) -> Told {
    match error {
        "invalid_client" => Told::WrongClient,
        _ => Told::Refused { error: words(error), description: description.map(words) },
    }
}

/// The text of an element, for servers that answer in XML whatever they are asked for.
pub(crate) fn in_xml(body: &[u8], element: &str) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let (_, after) = text.split_once(&format!("<{element}>"))?;
    let (inside, _) = after.split_once(&format!("</{element}>"))?;
    Some(inside.trim().to_owned())
}

fn token(json: &Value) -> Option<Token> {
    let secret = |name: &str| {
        let secret = Secret::new(json.get(name)?.as_str()?);
        (!secret.is_empty()).then_some(secret)
    };
    // A token that fits into no header is none.
    let access = secret("access_token").filter(|token| auth::bearer(token).is_some())?;
    let seconds = json.get("expires_in").and_then(|value| match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64().map(|seconds| seconds as i64),
    });
    let scopes = json.get("scope").and_then(Value::as_str).map(sorted);
    Some(Token {
        access,
        refresh: secret("refresh_token"),
        expires_in: seconds.filter(|seconds| (1..LONGEST).contains(seconds)),
        scopes,
        account: json.get("user").and_then(account),
    })
}

/// Scopes out of a text, each once, in order.
pub(crate) fn sorted(scopes: &str) -> Vec<String> {
    let scopes: std::collections::BTreeSet<&str> = scopes.split([' ', ',']).filter(|scope| !scope.is_empty()).collect();
    scopes.into_iter().map(str::to_owned).collect()
}

fn account(user: &Value) -> Option<String> {
    let text = |name: &str| user.get(name).and_then(Value::as_str).map(words).filter(|text| !text.is_empty());
    match (text("name"), text("email")) {
        (Some(name), Some(email)) => Some(format!("{name} <{email}>")),
        (name, email) => name.or(email),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: u16, body: &str) -> String {
        match read(&HttpResponse { status, headers: Vec::new(), body: body.as_bytes().to_vec() }) {
            Told::Granted(token) => format!(
                "granted {:?} {:?} {:?} {:?}",
                token.refresh.is_some(),
                token.expires_in,
                token.scopes.map(|scopes| scopes.join("+")),
                token.account
            ),
            Told::Refused { error, description } => format!("refused {error} {}", description.unwrap_or_default()),
            Told::WrongClient => "wrong client".into(),
            Told::Unexpected(status) => format!("unexpected {status}"),
            Told::NotSent(_) => "not sent".into(),
            Told::Lost(_) => "lost".into(),
            Told::Nonsense(status) => format!("nonsense {status}"),
        }
    }

    #[test]
    fn each_answer_is_taken_for_what_it_is() {
        let full = r#"{"access_token":"a-1","token_type":"bearer","refresh_token":"r-1","expires_in":1295999,
            "scope":"item_view branch_view item_view","user":{"name":"Ani","email":"ani@toko.id"}}"#;
        for (status, body, expected) in [
            (200, full, r#"granted true Some(1295999) Some("branch_view+item_view") Some("Ani <ani@toko.id>")"#),
            (200, r#"{"access_token":"a","expires_in":"60"}"#, "granted false Some(60) None None"),
            (200, r#"{"access_token":"a","expires_in":-5,"user":[]}"#, "granted false None None None"),
            (200, r#"{"access_token":""}"#, "nonsense 200"),
            (200, r#"{"access_token":"a\nb"}"#, "nonsense 200"),
            (200, r#"{"access_token":7}"#, "nonsense 200"),
            (200, "<html>", "nonsense 200"),
            (200, r#"{"error":"invalid_grant"}"#, "refused invalid_grant "),
            (400, r#"{"error":"invalid_grant","error_description":"gone"}"#, "refused invalid_grant gone"),
            (400, "<OAuth><error>invalid_grant</error></OAuth>", "refused invalid_grant "),
            (401, "<h1>Halaman tidak boleh diakses</h1>", "wrong client"),
            (401, r#"{"error":"invalid_client"}"#, "wrong client"),
            (404, "", "unexpected 404"),
            (302, "", "unexpected 302"),
            (502, "", "lost"),
        ] {
            assert_eq!(told(status, body), expected, "{status} {body}");
        }
    }
}
