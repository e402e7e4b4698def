//! What the browser brings back from the consent page, out of an address that somebody pasted or a callback got. Whether it is believed is
//! decided in `oauth`.

use crate::{HostError, Secret};
use reqwest::Url;

/// The longest text that a server's own words may take in a message.
const MOST_WORDS: usize = 200;

/// What came back from the consent page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The user agreed.
    Code {
        /// What is exchanged for the token.
        code: Secret,
        /// What was sent along, to know one's own question by.
        state: Secret,
    },
    /// The user or the system refused.
    Refused {
        /// Why, as RFC 6749 section 4.1.2.1 names it: `access_denied`.
        error: String,
        /// The same in the system's words, if it said more.
        description: Option<String>,
        /// What was sent along, if it came back.
        state: Option<Secret>,
    },
}

impl Answer {
    /// The answer in an address: a whole one, as somebody pastes it, or `/callback?code=…&state=…`, or only what stands behind the `?`.
    ///
    /// # Errors
    /// When it holds neither a code with its state nor a refusal.
    pub fn from_url(text: &str) -> Result<Self, HostError> {
        let text = text.trim().trim_matches(['"', '\'', '<', '>']);
        let query = text.split_once('?').map_or(text, |(_, query)| query);
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        let mut reader = Url::parse("http://localhost/").expect("a constant address");
        reader.set_query(Some(query));
        let value = |wanted: &str| {
            let mut found = reader.query_pairs().filter(|(name, value)| name == wanted && !value.is_empty());
            let first = found.next().map(|(_, value)| value.into_owned());
            // Said twice, nobody knows which one counts (RFC 6749 section 3.1).
            first.filter(|_| found.next().is_none())
        };
        if let Some(error) = value("error") {
            let description = value("error_description").map(|text| words(&text));
            return Ok(Answer::Refused { error: words(&error), description, state: value("state").map(Secret::new) });
        }
        match (value("code"), value("state")) {
            (Some(code), Some(state)) => Ok(Answer::Code { code: Secret::new(code), state: Secret::new(state) }),
            (code, state) => {
                let missing = match (code, state) {
                    (Some(_), _) => "state",
                    (_, Some(_)) => "code",
                    _ => "code, state",
                };
                Err(HostError::new("host-oauth-answer").with("missing", missing))
            }
        }
    }
}

/// Words of a server, fit for a message: short, and without what moves a terminal's cursor.
pub(super) fn words(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(MOST_WORDS).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<(String, String)> {
        match Answer::from_url(text) {
            Ok(Answer::Code { code, state }) => Some((code.expose().to_owned(), state.expose().to_owned())),
            _ => None,
        }
    }

    #[test]
    fn an_address_is_read_in_each_of_its_forms() {
        for text in [
            "http://127.0.0.1:8912/callback?code=a%2Fb+c&state=xyz",
            "  \"http://127.0.0.1:8912/callback?state=xyz&code=a%2Fb+c#_=_\"\n",
            "/callback?code=a%2Fb+c&state=xyz",
            "code=a%2Fb+c&state=xyz",
        ] {
            assert_eq!(code(text), Some(("a/b c".into(), "xyz".into())), "{text}");
        }
    }

    #[test]
    fn a_refusal_is_told_from_an_address_that_says_nothing() {
        let refused =
            Answer::from_url("http://h/cb?error=access_denied&error_description=No%0Athanks&state=xyz").unwrap();
        let expected = Answer::Refused {
            error: "access_denied".into(),
            description: Some("No thanks".into()),
            state: Some(Secret::new("xyz")),
        };
        assert_eq!(refused, expected);
        for (text, missing) in [
            ("", "code, state"),
            ("http://h/cb", "code, state"),
            ("http://h/cb?code=", "code, state"),
            ("http://h/cb?code=private", "state"),
            ("http://h/cb?state=private", "code"),
            ("http://h/cb?code=private&code=other&state=s", "code"),
            ("http://h/cb#code=private&state=s", "code, state"),
        ] {
            let error = Answer::from_url(text).unwrap_err();
            assert_eq!(
                (error.key(), error.message().args["missing"].as_str()),
                ("host-oauth-answer", missing),
                "{text}"
            );
            assert!(!error.to_string().contains("private"), "{error}");
        }
    }
}
