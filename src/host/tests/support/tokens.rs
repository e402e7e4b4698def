//! A hostile token server below HTTP: rotation, refresh tokens that work once, and tricks on demand. It remembers every secret that it saw or
//! gave, so that a test can look for them.

use selaras_host::{Answer, Host, HostOptions, OAuthClient, Secret, SystemSettings, Timeouts, Vault, VaultOptions};
use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, MutexGuard};
use std::time::Duration;

pub const CLIENT: &str = "app-1";
pub const SECRET: &str = "s3cr3t-of/the app";
pub const BACK: &str = "http://127.0.0.1:8912/callback";
pub const LIFETIME: i64 = 1_295_999;
pub const NOW: i64 = 1_763_800_000;

/// What the next exchange meets instead of an honest answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trick {
    Honest,
    /// The connection is cut before anything was done.
    CutBefore,
    /// The connection is cut after everything was done.
    CutAfter,
    /// Done, and answered by a gateway that gave up.
    GatewayAfter,
    /// Done, and answered with a page.
    PageAfter,
    /// The page of a wrong client secret.
    WrongClient,
    /// Too many calls; come back tomorrow.
    Tomorrow,
    /// Too many calls; come back at once.
    AtOnce,
    NotFound,
}

/// How a dead token is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Json,
    Xml,
    Challenge,
}

pub struct World {
    pub access: String,
    pub refresh: String,
    pub codes: BTreeMap<String, String>,
    pub challenge: Option<String>,
    given: usize,
    /// Exchanges asked for, and those that gave a token.
    pub posts: usize,
    pub granted: usize,
    /// Other requests, and those with a dead token.
    pub calls: Vec<String>,
    pub refused: usize,
    pub tricks: VecDeque<Trick>,
    pub style: Style,
    pub always_dead: bool,
    pub no_refresh: bool,
    /// Everybody with a dead token waits here for the others.
    pub crowd: Option<Arc<Barrier>>,
    /// Something to do while a refresh is answered.
    pub meanwhile: Option<Box<dyn Fn() + Send>>,
    pub secrets: Vec<String>,
}

#[derive(Clone)]
pub struct Tokens {
    pub base: String,
    /// How many exchanges have arrived; can be read while one is being answered.
    pub asked: Arc<AtomicUsize>,
    world: Arc<Mutex<World>>,
}

impl Tokens {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let world = World {
            access: "none".into(),
            refresh: "none".into(),
            codes: BTreeMap::new(),
            challenge: None,
            given: 0,
            posts: 0,
            granted: 0,
            calls: Vec::new(),
            refused: 0,
            tricks: VecDeque::new(),
            style: Style::Json,
            always_dead: false,
            no_refresh: false,
            crowd: None,
            meanwhile: None,
            secrets: vec![SECRET.to_owned()],
        };
        let tokens = Self { base, asked: Arc::default(), world: Arc::new(Mutex::new(world)) };
        let server = tokens.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let server = server.clone();
                std::thread::spawn(move || server.serve(stream.unwrap()));
            }
        });
        tokens
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The present access token ends; the refresh token still works.
    pub fn expire(&self) {
        self.world().access = "replaced".to_owned();
    }

    /// Both end.
    pub fn revoke(&self) {
        let mut world = self.world();
        (world.access, world.refresh) = ("replaced".to_owned(), "replaced".to_owned());
    }

    pub fn trick(&self, tricks: &[Trick]) {
        self.world().tricks.extend(tricks);
    }

    /// The user agrees on the page of this address: where the browser comes back to.
    pub fn agree(&self, page: &str) -> String {
        let asked = fields(page.split_once('?').unwrap().1);
        let mut world = self.world();
        let code = world.secret("code");
        world.codes.insert(code.clone(), asked["redirect_uri"].clone());
        world.challenge = asked.get("code_challenge").cloned();
        world.secrets.push(asked["state"].clone());
        format!("{}?code={code}&state={}", asked["redirect_uri"], asked["state"])
    }

    fn serve(&self, stream: TcpStream) {
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let Some((line, headers, body)) = request(&mut reader) else { return };
        let answer = if line.starts_with("POST /oauth/token ") {
            self.exchange(&headers, &body)
        } else {
            Some(self.call(&line, &headers))
        };
        if let Some((status, more, body)) = answer {
            let length = body.len();
            let text =
                format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{more}\r\n{body}");
            let _ = (&stream).write_all(text.as_bytes());
        }
    }

    fn call(&self, line: &str, headers: &BTreeMap<String, String>) -> (u16, String, String) {
        let sent = headers.get("authorization").cloned().unwrap_or_default();
        let (good, style, crowd) = {
            let mut world = self.world();
            let good = !world.always_dead && sent == format!("Bearer {}", world.access);
            world.calls.push(line.rsplit_once(' ').unwrap().0.to_owned());
            world.refused += usize::from(!good);
            (good, world.style, world.crowd.clone().filter(|_| !good))
        };
        if let Some(crowd) = crowd {
            crowd.wait();
        }
        if good {
            return (200, String::new(), "{}".to_owned());
        }
        let challenge = "www-authenticate: Bearer realm=\"r\", error=\"invalid_token\"\r\n".to_owned();
        match style {
            Style::Json => (401, String::new(), format!(r#"{{"error":"invalid_token","error_description":"{sent}"}}"#)),
            Style::Xml => (401, String::new(), "<E><error>invalid_token</error></E>".to_owned()),
            Style::Challenge => (401, challenge, "<html>".to_owned()),
        }
    }

    fn exchange(&self, headers: &BTreeMap<String, String>, body: &str) -> Option<(u16, String, String)> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut world = self.world();
        world.posts += 1;
        let trick = world.tricks.pop_front().unwrap_or(Trick::Honest);
        let page = |status| Some((status, String::new(), "<h1>Halaman tidak boleh diakses</h1>".to_owned()));
        let later = |wait: u32| Some((429, format!("retry-after: {wait}\r\n"), String::new()));
        match trick {
            Trick::CutBefore => return None,
            Trick::WrongClient => return page(401),
            Trick::NotFound => return page(404),
            Trick::Tomorrow => return later(86_400),
            Trick::AtOnce => return later(0),
            _ => {}
        }
        use base64::Engine;
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{CLIENT}:{SECRET}"));
        if headers.get("authorization") != Some(&format!("Basic {pair}")) {
            return page(401);
        }
        assert_eq!(headers["accept"], "application/json");
        assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
        let form = fields(body);
        world.secrets.extend(form.get("code_verifier").cloned());
        if let Some(meanwhile) = &world.meanwhile {
            meanwhile();
        }
        let answer = world.grant(&form);
        match trick {
            Trick::CutAfter => None,
            Trick::GatewayAfter => page(502),
            Trick::PageAfter => page(200),
            _ => Some(answer),
        }
    }
}

impl World {
    fn secret(&mut self, kind: &str) -> String {
        self.given += 1;
        let secret = format!("{kind}-{:04}-{}", self.given, "5ec2e7".repeat(4));
        self.secrets.push(secret.clone());
        secret
    }

    fn grant(&mut self, form: &BTreeMap<String, String>) -> (u16, String, String) {
        let no = |error: &str, why: String| {
            (400, String::new(), format!(r#"{{"error":"{error}","error_description":"{why}"}}"#))
        };
        match form["grant_type"].as_str() {
            "authorization_code" => {
                let code = form["code"].clone();
                match self.codes.remove(&code) {
                    None => return no("invalid_grant", format!("Invalid authorization code: {code}")),
                    Some(back) if back != form["redirect_uri"] => {
                        return no("invalid_grant", "Redirect URI mismatch.".to_owned());
                    }
                    Some(_) => {}
                }
                if self.challenge.take() != form.get("code_verifier").map(|verifier| challenge_of(verifier)) {
                    return no("invalid_grant", "wrong verifier".to_owned());
                }
            }
            "refresh_token" if form["refresh_token"] == self.refresh => {}
            "refresh_token" => return no("invalid_grant", format!("Invalid refresh token: {}", form["refresh_token"])),
            other => return no("unsupported_grant_type", other.to_owned()),
        }
        self.granted += 1;
        self.access = self.secret("access");
        self.refresh = self.secret("refresh");
        let mut body = serde_json::json!({
            "access_token": self.access, "token_type": "bearer", "refresh_token": self.refresh,
            "expires_in": LIFETIME, "scope": "item_view branch_view", "user": {"name": "Ani", "email": "ani@toko.id"}});
        if self.no_refresh {
            body["refresh_token"] = serde_json::Value::Null;
        }
        (200, String::new(), body.to_string())
    }
}

fn challenge_of(verifier: &str) -> String {
    use base64::Engine;
    use sha2::Digest;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier.as_bytes()))
}

fn request(reader: &mut impl BufRead) -> Option<(String, BTreeMap<String, String>, String)> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
        if line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    let headers: BTreeMap<String, String> = lines[1..]
        .iter()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut body = vec![0; headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some((lines.swap_remove(0), headers, String::from_utf8(body).unwrap()))
}

/// The fields of a form or a query.
pub fn fields(text: &str) -> BTreeMap<String, String> {
    let url = reqwest::Url::parse(&format!("http://x/?{text}")).unwrap();
    url.query_pairs().into_owned().collect()
}

/// The settings of a system whose credential is kept.
pub fn stored(base: &str) -> SystemSettings {
    SystemSettings { stored: true, ..super::settings("probe", base) }
}

pub fn client() -> OAuthClient {
    OAuthClient { id: CLIENT.into(), secret: Secret::new(SECRET) }
}

pub fn vault(dir: &Path) -> Arc<Vault> {
    Arc::new(Vault::open(VaultOptions { dir: dir.to_owned(), ..VaultOptions::default() }).unwrap())
}

/// A host with a vault of its own on this folder, as another process would have it.
pub fn host_at(dir: &Path, now: i64) -> Host {
    let options = HostOptions {
        timeouts: Timeouts::all(Duration::from_secs(5)),
        vault: Some(vault(dir)),
        ..HostOptions::default()
    };
    Host::with_clock(options, Arc::new(move || now), 1).unwrap()
}

/// Asks, agrees and keeps the grant of the system "side".
pub fn connect(tokens: &Tokens, dir: &Path) {
    let host = host_at(dir, NOW);
    let settings = stored(&tokens.base);
    let consents = host.consents(&super::manifest());
    let consent = consents.begin("side", &settings, &client(), BACK, &["item_view".to_owned()]).unwrap();
    let answer = Answer::from_url(&tokens.agree(&consent.url)).unwrap();
    consents.finish("side", &settings, &answer).unwrap();
}

/// Every place below a folder where one of the secrets stands in clear.
pub fn leaks(tokens: &Tokens, dir: &Path) -> Vec<(PathBuf, String)> {
    let secrets = tokens.world().secrets.clone();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(leaks(tokens, &path));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let holds = |secret: &&String| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        found.extend(secrets.iter().filter(holds).map(|secret| (path.clone(), secret.clone())));
    }
    found
}

/// A text that quotes none of the secrets.
pub fn clean(tokens: &Tokens, text: &str) {
    for secret in &tokens.world().secrets {
        assert!(!text.contains(secret.as_str()), "{secret} stands in {text}");
    }
}
