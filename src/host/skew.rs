//! How far this machine's clock is off from a server's, where a signature was refused for its time.

use crate::HostError;
use selaras_connector_api::{Code, Failure, HttpResponse, Wording};

/// The most of a body that is looked at.
const MOST: usize = 4096;

/// The refusal in words that help, if an answer says that the timestamp is too far off.
pub(crate) fn explain(response: &HttpResponse, unix_seconds: i64) -> Option<Failure> {
    if !matches!(response.status, 400 | 401) {
        return None;
    }
    let body = String::from_utf8_lossy(&response.body[..response.body.len().min(MOST)]).to_ascii_lowercase();
    if !(body.contains("timestamp") && body.contains("difference")) {
        return None;
    }
    let off = match skew(response, unix_seconds) {
        Some(0) => Wording::new("host-clock-same"),
        Some(ahead @ 1..) => Wording::new("host-clock-ahead").part("span", span(ahead)),
        Some(behind) => Wording::new("host-clock-behind").part("span", span(-behind)),
        None => Wording::new("host-clock-apart"),
    };
    Some(HostError::new("host-clock").part("off", off).fail(Code::ClockOff))
}

/// Seconds by which our clock is ahead of the one that dated the answer.
fn skew(response: &HttpResponse, unix_seconds: i64) -> Option<i64> {
    let (_, date) = response.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("date"))?;
    let theirs = jiff::fmt::rfc2822::parse(date.trim()).ok()?.timestamp().as_second();
    Some(unix_seconds.saturating_sub(theirs))
}

fn span(seconds: i64) -> Wording {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => Wording::new("host-span-seconds").with("seconds", seconds),
        (minutes, 0) => Wording::new("host-span-minutes").with("minutes", minutes),
        (minutes, seconds) => Wording::new("host-span-both").with("minutes", minutes).with("seconds", seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_the_clock_is_off_is_told() {
        let told = |status, date: Option<&str>, body: &str| {
            let headers = date.map(|date| ("date".to_owned(), date.to_owned())).into_iter().collect();
            explain(&HttpResponse { status, headers, body: body.as_bytes().to_vec() }, 1_700_000_000)
                .map(|told| told.text)
        };
        let refusal = r#"{"s":false,"d":["Header X-Api-Timestamp difference more than 600 seconds"]}"#;
        let text = told(401, Some("Tue, 14 Nov 2023 22:33:23 GMT"), refusal).unwrap();
        assert!(text.contains("is 20 min 3 s behind") && text.contains("timedatectl"), "{text}");
        assert!(told(400, Some("Tue, 14 Nov 2023 22:03:20 GMT"), refusal).unwrap().contains("is 10 min ahead"));
        assert!(told(401, Some("soon"), refusal).unwrap().contains("too far apart"));
        assert_eq!(told(401, None, r#"{"s":false,"d":["Invalid_token"]}"#), None);
        assert_eq!(told(200, None, refusal), None);
    }
}
