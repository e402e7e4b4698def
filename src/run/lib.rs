//! Observe, plan, check, guard, apply, settle.
