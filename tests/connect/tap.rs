//! Somebody who listens on the wire between the runner and Accurate's account host: what is never told to anybody else is seen here.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// An address that hands everything on, and keeps what passed.
pub struct Tap {
    address: String,
    passed: Arc<Mutex<String>>,
}

impl Tap {
    /// Before the server at this address, `http://…`.
    pub fn before(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let (server, passed) = (server.trim_start_matches("http://").to_owned(), Arc::new(Mutex::default()));
        let kept = Arc::clone(&passed);
        // Ends with the process: it waits for callers until then.
        std::thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                let Ok(called) = TcpStream::connect(&server) else { continue };
                for (from, to) in [(&caller, &called), (&called, &caller)] {
                    let (from, to) = (from.try_clone().expect("a socket"), to.try_clone().expect("a socket"));
                    let kept = Arc::clone(&kept);
                    std::thread::spawn(move || pass(from, to, &kept));
                }
            }
        });
        Self { address, passed }
    }

    /// The address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// All values that passed under this name, in a form, a query or JSON.
    pub fn values(&self, name: &str) -> Vec<String> {
        let text = self.passed.lock().expect("no reader failed").clone();
        let mut found = Vec::new();
        for mark in [format!("{name}="), format!("\"{name}\":\"")] {
            for (at, _) in text.match_indices(&mark) {
                let rest = &text[at + mark.len()..];
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.~".contains(c)).unwrap_or(rest.len());
                found.push(rest[..end].to_owned());
            }
        }
        found.retain(|value| !value.is_empty());
        found.sort();
        found.dedup();
        found
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, kept: &Mutex<String>) {
    let mut bytes = [0; 16_384];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        kept.lock().expect("no reader failed").push_str(&String::from_utf8_lossy(&bytes[..count]));
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
