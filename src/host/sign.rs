//! Signatures of requests. Which headers carry them is `auth`'s business.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The base64 HMAC-SHA256 of a text, under a key taken as UTF-8 text.
pub(crate) fn hmac_sha256(key: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// The credential of HTTP basic authentication, without the word `Basic`.
pub(crate) fn basic(user: &str, password: Option<&str>) -> String {
    STANDARD.encode(password.map_or_else(|| user.to_owned(), |password| format!("{user}:{password}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_comes_out() {
        let signature = hmac_sha256("31d49b3dc632614495ff8071e5be44a1", "02/11/2023 09:01:01");
        assert_eq!(signature, "8NxvylwwMcjGyzVXK0qbwNvFFuzHpwE9tECllVwLkbo=");
    }

    #[test]
    fn basic_takes_one_or_two_parts() {
        assert_eq!(basic("ani", Some("rahasia")), basic("ani:rahasia", None));
    }
}
