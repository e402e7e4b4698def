//! Where everything stands in the text of a mapping: JSON pointer to byte ranges, made from parser events in one pass.
//!
//! Finds duplicate keys by itself, and remembers how a scalar was written, so that "is this a number or did somebody forget the quotes"
//! can be asked later. Values are `yaml`'s business.

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError};
use selaras_model::Span;
use std::collections::BTreeMap;

/// Where one value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its key, where it is the value of one.
    pub key: Option<Span>,
    /// The value itself, without comments.
    pub value: Span,
    /// For a scalar: how it was written.
    pub scalar: Option<ScalarPlace>,
    /// Whether its key was written without quotes.
    pub plain_key: bool,
}

/// How a scalar was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScalarPlace {
    /// Whether without quotes.
    pub plain: bool,
    /// The text, escapes resolved.
    pub text: String,
    /// Where its text starts when it stands in the file byte for byte, so that an offset within it is a place in the file.
    verbatim: Option<usize>,
}

/// A key that was given twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateKey {
    /// The pointer of the value.
    pub pointer: String,
    /// The key.
    pub key: String,
    /// Where it stands first.
    pub first: Span,
    /// Where it stands again.
    pub again: Span,
}

/// JSON pointer to place.
#[derive(Clone, Debug, Default)]
pub struct SpanIndex {
    places: BTreeMap<String, Place>,
    duplicates: Vec<DuplicateKey>,
    extras: Vec<(Extra, Span)>,
}

/// A part of YAML that says nothing of values, and that mappings do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// `&name`
    Anchor,
    /// `*name`
    Alias,
    /// `!name`
    Tag,
    /// The key `<<`
    Merge,
}

impl SpanIndex {
    /// Reads the places of a text.
    ///
    /// # Errors
    /// Where the text is no YAML.
    pub fn of(text: &str, options: Options) -> Result<Self, ScanError> {
        let mut builder =
            Builder { text, index: Self::default(), stack: Vec::new(), last_end: 0, skipping: 0, skipping_key: false };
        for step in Parser::new_from_str_with_options(text, options) {
            let (event, span) = step?;
            let start = span.start.byte_offset().unwrap_or(0).min(text.len());
            let end = span.end.byte_offset().unwrap_or(start).clamp(start, text.len());
            builder.event(&event, Span { start, end });
        }
        Ok(builder.index)
    }

    /// The place of a value, if it stands in the text.
    #[must_use]
    pub fn place(&self, pointer: &str) -> Option<&Place> {
        self.places.get(pointer)
    }

    /// The value at a pointer, or of the nearest parent that stands in the text.
    #[must_use]
    pub fn value(&self, pointer: &str) -> Span {
        self.nearest(pointer).map_or(Span { start: 0, end: 0 }, |(place, exact)| match place.key {
            // A missing thing is best shown at the key of what should hold it: the whole of that would be too much.
            Some(key) if !exact => key,
            _ => place.value,
        })
    }

    /// The key at a pointer; the value where it has none.
    #[must_use]
    pub fn key(&self, pointer: &str) -> Span {
        self.nearest(pointer).map_or(Span { start: 0, end: 0 }, |(place, _)| place.key.unwrap_or(place.value))
    }

    /// A part of a text value, by offsets within it; the whole value where the text is not written out in full (escapes, folded lines).
    #[must_use]
    pub fn within(&self, pointer: &str, start: usize, end: usize) -> Span {
        let whole = self.value(pointer);
        let Some(verbatim) =
            self.place(pointer).and_then(|place| place.scalar.as_ref()).and_then(|scalar| scalar.verbatim)
        else {
            return whole;
        };
        let from = (verbatim + start).min(whole.end);
        Span { start: from, end: (verbatim + end.max(start)).clamp(from, whole.end) }
    }

    /// The order of a value among its siblings: where it stands in the file.
    #[must_use]
    pub fn order(&self, pointer: &str) -> usize {
        self.place(pointer).map_or(usize::MAX, |place| place.key.unwrap_or(place.value).start)
    }

    /// Anchors, aliases, tags and merge keys.
    #[must_use]
    pub fn extras(&self) -> &[(Extra, Span)] {
        &self.extras
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Keys that were given twice.
    #[must_use]
    pub fn duplicates(&self) -> &[DuplicateKey] {
        &self.duplicates
    }

    fn nearest(&self, pointer: &str) -> Option<(&Place, bool)> {
        let mut rest = pointer;
        loop {
            if let Some(place) = self.places.get(rest) {
                return Some((place, rest.len() == pointer.len()));
            }
            rest = &rest[..rest.rfind('/')?];
        }
    }
}

/// A key as a step of a JSON pointer.
#[must_use]
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// A collection that is open.
enum Frame {
    List { pointer: String, start: usize, next: usize },
    Map { pointer: String, start: usize, key: Option<Key>, seen: BTreeMap<String, Span> },
}

/// A key whose value is awaited.
struct Key {
    pointer: String,
    span: Span,
    plain: bool,
    /// The first of two equal keys keeps its place.
    duplicate: bool,
}

struct Builder<'text> {
    text: &'text str,
    index: SpanIndex,
    stack: Vec<Frame>,
    /// The end of the last thing that was no comment.
    last_end: usize,
    /// How many collections deep we are in a key that is no scalar, or in the value of a duplicate key.
    skipping: usize,
    /// Which of the two.
    skipping_key: bool,
}

impl Builder<'_> {
    fn event(&mut self, event: &Event<'_>, span: Span) {
        self.note_extras(event, span);
        match event {
            Event::Scalar(text, style, ..) => self.scalar(text, *style, span),
            Event::Alias(_) => self.scalar("", ScalarStyle::Plain, span),
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                self.open(span, matches!(event, Event::MappingStart(..)));
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            _ => {}
        }
    }

    fn note_extras(&mut self, event: &Event<'_>, span: Span) {
        let start = Span { start: span.start, end: span.end.min(span.start + 1).max(span.start) };
        let (anchor, tag) = match event {
            Event::Scalar(_, _, anchor, tag) => (*anchor, tag),
            Event::SequenceStart(_, anchor, tag) | Event::MappingStart(_, anchor, tag) => (*anchor, tag),
            Event::Alias(_) => {
                self.index.extras.push((Extra::Alias, span));
                return;
            }
            _ => return,
        };
        if anchor != 0 {
            self.index.extras.push((Extra::Anchor, start));
        }
        if tag.is_some() {
            self.index.extras.push((Extra::Tag, start));
        }
    }

    /// Where the next node stands: the pointer and the key, or `None` where it is itself a key.
    fn next_slot(&mut self) -> Option<(String, Option<Key>)> {
        match self.stack.last_mut() {
            None => Some((String::new(), None)),
            Some(Frame::List { pointer, next, .. }) => {
                let own = format!("{pointer}/{next}");
                *next += 1;
                Some((own, None))
            }
            Some(Frame::Map { key, .. }) => key.take().map(|key| (key.pointer.clone(), Some(key))),
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) {
        self.last_end = self.last_end.max(span.end);
        if self.skipping > 0 {
            return;
        }
        match self.next_slot() {
            None => self.set_key(text, style == ScalarStyle::Plain, span),
            Some((pointer, key)) => {
                let scalar = ScalarPlace {
                    plain: style == ScalarStyle::Plain,
                    text: text.to_owned(),
                    verbatim: self.verbatim(text, style, span),
                };
                // `key:` with nothing behind it: the parser places the nothing somewhere further down.
                let value = match &key {
                    Some(key) if span.start == span.end => key.span,
                    _ => span,
                };
                self.put(pointer, key, value, Some(scalar));
            }
        }
    }

    fn verbatim(&self, text: &str, style: ScalarStyle, span: Span) -> Option<usize> {
        let quote = usize::from(matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted));
        let start = span.start + quote;
        (self.text.get(start..start + text.len()) == Some(text)).then_some(start)
    }

    fn set_key(&mut self, text: &str, plain: bool, span: Span) {
        let Some(Frame::Map { pointer, key, seen, .. }) = self.stack.last_mut() else { return };
        if plain && text == "<<" {
            self.index.extras.push((Extra::Merge, span));
        }
        let own = format!("{pointer}/{}", escape(text));
        let first = seen.get(text).copied();
        match first {
            Some(first) => self.index.duplicates.push(DuplicateKey {
                pointer: own.clone(),
                key: text.to_owned(),
                first,
                again: span,
            }),
            None => {
                seen.insert(text.to_owned(), span);
            }
        }
        *key = Some(Key { pointer: own, span, plain, duplicate: first.is_some() });
    }

    fn open(&mut self, span: Span, map: bool) {
        if self.skipping > 0 {
            self.skipping += 1;
            return;
        }
        match self.next_slot() {
            None => (self.skipping, self.skipping_key) = (1, true),
            Some((_, Some(key))) if key.duplicate => (self.skipping, self.skipping_key) = (1, false),
            Some((pointer, key)) => {
                self.put(pointer.clone(), key, span, None);
                self.last_end = self.last_end.max(span.end);
                self.stack.push(if map {
                    Frame::Map { pointer, start: span.start, key: None, seen: BTreeMap::new() }
                } else {
                    Frame::List { pointer, start: span.start, next: 0 }
                });
            }
        }
    }

    fn close(&mut self, span: Span) {
        // The end of a block collection is an empty place at whatever follows it.
        if span.end > span.start {
            self.last_end = self.last_end.max(span.end);
        }
        if self.skipping > 0 {
            self.skipping -= 1;
            if self.skipping == 0 && self.skipping_key {
                self.set_key("?", false, span);
            }
            return;
        }
        let (pointer, start) = match self.stack.pop() {
            Some(Frame::List { pointer, start, .. } | Frame::Map { pointer, start, .. }) => (pointer, start),
            None => return,
        };
        if let Some(place) = self.index.places.get_mut(&pointer) {
            place.value = Span { start, end: self.last_end.max(start) };
        }
    }

    fn put(&mut self, pointer: String, key: Option<Key>, value: Span, scalar: Option<ScalarPlace>) {
        if key.as_ref().is_some_and(|key| key.duplicate) {
            return;
        }
        let plain_key = key.as_ref().is_some_and(|key| key.plain);
        self.index.places.insert(pointer, Place { key: key.map(|key| key.span), value, scalar, plain_key });
    }
}
