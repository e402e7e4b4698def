//! Simulators of Accurate Online and SMH over real HTTP, one port on loopback.
//!
//! This file holds what the command line and other crates' tests use: options, start, stop, settings. The record store
//! is `world`, the HTTP side is `passage` and what it calls. Faults that change the world by themselves live in `shake`,
//! ready-made data in `scenario`, the second system in `smh`.

pub mod access;
pub mod accurate;
pub mod calls;
pub mod clock;
pub mod control;
pub mod faults;
pub mod hosts;
pub mod knobs;
pub mod limits;
pub mod passage;
pub mod persist;
mod running;
pub mod scenario;
pub mod server;
pub mod shake;
pub mod smh;
pub mod socket;
pub mod world;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

pub use clock::Clock;
pub use knobs::Knobs;
pub use server::SharedState;
pub use world::{Account, AccurateWorld, Database, Row, SmhWorld, Table, World};

use running::Running;

/// How a sandbox starts. `..Options::default()` gives loopback, any free port, the guide's data and the call limit on.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// A file that keeps the world between starts. Read if it exists, else created from the scenario.
    pub data: Option<PathBuf>,
    /// The data to begin with, unless the data file exists.
    pub scenario: Scenario,
    /// Whether Accurate's limit of calls per second and of parallel calls is enforced.
    pub limit: bool,
    /// Behaviour the public documentation leaves open.
    pub knobs: Knobs,
    /// Where the sandbox takes the time from.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data: None,
            scenario: Scenario::Panduan,
            limit: true,
            knobs: Knobs::default(),
            clock: Clock::system(),
        }
    }
}

/// The data a sandbox begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scenario {
    /// The example of the user guide.
    Panduan,
    /// One database with its default records, nothing else.
    Kosong,
    /// Generated records in the given numbers.
    Sized {
        /// Customers to generate.
        customers: u64,
        /// Items to generate.
        items: u64,
        /// Employees to generate.
        employees: u64,
        /// Sales orders to generate.
        orders: u64,
    },
}

/// Why a sandbox could not start, save or stop.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Another program listens there.
    #[error("port {} on {} is in use: another program, perhaps another sandbox, listens on {address}. Stop it or choose another address with --listen", address.port(), address.ip())]
    AddressInUse {
        /// The address asked for.
        address: SocketAddr,
    },
    /// The address cannot be listened on for another reason.
    #[error("the sandbox cannot listen on {address}: {source}. Choose another address with --listen")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The data file exists but is not a world.
    #[error(
        "the sandbox data file {} cannot be understood ({reason}). It was left as it is; move it away to start afresh, or name another with --data", path.display()
    )]
    CorruptData {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The data file cannot be read or written.
    #[error("the sandbox data file {} cannot be {action}: {source}. Check the folder and its permissions", path.display())]
    DataFile {
        /// The file.
        path: PathBuf,
        /// "read" or "written".
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The threads that serve requests cannot be started.
    #[error("the sandbox cannot start its server threads: {source}. Free some memory or threads and start it again")]
    Threads {
        /// What the system said.
        source: std::io::Error,
    },
}

/// A running sandbox. Dropping it stops the server and flushes the data file; `stop` does the same and reports failure.
pub struct Sandbox {
    running: Running,
}

/// Starts a sandbox on threads of its own and returns once the port is bound.
///
/// # Errors
/// When the address is taken or the data file is unusable.
pub fn start(options: Options) -> Result<Sandbox, SandboxError> {
    Ok(Sandbox { running: Running::start(options)? })
}

impl Sandbox {
    /// `http://127.0.0.1:PORT`, without a path.
    pub fn base_url(&self) -> String {
        self.running.state().base_url().to_owned()
    }

    /// Everything a client of the simulated Accurate Online needs: `base_url` of the account host, `auth`, `token`,
    /// `secret`, `database`, `branch`, and an `oauth_token` with every scope.
    pub fn accurate_settings(&self) -> BTreeMap<String, String> {
        accurate::credentials::settings(self.running.state())
    }

    /// Everything an application needs to ask for access by OAuth: `base_url`, `client_id`, `client_secret`,
    /// `redirect_uri` (any port), `account` and `password` of the Administrator.
    pub fn oauth_settings(&self) -> BTreeMap<String, String> {
        accurate::credentials::oauth_settings(self.running.state())
    }

    /// Everything a client of the simulated SMH needs: `base_url`, `auth`, `token`.
    pub fn smh_settings(&self) -> BTreeMap<String, String> {
        let state = self.running.state();
        BTreeMap::from([
            ("base_url".to_owned(), format!("{}/smh/api/v1", state.base_url())),
            ("auth".to_owned(), "bearer".to_owned()),
            ("token".to_owned(), state.read(|world| world.smh.token.clone())),
        ])
    }

    /// Writes the data file now, if there is one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self) -> Result<(), SandboxError> {
        self.running.state().save()
    }

    /// Ends the server and flushes the data file.
    ///
    /// # Errors
    /// When the data file cannot be written.
    pub fn stop(mut self) -> Result<(), SandboxError> {
        self.running.stop()
    }

    /// Looks into and changes the world directly, for tests. Counts as a change.
    pub fn with_world<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        self.running.state().write(change)
    }

    /// What the routers share, for tests that call them without a socket.
    pub fn state(&self) -> &SharedState {
        self.running.state()
    }
}
