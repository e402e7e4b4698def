//! Diagnostics as text: with an excerpt of the file for people, or one line each for logs. The words come from the caller's catalogue.

use crate::diagnostics::HERE;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, normalize_untrusted_str};
use selaras_model::{Diagnostic, Message, Severity, Span};
use std::ops::Range;

/// How diagnostics are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text only.
    Plain,
    /// With colours for a terminal.
    Coloured,
}

/// All diagnostics of a file with excerpts. `path` is how people call the file.
pub fn render(
    diagnostics: &[Diagnostic],
    text: &str,
    path: &str,
    style: Style,
    translate: impl Fn(&Message) -> String,
) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let shown: Vec<String> =
        diagnostics.iter().map(|diagnostic| excerpt(&renderer, diagnostic, text, path, &translate)).collect();
    shown.join("\n\n")
}

/// A diagnostic in one line: `file:line:column: error[M010]: what is wrong; what to do`.
pub fn one_line(diagnostic: &Diagnostic, text: &str, path: &str, translate: impl Fn(&Message) -> String) -> String {
    let (line, column) = diagnostic.labels.first().map_or((1, 1), |label| line_column(text, label.span.start));
    let severity = translate(&Message::new(severity_key(diagnostic.severity)));
    let mut said = translate(&diagnostic.message);
    if let Some(help) = &diagnostic.help {
        said.push_str("; ");
        said.push_str(&translate(help));
    }
    let said = normalize_untrusted_str(&said.replace('\n', " "));
    format!("{path}:{line}:{column}: {severity}[{}]: {said}", diagnostic.code)
}

/// The line and column of a byte, both from 1; columns count characters.
#[must_use]
pub fn line_column(text: &str, byte: usize) -> (usize, usize) {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    let before = &text[..byte];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

fn excerpt(
    renderer: &Renderer,
    diagnostic: &Diagnostic,
    text: &str,
    path: &str,
    translate: &impl Fn(&Message) -> String,
) -> String {
    let name = translate(&Message::new(severity_key(diagnostic.severity)));
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut snippet = Snippet::source(text).path(path);
    for (position, label) in diagnostic.labels.iter().enumerate() {
        let kind = if position == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let said = if label.message.key == HERE { None } else { Some(translate(&label.message)) };
        snippet = snippet.annotation(kind.span(first_line(text, label.span)).label(said));
    }
    let title = normalize_untrusted_str(&translate(&diagnostic.message));
    let mut group: Group<'_> = level.with_name(name).primary_title(title).id(diagnostic.code.as_str()).element(snippet);
    if let Some(help) = &diagnostic.help {
        let word = translate(&Message::new("diag-help"));
        group = group.element(Level::HELP.with_name(word).message(normalize_untrusted_str(&translate(help))));
    }
    renderer.render(&[group])
}

/// The part of a place that stands on its first line: an excerpt shows where something begins, not all of it.
fn first_line(text: &str, span: Span) -> Range<usize> {
    let clamp = |byte: usize| {
        let mut byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        byte
    };
    let start = clamp(span.start);
    let end = clamp(span.end.max(start));
    let line_end = text[start..end].find(['\n', '\r']).map_or(end, |length| start + length);
    start..line_end
}

fn severity_key(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "diag-error",
        Severity::Warning => "diag-warning",
    }
}
