//! What can be wrong with a mapping file: one constructor per code, so that a code, its severity and its words are named in one place.
//!
//! Codes are stable: `M00x` text, `M01x` shape, `M02x` systems and directions, `M03x` fields, `M04x` lists, `M05x` references,
//! `M06x` what connectors can do, `M07x` what is allowed but odd. The words stand in `diagnostics.en.ftl` and `diagnostics.id.ftl`.

use crate::spans::{DuplicateKey, SpanIndex};
use selaras_model::{Diagnostic, Label, Message, Severity, Span};

/// English texts of all diagnostics, in Fluent.
pub const TEXTS_EN: &str = include_str!("diagnostics.en.ftl");
/// Indonesian texts of all diagnostics, in Fluent.
pub const TEXTS_ID: &str = include_str!("diagnostics.id.ftl");
/// The key of a label that has nothing to say beyond its place.
pub const HERE: &str = "diag-here";

/// A place in a mapping file: what a diagnostic is about.
#[derive(Clone, Debug)]
pub struct Spot {
    pointer: String,
    span: Span,
}

impl Spot {
    /// A value.
    #[must_use]
    pub fn value(spans: &SpanIndex, pointer: &str) -> Self {
        Self { pointer: pointer.to_owned(), span: spans.value(pointer) }
    }

    /// The key of a value.
    #[must_use]
    pub fn key(spans: &SpanIndex, pointer: &str) -> Self {
        Self { pointer: pointer.to_owned(), span: spans.key(pointer) }
    }

    /// A part of a text value.
    #[must_use]
    pub fn within(spans: &SpanIndex, pointer: &str, start: usize, end: usize) -> Self {
        Self { pointer: pointer.to_owned(), span: spans.within(pointer, start, end) }
    }
}

/// What somebody may have meant by a name: the nearest of those known, or all of them where none is near.
fn known_names<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Message> {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    known.dedup();
    let near = known.iter().filter_map(|known| Some((distance(name, known)?, *known))).min();
    match near {
        Some((_, meant)) => Some(Message::new("diag-did-you-mean").with("name", meant)),
        None if known.is_empty() => None,
        None if known.len() > 24 => Some(Message::new("diag-known-many").with("count", known.len())),
        None => Some(Message::new("diag-known").with("names", known.join(", "))),
    }
}

/// How far a name is from a known one, where it is near enough to be meant. Of dotted names with the same parents only the ends count.
fn distance(name: &str, known: &str) -> Option<usize> {
    let (name, known) = match (name.rsplit_once('.'), known.rsplit_once('.')) {
        (Some((parents, end)), Some((known_parents, known_end))) if parents == known_parents => (end, known_end),
        _ => (name, known),
    };
    let distance = strsim::damerau_levenshtein(&name.to_lowercase(), &known.to_lowercase());
    let length = known.chars().count();
    // Of a name of one letter nothing is left when one letter is wrong.
    (distance <= length.max(3) / 3 && distance < length).then_some(distance)
}

fn make(code: &str, severity: Severity, spot: Spot, message: Message) -> Diagnostic {
    Diagnostic {
        code: code.to_owned(),
        severity,
        message,
        pointer: spot.pointer,
        labels: vec![Label { span: spot.span, message: Message::new(HERE) }],
        help: None,
    }
}

fn error(code: &str, spot: Spot, message: Message) -> Diagnostic {
    make(code, Severity::Error, spot, message)
}

fn warning(code: &str, spot: Spot, message: Message) -> Diagnostic {
    make(code, Severity::Warning, spot, message)
}

fn helped(mut diagnostic: Diagnostic, help: Option<Message>) -> Diagnostic {
    diagnostic.help = help;
    diagnostic
}

fn also(mut diagnostic: Diagnostic, span: Span, key: &str) -> Diagnostic {
    diagnostic.labels.push(Label { span, message: Message::new(key) });
    diagnostic
}

/// The slips that people make most, in words of their own: a text that stops too early, `=` for `==`, `and` for `&&`.
fn common_slip(why: Message) -> Message {
    let (Some(text), Some(rest)) = (why.args.get("text"), why.args.get("rest")) else { return why };
    if rest.trim().is_empty() {
        return say("diag-ends-too-early");
    }
    let bare = without_quoted(text);
    let is_word = |part: &str| ["and", "or"].contains(&part.to_lowercase().as_str());
    let rest_of_comparisons = ["==", "!=", "<=", ">="].iter().fold(bare.clone(), |text, sign| text.replace(sign, ""));
    if rest_of_comparisons.contains('=') {
        say("diag-double-equals")
    } else if bare.split_whitespace().any(is_word) {
        say("diag-symbols-not-words")
    } else {
        why
    }
}

/// A text without what stands in quotes in it.
fn without_quoted(text: &str) -> String {
    let mut open = None;
    let bare = text.chars().filter(|each| match (open, *each) {
        (None, '\'' | '"') => {
            open = Some(*each);
            false
        }
        (Some(quote), each) => {
            open = (quote != each).then_some(quote);
            false
        }
        (None, _) => true,
    });
    bare.collect()
}

fn say(key: &str) -> Message {
    Message::new(key)
}

// ---------------------------------------------------------------------------------------------------------------------------- M00x: text

/// M001: the text is no YAML that we read.
#[must_use]
pub fn yaml_syntax(span: Span, detail: &str) -> Diagnostic {
    error("M001", Spot { pointer: String::new(), span }, say("diag-yaml-syntax").with("detail", detail))
}

/// M002: a key was given twice.
#[must_use]
pub fn duplicate_key(duplicate: &DuplicateKey) -> Diagnostic {
    let spot = Spot { pointer: duplicate.pointer.clone(), span: duplicate.again };
    let found = error("M002", spot, say("diag-duplicate-key").with("key", &duplicate.key));
    helped(also(found, duplicate.first, "diag-first-here"), Some(say("diag-duplicate-key-help")))
}

/// M003: the file is larger than any mapping. `what` is `bytes` or `values`.
#[must_use]
pub fn yaml_too_large(what: &str, count: usize, max: usize) -> Diagnostic {
    let spot = Spot { pointer: String::new(), span: Span { start: 0, end: 0 } };
    error("M003", spot, say("diag-too-large").with("what", what).with("count", count).with("max", max))
}

/// M004: a part of YAML that mappings do not use. `what` is `anchor`, `alias`, `tag` or `merge`.
#[must_use]
pub fn yaml_not_used(span: Span, what: &str) -> Diagnostic {
    let found = error("M004", Spot { pointer: String::new(), span }, say("diag-not-used").with("what", what));
    helped(found, Some(say("diag-not-used-help")))
}

// --------------------------------------------------------------------------------------------------------------------------- M01x: shape

/// M010: a key that means nothing here.
#[must_use]
pub fn unknown_key<'a>(spot: Spot, key: &str, known: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    helped(error("M010", spot, say("diag-unknown-key").with("key", key)), known_names(key, known))
}

/// M011: a value of the wrong kind. Kinds are joined by `-or-`, such as `text-or-list`.
#[must_use]
pub fn wrong_kind(spot: Spot, expected: &str, found: &str) -> Diagnostic {
    error("M011", spot, say("diag-wrong-kind").with("expected", expected).with("found", found))
}

/// M012: a key that must be there is not.
#[must_use]
pub fn missing_key(spot: Spot, key: &str) -> Diagnostic {
    error("M012", spot, say("diag-missing-key").with("key", key))
}

/// M012: none of several keys of which one must be there.
#[must_use]
pub fn missing_one_of(spot: Spot, keys: &str) -> Diagnostic {
    error("M012", spot, say("diag-missing-one-of").with("keys", keys))
}

/// M013: a word that is none of those possible here.
#[must_use]
pub fn unknown_word<'a>(spot: Spot, word: &str, known: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    helped(error("M013", spot, say("diag-unknown-word").with("word", word)), known_names(word, known))
}

/// M014: text without quotes that YAML, or some readers of it, take for something else.
#[must_use]
pub fn quote_it(spot: Spot, text: &str) -> Diagnostic {
    let help = say("diag-quote-it-help").with("text", text);
    helped(error("M014", spot, say("diag-quote-it").with("text", text)), Some(help))
}

/// M015: a version of the language that we do not speak.
#[must_use]
pub fn unknown_version(spot: Spot, version: u64) -> Diagnostic {
    error("M015", spot, say("diag-unknown-version").with("version", version))
}

/// M016: something that cannot be empty is.
#[must_use]
pub fn empty(spot: Spot, what: &str) -> Diagnostic {
    error("M016", spot, say("diag-empty").with("what", what))
}

/// M017: files cannot be split yet.
#[must_use]
pub fn no_include(spot: Spot) -> Diagnostic {
    helped(error("M017", spot, say("diag-no-include")), Some(say("diag-no-include-help")))
}

/// M018: a name that cannot be one.
#[must_use]
pub fn bad_name(spot: Spot, name: &str) -> Diagnostic {
    error("M018", spot, say("diag-bad-name").with("name", name))
}

/// M019: the file was understood by the check of shapes and not by the reader: our own mistake.
#[must_use]
pub fn not_understood(spot: Spot, detail: &str) -> Diagnostic {
    error("M019", spot, say("diag-not-understood").with("detail", detail))
}

// -------------------------------------------------------------------------------------------------------- M02x: systems and directions

/// M020: a mapping pairs two systems, no more and no less.
#[must_use]
pub fn not_two_systems(spot: Spot, count: usize) -> Diagnostic {
    error("M020", spot, say("diag-not-two-systems").with("count", count))
}

/// M021: a system has the name of a key of the language.
#[must_use]
pub fn reserved_system_name(spot: Spot, name: &str) -> Diagnostic {
    error("M021", spot, say("diag-reserved-system-name").with("name", name))
}

/// M022: no system has this name.
#[must_use]
pub fn unknown_side<'a>(spot: Spot, name: &str, known: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    helped(error("M022", spot, say("diag-unknown-side").with("name", name)), known_names(name, known))
}

/// M023: a direction that is none.
#[must_use]
pub fn bad_direction(spot: Spot, text: &str, left: &str, right: &str) -> Diagnostic {
    let help = say("diag-bad-direction-help").with("left", left).with("right", right);
    helped(error("M023", spot, say("diag-bad-direction").with("text", text)), Some(help))
}

/// M024: a limit that is none.
#[must_use]
pub fn bad_limit(spot: Spot, text: &str) -> Diagnostic {
    helped(error("M024", spot, say("diag-bad-limit").with("text", text)), Some(say("diag-bad-limit-help")))
}

/// M024: a time that is none.
#[must_use]
pub fn bad_window(spot: Spot, text: &str) -> Diagnostic {
    helped(error("M024", spot, say("diag-bad-window").with("text", text)), Some(say("diag-bad-window-help")))
}

/// M024: a time to wait that is none.
#[must_use]
pub fn bad_grace(spot: Spot, text: &str) -> Diagnostic {
    helped(error("M024", spot, say("diag-bad-window").with("text", text)), Some(say("diag-bad-grace-help")))
}

/// M027: what is not a delete does not wait.
#[must_use]
pub fn grace_without_delete(spot: Spot) -> Diagnostic {
    helped(error("M027", spot, say("diag-grace-without-delete")), Some(say("diag-grace-without-delete-help")))
}

/// M025: the newer of two edits cannot be known.
#[must_use]
pub fn no_newer(spot: Spot) -> Diagnostic {
    helped(error("M025", spot, say("diag-no-newer")), Some(say("diag-no-newer-help")))
}

/// M026: an entity without a resource on one side.
#[must_use]
pub fn missing_resource(spot: Spot, entity: &str, system: &str) -> Diagnostic {
    let help = say("diag-missing-resource-help").with("system", system);
    helped(error("M026", spot, say("diag-missing-resource").with("entity", entity).with("system", system)), Some(help))
}

/// M028: two entities that may take the same records.
#[must_use]
pub fn records_of_two(spot: Spot, first: Span, entities: [&str; 2], resource: &str, system: &str) -> Diagnostic {
    let message = say("diag-records-of-two").with("first", entities[0]).with("again", entities[1]);
    let message = message.with("resource", resource).with("system", system);
    let help = say("diag-records-of-two-help").with("system", system);
    helped(also(error("M028", spot, message), first, "diag-first-here"), Some(help))
}

// -------------------------------------------------------------------------------------------------------------------------- M03x: fields

/// M030: no field has this name.
#[must_use]
pub fn unknown_field<'a>(spot: Spot, name: &str, known: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    helped(error("M030", spot, say("diag-unknown-field").with("name", name)), known_names(name, known))
}

/// M031: a path that is none, or names several places.
#[must_use]
pub fn bad_path(spot: Spot, text: &str, why: Message) -> Diagnostic {
    let found = error("M031", spot, say("diag-bad-path").with("text", text));
    let is_name = |part: &str| !part.is_empty() && part.chars().all(|each| each.is_alphanumeric() || each == '_');
    let only_root_missing = text.trim_start_matches("@.").split('.').all(is_name);
    let rooted = say("diag-path-needs-root").with("text", text.trim_start_matches("@."));
    helped(found, Some(if only_root_missing { rooted } else { common_slip(why) }))
}

/// M032: a condition that is none.
#[must_use]
pub fn bad_condition(spot: Spot, why: Message) -> Diagnostic {
    helped(error("M032", spot, say("diag-bad-condition")), Some(common_slip(why)))
}

/// M033: a codec's option that cannot be.
#[must_use]
pub fn bad_codec(spot: Spot, why: Message) -> Diagnostic {
    helped(error("M033", spot, say("diag-bad-codec")), Some(why))
}

/// M034: a codec that cannot go the way the field flows.
#[must_use]
pub fn codec_one_way(spot: Spot, field: &str, system: &str, other: &str) -> Diagnostic {
    let help = say("diag-codec-one-way-help").with("system", system).with("other", other);
    let message = say("diag-codec-one-way").with("field", field).with("system", system);
    helped(error("M034", spot, message), Some(help))
}

/// M035: a table that gives two raw values the same meaning, on a side that is written.
#[must_use]
pub fn table_not_injective(spot: Spot, meaning: &str, raws: &str, system: &str, other: &str) -> Diagnostic {
    let message = say("diag-table-not-injective").with("meaning", meaning).with("raws", raws).with("system", system);
    let help = say("diag-table-not-injective-help").with("system", system).with("other", other);
    helped(error("M035", spot, message), Some(help))
}

/// M036: a field without a place on one side, and nothing that stands in for it.
#[must_use]
pub fn missing_cell(spot: Spot, field: &str, system: &str) -> Diagnostic {
    let message = say("diag-missing-cell").with("field", field).with("system", system);
    helped(error("M036", spot, message), Some(say("diag-missing-cell-help").with("system", system)))
}

/// M037: a cell with both `path` and `read` or `write`, or none of them.
#[must_use]
pub fn path_or_read_write(spot: Spot, both: bool) -> Diagnostic {
    error("M037", spot, say("diag-path-or-read-write").with("both", if both { "yes" } else { "no" }))
}

/// M038: a field flows from a side where it cannot be read.
#[must_use]
pub fn nothing_to_read(spot: Spot, field: &str, system: &str, other: &str) -> Diagnostic {
    let message = say("diag-nothing-to-read").with("field", field).with("system", system).with("other", other);
    helped(error("M038", spot, message), Some(say("diag-nothing-to-read-help").with("system", system)))
}

/// M039: a field flows to a side where it cannot be written.
#[must_use]
pub fn nothing_to_write(spot: Spot, field: &str, system: &str, other: &str) -> Diagnostic {
    let message = say("diag-nothing-to-write").with("field", field).with("system", system).with("other", other);
    let help = say("diag-nothing-to-write-help").with("system", system).with("other", other);
    helped(error("M039", spot, message), Some(help))
}

/// M040: the two sides of a field have values of different kinds, which are never equal.
#[must_use]
pub fn kinds_differ(spot: Spot, field: &str, left: &str, right: &str) -> Diagnostic {
    let message = say("diag-kinds-differ").with("field", field).with("left", left).with("right", right);
    helped(error("M040", spot, message), Some(say("diag-kinds-differ-help")))
}

/// M041: a key cannot be matched by a field that cannot be compared.
#[must_use]
pub fn key_not_comparable(spot: Spot, field: &str) -> Diagnostic {
    error("M041", spot, say("diag-key-not-comparable").with("field", field))
}

/// M042: a list within a list, or one with options that lists cannot have.
#[must_use]
pub fn not_in_list(spot: Spot, what: &str) -> Diagnostic {
    error("M042", spot, say("diag-not-in-list").with("what", what))
}

/// M043: a list without a place on one side.
#[must_use]
pub fn missing_place(spot: Spot, field: &str, system: &str) -> Diagnostic {
    error("M043", spot, say("diag-missing-place").with("field", field).with("system", system))
}

/// M044: a slot that lacks a child field.
#[must_use]
pub fn missing_column(spot: Spot, field: &str, slot: usize) -> Diagnostic {
    error("M044", spot, say("diag-missing-column").with("field", field).with("slot", slot))
}

/// M045: a child field has a path of its own although the slots give it.
#[must_use]
pub fn path_in_slots(spot: Spot, field: &str, system: &str) -> Diagnostic {
    error("M045", spot, say("diag-path-in-slots").with("field", field).with("system", system))
}

/// M046: the partner's id is kept on both sides.
#[must_use]
pub fn partner_id_twice(spot: Spot) -> Diagnostic {
    helped(error("M046", spot, say("diag-partner-id-twice")), Some(say("diag-partner-id-twice-help")))
}

// ---------------------------------------------------------------------------------------------------------------------- M05x: references

/// M050: no entity has this name.
#[must_use]
pub fn unknown_entity<'a>(spot: Spot, name: &str, known: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    helped(error("M050", spot, say("diag-unknown-entity").with("name", name)), known_names(name, known))
}

/// M051: the referenced entity has no such field on this side.
#[must_use]
pub fn unknown_ref_field<'a>(
    spot: Spot,
    name: &str,
    entity: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let message = say("diag-unknown-ref-field").with("name", name).with("entity", entity);
    helped(error("M051", spot, message), known_names(name, known))
}

/// M052: entities that refer to each other in a circle.
#[must_use]
pub fn reference_cycle(spot: Spot, cycle: &[&str]) -> Diagnostic {
    let message = say("diag-reference-cycle").with("cycle", cycle.join(" → "));
    helped(error("M052", spot, message), Some(say("diag-reference-cycle-help")))
}

/// M053: the two sides of a field refer to different entities.
#[must_use]
pub fn refs_differ(spot: Spot, field: &str, left: &str, right: &str) -> Diagnostic {
    error("M053", spot, say("diag-refs-differ").with("field", field).with("left", left).with("right", right))
}

// ------------------------------------------------------------------------------------------------------- M06x: what connectors can do

/// M060: the connector has no such resource.
#[must_use]
pub fn unknown_resource<'a>(
    spot: Spot,
    name: &str,
    connector: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let message = say("diag-unknown-resource").with("name", name).with("connector", connector);
    helped(error("M060", spot, message), known_names(name, known))
}

/// M061: the resource has no such member.
#[must_use]
pub fn unknown_member<'a>(
    spot: Spot,
    member: &str,
    resource: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let message = say("diag-unknown-member").with("member", member).with("resource", resource);
    helped(error("M061", spot, message), known_names(member, known))
}

/// M062: the member cannot be sent.
#[must_use]
pub fn member_not_writable(spot: Spot, member: &str, resource: &str, other: &str) -> Diagnostic {
    let message = say("diag-member-not-writable").with("member", member).with("resource", resource);
    helped(error("M062", spot, message), Some(say("diag-member-not-writable-help").with("other", other)))
}

/// M063: the member does not come in answers.
#[must_use]
pub fn member_not_readable(spot: Spot, member: &str, resource: &str) -> Diagnostic {
    error("M063", spot, say("diag-member-not-readable").with("member", member).with("resource", resource))
}

/// M064: the connector cannot write this list of children.
#[must_use]
pub fn children_not_writable<'a>(
    spot: Spot,
    member: &str,
    resource: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let message = say("diag-children-not-writable").with("member", member).with("resource", resource);
    helped(error("M064", spot, message), known_names(member, known))
}

/// M065: the mapping needs an operation that the resource does not have.
#[must_use]
pub fn missing_operation(spot: Spot, operation: &str, resource: &str, system: &str) -> Diagnostic {
    let message =
        say("diag-missing-operation").with("operation", operation).with("resource", resource).with("system", system);
    let help = say("diag-missing-operation-help").with("operation", operation).with("system", system);
    helped(error("M065", spot, message), Some(help))
}

/// M066: records of the resource cannot be taken out of use.
#[must_use]
pub fn no_deactivate(spot: Spot, resource: &str, system: &str) -> Diagnostic {
    let message = say("diag-no-deactivate").with("resource", resource).with("system", system);
    helped(error("M066", spot, message), Some(say("diag-no-deactivate-help")))
}

// ---------------------------------------------------------------------------------------------------------- M07x: allowed but odd

/// M070: the rights asked for do not suffice for what the mapping does.
#[must_use]
pub fn right_not_asked(spot: Spot, right: &str, entity: &str, system: &str) -> Diagnostic {
    let message = say("diag-right-not-asked").with("right", right).with("entity", entity).with("system", system);
    helped(warning("M070", spot, message), Some(say("diag-right-not-asked-help").with("right", right)))
}

/// M071: two fields write the same member.
#[must_use]
pub fn written_twice(spot: Spot, first: Span, member: &str, system: &str) -> Diagnostic {
    let message = say("diag-written-twice").with("member", member).with("system", system);
    helped(also(warning("M071", spot, message), first, "diag-first-here"), Some(say("diag-written-twice-help")))
}

/// M072: nothing tells which records belong together.
#[must_use]
pub fn no_identity(spot: Spot, entity: &str) -> Diagnostic {
    let found = warning("M072", spot, say("diag-no-identity").with("entity", entity));
    helped(found, Some(say("diag-no-identity-help")))
}

/// M073: nothing of an entity flows to a side where it may create records.
#[must_use]
pub fn creates_nothing(spot: Spot, entity: &str, system: &str) -> Diagnostic {
    let message = say("diag-creates-nothing").with("entity", entity).with("system", system);
    helped(warning("M073", spot, message), Some(say("diag-creates-nothing-help")))
}
