//! Percent-encoding of what goes into queries and forms, and taking addresses apart as far as moves need it. Knows nothing of Accurate.

use std::fmt::Write as _;

/// Appends `text`, escaping all but unreserved characters and those in `keep`.
pub(crate) fn encode_keeping(out: &mut String, text: &str, keep: &[u8]) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || keep.contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

/// `text` with all but unreserved characters escaped. A space becomes `%20`, which queries and forms both read.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    encode_keeping(&mut out, text, b"");
    out
}

/// Appends `name=value` to a query or form, with `&` where it is not the first.
pub(crate) fn append_pair(out: &mut String, name: &str, value: &str) {
    if !out.is_empty() {
        out.push('&');
    }
    // Names carry `[0].` as the official documentation spells them.
    encode_keeping(out, name, b"[]");
    out.push('=');
    encode_keeping(out, value, b"");
}

/// `scheme://authority` of an absolute URL.
pub(crate) fn origin(url: &str) -> Option<&str> {
    let after_scheme = url.find("://")? + 3;
    if !matches!(&url[..after_scheme], "http://" | "https://") {
        return None;
    }
    let end = url[after_scheme..].find(['/', '?', '#']).map_or(url.len(), |at| after_scheme + at);
    (end > after_scheme).then(|| &url[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_what_a_form_would_misread() {
        assert_eq!(encoded("5+2 & 10%"), "5%2B2%20%26%2010%25");
        assert_eq!(encoded("Jalan Gatot Subroto №5"), "Jalan%20Gatot%20Subroto%20%E2%84%965");
    }

    #[test]
    fn keeps_brackets_of_names_only() {
        let mut form = String::new();
        append_pair(&mut form, "data[0].name", "[x]=y");
        append_pair(&mut form, "b", "");
        assert_eq!(form, "data[0].name=%5Bx%5D%3Dy&b=");
    }

    #[test]
    fn origin_is_scheme_and_authority() {
        assert_eq!(origin("https://zeus.accurate.id/accurate/api/x.do?a=b"), Some("https://zeus.accurate.id"));
        assert_eq!(origin("http://127.0.0.1:8080"), Some("http://127.0.0.1:8080"));
        for bad in ["zeus.accurate.id", "https://", "ftp://x/y", "/accurate/api", "https:///path"] {
            assert_eq!(origin(bad), None, "{bad}");
        }
    }
}
