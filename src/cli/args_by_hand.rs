//! The flags of the commands by which people look back and order something by hand. What is said of them in Indonesian stands in
//! `lang/help.id.ftl`, as for all others.

use crate::args::{DataFormat, PlaceArgs, ReportArgs};
use crate::lease::WaitArgs;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Who answers for an order, and where it belongs.
#[derive(Clone, Debug, Args)]
pub struct HandArgs {
    /// Why; it is kept with your name and the time
    #[arg(long, value_name = "TEXT")]
    pub because: String,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Mapping file [default: mappings/accurate.yaml]
    #[arg(long = "mapping", value_name = "FILE", default_value = "mappings/accurate.yaml", hide_default_value = true)]
    pub mapping: PathBuf,
    #[command(flatten)]
    pub wait: WaitArgs,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Arguments of `resolve`.
#[derive(Debug, Args)]
pub struct ResolveArgs {
    /// Id of the conflict, or its beginning
    pub id: String,
    /// The system that is right (accurate, smh), or the value that is (=VALUE where it is called like a system)
    #[arg(long, value_name = "SYSTEM|VALUE", allow_hyphen_values = true, required_unless_present = "withdraw")]
    pub take: Option<String>,
    /// Take back what was decided and no run has carried out
    #[arg(long, conflicts_with = "take")]
    pub withdraw: bool,
    /// Only this field (its group goes with it)
    #[arg(long, value_name = "NAME")]
    pub field: Option<String>,
    /// Form of the result: text or json
    #[arg(long, value_name = "FORM", default_value = "text", hide_possible_values = true, hide_default_value = true)]
    pub format: DataFormat,
    #[command(flatten)]
    pub hand: HandArgs,
}

/// Arguments of `links`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct LinksArgs {
    /// What to do instead of listing them.
    #[command(subcommand)]
    pub command: Option<LinksCommand>,
    /// Only this entity
    #[arg(long, value_name = "NAME")]
    pub entity: Option<String>,
    /// Only the record of this code, number, name or id
    #[arg(long, value_name = "KEY")]
    pub record: Option<String>,
    /// Show long lists to the end
    #[arg(long)]
    pub all: bool,
    /// Form of the result: text or json
    #[arg(long, value_name = "FORM", default_value = "text", hide_possible_values = true, hide_default_value = true)]
    pub format: DataFormat,
    /// Mapping file [default: mappings/accurate.yaml]
    #[arg(long = "mapping", value_name = "FILE", default_value = "mappings/accurate.yaml", hide_default_value = true)]
    pub mapping: PathBuf,
    #[command(flatten)]
    pub place: PlaceArgs,
}

impl LinksArgs {
    /// Where settings and state are.
    pub fn place(&self) -> &PlaceArgs {
        match &self.command {
            None => &self.place,
            Some(LinksCommand::Link(order)) => &order.hand.place,
            Some(LinksCommand::Unlink(order) | LinksCommand::Forget(order)) => &order.hand.place,
        }
    }
}

/// What else can be done with links.
#[derive(Debug, Subcommand)]
pub enum LinksCommand {
    /// Say that two records are the same one
    Link(LinkArgs),
    /// Say that the record is not what it is linked to; both wait until somebody says more
    Unlink(UnlinkArgs),
    /// Forget that the record's partner was deleted or unlinked, so that it is treated as new
    Forget(UnlinkArgs),
}

/// Arguments of `links link`.
#[derive(Debug, Args)]
pub struct LinkArgs {
    /// Entity
    #[arg(value_name = "ENTITY")]
    pub entity: String,
    /// Id of the record in the mapping's first system
    #[arg(value_name = "LEFT-ID")]
    pub left: String,
    /// Id of the record in its second system
    #[arg(value_name = "RIGHT-ID")]
    pub right: String,
    #[command(flatten)]
    pub hand: HandArgs,
}

/// Arguments of `links unlink` and `links forget`.
#[derive(Debug, Args)]
pub struct UnlinkArgs {
    /// Entity
    #[arg(value_name = "ENTITY")]
    pub entity: String,
    /// Id of the record in either system
    pub id: String,
    /// The system whose id it is, where both have one
    #[arg(long, value_name = "NAME")]
    pub system: Option<String>,
    #[command(flatten)]
    pub hand: HandArgs,
}

/// Arguments of `intents`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct IntentsArgs {
    /// What to do instead of listing them.
    #[command(subcommand)]
    pub command: Option<IntentsCommand>,
    /// Form of the result: text or json
    #[arg(long, value_name = "FORM", default_value = "text", hide_possible_values = true, hide_default_value = true)]
    pub format: DataFormat,
    /// Mapping file [default: mappings/accurate.yaml]
    #[arg(long = "mapping", value_name = "FILE", default_value = "mappings/accurate.yaml", hide_default_value = true)]
    pub mapping: PathBuf,
    #[command(flatten)]
    pub place: PlaceArgs,
}

impl IntentsArgs {
    /// Where settings and state are.
    pub fn place(&self) -> &PlaceArgs {
        match &self.command {
            None => &self.place,
            Some(IntentsCommand::Resolve(order)) => &order.hand.place,
        }
    }
}

/// What else can be done with intents.
#[derive(Debug, Subcommand)]
pub enum IntentsCommand {
    /// Say what became of an unclear write, instead of waiting for the next run to find out
    Resolve(ResolveIntentArgs),
}

/// Arguments of `intents resolve`.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("resolution").required(true).args(["adopt", "retry", "discard"])))]
pub struct ResolveIntentArgs {
    /// Number of the intent
    pub id: i64,
    /// It was done: this is the id of the record that it made
    #[arg(long, value_name = "NATIVE-ID")]
    pub adopt: Option<String>,
    /// It was not done: plan it again
    #[arg(long)]
    pub retry: bool,
    /// Leave it alone: do not create this record until somebody says so
    #[arg(long)]
    pub discard: bool,
    #[command(flatten)]
    pub hand: HandArgs,
}

/// Arguments of `history`.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// What happened to the record of this code, number, name or id
    #[arg(long, value_name = "KEY")]
    pub record: Option<String>,
    /// How many runs
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub last: u32,
    /// Form of the result: text or json
    #[arg(long, value_name = "FORM", default_value = "text", hide_possible_values = true, hide_default_value = true)]
    pub format: DataFormat,
    /// Mapping file [default: mappings/accurate.yaml]
    #[arg(long = "mapping", value_name = "FILE", default_value = "mappings/accurate.yaml", hide_default_value = true)]
    pub mapping: PathBuf,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Arguments of `undo`.
#[derive(Debug, Args)]
pub struct UndoArgs {
    /// The run: its id as `history` shows it, the beginning of one, or last
    pub run: String,
    /// Put nothing back but what the run wrote to this system; the other one keeps what it has
    #[arg(long, value_name = "SYSTEM")]
    pub only: Option<String>,
    /// Save the plan here [default: undo-RUN.plan]
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Mapping file [default: mappings/accurate.yaml]
    #[arg(long = "mapping", value_name = "FILE", default_value = "mappings/accurate.yaml", hide_default_value = true)]
    pub mapping: PathBuf,
    #[command(flatten)]
    pub report: ReportArgs,
    #[command(flatten)]
    pub place: PlaceArgs,
}
