//! The sealed form: a line that says what it is, a nonce, and the cipher text. What is inside, and where keys come from, is decided
//! elsewhere.
//!
//! ```text
//! selaras-sealed 1 credential file 0f1e2d3c4b5a6978 \n  <24 bytes nonce>  <XChaCha20-Poly1305>
//! ```
//!
//! The line (format, version, kind, where the key came from, which key) and the system's name are authenticated with the rest, so that a
//! file cannot be passed off as another system's, kind's or version's.

use crate::HostError;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key as CipherKey, XChaCha20Poly1305, XNonce};

const MAGIC: &str = "selaras-sealed";
const VERSION: &str = "1";
const KIND: &str = "credential";
const NONCE: usize = 24;
/// Longer than any first line of ours.
const MOST_HEAD: usize = 120;

/// A key. Nothing shows it.
pub(super) struct Key {
    bytes: [u8; 32],
    /// Tells keys apart without telling anything of them.
    pub(super) id: String,
}

impl Key {
    /// A key from its bytes.
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        let id = blake3::derive_key("selaras vault 1: id of a key", &bytes);
        Self { bytes, id: id[..8].iter().map(|byte| format!("{byte:02x}")).collect() }
    }

    /// A key from a text that somebody chose.
    pub(super) fn derived(text: &str) -> Self {
        Self::new(blake3::derive_key("selaras vault 1: key from a text", text.as_bytes()))
    }

    /// The bytes in hexadecimal, for the key's own file.
    pub(super) fn hex(&self) -> crate::Secret {
        crate::Secret::new(self.bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    }

    /// A key from hexadecimal.
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let bytes = blake3::Hash::from_hex(text).ok()?;
        Some(Self::new(*bytes.as_bytes()))
    }

    /// The bytes, for a keyring.
    #[cfg(all(feature = "keyring", target_os = "linux"))]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&CipherKey::from(self.bytes))
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.bytes.fill(0);
        std::hint::black_box(&self.bytes);
    }
}

/// Why something sealed cannot be opened.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// It was sealed with another key, which came from here.
    OtherKey(String),
    /// A later release wrote it.
    Newer(String),
    /// It is not what was written.
    Damaged,
}

fn bound(head: &[u8], system: &str) -> Vec<u8> {
    [head, b"\n", system.as_bytes()].concat()
}

/// Seals. `source`: one word for where the key came from.
pub(super) fn seal(key: &Key, source: &str, system: &str, plain: &[u8]) -> Result<Vec<u8>, HostError> {
    let head = format!("{MAGIC} {VERSION} {KIND} {source} {}", key.id);
    let nonce = random::<NONCE>()?;
    let payload = Payload { msg: plain, aad: &bound(head.as_bytes(), system) };
    let sealed =
        key.cipher().encrypt(&XNonce::from(nonce), payload).expect("credentials are short enough for the cipher");
    Ok([head.as_bytes(), b"\n", &nonce, &sealed].concat())
}

/// Where the key of something sealed came from, and which it is; without opening it.
pub(super) fn head(bytes: &[u8]) -> Result<(&str, &str, usize), Closed> {
    let end = bytes.iter().take(MOST_HEAD).position(|byte| *byte == b'\n').ok_or(Closed::Damaged)?;
    let head = std::str::from_utf8(&bytes[..end]).map_err(|_| Closed::Damaged)?;
    let words: Vec<&str> = head.split(' ').collect();
    match words[..] {
        [MAGIC, VERSION, KIND, source, id] => Ok((source, id, end)),
        [MAGIC, version, ..] if version.parse::<u32>().is_ok_and(|version| version > 1) => {
            Err(Closed::Newer(version.to_owned()))
        }
        _ => Err(Closed::Damaged),
    }
}

/// Opens what was sealed.
pub(super) fn open(key: &Key, system: &str, bytes: &[u8]) -> Result<Vec<u8>, Closed> {
    let (source, id, end) = head(bytes)?;
    if id != key.id {
        return Err(Closed::OtherKey(source.to_owned()));
    }
    let (nonce, sealed) = bytes[end + 1..].split_at_checked(NONCE).ok_or(Closed::Damaged)?;
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Closed::Damaged)?;
    let payload = Payload { msg: sealed, aad: &bound(&bytes[..end], system) };
    key.cipher().decrypt(&XNonce::from(nonce), payload).map_err(|_| Closed::Damaged)
}

/// Bytes from the operating system's randomness.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], HostError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| HostError::new("host-random").with("why", error))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_changed_byte_is_noticed_and_so_is_every_missing_one() {
        let key = Key::new([7; 32]);
        let sealed = seal(&key, "file", "accurate", b"the token").unwrap();
        assert_eq!(open(&key, "accurate", &sealed).unwrap(), b"the token");
        for at in 0..sealed.len() {
            for bit in [1, 0x20, 0x80] {
                let mut changed = sealed.clone();
                changed[at] ^= bit;
                assert!(open(&key, "accurate", &changed).is_err(), "byte {at}, bit {bit}");
            }
            assert!(open(&key, "accurate", &sealed[..at]).is_err(), "cut at {at}");
        }
        assert!(open(&key, "accurate", &[&sealed[..], b"x"].concat()).is_err());
    }

    #[test]
    fn a_file_belongs_to_its_system_and_its_key() {
        let key = Key::new([7; 32]);
        let sealed = seal(&key, "keyring", "accurate", b"x").unwrap();
        assert_eq!(open(&key, "smh", &sealed), Err(Closed::Damaged));
        assert_eq!(open(&Key::new([8; 32]), "accurate", &sealed), Err(Closed::OtherKey("keyring".into())));
        assert_ne!(sealed, seal(&key, "keyring", "accurate", b"x").unwrap(), "the nonce is another each time");
        let newer = [b"selaras-sealed 2".as_slice(), &sealed[16..]].concat();
        assert_eq!(open(&key, "accurate", &newer), Err(Closed::Newer("2".into())));
    }

    #[test]
    fn a_key_survives_its_file() {
        let key = Key::new(random().unwrap());
        assert_eq!(Key::from_hex(key.hex().expose()).unwrap().bytes, key.bytes);
        assert!(Key::from_hex("abc").is_none());
        assert_ne!(Key::derived("one text").id, Key::derived("another text").id);
    }
}
