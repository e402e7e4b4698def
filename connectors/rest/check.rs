//! From the text of a `connector.toml` to a system that can run, or to messages that say where and what: place, key, near matches. All that
//! does not make sense is said in one go.

use crate::manifest::{ManifestFile, Paging, RecogniserDecl, ResourceDecl, WriteDecl};
use crate::system::{RestResource, System};
use crate::template::Template;
use selaras_connector_api::{Code, Failure};
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

/// Reads and checks a `connector.toml`.
///
/// # Errors
/// When it is not TOML, has unknown or missing keys, or does not make sense; `Code::Settings`, with line and column of each.
pub fn load(text: &str) -> Result<System, Failure> {
    let file: ManifestFile = toml::from_str(text).map_err(|error| {
        let start = error.span().map(|span| span.start);
        failure(&[message(text, start, &with_near_match(error.message()))])
    })?;
    let mut check = Check { file: &file, found: Vec::new() };
    check.whole();
    for (name, own) in &file.resources {
        check.resource(name, own);
    }
    if check.found.is_empty() {
        let resolve = |(name, own): (&String, &ResourceDecl)| {
            RestResource::resolve(name, own, &file.defaults).map(|resource| (name.clone(), resource))
        };
        let resources = file.resources.iter().filter_map(resolve).collect();
        return Ok(System { file, resources });
    }
    let located: Vec<String> =
        check.found.iter().map(|(place, what)| message(text, locate(text, place), what)).collect();
    Err(failure(&located))
}

fn failure(messages: &[String]) -> Failure {
    Failure::new(Code::Settings, messages.join("\n"))
}

/// `connector.toml:12:5: what is wrong`, with the line below it.
fn message(text: &str, start: Option<usize>, what: &str) -> String {
    let Some(before) = start.and_then(|start| text.get(..start)) else {
        return format!("connector.toml: {what}");
    };
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let (line, column) = (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1);
    let shown = text[line_start..].lines().next().unwrap_or_default();
    format!("connector.toml:{line}:{column}: {what}\n  {line} | {shown}")
}

/// "unknown field `pagging`, expected one of `path`, `paging`" gains "; did you mean `paging`?".
fn with_near_match(what: &str) -> String {
    let what = plain_words(what.trim_end());
    if !what.starts_with("unknown") {
        return what;
    }
    let mut words = what.split('`').skip(1).step_by(2);
    let Some(wrong) = words.next() else { return what };
    match nearest(wrong, words) {
        Some(near) => format!("{what}; did you mean `{near}`?"),
        None => what,
    }
}

/// The parsers' words in those of this file.
fn plain_words(what: &str) -> String {
    // Inside of a choice, the TOML parser counts keys itself, and says so in another way.
    let own = what.strip_prefix("unexpected keys in table: ").and_then(|rest| rest.split_once(", available keys: "));
    let Some((wrong, known)) = own else {
        return what.replace("unknown field", "unknown key").replace("missing field", "missing key");
    };
    let quoted = |words: &str| words.split(", ").map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let first = wrong.split(", ").next().unwrap_or(wrong);
    format!("unknown key `{first}`, expected one of {}", quoted(known))
}

/// The known word that a misspelt one most likely stands for.
fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|word| (strsim::damerau_levenshtein(wrong, word), word))
        .filter(|(distance, word)| *distance <= 1 + word.len() / 4)
        .min()
        .map(|(_, word)| word)
}

/// Where a key stands, or the last of its parents that is there.
fn locate(text: &str, place: &[String]) -> Option<usize> {
    let root = DeTable::parse(text).ok()?;
    let mut table = root.get_ref();
    let mut start = None;
    for key in place {
        let Some((found, value)) = table.iter().find(|(name, _)| name.get_ref().as_ref() == key.as_str()) else {
            break;
        };
        start = Some(found.span().start);
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    start
}

type Found = Vec<(Vec<String>, String)>;

struct Check<'a> {
    file: &'a ManifestFile,
    found: Found,
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c))
}

impl Check<'_> {
    fn say(&mut self, place: &[&str], what: String) {
        self.found.push((place.iter().map(|&key| key.to_owned()).collect(), what));
    }

    fn whole(&mut self) {
        let file = self.file;
        if !is_name(&file.name) {
            self.say(&["name"], format!("`{}` is no name; use a-z, 0-9, `-` and `_`, with a letter first", file.name));
        }
        let templates = [
            ("base_url", Some(&file.base_url)),
            ("endpoint", Some(&file.endpoint)),
            ("endpoint_title", file.endpoint_title.as_ref()),
        ];
        for (key, template) in templates {
            self.slots(&[key], template, &[]);
        }
        if let Some(login) = &file.login {
            self.slots(&["login", "path"], Some(&login.path), &[]);
            // A slot may hold anything, so only a path that begins with text can be judged.
            if login.path.fill(|_| Some("/".to_owned())).is_ok_and(|path| !path.starts_with('/')) {
                self.say(&["login", "path"], "the path of `login` must start with `/`".into());
            }
        }
        for (name, setting) in &file.settings {
            if setting.required && setting.default.is_some() {
                self.say(
                    &["settings", name],
                    format!("setting `{name}` is required and has a default; leave one of them out"),
                );
            }
        }
        if file.budget.is_some_and(|budget| budget.per_second == 0 || budget.parallel == 0) {
            self.say(
                &["budget"],
                "a budget of nothing lets no call through; leave `budget` out where no limit is known".into(),
            );
        }
        for code in file.errors.definite.iter().filter(|code| !file.errors.codes.contains_key(*code)) {
            self.say(&["errors", "definite"], format!("`{code}` is not among `errors.codes`"));
        }
        if !file.errors.codes.is_empty() && file.errors.code.is_none() {
            self.say(&["errors", "codes"], "`errors.codes` needs `errors.code`: where a code stands".into());
        }
        if file.resources.is_empty() {
            self.say(&["resources"], "there are no resources; each is a table `[resources.NAME]`".into());
        }
    }

    /// Slots must be settings or one of `more`.
    fn slots(&mut self, place: &[&str], template: Option<&Template>, more: &[&str]) {
        let settings = self.file.settings.keys().map(String::as_str);
        let known: Vec<&str> = more.iter().copied().chain(settings).collect();
        for slot in template.into_iter().flat_map(Template::slots).filter(|slot| !known.contains(slot)) {
            let hint = match nearest(slot, known.iter().copied()) {
                Some(near) => format!("did you mean `{{{near}}}`?"),
                None if known.is_empty() => "no setting is declared under `[settings]`".to_owned(),
                None => format!("there is {}", known.join(", ")),
            };
            self.say(place, format!("nothing fills the slot `{{{slot}}}`; {hint}"));
        }
    }

    fn resource(&mut self, name: &str, own: &ResourceDecl) {
        let defaults = &self.file.defaults;
        let place = ["resources", name];
        if !is_name(name) {
            self.say(&place, format!("`{name}` is no name; use a-z, 0-9, `-` and `_`, with a letter first"));
        }
        let needed = [
            ("title", own.title.is_some() || defaults.title.is_some()),
            ("path", own.path.is_some() || defaults.path.is_some()),
            ("id", own.id.is_some() || defaults.id.is_some()),
        ];
        for (key, _) in needed.into_iter().filter(|(_, there)| !there) {
            self.say(&place, format!("resource `{name}` lacks `{key}`, and `defaults` has none"));
        }
        let Some(resource) = RestResource::resolve(name, own, defaults) else { return };
        if !resource.path.starts_with('/') {
            self.say(&[&place[..], &["path"]].concat(), format!("`{}` must start with `/`", resource.path));
        }
        self.reads(&resource, own);
        self.writes(&resource, own);
        self.members(&resource, own);
    }

    /// Where a key stands: with the resource if it has it itself, else with the defaults.
    fn home<'n>(name: &'n str, is_own: bool, keys: &[&'n str]) -> Vec<&'n str> {
        let parent: &[&str] = if is_own { &["resources", name] } else { &["defaults"] };
        [parent, keys].concat()
    }

    fn reads(&mut self, resource: &RestResource, own: &ResourceDecl) {
        let name = resource.name.as_str();
        if let Some(list) = &resource.list {
            let is_own = own.list.is_some();
            self.slots(&Self::home(name, is_own, &["list", "path"]), list.path.as_ref(), &["path"]);
            if list.page_size == 0 {
                self.say(&Self::home(name, is_own, &["list", "page_size"]), "a page holds at least one record".into());
            }
            let numbered = matches!(list.paging, Paging::PageNumber { .. } | Paging::Offset { .. });
            if list.page_count.is_some() && !numbered {
                self.say(
                    &Self::home(name, is_own, &["list", "page_count"]),
                    "`page_count` goes with the paging styles page-number and offset only".into(),
                );
            }
        }
        if let Some(get) = &resource.get {
            self.slots(&Self::home(name, own.get.is_some(), &["get", "path"]), Some(&get.path), &["path", "id"]);
        }
        for (header, value) in &resource.headers {
            self.slots(&Self::home(name, own.headers.is_some(), &["headers", header]), Some(value), &[]);
        }
    }

    fn writes(&mut self, resource: &RestResource, own: &ResourceDecl) {
        let name = resource.name.as_str();
        self.write("create", resource, own.create.is_some(), resource.create.as_ref(), &["path"]);
        self.write("update", resource, own.update.is_some(), resource.update.as_ref(), &["path", "id"]);
        self.write("delete", resource, own.delete.is_some(), resource.delete.as_ref(), &["path", "id"]);
        if let Some(batch) = &resource.batch {
            let is_own = own.batch.is_some();
            self.slots(&Self::home(name, is_own, &["batch", "path"]), Some(&batch.path), &["path"]);
            if batch.max == 0 {
                self.say(&Self::home(name, is_own, &["batch", "max"]), "a batch holds at least one item".into());
            }
        }
        let can_update =
            resource.update.is_some() || resource.batch.as_ref().is_some_and(|b| b.methods.update.is_some());
        if resource.deactivate.is_some() && !can_update {
            self.say(
                &Self::home(name, own.deactivate.is_some(), &["deactivate"]),
                format!("`deactivate` is an update, and resource `{name}` has none"),
            );
        }
    }

    fn write(&mut self, key: &str, resource: &RestResource, is_own: bool, decl: Option<&WriteDecl>, slots: &[&str]) {
        let Some(decl) = decl else { return };
        let place = Self::home(&resource.name, is_own, &[key, "path"]);
        self.slots(&place, Some(&decl.path), slots);
        let place = Self::home(&resource.name, is_own, &[key, "method"]);
        if !matches!(decl.method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE") {
            // The host lets GETs through while a run only looks; a write by GET would undo that promise.
            self.say(&place, format!("`{}` cannot write; use POST, PUT, PATCH or DELETE", decl.method));
        }
        let Some(if_match) = &decl.if_match else { return };
        let place = Self::home(&resource.name, is_own, &[key, "if_match"]);
        self.slots(&place, Some(if_match), &["version"]);
        if resource.version.is_none() {
            self.say(&place, format!("resource `{}` has no `version` to expect", resource.name));
        }
        if key == "create" {
            self.say(&place, "a create cannot expect a version".into());
        }
    }

    /// Members named anywhere must be known, where the members are known at all.
    fn members(&mut self, resource: &RestResource, own: &ResourceDecl) {
        let name = resource.name.as_str();
        let fields = &resource.fields;
        let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
        for member in fields.read_write.iter().chain(&fields.read_only).chain(&fields.write_only) {
            *seen.entry(member).or_default() += 1;
        }
        for (member, _) in seen.iter().filter(|(_, times)| **times > 1) {
            let what = format!("member `{member}` of `{name}` is named twice; `defaults.fields` counts too");
            self.say(&["resources", name, "fields"], what);
        }
        if seen.is_empty() {
            return;
        }
        let marked: Vec<&String> = match &resource.recogniser {
            RecogniserDecl::OwnNumber(path) | RecogniserDecl::Marker(path) => vec![path],
            RecogniserDecl::NaturalKey(paths) => paths.iter().collect(),
            RecogniserDecl::None => Vec::new(),
        };
        let recogniser = marked.into_iter().map(|m| ("recogniser", own.recogniser.is_some(), m));
        let deactivate = resource.deactivate.iter().map(|d| ("deactivate", own.deactivate.is_some(), &d.path));
        let numbers = resource.numbers.iter().map(|m| ("numbers", own.numbers.is_some(), m));
        let named: Vec<_> = recogniser.chain(deactivate).chain(numbers).collect();
        for (key, is_own, member) in named {
            if !seen.contains_key(member.as_str()) {
                let hint = nearest(member, seen.keys().copied()).map(|near| format!("; did you mean `{near}`?"));
                let what = format!("`{name}` has no member `{member}`{}", hint.unwrap_or_default());
                self.say(&Self::home(name, is_own, &[key]), what);
            }
        }
    }
}
