//! `runner disconnect`: the X on Service. The grant is forgotten; links stay, and no record on either side is touched.

use super::Context;
use super::connect::named;
use crate::args::DisconnectArgs;
use crate::connection::{Connection, Connections, Stage};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Source;
use crate::variable;
use selaras_host::fault;
use selaras_model::Message;

/// Runs the command.
pub fn run(context: &Context, args: &DisconnectArgs) -> Result<Exit, Failure> {
    let mapping = Source::read(&args.mapping, &context.loaded)?.usable(&context.catalogue)?;
    let (_, decl) = named(&mapping, &args.system)?;
    let connections = Connections::of(&context.loaded, &args.place, variable)?;
    // Whatever is there is let go; what cannot be read need not be.
    let before = connections.read(&decl.name).unwrap_or_default();
    let mut connection = before.clone().unwrap_or_else(|| Connection::new(&decl.name));
    connection.disconnected();
    // First the word that nothing may run, then the secret: killed in between, nothing runs and the next try takes the rest away.
    connections.write(&connection)?;
    fault::point("disconnect-noted");
    let had = connections.vault().forget(&decl.name).map_err(|error| Failure::from(&error))?;
    let was = before.is_some_and(|before| before.stage != Stage::Disconnected) || had;
    let key = if was { "disconnect-done" } else { "disconnect-nothing" };
    console::say(&context.catalogue.render(&Message::new(key).with("system", &decl.name)));
    if was {
        console::say(&context.catalogue.text("disconnect-kept"));
    }
    Ok(Exit::Done)
}
