//! `runner connect`: from nothing to a system that is bound to its database and branch, resumable at each step; or a login, for a system that
//! has nothing to choose. Each step is on disk before the next begins.

mod choose;
mod consent;
mod login;
mod talk;

use super::Context;
use super::session::{quoted, simulated, start_sandbox};
use crate::args::ConnectArgs;
use crate::connection::{Connection, Connections, Place, Stage};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::{self, Source};
use crate::signals;
use crate::variable;
use selaras_connector_api::{Auth, Code, Failure as Said, Manifest};
use selaras_host::{Host, HostError, System, SystemSettings};
use selaras_mapping::program::{Mapping, SystemDecl};
use selaras_model::{Message, Side};
use selaras_run::RunError;
use selaras_run::rights::{self, Deed, Lack, Needs};
use selaras_sandbox::Sandbox;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A system while it is being connected.
struct Connecting<'a> {
    context: &'a Context,
    args: &'a ConnectArgs,
    mapping: Mapping,
    side: Side,
    decl: SystemDecl,
    manifest: Manifest,
    /// What is known of the system before it is connected.
    base: SystemSettings,
    connections: Connections,
    connection: Connection,
    cancel: Arc<AtomicBool>,
    host: Host,
    sandbox: Option<Sandbox>,
}

/// Runs the command.
pub fn run(context: &Context, args: &ConnectArgs) -> Result<Exit, Failure> {
    let mut work = Connecting::open(context, args)?;
    let exit = if work.binds() { work.bind() } else { work.login() };
    let stopped = work.sandbox.take().map_or(Ok(()), |sandbox| sandbox.stop().map_err(Failure::as_is));
    let exit = exit?;
    stopped.map(|()| exit)
}

/// The system of a mapping that a command names.
pub(super) fn named<'m>(mapping: &'m Mapping, name: &str) -> Result<(Side, &'m SystemDecl), Failure> {
    let found = Side::BOTH.into_iter().find(|side| mapping.systems.get(*side).name == name);
    found.map(|side| (side, mapping.systems.get(side))).ok_or_else(|| {
        let known = format!("{}, {}", mapping.systems.left.name, mapping.systems.right.name);
        Failure::new(Message::new("connect-no-such-system").with("system", name).with("known", known))
    })
}

impl<'a> Connecting<'a> {
    fn open(context: &'a Context, args: &'a ConnectArgs) -> Result<Self, Failure> {
        let mapping = Source::read(&args.mapping, &context.loaded)?.usable(&context.catalogue)?;
        let (side, decl) = named(&mapping, &args.system)?;
        let decl = decl.clone();
        let connections = Connections::of(&context.loaded, &args.place, variable)?;
        let connection = connections.read(&decl.name)?.unwrap_or_else(|| Connection::new(&decl.name));
        let state = context.loaded.state_dir(args.place.state.as_deref());
        let sandbox = args.place.sandbox.then(|| start_sandbox(&state)).transpose()?;
        let cancel = signals::cancel_flag(&context.catalogue);
        let host = project::host(&context.loaded, Some(&args.mapping), &cancel, Some(&connections))?;
        let manifest = host.load(&decl.connector).map_err(|error| Failure::from(&error))?.manifest;
        let mut base = match &sandbox {
            Some(sandbox) => simulated(sandbox, &decl)?,
            None => context.loaded.system_so_far(&decl, variable)?,
        };
        if sandbox.is_some() {
            // What the sandbox would take without being asked is the choice that is to be made here.
            base.values.retain(|name, _| name == "base_url");
        }
        Ok(Self { context, args, mapping, side, decl, manifest, base, connections, connection, cancel, host, sandbox })
    }

    /// Whether the system has databases to choose from; others are merely logged in to.
    fn binds(&self) -> bool {
        self.manifest.settings.iter().any(|setting| setting.name == "database")
    }

    fn offers_consent(&self) -> bool {
        self.manifest.auth.iter().any(|way| matches!(way, Auth::OAuth2 { .. }))
    }

    fn bind(&mut self) -> Result<Exit, Failure> {
        if !self.begin_again()? && self.connection.stage == Stage::Connected && self.still_open()? {
            self.say(Message::new("connect-already").with("place", self.place()));
            self.say(Message::new("connect-already-help").with("command", self.command("disconnect", "")));
            return Ok(Exit::Done);
        }
        loop {
            match self.connection.stage {
                Stage::Disconnected | Stage::Authorising => self.authorise()?,
                Stage::AwaitingConfirmation => self.confirm()?,
                Stage::ChoosingDatabase => self.choose_database()?,
                Stage::ChoosingBranch => self.choose_branch()?,
                Stage::Connected => return Ok(self.finished()),
            }
        }
    }

    /// Takes up what the arguments, or a grant that has ended, ask to be done anew. Tells whether there is any.
    fn begin_again(&mut self) -> Result<bool, Failure> {
        let facts = self.connections.vault().facts_unless_lost(&self.decl.name).map_err(|error| self.failed(&error))?;
        let granted = !matches!(self.connection.stage, Stage::Disconnected | Stage::Authorising);
        let gone = facts.as_ref().is_none_or(|facts| facts.scheme.is_none() || facts.dead_since.is_some());
        if granted && (self.args.again || gone) {
            self.connection.authorising();
            return self.keep().map(|()| true);
        }
        let elsewhere = |wanted: &Option<String>, place: &Option<Place>| {
            wanted.as_ref().is_some_and(|wanted| {
                place.as_ref().is_none_or(|place| place.id != *wanted && !place.title.eq_ignore_ascii_case(wanted))
            })
        };
        let moves = elsewhere(&self.args.database, &self.connection.database)
            || elsewhere(&self.args.branch, &self.connection.branch);
        if self.connection.stage == Stage::Connected && moves {
            self.connection.confirmed();
            return self.keep().map(|()| true);
        }
        Ok(false)
    }

    /// Whether the system still takes what it was connected with. If it refuses it, access is to be given again.
    fn still_open(&mut self) -> Result<bool, Failure> {
        let id = |place: &Option<Place>| place.as_ref().map(|place| place.id.clone());
        let (database, branch) = (id(&self.connection.database), id(&self.connection.branch));
        let mut system = self.system(database.as_deref(), branch.as_deref())?;
        let opened = system.open();
        system.close();
        match opened {
            Ok(_) => {
                self.connections.note(&self.decl.name, false, now());
                Ok(true)
            }
            Err(said) if matches!(said.code, Code::Unauthorised | Code::NotConnected) => {
                self.connection.authorising();
                self.keep().map(|()| false)
            }
            // The place it was connected to is gone: another is to be chosen. It stays the one that is wanted, or the only other one would be
            // linked without a question.
            Err(said) if said.code == Code::Settings => {
                let again = Message::new("connect-place-gone").with("place", self.place()).with("said", &said.text);
                self.say(again);
                self.connection.confirmed();
                self.keep().map(|()| false)
            }
            Err(said) => Err(self.refused(said)),
        }
    }

    /// Everything that the mapping may ask of this system.
    fn needs(&self) -> Needs {
        rights::of_mapping(&self.mapping, &self.manifest, self.side)
    }

    fn keep(&self) -> Result<(), Failure> {
        self.connections.write(&self.connection)
    }

    /// The system, as far as its settings are known.
    fn system(&self, database: Option<&str>, branch: Option<&str>) -> Result<System, Failure> {
        let mut settings = self.base.clone();
        for (name, value) in [("database", database), ("branch", branch)] {
            settings.values.remove(name);
            settings.values.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        }
        (settings.auth, settings.stored) = (None, true);
        self.host.system(&self.decl.name, &settings).map_err(|error| self.failed(&error))
    }

    fn finished(&self) -> Exit {
        self.say(Message::new("connect-done").with("place", self.place()));
        let other = &self.mapping.systems.get(self.side.other()).name;
        self.say(Message::new("connect-done-login").with("system", other));
        console::say(&format!("    {}", self.command_of("connect", other, "")));
        Exit::Done
    }

    /// What the system is bound to, as people call it.
    fn place(&self) -> String {
        let parts = [&self.connection.database, &self.connection.branch];
        let titles: Vec<&str> = parts.into_iter().flatten().map(|place| place.title.as_str()).collect();
        titles.join(", ")
    }

    fn say(&self, message: Message) {
        console::say(&self.context.catalogue.render(&message));
    }

    /// A command about this system that can be copied.
    fn command(&self, verb: &str, flags: &str) -> String {
        self.command_of(verb, &self.decl.name, flags)
    }

    fn command_of(&self, verb: &str, system: &str, flags: &str) -> String {
        command(verb, system, self.args, flags)
    }

    /// It does not go on without somebody: what is missing, and the command that goes on from here.
    fn waits(&self, what: Message, flags: &str) -> Failure {
        let help = Message::new("connect-go-on").with("command", self.command("connect", flags));
        Failure::new(what).help(help).ending(Exit::NotConnected)
    }

    /// What the host says about access.
    fn failed(&self, error: &HostError) -> Failure {
        Failure::new(error.message_by(&|note| self.context.catalogue.render(note))).ending(Exit::NotConnected)
    }

    /// What the system itself says.
    fn refused(&self, said: Said) -> Failure {
        let error = RunError::System { system: self.decl.name.clone(), failure: said };
        let help = Message::new("connect-go-on").with("command", self.command("connect", ""));
        Failure::new(error.message()).help(help).ending(Exit::NotConnected)
    }

    /// Rights that are missing, by name.
    fn lacking(&self, lacks: &[Lack], role: Option<&str>) -> Failure {
        let catalogue = &self.context.catalogue;
        let mut lines: Vec<String> = lacks.iter().map(|lack| lack_line(catalogue, lack)).collect();
        lines.extend(role.map(|role| catalogue.render(&Message::new("rights-role").with("role", role))));
        let account = self.connection.account.as_deref().unwrap_or("–");
        let what = Message::new("connect-rights").with("account", account).with("rights", lines.join("\n"));
        let help = Message::new("connect-rights-help").with("command", self.command("connect", " --again"));
        Failure::new(what).help(help).ending(Exit::NotConnected)
    }
}

/// A command that can be copied, with the flags that say where things are.
pub(super) fn command(verb: &str, system: &str, args: &ConnectArgs, flags: &str) -> String {
    let mut text = format!("runner {verb} {}", quoted(system));
    if args.mapping != std::path::Path::new(crate::args::DEFAULT_MAPPING) {
        text.push_str(&format!(" --mapping {}", quoted(&args.mapping.display().to_string())));
    }
    if args.api_token && verb == "connect" && system == args.system {
        text.push_str(" --api-token");
    }
    text.push_str(&super::session::place_flags(&args.place));
    text.push_str(flags);
    text
}

/// A missing right in words: `Pelanggan: simpan (customer_save)`.
pub fn lack_line(catalogue: &crate::catalogue::Catalogue, lack: &Lack) -> String {
    let deed = catalogue.text(deed_key(lack.deed));
    let name = lack.right.as_ref().map(|right| format!(" ({right})")).unwrap_or_default();
    format!("{}: {deed}{name}", lack.title)
}

/// The words for what a right allows.
pub fn deed_key(deed: Deed) -> &'static str {
    match deed {
        Deed::View => "rights-view",
        Deed::Save => "rights-save",
        Deed::Delete => "rights-delete",
    }
}

/// The time, in Unix seconds.
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
