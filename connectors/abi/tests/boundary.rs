//! The boundary from both ends: a small connector is used linked and through its table, and must behave alike; and everything that can
//! be wrong with a table or a message is told apart. Real shared libraries are the host's tests' business.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod dummy;

use dummy::{FakeHost, Heard};
use selaras_connector_abi::{
    ABI, BUILD, Buffer, Bytes, Entry, LoadedConnector, MAX_MESSAGE, Op, Refusal, Status, symbols,
};
use selaras_connector_api::{
    Code, Connector, Failure, GetRequest, OpenRequest, ReadRequest, RightsRequest, SpacesRequest, WriteItem, WriteOp,
    WriteRequest,
};
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

unsafe extern "C" {
    fn selaras_connector_v1_dummy() -> *const Entry;
    fn selaras_connector_v1_fragile() -> *const Entry;
    fn selaras_connector_v1_bursting() -> *const Entry;
}

fn entry() -> &'static Entry {
    unsafe { Entry::accept(selaras_connector_v1_dummy()) }.unwrap()
}

fn loaded(config: Option<&str>) -> Box<dyn Connector> {
    Box::new(LoadedConnector::create(entry(), config).unwrap())
}

/// Does the same to a linked and a loaded connector and wants the same answer and the same effect on the host.
fn alike<T: PartialEq + Debug>(work: impl Fn(&mut dyn Connector, &FakeHost) -> T) -> (T, Vec<Heard>) {
    let (linked_host, loaded_host) = (FakeHost::default(), FakeHost::default());
    let linked = work(dummy::new(Some("greeting")).unwrap().as_mut(), &linked_host);
    let through = work(loaded(Some("greeting")).as_mut(), &loaded_host);
    assert_eq!(linked, through);
    assert_eq!(linked_host.heard(), loaded_host.heard());
    (through, loaded_host.heard())
}

fn read(resource: &str) -> ReadRequest {
    ReadRequest { resource: resource.into(), fields: vec!["name".into()], since: Some("c1".into()) }
}

fn write_items(count: usize) -> WriteRequest {
    let fields = serde_json::json!({"name": "PT Ä", "price": "12500.50", "deep": {"a": [1, null, true]}});
    let item = |n: usize| WriteItem {
        op: WriteOp::Update,
        id: Some(n.to_string()),
        version: None,
        fields: fields.as_object().unwrap().clone(),
        children: Vec::new(),
    };
    WriteRequest { resource: "customer".into(), items: (0..count).map(item).collect() }
}

#[test]
fn linked_and_loaded_behave_alike() {
    alike(|connector, _| connector.describe()).0.unwrap();
    let request = OpenRequest { settings: [("base_url".to_owned(), "http://x".to_owned())].into() };
    let (opened, _) = alike(|connector, host| connector.open(host, &request));
    assert_eq!(opened.unwrap().title, "greeting");
    alike(|connector, host| connector.spaces(host, &SpacesRequest::default())).0.unwrap();
    alike(|connector, host| {
        connector.spaces(host, &SpacesRequest { database: Some("7".into()), ..SpacesRequest::default() })
    })
    .0
    .unwrap();
    alike(|connector, host| connector.rights(host, &RightsRequest { probe: vec!["a".into()] })).0.unwrap();
    let (done, heard) = alike(|connector, host| connector.read(host, &read("customer")));
    assert!(done.unwrap().complete);
    assert!(heard.iter().any(|heard| matches!(heard, Heard::Batch(batch) if batch.records.len() == 2)));
    let get = GetRequest { resource: "customer".into(), ids: vec!["1".into(), "9".into()], fields: Vec::new() };
    alike(|connector, host| connector.get(host, &get)).0.unwrap();
    let (done, _) = alike(|connector, host| connector.write(host, &write_items(3)));
    assert_eq!(done.unwrap().outcomes.len(), 3);
    alike(|connector, host| connector.close(host));
}

#[test]
fn failures_keep_their_code_field_and_detail() {
    let (failed, _) = alike(|connector, host| connector.read(host, &read("nothing-such")));
    let expected = Failure::new(Code::Unsupported, "no such resource").on_field("resource").with_detail("nothing-such");
    assert_eq!(failed, Err(expected));
}

#[test]
fn every_way_to_lose_a_response_keeps_its_kind() {
    for kind in ["not-sent", "answer-lost", "refused"] {
        let (failed, heard) = alike(|connector, host| connector.read(host, &read(kind)));
        assert_eq!(failed.unwrap_err().text, format!("{kind} by the fake"));
        let told = |heard: &Heard| matches!(heard, Heard::Log(text) if text.starts_with(kind));
        assert!(heard.iter().any(told), "{kind}: {heard:?}");
    }
}

#[test]
fn bodies_with_any_bytes_pass_unchanged() {
    let (done, heard) = alike(|connector, host| connector.read(host, &read("bytes")));
    assert!(done.is_ok());
    let all: Vec<u8> = (0..=255).collect();
    let same = |heard: &Heard| matches!(heard, Heard::Batch(batch) if batch.records[0].raw == all);
    assert!(heard.iter().any(same), "{heard:?}");
}

#[test]
fn a_configuration_that_is_refused_says_why() {
    let failure = LoadedConnector::create(entry(), Some("bad")).unwrap_err();
    assert_eq!((failure.code, failure.text.as_str()), (Code::Settings, "line 1: bad"));
    assert_eq!(loaded(None).describe().unwrap().title, "no configuration");
    assert_eq!(loaded(Some("")).describe().unwrap().title, "");
}

#[test]
fn invariant_23_a_panic_is_caught_and_poisons_the_library_but_no_other() {
    let fragile = unsafe { Entry::accept(selaras_connector_v1_fragile()) }.unwrap();
    let mut first = LoadedConnector::create(fragile, None).unwrap();
    let second = LoadedConnector::create(fragile, None).unwrap();
    let host = FakeHost::default();
    let failure = quietly(|| first.read(&host, &read("panic"))).unwrap_err();
    assert_eq!(failure.code, Code::Internal);
    assert!(failure.text.contains("index 7 of 3"), "{}", failure.text);
    // Fails fast from now on: the other instance, calls that would be fine, and new instances.
    assert_eq!(second.describe().unwrap_err(), failure);
    assert_eq!(first.open(&host, &OpenRequest::default()).unwrap_err(), failure);
    assert_eq!(LoadedConnector::create(fragile, None).unwrap_err(), failure);
    drop((first, second));
    assert!(loaded(None).describe().is_ok(), "another library is not concerned");
}

#[test]
fn a_panic_while_making_a_connector_is_caught() {
    let bursting = unsafe { Entry::accept(selaras_connector_v1_bursting()) }.unwrap();
    let failure = quietly(|| LoadedConnector::create(bursting, None)).unwrap_err();
    assert!(failure.text.contains("burst at once"), "{}", failure.text);
}

#[test]
fn a_panic_of_the_host_passes_round_the_library_and_does_not_poison_it() {
    let host = FakeHost::that_panics();
    let mut connector = loaded(None);
    let caught = quietly(|| catch_unwind(AssertUnwindSafe(|| connector.read(&host, &read("customer")))));
    assert_eq!(caught.unwrap_err().downcast_ref::<&str>(), Some(&"the sink is full"));
    assert!(connector.read(&FakeHost::default(), &read("customer")).is_ok());
}

#[test]
fn tables_of_another_abi_or_size_are_refused() {
    let good = entry();
    let altered = |abi, size, build| {
        let table = Entry { abi, size, build, package: good.package, version: good.version, ..*good };
        unsafe { Entry::accept(Box::leak(Box::new(table))) }.map(Entry::build_text)
    };
    assert_eq!(altered(ABI, good.size, good.build), Ok(BUILD));
    assert_eq!(altered(ABI, good.size + 8, good.build), Ok(BUILD), "a longer table has newer fields at its end");
    assert_eq!(altered(ABI + 1, good.size, good.build), Err(Refusal::Abi { found: ABI + 1, wanted: ABI }));
    assert_eq!(altered(ABI, 16, good.build), Err(Refusal::Size { found: 16, wanted: good.size }));
    assert_eq!(altered(ABI, good.size, Bytes::lend(b"\xff")), Err(Refusal::Text("build")));
    assert_eq!(unsafe { Entry::accept(std::ptr::null()) }.unwrap_err(), Refusal::Missing);
    assert!(Refusal::Abi { found: 9, wanted: 1 }.to_string().contains("ABI 9"));
}

#[test]
fn nonsense_messages_are_told_apart_and_do_no_harm() {
    let mut out = Buffer::EMPTY;
    let handle = unsafe { (entry().create)(Bytes::NONE, &raw mut out) };
    let mut call = |op: u32, input: Bytes| {
        let status = unsafe { (entry().call)(handle, op, std::ptr::null(), input, &raw mut out) };
        unsafe { (entry().free)(std::mem::replace(&mut out, Buffer::EMPTY)) };
        status
    };
    // The length is a lie: reading even one byte beyond would crash, so it must be refused unread.
    let oversized = Bytes { ptr: [0u8; 4].as_ptr(), len: MAX_MESSAGE + 1 };
    assert_eq!(call(Op::Describe as u32, oversized), Status::TooLarge as i32);
    assert_eq!(call(99, Bytes::NONE), Status::UnknownOp as i32);
    assert_eq!(call(Op::Open as u32, Bytes::NONE), Status::WrongAbi as i32, "no host table");
    assert_eq!(call(Op::Describe as u32, Bytes::NONE), Status::Ok as i32, "still usable");
    let other = unsafe { (entry().create)(Bytes::lend(b"\xff\xfe"), &raw mut out) };
    assert!(other.is_null(), "a configuration that is no UTF-8");
    unsafe { (entry().free)(out) };
    let nobody =
        unsafe { (entry().call)(std::ptr::null_mut(), 1, std::ptr::null(), Bytes::NONE, std::ptr::null_mut()) };
    assert_eq!(nobody, Status::Malformed as i32);
    unsafe { (entry().destroy)(handle) };
}

#[test]
fn the_exact_name_comes_before_the_plain_one() {
    assert_eq!(symbols("my-shop"), ["selaras_connector_v1_my_shop".to_owned(), "selaras_connector_v1".to_owned()]);
}

/// Without the panic message on the test's output.
fn quietly<T>(work: impl FnOnce() -> T) -> T {
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let value = work();
    std::panic::set_hook(hook);
    value
}
