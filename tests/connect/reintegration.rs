//! Connecting again: to the same place, to another branch, to another database, and back. Links belong to a database and branch.

use super::company::{DATABASE, JAKARTA, SINGLE, SURABAYA, small_guide};
use super::place::Place;
use serde_json::Value as Json;

fn move_to(place: &Place, database: u64, branch: &str) {
    place.run(&["disconnect", "accurate"]).ends(0);
    place.connect("admin", &["--database", &database.to_string(), "--branch", branch]).ends(0);
    place.login();
}

/// A run in a place where much is the business of a person: nothing may fail, and nothing may be deleted or put out of use.
#[track_caller]
fn runs_without_removing(place: &Place) {
    let (accurate, smh) = place.records();
    let said = place.apply();
    assert!([Some(0), Some(3), Some(5)].contains(&said.code), "{said}");
    let (accurate_now, smh_now) = place.records();
    for (database, tables) in &accurate {
        for (module, table) in tables {
            for (id, row) in &table.rows {
                let now = accurate_now[database][module].rows.get(id);
                let now = now.unwrap_or_else(|| panic!("{module} {id} of {database} is gone\n{said}"));
                assert_eq!(now.get("suspended"), row.get("suspended"), "{module} {id} of {database}\n{said}");
            }
        }
    }
    for (resource, table) in &smh {
        for (id, row) in &table.rows {
            let now = smh_now[resource].rows.get(id).unwrap_or_else(|| panic!("{resource} {id} is gone\n{said}"));
            assert_eq!(now.get("status"), row.get("status"), "{resource} {id}\n{said}");
        }
    }
}

/// What makes a record the one it is, and whose twin it is: none of it may become another's.
fn identities(rows: &[Json]) -> Vec<[String; 4]> {
    let text = |row: &Json, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| ["id", "code", "name", "partnerId"].map(|key| text(row, key))).collect()
}

#[test]
fn the_same_place_again_writes_nothing() {
    let place = small_guide();
    place.ready("admin");
    place.settle();
    let before = place.records();
    move_to(&place, DATABASE, JAKARTA);
    place.is_settled();
    assert!(place.records() == before);
    place.links_fit();
}

#[test]
fn another_branch_and_back_deletes_nothing_relinks_nothing_wrongly_and_ends_where_it_began() {
    let place = small_guide();
    place.ready("admin");
    place.settle();
    let customers = identities(&place.smh("customers"));
    move_to(&place, DATABASE, SURABAYA);
    runs_without_removing(&place);
    let there = identities(&place.smh("customers"));
    assert_eq!(there[..customers.len()], customers[..]);
    place.nothing_is_double();
    move_to(&place, DATABASE, JAKARTA);
    place.forget_calls();
    let said = place.apply();
    assert_eq!(place.writes(), Vec::<String>::new(), "{said}");
    assert_eq!(said.code, Some(0), "{said}");
}

#[test]
fn another_database_and_back_deletes_nothing_relinks_nothing_wrongly_and_ends_where_it_began() {
    let place = small_guide();
    place.ready("admin");
    place.settle();
    let (accurate, _) = place.records();
    let customers = identities(&place.smh("customers"));
    // Both databases have these codes, for different shops.
    let codes: Vec<Json> = place.accurate(SINGLE, "customer").iter().map(|row| row["customerNo"].clone()).collect();
    let namesakes = place.smh("customers").iter().filter(|customer| codes.contains(&customer["code"])).count();
    assert!(namesakes > 0, "nothing could be mistaken for anything");
    move_to(&place, SINGLE, "50");
    runs_without_removing(&place);
    let there = identities(&place.smh("customers"));
    assert_eq!(there[..customers.len()], customers[..]);
    let (accurate_there, _) = place.records();
    assert!(accurate_there[&DATABASE] == accurate[&DATABASE], "the first database was touched");
    for (id, row) in &accurate[&SINGLE]["customer"].rows {
        let now = &accurate_there[&SINGLE]["customer"].rows[id];
        assert_eq!((now["name"].clone(), now["customerNo"].clone()), (row["name"].clone(), row["customerNo"].clone()));
    }
    move_to(&place, DATABASE, JAKARTA);
    place.forget_calls();
    let said = place.apply();
    assert_eq!(place.writes(), Vec::<String>::new(), "{said}");
    assert_eq!(said.code, Some(0), "{said}");
}

/// Without a disconnect in between, as one command.
#[test]
fn connect_moves_to_another_branch_at_once() {
    let place = small_guide();
    place.ready("admin");
    place.run(&["connect", "accurate"]).ends(0).says(&["Connected to PT Panduan Sejahtera, Jakarta already"]);
    place.run(&["connect", "accurate", "--branch", SURABAYA]).ends(0).says(&["PT Panduan Sejahtera, Surabaya"]);
    assert_eq!(place.stage("smh"), "needs-login");
    place
        .run(&["connect", "accurate", "--database", "CV Tunggal Jaya"])
        .ends(0)
        .says(&["CV Tunggal Jaya, Kantor Pusat"]);
    let trial = place.run(&["connect", "accurate", "--database", "3456789"]).ends(7);
    trial.says(&["PT Coba Dulu"]);
    assert_ne!(place.stage("accurate"), "ready", "nobody knows any more where it is to work");
    place.run(&["connect", "accurate", "--database", "2345678"]).ends(0);
}
