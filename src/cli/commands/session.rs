//! Opens what a run works on: the mapping, both systems (real or simulated), the state.

use super::Context;
use super::entry::Entry;
use crate::args::{DEFAULT_MAPPING, Only, PlaceArgs, SelectArgs};
use crate::connection::Connections;
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::Bars;
use crate::project::{self, Source};
use crate::signals;
use crate::variable;
use selaras_connector_api::Code;
use selaras_host::{AuthSettings, Host, HostError, Secret, SystemSettings};
use selaras_mapping::program::{Group, Mapping, SystemDecl};
use selaras_model::{EntityName, Hash128, Message, PerSide, RunId, Side};
use selaras_plan::Plan;
use selaras_run::{Applied, Class, Planned, RunError, SavedPlan, Selection, Workspace};
use selaras_sandbox::Sandbox;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The state's file in the folder of the state.
pub const STATE: &str = "state.db";
/// The sandbox's data in the folder of the state.
pub const SANDBOX: &str = "sandbox.json";

/// An open workspace. The sandbox, if there is one, lives as long and no longer.
pub struct Session {
    /// The workspace.
    pub workspace: Workspace,
    host: Host,
    cancel: Arc<AtomicBool>,
    sandbox: Option<Sandbox>,
    connections: Connections,
    file: PathBuf,
    place: PlaceArgs,
}

impl Session {
    /// Opens a mapping between its systems.
    pub fn open(context: &Context, file: &Path, place: &PlaceArgs) -> Result<Self, Failure> {
        let mapping = Source::read(file, &context.loaded)?.usable(&context.catalogue)?;
        let state = context.loaded.state_dir(place.state.as_deref());
        let sandbox = place.sandbox.then(|| start_sandbox(&state)).transpose()?;
        let cancel = signals::cancel_flag(&context.catalogue);
        let connections = Connections::of(&context.loaded, place, variable)?;
        let host = project::host(&context.loaded, Some(file), &cancel, Some(&connections))?;
        let entry = Entry { connections: &connections, file, place };
        let system = |side: Side| {
            let decl = mapping.systems.get(side);
            let settings = entry.settings(decl, mapping.systems.get(side.other()), |connected| match &sandbox {
                Some(sandbox) => simulated(sandbox, decl),
                None if connected => context.loaded.system_so_far(decl, variable),
                None => context.loaded.system(decl, variable),
            })?;
            if settings.auth.is_none() && !settings.stored {
                let manifest = host.load(&decl.connector).map_err(|error| unusable(context, &error))?.manifest;
                if !manifest.auth.is_empty() {
                    return Err(entry.never(decl));
                }
            }
            host.system(&decl.name, &settings).map_err(|error| unusable(context, &error))
        };
        let systems = PerSide::new(system(Side::Left)?, system(Side::Right)?);
        let reconnect = |error: RunError| {
            note_refusal(&connections, &error);
            failed_with(error, file, place)
        };
        let workspace = Workspace::open(mapping, systems, &state.join(STATE)).map_err(reconnect)?;
        if let Some(changes) = workspace.lost_state().map_err(failed)? {
            let lost = Message::new("state-lost").with("changes", changes);
            console::say_fitted(&context.catalogue.render(&lost), 0);
        }
        Ok(Self { workspace, host, cancel, sandbox, connections, file: file.to_owned(), place: place.clone() })
    }

    /// Makes a plan. Nothing is written.
    pub fn plan(&mut self, context: &Context, select: &SelectArgs) -> Result<Planned, Failure> {
        let selection = selection(select, self.workspace.mapping())?;
        let planned = self.plan_of(context, &selection)?;
        if let Some(record) = select.record.as_ref().filter(|_| nothing_due(&planned.plan)) {
            console::say(&context.catalogue.render(&Message::new("record-quiet").with("record", record)));
        }
        Ok(planned)
    }

    /// Makes a plan of a selection. Nothing is written.
    pub fn plan_of(&mut self, context: &Context, selection: &Selection) -> Result<Planned, Failure> {
        let cancel = Arc::clone(&self.cancel);
        let bars = Bars::new(&context.catalogue, self.systems(), &cancel);
        let now = now_ms();
        let planned = self.workspace.plan(&run_id(now), selection, now, &bars);
        bars.clear();
        planned.map_err(|error| self.failed(error))
    }

    /// Looks again at what a plan was made from, and says what of it still holds. Nothing is written.
    pub fn review(&mut self, context: &Context, plan: &Reviewed<'_>) -> Result<Planned, Failure> {
        let cancel = Arc::clone(&self.cancel);
        let bars = Bars::new(&context.catalogue, self.systems(), &cancel);
        let now = now_ms();
        let run = run_id(now);
        let reviewed = match plan {
            Reviewed::Saved(saved) => self.workspace.review(&run, saved, now, &bars),
            Reviewed::Made(planned, select) => {
                let selection = selection(select, self.workspace.mapping())?;
                self.workspace.review_of(&run, planned, &selection, now, &bars)
            }
        };
        bars.clear();
        reviewed.map_err(|error| self.failed(error))
    }

    /// Asks whether to go ahead. Ctrl-C is a no.
    pub fn ask(&self, context: &Context) -> bool {
        console::ask(&context.catalogue, "ask-apply", &self.cancel)
    }

    /// Carries a plan out.
    pub fn apply(&mut self, context: &Context, planned: &Planned) -> Result<Applied, Failure> {
        let cancel = Arc::clone(&self.cancel);
        let bars = Bars::new(&context.catalogue, self.systems(), &cancel);
        let permit = self.host.permit_writes();
        let applied = self.workspace.apply(&permit, planned, &now_ms, &bars, &self.cancel);
        bars.clear();
        let applied = applied.map_err(|error| self.failed(error))?;
        for side in Side::BOTH {
            let name = &self.workspace.mapping().systems.get(side).name;
            self.connections.note(name, applied.ended == Some(side), now_ms() / 1000);
        }
        Ok(applied)
    }

    /// A run's error, with the command that helps.
    fn failed(&self, error: RunError) -> Failure {
        note_refusal(&self.connections, &error);
        failed_with(error, &self.file, &self.place)
    }

    /// What is said when the access to a system ended in the middle of a run.
    pub fn access_ended(&self, system: &str) -> Failure {
        let command = connect_command(system, &self.file, &self.place);
        let help = Message::new("connect-again").with("command", command);
        Failure::new(Message::new("access-ended").with("system", system)).help(help).ending(Exit::NotConnected)
    }

    /// The names of both systems.
    fn systems(&self) -> PerSide<String> {
        self.workspace.mapping().systems.as_ref().map(|system| system.name.clone())
    }

    /// Ends the sessions and keeps the sandbox's data.
    pub fn close(mut self) -> Result<(), Failure> {
        self.workspace.close();
        self.sandbox.map_or(Ok(()), |sandbox| sandbox.stop().map_err(Failure::as_is))
    }
}

/// A plan to be looked at again.
pub enum Reviewed<'a> {
    /// One from a file.
    Saved(&'a SavedPlan),
    /// One that was made a moment ago, of this part of the mapping.
    Made(&'a Planned, &'a SelectArgs),
}

/// Whether a plan is about no record. One that is the same on both sides as at the last run is not in it either.
fn nothing_due(plan: &Plan) -> bool {
    plan.entities.iter().all(|entity| Side::BOTH.iter().all(|side| entity.counts.get(*side).seen == 0))
        && plan.actions.is_empty()
        && plan.conflicts.is_empty()
        && plan.problems.is_empty()
}

/// What of the mapping takes part.
pub fn selection(args: &SelectArgs, mapping: &Mapping) -> Result<Selection, Failure> {
    let entities: Vec<EntityName> = args.entities.iter().map(|name| EntityName(name.clone())).collect();
    if let Some(unknown) = entities.iter().find(|name| mapping.entity(name).is_none()) {
        let known: Vec<&str> = mapping.entities.iter().map(|entity| entity.name.as_str()).collect();
        let what = Message::new("entity-unknown").with("entity", unknown).with("known", known.join(", "));
        let likeness = |name: &&str| strsim::jaro_winkler(&name.to_lowercase(), &unknown.as_str().to_lowercase());
        let near = known
            .iter()
            .copied()
            .filter(|name| likeness(name) > 0.8)
            .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        let help = near.map(|near| Message::new("entity-unknown-near").with("near", near));
        return Err(Failure::new(what).help(help.unwrap_or_else(|| Message::new("entity-unknown-help"))));
    }
    let only = args.only.map(|only| match only {
        Only::Master => Group::Master,
        Only::Transaction => Group::Transaction,
    });
    Ok(Selection { only, entities, record: args.record.clone(), undo: None })
}

/// What follows `runner COMMAND` in advice, so that it works when copied.
pub fn tail(file: &Path, place: &PlaceArgs) -> String {
    format!("{}{}", quoted(&file.display().to_string()), place_flags(place))
}

/// The flags that say where settings and state are, each after a space.
pub fn place_flags(place: &PlaceArgs) -> String {
    let mut flags = String::new();
    if place.sandbox {
        flags.push_str(" --sandbox");
    }
    for (flag, path) in [("--config", &place.config), ("--state", &place.state)] {
        if let Some(path) = path {
            flags.push_str(&format!(" {flag} {}", quoted(&path.display().to_string())));
        }
    }
    flags
}

/// The command that connects a system of a mapping.
pub fn connect_command(system: &str, file: &Path, place: &PlaceArgs) -> String {
    let mapping = match file == Path::new(DEFAULT_MAPPING) {
        true => String::new(),
        false => format!(" --mapping {}", quoted(&file.display().to_string())),
    };
    format!("runner connect {}{mapping}{}", quoted(system), place_flags(place))
}

/// The flags that narrow a run, each after a space, so that a command makes the same plan again.
pub fn flags(select: &SelectArgs) -> String {
    let mut words = Vec::new();
    match select.only {
        Some(Only::Master) => words.push(" --only master".to_owned()),
        Some(Only::Transaction) => words.push(" --only transaction".to_owned()),
        None => {}
    }
    words.extend(select.entities.iter().map(|entity| format!(" --entity {}", quoted(entity))));
    words.extend(select.record.iter().map(|record| format!(" --record {}", quoted(record))));
    words.concat()
}

/// A word as a shell takes it.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// A run's error for people.
pub fn failed(error: RunError) -> Failure {
    let exit = match error.class() {
        Class::Error => Exit::Error,
        Class::NotConnected => Exit::NotConnected,
    };
    Failure::new(error.message()).ending(exit)
}

/// Remembers for `status` that a system refused the credential.
fn note_refusal(connections: &Connections, error: &RunError) {
    if let RunError::System { system, failure } = error
        && matches!(failure.code, Code::Unauthorised | Code::NotConnected)
    {
        connections.note(system, true, now_ms() / 1000);
    }
}

/// The same, with the command that connects the system again where that is what helps; against a wrong clock it does not.
fn failed_with(error: RunError, file: &Path, place: &PlaceArgs) -> Failure {
    let system = match &error {
        RunError::System { system, failure }
            if error.class() == Class::NotConnected && failure.code != Code::ClockOff =>
        {
            Some(system.clone())
        }
        _ => None,
    };
    let failure = failed(error);
    match system {
        Some(system) => {
            failure.help(Message::new("connect-again").with("command", connect_command(&system, file, place)))
        }
        None => failure,
    }
}

/// The identity of a state file that is new: never the same twice, and otherwise without meaning.
pub fn lineage() -> String {
    Hash128::of_parts(&[&now_ms().to_le_bytes(), &std::process::id().to_le_bytes()]).to_string()
}

/// The id of a run that begins at a time: sortable, and never the same for two runs on one machine.
fn run_id(now_ms: i64) -> RunId {
    let at = jiff::Timestamp::from_millisecond(now_ms).unwrap_or_default();
    RunId(format!("{}-{}", at.strftime("%Y%m%dT%H%M%S%3f"), std::process::id()))
}

/// The time, in milliseconds since 1970 (UTC).
fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Starts the sandbox that `--sandbox` uses.
pub fn start_sandbox(state: &Path) -> Result<Sandbox, Failure> {
    std::fs::create_dir_all(state).map_err(|error| Failure::not_written(state, &error))?;
    let data: PathBuf = state.join(SANDBOX);
    let options = selaras_sandbox::Options { data: Some(data), ..selaras_sandbox::Options::default() };
    selaras_sandbox::start(options).map_err(Failure::as_is)
}

/// The settings of a simulated system.
pub fn simulated(sandbox: &Sandbox, decl: &SystemDecl) -> Result<SystemSettings, Failure> {
    let given = match decl.connector.as_str() {
        "accurate" => sandbox.accurate_settings(),
        "smh" => sandbox.smh_settings(),
        other => {
            let what = Message::new("sandbox-no-system").with("connector", other);
            return Err(Failure::new(what).help(Message::new("sandbox-no-system-help")));
        }
    };
    let plain = |name: &&str| given.get(*name).map(|value| ((*name).to_owned(), value.clone()));
    let values: BTreeMap<String, String> = ["base_url", "database", "branch"].iter().filter_map(plain).collect();
    let auth = given.get("auth").zip(given.get("token")).map(|(scheme, token)| AuthSettings {
        scheme: scheme.clone(),
        token: Secret::new(token.clone()),
        secret: given.get("secret").map(|secret| Secret::new(secret.clone())),
    });
    Ok(SystemSettings { connector: decl.connector.clone(), values, auth, ..SystemSettings::default() })
}

/// A system that cannot be had. What is wrong with its settings means that it is not connected.
fn unusable(context: &Context, error: &HostError) -> Failure {
    let settings = ["host-setting-", "host-base-url", "host-auth-"];
    let exit = if settings.iter().any(|key| error.key().starts_with(key)) { Exit::NotConnected } else { Exit::Error };
    Failure::new(error.message_by(&|note| context.catalogue.render(note))).ending(exit)
}

/// Both sides, for loops over systems.
pub fn sides(names: &PerSide<String>) -> Vec<&str> {
    Side::BOTH.into_iter().map(|side| names.get(side).as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_can_be_copied() {
        let place = PlaceArgs { sandbox: true, config: None, state: Some(PathBuf::from("my state")) };
        assert_eq!(
            tail(Path::new("mappings/accurate.yaml"), &place),
            "mappings/accurate.yaml --sandbox --state 'my state'"
        );
        assert_eq!(quoted("it's"), r"'it'\''s'");
        let select = SelectArgs {
            only: Some(Only::Master),
            entities: vec!["Barang & Jasa".to_owned()],
            record: Some("C.1".to_owned()),
        };
        assert_eq!(flags(&select), " --only master --entity 'Barang & Jasa' --record C.1");
    }
}
