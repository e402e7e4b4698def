//! Credentials on requests: which headers they take. Signed when a request is sent, once for each attempt. To whom they may be shown is
//! decided in `hosts`.

use crate::renew::Renewable;
use crate::settings::AuthSettings;
use crate::{HostError, Secret, sign};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use selaras_connector_api::{Auth, Failure, Manifest, Wording};
use std::sync::{PoisonError, RwLock};

/// Headers with their values.
pub(crate) type Headers = Vec<(HeaderName, HeaderValue)>;

/// What is added to requests.
pub(crate) enum Credential {
    /// Nothing.
    None,
    /// The same header each time.
    Fixed(HeaderName, HeaderValue),
    /// A token with a signed timestamp.
    Signed { token: HeaderValue, timestamp_header: HeaderName, signature_header: HeaderName, secret: Secret },
    /// A token that is renewed when it is dead.
    Renewable(Box<Renewable>),
}

impl Credential {
    /// The credential that settings and manifest agree on.
    pub(crate) fn of(system: &str, manifest: &Manifest, auth: Option<&AuthSettings>) -> Result<Self, HostError> {
        let Some(auth) = auth else { return Ok(Credential::None) };
        let declared = manifest.auth.iter().find(|way| scheme(way) == auth.scheme);
        let declared = declared.ok_or_else(|| unknown_scheme(system, manifest, &auth.scheme))?;
        let unusable = || HostError::new("host-auth-secret").with("system", system).with("scheme", &auth.scheme);
        if auth.token.is_empty() {
            return Err(unusable());
        }
        build(declared, auth).ok_or_else(unusable)
    }

    /// The headers for one attempt at a moment.
    pub(crate) fn headers(&self, unix_seconds: i64) -> Headers {
        match self {
            Credential::None => Vec::new(),
            Credential::Fixed(name, value) => vec![(name.clone(), value.clone())],
            Credential::Signed { token, timestamp_header, signature_header, secret } => {
                let timestamp = unix_seconds.to_string();
                let signature = sign::hmac_sha256(secret.expose(), &timestamp);
                let signature = HeaderValue::from_str(&signature).expect("base64 is fit for a header");
                vec![
                    (AUTHORIZATION, token.clone()),
                    (timestamp_header.clone(), HeaderValue::from(unix_seconds)),
                    (signature_header.clone(), signature),
                ]
            }
            Credential::Renewable(renewable) => vec![(AUTHORIZATION, renewable.header())],
        }
    }

    /// Whether a header is the credential's own, so that a connector may not set it.
    pub(crate) fn owns(&self, header: &HeaderName) -> bool {
        *header == AUTHORIZATION
            || match self {
                Credential::None | Credential::Renewable(_) => false,
                Credential::Fixed(name, _) => header == name,
                Credential::Signed { timestamp_header, signature_header, .. } => {
                    header == timestamp_header || header == signature_header
                }
            }
    }

    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Credential::None)
    }

    pub(crate) fn is_signed(&self) -> bool {
        matches!(self, Credential::Signed { .. })
    }

    pub(crate) fn renewable(&self) -> Option<&Renewable> {
        match self {
            Credential::Renewable(renewable) => Some(renewable),
            _ => None,
        }
    }
}

/// The connector cannot sign in like that.
pub(crate) fn unknown_scheme(system: &str, manifest: &Manifest, wanted: &str) -> HostError {
    let known: Vec<&str> = manifest.auth.iter().map(scheme).collect();
    HostError::new("host-auth-scheme")
        .with("system", system)
        .with("scheme", wanted)
        .with("known", if known.is_empty() { "—".to_owned() } else { known.join(", ") })
}

/// The name of a scheme, as settings call it.
pub(crate) fn scheme(auth: &Auth) -> &'static str {
    match auth {
        Auth::Bearer => "bearer",
        Auth::Basic => "basic",
        Auth::Header { .. } => "header",
        Auth::ApiToken { .. } => "api-token",
        Auth::OAuth2 { .. } => "oauth2",
    }
}

fn build(declared: &Auth, auth: &AuthSettings) -> Option<Credential> {
    let token = auth.token.expose();
    Some(match declared {
        Auth::Bearer | Auth::OAuth2 { .. } => Credential::Fixed(AUTHORIZATION, bearer(&auth.token)?),
        Auth::Basic => {
            let pair = sign::basic(token, auth.secret.as_ref().map(Secret::expose));
            Credential::Fixed(AUTHORIZATION, hidden(&format!("Basic {pair}"))?)
        }
        Auth::Header { name } => Credential::Fixed(name.parse().ok()?, hidden(token)?),
        Auth::ApiToken { timestamp_header, signature_header } => Credential::Signed {
            token: bearer(&auth.token)?,
            timestamp_header: timestamp_header.parse().ok()?,
            signature_header: signature_header.parse().ok()?,
            secret: auth.secret.clone().filter(|secret| !secret.is_empty())?,
        },
    })
}

/// The header of a token.
pub(crate) fn bearer(token: &Secret) -> Option<HeaderValue> {
    hidden(&format!("Bearer {}", token.expose()))
}

/// A value that no log of the HTTP library shows.
pub(crate) fn hidden(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Takes secrets out of texts that come from elsewhere.
#[derive(Default)]
pub(crate) struct Scrubber(RwLock<Vec<Secret>>);

impl Scrubber {
    pub(crate) fn of(secrets: Vec<Secret>) -> Self {
        let scrubber = Self::default();
        scrubber.add(secrets);
        scrubber
    }

    /// Everything secret about a credential that does not change.
    pub(crate) fn secrets(auth: &AuthSettings) -> Vec<Secret> {
        let secret = auth.secret.as_ref();
        let pair = Secret::new(sign::basic(auth.token.expose(), secret.map(Secret::expose)));
        [Some(pair), Some(auth.token.clone()), secret.cloned()].into_iter().flatten().collect()
    }

    /// Takes out these, too, from now on: the old ones may still be quoted.
    pub(crate) fn add(&self, secrets: Vec<Secret>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for secret in secrets {
            let escaped = escaped(&secret);
            // Anything shorter is no secret and would tear texts apart.
            known.extend([Some(secret), escaped].into_iter().flatten().filter(|secret| secret.expose().len() >= 4));
        }
        known.sort_by(|one, other| {
            let (one, other) = (one.expose(), other.expose());
            other.len().cmp(&one.len()).then_with(|| one.cmp(other))
        });
        known.dedup();
    }

    pub(crate) fn text(&self, text: String) -> String {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().fold(text, |text, secret| {
            if text.contains(secret.expose()) { text.replace(secret.expose(), "***") } else { text }
        })
    }

    pub(crate) fn failure(&self, failure: Failure) -> Failure {
        Failure {
            code: failure.code,
            text: self.text(failure.text),
            wording: failure.wording.map(|wording| Box::new(self.wording(*wording))),
            field: failure.field,
            detail: failure.detail.map(|detail| self.text(detail)),
        }
    }

    fn wording(&self, wording: Wording) -> Wording {
        let args = wording.args.into_iter().map(|(name, value)| (name, self.text(value)));
        let parts = wording.parts.into_iter().map(|(name, part)| (name, self.wording(part)));
        Wording { key: wording.key, args: args.collect(), parts: parts.collect() }
    }
}

/// A secret as it stands in addresses and forms, where that is another text.
fn escaped(secret: &Secret) -> Option<Secret> {
    let mut url = reqwest::Url::parse("http://localhost/").expect("a constant address");
    url.query_pairs_mut().append_key_only(secret.expose());
    let text = url.query().unwrap_or_default();
    (text != secret.expose()).then(|| Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(scheme: &str, secret: Option<&str>) -> Result<Credential, HostError> {
        let api =
            Auth::ApiToken { timestamp_header: "X-Api-Timestamp".into(), signature_header: "X-Api-Signature".into() };
        let manifest = Manifest {
            name: String::new(),
            version: String::new(),
            title: String::new(),
            settings: Vec::new(),
            auth: vec![Auth::Bearer, Auth::Basic, Auth::Header { name: "X-Key".into() }, api],
            reads: Vec::new(),
            budget: None,
            resources: Vec::new(),
            phrases: Default::default(),
        };
        let auth = AuthSettings { scheme: scheme.into(), token: Secret::new("tok"), secret: secret.map(Secret::new) };
        Credential::of("s", &manifest, Some(&auth))
    }

    fn shown_headers(scheme: &str, secret: Option<&str>) -> Vec<String> {
        let headers = credential(scheme, secret).unwrap_or(Credential::None).headers(1_700_000_000);
        headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?"))).collect()
    }

    #[test]
    fn each_scheme_sends_its_headers() {
        assert_eq!(shown_headers("bearer", None), ["authorization: Bearer tok"]);
        assert_eq!(shown_headers("basic", Some("pw")), ["authorization: Basic dG9rOnB3"]);
        assert_eq!(shown_headers("header", None), ["x-key: tok"]);
        let signature = sign::hmac_sha256("s3", "1700000000");
        assert_eq!(
            shown_headers("api-token", Some("s3")),
            ["authorization: Bearer tok", "x-api-timestamp: 1700000000", &format!("x-api-signature: {signature}")]
        );
    }

    #[test]
    fn schemes_that_are_unknown_or_lack_something_are_refused() {
        let key = |scheme, secret| credential(scheme, secret).map(|_| ()).unwrap_err().key().to_owned();
        assert_eq!(key("oauth2", None), "host-auth-scheme");
        assert_eq!(key("api-token", None), "host-auth-secret");
        assert_eq!(key("api-token", Some("")), "host-auth-secret");
    }

    #[test]
    fn secrets_are_taken_out_of_texts() {
        let auth =
            AuthSettings { scheme: "basic".into(), token: Secret::new("user"), secret: Some(Secret::new("user-pw")) };
        let scrubber = Scrubber::of(Scrubber::secrets(&auth));
        let scrubbed = scrubber.text("user-pw is wrong for user (dXNlcjp1c2VyLXB3)".into());
        assert_eq!(scrubbed, "*** is wrong for *** (***)");
        scrubber.add(vec![Secret::new("new/pair=1"), Secret::new("no")]);
        assert_eq!(scrubber.text("no: new/pair=1, new%2Fpair%3D1, user-pw".into()), "no: ***, ***, ***");
    }
}
