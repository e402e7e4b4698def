//! The manifest: the catalogue and the field tables in the words of the contract.

use crate::catalogue::{Key, MODULES, Module};
use crate::{fields, phrases};
use selaras_connector_api::{
    Auth, Budget, ChildStyle, Deactivate, Manifest, OpSpec, Operation, Recogniser, Resource, SettingSpec, Strength,
    VersionToken,
};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Where accounts live.
pub(crate) const DEFAULT_BASE_URL: &str = "https://account.accurate.id";
/// Rows in a page of a list.
pub(crate) const DEFAULT_PAGE_SIZE: u32 = 100;
/// Records in one `bulk-save.do`.
pub(crate) const BULK: u32 = 100;
/// Calls in flight at once, and begun in a second.
pub(crate) const LIMIT: u32 = 8;
/// Nothing is documented about how soon a write shows in lists. Two seconds is generous for a single database server.
const SETTLE_MS: u64 = 2000;

/// What the connector is and can do.
pub(crate) fn manifest() -> Manifest {
    Manifest {
        name: "accurate".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        title: "Accurate Online".into(),
        settings: settings(),
        auth: vec![
            Auth::OAuth2 {
                authorize_path: "/oauth/authorize".into(),
                token_path: "/oauth/token".into(),
                // Nothing is documented about it. A server that does not know it passes over it (RFC 7636 section 5).
                pkce: true,
                // Opening lists the branches.
                base_scopes: vec!["branch_view".into()],
            },
            Auth::ApiToken { timestamp_header: "X-Api-Timestamp".into(), signature_header: "X-Api-Signature".into() },
            Auth::Bearer,
        ],
        // Everything that reads is a GET, open-db.do included.
        reads: Vec::new(),
        budget: Some(Budget { per_second: LIMIT, parallel: LIMIT }),
        resources: MODULES.iter().map(resource).collect(),
        phrases: BTreeMap::from([("id".into(), phrases::ID.into())]),
    }
}

fn settings() -> Vec<SettingSpec> {
    let setting = |name: &str, default: Option<String>, help: &str| SettingSpec {
        name: name.into(),
        required: false,
        default,
        help: help.into(),
    };
    vec![
        setting("base_url", Some(DEFAULT_BASE_URL.into()), "The account host; data hosts are learnt from it."),
        setting(
            "database",
            None,
            "The id of the database (data usaha). May be left out where the credential sees only one; an API token is bound to one.",
        ),
        setting(
            "branch",
            None,
            "The id of the branch (cabang) that pushed records are assigned to. May be left out where there is only one.",
        ),
        setting("page_size", Some(DEFAULT_PAGE_SIZE.to_string()), "Rows in a page of a list, 1 to 1000."),
    ]
}

fn resource(module: &Module) -> Resource {
    Resource {
        name: module.name.into(),
        title: module.title.into(),
        right_title: Some(module.title.into()),
        version: Some(VersionToken { path: "optLock".into(), strength: Strength::Strong }),
        complete_listing: true,
        change_filter: module.change_filter,
        // A save does not ask for optLock, and nothing says that it would compare it.
        compare_and_set: false,
        detail_only: module.detail_only.iter().map(|&name| name.to_owned()).collect(),
        operations: operations(module),
        recogniser: match module.key {
            Key::Number(path) => Recogniser::OwnNumber { path: path.into() },
            Key::Name => Recogniser::NaturalKey { paths: vec!["name".into()] },
            Key::None => Recogniser::None,
        },
        settle_ms: SETTLE_MS,
        deactivate: module.suspendable.then(|| Deactivate { path: "suspended".into(), value: Json::Bool(true) }),
        children: module.children.iter().map(|&path| (path.to_owned(), ChildStyle::Additive)).collect(),
        fields: fields::of(module.name),
    }
}

fn operations(module: &Module) -> BTreeMap<Operation, OpSpec> {
    let per_save = if module.bulk { BULK } else { 1 };
    let spec = |per_call: u32, verb: &str| OpSpec { per_call, right: Some(module.scope(verb)) };
    let mut operations = BTreeMap::from([
        (Operation::Read, spec(DEFAULT_PAGE_SIZE, "view")),
        (Operation::Get, spec(1, "view")),
        (Operation::Create, spec(per_save, "save")),
        (Operation::Update, spec(per_save, "save")),
    ]);
    if module.delete {
        operations.insert(Operation::Delete, spec(1, "delete"));
    }
    if module.suspendable {
        operations.insert(Operation::Deactivate, spec(per_save, "save"));
    }
    operations
}
