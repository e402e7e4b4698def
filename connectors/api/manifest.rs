//! What a connector says of itself. Capabilities are data that the planner and the host see; the engine never asks "which system is this?".

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A connector's description.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// The name used in mappings, such as `accurate`.
    pub name: String,
    /// The connector's version.
    pub version: String,
    /// The system's name as people know it, such as `Accurate Online`.
    pub title: String,
    /// The settings it understands, besides those of authentication.
    pub settings: Vec<SettingSpec>,
    /// The ways to authenticate; the host runs them.
    pub auth: Vec<Auth>,
    /// Requests that only read although they are no GET. GETs always count as reads, unless listed in `writes_by_get`.
    pub reads: Vec<ReadRule>,
    /// How much the system takes, per credential; `None`: no limit known.
    pub budget: Option<Budget>,
    /// Its collections.
    pub resources: Vec<Resource>,
    /// Its catalogues by language (`id`), for saying its failures in languages other than English; see [`crate::Phrases`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub phrases: BTreeMap<String, String>,
}

impl Manifest {
    /// The resource of a name.
    #[must_use]
    pub fn resource(&self, name: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.name == name)
    }
}

/// A setting in `runner.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SettingSpec {
    /// Its key under `[systems.NAME]`.
    pub name: String,
    /// Whether there is no going without it.
    pub required: bool,
    /// What stands in when it is absent.
    pub default: Option<String>,
    /// What it is for.
    pub help: String,
}

/// A way to authenticate. Where a header is named, the host adds it to each request whose URL lies under the system's own hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "scheme", rename_all = "kebab-case")]
pub enum Auth {
    /// `Authorization: Bearer <token>` with a ready token.
    Bearer,
    /// `Authorization: Basic …`.
    Basic,
    /// A key in a header of its own.
    Header {
        /// The header's name.
        name: String,
    },
    /// Bearer token plus a timestamp and its HMAC-SHA256 (Accurate's API token, reference 1.3): the timestamp is Unix seconds, the signature base64.
    ApiToken {
        /// The header of the timestamp.
        timestamp_header: String,
        /// The header of the signature.
        signature_header: String,
    },
    /// OAuth 2 authorization code (RFC 6749 section 4.1) with refresh: the host asks, exchanges, keeps and renews, and sends
    /// `Authorization: Bearer <token>`. The client authenticates by `Basic`. A 401 that says `invalid_token` (RFC 6750 section 3.1) means
    /// that the token is dead; any other 401 is the connector's to read.
    #[serde(rename = "oauth2")]
    OAuth2 {
        /// The consent page, below the setting `base_url`: `/oauth/authorize`.
        authorize_path: String,
        /// Where codes and refresh tokens are exchanged, below `base_url`: `/oauth/token`.
        token_path: String,
        /// Whether a PKCE challenge (RFC 7636) is sent along.
        pkce: bool,
        /// Scopes needed whatever the mapping says, to open anything at all: `branch_view`.
        base_scopes: Vec<String>,
    },
}

/// A request that only reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReadRule {
    /// The method, such as `POST`.
    pub method: String,
    /// How its path ends, such as `/api/open-db.do`.
    pub path_suffix: String,
}

/// The limit of a system, per quota holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Budget {
    /// Calls begun in any one second.
    pub per_second: u32,
    /// Calls in flight at once.
    pub parallel: u32,
}

/// What can be done with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// List pages.
    Read,
    /// Read one record.
    Get,
    /// Make a record.
    Create,
    /// Change a record.
    Update,
    /// Remove a record.
    Delete,
    /// Mark a record as no longer in use.
    Deactivate,
}

/// What one operation needs and costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpSpec {
    /// Records per call: 100 for a bulk endpoint, the page size for lists, 1 where each record is a call.
    pub per_call: u32,
    /// The right or scope it needs, such as `customer_save`; `None` where the system knows none.
    pub right: Option<String>,
}

/// How trustworthy a version token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Changes with every change.
    Strong,
    /// May stay the same although something changed.
    Weak,
}

/// Where a record's version stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VersionToken {
    /// The member, such as `optLock`.
    pub path: String,
    /// Its strength.
    pub strength: Strength,
}

/// How a create whose answer was lost can be recognised afterwards, best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recogniser {
    /// We choose the number, and the system keeps it unique.
    OwnNumber {
        /// The member that holds it.
        path: String,
    },
    /// A member that we fill with a value of our own, unique in the system.
    Marker {
        /// The member that holds it.
        path: String,
    },
    /// Members that the system keeps unique together.
    NaturalKey {
        /// The members.
        paths: Vec<String>,
    },
    /// Not at all.
    None,
}

/// How children are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChildStyle {
    /// Only the children that change are sent, each with what happens to it; the others stay.
    Additive,
    /// The whole list is sent and replaces the old one; children that stay carry their id.
    Replace,
}

/// How a record is taken out of use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Deactivate {
    /// The member.
    pub path: String,
    /// Its value for a record out of use.
    pub value: Json,
}

/// What is known of a member of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldSpec {
    /// Whether it comes in answers.
    pub read: bool,
    /// Whether it can be sent.
    pub write: bool,
}

/// A collection of records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Resource {
    /// Its name in mappings, such as `customer`.
    pub name: String,
    /// How people call it, such as `Pelanggan`.
    pub title: String,
    /// The right's name as people know it, such as `Pelanggan`; `None` where the system knows none.
    pub right_title: Option<String>,
    /// Its version token.
    pub version: Option<VersionToken>,
    /// Whether a listing that ended is complete.
    pub complete_listing: bool,
    /// Whether it can list what changed since a moment.
    pub change_filter: bool,
    /// Whether a write can carry the version it expects.
    pub compare_and_set: bool,
    /// Members (with all that lies below them) that lists leave out; `["*"]`: lists give ids and versions only.
    pub detail_only: Vec<String>,
    /// What each possible operation costs. An operation that is absent is not possible.
    pub operations: BTreeMap<Operation, OpSpec>,
    /// How a lost create is recognised.
    pub recogniser: Recogniser,
    /// How long after a write until lists and reads are sure to show it, in milliseconds.
    pub settle_ms: u64,
    /// How a record is taken out of use.
    pub deactivate: Option<Deactivate>,
    /// How lists of children are written, by member; a list not named here cannot be written.
    pub children: BTreeMap<String, ChildStyle>,
    /// The members known, so that a mapping with a misspelt one can be told so. Empty: not known. Nested members are written with dots,
    /// members of children with `[]`: `detailItem[].quantity`.
    pub fields: BTreeMap<String, FieldSpec>,
}

impl Resource {
    /// Whether lists leave this member out. `path` is dotted, such as `billStreet` or `customer.name`.
    #[must_use]
    pub fn is_detail_only(&self, path: &str) -> bool {
        self.detail_only.iter().any(|only| {
            only == "*"
                || path == only
                || path.strip_prefix(only.as_str()).is_some_and(|rest| rest.starts_with(['.', '[']))
        })
    }
}
