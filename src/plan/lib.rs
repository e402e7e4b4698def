//! Deciding: correlate, classify, merge, order, check, guard.
