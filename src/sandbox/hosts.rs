//! Further data hosts of Accurate, each a port of its own on the address that the sandbox listens on.
//!
//! A host is started when its address is first asked for. Its port is kept in the data file, so that an address a client
//! stored is still good after a restart.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::{Mutex, OnceLock, PoisonError, Weak};

use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::passage;
use crate::running::{reachable, until_told};
use crate::server::{SharedState, State};
use crate::socket::{Connection, Severable};

/// The names a further data host can have.
pub const NAMES: [&str; 2] = ["zeus", "iris"];
/// What the sandbox's own address is called among them.
pub const MAIN: &str = "public";

/// What a host needs to run on.
struct Ground {
    ip: IpAddr,
    runtime: Handle,
    stopping: watch::Receiver<bool>,
}

/// The further data hosts.
pub struct Hosts {
    state: Weak<State>,
    ground: OnceLock<Ground>,
    running: Mutex<BTreeMap<String, String>>,
}

impl Hosts {
    /// None yet.
    pub fn new(state: Weak<State>) -> Self {
        Hosts { state, ground: OnceLock::new(), running: Mutex::default() }
    }

    /// From now on hosts can be started. Those that ran before, on ports that clients may remember, start at once.
    pub fn ready(&self, ip: IpAddr, runtime: Handle, stopping: watch::Receiver<bool>) {
        if self.ground.set(Ground { ip, runtime, stopping }).is_err() {
            return;
        }
        let Some(state) = self.state.upgrade() else { return };
        let known: Vec<String> = state.read(|world| world.accurate.host_ports.keys().cloned().collect());
        for name in known {
            self.url(&name);
        }
    }

    /// The address of a host, which is started if it does not run yet. None if that is not possible.
    pub fn url(&self, name: &str) -> Option<String> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(url) = running.get(name) {
            return Some(url.clone());
        }
        let state = self.state.upgrade()?;
        let address = start(self.ground.get()?, &state, name).ok()?;
        let url = format!("http://{}", reachable(address));
        running.insert(name.to_owned(), url.clone());
        Some(url)
    }
}

fn start(ground: &Ground, state: &SharedState, name: &str) -> io::Result<SocketAddr> {
    let known = state.read(|world| world.accurate.host_ports.get(name).copied());
    let bind = |port: u16| TcpListener::bind((ground.ip, port));
    let listener = bind(known.unwrap_or(0)).or_else(|_| bind(0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let _inside = ground.runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let service = passage::data_router(state, name).into_make_service_with_connect_info::<Connection>();
    let told = until_told(ground.stopping.clone());
    ground.runtime.spawn(async move {
        // It ends with the sandbox; nobody waits for how.
        let _ = axum::serve(Severable(listener), service).with_graceful_shutdown(told).await;
    });
    if known != Some(address.port()) {
        state.write_access(|world| world.host_ports.insert(name.to_owned(), address.port()));
    }
    Ok(address)
}
