//! Where a test works: a folder of its own with settings and mapping in it, a sandbox, and the real binary. All that its commands say is
//! kept, and searched for secrets at the end.

use super::browser::Person;
use super::leaks;
use super::wire;
use selaras_sandbox::{Knobs, Options, Sandbox, Scenario};
use serde_json::Value as Json;
use std::cell::RefCell;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use tempfile::TempDir;

/// The settings' key by which credentials are encrypted where a test gives one.
pub const KEY: &str = "a-key-that-only-this-test-knows-0123456789";

/// What a command printed, and how it ended.
#[derive(Debug)]
pub struct Said {
    /// `None`: it was killed.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    /// It ended with this code.
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// It said all of this, somewhere.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Self {
        assert!(!self.err.contains("panicked"), "{self}");
        // Lines are broken to fit the screen.
        let text = format!("{} {}", self.out, self.err).split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            assert!(text.contains(word), "no {word:?} in\n{self}");
        }
        self
    }

    /// It did not say this.
    #[track_caller]
    pub fn hides(self, word: &str) -> Self {
        assert!(!self.err.contains(word) && !self.out.contains(word), "{word:?} in\n{self}");
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}:\n{self}"))
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {:?}\n---- out\n{}---- err\n{}", self.code, self.out, self.err)
    }
}

/// A command about to be run.
pub struct Call<'a> {
    pub args: &'a [&'a str],
    /// Who opens the consent page; nobody: the program is killed where it waits for somebody.
    pub person: Option<Person<'a>>,
    pub env: &'a [(&'a str, &'a str)],
}

/// Where a test works.
pub struct Place {
    folder: TempDir,
    /// Both systems.
    pub sandbox: Sandbox,
    port: u16,
    /// In the environment of every command.
    env: RefCell<Vec<(String, String)>>,
    heard: RefCell<Vec<String>>,
    /// Secrets that the sandbox cannot tell, such as codes that browsers brought back.
    secrets: RefCell<Vec<String>>,
}

impl Place {
    /// With this data, and no limit of calls.
    pub fn new(scenario: Scenario) -> Self {
        Self::with(scenario, Knobs::default())
    }

    /// With these settings of the sandbox, too.
    pub fn with(scenario: Scenario, knobs: Knobs) -> Self {
        let options = Options { scenario, limit: false, knobs, ..Options::default() };
        let sandbox = selaras_sandbox::start(options).expect("the sandbox starts");
        let smh = sandbox.smh_settings();
        let place = Self {
            folder: tempfile::tempdir().expect("a folder"),
            port: free_port(),
            env: RefCell::default(),
            heard: RefCell::default(),
            secrets: RefCell::default(),
            sandbox,
        };
        place.set_env("ACCURATE_CLIENT_SECRET", "sandbox-client-secret");
        place.set_env("SMH_TOKEN", &smh["token"]);
        std::fs::create_dir(place.home().join("mappings")).expect("made");
        place.write("mappings/accurate.yaml", &mapping());
        place.settle_in(&place.sandbox.base_url());
        place
    }

    /// Writes `runner.toml`; `base` is where Accurate's account host is.
    pub fn settle_in(&self, base: &str) {
        let (smh, connectors) = (&self.sandbox.smh_settings()["base_url"], project().join("connectors"));
        let fast = "limits = { calls_per_second = 100000 }";
        let text = format!(
            "connectors = [{connectors:?}]\n\n[systems.accurate]\nbase_url = {base:?}\nclient_id = \"sandbox-app\"\n\
             client_secret = {{ env = \"ACCURATE_CLIENT_SECRET\" }}\ncallback = {:?}\n{fast}\n\n\
             [systems.smh]\nbase_url = {smh:?}\n{fast}\n",
            self.callback()
        );
        self.write("runner.toml", &text);
    }

    /// The folder.
    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    /// The folder of the state.
    pub fn state(&self) -> PathBuf {
        self.home().join(".runner")
    }

    /// Where the browser comes back to.
    pub fn callback(&self) -> String {
        format!("http://127.0.0.1:{}/callback", self.port)
    }

    /// The callback's port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Writes a file in the folder.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.home().join(name), text).expect("written");
    }

    /// Sets a variable for all commands from now on.
    pub fn set_env(&self, name: &str, value: &str) {
        let mut env = self.env.borrow_mut();
        env.retain(|(known, _)| known != name);
        env.push((name.to_owned(), value.to_owned()));
    }

    /// Runs a command that needs nobody.
    pub fn run(&self, args: &[&str]) -> Said {
        self.call(&Call { args, person: None, env: &[] })
    }

    /// Runs a command while a person sits at the browser.
    pub fn run_as(&self, account: &str, args: &[&str]) -> Said {
        self.call(&Call { args, person: Some(Person::named(account)), env: &[] })
    }

    /// Runs a command.
    pub fn call(&self, call: &Call<'_>) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
        command.args(call.args).current_dir(self.home());
        for name in ["LANG", "LC_ALL", "RUNNER_KEY", "SELARAS_FAULT"] {
            command.env_remove(name);
        }
        command.env("NO_COLOR", "1").env("LANG", "en_US.UTF-8");
        command.envs(self.env.borrow().iter().map(|(name, value)| (name, value)));
        command.envs(call.env.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let said = self.listen(command.spawn().expect("the binary runs"), call);
        // Not what was typed: an address with a code in it may stand there.
        self.heard.borrow_mut().push(said.to_string());
        said
    }

    /// Hears a command out, and plays the browser when it shows the address of the consent page.
    fn listen(&self, mut child: Child, call: &Call<'_>) -> Said {
        let mut stdout = child.stdout.take().expect("piped");
        let mut stdin = child.stdin.take();
        let out = std::thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).map(|_| text)
        });
        let pastes = call.args.contains(&"--paste");
        if !pastes {
            stdin = None;
        }
        let (mut err, mut answers) = (String::new(), Vec::new());
        for line in BufReader::new(child.stderr.take().expect("piped")).lines() {
            let line = line.expect("text");
            err.push_str(&line);
            err.push('\n');
            if !line.contains("/oauth/authorize?") {
                continue;
            }
            let Some(person) = call.person else {
                child.kill().expect("it waits");
                continue;
            };
            let back = person.visits(line.trim());
            self.note_code(&back);
            match &mut stdin {
                Some(stdin) => writeln!(stdin, "{back}").expect("it listens"),
                // Whoever is killed on the way does not answer.
                None => answers.push(std::thread::spawn(move || wire::try_send("GET", &back, &[], "").ok())),
            }
        }
        let status = child.wait().expect("it ends");
        let pages: Vec<_> = answers.into_iter().filter_map(|answer| answer.join().expect("a browser")).collect();
        if status.code() == Some(0) && !pastes {
            assert!(pages.iter().all(|page| page.status == 200), "the browser was not told that all is well");
        }
        let out = out.join().expect("a reader").expect("text");
        Said { code: status.code(), out, err }
    }

    /// Notes secrets to be looked for at the end.
    pub fn note_secrets(&self, secrets: impl IntoIterator<Item = String>) {
        self.secrets.borrow_mut().extend(secrets);
    }

    /// Notes a code that a browser brought back.
    pub fn note_code(&self, back: &str) {
        self.note_secrets(wire::query(back, "code"));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let mut secrets = leaks::of(&self.sandbox);
        secrets.extend(self.secrets.borrow().iter().cloned());
        secrets.push(KEY.to_owned());
        leaks::search(self.home(), &self.heard.borrow(), &secrets);
    }
}

/// The root of the project.
pub fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The mapping that the project ships.
pub fn mapping() -> String {
    std::fs::read_to_string(project().join("mappings/accurate.yaml")).expect("the mapping")
}

/// A port that nobody listens on. Below those that the system gives to outgoing connections, so that none of the other tests gets it by chance.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let base = 10_000 + (std::process::id() % 400) as u16 * 50;
    loop {
        let port = base + NEXT.fetch_add(1, Ordering::SeqCst) % 2_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
