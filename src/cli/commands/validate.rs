//! `runner validate`: what is wrong with a mapping file, offline.

use super::Context;
use crate::args::{DataFormat, ValidateArgs};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Source;
use crate::report::json;
use selaras_mapping::render::line_column;
use selaras_model::{Diagnostic, Message, Severity, Span};
use serde::Serialize;

/// What `--format json` gives.
#[derive(Serialize)]
struct Validation {
    format_version: u32,
    file: String,
    ok: bool,
    errors: usize,
    warnings: usize,
    /// Entities in the order in which they are synchronised; empty when there are errors.
    entities: Vec<String>,
    diagnostics: Vec<Found>,
}

#[derive(Serialize)]
struct Found {
    code: String,
    severity: Severity,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    pointer: String,
    places: Vec<Place>,
}

/// Lines and columns count from 1; columns count characters.
#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    message: String,
}

/// Runs the command.
pub fn run(context: &Context, args: &ValidateArgs) -> Result<Exit, Failure> {
    let source = Source::read(&args.mapping, &context.loaded)?;
    match args.format {
        DataFormat::Json => console::print(&json(&validation(context, &source)))?,
        DataFormat::Text => console::print(&text(context, &source))?,
    }
    Ok(if source.mapping.is_some() { Exit::Done } else { Exit::Error })
}

fn text(context: &Context, source: &Source) -> String {
    let catalogue = &context.catalogue;
    let mut text = String::new();
    if !source.diagnostics.is_empty() {
        text.push_str(&source.rendered(catalogue));
        text.push_str("\n\n");
    }
    let counted = |key: &str, severity| {
        let count = source.count(severity);
        (count > 0).then(|| catalogue.render(&Message::new(key).with("count", count)))
    };
    let warnings = counted("validate-warnings", Severity::Warning);
    let last: Vec<String> = match &source.mapping {
        Some(_) => {
            let entities = entities(source);
            let message = Message::new("validate-ok")
                .with("file", source.file.display())
                .with("count", entities.len())
                .with("order", entities.join(" → "));
            std::iter::once(catalogue.render(&message)).chain(warnings).collect()
        }
        None => {
            let errors = counted("validate-errors", Severity::Error);
            let found: Vec<String> = errors.into_iter().chain(warnings).collect();
            vec![format!("{}: {}", source.file.display(), found.join(", "))]
        }
    };
    text.push_str(&last.join("\n"));
    text.push('\n');
    text
}

fn entities(source: &Source) -> Vec<String> {
    source.mapping.iter().flat_map(|mapping| &mapping.entities).map(|entity| entity.name.to_string()).collect()
}

fn validation(context: &Context, source: &Source) -> Validation {
    Validation {
        format_version: 1,
        file: source.file.display().to_string(),
        ok: source.mapping.is_some(),
        errors: source.count(Severity::Error),
        warnings: source.count(Severity::Warning),
        entities: entities(source),
        diagnostics: source.diagnostics.iter().map(|diagnostic| found(context, &source.text, diagnostic)).collect(),
    }
}

fn found(context: &Context, text: &str, diagnostic: &Diagnostic) -> Found {
    let place = |span: Span, message: &Message| {
        let ((line, column), (end_line, end_column)) = (line_column(text, span.start), line_column(text, span.end));
        Place { line, column, end_line, end_column, message: context.catalogue.render(message) }
    };
    Found {
        code: diagnostic.code.clone(),
        severity: diagnostic.severity,
        message: context.catalogue.render(&diagnostic.message),
        help: diagnostic.help.as_ref().map(|help| context.catalogue.render(help)),
        pointer: diagnostic.pointer.clone(),
        places: diagnostic.labels.iter().map(|label| place(label.span, &label.message)).collect(),
    }
}
