//! Behaviour the public documentation of Accurate Online leaves open, each a setting with the likeliest answer as its
//! default. They can be changed while the sandbox runs (`POST /_sandbox/knobs`).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The settings. Unknown names are refused, so that a misspelt one is noticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// Whether the call limit is enforced. `Options::limit` decides it at start.
    pub limit: bool,
    /// Calls per second and token.
    pub calls_per_second: usize,
    /// Calls in work at the same time per token.
    pub parallel_calls: usize,
    /// What a call over the limit gets.
    pub over_limit: OverLimit,
    /// Minutes without a call after which a database session ends.
    pub session_idle_minutes: i64,
    /// The longest page; a longer wish is cut to this.
    pub max_page_size: usize,
    /// Whether unit names over seven characters are refused.
    pub strict_unit_length: bool,
    /// Whether parameters the specification marks as required are demanded where clients are seen to omit them.
    pub strict_required: bool,
    /// What an operator nobody documented does.
    pub unknown_operator: UnknownOperator,
    /// What a list row holds when no fields are asked for.
    pub bare_rows: BareRows,
    /// Whether a list without a filter on `suspended` leaves suspended records out.
    pub hide_suspended: bool,
    /// Whether the form spelling `detailItem[0][itemNo]` is understood.
    pub php_nesting: bool,
    /// Whether records other than customers and items show `lastUpdate` and `createDate` as well.
    pub last_update_everywhere: bool,
    /// Whether orders must name a branch.
    pub branch_required: bool,
    /// The form of errors about tokens and scopes.
    pub oauth_errors: OauthErrors,
    /// A `Host` (name with port) whose data calls are sent on to the sandbox's own address with HTTP 308.
    pub moved_host: Option<String>,
    /// How the new address is told.
    pub moved_style: MovedStyle,
    /// Rights the token's user lacks, such as `customer_save`.
    pub missing_rights: BTreeSet<String>,
    /// How it shows that an account lacks a right.
    pub missing_right_shows: MissingRight,
    /// Modules that only Administrators may read although nobody's rights name them, such as `branch`.
    pub closed_lists: BTreeSet<String>,
    /// Which branches an account of one branch is shown.
    pub branch_rows: BranchRows,
    /// Whether a code that was asked for with a challenge needs its verifier.
    pub pkce: Pkce,
    /// Seconds an access token lives, as the server tells it.
    pub token_seconds: i64,
    /// Calls to data hosts after which an access token ends. The refresh token still works.
    pub token_calls: Option<u64>,
    /// Calls to data hosts after which a database session ends.
    pub session_calls: Option<u64>,
    /// How many seconds Accurate's clock is ahead of this machine's.
    pub clock_skew_seconds: i64,
}

impl Default for Knobs {
    fn default() -> Self {
        Knobs {
            limit: true,
            calls_per_second: 8,
            parallel_calls: 8,
            over_limit: OverLimit::Status429,
            session_idle_minutes: 60,
            max_page_size: 1000,
            strict_unit_length: false,
            strict_required: false,
            unknown_operator: UnknownOperator::Equal,
            bare_rows: BareRows::Id,
            hide_suspended: false,
            php_nesting: false,
            last_update_everywhere: false,
            branch_required: false,
            oauth_errors: OauthErrors::Negotiated,
            moved_host: None,
            moved_style: MovedStyle::Location,
            missing_rights: BTreeSet::new(),
            missing_right_shows: MissingRight::Refusal,
            closed_lists: BTreeSet::new(),
            branch_rows: BranchRows::Own,
            pkce: Pkce::Verify,
            token_seconds: 1_295_999,
            token_calls: None,
            session_calls: None,
            clock_skew_seconds: 0,
        }
    }
}

/// How it shows that an account lacks a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingRight {
    /// The scope counts as not granted: `approved-scope.do` leaves it out, and calls get HTTP 403.
    Scopes,
    /// The call is refused with HTTP 200 and `s: false`; nothing shows before.
    Refusal,
}

/// Which branches an account of one branch is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BranchRows {
    /// Its own.
    Own,
    /// All of them.
    All,
}

/// Whether a code that was asked for with a challenge needs its verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pkce {
    /// It does.
    Verify,
    /// The server does not know of challenges.
    Ignore,
}

/// What a call over the limit gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OverLimit {
    /// HTTP 429 with `Retry-After: 1`.
    #[serde(rename = "status-429")]
    Status429,
    /// HTTP 200 with `s: false`.
    Refusal,
}

/// What an operator nobody documented does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownOperator {
    /// Works as `EQUAL`.
    Equal,
    /// Refuses the call with `s: false`.
    Refuse,
}

/// What a list row holds when no fields are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BareRows {
    /// `{id}`.
    Id,
    /// `{id, number or no or name, optLock}`.
    Identity,
}

/// The form of errors about tokens and scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OauthErrors {
    /// JSON if the caller accepts it, else XML.
    Negotiated,
    /// Always JSON.
    Json,
    /// Always XML.
    Xml,
}

/// How the new address of a moved database is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MovedStyle {
    /// `Location` with the full address of the call on the new host.
    Location,
    /// `Location` with the new host only.
    LocationHost,
    /// A JSON body `{"endpoint": "https://…"}` and no `Location`.
    Endpoint,
}
