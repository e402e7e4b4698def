//! Asking for consent by OAuth 2 (RFC 6749 section 4.1, with PKCE by RFC 7636), and turning the answer into a grant that is kept. Showing
//! the address and receiving the browser is the caller's part; renewing is done in `renew`.

mod answer;
mod endpoint;

pub use answer::Answer;

pub(crate) use endpoint::{Endpoint, Token, Told, Wire, in_xml, sorted};

use crate::auth::Scrubber;
use crate::vault::{Client, Grant, Pending, Present, Record, Vault, random};
use crate::{CredentialFacts, Host, HostError, Secret, SystemSettings, fault, settings};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Url;
use selaras_connector_api::Manifest;
use std::fmt;
use std::sync::mpsc::sync_channel;

/// An application as it is registered with a system.
#[derive(Clone, Debug)]
pub struct OAuthClient {
    /// Its id. Anybody may see it.
    pub id: String,
    /// Its secret.
    pub secret: Secret,
}

/// A consent that was asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Consent {
    /// The page on which the user gives it.
    pub url: String,
    /// Where the browser comes back to.
    pub redirect_uri: String,
    /// The scopes asked for, those that the connector always needs among them; sorted.
    pub scopes: Vec<String>,
    /// When it was asked for.
    pub since: i64,
}

impl fmt::Debug for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let page = self.url.split('?').next().unwrap_or_default();
        f.debug_struct("Consent").field("page", &page).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// Asks for consents with a connector's manifest.
pub struct Consents<'a> {
    host: &'a Host,
    manifest: Manifest,
}

impl Host {
    /// Begins to ask for consent. What is needed to finish it is sealed before this returns, so that another process can.
    ///
    /// A grant that is held already stays until the new one is there; most systems end it themselves once the user agrees.
    ///
    /// # Errors
    /// When the connector has no OAuth 2, a setting is missing or wrong, or the vault cannot be written.
    pub fn begin_consent(
        &self,
        system: &str,
        settings: &SystemSettings,
        client: &OAuthClient,
        redirect_uri: &str,
        scopes: &[String],
    ) -> Result<Consent, HostError> {
        self.consents(&self.load(&settings.connector)?.manifest).begin(system, settings, client, redirect_uri, scopes)
    }

    /// The consent that was asked for and not yet given, if there is one.
    ///
    /// # Errors
    /// As for `begin_consent`; also when the vault cannot be read.
    pub fn pending_consent(&self, system: &str, settings: &SystemSettings) -> Result<Option<Consent>, HostError> {
        self.consents(&self.load(&settings.connector)?.manifest).pending(system, settings)
    }

    /// Takes what the browser brought back, exchanges it and keeps the grant. It is on disk before this returns.
    ///
    /// # Errors
    /// Each way in which this can fail has a key of its own; see `messages.en.ftl`, `host-oauth-…`.
    pub fn finish_consent(
        &self,
        system: &str,
        settings: &SystemSettings,
        answer: &Answer,
    ) -> Result<CredentialFacts, HostError> {
        self.consents(&self.load(&settings.connector)?.manifest).finish(system, settings, answer)
    }

    /// The same by a manifest, for a connector that is linked into this program.
    #[must_use]
    pub fn consents(&self, manifest: &Manifest) -> Consents<'_> {
        Consents { host: self, manifest: manifest.clone() }
    }
}

impl Consents<'_> {
    /// See [`Host::begin_consent`].
    ///
    /// # Errors
    /// As there.
    pub fn begin(
        &self,
        system: &str,
        settings: &SystemSettings,
        client: &OAuthClient,
        redirect_uri: &str,
        scopes: &[String],
    ) -> Result<Consent, HostError> {
        let (vault, endpoint) = (self.vault()?, self.endpoint(system, settings)?);
        if client.id.trim().is_empty() || client.secret.is_empty() {
            return Err(HostError::new("host-oauth-client-missing").with("system", system));
        }
        if !Url::parse(redirect_uri)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.fragment().is_none())
        {
            return Err(HostError::new("host-oauth-redirect-uri").with("system", system).with("uri", redirect_uri));
        }
        let pending = Pending {
            client: Client::from(client),
            state: token_of(random::<32>()?),
            verifier: if endpoint.wants_pkce() { Some(token_of(random::<32>()?)) } else { None },
            redirect_uri: redirect_uri.to_owned(),
            scopes: sorted(&[scopes, &endpoint.base_scopes].concat().join(" ")),
            since: self.host.now(),
            exchange_began_at: None,
        };
        let consent = consent(&endpoint, &pending);
        let guard = vault.lock(system)?;
        let kept = vault.read_unless_lost(system)?.unwrap_or_default();
        vault.write(&guard, system, &Record { pending: Some(pending), ..kept })?;
        fault::point("consent-sealed");
        Ok(consent)
    }

    /// See [`Host::pending_consent`].
    ///
    /// # Errors
    /// As there.
    pub fn pending(&self, system: &str, settings: &SystemSettings) -> Result<Option<Consent>, HostError> {
        let (vault, endpoint) = (self.vault()?, self.endpoint(system, settings)?);
        let pending = vault.read_unless_lost(system)?.and_then(|record| record.pending);
        Ok(pending.map(|pending| consent(&endpoint, &pending)))
    }

    /// See [`Host::finish_consent`].
    ///
    /// # Errors
    /// As there.
    pub fn finish(
        &self,
        system: &str,
        settings: &SystemSettings,
        answer: &Answer,
    ) -> Result<CredentialFacts, HostError> {
        let (vault, endpoint) = (self.vault()?, self.endpoint(system, settings)?);
        // Whoever holds this is the only one who exchanges the code.
        let guard = vault.lock(system)?;
        let mut record = vault.read(system)?.unwrap_or_default();
        let nothing = || HostError::new("host-oauth-nothing-pending").with("system", system);
        let mut pending = record.pending.clone().ok_or_else(nothing)?;
        let code = match believed(system, &pending, answer)? {
            Ok(code) => code,
            Err((refusal, ours)) => {
                if ours {
                    record.pending = None;
                    vault.write(&guard, system, &record)?;
                }
                return Err(refusal);
            }
        };
        // Shows that the folder can be written, before the code is spent.
        pending.exchange_began_at = Some(self.host.now());
        record.pending = Some(pending.clone());
        vault.write(&guard, system, &record)?;
        let told = self.exchange(settings, endpoint, pending.clone(), code.clone())?;
        fault::point("consent-exchanged");
        let token = match told {
            Told::Granted(token) => token,
            told => {
                if !matches!(told, Told::NotSent(_)) {
                    record.pending = None;
                    vault.write(&guard, system, &record)?;
                }
                return Err(refusal(system, &pending, code, told));
            }
        };
        let record =
            Record { present: Some(Present::Grant(Box::new(granted(pending, token, self.host.now())))), pending: None };
        vault.write(&guard, system, &record)?;
        fault::point("consent-stored");
        Ok(record.facts())
    }

    fn vault(&self) -> Result<&Vault, HostError> {
        self.host.inner.options.vault.as_deref().ok_or_else(|| HostError::new("host-vault-none"))
    }

    fn endpoint(&self, system: &str, settings: &SystemSettings) -> Result<Endpoint, HostError> {
        let base = settings::base_url(&self.manifest, settings)
            .ok_or_else(|| HostError::new("host-auth-no-base-url").with("system", system))?;
        let endpoint = Endpoint::of(system, &self.manifest, &base)?;
        endpoint.ok_or_else(|| crate::auth::unknown_scheme(system, &self.manifest, "oauth2"))
    }

    /// Exchanges a code on the host's own threads, so that this can be called from anywhere.
    fn exchange(
        &self,
        settings: &SystemSettings,
        endpoint: Endpoint,
        pending: Pending,
        code: Secret,
    ) -> Result<Told, HostError> {
        let inner = &self.host.inner;
        let rules = settings::rules(self.manifest.budget, settings.limits).filter(|_| inner.options.limited);
        let wire = Wire {
            clients: inner.clients.clone(),
            budget: crate::budget::Budget::new(rules),
            clock: inner.clock.clone(),
            seed: inner.seed,
            cancel: inner.options.cancel.clone(),
        };
        let (sender, told) = sync_channel(1);
        inner.runtime().spawn(async move {
            let _ = sender.send(endpoint.exchange(&wire, &pending, &code).await);
        });
        told.recv().map_err(|_| HostError::new("host-network").with("why", "the exchange ended by itself"))
    }
}

fn consent(endpoint: &Endpoint, pending: &Pending) -> Consent {
    Consent {
        url: endpoint.consent_url(pending),
        redirect_uri: pending.redirect_uri.clone(),
        scopes: pending.scopes.clone(),
        since: pending.since,
    }
}

fn token_of(bytes: [u8; 32]) -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(bytes))
}

/// The code, if the answer is to our own question and says yes. Otherwise why not, and whether that ends the question.
fn believed<'a>(
    system: &str,
    pending: &Pending,
    answer: &'a Answer,
) -> Result<Result<&'a Secret, (HostError, bool)>, HostError> {
    let state = match answer {
        Answer::Code { state, .. } => Some(state),
        Answer::Refused { state, .. } => state.as_ref(),
    };
    if state.is_some_and(|state| !same(state, &pending.state)) {
        return Err(HostError::new("host-oauth-state").with("system", system));
    }
    Ok(match answer {
        Answer::Code { code, .. } => Ok(code),
        Answer::Refused { error, .. } if error == "access_denied" => {
            Err((HostError::new("host-oauth-denied").with("system", system), state.is_some()))
        }
        Answer::Refused { error, description, .. } => {
            let why = said(error, description.as_deref(), pending.secrets());
            Err((HostError::new("host-oauth-refused").with("system", system).with("why", why), state.is_some()))
        }
    })
}

/// Whether two secrets are the same, in the same time whatever they are.
fn same(one: &Secret, other: &Secret) -> bool {
    // Comparing hashes of this library takes constant time.
    blake3::hash(one.expose().as_bytes()) == blake3::hash(other.expose().as_bytes())
}

/// A server's reason without secrets: it likes to quote what it was sent.
fn said(error: &str, description: Option<&str>, secrets: Vec<Secret>) -> String {
    let text = match description.filter(|text| !text.is_empty()) {
        Some(description) => format!("{error}: {description}"),
        None => error.to_owned(),
    };
    Scrubber::of(secrets).text(text)
}

/// Why there is no token, with what to do.
fn refusal(system: &str, pending: &Pending, code: &Secret, told: Told) -> HostError {
    let about = |key: &str| HostError::new(key).with("system", system);
    let mut secrets = pending.secrets();
    secrets.push(code.clone());
    match told {
        Told::Refused { error, description } => {
            let why = said(&error, description.as_deref(), secrets);
            let redirect = why.to_ascii_lowercase().contains("redirect");
            match error.as_str() {
                "invalid_grant" if redirect => about("host-oauth-redirect").with("uri", &pending.redirect_uri),
                "invalid_grant" => about("host-oauth-code").with("why", why),
                _ => about("host-oauth-refused").with("why", why),
            }
        }
        Told::WrongClient => about("host-oauth-client").with("client", &pending.client.id),
        Told::NotSent(failure) => {
            about("host-oauth-unreachable").because("why", &Scrubber::of(secrets).failure(failure))
        }
        Told::Lost(failure) => about("host-oauth-lost").because("why", &Scrubber::of(secrets).failure(failure)),
        Told::Unexpected(status) | Told::Nonsense(status) => about("host-oauth-nonsense").with("status", status),
        // Never here: whoever has a token does not ask why there is none.
        Told::Granted(_) => about("host-oauth-nonsense").with("status", 200),
    }
}

fn granted(pending: Pending, token: Token, now: i64) -> Grant {
    Grant {
        client: pending.client,
        access: token.access,
        refresh: token.refresh,
        scopes: token.scopes.unwrap_or(pending.scopes),
        account: token.account,
        obtained_at: now,
        expires_at: token.expires_in.map(|seconds| now.saturating_add(seconds)),
        renewal_began_at: None,
        dead_since: None,
    }
}
