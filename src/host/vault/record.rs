//! What is kept of one system, in clear while it is in memory, and the facts of it that may be shown. How it is sealed is not known here.

use crate::{AuthSettings, OAuthClient, Secret};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// All that is kept of one system.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Record {
    /// What is used to sign in.
    pub(crate) present: Option<Present>,
    /// A consent that was asked for and not yet given.
    pub(crate) pending: Option<Pending>,
}

/// What is used to sign in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Present {
    /// Something that does not change by itself.
    Static {
        scheme: String,
        #[serde(with = "secret")]
        token: Secret,
        #[serde(default, with = "secret_option")]
        secret: Option<Secret>,
        put_at: i64,
    },
    /// A grant by OAuth 2.
    Grant(Box<Grant>),
}

/// A grant by OAuth 2.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) client: Client,
    #[serde(with = "secret")]
    pub(crate) access: Secret,
    #[serde(default, with = "secret_option")]
    pub(crate) refresh: Option<Secret>,
    pub(crate) scopes: Vec<String>,
    pub(crate) account: Option<String>,
    pub(crate) obtained_at: i64,
    pub(crate) expires_at: Option<i64>,
    /// A renewal began and has not ended.
    pub(crate) renewal_began_at: Option<i64>,
    /// The system takes neither token any more.
    pub(crate) dead_since: Option<i64>,
}

/// The application that asks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Client {
    pub(crate) id: String,
    #[serde(with = "secret")]
    pub(crate) secret: Secret,
}

impl From<&OAuthClient> for Client {
    fn from(client: &OAuthClient) -> Self {
        Self { id: client.id.trim().to_owned(), secret: client.secret.clone() }
    }
}

/// A consent that was asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Pending {
    pub(crate) client: Client,
    #[serde(with = "secret")]
    pub(crate) state: Secret,
    #[serde(default, with = "secret_option")]
    pub(crate) verifier: Option<Secret>,
    pub(crate) redirect_uri: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) since: i64,
    /// The code was taken to the system; it may be spent.
    pub(crate) exchange_began_at: Option<i64>,
}

impl Record {
    /// A credential that does not change by itself.
    pub(crate) fn of(auth: &AuthSettings, now: i64) -> Self {
        let present = Present::Static {
            scheme: auth.scheme.clone(),
            token: auth.token.clone(),
            secret: auth.secret.clone(),
            put_at: now,
        };
        Self { present: Some(present), pending: None }
    }

    /// The grant, if that is what is kept.
    pub(crate) fn grant(&self) -> Option<&Grant> {
        match &self.present {
            Some(Present::Grant(grant)) => Some(grant),
            _ => None,
        }
    }

    /// What may be shown.
    pub(crate) fn facts(&self) -> CredentialFacts {
        let mut facts = match &self.present {
            None => CredentialFacts::default(),
            Some(Present::Static { scheme, put_at, .. }) => CredentialFacts {
                scheme: Some(scheme.clone()),
                obtained_at: Some(*put_at),
                ..CredentialFacts::default()
            },
            Some(Present::Grant(grant)) => CredentialFacts {
                scheme: Some("oauth2".to_owned()),
                account: grant.account.clone(),
                client_id: Some(grant.client.id.clone()),
                scopes: grant.scopes.clone(),
                obtained_at: Some(grant.obtained_at),
                expires_at: grant.expires_at,
                renewal_began_at: grant.renewal_began_at,
                dead_since: grant.dead_since,
                renewable: grant.refresh.is_some(),
                pending: None,
            },
        };
        facts.pending = self.pending.as_ref().map(|pending| PendingFacts {
            redirect_uri: pending.redirect_uri.clone(),
            scopes: pending.scopes.clone(),
            since: pending.since,
        });
        facts
    }
}

impl Grant {
    /// Everything that must not be seen anywhere.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let own = [Some(&self.access), self.refresh.as_ref()].into_iter().flatten().cloned();
        own.chain(self.client.secrets()).collect()
    }
}

impl Client {
    fn secrets(&self) -> [Secret; 2] {
        [self.secret.clone(), self.pair()]
    }

    /// The credential of the client for HTTP basic authentication, without the word `Basic`.
    pub(crate) fn pair(&self) -> Secret {
        Secret::new(crate::sign::basic(&self.id, Some(self.secret.expose())))
    }
}

impl Pending {
    /// Everything that must not be seen anywhere.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let own = [Some(&self.state), self.verifier.as_ref()].into_iter().flatten().cloned();
        own.chain(self.client.secrets()).collect()
    }
}

/// What may be told of a credential: nothing secret. Times are Unix seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CredentialFacts {
    /// How it signs in; `None` where there is only a pending consent.
    pub scheme: Option<String>,
    /// Who gave the grant, as the system named the user.
    pub account: Option<String>,
    /// The application that holds the grant.
    pub client_id: Option<String>,
    /// The scopes that were granted, sorted.
    pub scopes: Vec<String>,
    /// Since when the present token, or what was put, is held.
    pub obtained_at: Option<i64>,
    /// When the token ends, if the system said so.
    pub expires_at: Option<i64>,
    /// A renewal began then and has not ended: it is under way right now, or it was interrupted.
    pub renewal_began_at: Option<i64>,
    /// Since when the system takes neither the token nor a renewal. Only connecting again helps.
    pub dead_since: Option<i64>,
    /// Whether the token can be renewed.
    pub renewable: bool,
    /// A consent that was asked for and not yet given.
    pub pending: Option<PendingFacts>,
}

/// What may be told of a consent that was asked for and not yet given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PendingFacts {
    /// Where the browser is to come back to.
    pub redirect_uri: String,
    /// The scopes that were asked for, sorted.
    pub scopes: Vec<String>,
    /// When it was asked for.
    pub since: i64,
}

/// A secret inside what is about to be sealed. Nothing else may serialise one.
mod secret {
    use super::{Deserialize, Deserializer, Secret, Serializer};

    pub(super) fn serialize<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
        String::deserialize(from).map(Secret::new)
    }
}

/// The same for one that may be missing.
mod secret_option {
    use super::{Deserialize, Deserializer, Secret, Serializer};

    pub(super) fn serialize<S: Serializer>(secret: &Option<Secret>, to: S) -> Result<S::Ok, S::Error> {
        match secret {
            Some(secret) => to.serialize_some(secret.expose()),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret>, D::Error> {
        Ok(Option::<String>::deserialize(from)?.map(Secret::new))
    }
}
