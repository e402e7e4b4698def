//! `runner sandbox`: both systems simulated, until Ctrl-C; and `shake`, which edits their records.

use super::Context;
use super::session::start_sandbox;
use crate::args::{SandboxArgs, SandboxCommand, ScenarioName, ShakeArgs};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::signals;
use selaras_model::Message;
use selaras_sandbox::shake::{Target, shake};
use selaras_sandbox::{Knobs, Options, Sandbox, Scenario, World};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// Runs the command.
pub fn run(context: &Context, args: &SandboxArgs) -> Result<Exit, Failure> {
    match &args.command {
        Some(SandboxCommand::Shake(shake)) => run_shake(context, shake),
        None => serve(context, args),
    }
}

fn serve(context: &Context, args: &SandboxArgs) -> Result<Exit, Failure> {
    let catalogue = &context.catalogue;
    if !args.listen.ip().is_loopback() {
        // Its credentials are printed for everybody to copy.
        let what = Message::new("sandbox-not-local").with("address", args.listen);
        return Err(Failure::new(what)
            .help(Message::new("sandbox-not-local-help").with("port", args.listen.port().to_string())));
    }
    if let Some(folder) =
        args.data.as_deref().and_then(std::path::Path::parent).filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|error| Failure::not_written(folder, &error))?;
    }
    let options = Options {
        listen: args.listen,
        data: args.data.clone(),
        scenario: scenario(args),
        limit: !args.no_limit,
        knobs: Knobs { limit: !args.no_limit, ..Knobs::default() },
        ..Options::default()
    };
    let sandbox = selaras_sandbox::start(options).map_err(Failure::as_is)?;
    console::say(&catalogue.text("sandbox-running"));
    console::say(&match &args.data {
        Some(file) => catalogue.render(&Message::new("sandbox-data-kept").with("file", file.display())),
        None => catalogue.text("sandbox-data-gone"),
    });
    if args.no_limit {
        console::say(&catalogue.text("sandbox-no-limit"));
    }
    console::print(&introduction(context, &sandbox))?;
    signals::wait().map_err(Failure::as_is)?;
    sandbox.stop().map_err(Failure::as_is)?;
    console::say(&format!("\n{}", catalogue.text("sandbox-stopped")));
    Ok(Exit::Done)
}

fn scenario(args: &SandboxArgs) -> Scenario {
    let sizes = [args.customers, args.items, args.employees, args.orders];
    if sizes.iter().any(Option::is_some) {
        let [customers, items, employees, orders] = sizes.map(Option::unwrap_or_default);
        return Scenario::Sized { customers, items, employees, orders };
    }
    match args.scenario {
        ScenarioName::Panduan => Scenario::Panduan,
        ScenarioName::Kosong => Scenario::Kosong,
    }
}

/// Addresses, and settings that can be copied into `runner.toml` and a shell.
fn introduction(context: &Context, sandbox: &Sandbox) -> String {
    let catalogue = &context.catalogue;
    let systems = [
        ("accurate", "sandbox-accurate", "ACCURATE", sandbox.accurate_settings()),
        ("smh", "sandbox-smh", "SMH", sandbox.smh_settings()),
    ];
    let (mut addresses, mut settings, mut shell) = (String::new(), String::new(), String::new());
    for (name, title, prefix, given) in &systems {
        let url = given.get("base_url").map_or("", String::as_str);
        addresses.push_str(&format!("  {:<32}{url}\n", catalogue.text(title)));
        settings.push_str(&format!("\n[systems.{name}]\n"));
        for (key, value) in given {
            match key.as_str() {
                "token" | "secret" => {
                    let variable = format!("{prefix}_{}", key.to_uppercase());
                    settings.push_str(&format!("{key} = {{ env = \"{variable}\" }}\n"));
                    shell.push_str(&format!("export {variable}='{value}'\n"));
                }
                "base_url" | "auth" | "database" | "branch" => settings.push_str(&format!("{key} = \"{value}\"\n")),
                // What else the sandbox offers is for clients other than this one.
                _ => {}
            }
        }
    }
    let application = sandbox.oauth_settings();
    let of = |name: &str| application.get(name).map_or("", String::as_str);
    let consent = catalogue.render(&Message::new("sandbox-consent").with("id", of("client_id")));
    let accounts = catalogue.text("sandbox-accounts");
    shell.push_str(&format!("export ACCURATE_CLIENT_SECRET='{}'\n", of("client_secret")));
    format!("\n{addresses}\n# {}\n{settings}\n{shell}\n# {consent}\n# {accounts}\n", catalogue.text("sandbox-config"))
}

fn run_shake(context: &Context, args: &ShakeArgs) -> Result<Exit, Failure> {
    let edits = match &args.url {
        Some(url) => shake(&running(url)?, args.seed, args.edits).map_err(Failure::as_is)?,
        None => {
            let sandbox = start_sandbox(&context.loaded.state_dir(args.state.as_deref()))?;
            let target =
                Target::from_settings(&sandbox.accurate_settings(), &sandbox.smh_settings()).map_err(Failure::as_is)?;
            let edits = shake(&target, args.seed, args.edits);
            sandbox.stop().map_err(Failure::as_is)?;
            edits.map_err(Failure::as_is)?
        }
    };
    edits.iter().try_for_each(|edit| console::print(&format!("{edit}\n")))?;
    let message = Message::new("sandbox-shaken").with("count", edits.len()).with("seed", args.seed);
    console::say(&context.catalogue.render(&message));
    Ok(Exit::Done)
}

/// A sandbox that runs elsewhere, with the credentials that its own world holds.
fn running(url: &str) -> Result<Target, Failure> {
    let url = url.trim_end_matches('/');
    let no_sandbox = |why: &dyn std::fmt::Display| {
        Failure::new(Message::new("sandbox-unreachable").with("url", url).with("why", why))
            .help(Message::new("sandbox-unreachable-help"))
    };
    let body = get(url, "/_sandbox/world").map_err(|error| no_sandbox(&error))?;
    let world: World = serde_json::from_slice(&body).map_err(|error| no_sandbox(&error))?;
    let token = world.accurate.api_tokens.iter().find(|(_, token)| !token.revoked);
    let (text, token) = token.ok_or_else(|| no_sandbox(&"no API token"))?;
    let accurate = BTreeMap::from([
        ("base_url".to_owned(), url.to_owned()),
        ("token".to_owned(), text.clone()),
        ("secret".to_owned(), token.secret.clone()),
    ]);
    let smh = BTreeMap::from([
        ("base_url".to_owned(), format!("{url}/smh/api/v1")),
        ("token".to_owned(), world.smh.token.clone()),
    ]);
    Target::from_settings(&accurate, &smh).map_err(Failure::as_is)
}

/// One GET over plain HTTP on this machine: all that is needed to ask a sandbox for its world, so no HTTP client is brought in for it.
fn get(url: &str, path: &str) -> io::Result<Vec<u8>> {
    let bad = |text: &str| io::Error::new(io::ErrorKind::InvalidData, text);
    let address = url.strip_prefix("http://").ok_or_else(|| bad("not an http:// address"))?;
    let target = address.to_socket_addrs()?.next().ok_or_else(|| bad("not an address"))?;
    let mut stream = TcpStream::connect_timeout(&target, Duration::from_secs(5))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(|| bad("no HTTP answer"))?;
    let head = String::from_utf8_lossy(&answer[..end]);
    if head.split(' ').nth(1) != Some("200") {
        return Err(bad(head.lines().next().unwrap_or_default()));
    }
    Ok(answer.split_off(end + 4))
}
