//! One file per command. Each takes its arguments and returns how the program ends.

mod apply;
mod approve;
mod by_hand;
mod conflicts;
mod connect;
mod connectors;
mod disconnect;
mod entry;
mod history;
mod intents;
mod links;
mod plan;
mod resolve;
mod sandbox;
mod saved;
mod schema;
mod session;
mod standing;
mod state;
mod status;
mod undo;
mod validate;
mod written;

pub use connect::lack_line;
pub use saved::short;
pub use session::quoted;

use crate::args::{Cli, Command, PlaceArgs};
use crate::catalogue::Catalogue;
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lease;
use crate::locale::Lang;
use crate::settings::{self, Loaded};
use crate::variable;
use std::path::Path;

/// What every command knows.
pub struct Context {
    /// The sentences.
    pub catalogue: Catalogue,
    /// The settings.
    pub loaded: Loaded,
}

/// Runs a command and says what went wrong, if something did.
pub fn dispatch(cli: Cli) -> Exit {
    let context = match context(&cli) {
        Ok(context) => context,
        Err(failure) => {
            let lang = cli.lang.unwrap_or_else(|| Lang::of_environment(variable));
            return ended(&Catalogue::new(lang), Err(failure));
        }
    };
    let flags = state_flags(&cli.command);
    let result = match cli.command {
        Command::Connect(args) => connect::run(&context, &args),
        Command::Disconnect(args) => disconnect::run(&context, &args),
        Command::Apply(args) => apply::run(&context, &args),
        Command::Approve(args) => approve::run(&context, &args),
        Command::Plan(args) => plan::run(&context, &args),
        Command::Validate(args) => validate::run(&context, &args),
        Command::Status(args) => status::run(&context, &args),
        Command::Conflicts(args) => conflicts::run(&context, &args),
        Command::Resolve(args) => resolve::run(&context, &args),
        Command::Links(args) => links::run(&context, &args),
        Command::Intents(args) => intents::run(&context, &args),
        Command::History(args) => history::run(&context, &args),
        Command::Undo(args) => undo::run(&context, &args),
        Command::State(args) => state::run(&context, &args),
        Command::Connectors(args) => connectors::run(&context, &args),
        Command::Sandbox(args) => sandbox::run(&context, &args),
        Command::Schema(args) => schema::run(&args),
    };
    let told = |failure: Failure| {
        let failure = failure.at_state(&flags);
        if lease::in_vain() { failure.without_waiting() } else { failure }
    };
    ended(&context.catalogue, result.map_err(told))
}

fn ended(catalogue: &Catalogue, result: Result<Exit, Failure>) -> Exit {
    result.unwrap_or_else(|failure| {
        console::say_block(&failure.render(catalogue));
        failure.exit
    })
}

fn context(cli: &Cli) -> Result<Context, Failure> {
    let mut loaded = match config(&cli.command) {
        Config::File(file) => Loaded::read(file)?,
        // Commands without settings work whatever state the settings are in.
        Config::None => Loaded::default(),
    };
    let catalogue = settings::language(cli.lang, &loaded.settings, variable);
    // From here on the settings say the language in effect, for the texts of systems too.
    loaded.settings.lang = Some(catalogue.lang());
    Ok(Context { catalogue, loaded })
}

/// The flags that say which state a command works on, each after a space.
fn state_flags(command: &Command) -> String {
    let of = |place: &PlaceArgs| PlaceArgs { sandbox: false, ..place.clone() };
    let place = match command {
        Command::Connect(args) => of(&args.place),
        Command::Disconnect(args) => of(&args.place),
        Command::Apply(args) => of(&args.place),
        Command::Approve(args) => of(&args.place),
        Command::Plan(args) => of(&args.place),
        Command::Status(args) => of(&args.place),
        Command::Conflicts(args) => of(&args.place),
        Command::Resolve(args) => of(&args.hand.place),
        Command::Links(args) => of(args.place()),
        Command::Intents(args) => of(args.place()),
        Command::History(args) => of(&args.place),
        Command::Undo(args) => of(&args.place),
        Command::State(args) => {
            let place = args.command.place();
            PlaceArgs { sandbox: false, config: place.config.clone(), state: place.state.clone() }
        }
        Command::Validate(_) | Command::Connectors(_) | Command::Sandbox(_) | Command::Schema(_) => {
            PlaceArgs::default()
        }
    };
    session::place_flags(&place)
}

enum Config<'a> {
    File(Option<&'a Path>),
    None,
}

fn config(command: &Command) -> Config<'_> {
    match command {
        Command::Connect(args) => Config::File(args.place.config.as_deref()),
        Command::Disconnect(args) => Config::File(args.place.config.as_deref()),
        Command::Apply(args) => Config::File(args.place.config.as_deref()),
        Command::Approve(args) => Config::File(args.place.config.as_deref()),
        Command::Plan(args) => Config::File(args.place.config.as_deref()),
        Command::Status(args) => Config::File(args.place.config.as_deref()),
        Command::Conflicts(args) => Config::File(args.place.config.as_deref()),
        Command::Resolve(args) => Config::File(args.hand.place.config.as_deref()),
        Command::Links(args) => Config::File(args.place().config.as_deref()),
        Command::Intents(args) => Config::File(args.place().config.as_deref()),
        Command::History(args) => Config::File(args.place.config.as_deref()),
        Command::Undo(args) => Config::File(args.place.config.as_deref()),
        Command::Validate(args) => Config::File(args.config.as_deref()),
        Command::State(args) => Config::File(args.command.place().config.as_deref()),
        Command::Connectors(args) => Config::File(args.config.as_deref()),
        Command::Sandbox(_) | Command::Schema(_) => Config::None,
    }
}
