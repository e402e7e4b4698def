//! Constant: always the same raw value. Only written, when a record is created; what stands there later is nobody's business.

use serde_json::Value as Json;

/// The raw value.
#[derive(Clone, Debug, PartialEq)]
pub struct ConstantCodec(pub Json);
