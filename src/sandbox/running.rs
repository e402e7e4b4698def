//! The port and the threads: starts the server on a runtime of its own, keeps the data file fresh, and stops both.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::server::{self, SharedState, State};
use crate::socket::{Connection, Severable};
use crate::{Options, SandboxError, accurate, passage, persist};

/// How long changes gather before the data file is written.
const SAVE_EVERY: Duration = Duration::from_millis(500);
/// How long requests in work may take to end when the sandbox stops.
const PATIENCE: Duration = Duration::from_secs(2);

/// A server at work.
pub struct Running {
    state: SharedState,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Reads or makes the world, binds the port, starts serving.
    ///
    /// # Errors
    /// When the data file is unusable, the address is taken, or threads cannot be started.
    pub fn start(options: Options) -> Result<Running, SandboxError> {
        // The data file comes first: a port that answers must mean a world that is whole.
        let kept = options.data.as_deref().map(persist::read).transpose()?.flatten();
        let listener = bind(options.listen)?;
        let address =
            listener.local_addr().map_err(|source| SandboxError::Listen { address: options.listen, source })?;
        let mut world = kept.unwrap_or_else(|| server::first_world(&options));
        accurate::credentials::ensure(&mut world.accurate);
        let state = State::new(options, world, format!("http://{}", reachable(address)));
        state.save()?;
        let runtime = runtime().map_err(|source| SandboxError::Threads { source })?;
        let (stop, stopping) = watch::channel(false);
        state.hosts().ready(address.ip(), runtime.handle().clone(), stopping.clone());
        let served = Arc::clone(&state);
        let thread = thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || serve(runtime, listener, served, stopping))
            .map_err(|source| SandboxError::Threads { source })?;
        Ok(Running { state, stop, thread: Some(thread) })
    }

    /// What the routers share.
    pub fn state(&self) -> &SharedState {
        &self.state
    }

    /// Ends the server and writes the data file. A second call does nothing.
    ///
    /// # Errors
    /// When the data file cannot be written.
    pub fn stop(&mut self) -> Result<(), SandboxError> {
        let Some(thread) = self.thread.take() else { return Ok(()) };
        // The receiver is gone only if the server ended by itself, which is what is wanted.
        let _ = self.stop.send(true);
        let _ = thread.join();
        self.state.save()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Nobody is left to hear of a failure; `stop` is there for those who care.
        let _ = self.stop();
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener, SandboxError> {
    let bound = TcpListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    bound.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => SandboxError::AddressInUse { address },
        _ => SandboxError::Listen { address, source },
    })
}

/// The address callers on this machine use: listening everywhere includes loopback.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
        IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::from((Ipv6Addr::LOCALHOST, address.port())),
        _ => address,
    }
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(2).thread_name("sandbox-worker").enable_all().build()
}

/// Serves until told to stop. Runs on a thread of its own, so that the runtime is never dropped inside another one.
fn serve(runtime: Runtime, listener: TcpListener, state: SharedState, stopping: watch::Receiver<bool>) {
    runtime.block_on(async {
        let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
        let service = passage::router(&state).into_make_service_with_connect_info::<Connection>();
        tokio::spawn(keep_saved(Arc::clone(&state)));
        let told = stopping.clone();
        let server = axum::serve(Severable(listener), service).with_graceful_shutdown(until_told(told));
        tokio::select! {
            _ = async { server.await } => {}
            () = async { until_told(stopping).await; tokio::time::sleep(PATIENCE).await } => {}
        }
    });
    runtime.shutdown_timeout(PATIENCE);
}

pub(crate) async fn until_told(mut stopping: watch::Receiver<bool>) {
    // An error means the sandbox was dropped, which is another way of being told.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// Writes the data file whenever the world has changed since the last time.
async fn keep_saved(state: SharedState) {
    let mut saved = state.revision();
    loop {
        tokio::time::sleep(SAVE_EVERY).await;
        let revision = state.revision();
        if revision == saved || state.options().data.is_none() {
            continue;
        }
        let writer = Arc::clone(&state);
        let written = tokio::task::spawn_blocking(move || writer.save()).await;
        // A failed write is tried again with the next tick, and reported when the sandbox stops.
        if matches!(written, Ok(Ok(()))) {
            saved = revision;
        }
    }
}
