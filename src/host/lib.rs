//! Finds, loads and fences connectors; the only door to the network.
//!
//! A [`Host`] finds connectors and makes [`System`]s of them. Everything a connector wants from the world goes through here: the
//! read-only gate, the credential, the call budget, retries, time-outs and limits. What is read and written, and why, is the runner's
//! business; what a request means is the connector's.

mod access;
mod auth;
mod breaker;
mod budget;
mod error;
pub mod fault;
mod gate;
mod hosts;
mod http;
mod line;
mod load;
mod lock;
mod oauth;
mod options;
mod renew;
mod retry;
mod search;
mod services;
mod settings;
mod shared;
mod sign;
mod skew;
mod system;
mod textfile;
mod timeouts;
mod vault;

pub use error::{HostError, MESSAGES_EN, MESSAGES_ID};
pub use load::Loaded;
pub use oauth::{Answer, Consent, Consents, OAuthClient};
pub use options::{CallStats, Clock, HostOptions, Installed, InstalledDetails};
pub use settings::{AuthSettings, Limits, Secret, SystemSettings};
pub use system::{System, WritePermit};
pub use textfile::{MAX_WRITTEN, Unread, read_text};
pub use timeouts::Timeouts;
pub use vault::{CredentialFacts, KeySource, PendingFacts, Vault, VaultOptions};

use access::Access;
use auth::{Credential, Scrubber};
use breaker::Breaker;
use budget::Budget;
use hosts::Hosts;
use http::Clients;
use line::Line;
use lock::Lock;
use search::Search;
use selaras_connector_api::{Budget as Rules, Connector, Failure, Manifest, OpenRequest};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::runtime::{Builder, Handle, Runtime};

/// Finds and loads connectors, and is their only way to the network.
pub struct Host {
    inner: Arc<Inner>,
}

/// What leads to a system: whose connections, under which limits.
struct Way {
    clients: Arc<Clients>,
    budget: Arc<Budget>,
    breaker: Arc<Breaker>,
}

/// What systems share and keep alive.
pub(crate) struct Inner {
    runtime: Option<Runtime>,
    /// Those with the usual time-outs.
    clients: Arc<Clients>,
    /// Those of systems with time-outs of their own.
    more_clients: Mutex<BTreeMap<Timeouts, Arc<Clients>>>,
    budgets: Mutex<BTreeMap<String, Arc<Budget>>>,
    breakers: Mutex<BTreeMap<String, Arc<Breaker>>>,
    options: HostOptions,
    clock: Clock,
    seed: u64,
}

impl Host {
    /// A host with the system's clock.
    ///
    /// # Errors
    /// When threads or the HTTP client cannot be had.
    pub fn new(options: HostOptions) -> Result<Self, HostError> {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed());
        Self::with_clock(options, Arc::new(now), 0)
    }

    /// A host with another clock, and a seed for the jitter of retries.
    ///
    /// # Errors
    /// As for `new`.
    pub fn with_clock(options: HostOptions, clock: Clock, seed: u64) -> Result<Self, HostError> {
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("selaras-host").enable_all().build();
        let runtime = runtime.map_err(|error| HostError::new("host-network").with("why", error))?;
        let clients = Arc::new(Clients::new(options.timeouts)?);
        let runtime = Some(runtime);
        let (more_clients, budgets, breakers) = Default::default();
        let inner = Inner { runtime, clients, more_clients, budgets, breakers, options, clock, seed };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// All connectors that are there, by name.
    #[must_use]
    pub fn installed(&self) -> Vec<Installed> {
        let names = self.search().names();
        names
            .into_iter()
            .map(|name| Installed { details: self.load(&name).map(InstalledDetails::from), name })
            .collect()
    }

    /// Loads a connector by name.
    ///
    /// # Errors
    /// When it is not found (every place tried is told), not the one that was pinned, or unfit.
    pub fn load(&self, name: &str) -> Result<Loaded, HostError> {
        let found = self.search().find(name)?;
        load::load(name, found, self.inner.options.lock_file.as_deref())
    }

    /// A system of a mapping, with its connector loaded. Sends nothing yet.
    ///
    /// # Errors
    /// As for `load`; also when a setting is missing or wrong.
    pub fn system(&self, name: &str, settings: &SystemSettings) -> Result<System, HostError> {
        let loaded = self.load(&settings.connector)?;
        let (line, request) = self.connect(name, &loaded.manifest, settings)?;
        Ok(System {
            name: name.to_owned(),
            connector: loaded.connector,
            manifest: settings::settling(loaded.manifest, settings.limits),
            hash: loaded.hash,
            request,
            line,
            host: Arc::clone(&self.inner),
            blocked: None,
            log: Vec::new(),
        })
    }

    /// A system with a connector that is linked into this program, for tests. When the settings do not fit, every operation says so.
    #[must_use]
    pub fn linked(&self, name: &str, connector: Box<dyn Connector>, settings: &SystemSettings) -> System {
        let described = connector.describe();
        let manifest = described.clone().unwrap_or_else(|_| nothing(name));
        let connected = self.connect(name, &manifest, settings);
        let blocked = described.err().or_else(|| connected.as_ref().err().cloned().map(Failure::from));
        let (line, request) = connected.unwrap_or_else(|_| (self.dead_line(), OpenRequest::default()));
        System {
            name: name.to_owned(),
            connector,
            manifest: settings::settling(manifest, settings.limits),
            hash: "linked".to_owned(),
            request,
            line,
            host: Arc::clone(&self.inner),
            blocked,
            log: Vec::new(),
        }
    }

    /// The right to write. Whoever only plans never asks for it.
    #[must_use]
    pub fn permit_writes(&self) -> WritePermit {
        WritePermit::new()
    }

    /// Pins all connectors that are there to what they are now, and tells where. Loads none of them.
    ///
    /// # Errors
    /// When there is no lock file to write, or it cannot be written, or a connector cannot be read.
    pub fn write_lock(&self) -> Result<PathBuf, HostError> {
        let file = self.inner.options.lock_file.as_ref().ok_or_else(|| HostError::new("host-lock-none"))?;
        let search = self.search();
        let mut hashes = BTreeMap::new();
        for name in search.names() {
            let found = search.find(&name)?;
            hashes.insert(name, lock::hashes(&found)?.connector);
        }
        Lock::pinning(hashes).write(file)?;
        Ok(file.clone())
    }

    fn search(&self) -> Search<'_> {
        Search { folders: &self.inner.options.search, exe_dir: Path::new(&self.inner.options.exe_dir) }
    }

    fn connect(
        &self,
        name: &str,
        manifest: &Manifest,
        settings: &SystemSettings,
    ) -> Result<(Arc<Line>, OpenRequest), HostError> {
        let access = Access::of(name, settings, self.inner.options.vault.as_ref())?;
        let values = settings::resolve(name, manifest, settings, access.scheme())?;
        let (mark, scrubber) = (access.mark(), Scrubber::of(access.secrets()));
        let credential = access.credential(name, manifest, &values)?;
        let hosts = Hosts::of(name, &values, &credential)?;
        let holder = format!("{}\n{mark}", hosts.holder());
        let rules = settings::rules(manifest.budget, settings.limits).filter(|_| self.inner.options.limited);
        let limits = settings.limits.unwrap_or_default();
        let way = Way {
            clients: self.clients(limits.timeouts(self.inner.options.timeouts))?,
            breaker: self.breaker(&holder, limits.breaker()),
            budget: self.budget(holder, rules),
        };
        let line = self.line(way, credential, hosts, manifest, scrubber);
        Ok((line, OpenRequest { settings: values }))
    }

    fn line(
        &self,
        way: Way,
        credential: Credential,
        hosts: Hosts,
        manifest: &Manifest,
        scrubber: Scrubber,
    ) -> Arc<Line> {
        Arc::new(Line {
            clients: way.clients,
            budget: way.budget,
            breaker: way.breaker,
            credential,
            hosts,
            scrubber,
            reads: manifest.reads.clone(),
            cancel: Arc::clone(&self.inner.options.cancel),
            clock: Arc::clone(&self.inner.clock),
            seed: self.inner.seed,
            counters: line::Counters::default(),
            notes: Mutex::default(),
        })
    }

    fn now(&self) -> i64 {
        (self.inner.clock)()
    }

    /// A line for a system that cannot be used.
    fn dead_line(&self) -> Arc<Line> {
        let way = Way {
            clients: Arc::clone(&self.inner.clients),
            budget: Budget::new(None),
            breaker: Breaker::new(breaker::Rules::default()),
        };
        self.line(way, Credential::None, Hosts::nowhere(), &nothing(""), Scrubber::default())
    }

    /// The clients with these time-outs.
    fn clients(&self, timeouts: Timeouts) -> Result<Arc<Clients>, HostError> {
        if timeouts == self.inner.options.timeouts {
            return Ok(Arc::clone(&self.inner.clients));
        }
        let mut known = self.inner.more_clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(clients) = known.get(&timeouts) {
            return Ok(Arc::clone(clients));
        }
        let clients = Arc::new(Clients::new(timeouts)?);
        known.insert(timeouts, Arc::clone(&clients));
        Ok(clients)
    }

    /// One breaker for each quota holder and set of rules.
    fn breaker(&self, holder: &str, rules: breaker::Rules) -> Arc<Breaker> {
        let mut breakers = self.inner.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(breakers.entry(format!("{holder}\n{rules:?}")).or_insert_with(|| Breaker::new(rules)))
    }

    /// One budget for each quota holder and set of rules.
    fn budget(&self, holder: String, rules: Option<Rules>) -> Arc<Budget> {
        let mut budgets = self.inner.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        let key = format!("{holder}\n{rules:?}");
        if let Some(budget) = budgets.get(&key) {
            return Arc::clone(budget);
        }
        let folder = self.inner.options.quota.as_deref();
        let budget = Budget::shared_in(rules, folder.map(|folder| (folder, key.as_str())));
        budgets.insert(key, Arc::clone(&budget));
        budget
    }
}

impl Inner {
    pub(crate) fn runtime(&self) -> &Handle {
        self.runtime.as_ref().expect("the runtime is there until the last system is dropped").handle()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Unlike plain dropping, this is allowed anywhere, on a thread of another runtime too.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The manifest of a connector that could not say what it is.
fn nothing(name: &str) -> Manifest {
    Manifest {
        name: name.to_owned(),
        version: String::new(),
        title: name.to_owned(),
        settings: Vec::new(),
        auth: Vec::new(),
        reads: Vec::new(),
        budget: None,
        resources: Vec::new(),
        phrases: BTreeMap::new(),
    }
}
