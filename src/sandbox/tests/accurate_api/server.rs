//! The sandbox as a server: call limit, faults, settings, the data file, moving hosts.

use std::fs;
use std::time::{Duration, Instant};

use selaras_sandbox::{Options, SandboxError, Scenario, start};
use serde_json::{Value, json};

use super::client::Accurate;

fn control(accurate: &Accurate, method: &str, path: &str, body: Value) -> Value {
    accurate.control(method, path, body)
}

#[test]
fn the_ninth_call_in_a_second_is_refused_and_counted() {
    let accurate = Accurate::with(Options { limit: true, ..Options::default() });
    let list = || accurate.call("GET", "/accurate/api/branch/list.do", "", "");
    let started = Instant::now();
    let statuses: Vec<u16> = (0..9).map(|_| list().status).collect();
    assert!(started.elapsed() < Duration::from_secs(1), "too slow to tell");
    assert_eq!(statuses, [[200; 8].as_slice(), &[429]].concat());
    let refused = list();
    assert_eq!((refused.status, &refused.headers["retry-after"]), (429, &"1".parse().unwrap()));
    assert_eq!(refused.json()["s"], false);
    let calls = control(&accurate, "GET", "calls", Value::Null);
    assert_eq!((&calls["total"], &calls["limited"], &calls["writes"]), (&json!(10), &json!(2), &json!(0)));
    let line = json!({"system": "accurate", "method": "GET", "path": "/accurate/api/branch/list.do", "count": 10,
                      "status": {"200": 8, "429": 2}});
    assert_eq!(calls["calls"], json!([line]));
    std::thread::sleep(Duration::from_millis(1050));
    assert_eq!(list().status, 200);
    control(&accurate, "POST", "knobs", json!({"limit": false}));
    assert!((0..20).all(|_| list().status == 200));
    assert_eq!(control(&accurate, "DELETE", "calls", Value::Null)["total"], 0);
}

#[test]
fn a_lost_answer_is_a_write_that_happened() {
    let accurate = Accurate::empty();
    let fault = json!([{"system": "accurate", "method": "POST", "path_contains": "unit/save", "times": 1, "kind": "lose-answer"}]);
    control(&accurate, "POST", "faults", fault);
    let token = format!("Bearer {}", accurate.setting("oauth_token"));
    let open = accurate.raw("GET", "/api/open-db.do?id=1234567", &[("Authorization", &token)], "").json();
    let session = open["session"].as_str().unwrap();
    let headers = [("Authorization", token.as_str()), ("X-Session-ID", session)];
    let lost = accurate.try_raw("POST", "/accurate/api/unit/save.do", &headers, "name=BOX");
    assert!(lost.is_err(), "{lost:?}");
    assert_eq!(accurate.get("unit/detail.do?unitName=BOX")["s"], true);
    assert_eq!(control(&accurate, "GET", "faults", Value::Null), json!([]));
}

#[test]
fn other_faults_do_nothing_but_fail() {
    let accurate = Accurate::empty();
    control(
        &accurate,
        "POST",
        "faults",
        json!([
        {"kind": "status-500"}, {"kind": "html-502"}, {"kind": "429"}, {"kind": "slow-ms:80"}]),
    );
    let save = || accurate.call("POST", "/accurate/api/unit/save.do", "application/json", r#"{"name":"BOX"}"#);
    assert_eq!(save().status, 500);
    let page = save();
    assert_eq!(page.status, 502);
    assert!(page.text.starts_with("<html>"));
    assert_eq!(save().status, 429);
    let started = Instant::now();
    assert_eq!(save().json()["s"], true);
    assert!(started.elapsed() >= Duration::from_millis(80));
    let wrong = accurate.raw("POST", "/_sandbox/faults", &[], r#"[{"kind":"explode"}]"#);
    assert_eq!(wrong.status, 400);
}

#[test]
fn settings_change_behaviour_while_running() {
    let accurate = Accurate::empty();
    let set = |knobs: Value| control(&accurate, "POST", "knobs", knobs);
    set(json!({"strict_unit_length": true}));
    let short = "Data \"Nama\" pada \"Satuan Barang\" terlalu besar. Maksimal 7 karakter";
    assert_eq!(accurate.refusal("unit", json!({"name": "KONTAINER"})), short);
    set(json!({"strict_required": true}));
    assert_eq!(accurate.refusal("customer", json!({"name": "A"})), "Nilai Tanggal harus diisi");
    set(json!({"strict_required": false, "max_page_size": 100, "missing_rights": ["customer_save"]}));
    assert!(accurate.refusal("customer", json!({"name": "A"})).contains("hak akses"));
    assert_eq!(accurate.get("unit/list.do?sp.pageSize=1000")["sp"]["pageSize"], 100);
    assert_eq!(accurate.raw("POST", "/_sandbox/knobs", &[], r#"{"misspelt": 1}"#).status, 400);
}

#[test]
fn a_moved_database_sends_callers_on() {
    let accurate = Accurate::empty();
    let old = accurate.sandbox.base_url().replace("http://127.0.0.1", "localhost");
    control(&accurate, "POST", "knobs", json!({"moved_host": old}));
    let call = || accurate.raw("POST", "/accurate/api/unit/list.do?sp.page=2", &[("Host", &old)], "x=1");
    let moved = call();
    assert_eq!(moved.status, 308);
    let expected = format!("{}/accurate/api/unit/list.do?sp.page=2", accurate.sandbox.base_url());
    assert_eq!(moved.headers["location"], expected);
    control(&accurate, "POST", "knobs", json!({"moved_style": "endpoint"}));
    assert_eq!(call().json()["endpoint"], json!(accurate.sandbox.base_url()));
    assert_eq!(accurate.get("unit/list.do")["s"], true);
}

#[test]
fn a_data_file_keeps_the_world_between_starts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.json");
    let options = || Options { data: Some(path.clone()), limit: false, ..Options::default() };
    let accurate = Accurate::with(options());
    accurate.make("customer", json!({"name": "Toko"}));
    assert!(
        fs::read_to_string(&path).unwrap().contains("Toko"),
        "what was confirmed is kept, whatever happens to the process"
    );
    accurate.make("customer", json!({"name": "Warung"}));
    accurate.sandbox.stop().unwrap();
    let again = Accurate::with(options());
    assert_eq!(again.get("customer/list.do?keywords=Warung")["sp"]["rowCount"], 1);
    assert_eq!(again.make("customer", json!({"name": "Kios"}))["customerNo"], "C.00003");
    control(&again, "POST", "reset", Value::Null);
    assert_eq!(again.get("customer/list.do")["sp"]["rowCount"], 0);
    drop(again);
    fs::write(&path, "{\"accurate\": 5}").unwrap();
    let error = start(options()).err().unwrap();
    assert!(matches!(error, SandboxError::CorruptData { .. }), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"accurate\": 5}");
}

#[test]
fn a_taken_port_is_named() {
    let first = start(Options { scenario: Scenario::Kosong, ..Options::default() }).unwrap();
    let listen = first.base_url().strip_prefix("http://").unwrap().parse().unwrap();
    let error = start(Options { scenario: Scenario::Kosong, listen, ..Options::default() }).err().unwrap();
    assert!(matches!(error, SandboxError::AddressInUse { .. }));
    assert!(error.to_string().contains(&listen.port().to_string()), "{error}");
    first.stop().unwrap();
    start(Options { scenario: Scenario::Kosong, listen, ..Options::default() }).unwrap();
}

#[test]
fn a_sandbox_may_be_dropped_inside_a_runtime() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let sandbox = start(Options { scenario: Scenario::Kosong, ..Options::default() }).unwrap();
        drop(sandbox);
    });
}
