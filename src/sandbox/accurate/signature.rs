//! The signed method: timestamps in four spellings, and the signature over the exact text of the timestamp.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use super::values::{jakarta, parse_moment};

/// How far a caller's clock may be off, in seconds.
const TOLERANCE: i64 = 600;

/// The time a timestamp header tells, or none if it is in no known spelling.
pub fn parse_timestamp(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        // Twelve digits of seconds would be the year 5138: from there on it is milliseconds.
        return if text.len() >= 12 {
            Timestamp::from_millisecond(number).ok()
        } else {
            Timestamp::from_second(number).ok()
        };
    }
    let unzoned = if text.contains('/') {
        parse_moment(text).filter(|_| text.contains(' '))
    } else if let Ok(zoned) = text.parse::<Timestamp>() {
        return Some(zoned);
    } else {
        text.parse().ok()
    };
    unzoned?.to_zoned(jakarta()).ok().map(|zoned| zoned.timestamp())
}

/// Whether a time is near enough to now.
pub fn is_recent(sent: Timestamp, now: Timestamp) -> bool {
    (sent.as_second() - now.as_second()).abs() <= TOLERANCE
}

/// Whether the signature over the timestamp text was made with this secret.
pub fn is_signed(timestamp: &str, signature: &str, secret: &str) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    mac.update(timestamp.as_bytes());
    let signature = signature.trim();
    let claimed = if signature.len() == 64 { from_hex(signature) } else { STANDARD.decode(signature).ok() };
    claimed.is_some_and(|bytes| mac.verify_slice(&bytes).is_ok())
}

/// Bytes from lower-case hexadecimal; capitals are not part of the contract.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    text.as_bytes().chunks(2).map(|pair| Some((digit(pair[0])? << 4) | digit(*pair.get(1)?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMESTAMP: &str = "02/11/2023 09:01:01";
    const SECRET: &str = "31d49b3dc632614495ff8071e5be44a1";
    const BASE64: &str = "8NxvylwwMcjGyzVXK0qbwNvFFuzHpwE9tECllVwLkbo=";
    const HEX: &str = "f0dc6fca5c3031c8c6cb35572b4a9bc0dbc516ecc7a7013db440a5955c0b91ba";

    #[test]
    fn the_published_example_verifies_in_both_encodings() {
        assert!(is_signed(TIMESTAMP, BASE64, SECRET));
        assert!(is_signed(TIMESTAMP, HEX, SECRET));
    }

    #[test]
    fn anything_else_does_not_verify() {
        assert!(!is_signed("02/11/2023 09:01:02", BASE64, SECRET));
        assert!(!is_signed(TIMESTAMP, BASE64, "other"));
        assert!(!is_signed(TIMESTAMP, &HEX.to_uppercase(), SECRET));
        assert!(!is_signed(TIMESTAMP, &HEX[..62], SECRET));
        for nonsense in ["", "=", "é", "x"] {
            assert!(!is_signed(TIMESTAMP, nonsense, SECRET));
        }
    }

    #[test]
    fn all_spellings_of_one_moment_agree() {
        let expected: Timestamp = "2023-11-02T02:01:01Z".parse().unwrap();
        for text in [
            "02/11/2023 09:01:01",
            "2023-11-02T02:01:01Z",
            "2023-11-02T02:01:01.000Z",
            "2023-11-02T09:01:01+07:00",
            "2023-11-02T09:01:01",
            "1698890461",
            "1698890461000",
        ] {
            assert_eq!(parse_timestamp(text), Some(expected), "{text}");
        }
        for bad in ["", "yesterday", "02/11/2023", "99999999999999999999", "31/02/2023 09:00:00"] {
            assert_eq!(parse_timestamp(bad), None, "{bad}");
        }
    }

    #[test]
    fn ten_minutes_off_is_the_limit_either_way() {
        let now: Timestamp = "2023-11-02T02:00:00Z".parse().unwrap();
        for (offset, recent) in [(600, true), (601, false), (-600, true), (-601, false)] {
            let sent = Timestamp::from_second(now.as_second() + offset).unwrap();
            assert_eq!(is_recent(sent, now), recent, "{offset}");
        }
    }
}
