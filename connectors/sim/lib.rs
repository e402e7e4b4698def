//! A seeded system in memory, for tests of the engine.
