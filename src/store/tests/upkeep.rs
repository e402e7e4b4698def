//! Upkeep: damage is seen, mended with a copy kept, and a file that was put away can come back.

use rusqlite::Connection;
use selaras_model::{
    EntityName, FieldName, Hash128, Image, NativeId, PerSide, RunId, Settled, Settlement, Side, Value,
};
use selaras_store::{Reader, SettleRow, Taking, Writer, upkeep};
use std::path::Path;

fn settled(code: &str) -> SettleRow {
    let mut image = Image::default();
    image.set(FieldName::from("code"), Value::Text(code.to_owned()));
    let settled = Settled::Live {
        images: PerSide::new(image.clone(), image),
        versions: PerSide::new(None, None),
        hashes: PerSide::new(Hash128::of(b"left"), Hash128::of(b"right")),
        keys: PerSide::default(),
        made: false,
        grace: None,
    };
    let ids = PerSide::new(NativeId::from(code), NativeId::from(code));
    let settlement = Settlement { ids, origin: Side::Left, label: code.to_owned(), settled };
    SettleRow { entity: EntityName::from("Thing"), settlement, seen: PerSide::default() }
}

fn state(path: &Path) {
    let mut writer = Writer::open(path, "lineage-1").expect("made");
    writer.select("m", &PerSide::new("a/1".to_owned(), "b".to_owned())).expect("a scope");
    writer.settle(&RunId::from("1"), &[settled("x"), settled("y")], &[]).expect("settled");
}

fn harm(path: &Path, sql: &str) {
    Connection::open(path).expect("opens").execute_batch(sql).expect("harmed");
}

#[test]
fn a_whole_file_is_found_whole_and_told_in_numbers() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    state(&path);
    let found = upkeep::inspect(&path).expect("inspected");
    assert_eq!(found.faults, Vec::<String>::new());
    assert_eq!((found.scopes[0].live, found.scopes[0].buried, found.scopes[0].open), (2, 0, 0));
    assert_eq!(found.lineage, "lineage-1");
}

#[test]
fn links_that_make_no_sense_are_taken_out_and_a_copy_is_kept() {
    for harmful in [
        "DELETE FROM image WHERE link = 1",
        "UPDATE image SET left = '{broken' WHERE link = 1",
        "UPDATE link SET left_hash = x'00' WHERE id = 1",
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.db");
        state(&path);
        harm(&path, harmful);
        assert_eq!(
            upkeep::inspect(&path).expect("inspected").faults,
            ["links without a readable base: 1"],
            "{harmful}"
        );
        let done = upkeep::repair(&path, "T", &Taking::default()).expect("repaired");
        assert_eq!(done.links, 1);
        assert!(upkeep::inspect(&done.copy).expect("the copy is a state file").faults.len() == 1);
        let after = upkeep::inspect(&path).expect("inspected");
        assert_eq!((after.faults.len(), after.scopes[0].live), (0, 1));
    }
}

#[test]
fn nobody_mends_or_puts_away_what_another_runner_holds() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    let _writer = Writer::open(&path, "l").expect("made");
    assert!(upkeep::repair(&path, "T", &Taking::default()).is_err());
    assert!(upkeep::put_away(&path, "T", &Taking::default()).is_err());
    assert!(path.exists());
}

#[test]
fn a_file_that_was_put_away_comes_back_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    state(&path);
    let away = upkeep::put_away(&path, "T", &Taking::default()).expect("put away");
    assert!(!path.exists());
    assert_eq!(
        Reader::open(&path).expect("an empty state").live_count(&EntityName::from("Thing")).expect("counted"),
        0
    );
    std::fs::rename(&away, &path).expect("renamed");
    assert_eq!(upkeep::inspect(&path).expect("inspected").scopes[0].live, 2);
}

#[test]
fn everything_is_exported_and_a_file_that_is_none_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    state(&path);
    let mut lines = Vec::new();
    upkeep::export(&path, &mut |value| {
        lines.push(value.clone());
        Ok(())
    })
    .expect("exported");
    let links: Vec<_> = lines.iter().filter_map(|line| line.get("link")).collect();
    assert_eq!(links.len(), 2);
    assert_eq!(links[0]["left"]["code"]["text"], "x", "{}", links[0]);
    std::fs::write(&path, "no database at all, but long enough to be taken for one by its size alone")
        .expect("written");
    assert!(upkeep::inspect(&path).is_err());
    assert!(upkeep::repair(&path, "T", &Taking::default()).is_err());
}
