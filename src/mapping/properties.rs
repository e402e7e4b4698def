//! How property tests of this crate run: failures are kept beside the test that found them, so that they are committed with it.
//!
//! The default place is a folder beside the topmost `main.rs`, which here would be a folder of another crate.

use proptest::test_runner::{Config, FileFailurePersistence, RngSeed};

/// So many cases, the same ones every time: what chance finds is no fault of the change that it meets. `PROPTEST_CASES` asks for other ones, and so
/// many of them.
pub(crate) fn config(cases: u32) -> Config {
    let beside = FileFailurePersistence::WithSource("regressions");
    let chosen = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => Config::default(),
        None => Config { cases, rng_seed: RngSeed::Fixed(SEED), ..Config::default() },
    };
    Config { failure_persistence: Some(Box::new(beside)), ..chosen }
}

/// Where the cases of every day begin.
const SEED: u64 = 1;
