//! Connector for REST systems, declared in a TOML manifest.
