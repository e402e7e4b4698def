//! What is repeated, and after how long. Decides only; nothing is sent or slept here.

use crate::budget::PATIENCE;
use selaras_connector_api::HttpResponse;
use std::time::Duration;

/// How often a request is sent at most.
pub(crate) const ATTEMPTS: u32 = 4;
/// The wait before the first repetition; it doubles with each.
const FIRST: Duration = Duration::from_millis(250);
/// The wait after a refusal for too many calls that does not say how long.
const LIMITED: Duration = Duration::from_secs(1);

/// How an attempt ended, as far as repeating is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Answered, with this status and the wait that the answer asks for.
    Answered(u16, Option<Duration>),
    /// It never reached the system.
    NotSent,
    /// It was sent and the answer was lost.
    Lost,
    /// It was answered by something that will not get better.
    Hopeless,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// It is over.
    Stop,
    /// Send it again after a wait.
    Again(Duration),
    /// The whole budget waits that long; then send it again.
    PauseAll(Duration),
}

/// Decides. `attempt` counts from 1; `repeatable`: sending it twice is harmless.
pub(crate) fn next(ended: Ended, repeatable: bool, attempt: u32, seed: u64) -> Next {
    let last = attempt >= ATTEMPTS;
    match ended {
        Ended::Answered(429, wait) => {
            let wait = wait.unwrap_or(LIMITED * 2u32.pow(attempt.min(6) - 1));
            // Whoever asks for an hour gets it: nothing is sent, and the refusal is handed on.
            if last || wait > PATIENCE { Next::Stop } else { Next::PauseAll(wait) }
        }
        _ if last => Next::Stop,
        Ended::Answered(502..=504, wait) if repeatable => match wait {
            Some(wait) if wait > PATIENCE => Next::Stop,
            Some(wait) => Next::Again(wait.max(backoff(attempt, seed))),
            None => Next::Again(backoff(attempt, seed)),
        },
        Ended::NotSent => Next::Again(backoff(attempt, seed)),
        Ended::Lost if repeatable => Next::Again(backoff(attempt, seed)),
        Ended::Answered(..) | Ended::Lost | Ended::Hopeless => Next::Stop,
    }
}

/// Doubles with each attempt; a jitter between half and all of it keeps many calls from coming back together.
fn backoff(attempt: u32, seed: u64) -> Duration {
    let full = FIRST * 2u32.pow(attempt.min(8) - 1);
    let draw = scramble(seed.wrapping_add(u64::from(attempt))) % 1024;
    full / 2 + full / 2 * (draw as u32) / 1024
}

/// A number that looks random, the same each time for the same seed (the finisher of splitmix64).
pub(crate) fn scramble(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The wait that an answer asks for: seconds, or a date.
pub(crate) fn retry_after(response: &HttpResponse, unix_seconds: i64) -> Option<Duration> {
    let value = response.headers.iter().find(|(name, _)| name == "retry-after").map(|(_, value)| value.trim())?;
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number takes are an absurd wait like any other.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp().as_second();
    Some(Duration::from_secs(u64::try_from(date.saturating_sub(unix_seconds)).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_repeated() {
        let again = |ended, repeatable, attempt| next(ended, repeatable, attempt, 7) != Next::Stop;
        for (ended, read, write) in [
            (Ended::Answered(200, None), false, false),
            (Ended::Answered(400, None), false, false),
            (Ended::Answered(401, None), false, false),
            (Ended::Answered(500, None), false, false),
            (Ended::Answered(501, None), false, false),
            (Ended::Answered(502, None), true, false),
            (Ended::Answered(503, None), true, false),
            (Ended::Answered(504, None), true, false),
            (Ended::Answered(429, None), true, true),
            (Ended::NotSent, true, true),
            (Ended::Lost, true, false),
            (Ended::Hopeless, false, false),
        ] {
            assert_eq!((again(ended, true, 1), again(ended, false, 1)), (read, write), "{ended:?}");
            assert!(!again(ended, true, ATTEMPTS), "{ended:?} has an end");
        }
    }

    #[test]
    fn a_wait_that_is_asked_for_is_kept_unless_endless() {
        let limited = |seconds| next(Ended::Answered(429, Some(Duration::from_secs(seconds))), false, 1, 0);
        assert_eq!(limited(7), Next::PauseAll(Duration::from_secs(7)));
        assert_eq!(limited(3600), Next::Stop);
        let down = next(Ended::Answered(503, Some(Duration::from_secs(9))), true, 1, 0);
        assert_eq!(down, Next::Again(Duration::from_secs(9)));
        assert_eq!(next(Ended::Answered(429, None), true, 3, 0), Next::PauseAll(Duration::from_secs(4)));
    }

    #[test]
    fn backoff_grows_within_bounds_and_is_the_same_for_the_same_seed() {
        for seed in 0..200 {
            for (attempt, full) in [(1, 250), (2, 500), (3, 1000)] {
                let wait = backoff(attempt, seed);
                assert_eq!(wait, backoff(attempt, seed));
                assert!(wait >= Duration::from_millis(full / 2) && wait < Duration::from_millis(full), "{wait:?}");
            }
        }
        assert_ne!(backoff(3, 1), backoff(3, 2));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let asked = |value: &str| {
            let headers = vec![("retry-after".to_owned(), value.to_owned())];
            retry_after(&HttpResponse { status: 429, headers, body: Vec::new() }, 1_700_000_000)
        };
        assert_eq!(asked("5"), Some(Duration::from_secs(5)));
        assert_eq!(asked("Tue, 14 Nov 2023 22:13:50 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(asked("Tue, 14 Nov 2023 22:13:00 GMT"), Some(Duration::ZERO));
        for nothing in ["soon", "", "-5", "1.5", "0x10", "Tue, 99 Nov 2023 22:13:50 GMT"] {
            assert_eq!(asked(nothing), None, "{nothing:?}");
        }
        // However absurd, it is a wait; nothing is sent again within the run, and nothing overflows.
        for absurd in ["86400", "18446744073709551615", "99999999999999999999999", "Thu, 30 Dec 9999 00:00:00 GMT"] {
            for status in [429, 503] {
                let wait = asked(absurd);
                assert!(wait > Some(PATIENCE), "{absurd}");
                assert_eq!(next(Ended::Answered(status, wait), true, 1, 0), Next::Stop, "{absurd}");
            }
        }
    }
}
