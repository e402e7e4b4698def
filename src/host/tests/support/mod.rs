//! Servers on loopback, and a connector that does what a test tells it.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]
#![allow(dead_code, clippy::allow_attributes, reason = "each test program uses a part of this")]

pub mod tokens;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use selaras_connector_api::{
    Auth, Budget, Connector, Failure, GetDone, GetRequest, Host, Manifest, OpenRequest, Opened, ReadDone, ReadRequest,
    ReadRule, Rights, RightsRequest, Space, SpacesRequest, WriteDone, WriteRequest,
};
use selaras_host::{AuthSettings, Secret, SystemSettings};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Serves a router for the rest of the test program, and tells where.
pub fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
    });
    base
}

/// What a server saw.
pub type Requests = Arc<Mutex<Vec<String>>>;

/// Reads what a server saw.
pub struct Seen;

impl Seen {
    pub fn taken(requests: &Requests) -> Vec<String> {
        std::mem::take(&mut requests.lock().unwrap())
    }
}

/// A server that answers by a function and remembers `METHOD path?query` of each request. The function gets the number of the request.
pub fn server<R: IntoResponse + 'static>(
    answer: impl Fn(usize, &Request) -> R + Clone + Send + Sync + 'static,
) -> (String, Requests) {
    let requests = Requests::default();
    let seen = Arc::clone(&requests);
    let router = Router::new().fallback(move |request: Request| {
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.push(format!("{} {}", request.method(), request.uri()));
            seen.len()
        };
        let response = answer(number, &request).into_response();
        async move { response }
    });
    (serve(router), requests)
}

/// A server that says yes to everything.
pub fn recorder() -> (String, Requests) {
    server(|_, _| "{}")
}

/// A server below HTTP: it gets each connection after one request was read.
pub fn raw_server(answer: impl Fn(usize, TcpStream) + Send + 'static) -> (String, Requests) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let requests = Requests::default();
    let seen = Arc::clone(&requests);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut buffer = [0; 4096];
            let length = stream.read(&mut buffer).unwrap_or(0);
            let head = String::from_utf8_lossy(&buffer[..length]).lines().next().unwrap_or_default().to_owned();
            let number = {
                let mut seen = seen.lock().unwrap();
                seen.push(head);
                seen.len()
            };
            answer(number, stream);
        }
    });
    (base, requests)
}

/// Writes a head that promises more than comes.
pub fn break_off(mut stream: TcpStream) {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
}

/// An address at which nobody listens.
pub fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

pub fn settings(connector: &str, base_url: &str) -> SystemSettings {
    SystemSettings {
        connector: connector.into(),
        values: [("base_url".to_owned(), base_url.to_owned())].into(),
        ..SystemSettings::default()
    }
}

pub fn with_auth(base_url: &str, scheme: &str, token: &str, secret: Option<&str>) -> SystemSettings {
    let auth = AuthSettings { scheme: scheme.into(), token: Secret::new(token), secret: secret.map(Secret::new) };
    SystemSettings { auth: Some(auth), ..settings("probe", base_url) }
}

/// What the probe says of itself.
pub fn manifest() -> Manifest {
    let token =
        Auth::ApiToken { timestamp_header: "X-Api-Timestamp".into(), signature_header: "X-Api-Signature".into() };
    let oauth = Auth::OAuth2 {
        authorize_path: "/oauth/authorize".into(),
        token_path: "/oauth/token".into(),
        pkce: true,
        base_scopes: vec!["branch_view".into()],
    };
    Manifest {
        name: "probe".into(),
        version: "1".into(),
        title: "Probe".into(),
        settings: Vec::new(),
        auth: vec![Auth::Bearer, token, oauth],
        reads: vec![ReadRule { method: "POST".into(), path_suffix: "/search".into() }],
        budget: None,
        resources: Vec::new(),
        phrases: Default::default(),
    }
}

type Work<T> = Box<dyn FnMut(&dyn Host) -> Result<T, Failure> + Send>;

/// A connector that does what it is told.
pub struct Probe {
    pub budget: Option<Budget>,
    pub read: Work<()>,
    pub write: Work<WriteDone>,
}

impl Probe {
    pub fn reading(work: impl FnMut(&dyn Host) -> Result<(), Failure> + Send + 'static) -> Box<Self> {
        Box::new(Self {
            budget: None,
            read: Box::new(work),
            write: Box::new(|_| Ok(WriteDone { outcomes: Vec::new() })),
        })
    }

    pub fn writing(work: impl FnMut(&dyn Host) -> Result<WriteDone, Failure> + Send + 'static) -> Box<Self> {
        Box::new(Self { budget: None, read: Box::new(|_| Ok(())), write: Box::new(work) })
    }
}

impl Connector for Probe {
    fn describe(&self) -> Result<Manifest, Failure> {
        Ok(Manifest { budget: self.budget, ..manifest() })
    }

    fn open(&mut self, _: &dyn Host, request: &OpenRequest) -> Result<Opened, Failure> {
        let facts = serde_json::json!(request.settings);
        Ok(Opened { endpoint: "probe/1".into(), title: String::new(), facts })
    }

    fn spaces(&mut self, _: &dyn Host, _: &SpacesRequest) -> Result<Vec<Space>, Failure> {
        Ok(Vec::new())
    }

    fn rights(&mut self, _: &dyn Host, _: &RightsRequest) -> Result<Rights, Failure> {
        Ok(Rights::default())
    }

    fn read(&mut self, host: &dyn Host, _: &ReadRequest) -> Result<ReadDone, Failure> {
        (self.read)(host).map(|()| ReadDone { complete: true, why_incomplete: None, cursor: None })
    }

    fn get(&mut self, _: &dyn Host, _: &GetRequest) -> Result<GetDone, Failure> {
        Ok(GetDone::default())
    }

    fn write(&mut self, host: &dyn Host, _: &WriteRequest) -> Result<WriteDone, Failure> {
        (self.write)(host)
    }

    fn close(&mut self, _: &dyn Host) {}
}
