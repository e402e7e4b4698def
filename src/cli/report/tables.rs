//! The two tables of numbers: the accounts, and Sync Information. What stands in them for all forms, and their look on a terminal.

use super::layout::{BOLD, DIM, pad, paint, width, wrap};
use super::model::{EntityRow, SyncInfoRow};
use crate::catalogue::Catalogue;

/// The names of the accounts' columns after entity and system, in the catalogue's keys.
pub(super) const ACCOUNTS: [&str; 8] = [
    "column-seen",
    "column-dummy",
    "column-out",
    "column-failed",
    "column-created",
    "column-updated",
    "column-unchanged",
    "column-held",
];

/// The numbers that belong under [`ACCOUNTS`].
pub(super) fn accounts(row: &EntityRow) -> [u64; 8] {
    [row.seen, row.dummy, row.out(), row.failed, row.created, row.updated, row.unchanged, row.held]
}

/// The names of the columns of Sync Information after entity and system: the guide's own words in both languages.
pub(super) const COUNTERS: [&str; 4] = ["counter-dummy", "counter-data", "counter-sinkron", "counter-total"];

/// The numbers that belong under [`COUNTERS`].
pub(super) fn counters(row: &SyncInfoRow) -> [u64; 4] {
    [row.dummy, row.data, row.sinkron, row.total]
}

/// Rows of text as columns, the first row as their heads.
#[must_use]
pub fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let to: Vec<usize> = (0..count)
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for (nth, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().zip(&to).map(|(cell, to)| pad(cell, *to)).collect();
        let line = cells.join("  ").trim_end().to_owned();
        text.push_str(&if nth == 0 { paint(BOLD, &line) } else { line });
        text.push('\n');
    }
    text
}

/// The accounts as a table.
pub(super) fn accounts_table(catalogue: &Catalogue, rows: &[EntityRow], columns: usize) -> String {
    let rows =
        rows.iter().map(|row| Numbers { entity: &row.entity, system: &row.system, numbers: accounts(row).to_vec() });
    table(catalogue, &ACCOUNTS, &rows.collect::<Vec<_>>(), columns)
}

/// Sync Information as a table for a screen of so many columns.
#[must_use]
pub fn sync_info_table(catalogue: &Catalogue, rows: &[SyncInfoRow], columns: usize) -> String {
    let rows =
        rows.iter().map(|row| Numbers { entity: &row.entity, system: &row.system, numbers: counters(row).to_vec() });
    table(catalogue, &COUNTERS, &rows.collect::<Vec<_>>(), columns)
}

/// The numbers of an entity in a system.
struct Numbers<'a> {
    entity: &'a str,
    system: &'a str,
    numbers: Vec<u64>,
}

fn table(catalogue: &Catalogue, keys: &[&str], rows: &[Numbers<'_>], columns: usize) -> String {
    let names: Vec<String> = keys.iter().map(|key| catalogue.text(key)).collect();
    let figures = |at: usize| rows.iter().map(move |row| figure(catalogue, row.numbers[at]));
    let longest = |texts: &mut dyn Iterator<Item = String>| texts.map(|text| width(&text)).max().unwrap_or(0);
    let widths: Vec<usize> = names
        .iter()
        .enumerate()
        .map(|(at, name)| longest(&mut figures(at)).max(longest(&mut name.split(' ').map(str::to_owned))))
        .collect();
    let first = rows.iter().map(|row| width(row.system)).max().unwrap_or(0) + 4;
    if first + widths.iter().map(|width| width + 2).sum::<usize>() > columns {
        return listed(catalogue, &names, rows, columns);
    }
    let mut text = header(&names, &widths, first);
    let mut last = "";
    for row in rows {
        if row.entity != last {
            text.push_str(&format!("  {}\n", row.entity));
            last = row.entity;
        }
        text.push_str(&format!("    {}", paint(DIM, &pad(row.system, first - 4))));
        for (number, to) in row.numbers.iter().zip(&widths) {
            let shown = figure(catalogue, *number);
            let gap = " ".repeat(to + 2 - width(&shown));
            text.push_str(&format!("{gap}{}", if *number == 0 { paint(DIM, &shown) } else { shown }));
        }
        text.push('\n');
    }
    text
}

/// The names of columns, each broken between its words and standing on the last line.
fn header(names: &[String], widths: &[usize], first: usize) -> String {
    let broken: Vec<Vec<String>> = names.iter().zip(widths).map(|(name, to)| wrap_exact(name, *to)).collect();
    let height = broken.iter().map(Vec::len).max().unwrap_or(0);
    let mut text = String::new();
    for line in 0..height {
        let mut row = " ".repeat(first);
        for (parts, to) in broken.iter().zip(widths) {
            let part = (line + parts.len()).checked_sub(height).and_then(|at| parts.get(at)).map_or("", String::as_str);
            row.push_str(&format!("{}{part}", " ".repeat(to + 2 - width(part))));
        }
        text.push_str(&format!("{}\n", paint(DIM, row.trim_end())));
    }
    text
}

/// Words on as few lines of a width as they take; each of them fits.
fn wrap_exact(text: &str, to: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= to => line.push_str(&format!(" {word}")),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The same in words, for a screen that is too narrow for a table: only what is not nothing.
fn listed(catalogue: &Catalogue, names: &[String], rows: &[Numbers<'_>], columns: usize) -> String {
    let mut text = String::new();
    let mut last = "";
    for row in rows {
        if row.entity != last {
            text.push_str(&format!("  {}\n", paint(BOLD, row.entity)));
            last = row.entity;
        }
        let there = row.numbers.iter().zip(names).filter(|(number, _)| **number > 0);
        let mut parts: Vec<String> =
            there.map(|(number, name)| format!("{name} {}", figure(catalogue, *number))).collect();
        if parts.is_empty() {
            parts.push(figure(catalogue, 0));
        }
        for line in wrap(&format!("{}: {}", row.system, parts.join(", ")), columns.saturating_sub(4)) {
            text.push_str(&format!("    {line}\n"));
        }
    }
    text
}

/// A count. Nothing is a 0, as the guide prints it; the terminal dims it, so that what is there stands out.
pub(super) fn figure(catalogue: &Catalogue, count: u64) -> String {
    catalogue.count(count)
}
