//! What people order by hand: kept with who, when and why, refused where a record would get two partners, and no way around the journal.

use selaras_model::{
    ConflictId, Decision, EntityName, FieldName, Hash128, Image, Intent, IntentId, LinkState, NativeId, Outcome,
    PerSide, RunId, Settled, Settlement, Side, Signature, Take, Value, WriteKind,
};
use selaras_store::{Closed, Deed, LinkStanding, NotResolved, Reader, Refused, Resolution, SettleRow, Writer};
use std::path::{Path, PathBuf};

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    (folder, path)
}

fn endpoints() -> PerSide<String> {
    PerSide::new("accurate/1/100".to_owned(), "smh/utama".to_owned())
}

fn writer(path: &Path) -> Writer {
    let mut writer = Writer::open(path, "lineage").expect("it opens");
    writer.select("m", &endpoints()).expect("a scope");
    writer
}

fn entity() -> EntityName {
    "Pelanggan".into()
}

fn run() -> RunId {
    "0001".into()
}

fn signature(at_ms: i64) -> Signature {
    Signature { by: "rina".into(), at_ms, because: "asked the customer".into() }
}

fn ids(left: &str, right: &str) -> PerSide<NativeId> {
    PerSide::new(left.into(), right.into())
}

fn settled(left: &str, right: &str) -> SettleRow {
    let image: Image = [(FieldName::from("code"), Value::Text(left.to_owned()))].into_iter().collect();
    let settled = Settled::Live {
        images: PerSide::new(image.clone(), image),
        versions: PerSide::new(None, None),
        hashes: PerSide::<Hash128>::default(),
        keys: PerSide::default(),
        made: false,
        grace: None,
    };
    let settlement = Settlement { ids: ids(left, right), origin: Side::Left, label: format!("C.{left}"), settled };
    SettleRow { entity: entity(), settlement, seen: PerSide::default() }
}

fn decision(conflict: &str, field: &str, take: Take) -> Decision {
    let on = PerSide::new(Some(Value::Text("l".into())), Some(Value::Text("r".into())));
    Decision {
        conflict: ConflictId::from(conflict),
        entity: entity(),
        ids: ids("1", "a"),
        label: "C.1".into(),
        gone: None,
        on: [(FieldName::from(field), on)].into_iter().collect(),
        take,
        signature: signature(5),
    }
}

#[test]
fn a_decision_holds_until_it_is_replaced_or_closed() {
    let (_folder, path) = folder();
    let mut writer = writer(&path);
    let first = decision("k", "name", Take::Side(Side::Left));
    let other = decision("k", "city", Take::Side(Side::Right));
    writer.decide(&[first.clone(), other.clone()]).expect("decided");
    let second = decision("k", "name", Take::Value(Value::Text("v".into())));
    writer.decide(std::slice::from_ref(&second)).expect("decided anew");
    assert_eq!(writer.decisions().expect("read"), [other.clone(), second.clone()]);
    let end = |made: &Decision, how| (made.conflict.clone(), made.unit().to_owned(), how);
    writer.close_decisions(&run(), &[end(&second, Closed::Applied)]).expect("closed");
    assert_eq!(writer.decisions().expect("read"), [other]);
    let acts = writer.acts(9).expect("the log");
    assert_eq!(acts.len(), 3, "the log keeps what was replaced");
    assert_eq!((&acts[0].signature, &acts[0].deed), (&signature(5), &Deed::Decided(Box::new(second))));
}

/// Invariant 2, by hand too.
#[test]
fn invariant_02_a_record_that_has_a_partner_gets_no_second_one() {
    let (_folder, path) = folder();
    let mut writer = writer(&path);
    writer.settle(&run(), &[settled("1", "a")], &[]).expect("linked");
    let before = writer.generation().expect("read");
    for pair in [ids("1", "b"), ids("2", "a")] {
        let refused = writer.link_by_hand(&entity(), &pair, Side::Left, &signature(1)).expect("the file is fine");
        assert!(matches!(refused, Err(Refused::Linked(..))), "{refused:?}");
    }
    assert_eq!((writer.acts(9).expect("the log").len(), writer.generation().expect("read")), (0, before));
    let made = writer.link_by_hand(&entity(), &ids("2", "b"), Side::Left, &signature(1)).expect("the file is fine");
    assert!(made.is_ok(), "{made:?}");
    let link = writer.link_of(&entity(), Side::Right, "b").expect("read").expect("it is linked");
    assert!(link.by_hand && link.images == PerSide::default() && link.state == LinkState::Live);
    assert_eq!(
        writer.generation().expect("read"),
        before + 1,
        "what was planned before was planned from another state"
    );
    // Once a run has settled it, it is a link like any other.
    writer.settle(&run(), &[settled("2", "b")], &[]).expect("settled");
    assert!(!writer.link_of(&entity(), Side::Right, "b").expect("read").expect("linked").by_hand);
}

#[test]
fn what_was_unlinked_waits_until_it_is_forgotten_or_linked() {
    let (_folder, path) = folder();
    let mut writer = writer(&path);
    writer.settle(&run(), &[settled("1", "a"), settled("a", "1")], &[]).expect("linked");
    let several = writer.unlink_by_hand(&entity(), None, "1", &signature(1)).expect("the file is fine");
    assert!(matches!(several, Err(Refused::Several(_))), "the id is one of either side");
    writer.unlink_by_hand(&entity(), Some(Side::Left), "1", &signature(1)).expect("fine").expect("unlinked");
    for (side, id) in [(Side::Left, "1"), (Side::Right, "a")] {
        assert!(writer.link_of(&entity(), side, id).expect("read").is_none());
        let graves = writer.tombstones(&entity(), side, &[id]).expect("read");
        assert!(graves.len() == 1 && graves[0].by_hand, "{graves:?}");
    }
    let effect = writer.forget_by_hand(&entity(), None, "a", &signature(2)).expect("fine");
    assert!(matches!(effect, Ok(ref done) if done.lifted == 1), "{effect:?}");
    assert_eq!(writer.tombstones(&entity(), Side::Left, &["1"]).expect("read"), []);
    assert_eq!(writer.forgotten(&entity(), Side::Right, &["a"]).expect("read"), [ids("1", "a")]);
    let again = writer.forget_by_hand(&entity(), None, "a", &signature(2)).expect("fine");
    assert_eq!(again, Err(Refused::NoTombstone));
    let listed = writer.list_links(None, Some("a"), 9).expect("read");
    assert!(listed.iter().any(|link| link.standing == LinkStanding::Forgotten), "{listed:#?}");
    // A person's link takes the tombstones of both with it.
    writer.unlink_by_hand(&entity(), Some(Side::Left), "a", &signature(3)).expect("fine").expect("unlinked");
    let made = writer.link_by_hand(&entity(), &ids("1", "1"), Side::Left, &signature(4)).expect("fine").expect("made");
    assert_eq!(made.lifted, 1);
    assert_eq!(writer.acts(9).expect("the log").len(), 4);
}

fn unclear(writer: &mut Writer, kind: WriteKind, origin: &str, target: Option<&str>) -> IntentId {
    let intent = Intent {
        action: "x".into(),
        entity: entity(),
        target: Side::Right,
        kind,
        target_id: target.map(Into::into),
        origin_id: Some(origin.into()),
        label: format!("C.{origin}"),
        at_ms: 1,
    };
    let asked = serde_json::json!({"changes": [{"field": "name", "before": "old", "after": "new"}]});
    let numbers = writer.intend_asking(&run(), &[(intent, asked)]).expect("intended");
    let outcome = Outcome::Unclear { text: "time-out".into() };
    writer.end(&run(), &[(numbers[0], outcome)]).expect("unclear");
    numbers[0]
}

#[test]
fn invariant_16_an_unclear_write_is_closed_by_a_person_once() {
    let (_folder, path) = folder();
    let mut writer = writer(&path);
    writer.settle(&run(), &[settled("9", "z")], &[]).expect("linked");
    let create = unclear(&mut writer, WriteKind::Create, "1", None);
    let resolve = |writer: &mut Writer, id, how: &Resolution| {
        writer.resolve_intent(id, how, &signature(7)).expect("the file is fine").map(|entry| entry.id)
    };
    // The record named has a partner already: nothing happens.
    let taken = resolve(&mut writer, create, &Resolution::Adopt("z".into()));
    assert!(matches!(taken, Err(NotResolved::Linked(Refused::Linked(Side::Right, _)))), "{taken:?}");
    assert_eq!(writer.open_intents().expect("read").len(), 1);
    assert_eq!(resolve(&mut writer, create, &Resolution::Adopt("a".into())), Ok(create));
    let link = writer.link_of(&entity(), Side::Left, "1").expect("read").expect("adopted");
    assert!(link.by_hand && link.made && link.ids.right.as_str() == "a");
    assert_eq!(resolve(&mut writer, create, &Resolution::Retry), Err(NotResolved::NotOpen));

    let update = unclear(&mut writer, WriteKind::Update, "9", Some("z"));
    assert_eq!(resolve(&mut writer, update, &Resolution::Adopt("z".into())), Err(NotResolved::NotACreate));
    assert_eq!(resolve(&mut writer, update, &Resolution::Retry), Ok(update));

    // What is left alone is held back, and can be had again.
    let left = unclear(&mut writer, WriteKind::Create, "2", None);
    assert_eq!(resolve(&mut writer, left, &Resolution::Discard), Ok(left));
    assert_eq!(writer.tombstones(&entity(), Side::Left, &["2"]).expect("read").len(), 1);
    assert_eq!(writer.open_intents().expect("read"), []);
    let live = writer.live(&entity()).expect("read").len();
    assert_eq!(live, 2, "no link came of it");
    writer.forget_by_hand(&entity(), None, "2", &signature(8)).expect("fine").expect("forgotten");
    assert_eq!(writer.tombstones(&entity(), Side::Left, &["2"]).expect("read"), []);
    let past = writer.past_of("C.2").expect("read");
    assert_eq!(
        past[0].asked.as_ref().expect("kept")["changes"][0]["before"],
        "old",
        "the journal keeps what was overwritten"
    );
    assert!(matches!(&past[0].outcome, Some(Outcome::Rejected { text, .. }) if text.contains("rina")));
}

/// A file of the first format is read as it is, and kept beside when it is changed.
#[test]
fn a_file_of_an_earlier_format_is_read_and_then_brought_along() {
    let (_folder, path) = folder();
    let conn = rusqlite::Connection::open(&path).expect("a file");
    conn.execute_batch(include_str!("../migrations/0001.sql")).expect("format 1");
    conn.execute_batch(
        "PRAGMA user_version = 1; PRAGMA application_id = 0x534C5253; INSERT INTO meta VALUES ('old', 3); \
         INSERT INTO scope VALUES (1, 'm', 'accurate/1/100', 'smh/utama'); \
         INSERT INTO link VALUES (1, 1, 'Pelanggan', '1', 'a', 0, 0, NULL, NULL, 'C.1', '0001', NULL, NULL, zeroblob(16), zeroblob(16), zeroblob(16), zeroblob(16), 0); \
         INSERT INTO image VALUES (1, '{}', '{}');",
    )
    .expect("a link");
    drop(conn);
    let bytes = std::fs::read(&path).expect("read");
    let mut reader = Reader::open(&path).expect("an old file is read");
    reader.select("m", &endpoints()).expect("a scope");
    assert!(reader.link_of(&entity(), Side::Left, "1").expect("read").is_some_and(|link| !link.by_hand));
    assert_eq!((reader.lineage().expect("read"), reader.decisions().expect("read")), ("old".to_owned(), vec![]));
    drop(reader);
    assert_eq!(std::fs::read(&path).expect("read"), bytes, "reading changes nothing");
    let mut writer = writer(&path);
    writer.decide(&[decision("k", "name", Take::Side(Side::Left))]).expect("the new tables are there");
    assert!(writer.link_of(&entity(), Side::Right, "a").expect("read").is_some());
    assert_eq!(writer.lineage().expect("read"), "old");
    let kept = path.with_extension("format-1.db");
    assert!(kept.exists(), "the old file is kept");
}
