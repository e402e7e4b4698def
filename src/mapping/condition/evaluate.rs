//! Whether a condition holds. Total: every comparison of unlike things has an answer (RFC 9535, 2.3.5.2.2), and lists of places are bounded.

use super::{Choice, Comparator, Operand, Query, Root, Step, Test};
use crate::number;
use crate::path::walk;
use rust_decimal::Decimal;
use serde_json::{Number, Value as Json};
use std::cmp::Ordering;

/// More places than a record within the size limit of `record` can sensibly have; what comes after is not looked at.
const MAX_PLACES: usize = 100_000;

/// What `@` and `$` are.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) record: &'a Json,
    pub(super) facts: &'a Json,
}

/// What an operand comes to. Numbers that no decimal can hold stay as they are.
enum Found<'a> {
    Nothing,
    Null,
    Bool(bool),
    Number(Decimal),
    Huge(&'a Number),
    Text(&'a str),
    Tree(&'a Json),
}

pub(super) fn holds(test: &Test, scope: Scope<'_>) -> bool {
    match test {
        Test::Any(parts) => parts.iter().any(|part| holds(part, scope)),
        Test::All(parts) => parts.iter().all(|part| holds(part, scope)),
        Test::Not(inner) => !holds(inner, scope),
        Test::Exists(query) => !places(query, scope).is_empty(),
        Test::Matches(subject, pattern) => match found(subject, scope) {
            Found::Text(text) => pattern.is_match(text),
            _ => false,
        },
        Test::Compare(left, comparator, right) => compare(&found(left, scope), *comparator, &found(right, scope)),
    }
}

fn found<'a>(operand: &'a Operand, scope: Scope<'a>) -> Found<'a> {
    match operand {
        Operand::Null => Found::Null,
        Operand::Bool(yes) => Found::Bool(*yes),
        Operand::Number(number) => Found::Number(*number),
        Operand::Text(text) => Found::Text(text),
        Operand::Place(root, segments) => walk(segments, start(*root, scope)).map_or(Found::Nothing, of_json),
        Operand::Length(inner) => length(&found(inner, scope)),
        Operand::Count(query) => Found::Number(Decimal::from(places(query, scope).len())),
        Operand::Value(query) => match places(query, scope).as_slice() {
            [one] => of_json(one),
            _ => Found::Nothing,
        },
    }
}

fn start<'a>(root: Root, scope: Scope<'a>) -> &'a Json {
    match root {
        Root::Record => scope.record,
        Root::Facts => scope.facts,
    }
}

fn of_json(json: &Json) -> Found<'_> {
    match json {
        Json::Null => Found::Null,
        Json::Bool(yes) => Found::Bool(*yes),
        Json::Number(number) => number::of_json(number).map_or(Found::Huge(number), Found::Number),
        Json::String(text) => Found::Text(text),
        Json::Array(_) | Json::Object(_) => Found::Tree(json),
    }
}

fn length<'a>(found: &Found<'_>) -> Found<'a> {
    let length = match found {
        Found::Text(text) => text.chars().count(),
        Found::Tree(Json::Array(elements)) => elements.len(),
        Found::Tree(Json::Object(members)) => members.len(),
        Found::Tree(_) | Found::Nothing | Found::Null | Found::Bool(_) | Found::Number(_) | Found::Huge(_) => {
            return Found::Nothing;
        }
    };
    Found::Number(Decimal::from(length))
}

fn compare(left: &Found<'_>, comparator: Comparator, right: &Found<'_>) -> bool {
    let less = |left, right| order(left, right) == Some(Ordering::Less);
    match comparator {
        Comparator::Equal => equal(left, right),
        Comparator::Unequal => !equal(left, right),
        Comparator::Less => less(left, right),
        Comparator::LessOrEqual => less(left, right) || equal(left, right),
        Comparator::Greater => less(right, left),
        Comparator::GreaterOrEqual => less(right, left) || equal(left, right),
    }
}

fn equal(left: &Found<'_>, right: &Found<'_>) -> bool {
    match (left, right) {
        (Found::Nothing, Found::Nothing) | (Found::Null, Found::Null) => true,
        (Found::Bool(left), Found::Bool(right)) => left == right,
        (Found::Text(left), Found::Text(right)) => left == right,
        (Found::Tree(left), Found::Tree(right)) => same_json(left, right),
        _ => order(left, right) == Some(Ordering::Equal),
    }
}

/// The order of numbers and of texts; nothing else has one. A number too large for a decimal is compared as the float it is.
fn order(left: &Found<'_>, right: &Found<'_>) -> Option<Ordering> {
    let float = |number: &Decimal| number.to_string().parse::<f64>().ok();
    match (left, right) {
        (Found::Number(left), Found::Number(right)) => Some(left.cmp(right)),
        (Found::Text(left), Found::Text(right)) => Some(left.cmp(right)),
        (Found::Huge(left), Found::Huge(right)) => left.as_f64()?.partial_cmp(&right.as_f64()?),
        (Found::Huge(left), Found::Number(right)) => left.as_f64()?.partial_cmp(&float(right)?),
        (Found::Number(left), Found::Huge(right)) => float(left)?.partial_cmp(&right.as_f64()?),
        _ => None,
    }
}

/// Whether two JSON values are the same, with numbers compared as numbers: `1.0` is `1`.
pub(crate) fn same_json(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same_json(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, left)| right.get(name).is_some_and(|right| same_json(left, right)))
        }
        (Json::Array(_) | Json::Object(_), _) | (_, Json::Array(_) | Json::Object(_)) => false,
        (left, right) => equal(&of_json(left), &of_json(right)),
    }
}

fn places<'a>(query: &'a Query, scope: Scope<'a>) -> Vec<&'a Json> {
    query.steps.iter().fold(vec![start(query.root, scope)], |places, step| {
        let mut next = Vec::new();
        for place in places {
            take(step, place, scope, &mut next);
        }
        next
    })
}

fn take<'a>(step: &'a Step, place: &'a Json, scope: Scope<'a>, next: &mut Vec<&'a Json>) {
    for choice in &step.choices {
        choose(choice, place, scope, next);
    }
    if step.deep {
        for child in children(place) {
            take(step, child, scope, next);
        }
    }
}

fn choose<'a>(choice: &'a Choice, place: &'a Json, scope: Scope<'a>, next: &mut Vec<&'a Json>) {
    let room = MAX_PLACES.saturating_sub(next.len());
    match choice {
        Choice::Name(name) => next.extend(place.get(name.as_str()).into_iter().take(room)),
        Choice::Index(index) => next.extend(element(place, *index).into_iter().take(room)),
        Choice::All => next.extend(children(place).take(room)),
        Choice::Slice(start, end, step) => next.extend(slice(place, *start, *end, *step).into_iter().take(room)),
        Choice::Where(test) => {
            let inside = |child: &&Json| holds(test, Scope { record: child, facts: scope.facts });
            next.extend(children(place).filter(inside).take(room));
        }
    }
}

fn children(place: &Json) -> Box<dyn Iterator<Item = &Json> + '_> {
    match place {
        Json::Array(elements) => Box::new(elements.iter()),
        Json::Object(members) => Box::new(members.values()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Box::new(std::iter::empty()),
    }
}

fn element(place: &Json, index: i64) -> Option<&Json> {
    let elements = place.as_array()?;
    let from_end = || elements.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?);
    elements.get(if index < 0 { from_end()? } else { usize::try_from(index).ok()? })
}

/// RFC 9535, 2.3.4.2.2.
fn slice(place: &Json, start: Option<i64>, end: Option<i64>, step: i64) -> Vec<&Json> {
    let Some(elements) = place.as_array() else { return Vec::new() };
    let length = i64::try_from(elements.len()).unwrap_or(i64::MAX);
    let normal = |index: i64| if index < 0 { length.saturating_add(index) } else { index };
    let at = |index: i64| usize::try_from(index).ok().and_then(|index| elements.get(index));
    let Ok(stride) = usize::try_from(step.unsigned_abs()) else { return Vec::new() };
    match step.signum() {
        1 => {
            let lower = normal(start.unwrap_or(0)).clamp(0, length);
            let upper = normal(end.unwrap_or(length)).clamp(0, length);
            (lower..upper).step_by(stride).filter_map(at).collect()
        }
        -1 => {
            let upper = normal(start.unwrap_or(length - 1)).clamp(-1, length - 1);
            let lower = end.map_or(-1, normal).clamp(-1, length - 1);
            (lower + 1..=upper).rev().step_by(stride).filter_map(at).collect()
        }
        _ => Vec::new(),
    }
}
