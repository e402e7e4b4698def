//! From a plan and what became of its actions so far, to the next step; and from outcomes to what may go into the base.
//!
//! Pure: it performs nothing itself. The shell performs what [`step`] names and feeds the outcome back, so that "crash here" is a loop
//! variable in a test. A plan is only ever shrunk: what is not in it is never done (invariant 9).

mod absorb;
mod settle;
mod shrink;
mod step;

pub use absorb::absorb;
pub use settle::{Written, settle};
pub use shrink::{Shrunk, shrink};
pub use step::{Course, End, Skip, Step, step};
