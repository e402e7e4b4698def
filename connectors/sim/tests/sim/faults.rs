//! Each fault strikes as declared, is counted, and leaves the rest alone.

use crate::desk::{Desk, get, item, list, short, write, write_one};
use WriteOp::{Create, Delete, Update};
use selaras_connector_api::{
    Batch, Code, Connector, Failure, Host, HttpRequest, HttpResponse, LogLevel, ReadRequest, Ticket, Transport, WriteOp,
};
use selaras_connector_sim::{Alter, Call, EndEarly, Faults, How, Sim, SimWorld, TableSpec, When};
use serde_json::{Value as Json, json};

fn things(count: u64) -> SimWorld {
    let spec = TableSpec { page_size: 3, change_filter: true, ..TableSpec::new("thing", "") };
    let world = SimWorld::new().with_side("s", vec![spec]);
    for n in 1..=count {
        world.put("s", "thing", json!({"n": n})).unwrap();
    }
    world
}

fn creates(world: &SimWorld, count: u64) -> Vec<String> {
    let items = (1..=count).map(|n| item(Create, None, json!({"n": n}))).collect();
    write(world, "s", "thing", items).iter().map(short).collect()
}

fn numbers(world: &SimWorld) -> Vec<Json> {
    world.records("s", "thing").iter().map(|record| record["n"].clone()).collect()
}

#[test]
fn a_lost_answer_leaves_the_record_written() {
    let world = things(0);
    world.set_faults("s", Faults { lose_answer: When::nth(2), ..Faults::default() });
    assert_eq!(creates(&world, 3), ["applied 1 v1", "unclear Unavailable", "applied 3 v1"]);
    assert_eq!(numbers(&world), [1, 2, 3]);
    assert_eq!(world.struck("s", "lose_answer"), 1);
    let [Call::Write { items, .. }] = &world.journal("s")[..] else { panic!() };
    assert!(items[1].done, "the journal knows what really happened");
}

#[test]
fn a_lost_request_looks_the_same_but_writes_nothing() {
    let world = things(0);
    world.set_faults("s", Faults { lose_request: When::Every(2), ..Faults::default() });
    assert_eq!(creates(&world, 4), ["applied 1 v1", "unclear Unavailable", "applied 2 v1", "unclear Unavailable"]);
    assert_eq!(numbers(&world), [1, 3]);
    assert_eq!((world.struck("s", "lose_request"), world.effects("s")), (2, 2));
}

#[test]
fn a_refusal_is_the_one_asked_for() {
    let world = things(0);
    let refusal = Some(Failure::new(Code::Conflict, "taken").on_field("n"));
    world.set_faults("s", Faults { refuse: When::nth(1), refusal, ..Faults::default() });
    assert_eq!(creates(&world, 2), ["rejected Conflict n", "applied 1 v1"]);
    assert_eq!(world.struck("s", "refuse"), 1);
}

#[test]
fn switching_faults_counts_from_the_start_and_off_means_off() {
    let world = things(0);
    let faults = Faults { refuse: When::nth(1), ..Faults::default() };
    world.set_faults("s", faults.clone());
    creates(&world, 2);
    world.set_faults("s", faults);
    assert_eq!(creates(&world, 1), ["rejected Invalid"]);
    world.set_faults("s", Faults::default());
    assert_eq!(creates(&world, 1), ["applied 2 v1"]);
    assert_eq!(world.struck("s", "refuse"), 0);
}

#[test]
fn seeded_faults_repeat() {
    let run = |seed| {
        let world = things(0);
        world.set_faults("s", Faults { lose_answer: When::Seeded { seed, per_mille: 300 }, ..Faults::default() });
        creates(&world, 100)
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

#[test]
fn a_list_that_ends_early_lies_or_admits_it() {
    let world = things(7);
    let end = |after, admits| {
        world.set_faults("s", Faults { end_early: Some(EndEarly { after, admits }), ..Faults::default() });
        let (ids, done) = list(&world, "s", "thing", None);
        (ids.len(), done.complete, done.cursor.is_some(), world.struck("s", "end_early"))
    };
    assert_eq!(end(4, false), (4, true, true, 1));
    assert_eq!(end(4, true), (4, false, false, 1));
    assert_eq!(end(7, true), (7, true, true, 0), "nothing was cut off");
}

#[test]
fn pages_repeat_a_row_or_break_off() {
    let world = things(7);
    world.set_faults("s", Faults { repeat_row: When::Always, ..Faults::default() });
    assert_eq!(list(&world, "s", "thing", None).0, ["1", "2", "3", "3", "4", "5", "6", "6", "7"]);
    assert_eq!(world.struck("s", "repeat_row"), 2);
    world.set_faults("s", Faults { fail_page: When::nth(2), ..Faults::default() });
    let desk = Desk::default();
    let request = ReadRequest { resource: "thing".into(), fields: Vec::new(), since: None };
    let failure = Sim::new(world.clone(), "s").read(&desk, &request).unwrap_err();
    assert_eq!((failure.code, desk.emitted.borrow().len()), (Code::Unavailable, 3));
    assert_eq!(list(&world, "s", "thing", None).0.len(), 7, "the fourth page and on are well again");
}

#[test]
fn a_single_read_fails_for_its_record_only() {
    let world = things(3);
    world.set_faults("s", Faults { fail_get: When::nth(2), ..Faults::default() });
    let (records, done) = get(&world, "s", "thing", &["1", "2", "3", "4"]);
    assert_eq!((records.len(), done.failed[0].0.as_str(), done.gone), (2, "2", vec!["4".to_owned()]));
}

#[test]
fn values_are_stored_as_the_system_likes_them() {
    let world = SimWorld::pair();
    world.put("smh", "product", json!({"name": "Kopi"})).unwrap();
    world.put("smh", "customer", json!({"name": "A", "city": "Bogor"})).unwrap();
    let alter = |table: &str, path: &str, how| Alter { table: table.into(), path: path.into(), how };
    let alter = vec![
        alter("customer", "name", How::Upper),
        alter("customer", "notes", How::Cut(3)),
        alter("customer", "city", How::Drop),
        alter("order", "lines[].price", How::Round(1)),
    ];
    world.set_faults("smh", Faults { alter, ..Faults::default() });
    let update = item(Update, Some("cus-000001"), json!({"name": "Toko", "notes": "längst", "city": "Depok"}));
    let outcome = write_one(&world, "smh", "customer", update);
    let record = world.record("smh", "customer", "cus-000001").unwrap();
    assert_eq!((&record["name"], &record["notes"], &record["city"]), (&json!("TOKO"), &json!("län"), &json!("Bogor")));
    let selaras_connector_api::Outcome::Applied { record: Some(told), .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(told, record, "the answer tells what was stored");
    let create = item(Create, None, json!({"name": "b", "city": "Depok"}));
    write_one(&world, "smh", "customer", create);
    assert_eq!(world.record("smh", "customer", "cus-000002").unwrap()["city"], Json::Null);
    assert_eq!(world.struck("smh", "alter"), 2);
    let line = |price: Json| json!({"productId": "prd-000001", "price": price});
    let order = json!({"date": "d", "customerId": "cus-000001", "lines": [line(json!("1.26")), line(json!(2.04)), line(json!("x"))]});
    write_one(&world, "smh", "order", item(Create, None, order));
    let stored = world.record("smh", "order", "ord-000001").unwrap();
    let prices: Vec<&Json> = stored["lines"].as_array().unwrap().iter().map(|line| &line["price"]).collect();
    assert_eq!(prices, [&json!("1.3"), &json!(2), &json!("x")]);
}

#[test]
fn altered_values_are_still_unique() {
    let world = SimWorld::pair();
    let alter = vec![Alter { table: "term".into(), path: "name".into(), how: How::Upper }];
    world.set_faults("smh", Faults { alter, ..Faults::default() });
    let create = |name: &str| short(&write_one(&world, "smh", "term", item(Create, None, json!({"name": name}))));
    assert_eq!(
        (create("net"), create("Net")),
        ("applied trm-000001 v1".to_owned(), "rejected Conflict name".to_owned())
    );
}

#[test]
fn late_writes_show_after_some_readings_or_when_settled() {
    let world = things(2);
    let cursor = list(&world, "s", "thing", None).1.cursor;
    world.set_faults("s", Faults { late: When::Always, late_reads: 2, ..Faults::default() });
    write(&world, "s", "thing", vec![item(Update, Some("1"), json!({"n": 10}))]);
    write(&world, "s", "thing", vec![item(Delete, Some("2"), json!({}))]);
    write(&world, "s", "thing", vec![item(Create, None, json!({"n": 3}))]);
    assert_eq!(world.struck("s", "late"), 3);
    let shown = || get(&world, "s", "thing", &["1", "2", "3"]);
    let (records, done) = shown();
    assert_eq!((&records[0]["n"], records.len(), done.gone), (&json!(1), 2, vec!["3".to_owned()]));
    let (ids, done) = list(&world, "s", "thing", None);
    assert_eq!(
        (ids, done.cursor),
        (vec!["1".to_owned(), "2".to_owned()], cursor),
        "a cursor does not pass what does not show"
    );
    let (records, done) = shown();
    assert_eq!((&records[0]["n"], &records[1]["n"], done.gone), (&json!(10), &json!(3), vec!["2".to_owned()]));
    write(&world, "s", "thing", vec![item(Update, Some("1"), json!({"n": 11}))]);
    assert_eq!(shown().0[0]["n"], 10);
    world.settle("s");
    assert_eq!(shown().0[0]["n"], 11);
}

#[test]
fn a_rogue_tries_to_write_while_it_is_read_and_says_how_it_went() {
    let world = things(1);
    world.set_faults("s", Faults { rogue: Some("http://127.0.0.1:1/x".into()), ..Faults::default() });
    let desk = Desk::default();
    let request = ReadRequest { resource: "thing".into(), fields: Vec::new(), since: None };
    Sim::new(world.clone(), "s").read(&desk, &request).unwrap();
    let asked = desk.asked.borrow();
    assert_eq!((asked.len(), asked[0].method.as_str(), asked[0].repeatable), (1, "POST", false));
    assert_eq!(world.journal("s")[0], Call::Rogue { refused: true });
    assert_eq!(world.struck("s", "rogue"), 1);
}

#[test]
fn a_test_may_force_what_no_rule_allows() {
    let world = things(2);
    world
        .force("s", "thing", "1", |record| {
            record.insert("n".into(), json!("odd"));
        })
        .unwrap();
    assert_eq!(world.record("s", "thing", "1").unwrap(), json!({"id": 1, "version": 1, "n": "odd"}));
    assert_eq!(world.force("s", "thing", "9", |_| ()).unwrap_err().code, Code::NotFound);
    assert_eq!(world.put("s", "thing", json!([])).unwrap_err().code, Code::Invalid);
    assert_eq!(world.put("x", "thing", json!({})).unwrap_err().code, Code::NotConnected);
    assert!(world.journal("s").is_empty(), "what a test does is not journalled");
}

#[test]
fn of_half_a_batch_nobody_knows_which_half() {
    let world = things(0);
    world.set_faults("s", Faults { half_batch: When::nth(1), ..Faults::default() });
    assert_eq!(creates(&world, 3), ["unclear Unavailable"; 3]);
    assert_eq!(
        (numbers(&world), world.struck("s", "half_batch"), world.effects("s")),
        (vec![json!(1), json!(2)], 1, 2)
    );
    assert_eq!(creates(&world, 1), ["applied 3 v1"]);
}

/// A host in whose first pause somebody removes the first record and makes another one.
struct Pause<'a>(&'a SimWorld, Desk);

impl Host for Pause<'_> {
    fn start(&self, request: HttpRequest) -> Ticket {
        self.1.start(request)
    }

    fn wait(&self, ticket: Ticket) -> Result<HttpResponse, Transport> {
        self.1.wait(ticket)
    }

    fn emit(&self, batch: Batch) {
        self.1.emit(batch);
        if self.1.pages.borrow().len() == 1 {
            self.0.remove("s", "thing", "1").unwrap();
            self.0.put("s", "thing", json!({"n": 8})).unwrap();
        }
    }

    fn log(&self, _level: LogLevel, _text: &str) {}

    fn cancelled(&self) -> bool {
        false
    }
}

#[test]
fn pages_shift_by_what_is_made_and_removed_between_them() {
    let ids = |live_pages, newest_first| {
        let world = things(5);
        world.set_faults("s", Faults { live_pages, newest_first, ..Faults::default() });
        let pause = Pause(&world, Desk::default());
        let request = ReadRequest { resource: "thing".into(), fields: Vec::new(), since: None };
        let done = Sim::new(world.clone(), "s").read(&pause, &request).unwrap();
        assert!(done.complete, "it does not know better");
        pause.1.emitted.borrow().iter().map(|record| record.id.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ids(false, false), "1 2 3 4 5");
    assert_eq!(ids(true, false), "1 2 3 5 6", "4 slipped to the page before");
    assert_eq!(ids(true, true), "5 4 3 3 2", "3 comes twice");
}

#[test]
fn late_writes_show_when_their_time_has_come() {
    let world = things(1);
    let late = Faults { late: When::Always, late_reads: u64::MAX, late_ms: 200, ..Faults::default() };
    world.set_time("s", 1000);
    world.set_faults("s", late);
    write(&world, "s", "thing", vec![item(Update, Some("1"), json!({"n": 10}))]);
    let shown = || get(&world, "s", "thing", &["1"]).0[0]["n"].clone();
    assert_eq!(shown(), 1);
    world.set_time("s", 1199);
    assert_eq!(shown(), 1);
    world.set_time("s", 1200);
    assert_eq!(shown(), 10);
}

#[test]
fn a_version_that_slips_stays_or_comes_again() {
    let spec = TableSpec { slipping_version: true, ..TableSpec::new("thing", "") };
    let world = SimWorld::new().with_side("s", vec![spec]);
    let id = world.put("s", "thing", json!({"n": 0})).unwrap();
    let mut versions = Vec::new();
    for n in 1..=6 {
        world.edit("s", "thing", &id, json!({ "n": n })).unwrap();
        versions.push(world.record("s", "thing", &id).unwrap()["version"].as_u64().unwrap());
    }
    assert!(versions.windows(2).any(|pair| pair[0] == pair[1]), "{versions:?}");
    assert!(versions.windows(2).any(|pair| pair[0] > pair[1]), "{versions:?}");
}
