//! What a run works on: a compiled mapping, two systems, a state file. Planning needs no more than reading; applying takes the state's lock
//! first and keeps it to the end.

use crate::error::RunError;
use crate::gather::Gathered;
use crate::outcome::SyncInfo;
use crate::pending::OpenConflict;
use crate::undo::UndoOrder;
use selaras_connector_api::Opened;
use selaras_host::System;
use selaras_mapping::program::{Group, Mapping};
use selaras_model::{EntityName, Message, PerSide, Side};
use selaras_store::{Approval, Reader, RunSummary, Taking, Writer};
use serde::{Deserialize, Serialize};
use std::ops::Deref;
use std::path::{Path, PathBuf};

/// What of the mapping takes part in a run. Never widened silently.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// Only masters or only transactions.
    pub only: Option<Group>,
    /// Only these entities; empty: all.
    pub entities: Vec<EntityName>,
    /// Only records whose id, label or key is this.
    pub record: Option<String>,
    /// Nothing but taking this run back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<UndoOrder>,
}

impl Selection {
    /// Whether an entity is selected.
    #[must_use]
    pub fn takes(&self, entity: &selaras_mapping::program::Entity) -> bool {
        self.only.is_none_or(|only| only == entity.group)
            && (self.entities.is_empty() || self.entities.contains(&entity.name))
    }
}

/// The state of a workspace: to be read, or held for writing.
pub(crate) enum State {
    Reading(Reader),
    Writing(Box<Writer>),
}

impl Deref for State {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        match self {
            State::Reading(reader) => reader,
            State::Writing(writer) => writer,
        }
    }
}

/// A mapping at work between two systems.
pub struct Workspace {
    pub(crate) mapping: Mapping,
    pub(crate) systems: PerSide<System>,
    pub(crate) opened: PerSide<Opened>,
    pub(crate) path: PathBuf,
    pub(crate) state: State,
    /// What the last plan was made from, for whoever applies it.
    pub(crate) gathered: Option<Gathered>,
}

impl Workspace {
    /// Opens both systems and the state for reading. Nothing is written, and nothing is made that was not there.
    ///
    /// # Errors
    /// When a system cannot be opened, or the state cannot be read.
    pub fn open(mapping: Mapping, mut systems: PerSide<System>, path: &Path) -> Result<Self, RunError> {
        let mut state = Reader::open(path)?;
        let left = open(&mut systems.left)?;
        let right = open(&mut systems.right)?;
        let opened = PerSide::new(left, right);
        let endpoints = opened.as_ref().map(|opened| opened.endpoint.clone());
        state.select(&mapping.name, &endpoints)?;
        check_places(&state, &mapping, &opened)?;
        Ok(Self { mapping, systems, opened, path: path.to_owned(), state: State::Reading(state), gathered: None })
    }

    /// Takes the state for writing. `lineage` becomes the identity of a state file that is new.
    ///
    /// # Errors
    /// When another runner is at work, or the state cannot be written.
    pub fn lock(&mut self, lineage: &str) -> Result<(), RunError> {
        self.take(lineage, &Taking::default())
    }

    /// The same, saying who it is that takes the state and how long it waits for others.
    ///
    /// # Errors
    /// As for `lock`.
    pub fn take(&mut self, lineage: &str, taking: &Taking<'_>) -> Result<(), RunError> {
        let mut writer = Writer::take(&self.path, lineage, taking)?;
        writer.select(&self.mapping.name, &self.endpoints())?;
        self.state = State::Writing(Box::new(writer));
        Ok(())
    }

    /// How far a state had come that was here and is gone or empty now; `None`: nothing is missing.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn lost_state(&self) -> Result<Option<u64>, RunError> {
        Ok(if self.state.generation()? == 0 { self.state.once_was()? } else { None })
    }

    /// The mapping.
    #[must_use]
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The endpoints: system, database, branch.
    #[must_use]
    pub fn endpoints(&self) -> PerSide<String> {
        self.opened.as_ref().map(|opened| opened.endpoint.clone())
    }

    /// The endpoints as people call them.
    #[must_use]
    pub fn titles(&self) -> PerSide<String> {
        self.opened.as_ref().map(|opened| opened.title.clone())
    }

    pub(crate) fn system_names(&self) -> PerSide<String> {
        self.mapping.systems.as_ref().map(|system| system.name.clone())
    }

    /// Ends the sessions.
    pub fn close(&mut self) {
        for side in Side::BOTH {
            self.systems.get_mut(side).close();
        }
    }
}

/// A mapping between a place and itself, or between two places that are known the other way round: somebody has mixed up settings. Taken for new
/// places, everything would be made twice.
fn check_places(state: &Reader, mapping: &Mapping, opened: &PerSide<Opened>) -> Result<(), RunError> {
    let endpoints = opened.as_ref().map(|opened| opened.endpoint.clone());
    let says = |key: &str| {
        let message = Message::new(key).with("mapping", &mapping.name);
        let message = message.with("left", &opened.left.title).with("right", &opened.right.title);
        let systems = mapping.systems.as_ref().map(|system| system.name.clone());
        RunError::Misplaced(message.with("left-system", systems.left).with("right-system", systems.right))
    };
    if endpoints.left == endpoints.right {
        return Err(says("run-same-place"));
    }
    let swapped = PerSide::new(endpoints.right.clone(), endpoints.left.clone());
    if !state.knows(&mapping.name, &endpoints)? && state.knows(&mapping.name, &swapped)? {
        return Err(says("run-swapped"));
    }
    Ok(())
}

fn open(system: &mut System) -> Result<Opened, RunError> {
    let name = system.name().to_owned();
    system.open().map_err(|failure| RunError::System { system: name, failure })
}

/// What the state remembers of the last run of a mapping; needs no connection.
pub struct Remembered {
    /// The last run that no guard refused.
    pub run: Option<RunSummary>,
    /// The last run, where a guard refused it, and the approval of its plan, where somebody gave one.
    pub refused: Option<(RunSummary, Option<Approval>)>,
    /// Sync Information as it left it.
    pub info: Vec<SyncInfo>,
    /// The conflicts that it left, with what was decided of them since.
    pub conflicts: Vec<OpenConflict>,
    /// Intents that are open, as what they are about.
    pub unclear: Vec<selaras_store::OpenEntry>,
    /// Records that are out of use and wait for their delete.
    pub waiting: Vec<selaras_store::Waits>,
}

/// Reads what the state remembers of a mapping.
///
/// # Errors
/// When the state cannot be read.
pub fn remembered(path: &Path, mapping: &str) -> Result<Remembered, RunError> {
    let mut reader = Reader::open(path)?;
    reader.select_latest(mapping)?;
    let info = reader.info()?.into_iter().map(SyncInfo::from).collect();
    let decisions = reader.decisions()?;
    let conflicts =
        reader.conflicts()?.iter().map(|stored| OpenConflict::of(stored, &decisions)).collect::<Result<_, _>>()?;
    let runs = reader.runs(u32::MAX)?;
    let refused = runs.first().filter(|run| !run.refused.is_empty());
    let refused = refused.map(|run| Ok::<_, RunError>((run.clone(), reader.approval(&run.plan)?))).transpose()?;
    Ok(Remembered {
        run: runs.into_iter().find(|run| run.refused.is_empty()),
        refused,
        info,
        conflicts,
        unclear: reader.open_intents()?,
        waiting: reader.waiting()?,
    })
}
