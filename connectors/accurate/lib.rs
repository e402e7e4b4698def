//! Connector for Accurate Online.
