//! Changes the world by itself, as busy colleagues would.
