//! What a system signs in with: what its settings say, or what the vault keeps of it.

use crate::auth::{Credential, Scrubber};
use crate::oauth::Endpoint;
use crate::renew::Renewable;
use crate::vault::{Grant, Present, Record, Vault};
use crate::{AuthSettings, HostError, Secret, SystemSettings, auth};
use selaras_connector_api::Manifest;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a system signs in with.
pub(crate) enum Access {
    /// Nothing.
    None,
    /// Something that does not change by itself.
    Static(AuthSettings),
    /// A grant that is renewed.
    Grant(Arc<Vault>, Box<Grant>),
}

impl Access {
    /// Finds it.
    pub(crate) fn of(system: &str, settings: &SystemSettings, vault: Option<&Arc<Vault>>) -> Result<Self, HostError> {
        match (&settings.auth, settings.stored) {
            (Some(auth), _) => Ok(Access::Static(auth.clone())),
            (None, false) => Ok(Access::None),
            (None, true) => {
                let vault = vault.ok_or_else(|| HostError::new("host-vault-none"))?;
                match vault.read(system)? {
                    Some(Record { present: Some(Present::Static { scheme, token, secret, .. }), .. }) => {
                        Ok(Access::Static(AuthSettings { scheme, token, secret }))
                    }
                    Some(Record { present: Some(Present::Grant(grant)), .. }) => {
                        Ok(Access::Grant(Arc::clone(vault), grant))
                    }
                    _ => Err(HostError::new("host-not-connected").with("system", system)),
                }
            }
        }
    }

    /// The name of its scheme.
    pub(crate) fn scheme(&self) -> Option<&str> {
        match self {
            Access::None => None,
            Access::Static(auth) => Some(&auth.scheme),
            Access::Grant(..) => Some("oauth2"),
        }
    }

    /// Tells credentials apart without holding them. A grant stays the same when its token is renewed.
    pub(crate) fn mark(&self) -> String {
        let of = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
        match self {
            Access::None => String::new(),
            Access::Static(auth) => of(auth.token.expose()),
            Access::Grant(_, grant) => {
                of(&format!("{}\n{}", grant.client.id, grant.account.as_deref().unwrap_or_default()))
            }
        }
    }

    /// Everything secret about it.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        match self {
            Access::None => Vec::new(),
            Access::Static(auth) => Scrubber::secrets(auth),
            Access::Grant(_, grant) => grant.secrets(),
        }
    }

    /// What is added to requests, as the manifest wants it.
    pub(crate) fn credential(
        self,
        system: &str,
        manifest: &Manifest,
        values: &BTreeMap<String, String>,
    ) -> Result<Credential, HostError> {
        match self {
            Access::None => Credential::of(system, manifest, None),
            Access::Static(auth) => Credential::of(system, manifest, Some(&auth)),
            Access::Grant(vault, grant) => {
                let base = values
                    .get("base_url")
                    .ok_or_else(|| HostError::new("host-auth-no-base-url").with("system", system))?;
                let endpoint = Endpoint::of(system, manifest, base)?;
                let endpoint = endpoint.ok_or_else(|| auth::unknown_scheme(system, manifest, "oauth2"))?;
                let unusable = || HostError::new("host-auth-secret").with("system", system).with("scheme", "oauth2");
                let renewable = Renewable::new(system, vault, endpoint, *grant).ok_or_else(unusable)?;
                Ok(Credential::Renewable(Box::new(renewable)))
            }
        }
    }
}
