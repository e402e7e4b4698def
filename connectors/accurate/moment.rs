//! Accurate's timestamps, `dd/MM/yyyy HH:mm:ss`, as far as cursors need them: comparing, and going back a little. They carry no zone and
//! are never compared with any clock but the server's own.

use std::fmt;

const DAYS: [u16; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// A moment by the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    year: u16,
    month: u16,
    day: u16,
    second_of_day: u32,
}

impl Moment {
    /// A moment from `dd/MM/yyyy`, with or without `HH:mm:ss`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.trim().split_once(' ').unwrap_or((text.trim(), "00:00:00"));
        let [day, month, year] = numbers(date, '/', [2, 2, 4])?;
        let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
        let valid = (1..=12).contains(&month)
            && day >= 1
            && day <= days_in(year, month)
            && hour < 24
            && minute < 60
            && second < 60;
        let second_of_day = u32::from(hour) * 3600 + u32::from(minute) * 60 + u32::from(second);
        valid.then_some(Self { year, month, day, second_of_day })
    }

    /// So many seconds earlier, at most a day.
    pub(crate) fn earlier(self, seconds: u32) -> Self {
        let seconds = seconds.min(86_400);
        if let Some(second_of_day) = self.second_of_day.checked_sub(seconds) {
            return Self { second_of_day, ..self };
        }
        let second_of_day = self.second_of_day + 86_400 - seconds;
        let (year, month, day) = match (self.month, self.day) {
            (_, day) if day > 1 => (self.year, self.month, day - 1),
            (1, _) => (self.year.saturating_sub(1), 12, 31),
            (month, _) => (self.year, month - 1, days_in(self.year, month - 1)),
        };
        Self { year, month, day, second_of_day }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day, second_of_day: s } = self;
        write!(f, "{day:02}/{month:02}/{year:04} {:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
    }
}

fn numbers(text: &str, between: char, widths: [usize; 3]) -> Option<[u16; 3]> {
    let mut parts = text.split(between);
    let mut out = [0; 3];
    for (slot, width) in out.iter_mut().zip(widths) {
        let part = parts.next()?;
        if part.len() != width || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *slot = part.parse().ok()?;
    }
    parts.next().is_none().then_some(out)
}

fn days_in(year: u16, month: u16) -> u16 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = DAYS.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or(0);
    days + u16::from(leap && month == 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_back_over_midnight_months_and_years() {
        for (from, to) in [
            ("30/05/2025 15:36:11", "30/05/2025 15:31:11"),
            ("01/03/2024 00:02:00", "29/02/2024 23:57:00"),
            ("01/03/2026 00:02:00", "28/02/2026 23:57:00"),
            ("01/01/2026 00:00:00", "31/12/2025 23:55:00"),
            ("05/01/2026", "04/01/2026 23:55:00"),
        ] {
            assert_eq!(Moment::parse(from).unwrap().earlier(300).to_string(), to);
        }
    }

    #[test]
    fn compares_by_time_not_by_text() {
        assert!(Moment::parse("31/01/2026 00:00:00") < Moment::parse("01/02/2026 00:00:00"));
    }

    #[test]
    fn refuses_what_is_no_moment() {
        for bad in [
            "",
            "2026-01-05",
            "1/2/2026",
            "31/02/2026",
            "01/13/2026",
            "01/02/26",
            "01/02/2026 24:00:00",
            "01/02/2026 1:2:3",
        ] {
            assert_eq!(Moment::parse(bad), None, "{bad}");
        }
    }
}
