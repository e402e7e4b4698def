//! The only door for YAML: text in, JSON and places out.
//!
//! One dialect, the one in which nothing surprises: `no` and `00123` are text, a key stands once, there are no anchors, merges or tags.
//! What the values mean is `compile`'s business.

use crate::diagnostics as diag;
use crate::spans::{Extra, SpanIndex};
use granit_parser::ScanError;
use selaras_model::{Diagnostic, Span};
use serde_json::Value as Json;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};
use serde_saphyr::{MessageFormatter, UserMessageFormatter};

/// The longest mapping that is read, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;
/// The most values that a mapping may hold.
pub const MAX_NODES: usize = 20_000;
/// How deep values may nest.
pub const MAX_DEPTH: usize = 32;

/// Reads a text. Without a value there is at least one diagnostic; with one there may be (duplicate keys, of which the first counts).
#[must_use]
pub fn load(text: &str) -> (Option<Json>, SpanIndex, Vec<Diagnostic>) {
    if text.len() > MAX_BYTES {
        let found = diag::yaml_too_large("bytes", text.len(), MAX_BYTES);
        return (None, SpanIndex::default(), vec![found]);
    }
    let spans = match SpanIndex::of(text, places_options()) {
        Ok(spans) => spans,
        Err(error) => {
            return (None, SpanIndex::default(), vec![diag::yaml_syntax(scan_span(text, &error), &error.info())]);
        }
    };
    let mut found: Vec<_> = spans.duplicates().iter().map(diag::duplicate_key).collect();
    found.extend(spans.extras().iter().map(|(extra, span)| diag::yaml_not_used(*span, extra_name(*extra))));
    if spans.len() > MAX_NODES {
        found.push(diag::yaml_too_large("values", spans.len(), MAX_NODES));
    }
    if !spans.extras().is_empty() || spans.len() > MAX_NODES {
        return (None, spans, found);
    }
    match serde_saphyr::from_str_with_options::<Json>(text, value_options()) {
        Ok(value) => (Some(value), spans, found),
        Err(error) => {
            let detail = UserMessageFormatter.format_message(error.without_snippet());
            found.push(diag::yaml_syntax(value_span(text, &error), &detail));
            (None, spans, found)
        }
    }
}

fn extra_name(extra: Extra) -> &'static str {
    match extra {
        Extra::Anchor => "anchor",
        Extra::Alias => "alias",
        Extra::Tag => "tag",
        Extra::Merge => "merge",
    }
}

fn places_options() -> granit_parser::Options {
    granit_parser::options! {
        strict_indentation: true,
        disallow_directives: true,
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    }
}

fn value_options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_documents: 1,
            // Keys are nodes as well.
            max_nodes: 3 * MAX_NODES,
            max_depth: MAX_DEPTH,
            max_anchors: 0,
            max_aliases: 0,
        },
        emit_comments: false,
        strict_indentation: true,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        reject_unsupported_tags: true,
        // The span index reports all of them; here the first counts.
        duplicate_keys: DuplicateKeyPolicy::FirstWins,
        merge_keys: MergeKeyPolicy::Error,
        with_snippet: false,
    }
}

fn scan_span(text: &str, error: &ScanError) -> Span {
    let marker = error.marker();
    let start = marker.byte_offset().unwrap_or_else(|| byte_of_char(text, marker.index()));
    one_char(text, start)
}

fn value_span(text: &str, error: &serde_saphyr::Error) -> Span {
    let Some(location) = error.location() else { return one_char(text, 0) };
    let span = location.span();
    let start =
        span.byte_offset().unwrap_or_else(|| byte_of_char(text, usize::try_from(span.offset()).unwrap_or(0)) as u64);
    one_char(text, usize::try_from(start).unwrap_or(0))
}

fn byte_of_char(text: &str, index: usize) -> usize {
    text.char_indices().nth(index).map_or(text.len(), |(byte, _)| byte)
}

/// The character at a place; at the end of the text, the last one.
fn one_char(text: &str, start: usize) -> Span {
    let mut start = start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let end = text[start..].chars().next().map_or(start, |c| start + c.len_utf8());
    Span { start, end }
}
