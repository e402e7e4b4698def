//! The commands and their flags. What is said of them in English stands here; the Indonesian words stand in `lang/help.id.ftl`.

use crate::lease::WaitArgs;
use crate::locale::Lang;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

pub use crate::args_by_hand::{
    HandArgs, HistoryArgs, IntentsArgs, IntentsCommand, LinkArgs, LinksArgs, LinksCommand, ResolveArgs,
    ResolveIntentArgs, UndoArgs, UnlinkArgs,
};

/// Makes two business systems agree, as a mapping file says.
#[derive(Debug, Parser)]
#[command(name = "runner", version, disable_help_subcommand = true, arg_required_else_help = true)]
pub struct Cli {
    /// Language of everything that is printed
    #[arg(long, global = true, value_name = "id|en", hide_possible_values = true)]
    pub lang: Option<Lang>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The mapping file that commands take where none is named.
pub const DEFAULT_MAPPING: &str = "mappings/accurate.yaml";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Connect a system: give access, choose database and branch, or log in
    Connect(Box<ConnectArgs>),
    /// Disconnect a system; links and records stay as they are
    Disconnect(DisconnectArgs),
    /// Plan, show the plan, ask, write, report
    Apply(ApplyArgs),
    /// Let exactly one plan go beyond the guards
    Approve(ApproveArgs),
    /// Show what apply would do; writes nothing
    Plan(PlanArgs),
    /// Check a mapping file
    Validate(ValidateArgs),
    /// Show Sync Information and what is open, as the last run left it
    Status(StatusArgs),
    /// Show conflicts that wait for a person
    Conflicts(ConflictsArgs),
    /// Decide a conflict; the next plan does what was decided
    Resolve(ResolveArgs),
    /// Show which records are linked; link, unlink or forget by hand
    Links(LinksArgs),
    /// Show writes whose outcome is unclear, and say what became of one
    Intents(IntentsArgs),
    /// Show the runs, or what happened to one record
    History(HistoryArgs),
    /// Plan to take back what a run wrote; saves the plan, writes nothing
    Undo(UndoArgs),
    /// Look after the state file: verify, repair, export, forget, free
    State(StateArgs),
    /// Show which connectors are installed
    Connectors(ConnectorsArgs),
    /// Run both systems, simulated, to try things out
    Sandbox(SandboxArgs),
    /// Print a JSON Schema
    Schema(SchemaArgs),
}

/// Where settings and state are.
#[derive(Clone, Debug, Default, Args)]
pub struct PlaceArgs {
    /// Use both systems simulated instead of the real ones
    #[arg(long)]
    pub sandbox: bool,
    /// Settings file [default: runner.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of the state [default: .runner]
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
}

/// What of the mapping takes part.
#[derive(Clone, Debug, Default, Args)]
pub struct SelectArgs {
    /// Only master data, or only transactions
    #[arg(long, value_name = "master|transaction", hide_possible_values = true)]
    pub only: Option<Only>,
    /// Only this entity (can be given several times)
    #[arg(long = "entity", value_name = "NAME")]
    pub entities: Vec<String>,
    /// Only the record of this code, number, name or id
    #[arg(long, value_name = "KEY")]
    pub record: Option<String>,
}

/// How a report is written.
#[derive(Clone, Debug, Default, Args)]
pub struct ReportArgs {
    /// Form of the report: text, json, markdown or html [default: text, or what the name after -o says]
    #[arg(long, value_name = "FORM", hide_possible_values = true)]
    pub format: Option<Format>,
    /// Write the report to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Show long lists to the end
    #[arg(long)]
    pub all: bool,
}

impl ReportArgs {
    /// The form asked for, else the one that the file's name suggests.
    #[must_use]
    pub fn form(&self) -> Format {
        let ending = self.output.as_deref().and_then(|file| file.extension()).and_then(|ending| ending.to_str());
        self.format.unwrap_or(match ending {
            Some("json") => Format::Json,
            Some("md" | "markdown") => Format::Markdown,
            Some("html" | "htm") => Format::Html,
            _ => Format::Text,
        })
    }
}

/// Arguments of `connect`.
#[derive(Debug, Args)]
pub struct ConnectArgs {
    /// The system, by its name in the mapping
    pub system: String,
    /// Mapping file; it decides which rights are asked for [default: mappings/accurate.yaml]
    #[arg(long, value_name = "FILE", default_value = DEFAULT_MAPPING, hide_default_value = true)]
    pub mapping: PathBuf,
    /// Confirm that it is the right service and account
    #[arg(long)]
    pub confirm: bool,
    /// The database to link, by id or name
    #[arg(long, value_name = "DATABASE")]
    pub database: Option<String>,
    /// The branch to link, by id or name
    #[arg(long, value_name = "BRANCH")]
    pub branch: Option<String>,
    /// Answer every question with yes
    #[arg(long, short)]
    pub yes: bool,
    /// Ask for access (or log in) anew, although there is some
    #[arg(long)]
    pub again: bool,
    /// Use a signed API token instead of the consent page
    #[arg(long)]
    pub api_token: bool,
    /// Paste the address that the browser ended on, where no browser can come back here
    #[arg(long, conflicts_with = "api_token")]
    pub paste: bool,
    /// The address that the browser ended on
    #[arg(long, value_name = "URL", conflicts_with_all = ["api_token", "paste"])]
    pub answer: Option<String>,
    /// Do not open a browser
    #[arg(long)]
    pub no_browser: bool,
    /// Callback address registered for the application [default: http://127.0.0.1:8123/callback]
    #[arg(long, value_name = "URL")]
    pub callback: Option<String>,
    /// Id of the application that asks for access
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// Environment variable that holds the application's secret
    #[arg(long, value_name = "NAME")]
    pub client_secret_env: Option<String>,
    /// File that holds the application's secret
    #[arg(long, value_name = "FILE", conflicts_with = "client_secret_env")]
    pub client_secret_file: Option<PathBuf>,
    /// Environment variable that holds the token (or the user's name)
    #[arg(long, value_name = "NAME")]
    pub token_env: Option<String>,
    /// File that holds the token (or the user's name)
    #[arg(long, value_name = "FILE", conflicts_with = "token_env")]
    pub token_file: Option<PathBuf>,
    /// Environment variable that holds the signature secret (or the password)
    #[arg(long, value_name = "NAME")]
    pub secret_env: Option<String>,
    /// File that holds the signature secret (or the password)
    #[arg(long, value_name = "FILE", conflicts_with = "secret_env")]
    pub secret_file: Option<PathBuf>,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Arguments of `disconnect`.
#[derive(Debug, Args)]
pub struct DisconnectArgs {
    /// The system, by its name in the mapping
    pub system: String,
    /// Mapping file [default: mappings/accurate.yaml]
    #[arg(long, value_name = "FILE", default_value = DEFAULT_MAPPING, hide_default_value = true)]
    pub mapping: PathBuf,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Arguments of `apply`.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// Mapping file [with --plan: the one that the plan names]
    #[arg(required_unless_present = "plan")]
    pub mapping: Option<PathBuf>,
    /// Carry out this saved plan and nothing else
    #[arg(long, value_name = "FILE", conflicts_with_all = ["only", "entities", "record"])]
    pub plan: Option<PathBuf>,
    /// Look at everything first; write nothing at all if anything moved since the plan
    #[arg(long)]
    pub all_or_nothing: bool,
    /// Stop after the plan; write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask before writing
    #[arg(long, short)]
    pub yes: bool,
    /// Go beyond a guard for exactly the plan of this hash
    #[arg(long, value_name = "HASH", requires = "because")]
    pub approve: Option<String>,
    /// Why it is approved; it is kept with your name and the time
    #[arg(long, value_name = "TEXT", requires = "approve")]
    pub because: Option<String>,
    #[command(flatten)]
    pub wait: WaitArgs,
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub report: ReportArgs,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Arguments of `approve`.
#[derive(Debug, Args)]
pub struct ApproveArgs {
    /// Hash of the plan, or its first 12 characters
    pub hash: String,
    /// Why; it is kept with your name and the time
    #[arg(long, value_name = "TEXT")]
    pub because: String,
    #[command(flatten)]
    pub wait: WaitArgs,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Mapping file
    pub mapping: PathBuf,
    /// Save the plan, for: runner apply --plan FILE (-o NAME.plan does the same)
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub report: ReportArgs,
    #[command(flatten)]
    pub place: PlaceArgs,
}

impl PlanArgs {
    /// Where the plan is saved, and how the report is written: `-o NAME.plan` means the plan, every other name the report.
    #[must_use]
    pub fn files(&self) -> (Option<PathBuf>, ReportArgs) {
        let mut report = self.report.clone();
        let is_plan = |file: &PathBuf| report.format.is_none() && file.extension().is_some_and(|end| end == "plan");
        match (&self.save, report.output.as_ref().filter(|file| is_plan(file)).cloned()) {
            (None, Some(file)) => {
                report.output = None;
                (Some(file), report)
            }
            (save, _) => (save.clone(), report),
        }
    }
}

/// Arguments of `validate`.
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// Mapping file
    pub mapping: PathBuf,
    /// Form of the result: text or json
    #[arg(long, value_name = "FORM", default_value = "text", hide_possible_values = true, hide_default_value = true)]
    pub format: DataFormat,
    /// Settings file [default: runner.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Mapping file [default: mappings/accurate.yaml]
    #[arg(default_value = DEFAULT_MAPPING, hide_default_value = true)]
    pub mapping: PathBuf,
    /// Form of the result: text or json
    #[arg(long, value_name = "FORM", default_value = "text", hide_possible_values = true, hide_default_value = true)]
    pub format: DataFormat,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Arguments of `conflicts`.
#[derive(Debug, Args)]
pub struct ConflictsArgs {
    /// Mapping file [default: mappings/accurate.yaml]
    #[arg(default_value = DEFAULT_MAPPING, hide_default_value = true)]
    pub mapping: PathBuf,
    /// Only this entity (can be given several times)
    #[arg(long = "entity", value_name = "NAME")]
    pub entities: Vec<String>,
    /// Form of the result: text or json
    #[arg(long, value_name = "FORM", default_value = "text", hide_possible_values = true, hide_default_value = true)]
    pub format: DataFormat,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Arguments of `state`.
#[derive(Debug, Args)]
pub struct StateArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub command: StateCommand,
}

/// What can be done with a state file.
#[derive(Debug, Subcommand)]
pub enum StateCommand {
    /// Look through the state file and say what is wrong with it
    Verify(StatePlace),
    /// Mend the state file; a copy of it is kept
    Repair(RepairArgs),
    /// Print all that is remembered, one JSON object per line
    Export(StatePlace),
    /// Put the state file away; the next run links again by Partner IDs and codes
    Forget(ForgetArgs),
    /// Let go of a state that a runner on another machine held when it died
    Free(FreeArgs),
}

/// Where the state file is.
#[derive(Clone, Debug, Args)]
pub struct StatePlace {
    /// Settings file [default: runner.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of the state [default: .runner]
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
}

/// Arguments of `state repair`.
#[derive(Debug, Args)]
pub struct RepairArgs {
    #[command(flatten)]
    pub wait: WaitArgs,
    #[command(flatten)]
    pub place: StatePlace,
}

/// Arguments of `state free`.
#[derive(Debug, Args)]
pub struct FreeArgs {
    #[command(flatten)]
    pub place: StatePlace,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
}

/// Arguments of `state forget`.
#[derive(Debug, Args)]
pub struct ForgetArgs {
    #[command(flatten)]
    pub wait: WaitArgs,
    #[command(flatten)]
    pub place: StatePlace,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
}

impl StateCommand {
    /// Where the state file is.
    #[must_use]
    pub fn place(&self) -> &StatePlace {
        match self {
            StateCommand::Verify(place) | StateCommand::Export(place) => place,
            StateCommand::Repair(args) => &args.place,
            StateCommand::Forget(args) => &args.place,
            StateCommand::Free(args) => &args.place,
        }
    }
}

/// Arguments of `connectors`.
#[derive(Debug, Args)]
pub struct ConnectorsArgs {
    /// Pin them: from now on only these very files are loaded
    #[arg(long)]
    pub pin: bool,
    /// Form of the result: text or json
    #[arg(long, value_name = "FORM", default_value = "text", hide_possible_values = true, hide_default_value = true)]
    pub format: DataFormat,
    /// Settings file [default: runner.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Arguments of `sandbox`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct SandboxArgs {
    /// What to do instead of running it.
    #[command(subcommand)]
    pub command: Option<SandboxCommand>,
    /// Address to listen on; only this machine can reach it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8100")]
    pub listen: SocketAddr,
    /// File that keeps the data between starts
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// Data to begin with: panduan (the user guide's example) or kosong (empty)
    #[arg(long, value_name = "NAME", default_value = "panduan", hide_possible_values = true)]
    pub scenario: ScenarioName,
    /// Generate this many customers instead of using a scenario
    #[arg(long, value_name = "N")]
    pub customers: Option<u64>,
    /// Generate this many items
    #[arg(long, value_name = "N")]
    pub items: Option<u64>,
    /// Generate this many employees
    #[arg(long, value_name = "N")]
    pub employees: Option<u64>,
    /// Generate this many sales orders
    #[arg(long, value_name = "N")]
    pub orders: Option<u64>,
    /// Do not enforce Accurate's limit of calls
    #[arg(long)]
    pub no_limit: bool,
}

/// What else can be done with a sandbox.
#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// Edit records in both systems at random, as busy colleagues would
    Shake(ShakeArgs),
}

/// Arguments of `sandbox shake`.
#[derive(Debug, Args)]
pub struct ShakeArgs {
    /// Seed; the same seed makes the same edits
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How many edits
    #[arg(long, value_name = "K", default_value_t = 10)]
    pub edits: u32,
    /// Address of a running sandbox, instead of the data that --sandbox uses
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Folder of the state [default: .runner]
    #[arg(long, value_name = "DIR", conflicts_with = "url")]
    pub state: Option<PathBuf>,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Of what: mapping, plan, config, status, decisions, links, intents or history
    #[arg(default_value = "mapping", hide_possible_values = true)]
    pub of: SchemaName,
}

/// Masters or transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Only {
    /// Master data.
    Master,
    /// Transactions.
    Transaction,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal.
    Text,
    /// For programs.
    Json,
    /// For issue trackers and chats.
    Markdown,
    /// One page for a browser.
    Html,
}

/// The form of a short result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DataFormat {
    /// For a terminal.
    Text,
    /// For programs.
    Json,
}

/// Data that a sandbox begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScenarioName {
    /// The user guide's example.
    Panduan,
    /// Empty.
    Kosong,
}

/// What has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaName {
    /// Mapping files.
    Mapping,
    /// Reports of plans and runs.
    Plan,
    /// `runner.toml`.
    Config,
    /// The JSON of `status`.
    Status,
    /// The JSON of `resolve`.
    Decisions,
    /// The JSON of `links`.
    Links,
    /// The JSON of `intents`.
    Intents,
    /// The JSON of `history`.
    History,
}
