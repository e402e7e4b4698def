//! What the tests share: the catalogue, connectors that can do little, and files.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use selaras_connector_api::{ChildStyle, Deactivate, FieldSpec, Manifest, OpSpec, Operation, Recogniser, Resource};
use selaras_mapping::diagnostics::{TEXTS_EN, TEXTS_ID};
use selaras_model::Message;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The real mapping.
pub fn accurate_yaml() -> String {
    std::fs::read_to_string(repository("mappings/accurate.yaml")).unwrap()
}

/// The texts of one language.
pub struct Catalogue(FluentBundle<FluentResource>);

impl Catalogue {
    pub fn english() -> Self {
        Self::of("en", &[TEXTS_EN, include_str!("../../messages.en.ftl")])
    }

    pub fn indonesian() -> Self {
        Self::of("id", &[TEXTS_ID, include_str!("../../messages.id.ftl")])
    }

    /// Fails where two catalogues give the same key.
    fn of(language: &str, catalogues: &[&str]) -> Self {
        let mut bundle = FluentBundle::new(vec![language.parse().unwrap()]);
        bundle.set_use_isolating(false);
        for texts in catalogues {
            let resource = FluentResource::try_new((*texts).to_owned()).map_err(|(_, errors)| errors).unwrap();
            bundle.add_resource(resource).unwrap();
        }
        Self(bundle)
    }

    /// Fails where a key or an argument is missing.
    pub fn say(&self, message: &Message) -> String {
        let pattern = self
            .0
            .get_message(&message.key)
            .and_then(|found| found.value())
            .unwrap_or_else(|| panic!("no text for {}", message.key));
        let mut args = FluentArgs::new();
        for (name, value) in &message.args {
            args.set(name.clone(), FluentValue::from(value.clone()));
        }
        let mut errors = Vec::new();
        let text = self.0.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        assert!(errors.is_empty(), "{}: {errors:?}", message.key);
        text
    }
}

/// A connector with four resources: `full` can do everything, `frozen` can only be read, `mute` has no members listed, `other` is `full`.
pub fn manifest(name: &str) -> Manifest {
    Manifest {
        name: name.to_owned(),
        version: "1.0.0".to_owned(),
        title: "Toy".to_owned(),
        settings: Vec::new(),
        auth: Vec::new(),
        reads: Vec::new(),
        budget: None,
        resources: vec![full("full"), full("other"), frozen(), Resource { fields: BTreeMap::new(), ..full("mute") }],
        phrases: BTreeMap::new(),
    }
}

fn full(name: &str) -> Resource {
    use Operation::{Create, Delete, Get, Read, Update};
    let operations = [Read, Get, Create, Update, Delete].map(|it| (it, OpSpec { per_call: 1, right: None }));
    let spec = |name: &str, read, write| (name.to_owned(), FieldSpec { read, write });
    Resource {
        name: name.to_owned(),
        title: name.to_owned(),
        right_title: Some("Pelanggan".to_owned()),
        version: None,
        complete_listing: true,
        change_filter: false,
        compare_and_set: false,
        detail_only: Vec::new(),
        operations: operations.into_iter().collect(),
        recogniser: Recogniser::None,
        settle_ms: 0,
        deactivate: Some(Deactivate { path: "suspended".to_owned(), value: true.into() }),
        children: BTreeMap::from([("lines".to_owned(), ChildStyle::Replace)]),
        fields: BTreeMap::from([
            spec("code", true, true),
            spec("name", true, true),
            spec("number", true, true),
            spec("partnerId", true, true),
            spec("balance", true, false),
            spec("password", false, true),
            spec("address.street", true, true),
            spec("lines[].id", true, false),
            spec("lines[].item", true, true),
            spec("history[].item", true, true),
            spec("extra", true, true),
        ]),
    }
}

fn frozen() -> Resource {
    let mut resource = full("frozen");
    resource.operations.retain(|operation, _| *operation == Operation::Get);
    resource.deactivate = None;
    resource
}
