//! What the connector says of itself: the file's declarations in the words of the contract.

use crate::manifest::{AuthDecl, FieldsDecl, RecogniserDecl};
use crate::phrases;
use crate::system::{RestResource, System};
use selaras_connector_api::{
    Auth, Budget, ChildStyle, Deactivate, FieldSpec, Manifest, OpSpec, Operation, ReadRule, Recogniser, Resource,
    SettingSpec, VersionToken, WriteOp,
};
use std::collections::BTreeMap;

/// The description of a system.
pub fn describe(system: &System) -> Manifest {
    let file = &system.file;
    Manifest {
        name: file.name.clone(),
        version: file.version.clone(),
        title: file.title.clone(),
        settings: file
            .settings
            .iter()
            .map(|(name, setting)| SettingSpec {
                name: name.clone(),
                required: setting.required,
                default: setting.default.clone(),
                help: setting.help.clone(),
            })
            .collect(),
        auth: file.auth.iter().map(auth).collect(),
        reads: file
            .reads
            .iter()
            .map(|rule| ReadRule { method: rule.method.clone(), path_suffix: rule.path_suffix.clone() })
            .collect(),
        budget: file.budget.map(|b| Budget { per_second: b.per_second, parallel: b.parallel }),
        resources: system.resources.values().map(resource).collect(),
        phrases: BTreeMap::from([("id".into(), phrases::ID.into())]),
    }
}

fn auth(decl: &AuthDecl) -> Auth {
    match decl {
        AuthDecl::Bearer => Auth::Bearer,
        AuthDecl::Basic => Auth::Basic,
        AuthDecl::Header { name } => Auth::Header { name: name.clone() },
        AuthDecl::ApiToken { timestamp_header, signature_header } => {
            Auth::ApiToken { timestamp_header: timestamp_header.clone(), signature_header: signature_header.clone() }
        }
    }
}

fn resource(it: &RestResource) -> Resource {
    let list = it.list.as_ref();
    Resource {
        name: it.name.clone(),
        title: it.title.clone(),
        right_title: it.right_title.clone(),
        version: it.version.as_ref().map(|v| VersionToken { path: v.path.dotted(), strength: v.strength }),
        complete_listing: list.is_some_and(|list| list.complete),
        change_filter: list.is_some_and(|list| list.since.is_some()),
        compare_and_set: compares(it),
        detail_only: it.detail_only.clone(),
        operations: operations(it),
        recogniser: recogniser(&it.recogniser),
        settle_ms: it.settle_ms,
        deactivate: it.deactivate.as_ref().map(|d| Deactivate { path: d.path.clone(), value: d.value.clone() }),
        children: it.children.keys().map(|member| (member.clone(), ChildStyle::Replace)).collect(),
        fields: fields(&it.fields),
    }
}

/// Whether updates carry the version they expect, on whichever way they go.
fn compares(it: &RestResource) -> bool {
    it.version.is_some()
        && match it.batch_decl(WriteOp::Update) {
            Some((batch, _)) => batch.item.version.is_some(),
            None => it.update.as_ref().is_some_and(|update| update.if_match.is_some()),
        }
}

fn operations(it: &RestResource) -> BTreeMap<Operation, OpSpec> {
    let write = |op| it.can_write(op).then(|| it.batch_decl(op).map_or(1, |(batch, _)| batch.max));
    let costs = [
        (Operation::Read, it.list.as_ref().map(|list| list.page_size)),
        (Operation::Get, it.get.as_ref().map(|_| 1)),
        (Operation::Create, write(WriteOp::Create)),
        (Operation::Update, write(WriteOp::Update)),
        (Operation::Delete, write(WriteOp::Delete)),
        (Operation::Deactivate, write(WriteOp::Deactivate)),
    ];
    let spec = |(op, per_call): (Operation, Option<u32>)| {
        Some((op, OpSpec { per_call: per_call?, right: it.rights.get(&op).cloned() }))
    };
    costs.into_iter().filter_map(spec).collect()
}

fn recogniser(decl: &RecogniserDecl) -> Recogniser {
    match decl {
        RecogniserDecl::OwnNumber(path) => Recogniser::OwnNumber { path: path.clone() },
        RecogniserDecl::Marker(path) => Recogniser::Marker { path: path.clone() },
        RecogniserDecl::NaturalKey(paths) => Recogniser::NaturalKey { paths: paths.clone() },
        RecogniserDecl::None => Recogniser::None,
    }
}

fn fields(decl: &FieldsDecl) -> BTreeMap<String, FieldSpec> {
    let spec = |members: &[String], read, write| {
        members.iter().map(|member| (member.clone(), FieldSpec { read, write })).collect::<Vec<_>>()
    };
    [spec(&decl.read_write, true, true), spec(&decl.read_only, true, false), spec(&decl.write_only, false, true)]
        .concat()
        .into_iter()
        .collect()
}
