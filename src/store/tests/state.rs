//! The state file: what it keeps, what it refuses, and that a reader writes nothing.

use selaras_model::{
    EntityName, FieldName, Hash128, Image, Intent, IntentId, LinkState, MatchKey, NativeId, Outcome, PerSide, RunId,
    Settled, Settlement, Side, Transition, Value, WriteKind,
};
use selaras_store::{Reader, SettleRow, StoreError, Taking, Writer};
use std::path::{Path, PathBuf};

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    (folder, path)
}

fn endpoints(branch: &str) -> PerSide<String> {
    PerSide::new(format!("accurate/1/{branch}"), "smh/utama".to_owned())
}

fn writer(path: &Path, branch: &str) -> Writer {
    let mut writer = Writer::open(path, "lineage").expect("it opens");
    writer.select("m", &endpoints(branch)).expect("a scope");
    writer
}

fn reader(path: &Path, branch: &str) -> Reader {
    let mut reader = Reader::open(path).expect("it opens");
    reader.select("m", &endpoints(branch)).expect("a scope");
    reader
}

fn entity() -> EntityName {
    EntityName::from("Pelanggan")
}

fn run() -> RunId {
    RunId::from("0001")
}

fn key(code: &str) -> MatchKey {
    MatchKey { index: 0, values: vec![Value::Text(code.to_owned())] }
}

fn image(code: &str) -> Image {
    let mut image = Image::default();
    image.set(FieldName::from("code"), Value::Text(code.to_owned()));
    image
}

fn live(left: &str, right: &str, code: &str) -> SettleRow {
    let settled = Settled::Live {
        images: PerSide::new(image(code), image(code)),
        versions: PerSide::new(Some("1".to_owned()), None),
        hashes: PerSide::new(Hash128::of(b"left"), Hash128::of(b"right")),
        keys: PerSide::new(vec![key(code)], vec![key(code)]),
        made: false,
        grace: None,
    };
    let ids = PerSide::new(NativeId::from(left), NativeId::from(right));
    let settlement = Settlement { ids, origin: Side::Left, label: code.to_owned(), settled };
    SettleRow { entity: entity(), settlement, seen: PerSide::new(Hash128::of(b"seen"), Hash128::default()) }
}

fn intent() -> Intent {
    Intent {
        action: "a".into(),
        entity: entity(),
        target: Side::Right,
        kind: WriteKind::Create,
        target_id: None,
        origin_id: Some("50".into()),
        label: "C.1".to_owned(),
        at_ms: 1,
    }
}

#[test]
fn links_come_back_as_they_were_settled() {
    let (_folder, path) = folder();
    writer(&path, "100").settle(&run(), &[live("50", "cus-1", "C.1")], &[]).expect("settled");
    let reader = reader(&path, "100");
    let link = reader.link_of(&entity(), Side::Right, "cus-1").expect("readable").expect("a link");
    assert_eq!(link.ids.left.as_str(), "50");
    assert_eq!(link.images.right, image("C.1"));
    assert_eq!((link.origin, link.state), (Side::Left, LinkState::Live));
    let heads = reader.heads(&entity(), Side::Left, &["49", "50"]).expect("readable");
    assert_eq!(heads[0], None);
    assert_eq!(
        heads[1].as_ref().map(|head| (head.seen, head.version.clone())),
        Some((Hash128::of(b"seen"), Some("1".to_owned())))
    );
    assert_eq!(reader.owners(&entity(), Side::Right, &[key("C.1"), key("C.2")]).expect("readable").len(), 1);
    assert_eq!(
        (
            reader.arrived(&entity(), Side::Right).expect("readable"),
            reader.arrived(&entity(), Side::Left).expect("readable")
        ),
        (1, 0)
    );
}

#[test]
fn another_branch_has_links_of_its_own_and_finds_its_old_ones_again() {
    let (_folder, path) = folder();
    writer(&path, "100").settle(&run(), &[live("50", "cus-1", "C.1")], &[]).expect("settled");
    writer(&path, "101").settle(&run(), &[live("50", "cus-9", "C.9")], &[]).expect("settled");
    let of = |branch: &str| {
        reader(&path, branch).link_of(&entity(), Side::Left, "50").expect("readable").expect("a link").ids.right
    };
    assert_eq!(
        (of("100").as_str().to_owned(), of("101").as_str().to_owned()),
        ("cus-1".to_owned(), "cus-9".to_owned())
    );
    assert_eq!(reader(&path, "102").live_count(&entity()).expect("readable"), 0);
}

#[test]
fn invariant_02_a_record_is_in_one_live_link_only() {
    let (_folder, path) = folder();
    let mut writer = writer(&path, "100");
    writer.settle(&run(), &[live("50", "cus-1", "C.1")], &[]).expect("settled");
    let both = [live("51", "cus-2", "C.2"), live("50", "cus-3", "C.3")];
    assert!(writer.settle(&run(), &both, &[]).is_err(), "record 50 has a partner already");
    assert_eq!(
        writer.live_count(&entity()).expect("readable"),
        1,
        "what is refused leaves nothing behind, not even its first half"
    );
}

#[test]
fn invariant_05_a_buried_link_leaves_a_tombstone_and_gives_its_keys_back() {
    let (_folder, path) = folder();
    let mut writer = writer(&path, "100");
    writer.settle(&run(), &[live("50", "cus-1", "C.1")], &[]).expect("settled");
    let mut burial = live("50", "cus-1", "C.1");
    burial.settlement.settled = Settled::Tombstone { gone: Side::Left };
    writer.settle(&RunId::from("0002"), &[burial], &[]).expect("settled");
    assert_eq!(writer.live_count(&entity()).expect("readable"), 0);
    assert!(writer.owners(&entity(), Side::Right, &[key("C.1")]).expect("readable").is_empty());
    let graves = writer.tombstones(&entity(), Side::Right, &["cus-1", "cus-2"]).expect("readable");
    assert_eq!(graves.len(), 1);
    assert_eq!(graves[0].state, LinkState::Tombstone { gone: Side::Left, run: RunId::from("0002") });
    writer.settle(&run(), &[live("51", "cus-1", "C.1")], &[]).expect("the survivor may be linked again");
}

#[test]
fn invariant_17_the_journal_takes_no_illegal_sequence() {
    let (_folder, path) = folder();
    let mut writer = writer(&path, "100");
    let number = writer.intend(&run(), &[intent()]).expect("written")[0];
    assert!(writer.settle(&run(), &[], &[number]).is_err(), "nothing settles before it has ended");
    let unclear = Outcome::Unclear { text: "?".to_owned() };
    writer.end(&run(), &[(number, unclear)]).expect("it ended");
    writer.end(&run(), &[(number, Outcome::Applied { id: "cus-1".into() })]).expect("a look cleared it up");
    assert!(
        writer.end(&run(), &[(number, Outcome::Rejected { text: "no".to_owned(), passing: false })]).is_err(),
        "it ends once"
    );
    writer.settle(&run(), &[], &[number]).expect("settled");
    assert!(writer.settle(&run(), &[], &[number]).is_err(), "it settles once");
    assert!(
        writer.end(&run(), &[(IntentId(99), Outcome::Applied { id: "x".into() })]).is_err(),
        "there is no intent 99"
    );
    assert!(writer.open_intents().expect("readable").is_empty());
}

#[test]
fn an_intent_outlives_whoever_wrote_it() {
    let (_folder, path) = folder();
    let number = writer(&path, "100").intend(&run(), &[intent()]).expect("written")[0];
    let open = writer(&path, "100").open_intents().expect("readable");
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].id, open[0].state, open[0].intent.clone()), (number, Transition::Intended, intent()));
    assert!(
        reader(&path, "101").open_intents().expect("readable").is_empty(),
        "another branch's intents are none of ours"
    );
}

#[test]
fn a_refused_delete_is_remembered_until_the_record_is_written_again() {
    let (_folder, path) = folder();
    let mut writer = writer(&path, "100");
    let delete = Intent { kind: WriteKind::Delete, target_id: Some("cus-1".into()), ..intent() };
    let number = writer.intend(&run(), std::slice::from_ref(&delete)).expect("written")[0];
    writer.end(&run(), &[(number, Outcome::Rejected { text: "in use".to_owned(), passing: false })]).expect("ended");
    let refused = writer.refused_deletes(&entity()).expect("readable");
    assert_eq!(refused, [(Side::Right, "cus-1".to_owned(), "in use".to_owned())]);
    // A delete that never arrived, or came too late, was not refused.
    let number = writer.intend(&run(), std::slice::from_ref(&delete)).expect("written")[0];
    writer.end(&run(), &[(number, Outcome::Rejected { text: "down".to_owned(), passing: true })]).expect("ended");
    assert!(writer.refused_deletes(&entity()).expect("readable").is_empty());
    let number = writer.intend(&run(), std::slice::from_ref(&delete)).expect("written")[0];
    writer.end(&run(), &[(number, Outcome::Rejected { text: "in use".to_owned(), passing: false })]).expect("ended");
    assert_eq!(writer.refused_deletes(&entity()).expect("readable").len(), 1);
    let update = Intent { kind: WriteKind::Update, ..delete };
    let number = writer.intend(&run(), &[update]).expect("written")[0];
    writer.end(&run(), &[(number, Outcome::Applied { id: "cus-1".into() })]).expect("ended");
    assert!(writer.refused_deletes(&entity()).expect("readable").is_empty());
}

#[test]
fn one_writer_at_a_time() {
    let (_folder, path) = folder();
    let first = writer(&path, "100");
    match Writer::open(&path, "other") {
        Err(StoreError::Locked { holder: Some(holder), .. }) => assert_eq!(holder.process, std::process::id()),
        other => panic!("a second writer got in: {other:?}"),
    }
    drop(first);
    assert_eq!(
        writer(&path, "100").lineage().expect("readable"),
        "lineage",
        "a state keeps the identity that it was made with"
    );
}

/// Locks can fail: on a network file system, or when somebody removes the file. Then two believe to hold the state.
#[test]
fn a_runner_that_lost_its_lease_writes_nothing_more() {
    for wrote_before in [true, false] {
        let (_folder, path) = folder();
        let mut first = writer(&path, "100");
        if wrote_before {
            first.intend(&run(), &[intent()]).expect("the lease is its own");
        }
        std::fs::remove_file(path.with_extension("lock")).expect("somebody removes it");
        let mut second = writer(&path, "100");
        second.settle(&run(), &[live("50", "cus-1", "C.1")], &[]).expect("the lease is now the second one's");
        drop(second);
        let before = reader(&path, "100").open_intents().expect("readable").len();
        let refused = first.intend(&run(), &[intent()]);
        assert!(matches!(refused, Err(StoreError::Lost { .. })), "{refused:?}");
        assert!(matches!(first.settle(&run(), &[], &[]), Err(StoreError::Lost { .. })));
        assert_eq!(reader(&path, "100").open_intents().expect("readable").len(), before);
    }
}

#[test]
fn taking_the_state_without_writing_disturbs_nobody_who_reads() {
    let (_folder, path) = folder();
    drop(writer(&path, "100"));
    let reader = reader(&path, "100");
    let before = reader.mark().expect("a mark");
    drop(writer(&path, "100"));
    assert_eq!(reader.mark().expect("a mark"), before);
}

/// A runner that is killed, or finds no room, while it makes the file leaves an empty one, or one of an early format.
#[test]
fn a_file_whose_making_was_cut_short_is_taken_for_none_and_made_to_the_end() {
    let (_folder, path) = folder();
    std::fs::write(&path, b"").expect("an empty file");
    assert_eq!(reader(&path, "100").live_count(&entity()).expect("readable"), 0);
    let conn = rusqlite::Connection::open(&path).expect("opens");
    conn.execute_batch("PRAGMA journal_mode = WAL;").expect("a database without anything in it");
    drop(conn);
    assert_eq!(reader(&path, "100").live_count(&entity()).expect("readable"), 0);
    let mut writer = writer(&path, "100");
    writer.settle(&run(), &[live("50", "cus-1", "C.1")], &[]).expect("settled");
    assert_eq!(reader(&path, "100").live_count(&entity()).expect("readable"), 1);
}

#[test]
fn a_reader_makes_nothing_and_writes_nothing() {
    let (folder, path) = folder();
    assert_eq!(reader(&path, "100").live_count(&entity()).expect("readable"), 0);
    assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 0, "reading made a file");
    drop(writer(&path, "100"));
    let before = std::fs::read(&path).expect("there");
    let _ = reader(&path, "777");
    assert!(before == std::fs::read(&path).expect("there"));
}

#[test]
fn files_that_are_not_ours_are_refused_and_left_alone() {
    let (_folder, path) = folder();
    let garbage = b"not a database ".repeat(200);
    std::fs::write(&path, &garbage).expect("written");
    assert!(matches!(Reader::open(&path), Err(StoreError::Corrupt { .. })));
    assert!(matches!(Writer::open(&path, "l"), Err(StoreError::Corrupt { .. })));
    assert!(std::fs::read(&path).expect("there") == garbage);

    std::fs::remove_file(&path).expect("removed");
    let other = rusqlite::Connection::open(&path).expect("made");
    other.execute_batch("CREATE TABLE theirs (x); PRAGMA user_version = 1;").expect("made");
    drop(other);
    assert!(matches!(Writer::open(&path, "l"), Err(StoreError::Corrupt { .. })), "another program's database");
}

/// Sets the format of a state, and the earliest that can read it.
fn newer(path: &Path, format: u32, readable_by: u32) {
    let conn = rusqlite::Connection::open(path).expect("opens");
    let sql = format!("PRAGMA user_version = {format}; UPDATE meta SET readable_by = {readable_by};");
    conn.execute_batch(&sql).expect("set");
}

#[test]
fn a_newer_state_is_read_if_it_says_so_and_never_written() {
    let (_folder, path) = folder();
    let mut writer = writer(&path, "100");
    writer.settle(&run(), &[live("50", "cus-1", "C.1")], &[]).expect("settled");
    drop(writer);
    newer(&path, 99, 4);
    let bytes = std::fs::read(&path).expect("there");
    assert_eq!(reader(&path, "100").live_count(&entity()).expect("readable"), 1);
    assert!(selaras_store::upkeep::inspect(&path).expect("readable").faults.is_empty());
    assert!(matches!(Writer::open(&path, "l"), Err(StoreError::Newer { found: 99, .. })));
    let repaired = selaras_store::upkeep::repair(&path, "1", &Taking::default());
    assert!(matches!(repaired, Err(StoreError::Newer { found: 99, .. })), "{repaired:?}");
    assert!(bytes == std::fs::read(&path).expect("there"), "nothing was written");
    newer(&path, 99, 98);
    assert!(matches!(Reader::open(&path), Err(StoreError::Newer { found: 99, .. })), "what it reads has changed");
    assert!(matches!(Writer::open(&path, "l"), Err(StoreError::Newer { .. })));
}

#[test]
fn the_mark_tells_that_somebody_else_wrote_in_between() {
    let (_folder, path) = folder();
    let early = reader(&path, "1");
    let nothing = early.mark().expect("a mark");
    let mut writer = writer(&path, "1");
    assert_ne!(early.mark().expect("a mark"), nothing, "the file was made since");
    let reader = reader(&path, "1");
    let before = reader.mark().expect("a mark");
    assert_eq!(reader.mark().expect("a mark"), before);
    writer.settle(&run(), &[live("50", "cus-1", "C.1")], &[]).expect("settled");
    assert_ne!(reader.mark().expect("a mark"), before);
}

#[test]
#[cfg(unix)]
fn somebody_who_may_only_look_can_read_the_state() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _) = folder();
    let shut = folder.path().join("keadaan 50%");
    std::fs::create_dir(&shut).expect("a folder");
    let path = shut.join("state.db");
    writer(&path, "1").settle(&run(), &[live("50", "cus-1", "C.1")], &[]).expect("settled");
    let allow = |mode| std::fs::set_permissions(&shut, std::fs::Permissions::from_mode(mode)).expect("permissions");
    allow(0o555);
    let counted = Reader::open(&path).and_then(|mut reader| {
        reader.select("m", &endpoints("1"))?;
        reader.live_count(&entity())
    });
    allow(0o755);
    // A superuser may write anywhere, so there this says less.
    assert_eq!(counted.expect("readable"), 1);
}
