//! Who may come in: a system that was ever connected is used as it was connected, and only when both are ready. One that never was is used as
//! the settings say.

use super::session::connect_command;
use crate::args::PlaceArgs;
use crate::connection::{Connection, Connections, Stage, Standing};
use crate::exit::Exit;
use crate::failure::Failure;
use selaras_host::SystemSettings;
use selaras_mapping::program::SystemDecl;
use selaras_model::Message;
use std::path::Path;

/// The way in for the systems of a mapping.
pub struct Entry<'a> {
    /// The connections.
    pub connections: &'a Connections,
    /// The mapping file, for advice.
    pub file: &'a Path,
    /// Where settings and state are, for advice.
    pub place: &'a PlaceArgs,
}

impl Entry<'_> {
    /// The settings to open a system with. `base` gives those without a connection, told whether there is one.
    ///
    /// # Errors
    /// When it is not ready, or the settings name another place than it is connected to.
    pub fn settings(
        &self,
        decl: &SystemDecl,
        other: &SystemDecl,
        base: impl FnOnce(bool) -> Result<SystemSettings, Failure>,
    ) -> Result<SystemSettings, Failure> {
        let other = self.connections.read(&other.name)?;
        let Some(connection) = self.connections.read(&decl.name)? else {
            // Once one of them was connected, the other one's user has to log in.
            let bound = other.is_some_and(|other| other.stage == Stage::Connected && other.connected_at.is_some());
            return if bound { Err(self.not_ready(decl, Standing::NeedsLogin)) } else { base(false) };
        };
        // A connection that was begun and never finished takes nothing away from settings that work without it.
        let begun = connection.connected_at.is_none() && connection.login_at.is_none();
        if begun && connection.stage != Stage::Disconnected {
            return match base(false) {
                Ok(settings) if settings.auth.is_some() && !self.place.sandbox => Ok(settings),
                _ => Err(self.not_ready(decl, Standing::of(&connection, other.as_ref(), false))),
            };
        }
        let facts = self.connections.vault().facts(&decl.name);
        let facts = facts.map_err(|error| Failure::from(&error).help(self.go_on(decl)))?;
        let dead = facts.as_ref().is_some_and(|facts| facts.dead_since.is_some());
        match Standing::of(&connection, other.as_ref(), dead) {
            Standing::Ready => {}
            standing => return Err(self.not_ready(decl, standing)),
        }
        let mut settings = base(true)?;
        self.bound(decl, &connection, &mut settings)?;
        if facts.is_some_and(|facts| facts.scheme.is_some()) {
            (settings.auth, settings.stored) = (None, true);
        }
        Ok(settings)
    }

    /// The database and branch are those that were chosen. Settings that name others are a contradiction that nobody may decide but a person.
    fn bound(&self, decl: &SystemDecl, connection: &Connection, settings: &mut SystemSettings) -> Result<(), Failure> {
        if connection.connected_at.is_none() {
            return Ok(());
        }
        for (name, place) in [("database", &connection.database), ("branch", &connection.branch)] {
            let chosen = place.as_ref().map(|place| place.id.as_str());
            let set = settings.values.get(name).filter(|_| !self.place.sandbox).cloned();
            let same = |set: &String| place.as_ref().is_some_and(|place| [&place.id, &place.title].contains(&set));
            if let Some(set) = set.filter(|set| !same(set)) {
                let what = Message::new("connect-elsewhere").with("system", &decl.name).with("setting", name);
                let what = what.with("set", set).with("chosen", chosen.unwrap_or("–"));
                let command = connect_command(&decl.name, self.file, self.place);
                let help = Message::new("connect-elsewhere-help").with("setting", name).with("command", command);
                return Err(Failure::new(what).help(help).ending(Exit::NotConnected));
            }
            settings.values.remove(name);
            settings.values.extend(chosen.map(|chosen| (name.to_owned(), chosen.to_owned())));
        }
        Ok(())
    }

    /// Nobody ever gave a credential for a system that wants one.
    pub fn never(&self, decl: &SystemDecl) -> Failure {
        let what = Message::new("not-connected-yet").with("system", &decl.name);
        Failure::new(what).help(self.go_on(decl)).ending(Exit::NotConnected)
    }

    fn not_ready(&self, decl: &SystemDecl, standing: Standing) -> Failure {
        let what = Message::new(&format!("not-ready-{}", standing.name())).with("system", &decl.name);
        Failure::new(what).help(self.go_on(decl)).ending(Exit::NotConnected)
    }

    fn go_on(&self, decl: &SystemDecl) -> Message {
        Message::new("connect-go-on").with("command", connect_command(&decl.name, self.file, self.place))
    }
}
