//! Credentials on requests: which headers they take. Signed when a request is sent, once for each attempt. To whom they may be shown is
//! decided in `hosts`.

use crate::settings::{AuthSettings, SystemSettings};
use crate::{HostError, sign};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use selaras_connector_api::{Auth, Failure, Manifest};

/// Headers with their values.
pub(crate) type Headers = Vec<(HeaderName, HeaderValue)>;

/// What is added to requests.
pub(crate) enum Credential {
    /// Nothing.
    None,
    /// The same header each time.
    Fixed(HeaderName, HeaderValue),
    /// A token with a signed timestamp.
    Signed { token: HeaderValue, timestamp_header: HeaderName, signature_header: HeaderName, secret: crate::Secret },
}

impl Credential {
    /// The credential that settings and manifest agree on.
    pub(crate) fn of(system: &str, manifest: &Manifest, settings: &SystemSettings) -> Result<Self, HostError> {
        let Some(auth) = &settings.auth else { return Ok(Credential::None) };
        let declared = manifest.auth.iter().find(|way| scheme(way) == auth.scheme).ok_or_else(|| {
            let known: Vec<&str> = manifest.auth.iter().map(scheme).collect();
            HostError::new("host-auth-scheme")
                .with("system", system)
                .with("scheme", &auth.scheme)
                .with("known", if known.is_empty() { "—".to_owned() } else { known.join(", ") })
        })?;
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
        }
    }

    /// Whether a header is the credential's own, so that a connector may not set it.
    pub(crate) fn owns(&self, header: &HeaderName) -> bool {
        *header == AUTHORIZATION
            || match self {
                Credential::None => false,
                Credential::Fixed(name, _) => header == name,
                Credential::Signed { timestamp_header, signature_header, .. } => {
                    header == timestamp_header || header == signature_header
                }
            }
    }

    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Credential::None)
    }
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
        Auth::Bearer | Auth::OAuth2 { .. } => Credential::Fixed(AUTHORIZATION, hidden(&format!("Bearer {token}"))?),
        Auth::Basic => {
            let pair = sign::basic(token, auth.secret.as_ref().map(crate::Secret::expose));
            Credential::Fixed(AUTHORIZATION, hidden(&format!("Basic {pair}"))?)
        }
        Auth::Header { name } => Credential::Fixed(name.parse().ok()?, hidden(token)?),
        Auth::ApiToken { timestamp_header, signature_header } => Credential::Signed {
            token: hidden(&format!("Bearer {token}"))?,
            timestamp_header: timestamp_header.parse().ok()?,
            signature_header: signature_header.parse().ok()?,
            secret: auth.secret.clone().filter(|secret| !secret.is_empty())?,
        },
    })
}

/// A value that no log of the HTTP library shows.
fn hidden(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Takes secrets out of texts that come from elsewhere.
pub(crate) struct Scrubber(Vec<crate::Secret>);

impl Scrubber {
    pub(crate) fn of(auth: Option<&AuthSettings>) -> Self {
        let Some(auth) = auth else { return Self(Vec::new()) };
        let secret = auth.secret.as_ref();
        let pair = sign::basic(auth.token.expose(), secret.map(crate::Secret::expose));
        let all = [Some(crate::Secret::new(pair)), Some(auth.token.clone()), secret.cloned()];
        // Anything shorter is no secret and would tear texts apart.
        let mut worth: Vec<_> = all.into_iter().flatten().filter(|secret| secret.expose().len() >= 4).collect();
        worth.sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
        Self(worth)
    }

    pub(crate) fn text(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| {
            if text.contains(secret.expose()) { text.replace(secret.expose(), "***") } else { text }
        })
    }

    pub(crate) fn failure(&self, failure: Failure) -> Failure {
        Failure {
            code: failure.code,
            text: self.text(failure.text),
            field: failure.field,
            detail: failure.detail.map(|detail| self.text(detail)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

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
        };
        let auth = AuthSettings { scheme: scheme.into(), token: Secret::new("tok"), secret: secret.map(Secret::new) };
        Credential::of("s", &manifest, &SystemSettings { auth: Some(auth), ..SystemSettings::default() })
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
        let scrubbed = Scrubber::of(Some(&auth)).text("user-pw is wrong for user (dXNlcjp1c2VyLXB3)".into());
        assert_eq!(scrubbed, "*** is wrong for *** (***)");
    }
}
