//! `runner connectors`: what is installed, from where, and what it can do.

use super::Context;
use crate::args::{ConnectorsArgs, DataFormat};
use crate::catalogue::Catalogue;
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project;
use crate::report::{json, paragraph};
use selaras_connector_api::{Manifest, Operation};
use selaras_host::Installed;
use selaras_model::Message;
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// What `--format json` gives.
#[derive(Serialize)]
struct Connectors {
    format_version: u32,
    connectors: Vec<Connector>,
}

#[derive(Serialize)]
struct Connector {
    name: String,
    #[serde(flatten)]
    details: serde_json::Value,
}

/// Runs the command.
pub fn run(context: &Context, args: &ConnectorsArgs) -> Result<Exit, Failure> {
    let host = project::host(&context.loaded, None, &Arc::default(), None)?;
    if args.pin {
        let file = host.write_lock().map_err(|error| Failure::from(&error))?;
        console::say(&context.catalogue.render(&Message::new("connectors-pinned").with("file", file.display())));
    }
    let search = project::search(&context.loaded, None);
    let installed = host.installed();
    match args.format {
        DataFormat::Json => {
            let connectors = installed.iter().map(|connector| described(&context.catalogue, connector)).collect();
            console::print(&json(&Connectors { format_version: 1, connectors }))?;
        }
        DataFormat::Text => {
            if installed.is_empty() {
                console::say(&context.catalogue.text("connectors-none"));
            } else {
                let width = console::screen(true, false).width;
                console::print(&paragraphs(&context.catalogue, &installed, width))?;
            }
            let places: Vec<String> = search.iter().map(|folder| folder.display().to_string()).collect();
            let places = format!("{}, {}", places.join(", "), project::exe_dir().display());
            console::say(&context.catalogue.render(&Message::new("connectors-looked").with("places", places)));
        }
    }
    for connector in &installed {
        if let Err(error) = &connector.details {
            let why = context.catalogue.render(&error.message_by(&|note| context.catalogue.render(note)));
            let message = Message::new("connector-broken").with("name", &connector.name).with("why", why);
            console::say(&context.catalogue.render(&message));
        }
    }
    let broken = installed.iter().any(|connector| connector.details.is_err());
    Ok(if broken { Exit::Error } else { Exit::Done })
}

/// One paragraph for each: their lists are too long for a row.
fn paragraphs(catalogue: &Catalogue, installed: &[Installed], width: usize) -> String {
    let mut paragraphs = Vec::new();
    for connector in installed {
        let Ok(details) = &connector.details else { continue };
        let file = details.declaration.as_ref().unwrap_or(&details.file);
        let resources: Vec<&str> = details.manifest.resources.iter().map(|resource| resource.name.as_str()).collect();
        let operations: Vec<&str> = operations(&details.manifest).into_iter().map(name).collect();
        let lines = [
            ("column-file", shortened(file).display().to_string()),
            ("column-hash", details.hash.get(..16).unwrap_or(&details.hash).to_owned()),
            ("column-abi", details.abi.to_string()),
            ("column-resources", resources.join(", ")),
            ("column-capabilities", operations.join(", ")),
        ];
        let head = format!("{} {}", connector.name, details.version);
        paragraphs.push(paragraph(&head, &details.title, &lines.map(|(key, text)| (catalogue.text(key), text)), width));
    }
    paragraphs.join("\n")
}

/// A path as seen from here, where that is shorter.
fn shortened(file: &Path) -> &Path {
    let here = std::env::current_dir().ok();
    here.as_deref().and_then(|here| file.strip_prefix(here).ok()).unwrap_or(file)
}

/// What can be done with at least one resource.
fn operations(manifest: &Manifest) -> BTreeSet<Operation> {
    manifest.resources.iter().flat_map(|resource| resource.operations.keys().copied()).collect()
}

fn name(operation: Operation) -> &'static str {
    match operation {
        Operation::Read => "read",
        Operation::Get => "get",
        Operation::Create => "create",
        Operation::Update => "update",
        Operation::Delete => "delete",
        Operation::Deactivate => "deactivate",
    }
}

fn described(catalogue: &Catalogue, connector: &Installed) -> Connector {
    let details = match &connector.details {
        Err(error) => json!({ "error": catalogue.render(&error.message_by(&|note| catalogue.render(note))) }),
        Ok(details) => {
            let resources: BTreeMap<&str, Vec<&str>> = details
                .manifest
                .resources
                .iter()
                .map(|resource| (resource.name.as_str(), resource.operations.keys().copied().map(name).collect()))
                .collect();
            json!({
                "version": details.version,
                "title": details.title,
                "file": details.file,
                "declaration": details.declaration,
                "hash": details.hash,
                "abi": details.abi,
                "build": details.build,
                "same_build": details.same_build,
                "budget": details.manifest.budget,
                "settings": details.manifest.settings,
                "resources": resources,
            })
        }
    };
    Connector { name: connector.name.clone(), details }
}
