//! The journal against its closed table, and what is left of a state whose writer died or whose file was hurt.

use selaras_model::{
    EntityName, Hash128, Image, Intent, IntentId, JournalEntry, Outcome, PerSide, RunId, Settled, Settlement, Side,
    Transition, WriteKind, transition,
};
use selaras_store::{Reader, SettleRow, StoreError, Writer};
use std::path::{Path, PathBuf};

fn endpoints() -> PerSide<String> {
    PerSide::new("accurate/1/100".to_owned(), "smh/utama".to_owned())
}

fn writer(path: &Path) -> Writer {
    let mut writer = Writer::open(path, "lineage").expect("it opens");
    writer.select("m", &endpoints()).expect("a scope");
    writer
}

fn reader(path: &Path) -> Reader {
    let mut reader = Reader::open(path).expect("it opens");
    reader.select("m", &endpoints()).expect("a scope");
    reader
}

fn entity() -> EntityName {
    EntityName::from("Pelanggan")
}

fn run() -> RunId {
    RunId::from("0001")
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

fn pair(left: &str, right: &str) -> SettleRow {
    let (images, versions, keys) = <(PerSide<Image>, _, _)>::default();
    let settled =
        Settled::Live { images, versions, hashes: PerSide::<Hash128>::default(), keys, made: false, grace: None };
    let ids = PerSide::new(left.into(), right.into());
    let settlement = Settlement { ids, origin: Side::Left, label: left.to_owned(), settled };
    SettleRow { entity: entity(), settlement, seen: PerSide::default() }
}

/// What can happen to an intent.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Deed {
    Applied,
    Rejected,
    Unclear,
    Settled,
}

const DEEDS: [Deed; 4] = [Deed::Applied, Deed::Rejected, Deed::Unclear, Deed::Settled];

impl Deed {
    fn outcome(self) -> Option<Outcome> {
        match self {
            Deed::Applied => Some(Outcome::Applied { id: "cus-1".into() }),
            Deed::Rejected => Some(Outcome::Rejected { text: "no".to_owned(), passing: false }),
            Deed::Unclear => Some(Outcome::Unclear { text: "?".to_owned() }),
            Deed::Settled => None,
        }
    }

    fn entry(self, intent: IntentId) -> JournalEntry {
        match self.outcome() {
            Some(outcome) => JournalEntry::Ended { intent, outcome },
            None => JournalEntry::Settled { intent },
        }
    }

    fn happen(self, writer: &mut Writer, intent: IntentId) -> Result<(), StoreError> {
        match self.outcome() {
            Some(outcome) => writer.end(&run(), &[(intent, outcome)]),
            None => writer.settle(&run(), &[], &[intent]),
        }
    }
}

/// Every cell of the table, written down by hand.
#[test]
fn invariant_17_the_table_is_closed() {
    use Transition::{Applied, Intended, Rejected, Settled, Unclear};
    let expected = |state: Transition, deed: Deed| match (state, deed) {
        (Intended | Unclear, Deed::Applied) => Some(Applied),
        (Intended | Unclear, Deed::Rejected) => Some(Rejected),
        (Intended | Unclear, Deed::Unclear) => Some(Unclear),
        (Applied, Deed::Settled) => Some(Settled),
        _ => None,
    };
    for state in [Intended, Applied, Rejected, Unclear, Settled] {
        for deed in DEEDS {
            assert_eq!(transition(Some(state), &deed.entry(IntentId(1))), expected(state, deed), "{state:?} {deed:?}");
        }
        assert_eq!(transition(Some(state), &JournalEntry::Intended(intent())), None, "nothing is intended twice");
    }
    for deed in DEEDS {
        assert_eq!(transition(None, &deed.entry(IntentId(1))), None, "{deed:?} of what was never intended");
    }
}

/// All sequences of four: the store takes exactly what the table allows, and what it refuses leaves no trace.
#[test]
fn invariant_16_and_17_the_store_takes_what_the_table_allows() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = writer(&folder.path().join("state.db"));
    let mut refused = 0;
    for number in 0..DEEDS.len().pow(4) {
        let intent = writer.intend(&run(), &[intent()]).expect("written")[0];
        let mut state = Some(Transition::Intended);
        for place in 0..4u32 {
            let deed = DEEDS[number / DEEDS.len().pow(place) % DEEDS.len()];
            let next = transition(state, &deed.entry(intent));
            let done = deed.happen(&mut writer, intent);
            assert_eq!(done.is_ok(), next.is_some(), "sequence {number}: {deed:?} when {state:?}");
            refused += u32::from(next.is_none());
            state = next.or(state);
            let open = writer.open_intents().expect("readable");
            let found = open.iter().find(|entry| entry.id == intent).map(|entry| entry.state);
            let closed = matches!(state, Some(Transition::Rejected | Transition::Settled));
            assert_eq!(found, state.filter(|_| !closed), "sequence {number} after {deed:?}");
        }
    }
    assert!(refused > 500, "the sequences hardly tried anything: {refused}");
}

#[test]
fn a_settling_is_done_as_a_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = writer(&folder.path().join("state.db"));
    let numbers = writer.intend(&run(), &[intent(), intent()]).expect("written");
    let applied = Outcome::Applied { id: "cus-1".into() };
    writer.end(&run(), &[(numbers[0], applied)]).expect("ended");
    // The second intent has not ended: nothing of the batch may stay.
    assert!(writer.settle(&run(), &[pair("50", "cus-1")], &numbers).is_err());
    assert_eq!(writer.live_count(&entity()).expect("readable"), 0);
    let states: Vec<Transition> = writer.open_intents().expect("readable").iter().map(|entry| entry.state).collect();
    assert_eq!(states, [Transition::Applied, Transition::Intended]);
    // The same for outcomes: one that is wrong takes the others with it.
    let unclear = Outcome::Unclear { text: "?".to_owned() };
    assert!(writer.end(&run(), &[(numbers[1], unclear.clone()), (numbers[0], unclear)]).is_err());
    assert_eq!(writer.open_intents().expect("readable")[1].state, Transition::Intended);
}

/// The files of a database as they are on disk at this moment: what a killed process leaves behind.
fn as_killed(path: &Path, into: &Path) -> PathBuf {
    let copy = into.join("state.db");
    for ending in ["", "-wal"] {
        let with = |path: &Path| PathBuf::from(format!("{}{ending}", path.display()));
        if with(path).exists() {
            std::fs::copy(with(path), with(&copy)).expect("copied");
        }
    }
    copy
}

#[test]
fn invariant_15_what_was_written_is_there_after_a_kill_at_any_moment() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    let mut alive = writer(&path);
    let look = |wanted: Option<Transition>, links: u64| {
        let grave = tempfile::tempdir().expect("a folder");
        let left = writer(&as_killed(&path, grave.path()));
        assert_eq!(left.open_intents().expect("readable").first().map(|entry| entry.state), wanted);
        assert_eq!(left.live_count(&entity()).expect("readable"), links);
    };
    look(None, 0);
    let number = alive.intend(&run(), &[intent()]).expect("written")[0];
    look(Some(Transition::Intended), 0);
    alive.end(&run(), &[(number, Outcome::Unclear { text: "?".to_owned() })]).expect("ended");
    look(Some(Transition::Unclear), 0);
    alive.end(&run(), &[(number, Outcome::Applied { id: "cus-1".into() })]).expect("ended");
    look(Some(Transition::Applied), 0);
    alive.settle(&run(), &[pair("50", "cus-1")], &[number]).expect("settled");
    look(None, 1);
}

#[test]
fn a_reader_beside_a_writer_sees_whole_steps() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    let mut writer = writer(&path);
    writer.settle(&run(), &[pair("50", "cus-1")], &[]).expect("settled");
    assert_eq!(reader(&path).live_count(&entity()).expect("readable"), 1, "while the writer holds the lock");
    let rows: Vec<SettleRow> = (51..80).map(|n| pair(&n.to_string(), &format!("cus-{n}"))).collect();
    writer.settle(&run(), &rows, &[]).expect("settled");
    assert_eq!(reader(&path).live_count(&entity()).expect("readable"), 30);
}

#[test]
fn a_damaged_file_is_told_and_never_panics() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    {
        let mut writer = writer(&path);
        let rows: Vec<SettleRow> = (0..200).map(|n| pair(&n.to_string(), &format!("cus-{n}"))).collect();
        writer.settle(&run(), &rows, &[]).expect("settled");
    }
    let whole = std::fs::read(&path).expect("there");
    let mut told = 0;
    for place in (0..whole.len()).step_by(whole.len() / 60) {
        let mut hurt = whole.clone();
        let end = (place + 64).min(hurt.len());
        hurt[place..end].fill(0xA5);
        std::fs::write(&path, &hurt).expect("written");
        let read = || -> Result<(), StoreError> {
            let mut reader = Reader::open(&path)?;
            reader.select("m", &endpoints())?;
            let live = reader.live(&entity())?;
            reader.links(&live)?;
            reader.heads(&entity(), Side::Right, &["cus-7"]).map(drop)
        };
        told += u32::from(read().is_err());
    }
    assert!(told > 10, "hardly any damage was seen: {told}");
    std::fs::write(&path, &whole[..whole.len() / 2]).expect("written");
    assert!(matches!(
        Reader::open(&path).and_then(|reader| reader.live(&entity()).map(drop)),
        Err(StoreError::Corrupt { .. })
    ));
}

/// The settle time of a write begins with its answer; and where the clock was put back, what was written later than now was written now.
#[test]
fn invariant_16_a_write_is_as_old_as_its_answer_and_never_of_the_future() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    let mut writer = writer(&path);
    let at = |reader: &Reader| reader.recent_intents(0).expect("readable").first().map(|(intent, _)| intent.at_ms);
    let number = writer.intend(&run(), &[intent()]).expect("noted");
    assert_eq!(at(&writer), Some(1));
    let unclear = Outcome::Unclear { text: "no answer".to_owned() };
    writer.end_at(&run(), &[(number[0], unclear)], 60_000).expect("noted");
    assert_eq!(at(&writer), Some(60_000));
    writer.put_back_to(70_000).expect("noted");
    assert_eq!(at(&writer), Some(60_000), "nothing lies in the future");
    writer.put_back_to(5_000).expect("noted");
    assert_eq!((at(&writer), at(&reader(&path))), (Some(5_000), Some(5_000)));
    assert_eq!(writer.open_intents().expect("readable").len(), 1, "and it is as open as before");
}
