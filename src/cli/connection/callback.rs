//! The page that the browser comes back to after consent: a listener on this machine only, for one answer. What the answer is worth is
//! checked by the host.

use crate::catalogue::Catalogue;
use crate::failure::Failure;
use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Html;
use axum::routing::get;
use maud::{DOCTYPE, html};
use selaras_model::Message;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// The callback where nothing else is set: it has to be registered with the application, so it never changes by itself.
pub const DEFAULT: &str = "http://127.0.0.1:8123/callback";
/// How long a person may take to log in and decide.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often a wait looks whether it was cancelled.
const GLANCE: Duration = Duration::from_millis(100);

/// A listener that is open already, so that nobody can come back before it is.
pub struct Callback {
    listener: TcpListener,
    path: String,
}

/// Where a callback points to.
struct Target {
    address: SocketAddr,
    path: String,
}

impl Callback {
    /// Opens the listener for a callback address.
    ///
    /// # Errors
    /// When the address does not point to this machine, or its port is in use.
    pub fn open(address: &str) -> Result<Self, Failure> {
        let target = target(address).ok_or_else(|| {
            let what = Message::new("connect-callback-address").with("address", address);
            Failure::new(what).help(Message::new("connect-callback-address-help").with("example", DEFAULT))
        })?;
        let listener = TcpListener::bind(target.address).and_then(|listener| {
            listener.set_nonblocking(true)?;
            Ok(listener)
        });
        let listener = listener.map_err(|error| {
            let what = Message::new("connect-callback-port").with("address", target.address).with("why", error);
            Failure::new(what).help(Message::new("connect-callback-port-help"))
        })?;
        Ok(Self { listener, path: target.path })
    }

    /// Waits for the browser: the query that it came back with; `None` when nobody came in time or the wait was cancelled.
    ///
    /// # Errors
    /// When the listener fails.
    pub fn wait(self, catalogue: &Catalogue, cancelled: &AtomicBool) -> Result<Option<String>, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::as_is)?;
        let page: Arc<str> = page(catalogue).into();
        runtime.block_on(self.serve(page, cancelled)).map_err(Failure::as_is)
    }

    async fn serve(self, page: Arc<str>, cancelled: &AtomicBool) -> std::io::Result<Option<String>> {
        let (tell, mut told) = mpsc::channel::<String>(1);
        let answer = |State((tell, page)): State<(mpsc::Sender<String>, Arc<str>)>, uri: Uri| async move {
            // A second answer, such as a reloaded page, is not waited for.
            let _ = tell.try_send(uri.to_string());
            Html(page.to_string())
        };
        let router = Router::new().route(&self.path, get(answer)).with_state((tell, page));
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        let begun = Instant::now();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let server = axum::serve(listener, router).with_graceful_shutdown(async move {
            let _ = stopped.await;
        });
        let server = tokio::spawn(server.into_future());
        let heard = loop {
            match tokio::time::timeout(GLANCE, told.recv()).await {
                Ok(heard) => break heard,
                Err(_) if cancelled.load(Ordering::SeqCst) || begun.elapsed() > PATIENCE => break None,
                Err(_) => {}
            }
        };
        // The page is still on its way to the browser; it is given a moment, no more.
        let _ = stop.send(());
        let _ = tokio::time::timeout(Duration::from_secs(1), server).await;
        Ok(heard)
    }
}

/// Only plain http to this very machine can be listened on.
fn target(address: &str) -> Option<Target> {
    let rest = address.strip_prefix("http://")?;
    let (authority, path) = rest.split_at(rest.find('/')?);
    let authority = authority.replace("localhost:", "127.0.0.1:");
    let address: SocketAddr = authority.parse().ok()?;
    let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.".contains(c));
    (address.ip().is_loopback() && address.port() != 0 && plain).then(|| Target { address, path: path.to_owned() })
}

fn page(catalogue: &Catalogue) -> String {
    let style = "body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:18vh auto;padding:0 1rem;color:#1c2733}\
                 @media(prefers-color-scheme:dark){body{background:#12181f;color:#dde5ec}}";
    html! {
        (DOCTYPE)
        html {
            head {
                meta charset="utf-8";
                title { (catalogue.text("connect-page-title")) }
                style { (style) }
            }
            body {
                h1 { (catalogue.text("connect-page-title")) }
                p { (catalogue.text("connect-page-text")) }
            }
        }
    }
    .into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_listened_on() {
        for good in ["http://127.0.0.1:8123/callback", "http://localhost:9/x", "http://[::1]:8123/callback"] {
            assert!(target(good).is_some(), "{good}");
        }
        for bad in [
            "https://127.0.0.1:8123/callback",
            "http://0.0.0.0:8123/callback",
            "http://192.168.1.2:8123/callback",
            "http://127.0.0.1:0/callback",
            "http://127.0.0.1/callback",
            "http://127.0.0.1:8123",
            "http://127.0.0.1:8123/{*all}",
            "nonsense",
        ] {
            assert!(target(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_port_in_use_is_told() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/callback", taken.local_addr().unwrap());
        let failure = Callback::open(&address).err().unwrap();
        assert_eq!(failure.what.key, "connect-callback-port");
    }
}
