//! A crash storm: the real binary, real libraries, real HTTP. It is killed with SIGKILL at random moments, again and again, while answers are
//! lost, calls are refused as too many, and people edit both systems. In the end every record stands exactly once on each side, no edit is
//! lost, and the plan is empty.
//!
//! A small one runs in `cargo test`. The full size takes long, and wants a release build:
//!
//! `cargo test --release --test storm -- --ignored --nocapture`
//!
//! `STORM_KILLS` and `STORM_SEED` change how often it is killed, and the choices that are not the operating system's.

mod support;

use selaras_sandbox::smh::id_of;
use selaras_sandbox::{Options, Row, Sandbox, Scenario};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::{MAPPING, Said, root, settings};

/// How large a storm is.
struct Size {
    customers: u64,
    items: u64,
    orders: u64,
    kills: u32,
    /// Every so many kills, a run is let go to its end.
    rest_every: u32,
}

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }
}

/// Both systems, the state folder, and what people did.
struct Storm {
    sandbox: Sandbox,
    folder: tempfile::TempDir,
    dice: Dice,
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
    session: String,
    /// Customers that nobody has edited yet, by code, that stand on both sides from the start.
    fresh: Vec<String>,
    /// What people typed: by code and member of SMH, the value.
    edits: BTreeMap<(String, &'static str), String>,
    /// Kills of runs that had written something already.
    amid: u32,
    /// What is new only later, in portions, so that there is always something to write.
    held: Withheld,
    portion: [usize; 3],
}

/// What is not there yet when both systems are linked.
#[derive(Default)]
struct Withheld {
    customers: Vec<(u64, Row)>,
    items: Vec<(u64, Row)>,
    orders: Vec<(u64, Row)>,
}

fn part(rows: &mut BTreeMap<u64, Row>, stays: impl Fn(u64) -> bool) -> Vec<(u64, Row)> {
    let (kept, taken) = std::mem::take(rows).into_iter().partition(|(key, _)| stays(*key));
    *rows = kept;
    let taken: BTreeMap<u64, Row> = taken;
    taken.into_iter().collect()
}

/// Both systems without orders, and without the customers and items that no order needs.
fn withhold(sandbox: &Sandbox) -> (Withheld, Vec<String>) {
    let database = database(sandbox);
    sandbox.with_world(|world| {
        let orders = part(&mut world.smh.tables.get_mut("orders").expect("orders").rows, |_| false);
        let mut needed = BTreeSet::new();
        for (_, order) in &orders {
            needed.insert(text(order, "customerId"));
            let lines = order["lines"].as_array().into_iter().flatten();
            needed.extend(lines.filter_map(|line| line["productId"].as_str().map(str::to_owned)));
        }
        let mut held = Withheld { orders, ..Withheld::default() };
        for (resource, module) in [("customers", "customer"), ("products", "item")] {
            let smh = &mut world.smh.tables.get_mut(resource).expect("it is there").rows;
            let gone = part(smh, |key| id_of(resource, key).is_some_and(|id| needed.contains(&id)));
            let ids: BTreeSet<String> = gone.iter().map(|(_, row)| text(row, "partnerId")).collect();
            let accurate = world.accurate.databases.get_mut(&database).expect("the database").table_mut(module);
            let rows = part(&mut accurate.rows, |id| !ids.contains(&id.to_string()));
            if module == "customer" { held.customers = rows } else { held.items = rows }
        }
        (held, world.smh.tables["customers"].rows.values().map(|row| text(row, "code")).collect())
    })
}

/// Gives back some of it: so many customers, items and orders.
fn give_back(sandbox: &Sandbox, held: &mut Withheld, [customers, items, orders]: [usize; 3]) {
    let database = database(sandbox);
    let some = |rows: &mut Vec<(u64, Row)>, count: usize| rows.split_off(rows.len().saturating_sub(count));
    let (customers, items) = (some(&mut held.customers, customers), some(&mut held.items, items));
    let orders = some(&mut held.orders, orders);
    sandbox.with_world(|world| {
        let books = world.accurate.databases.get_mut(&database).expect("the database");
        books.table_mut("customer").rows.extend(customers);
        books.table_mut("item").rows.extend(items);
        world.smh.tables.get_mut("orders").expect("orders").rows.extend(orders);
    });
}

fn database(sandbox: &Sandbox) -> u64 {
    sandbox.accurate_settings()["database"].parse().expect("a number")
}

fn text(row: &Row, member: &str) -> String {
    match row.get(member) {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

impl Storm {
    fn new(size: &Size, seed: u64) -> Self {
        let Size { customers, items, orders, .. } = *size;
        let scenario = Scenario::Sized { customers, items, employees: 3, orders };
        let sandbox = selaras_sandbox::start(Options { scenario, limit: false, ..Options::default() });
        let sandbox = sandbox.expect("the sandbox starts");
        sandbox.state().set_knobs(selaras_sandbox::Knobs { limit: false, ..Default::default() });
        let (held, fresh) = withhold(&sandbox);
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("runner.toml"), settings(&sandbox)).expect("written");
        // A host makes TLS ready for every client of this process.
        drop(selaras_host::Host::new(selaras_host::HostOptions::default()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut storm = Self {
            sandbox,
            folder,
            dice: Dice(seed),
            client: reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("a client"),
            runtime,
            session: String::new(),
            fresh,
            edits: BTreeMap::new(),
            amid: 0,
            portion: [0; 3],
            held: Withheld::default(),
        };
        let accurate = storm.sandbox.accurate_settings();
        let path = format!("{}/api/open-db.do?id={}", accurate["base_url"], accurate["database"]);
        storm.session =
            storm.send("GET", &path, &accurate["oauth_token"], None)["session"].as_str().expect("a session").to_owned();
        // What both have is linked in peace: an edit before that would be a first meeting, and a matter for people.
        let linked = storm.run(&["apply", MAPPING, "--yes"]);
        assert_eq!(linked.code, 0, "{}\n{}", linked.out, linked.err);
        // All of it has come when three quarters of the kills have.
        let rounds = (size.kills as usize * 3 / 4).max(1);
        storm.portion = [held.customers.len(), held.items.len(), held.orders.len()].map(|all| all.div_ceil(rounds));
        storm.held = held;
        storm
    }

    /// A call of a person's client; it meets the faults that were ordered for anybody, too, and tries again. What is sent can be sent twice.
    fn send(&self, method: &str, url: &str, token: &str, body: Option<Json>) -> Json {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut last = String::new();
        for _ in 0..50 {
            let request =
                self.client.request(method.clone(), url).bearer_auth(token).header("accept", "application/json");
            let mut request = request.header("x-session-id", &self.session);
            if let Some(body) = &body {
                request = request.header("content-type", "application/json").body(body.to_string());
            }
            let answer = self.runtime.block_on(async {
                let response = request.send().await.map_err(|error| error.to_string())?;
                let status = response.status();
                let text = response.text().await.map_err(|error| error.to_string())?;
                if status.is_success() { Ok(text) } else { Err(format!("{status}: {text}")) }
            });
            match answer.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string())) {
                Ok(json) => return json,
                Err(why) => last = why,
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{method} {url}: {last}");
    }

    fn command(&self, args: &[&str]) -> Command {
        let (accurate, smh) = (self.sandbox.accurate_settings(), self.sandbox.smh_settings());
        let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
        command.args(args).arg("--state").arg(self.folder.path().join("state"));
        command.arg("--config").arg(self.folder.path().join("runner.toml")).current_dir(root());
        command.env("ACCURATE_TOKEN", &accurate["token"]).env("ACCURATE_SECRET", &accurate["secret"]);
        command.env("SMH_TOKEN", &smh["token"]).env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Said {
        Said::of(&self.command(args).output().expect("the binary runs"))
    }

    /// New records stand in both systems. People at work: one edits a customer in Accurate, one another field of another customer in SMH.
    fn work(&mut self) {
        give_back(&self.sandbox, &mut self.held, self.portion);
        let nth = self.edits.len();
        if let Some(code) = self.fresh.pop() {
            let id = self.accurate_id(&code);
            let accurate = self.sandbox.accurate_settings();
            let url = format!("{}/accurate/api/customer/save.do", accurate["base_url"]);
            let phone = format!("08120000{nth:04}");
            let saved =
                self.send("POST", &url, &accurate["oauth_token"], Some(json!({"id": id, "mobilePhone": phone})));
            assert_eq!(saved["s"], json!(true), "{saved}");
            self.edits.insert((code, "handphone"), phone);
        }
        if let Some(code) = self.fresh.pop() {
            let id = self.smh_id(&code);
            let smh = self.sandbox.smh_settings();
            let notes = format!("diketik ke-{nth}");
            let url = format!("{}/customers/{id}", smh["base_url"]);
            self.send("PATCH", &url, &smh["token"], Some(json!({ "notes": notes })));
            self.edits.insert((code, "notes"), notes);
        }
    }

    fn smh_customers(&self) -> Vec<Row> {
        self.sandbox.with_world(|world| world.smh.tables["customers"].rows.values().cloned().collect())
    }

    fn smh_id(&self, code: &str) -> String {
        let key = self.sandbox.with_world(|world| {
            let mut rows = world.smh.tables["customers"].rows.iter();
            rows.find(|(_, row)| text(row, "code") == code).map(|(key, _)| *key)
        });
        id_of("customers", key.expect("it stands there")).expect("customers have ids")
    }

    fn accurate_rows(&self, module: &str) -> Vec<Row> {
        let database = database(&self.sandbox);
        self.sandbox.with_world(|world| {
            let tables = &world.accurate.databases[&database].tables;
            tables.get(module).map(|table| table.rows.values().cloned().collect()).unwrap_or_default()
        })
    }

    fn accurate_id(&self, code: &str) -> u64 {
        let rows = self.accurate_rows("customer");
        let row = rows.iter().find(|row| text(row, "customerNo") == code).expect("it stands there");
        row["id"].as_u64().expect("a number")
    }

    /// Bad weather for the next run: lost answers where something is written, and calls refused as too many.
    fn disturb(&mut self) {
        let faults = &self.sandbox.state().faults;
        faults.clear();
        let mut orders = Vec::new();
        for (system, path) in
            [("accurate", "save.do"), ("smh", "customers/batch"), ("smh", "products/batch"), ("smh", "orders/")]
        {
            if self.dice.below(3) == 0 {
                let kind = ["lose-answer", "lose-answer", "html-502"][self.dice.below(3) as usize];
                orders.push(
                    json!({"system": system, "path_contains": path, "kind": kind, "after_calls": self.dice.below(3)}),
                );
            }
        }
        for system in ["accurate", "smh"] {
            if self.dice.below(3) == 0 {
                orders.push(json!({"system": system, "kind": "429", "after_calls": self.dice.below(60)}));
            }
        }
        faults.add(serde_json::from_value(Json::Array(orders)).expect("orders of faults"));
    }

    /// One run that is killed: half of the time some writes after it began to write, else at any time. Answers whether it was.
    fn killed_run(&mut self, usual: Duration) -> bool {
        self.disturb();
        let mut command = self.command(&["apply", MAPPING, "--yes"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs");
        let (began, start) = (self.sandbox.state().revision(), Instant::now());
        let by_writes = self.dice.below(2) == 0;
        let (writes, pause) = (1 + self.dice.below(3), Duration::from_micros(self.dice.below(10_000)));
        let after = usual.mul_f64(self.dice.below(1000) as f64 / 1000.0);
        loop {
            if child.try_wait().expect("a child").is_some() {
                return false;
            }
            let due =
                if by_writes { self.sandbox.state().revision() >= began + writes } else { start.elapsed() >= after };
            if due {
                std::thread::sleep(pause);
                self.amid += u32::from(self.sandbox.state().revision() > began);
                return kill(&mut child);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// SIGKILL. A run that ended by itself just before was not killed.
fn kill(child: &mut Child) -> bool {
    child.kill().expect("killed");
    let status = child.wait().expect("waited for");
    status.code().is_none()
}

/// How often each text occurs, where that is not once.
fn not_once(texts: impl Iterator<Item = String>) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    texts.for_each(|text| *counts.entry(text).or_default() += 1);
    counts.into_iter().filter(|(_, count)| *count != 1).collect()
}

impl Storm {
    /// Each record of a kind exactly once on both sides, and each is the other's.
    fn all_once(&self, module: &str, code: &str, resource: &str, smh_code: &str, expected: u64) {
        let left = self.accurate_rows(module);
        let right: Vec<Row> =
            self.sandbox.with_world(|world| world.smh.tables[resource].rows.values().cloned().collect());
        assert_eq!(not_once(left.iter().map(|row| text(row, code))), [], "{module} in Accurate");
        assert_eq!(not_once(right.iter().map(|row| text(row, smh_code))), [], "{resource} in SMH");
        let pairs = |rows: &[Row], id: &str, code: &str| -> BTreeSet<(String, String)> {
            rows.iter().map(|row| (text(row, id), text(row, code))).collect()
        };
        assert_eq!(pairs(&left, "id", code), pairs(&right, "partnerId", smh_code), "{module}: who belongs to whom");
        assert_eq!(left.len() as u64, expected, "{module}");
    }

    fn no_edit_is_lost(&self) {
        let left: BTreeMap<String, Row> =
            self.accurate_rows("customer").into_iter().map(|row| (text(&row, "customerNo"), row)).collect();
        let right: BTreeMap<String, Row> =
            self.smh_customers().into_iter().map(|row| (text(&row, "code"), row)).collect();
        for ((code, member), value) in &self.edits {
            let ours = if *member == "handphone" { "mobilePhone" } else { "notes" };
            let digits = |text: String| text.replace("+62", "0").replace([' ', '-'], "");
            let same = |held: String| held == *value || digits(held) == digits(value.clone());
            assert!(same(text(&left[code], ours)), "{code} {ours} in Accurate: {value} was lost: {:?}", left[code]);
            assert!(same(text(&right[code], member)), "{code} {member} in SMH: {value} was lost: {:?}", right[code]);
        }
    }

    /// Runs in peace until one ends with nothing left to say; a few must do.
    fn calm(&self) -> u32 {
        self.sandbox.state().faults.clear();
        for round in 1..=4 {
            let said = self.run(&["apply", MAPPING, "--yes", "--format", "json"]);
            assert!([0, 5, 6].contains(&said.code), "round {round}: exit {}\n{}\n{}", said.code, said.out, said.err);
            if said.code == 0 {
                return round;
            }
        }
        panic!("four runs in peace did not bring everything in order");
    }
}

fn storm(size: &Size) {
    let number =
        |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let kills = u32::try_from(number("STORM_KILLS", size.kills.into())).expect("a number of kills");
    let start = Instant::now();
    let mut storm = Storm::new(size, number("STORM_SEED", 1));
    let (mut killed, mut ended) = (0, 0);
    // The first run tells how long one takes; it is killed, too.
    let mut usual = Duration::from_millis(1500);
    while killed < kills {
        storm.work();
        let began = Instant::now();
        if storm.killed_run(usual) {
            killed += 1;
        } else {
            ended += 1;
            usual = began.elapsed();
        }
        if killed % size.rest_every == size.rest_every - 1 && killed > 0 {
            let began = Instant::now();
            storm.run(&["apply", MAPPING, "--yes"]);
            usual = began.elapsed();
        }
        assert!(ended <= 20 * kills, "runs end before they can be killed");
    }
    give_back(&storm.sandbox, &mut storm.held, [usize::MAX; 3]);
    let rounds = storm.calm();
    let plan = storm.run(&["plan", MAPPING, "--format", "json"]);
    assert_eq!(plan.code, 0, "{}\n{}", plan.out, plan.err);
    assert_eq!(plan.json()["actions"].as_array().map(Vec::len), Some(0), "{}", plan.out);
    storm.all_once("customer", "customerNo", "customers", "code", size.customers);
    storm.all_once("item", "no", "products", "code", size.items);
    storm.all_once("sales-order", "number", "orders", "number", size.orders);
    storm.no_edit_is_lost();
    println!(
        "{killed} kills, {} of them amid writing, {ended} runs that ended before, {rounds} runs in peace, {} edits, {:.1} s",
        storm.amid,
        storm.edits.len(),
        start.elapsed().as_secs_f64()
    );
}

#[test]
fn a_small_storm_loses_nothing_and_doubles_nothing() {
    storm(&Size { customers: 25, items: 25, orders: 10, kills: 8, rest_every: 5 });
}

#[test]
#[ignore = "takes long; see the head of this file"]
fn a_storm_of_full_size_loses_nothing_and_doubles_nothing() {
    storm(&Size { customers: 2000, items: 2000, orders: 500, kills: 200, rest_every: 40 });
}
