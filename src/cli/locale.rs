//! Languages, and how numbers, dates and spans of time look in them. Sentences are the catalogue's.

use jiff::{Timestamp, civil::Date, tz::Offset};
use std::borrow::Cow;
use std::io::{self, ErrorKind};

/// A language of the program.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize, schemars::JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Indonesian.
    Id,
    /// English.
    En,
}

impl Lang {
    /// The language of the environment: Indonesian if `LC_ALL`, `LC_MESSAGES` or else `LANG` says so, English otherwise. `var` looks up a
    /// variable.
    pub fn of_environment(var: impl Fn(&str) -> Option<String>) -> Self {
        let set =
            ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| var(name).filter(|value| !value.is_empty()));
        match set {
            Some(value) if value == "id" || value.starts_with("id_") || value.starts_with("id.") => Lang::Id,
            _ => Lang::En,
        }
    }

    /// The language's code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Lang::Id => "id",
            Lang::En => "en",
        }
    }
}

/// A text in which errors of the operating system (`Connection refused (os error 111)`) are told in the language. The number stays: it is what one
/// searches for.
#[must_use]
pub fn os_errors(lang: Lang, text: &str) -> Cow<'_, str> {
    const MARK: &str = "(os error ";
    let mut told = Cow::Borrowed(text);
    if lang == Lang::En {
        return told;
    }
    for part in text.split(MARK).skip(1) {
        let Some(number) = part.split_once(')').and_then(|(number, _)| number.parse().ok()) else { continue };
        let error = io::Error::from_raw_os_error(number);
        if let Some(words) = indonesian(error.kind()) {
            told = Cow::Owned(told.replace(&error.to_string(), &format!("{words} {MARK}{number})")));
        }
    }
    told
}

/// What the operating system means, in Indonesian; `None` for what hardly anybody meets.
fn indonesian(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::NotFound => "berkas atau folder itu tidak ada",
        ErrorKind::PermissionDenied => "aksesnya ditolak",
        ErrorKind::AlreadyExists => "sudah ada",
        ErrorKind::NotADirectory => "itu bukan folder",
        ErrorKind::IsADirectory => "itu folder, bukan berkas",
        ErrorKind::DirectoryNotEmpty => "foldernya tidak kosong",
        ErrorKind::StorageFull => "disk penuh",
        ErrorKind::QuotaExceeded => "kuota disk habis",
        ErrorKind::FileTooLarge => "berkasnya terlalu besar",
        ErrorKind::ReadOnlyFilesystem => "disk hanya bisa dibaca",
        ErrorKind::OutOfMemory => "memori tidak cukup",
        ErrorKind::AddrInUse => "alamat sudah dipakai",
        ErrorKind::AddrNotAvailable => "alamat tidak tersedia",
        ErrorKind::ConnectionRefused => "koneksi ditolak",
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => "koneksi terputus",
        ErrorKind::HostUnreachable => "host tidak terjangkau",
        ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => "jaringan tidak terjangkau",
        ErrorKind::TimedOut => "waktu tunggu habis",
        _ => return None,
    })
}

/// A number in plain digits (`-1234567.5`) as people of the language write it (`-1.234.567,5`). Anything else is left as it is.
#[must_use]
pub fn number(lang: Lang, plain: &str) -> String {
    let (sign, rest) = plain.strip_prefix('-').map_or(("", plain), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return plain.to_owned();
    }
    let (group, point) = match lang {
        Lang::Id => ('.', ','),
        Lang::En => (',', '.'),
    };
    let mut text = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            text.push(group);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(point);
        text.push_str(fraction);
    }
    text
}

const MONTHS: [(&str, &str); 12] = [
    ("Januari", "January"),
    ("Februari", "February"),
    ("Maret", "March"),
    ("April", "April"),
    ("Mei", "May"),
    ("Juni", "June"),
    ("Juli", "July"),
    ("Agustus", "August"),
    ("September", "September"),
    ("Oktober", "October"),
    ("November", "November"),
    ("Desember", "December"),
];

/// A day, such as `2 Mei 2026`.
#[must_use]
pub fn date(lang: Lang, date: Date) -> String {
    let month = usize::try_from(date.month() - 1).ok().and_then(|at| MONTHS.get(at));
    let (indonesian, english) = month.copied().unwrap_or(("?", "?"));
    let name = if lang == Lang::Id { indonesian } else { english };
    format!("{} {name} {}", date.day(), date.year())
}

/// A moment, such as `2 Mei 2026 14.05 UTC`.
#[must_use]
pub fn moment(lang: Lang, moment: Timestamp) -> String {
    let at = Offset::UTC.to_datetime(moment);
    let point = if lang == Lang::Id { '.' } else { ':' };
    format!("{} {:02}{point}{:02} UTC", date(lang, at.date()), at.hour(), at.minute())
}

/// A span of time, to the tenth of a second below a minute: `0,4 detik`, `2 menit 5 detik`.
#[must_use]
pub fn span(lang: Lang, milliseconds: u64) -> String {
    let (minute, second) = match lang {
        Lang::Id => ("menit", "detik"),
        Lang::En => ("min", "s"),
    };
    if milliseconds < 60_000 {
        // Rounded up: what is promised here is the least time needed.
        let tenths = milliseconds.div_ceil(100);
        return format!("{} {second}", number(lang, &format!("{}.{}", tenths / 10, tenths % 10)));
    }
    let seconds = milliseconds.div_ceil(1000);
    let minutes = number(lang, &(seconds / 60).to_string());
    match seconds % 60 {
        0 => format!("{minutes} {minute}"),
        rest => format!("{minutes} {minute} {rest} {second}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_operating_system_are_told_in_indonesian() {
        let text = |number| format!("a/b: {}; c", io::Error::from_raw_os_error(number));
        let told = os_errors(Lang::Id, &text(2)).into_owned();
        assert_eq!(told, "a/b: berkas atau folder itu tidak ada (os error 2); c");
        assert_eq!(os_errors(Lang::En, &text(2)), text(2));
        assert_eq!(os_errors(Lang::Id, &text(2_000_000)), text(2_000_000), "what nobody knows stays");
        assert_eq!(os_errors(Lang::Id, "Gudang (os error 2)"), "Gudang (os error 2)", "only what the system says");
    }

    #[test]
    fn numbers_follow_the_language_and_codes_are_left_alone() {
        assert_eq!(number(Lang::Id, "1234567.50"), "1.234.567,50");
        assert_eq!(number(Lang::En, "1234567.50"), "1,234,567.50");
        assert_eq!(number(Lang::Id, "-999"), "-999");
        assert_eq!(number(Lang::Id, "-1000"), "-1.000");
        for left_alone in ["", "-", ".5", "12a", "1.2.3", "C.00012"] {
            assert_eq!(number(Lang::Id, left_alone), left_alone);
        }
    }

    #[test]
    fn days_and_moments_are_written_out() {
        let day = jiff::civil::date(2026, 5, 2);
        assert_eq!(date(Lang::Id, day), "2 Mei 2026");
        assert_eq!(date(Lang::En, day), "2 May 2026");
        let at: Timestamp = "2026-12-31T23:05:59Z".parse().unwrap();
        assert_eq!(moment(Lang::Id, at), "31 Desember 2026 23.05 UTC");
        assert_eq!(moment(Lang::En, at), "31 December 2026 23:05 UTC");
    }

    #[test]
    fn spans_are_never_rounded_down() {
        assert_eq!(span(Lang::Id, 0), "0,0 detik");
        assert_eq!(span(Lang::Id, 375), "0,4 detik");
        assert_eq!(span(Lang::En, 59_901), "60.0 s");
        assert_eq!(span(Lang::En, 125_001), "2 min 6 s");
        assert_eq!(span(Lang::Id, 3_600_000), "60 menit");
    }

    #[test]
    fn the_environment_chooses_the_language() {
        let lang = |pairs: &'static [(&str, &str)]| {
            Lang::of_environment(|name| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(lang(&[]), Lang::En);
        assert_eq!(lang(&[("LANG", "id_ID.UTF-8")]), Lang::Id);
        assert_eq!(lang(&[("LANG", "id_ID.UTF-8"), ("LC_ALL", "C")]), Lang::En);
        assert_eq!(lang(&[("LC_ALL", "id")]), Lang::Id);
        assert_eq!(lang(&[("LANG", "ido_XX")]), Lang::En);
    }
}
