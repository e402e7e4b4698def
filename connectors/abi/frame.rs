//! Frames: a JSON header, and the bytes that travel beside it. `[u32 LE length of the header][header][bytes …]`.

use selaras_connector_api::{Batch, Code, Failure, RawRecord};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;

/// The longest message that either side takes.
pub const MAX_MESSAGE: usize = 256 * 1024 * 1024;

/// Why bytes are no frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadFrame {
    /// Longer than [`MAX_MESSAGE`].
    TooLarge(usize),
    /// Shorter than it says of itself.
    Truncated,
    /// The header is not the JSON expected.
    Header(String),
}

impl fmt::Display for BadFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadFrame::TooLarge(len) => write!(f, "a message of {len} bytes was refused; {MAX_MESSAGE} is the limit"),
            BadFrame::Truncated => f.write_str("a message is shorter than it says"),
            BadFrame::Header(why) => write!(f, "a message could not be understood: {why}"),
        }
    }
}

impl From<BadFrame> for Failure {
    fn from(bad: BadFrame) -> Self {
        Failure::new(Code::Internal, format!("between the runner and the connector, {bad}"))
    }
}

/// Writes a frame.
pub(crate) fn encode<T: Serialize + ?Sized>(header: &T, tail: &[&[u8]]) -> Result<Vec<u8>, BadFrame> {
    let beside: usize = tail.iter().map(|part| part.len()).sum();
    if beside > MAX_MESSAGE {
        return Err(BadFrame::TooLarge(beside));
    }
    let mut frame = Vec::with_capacity(256 + beside);
    frame.extend_from_slice(&[0; 4]);
    serde_json::to_writer(&mut frame, header).map_err(|error| BadFrame::Header(error.to_string()))?;
    let length = frame.len() - 4;
    if length + 4 + beside > MAX_MESSAGE {
        return Err(BadFrame::TooLarge(length + 4 + beside));
    }
    // The limit is far below what 32 bits hold.
    frame[..4].copy_from_slice(&(length as u32).to_le_bytes());
    for part in tail {
        frame.extend_from_slice(part);
    }
    Ok(frame)
}

/// Reads a frame.
pub(crate) fn decode<T: DeserializeOwned>(frame: &[u8]) -> Result<(T, &[u8]), BadFrame> {
    if frame.len() > MAX_MESSAGE {
        return Err(BadFrame::TooLarge(frame.len()));
    }
    let (length, rest) = frame.split_first_chunk::<4>().ok_or(BadFrame::Truncated)?;
    let length = u32::from_le_bytes(*length) as usize;
    let (header, tail) = rest.split_at_checked(length).ok_or(BadFrame::Truncated)?;
    let header = serde_json::from_slice(header).map_err(|error| BadFrame::Header(error.to_string()))?;
    Ok((header, tail))
}

/// Writes records: the header holds id, version and length of each, the raw records follow one another.
pub(crate) fn encode_batch(batch: &Batch) -> Result<Vec<u8>, BadFrame> {
    let heads: Vec<(&str, Option<&str>, usize)> =
        batch.records.iter().map(|record| (record.id.as_str(), record.version.as_deref(), record.raw.len())).collect();
    let raws: Vec<&[u8]> = batch.records.iter().map(|record| record.raw.as_slice()).collect();
    encode(&heads, &raws)
}

/// Reads records.
pub(crate) fn decode_batch(frame: &[u8]) -> Result<Batch, BadFrame> {
    let (heads, mut rest): (Vec<(String, Option<String>, usize)>, _) = decode(frame)?;
    let mut records = Vec::with_capacity(heads.len());
    for (id, version, length) in heads {
        let (raw, tail) = rest.split_at_checked(length).ok_or(BadFrame::Truncated)?;
        records.push(RawRecord { id, version, raw: raw.to_vec() });
        rest = tail;
    }
    if rest.is_empty() { Ok(Batch { records }) } else { Err(BadFrame::Truncated) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_comes_back_whole() {
        let frame = encode(&("ä", 7), &[b"one", b"", b"two"]).unwrap();
        let (header, tail): ((String, u32), _) = decode(&frame).unwrap();
        assert_eq!((header, tail), (("ä".to_owned(), 7), b"onetwo".as_slice()));
    }

    #[test]
    fn a_frame_cut_anywhere_in_its_head_is_truncated() {
        let frame = encode("header", &[]).unwrap();
        for cut in 0..frame.len() {
            assert_eq!(decode::<String>(&frame[..cut]), Err(BadFrame::Truncated), "cut at {cut}");
        }
    }

    #[test]
    fn a_batch_with_bytes_missing_or_left_over_is_refused() {
        let record = |id: &str, raw: &str| RawRecord { id: id.into(), version: None, raw: raw.into() };
        let batch = Batch { records: vec![record("1", "{}"), record("2", "")] };
        let mut frame = encode_batch(&batch).unwrap();
        assert_eq!(decode_batch(&frame), Ok(batch));
        frame.push(b' ');
        assert_eq!(decode_batch(&frame), Err(BadFrame::Truncated));
        frame.truncate(frame.len() - 2);
        assert_eq!(decode_batch(&frame), Err(BadFrame::Truncated));
    }

    #[test]
    fn a_length_that_lies_is_refused() {
        let mut frame = encode("x", &[]).unwrap();
        frame[..4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(decode::<String>(&frame), Err(BadFrame::Truncated));
    }
}
