//! Whether two conditions can be seen never to hold for the same record. Careful: what cannot be seen at a glance counts as "may both hold".

use super::{Comparator, Operand, Test};

/// Whether no record can pass both: somewhere one says the opposite of the other.
///
/// Looked through: `&&` (one part that excludes suffices), `||` (each part must exclude), `!`. Seen: the same place compared for equality
/// with two different values, comparisons of the same two things that contradict each other, and a test beside its negation.
pub(super) fn exclusive(one: &Test, other: &Test) -> bool {
    apart(&pushed(one, false), &pushed(other, false))
}

fn apart(one: &Test, other: &Test) -> bool {
    match (one, other) {
        (Test::Any(parts), other) | (other, Test::Any(parts)) => parts.iter().all(|part| apart(part, other)),
        (Test::All(parts), other) | (other, Test::All(parts)) => parts.iter().any(|part| apart(part, other)),
        (Test::Not(inner), other) if inner.as_ref() == other => true,
        (one, Test::Not(inner)) if inner.as_ref() == one => true,
        (Test::Compare(left, how, right), Test::Compare(other_left, other_how, other_right)) => {
            compared_apart((left, *how, right), (other_left, *other_how, other_right))
        }
        _ => false,
    }
}

/// The same with each `!` moved inwards as far as it goes. An order is not turned round: of unlike things neither `<` nor `>=` holds.
fn pushed(test: &Test, negate: bool) -> Test {
    let all = |parts: &[Test]| parts.iter().map(|part| pushed(part, negate)).collect();
    match test {
        Test::Not(inner) => pushed(inner, !negate),
        Test::Any(parts) if negate => Test::All(all(parts)),
        Test::All(parts) if negate => Test::Any(all(parts)),
        Test::Any(parts) => Test::Any(all(parts)),
        Test::All(parts) => Test::All(all(parts)),
        Test::Compare(left, Comparator::Equal, right) if negate => {
            Test::Compare(left.clone(), Comparator::Unequal, right.clone())
        }
        Test::Compare(left, Comparator::Unequal, right) if negate => {
            Test::Compare(left.clone(), Comparator::Equal, right.clone())
        }
        Test::Exists(_) | Test::Matches(..) | Test::Compare(..) if negate => Test::Not(Box::new(test.clone())),
        Test::Exists(_) | Test::Matches(..) | Test::Compare(..) => test.clone(),
    }
}

type Comparison<'a> = (&'a Operand, Comparator, &'a Operand);

fn compared_apart(one: Comparison<'_>, other: Comparison<'_>) -> bool {
    let (one, other) = (place_first(one), place_first(other));
    let other = if (other.0, other.2) == (one.2, one.0) { turned(other) } else { other };
    if one.0 != other.0 {
        return false;
    }
    if one.2 == other.2 {
        return contradict(one.1, other.1) || contradict(other.1, one.1);
    }
    (one.1, other.1) == (Comparator::Equal, Comparator::Equal) && is_literal(one.2) && is_literal(other.2)
}

/// `'x' == @.kind` is `@.kind == 'x'`.
fn place_first(comparison: Comparison<'_>) -> Comparison<'_> {
    if is_literal(comparison.0) { turned(comparison) } else { comparison }
}

fn turned((left, how, right): Comparison<'_>) -> Comparison<'_> {
    let how = match how {
        Comparator::Less => Comparator::Greater,
        Comparator::LessOrEqual => Comparator::GreaterOrEqual,
        Comparator::Greater => Comparator::Less,
        Comparator::GreaterOrEqual => Comparator::LessOrEqual,
        Comparator::Equal | Comparator::Unequal => how,
    };
    (right, how, left)
}

/// Whether the same two things cannot compare both ways.
fn contradict(one: Comparator, other: Comparator) -> bool {
    use Comparator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, Unequal};
    matches!(
        (one, other),
        (Equal, Unequal | Less | Greater) | (Less, Greater | GreaterOrEqual) | (LessOrEqual, Greater)
    )
}

fn is_literal(operand: &Operand) -> bool {
    matches!(operand, Operand::Null | Operand::Bool(_) | Operand::Number(_) | Operand::Text(_))
}
