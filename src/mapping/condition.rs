//! Conditions: the body of an RFC 9535 filter, in which `@` is the record and `$` the facts of the run.
//!
//! The grammar is `jsonpath-rust`'s; the tree it makes is compiled to our own and evaluated by reference: numbers are compared exactly,
//! regular expressions are built once, and no condition can fail, loop or clone a record. What follows from a condition is `eval`'s business.

mod compile;
mod evaluate;
mod exclude;
#[cfg(test)]
mod tests;

pub(crate) use evaluate::same_json;

use crate::path::{PathError, Segment};
use regex::Regex;
use rust_decimal::Decimal;
use serde_json::Value as Json;
use std::fmt;

/// A compiled condition.
#[derive(Clone, Debug)]
pub struct Condition {
    text: String,
    test: Test,
    paths: Vec<String>,
}

/// Why a text is no condition: the same shape as for a path.
pub type ConditionError = PathError;

impl Condition {
    /// Reads a condition such as `@.suspended == false` or `match(@.number, 'DEMO-.*')`.
    ///
    /// # Errors
    /// When the text is no filter, uses a function that RFC 9535 does not have, or hands one the wrong kind of thing.
    pub fn parse(text: &str) -> Result<Self, ConditionError> {
        compile::condition(text)
    }

    /// Whether it holds for a record, given the facts of the run.
    #[must_use]
    pub fn holds(&self, record: &Json, facts: &Json) -> bool {
        evaluate::holds(&self.test, evaluate::Scope { record, facts })
    }

    /// Whether it can be seen that no record passes both. `false` only means that it cannot be seen.
    #[must_use]
    pub fn excludes(&self, other: &Self) -> bool {
        exclude::exclusive(&self.test, &other.test)
    }

    /// The members of the record that it reads, dotted, sorted. Of a path that may name several places it is the part before the choice.
    #[must_use]
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// The condition as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Something that holds or does not.
#[derive(Clone, Debug)]
enum Test {
    Any(Vec<Test>),
    All(Vec<Test>),
    Not(Box<Test>),
    Exists(Query),
    Matches(Operand, Regex),
    Compare(Operand, Comparator, Operand),
}

/// The same test, not merely one of the same meaning. Patterns are the same when their texts are.
impl PartialEq for Test {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Test::Any(one), Test::Any(other)) | (Test::All(one), Test::All(other)) => one == other,
            (Test::Not(one), Test::Not(other)) => one == other,
            (Test::Exists(one), Test::Exists(other)) => one == other,
            (Test::Matches(one, pattern), Test::Matches(other, other_pattern)) => {
                one == other && pattern.as_str() == other_pattern.as_str()
            }
            (Test::Compare(left, how, right), Test::Compare(other_left, other_how, other_right)) => {
                (left, how, right) == (other_left, other_how, other_right)
            }
            _ => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(String),
    Place(Root, Vec<Segment>),
    Length(Box<Operand>),
    Count(Query),
    Value(Query),
}

/// Where a path starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    Record,
    Facts,
}

/// A path that may name several places.
#[derive(Clone, Debug, PartialEq)]
struct Query {
    root: Root,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
struct Step {
    /// Whether it also looks at everything below.
    deep: bool,
    choices: Vec<Choice>,
}

#[derive(Clone, Debug, PartialEq)]
enum Choice {
    Name(String),
    Index(i64),
    All,
    Slice(Option<i64>, Option<i64>, i64),
    Where(Test),
}
