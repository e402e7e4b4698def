//! The choices: is it the right service and account, which database, which branch. Nothing is bound until the branch is submitted, and where
//! there is only one nothing is asked.

use super::{Connecting, now};
use crate::connection::Place;
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use selaras_connector_api::{Code, RightsRequest, Space};
use selaras_host::{System, fault};
use selaras_mapping::program::Direction;
use selaras_model::{Message, Side};
use selaras_run::rights::role_lacking;

/// What is chosen, as keys of messages and names of flags.
#[derive(Clone, Copy)]
enum What {
    Database,
    Branch,
}

impl What {
    fn flag(self) -> &'static str {
        match self {
            What::Database => "--database",
            What::Branch => "--branch",
        }
    }

    fn key(self, rest: &str) -> String {
        match self {
            What::Database => format!("connect-database{rest}"),
            What::Branch => format!("connect-branch{rest}"),
        }
    }
}

/// A choice, and whether a person made it just now.
struct Chosen {
    place: Place,
    asked: bool,
}

impl Connecting<'_> {
    /// Konfirmasi Integrasi: the service and the account are the right ones.
    pub(super) fn confirm(&mut self) -> Result<(), Failure> {
        let account = self.connection.account.clone().unwrap_or_else(|| "–".to_owned());
        let address = self.base.values.get("base_url").cloned().unwrap_or_default();
        let message = Message::new("connect-confirm").with("title", &self.manifest.title).with("account", account);
        self.say(message.with("address", address));
        let confirmed = self.args.confirm || self.args.yes || (console::can_ask() && self.ask("connect-confirm-ask"));
        if !confirmed {
            return Err(self.waits(Message::new("connect-not-confirmed"), " --confirm"));
        }
        self.connection.confirmed();
        self.keep()?;
        fault::point("connect-confirmed");
        Ok(())
    }

    pub(super) fn choose_database(&mut self) -> Result<(), Failure> {
        let mut system = self.system(None, None)?;
        let spaces = system.spaces(None).map_err(|said| self.refused(said))?;
        if spaces.is_empty() {
            return Err(self.waits(Message::new("connect-database-none").with("title", &self.manifest.title), ""));
        }
        let known = self.connection.database.as_ref().map(|place| place.id.clone());
        let wanted = self.args.database.clone().or(known).or_else(|| self.base.values.get("database").cloned());
        let chosen = self.pick(What::Database, &spaces, wanted.as_deref())?;
        // Opening it comes before noting it: a trial that has ended says so here.
        self.branches(&mut system, &chosen.place.id)?;
        system.close();
        self.connection.chose_database(Some(chosen.place));
        self.keep()?;
        fault::point("connect-database");
        Ok(())
    }

    /// The branches; where they may not be listed, the one that was named by its id. Opening it will show whether it is there.
    fn branches(&self, system: &mut System, database: &str) -> Result<Vec<Space>, Failure> {
        match (system.spaces(Some(database)), &self.args.branch) {
            (Ok(spaces), _) => Ok(spaces.into_iter().flat_map(|space| space.branches).collect()),
            (Err(said), Some(id)) if said.code == Code::Forbidden => {
                Ok(vec![Space { id: id.clone(), title: id.clone(), unusable: None, branches: Vec::new() }])
            }
            (Err(said), _) => Err(self.refused(said)),
        }
    }

    pub(super) fn choose_branch(&mut self) -> Result<(), Failure> {
        let database = self.connection.database.as_ref().map(|place| place.id.clone());
        let mut system = self.system(database.as_deref(), None)?;
        let branches = match &database {
            Some(database) => self.branches(&mut system, database)?,
            None => Vec::new(),
        };
        system.close();
        let known = self.connection.branch.as_ref().map(|place| place.id.clone());
        let wanted = self.args.branch.clone().or(known).or_else(|| self.base.values.get("branch").cloned());
        let chosen = match branches.is_empty() {
            true => None,
            false => Some(self.pick(What::Branch, &branches, wanted.as_deref())?),
        };
        let asked = chosen.as_ref().is_some_and(|chosen| chosen.asked);
        let branch = chosen.map(|chosen| chosen.place);
        self.check_rights(database.as_deref(), branch.as_ref())?;
        self.describe(branch.as_ref());
        if asked && !self.args.yes && !self.ask("connect-submit-ask") {
            return Err(self.waits(Message::new("connect-not-submitted"), ""));
        }
        self.end_login()?;
        self.connection.submitted(branch, now());
        self.keep()?;
        fault::point("connect-submitted");
        Ok(())
    }

    /// Whoever was logged in to the other system is not any more (reference 1.3, step 6). Said first: killed in between, a login too many is
    /// asked for, not one too few.
    fn end_login(&self) -> Result<(), Failure> {
        let other = &self.mapping.systems.get(self.side.other()).name;
        match self.connections.read(other) {
            Ok(Some(mut other)) if other.login_at.is_some() => {
                other.login_at = None;
                self.connections.write(&other)
            }
            // One that cannot be read stands in the way of every run; whoever mends it logs in again.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Rights are looked at where they count: in the database and branch that will be worked on.
    fn check_rights(&mut self, database: Option<&str>, branch: Option<&Place>) -> Result<(), Failure> {
        let mut system = self.system(database, branch.map(|branch| branch.id.as_str()))?;
        system.open().map_err(|said| self.refused(said))?;
        let needs = self.needs();
        let rights = system.rights(&RightsRequest { probe: needs.resources() }).map_err(|said| self.refused(said))?;
        system.close();
        self.connection.role.clone_from(&rights.role);
        if rights.account.is_some() {
            self.connection.account.clone_from(&rights.account);
        }
        if rights.held.is_some() {
            self.connection.granted.clone_from(&rights.held);
        }
        let lacks = needs.lacking(&rights);
        let role = role_lacking(&self.mapping.permissions, self.side, &rights);
        let failure = (!lacks.is_empty() || role.is_some()).then(|| self.lacking(&lacks, role));
        self.connection.missing = lacks;
        self.keep()?;
        failure.map_or(Ok(()), Err)
    }

    /// What will be linked.
    fn describe(&self, branch: Option<&Place>) {
        let names = self.mapping.systems.as_ref().map(|system| system.name.as_str());
        let database = self.connection.database.as_ref().map_or("–", |place| place.title.as_str());
        let branch = branch.map_or_else(String::new, |branch| format!(", {}", branch.title));
        let other = names.get(self.side.other());
        self.say(Message::new("connect-links").with("place", format!("{database}{branch}")).with("other", other));
        for entity in &self.mapping.entities {
            let arrow = match entity.sync {
                Direction::TwoWay => "⇄",
                Direction::Towards(Side::Left) => "←",
                Direction::Towards(Side::Right) => "→",
            };
            console::say(&format!("  {} {arrow} {}  {}", names.left, names.right, entity.name));
        }
    }

    /// A database or branch: the one wanted, the only one, or the one that somebody picks.
    fn pick(&self, what: What, spaces: &[Space], wanted: Option<&str>) -> Result<Chosen, Failure> {
        let chosen = |space: &Space, asked| {
            let place = Place { id: space.id.clone(), title: space.title.clone() };
            match &space.unusable {
                None => Ok(Chosen { place, asked }),
                Some(why) => {
                    let why = self.why_unusable(why);
                    let message = Message::new(&what.key("-unusable")).with("name", &space.title).with("why", why);
                    Err(self.listed(message, what, spaces))
                }
            }
        };
        if let Some(wanted) = wanted {
            let found = spaces.iter().find(|space| space.id == wanted);
            let found = found.or_else(|| spaces.iter().find(|space| space.title.eq_ignore_ascii_case(wanted)));
            return match found {
                Some(space) => chosen(space, false),
                None => Err(self.listed(Message::new(&what.key("-unknown")).with("wanted", wanted), what, spaces)),
            };
        }
        let usable: Vec<&Space> = spaces.iter().filter(|space| space.unusable.is_none()).collect();
        if let [only] = usable.as_slice() {
            return chosen(only, false);
        }
        if usable.is_empty() || !console::can_ask() {
            return Err(self.listed(Message::new(&what.key("-open")), what, spaces));
        }
        self.say(Message::new(&what.key("-which")));
        for (at, space) in usable.iter().enumerate() {
            console::say(&format!("  {}) {} ({})", at + 1, space.title, space.id));
        }
        let answer = self.line("connect-number")?.and_then(|text| text.trim().parse::<usize>().ok());
        match answer.and_then(|number| usable.get(number.checked_sub(1)?)) {
            Some(space) => chosen(space, true),
            None => Err(self.listed(Message::new(&what.key("-open")), what, spaces)),
        }
    }

    /// Known reasons have words in both languages; others are the system's own.
    fn why_unusable(&self, why: &str) -> String {
        match why {
            "expired" => self.context.catalogue.text("connect-expired"),
            "suspended" => self.context.catalogue.text("connect-suspended"),
            other => other.to_owned(),
        }
    }

    /// A choice that is open, with what there is to choose from.
    fn listed(&self, what: Message, kind: What, spaces: &[Space]) -> Failure {
        let line = |space: &Space| {
            let note = space.unusable.as_ref().map(|why| format!(" [{}]", self.why_unusable(why))).unwrap_or_default();
            format!("{}  {}{note}", space.id, space.title)
        };
        let listed = spaces.iter().map(line).collect::<Vec<_>>().join("\n");
        let example = spaces.iter().find(|space| space.unusable.is_none()).map_or("ID", |space| space.id.as_str());
        let command = self.command("connect", &format!(" {} {example}", kind.flag()));
        let help = Message::new("connect-choose").with("choices", listed).with("command", command);
        Failure::new(what).help(help).ending(Exit::NotConnected)
    }
}
