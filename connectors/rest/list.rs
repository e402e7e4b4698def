//! Listing: page after page, several in flight once the number of pages is known, each record handed over once, and whether that was all.

use crate::flight::in_order;
use crate::manifest::{ListDecl, Paging};
use crate::page::{Page, parse};
use crate::phrases::{fail, say};
use crate::session::Call;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use selaras_connector_api::{Batch, Code, Failure, HttpResponse, LogLevel, ReadDone, ReadRequest, Transport, Wording};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

/// Lists a resource.
pub fn read(call: &Call<'_>, request: &ReadRequest) -> Result<ReadDone, Failure> {
    let Some(list) = &call.resource.list else { return Err(call.unsupported(say("rest-op-list"))) };
    if request.since.is_some() && list.since.is_none() {
        return Err(call.unsupported(say("rest-op-changes")));
    }
    let mut listing = Listing::new(call, list, request.since.as_deref());
    match &list.paging {
        Paging::None => listing.follow(|_| None)?,
        Paging::PageNumber { .. } | Paging::Offset { .. } => listing.numbered()?,
        Paging::Cursor { token, .. } => {
            let since = request.since.as_deref();
            listing.follow(|next| Some(url(call, list, since, &[(token, next.to_owned())])))?;
        }
        Paging::LinkNext { .. } => listing.follow(|next| Some(call.next_url(next)))?,
    }
    Ok(listing.done())
}

/// The address of a page: what its place in the list adds, and what all pages share.
fn url(call: &Call<'_>, list: &ListDecl, since: Option<&str>, page: &[(&str, String)]) -> Result<String, Failure> {
    let mut params: Vec<(&str, String)> = page.to_vec();
    let size = match &list.paging {
        Paging::None => None,
        Paging::PageNumber { size, .. }
        | Paging::Offset { size, .. }
        | Paging::Cursor { size, .. }
        | Paging::LinkNext { size, .. } => size.as_deref(),
    };
    params.extend(size.map(|size| (size, list.page_size.to_string())));
    params.extend(list.params.iter().map(|(name, value)| (name.as_str(), value.clone())));
    if let (Some(decl), Some(since)) = (&list.since, since) {
        params.push((&decl.param, since.to_owned()));
    }
    call.list_url(list.path.as_ref(), &params)
}

struct Listing<'a> {
    call: &'a Call<'a>,
    list: &'a ListDecl,
    since: Option<&'a str>,
    /// Hashes of the ids seen: a list of a million records must fit, and 128 bits do not collide.
    seen: HashSet<u128>,
    repeated: u64,
    pages: u64,
    /// What the pages announced: the first and the latest count of records, and the latest of pages.
    announced: Option<(u64, u64)>,
    page_count: Option<u64>,
    newest: Option<(Timestamp, Offset)>,
    /// Whether a moment could not be read, so that no cursor can be trusted.
    timeless: bool,
    trouble: Option<Wording>,
}

impl<'a> Listing<'a> {
    fn new(call: &'a Call<'a>, list: &'a ListDecl, since: Option<&'a str>) -> Self {
        Self {
            call,
            list,
            since,
            seen: HashSet::new(),
            repeated: 0,
            pages: 0,
            announced: None,
            page_count: None,
            newest: None,
            timeless: false,
            trouble: None,
        }
    }

    /// Pages whose addresses are known in advance.
    fn numbered(&mut self) -> Result<(), Failure> {
        let first = self.fetch(self.numbered_url(0, 0)?)?;
        let rows = first.rows();
        self.take(first);
        let mut next = 1;
        loop {
            // All pages but the last have as many rows as the first, so offsets are known too.
            let Some(count) = self.pages_in_all(rows) else { return self.until_empty(next, rows) };
            if next >= count {
                return Ok(());
            }
            let seen = self.seen.len();
            next = self.block(next, count, rows)?;
            if self.seen.len() == seen && next < self.pages_in_all(rows).unwrap_or_default() {
                // It could go on announcing pages for ever.
                self.trouble = Some(say("rest-list-endless").with("page", next));
                return Ok(());
            }
        }
    }

    /// How many pages there are, as far as announced. `rows` is the number of rows on the first page: a system may cap the page size.
    fn pages_in_all(&self, rows: usize) -> Option<u64> {
        let by_total = self.announced.map(|(_, total)| match u64::try_from(rows).unwrap_or(u64::MAX) {
            0 => 1,
            rows => total.div_ceil(rows),
        });
        self.page_count.or(by_total)
    }

    fn numbered_url(&self, page: u64, rows: usize) -> Result<String, Failure> {
        let place = match &self.list.paging {
            Paging::PageNumber { number, first, .. } => (number.as_str(), first.saturating_add(page)),
            Paging::Offset { offset, .. } => {
                (offset.as_str(), page.saturating_mul(u64::try_from(rows).unwrap_or(u64::MAX)))
            }
            Paging::None | Paging::Cursor { .. } | Paging::LinkNext { .. } => {
                return url(self.call, self.list, self.since, &[]);
            }
        };
        url(self.call, self.list, self.since, &[(place.0, place.1.to_string())])
    }

    /// Pages `from..to`, or the first of them, several in flight. Gives back the page to go on with.
    fn block(&mut self, from: u64, to: u64, rows: usize) -> Result<u64, Failure> {
        let to = to.min(from.saturating_add(BLOCK));
        let mut requests = Vec::new();
        for page in from..to {
            requests.push(((), self.call.get(self.numbered_url(page, rows)?)?));
        }
        let mut failed = None;
        let (host, width) = (self.call.host, self.call.system.width());
        in_order(host, width, requests.into_iter(), |(), answer| {
            if failed.is_some() {
                return ControlFlow::Break(());
            }
            match self.parse(answer) {
                Ok(page) => {
                    self.take(page);
                    ControlFlow::Continue(())
                }
                Err(failure) => {
                    failed = Some(failure);
                    ControlFlow::Break(())
                }
            }
        });
        match failed {
            Some(failure) => Err(failure),
            None if host.cancelled() => Err(self.call.cancelled()),
            None => Ok(to),
        }
    }

    /// Pages one after another, where nobody says how many there are: an empty one is the last. A short one is not, for a system may leave
    /// out of a page what the credential may not see.
    fn until_empty(&mut self, first: u64, first_rows: usize) -> Result<(), Failure> {
        let mut offset = first_rows;
        let mut rows = first_rows;
        let mut number = first;
        while rows > 0 {
            // Rows per page may vary here, so the offset is what was seen: one page of that many rows.
            let address = match &self.list.paging {
                Paging::Offset { .. } => self.numbered_url(1, offset)?,
                _ => self.numbered_url(number, rows)?,
            };
            let page = self.fetch(address)?;
            rows = page.rows();
            offset = offset.saturating_add(rows);
            number += 1;
            if self.take(page) == 0 && rows > 0 {
                self.trouble = Some(say("rest-list-repeats").with("page", number));
                return Ok(());
            }
        }
        Ok(())
    }

    /// Pages of which each names the next.
    fn follow(&mut self, address: impl Fn(&str) -> Option<Result<String, Failure>>) -> Result<(), Failure> {
        let mut page = self.fetch(url(self.call, self.list, self.since, &[])?)?;
        let mut visited = HashSet::new();
        loop {
            let next = page.next.take();
            self.take(page);
            let Some(next) = next else { return Ok(()) };
            if !visited.insert(hash(&next)) {
                self.trouble = Some(say("rest-list-circle"));
                return Ok(());
            }
            let Some(url) = address(&next) else { return Ok(()) };
            page = self.fetch(url?)?;
        }
    }

    fn fetch(&self, url: String) -> Result<Page, Failure> {
        if self.call.host.cancelled() {
            return Err(self.call.cancelled());
        }
        self.parse(self.call.host.call(self.call.get(url)?))
    }

    fn parse(&self, answer: Result<HttpResponse, Transport>) -> Result<Page, Failure> {
        let what = say("rest-what-page").with("page", self.pages + 1).with("resource", &self.call.resource.name);
        parse(self.call, self.list, answer, what)
    }

    /// Hands the new records of a page over, and says how many they were.
    fn take(&mut self, mut page: Page) -> usize {
        self.pages += 1;
        let rows = page.records.len();
        page.records.retain(|record| self.seen.insert(hash(&record.id)));
        let fresh = page.records.len();
        self.repeated += u64::try_from(rows - fresh).unwrap_or_default();
        if page.nameless > 0 {
            let trouble = say("rest-list-nameless").with("page", self.pages).with("rows", page.nameless);
            let told = fail(Code::Protocol, trouble.clone());
            self.call.host.log(LogLevel::Warn, &format!("{}: {told}", self.call.resource.name));
            self.trouble = Some(trouble);
        }
        if let Some(total) = page.total {
            self.announced = Some((self.announced.map_or(total, |(first, _)| first), total));
        }
        self.page_count = page.pages.or(self.page_count);
        for moment in &page.changed {
            self.note_moment(moment);
        }
        if fresh > 0 {
            self.call.host.emit(Batch { records: page.records });
        }
        fresh
    }

    fn note_moment(&mut self, text: &str) {
        match moment(text) {
            Some(moment) if self.newest.is_none_or(|(newest, _)| newest < moment.0) => self.newest = Some(moment),
            Some(_) => {}
            None => self.timeless = true,
        }
    }

    fn done(self) -> ReadDone {
        let why_incomplete = self.why_incomplete().map(|why| fail(Code::Protocol, why));
        let complete = why_incomplete.is_none();
        ReadDone { complete, why_incomplete, cursor: if complete { self.cursor() } else { None } }
    }

    fn why_incomplete(&self) -> Option<Wording> {
        if let Some(trouble) = &self.trouble {
            return Some(trouble.clone());
        }
        if let Some((first, latest)) = self.announced {
            let seen = u64::try_from(self.seen.len()).unwrap_or(u64::MAX);
            if first != latest {
                return Some(say("rest-list-changed").with("first", first).with("latest", latest));
            }
            if seen != latest {
                let twice = self.repeated > 0;
                let short = say(if twice { "rest-list-short-twice" } else { "rest-list-short" });
                let short = short.with("announced", latest).with("came", seen);
                return Some(if twice { short.with("repeated", self.repeated) } else { short });
            }
        } else if self.repeated > 0 {
            // A record that moved to a later page pushed another one to an earlier.
            return Some(say("rest-list-twice").with("repeated", self.repeated));
        }
        (!self.list.complete).then(|| say("rest-list-no-promise"))
    }

    /// From where to list next time: a little before the newest change seen, and never before the last time.
    fn cursor(&self) -> Option<String> {
        let decl = self.list.since.as_ref().filter(|_| !self.timeless)?;
        let Some((newest, offset)) = self.newest else { return self.since.map(str::to_owned) };
        let start = newest.checked_sub(SignedDuration::from_secs(i64::from(decl.overlap_s))).ok()?;
        match self.since.and_then(moment) {
            Some((before, _)) if before >= start => self.since.map(str::to_owned),
            _ => Some(start.display_with_offset(offset).to_string()),
        }
    }
}

/// Pages whose requests are made ready together.
const BLOCK: u64 = 1000;

/// An instant, and the offset in which it was written.
fn moment(text: &str) -> Option<(Timestamp, Offset)> {
    let instant: Timestamp = text.parse().ok()?;
    let offset = jiff::fmt::temporal::Pieces::parse(text).ok()?.to_numeric_offset().unwrap_or(Offset::UTC);
    Some((instant, offset))
}

fn hash(text: &str) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, text).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}
