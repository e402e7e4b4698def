//! Laying text out on a screen: widths as a terminal counts them, padding, wrapping, colours. Knows nothing of reports.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What a text is laid out for.
#[derive(Clone, Debug)]
pub struct Screen {
    /// Columns.
    pub width: usize,
    /// Whether long lists are shown to the end.
    pub all: bool,
    /// What follows `runner COMMAND` in advice: the mapping's path and the flags that were given, such as `mappings/accurate.yaml --sandbox`.
    pub tail: String,
    /// The flags that narrowed the run, such as ` --only master`, for commands that are to make the same plan again.
    pub selection: String,
    /// What follows `runner apply` where this very plan is to be carried out; empty: what makes the same plan again.
    pub apply: String,
}

impl Screen {
    /// What follows `runner apply` to carry this plan out.
    #[must_use]
    pub fn apply(&self) -> String {
        if self.apply.is_empty() { format!("{}{}", self.tail, self.selection) } else { self.apply.clone() }
    }

    /// How many of a list of similar things are shown before the rest is only counted.
    pub const FOLD: usize = 10;

    /// How many of `len` similar things are shown. A rest of one is shown: the line that counts it would be as long.
    pub(super) fn shown(&self, len: usize) -> usize {
        if self.all || len <= Self::FOLD + 1 { len } else { Self::FOLD }
    }
}

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const ADDED: Style = AnsiColor::Green.on_default();
pub(super) const CHANGED: Style = AnsiColor::Yellow.on_default();
pub(super) const REMOVED: Style = AnsiColor::Red.on_default();
pub(super) const ALARM: Style = AnsiColor::Red.on_default().bold();
pub(super) const CONFLICT: Style = AnsiColor::Magenta.on_default().bold();

/// The text in a style. The printer takes the style away again where it is not wanted.
pub(super) fn paint(style: Style, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{style}{text}{style:#}") }
}

/// Columns that a text without styles takes.
pub(super) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text, filled up with spaces.
pub(super) fn pad(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

/// The text cut to a width, with an ellipsis where something is missing.
pub(super) fn cut(text: &str, to: usize) -> String {
    if width(text) <= to {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut taken = 0;
    for c in text.chars() {
        taken += c.width().unwrap_or(0);
        if taken + 1 > to {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

/// The text in lines of at most `to` columns, broken between words; a word that is longer is broken where it must be.
pub(super) fn wrap(text: &str, to: usize) -> Vec<String> {
    let to = to.max(8);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let gap = usize::from(!line.is_empty());
        if width(&line) + gap + width(word) > to && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for c in word.chars() {
            if width(&line) + c.width().unwrap_or(0) > to {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// A text that grows by lines.
pub(super) struct Page {
    text: String,
    width: usize,
}

impl Page {
    /// An empty page.
    pub(super) fn new(width: usize) -> Self {
        Self { text: String::new(), width }
    }

    /// Adds a line as it is.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// Adds an empty line, unless the page is empty or ends with one.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Adds text that is wrapped to the page. The first line begins with `head`, which `shown` columns are seen of; the others are indented
    /// as far.
    pub(super) fn wrapped(&mut self, head: &str, shown: usize, style: Style, text: &str) {
        for (at, part) in wrap(text, self.width.saturating_sub(shown)).iter().enumerate() {
            let part = paint(style, part);
            self.line(&if at == 0 { format!("{head}{part}") } else { format!("{}{part}", " ".repeat(shown)) });
        }
    }

    /// Adds text of several lines as it is.
    pub(super) fn block(&mut self, text: &str) {
        text.lines().for_each(|line| self.line(line));
    }

    /// The page's columns.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The finished page.
    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// A text in lines that fit, each after a margin.
#[must_use]
pub fn fitted(text: &str, margin: usize, columns: usize) -> String {
    let mut page = Page::new(columns);
    page.wrapped(&" ".repeat(margin), margin, Style::new(), text);
    page.finish()
}

/// A heading with what it is about, and named texts below it.
#[must_use]
pub fn paragraph(head: &str, about: &str, lines: &[(String, String)], columns: usize) -> String {
    let mut page = Page::new(columns);
    page.line(&format!("{}  {}", paint(BOLD, head), paint(DIM, about)));
    let to = lines.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    for (name, text) in lines.iter().filter(|(_, text)| !text.is_empty()) {
        page.wrapped(&format!("  {}  ", paint(DIM, &pad(name, to))), to + 4, Style::new(), text);
    }
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_wraps_between_words_and_long_words_break() {
        assert_eq!(wrap("satu dua tiga empat", 10), ["satu dua", "tiga empat"]);
        assert_eq!(wrap("abcdefghijklmnop qr", 8), ["abcdefgh", "ijklmnop", "qr"]);
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("日本語日本語", 8), ["日本語日", "本語"]);
    }

    #[test]
    fn cutting_and_padding_count_columns() {
        assert_eq!(cut("Toko Makmur", 8), "Toko Ma…");
        assert_eq!(cut("Toko Makmur", 6), "Toko…");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("Toko", 4), "Toko");
        assert_eq!(pad("日本", 6), "日本  ");
    }

    #[test]
    fn a_rest_of_one_is_not_folded() {
        let screen =
            Screen { width: 80, all: false, tail: String::new(), selection: String::new(), apply: String::new() };
        assert_eq!((screen.shown(11), screen.shown(12)), (11, 10));
        assert_eq!(Screen { all: true, ..screen }.shown(500), 500);
    }
}
