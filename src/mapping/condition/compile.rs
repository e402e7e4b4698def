//! From the tree of `jsonpath-rust` to ours: types are checked as RFC 9535 (2.4.3) demands, numbers made exact, patterns built.

use super::{Choice, Comparator, Condition, ConditionError, Operand, Query, Root, Step, Test};
use crate::number;
use crate::path::{Segment, dotted, syntax_error};
use jsonpath_rust::parser::model::{
    Comparable, Comparison, Filter, FilterAtom, FnArg, Literal, Segment as AstSegment, Selector, SingularQuery,
    SingularQuerySegment, Test as AstTest, TestFunction,
};
use jsonpath_rust::parser::parse_json_path;
use regex::{Regex, RegexBuilder};
use selaras_model::Message;
use std::collections::BTreeSet;

/// What the body is wrapped in to make a query of it.
const PREFIX: &str = "$[?";
/// The longest condition.
const MAX_LENGTH: usize = 4096;
/// The parser tries alternatives at every open bracket, so its time grows with a power of the nesting.
const MAX_NESTING: usize = 8;
/// `..` visits everything below; two in one path would visit it once per parent.
const MAX_DEEP: usize = 1;
/// The memory that one pattern may take when built.
const MAX_PATTERN: usize = 1 << 20;

pub(super) fn condition(text: &str) -> Result<Condition, ConditionError> {
    let fail = |message, offset| ConditionError { message, offset };
    if text.len() > MAX_LENGTH {
        return Err(fail(Message::new("map-condition-too-long").with("max", MAX_LENGTH), MAX_LENGTH));
    }
    if let Some(offset) = too_deep(text) {
        return Err(fail(Message::new("map-condition-too-deep").with("max", MAX_NESTING), offset));
    }
    let query = parse_json_path(&format!("{PREFIX}{text}]"))
        .map_err(|error| syntax_error(&error, "map-condition-syntax", text, PREFIX.len()))?;
    // A text that closes the bracket itself would make more than the one filter.
    let [AstSegment::Selector(Selector::Filter(filter))] = query.segments.as_slice() else {
        return Err(fail(Message::new("map-condition-syntax").with("text", text).with("rest", ""), text.len()));
    };
    let mut paths = BTreeSet::new();
    let test = Compiler { paths: Some(&mut paths) }.filter(filter).map_err(|message| fail(message, 0))?;
    Ok(Condition { text: text.to_owned(), test, paths: paths.into_iter().collect() })
}

/// Where brackets nest too deep, outside of text.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, each) in text.char_indices() {
        match (quote, each) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(each),
            (None, '(' | '[') => {
                depth += 1;
                if depth > MAX_NESTING {
                    return Some(at);
                }
            }
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
    }
    None
}

/// Collects the members of the record on the way; inside a filter within a path `@` is something else, and nothing is collected.
struct Compiler<'a> {
    paths: Option<&'a mut BTreeSet<String>>,
}

impl Compiler<'_> {
    fn filter(&mut self, filter: &Filter) -> Result<Test, Message> {
        match filter {
            Filter::Or(parts) => Ok(Test::Any(self.filters(parts)?)),
            Filter::And(parts) => Ok(Test::All(self.filters(parts)?)),
            Filter::Atom(FilterAtom::Filter { expr, not }) => Ok(negated(self.filter(expr)?, *not)),
            Filter::Atom(FilterAtom::Test { expr, not }) => Ok(negated(self.test(expr)?, *not)),
            Filter::Atom(FilterAtom::Comparison(comparison)) => self.comparison(comparison),
        }
    }

    fn filters(&mut self, parts: &[Filter]) -> Result<Vec<Test>, Message> {
        parts.iter().map(|part| self.filter(part)).collect()
    }

    fn test(&mut self, test: &AstTest) -> Result<Test, Message> {
        match test {
            AstTest::RelQuery(segments) => Ok(Test::Exists(self.query(Root::Record, segments)?)),
            AstTest::AbsQuery(query) => Ok(Test::Exists(self.query(Root::Facts, &query.segments)?)),
            AstTest::Function(function) => match &**function {
                TestFunction::Match(subject, pattern) => self.pattern("match", subject, pattern, true),
                TestFunction::Search(subject, pattern) => self.pattern("search", subject, pattern, false),
                TestFunction::Custom(name, _) => Err(Message::new("map-condition-function").with("function", name)),
                TestFunction::Length(_) => Err(not_a_test("length")),
                TestFunction::Count(_) => Err(not_a_test("count")),
                TestFunction::Value(_) => Err(not_a_test("value")),
            },
        }
    }

    fn comparison(&mut self, comparison: &Comparison) -> Result<Test, Message> {
        let comparator = match comparison {
            Comparison::Eq(..) => Comparator::Equal,
            Comparison::Ne(..) => Comparator::Unequal,
            Comparison::Lt(..) => Comparator::Less,
            Comparison::Lte(..) => Comparator::LessOrEqual,
            Comparison::Gt(..) => Comparator::Greater,
            Comparison::Gte(..) => Comparator::GreaterOrEqual,
        };
        let (left, right) = comparison.vals();
        Ok(Test::Compare(self.comparable(left)?, comparator, self.comparable(right)?))
    }

    fn comparable(&mut self, comparable: &Comparable) -> Result<Operand, Message> {
        match comparable {
            Comparable::Literal(literal) => operand_of(literal),
            Comparable::Function(function) => self.function(function),
            Comparable::SingularQuery(query) => {
                let (root, segments) = match query {
                    SingularQuery::Current(segments) => (Root::Record, segments),
                    SingularQuery::Root(segments) => (Root::Facts, segments),
                };
                self.place(root, segments.iter().map(place_segment).collect::<Result<_, _>>()?)
            }
        }
    }

    fn function(&mut self, function: &TestFunction) -> Result<Operand, Message> {
        match function {
            TestFunction::Length(argument) => Ok(Operand::Length(Box::new(self.value(argument, "length")?))),
            TestFunction::Count(argument) => Ok(Operand::Count(self.nodes(argument, "count")?)),
            TestFunction::Value(argument) => Ok(Operand::Value(self.nodes(argument, "value")?)),
            TestFunction::Match(..) => Err(wrong_argument("match")),
            TestFunction::Search(..) => Err(wrong_argument("search")),
            TestFunction::Custom(name, _) => Err(Message::new("map-condition-function").with("function", name)),
        }
    }

    /// An argument that is one value.
    fn value(&mut self, argument: &FnArg, function: &str) -> Result<Operand, Message> {
        match argument {
            FnArg::Literal(literal) => operand_of(literal),
            FnArg::Test(test) => match &**test {
                AstTest::RelQuery(segments) => self.argument_place(Root::Record, segments, function),
                AstTest::AbsQuery(query) => self.argument_place(Root::Facts, &query.segments, function),
                AstTest::Function(inner) => self.function(inner),
            },
            FnArg::Filter(_) => Err(wrong_argument(function)),
        }
    }

    /// An argument that is a list of places.
    fn nodes(&mut self, argument: &FnArg, function: &str) -> Result<Query, Message> {
        match argument {
            FnArg::Test(test) => match &**test {
                AstTest::RelQuery(segments) => self.query(Root::Record, segments),
                AstTest::AbsQuery(query) => self.query(Root::Facts, &query.segments),
                AstTest::Function(_) => Err(wrong_argument(function)),
            },
            FnArg::Literal(_) | FnArg::Filter(_) => Err(wrong_argument(function)),
        }
    }

    fn argument_place(&mut self, root: Root, segments: &[AstSegment], function: &str) -> Result<Operand, Message> {
        let singular = segments.iter().map(crate::path::singular_segment).collect::<Result<Vec<_>, _>>();
        self.place(root, singular.map_err(|_| wrong_argument(function))?)
    }

    fn place(&mut self, root: Root, segments: Vec<Segment>) -> Result<Operand, Message> {
        self.note(root, &segments);
        Ok(Operand::Place(root, segments))
    }

    fn pattern(&mut self, function: &str, subject: &FnArg, pattern: &FnArg, whole: bool) -> Result<Test, Message> {
        // A pattern out of the record could not be checked here and would be built anew for each record.
        let FnArg::Literal(Literal::String(pattern)) = pattern else {
            return Err(Message::new("map-condition-pattern-not-text").with("function", function));
        };
        Ok(Test::Matches(self.value(subject, function)?, built(pattern, whole)?))
    }

    fn query(&mut self, root: Root, segments: &[AstSegment]) -> Result<Query, Message> {
        let steps = segments.iter().map(step).collect::<Result<Vec<_>, _>>()?;
        if steps.iter().filter(|step| step.deep).count() > MAX_DEEP {
            return Err(Message::new("map-condition-too-many-descents"));
        }
        let singular: Vec<Segment> =
            segments.iter().map_while(|segment| crate::path::singular_segment(segment).ok()).collect();
        self.note(root, &singular);
        Ok(Query { root, steps })
    }

    fn note(&mut self, root: Root, segments: &[Segment]) {
        if let (Some(paths), Root::Record, false) = (&mut self.paths, root, segments.is_empty()) {
            paths.insert(dotted(segments));
        }
    }
}

fn negated(test: Test, not: bool) -> Test {
    if not { Test::Not(Box::new(test)) } else { test }
}

fn not_a_test(function: &str) -> Message {
    Message::new("map-condition-not-a-test").with("function", function)
}

fn wrong_argument(function: &str) -> Message {
    Message::new("map-condition-argument").with("function", function)
}

fn place_segment(segment: &SingularQuerySegment) -> Result<Segment, Message> {
    match segment {
        SingularQuerySegment::Name(name) => Ok(Segment::Name(name.clone())),
        SingularQuerySegment::Index(index) => crate::path::index_segment(*index),
    }
}

fn operand_of(literal: &Literal) -> Result<Operand, Message> {
    Ok(match literal {
        Literal::Null => Operand::Null,
        Literal::Bool(yes) => Operand::Bool(*yes),
        Literal::String(text) => Operand::Text(text.clone()),
        Literal::Int(number) => Operand::Number((*number).into()),
        // The shortest text of a float is what was written, up to 15 digits.
        Literal::Float(number) => Operand::Number(
            number::parse(&number.to_string())
                .ok_or_else(|| Message::new("map-condition-number").with("value", number))?,
        ),
    })
}

fn step(segment: &AstSegment) -> Result<Step, Message> {
    Ok(match segment {
        AstSegment::Descendant(inner) => Step { deep: true, choices: step(inner)?.choices },
        AstSegment::Selector(selector) => Step { deep: false, choices: vec![choice(selector)?] },
        AstSegment::Selectors(selectors) => {
            Step { deep: false, choices: selectors.iter().map(choice).collect::<Result<_, _>>()? }
        }
    })
}

fn choice(selector: &Selector) -> Result<Choice, Message> {
    Ok(match selector {
        Selector::Name(name) => Choice::Name(name.clone()),
        Selector::Wildcard => Choice::All,
        Selector::Index(index) => Choice::Index(*index),
        Selector::Slice(start, end, step) => Choice::Slice(*start, *end, step.unwrap_or(1)),
        Selector::Filter(filter) => Choice::Where(Compiler { paths: None }.filter(filter)?),
    })
}

/// An I-Regexp (RFC 9485) as the `regex` crate writes it: its dot leaves out both line ends, and a match means the whole text.
fn built(pattern: &str, whole: bool) -> Result<Regex, Message> {
    let mut translated = String::with_capacity(pattern.len() + 8);
    let mut in_class = false;
    let mut escaped = false;
    for each in pattern.chars() {
        match each {
            _ if escaped => {
                escaped = false;
                translated.push(each);
            }
            '.' if !in_class => translated.push_str(r"[^\n\r]"),
            _ => {
                escaped = each == '\\';
                in_class = (in_class || each == '[') && each != ']';
                translated.push(each);
            }
        }
    }
    let translated = if whole { format!(r"\A(?:{translated})\z") } else { translated };
    RegexBuilder::new(&translated)
        .size_limit(MAX_PATTERN)
        .build()
        .map_err(|_| Message::new("map-condition-pattern").with("pattern", pattern))
}
