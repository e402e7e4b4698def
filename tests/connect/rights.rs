//! Rights: an account that lacks one is refused before anything moves, by name, and an account that lacks what nothing needs is not.

use super::advice::MAPPING;
use super::browser::{self, Person};
use super::company::{JAKARTA, few};
use super::place::{Call, Place, mapping};
use selaras_sandbox::accurate::rights::{RIGHTS, Right};
use selaras_sandbox::knobs::MissingRight;
use selaras_sandbox::{Knobs, Scenario};

/// A company in which a missing right shows this way.
fn place(shows: MissingRight) -> Place {
    Place::with(few(), Knobs { missing_right_shows: shows, ..Knobs::default() })
}

/// Modules that the shipped mapping writes to.
fn is_written(right: &Right) -> bool {
    ["employee", "customer", "item", "sales-order"].contains(&right.module)
}

fn scope(right: &Right, verb: &str) -> String {
    selaras_sandbox::accurate::rights::scope(right.module, verb)
}

/// An account without a whole right.
fn without_a_right(shows: MissingRight) {
    for right in &RIGHTS {
        let place = Place::with(Scenario::Kosong, Knobs { missing_right_shows: shows, ..Knobs::default() });
        let before = place.records();
        let account = format!("tanpa-{}", right.key);
        let said = place.connect(&account, &[]).ends(7);
        let named = format!("{}: view ({})", right.label, scope(right, "view"));
        let said = said.says(&[&named, "lacks rights", "nothing was moved"]);
        for other in RIGHTS.iter().filter(|other| other.key != right.key) {
            assert!(
                !said.err.contains(&format!("{}: view (", other.label)),
                "{} is not what is missing:\n{said}",
                other.label
            );
        }
        place.apply().ends(7);
        assert_eq!(place.writes(), Vec::<String>::new());
        assert!(place.records() == before, "{account} moved something");
    }
}

#[test]
fn scenario_03_without_any_one_of_the_eight_rights_nothing_moves_where_calls_are_refused() {
    without_a_right(MissingRight::Refusal);
}

#[test]
fn scenario_03_without_any_one_of_the_eight_rights_nothing_moves_where_scopes_are_missing() {
    without_a_right(MissingRight::Scopes);
}

#[test]
fn who_may_not_save_what_the_mapping_writes_is_refused_and_who_may_not_save_what_it_reads_is_not() {
    for right in &RIGHTS {
        let place = place(MissingRight::Scopes);
        let said = place.connect(&format!("tanpa-simpan-{}", right.key), &[]);
        if is_written(right) {
            let named = format!("{}: save ({})", right.label, scope(right, "save"));
            said.ends(7).says(&[&named]).hides(": view (");
            place.apply().ends(7);
            assert_eq!(place.writes(), Vec::<String>::new());
        } else {
            said.ends(0);
            place.login();
            place.smh_customer("N-1");
            place.apply().ends(0);
            assert_eq!(place.smh("customers").len(), 5);
        }
    }
}

/// A right that the system keeps to itself until something is saved: the write is refused and reported, everything else goes on.
#[test]
fn a_right_to_save_that_shows_only_when_saving_fails_that_write_alone() {
    let place = place(MissingRight::Refusal);
    place.connect("tanpa-simpan-pelanggan", &[]).ends(0);
    place.login();
    place.smh_customer("N-1");
    place.apply().ends(5).says(&["N-1", "hak akses"]);
    assert_eq!(place.smh("customers").len(), 5, "what crosses the other way has crossed");
    assert_eq!(place.smh("products").len(), 3);
}

#[test]
fn somebody_who_grants_only_part_is_told_what_is_missing() {
    let place = place(MissingRight::Refusal);
    let said = place.connect("sebagian", &["--branch", JAKARTA]).ends(7);
    said.says(&["Pelanggan: save (customer_save)", "Pesanan Penjualan: save (sales_order_save)", "--again"])
        .hides("tax_view)");
    assert_eq!(place.stage("accurate"), "authorising");
    assert!(place.standing("accurate")["missing"].to_string().contains("customer_save"));
    let unticks = Person { unticks: &["item_save"], ..Person::named("admin") };
    let said =
        place.call(&Call { args: &["connect", "accurate", "--confirm"], person: Some(unticks), env: &[] }).ends(7);
    said.says(&["Barang & Jasa: save (item_save)"]);
    place.connect("admin", &["--again", "--branch", JAKARTA]).ends(0);
}

/// Rights can be taken away after connecting. What a plan needs is held against what is held when it is made.
#[test]
fn a_right_that_was_taken_away_stops_exactly_the_plans_that_need_it() {
    let place = place(MissingRight::Scopes);
    place.ready("cabang");
    place.settle();
    place.knobs(|knobs| knobs.missing_rights = ["customer_save".to_owned()].into());
    place.is_settled();
    for code in ["N-1", "N-2", "N-3"] {
        place.smh_customer(code);
    }
    place.forget_calls();
    let said = place.apply().ends(7);
    said.says(&["3 operations need Pelanggan: save (customer_save) in accurate. Nothing has been written."]);
    place.run(&["plan", MAPPING]).ends(7).says(&["3 operations need Pelanggan: save"]);
    let said = place.run(&["--lang", "id", "apply", MAPPING]).ends(7);
    said.says(&["Pelanggan: simpan (customer_save)"]);
    assert_eq!(place.writes(), Vec::<String>::new());
    // What does not need the right goes on.
    place.run(&["apply", MAPPING, "--entity", "Karyawan"]).ends(0);
    place.knobs(|knobs| knobs.missing_rights.clear());
    place.settle();
    place.nothing_is_double();
}

/// Access was given for a mapping that asks for less than the one that is applied.
#[test]
fn a_grant_for_a_smaller_mapping_does_not_do_for_a_larger_one() {
    let place = place(MissingRight::Refusal);
    let whole = mapping();
    let (before, customers) = whole.split_once("    smh: customer\n").expect("customers");
    let less = customers
        .replacen("sync: two-way", "sync: accurate -> smh", 1)
        .replacen("    on_create: { accurate: allow, smh: allow }\n", "", 1)
        .replacen("accurate: deactivate", "accurate: unlink", 1);
    assert_ne!(less, customers);
    place.write("mappings/less.yaml", &format!("{before}    smh: customer\n{less}"));
    place.connect("admin", &["--branch", JAKARTA, "--mapping", "mappings/less.yaml"]).ends(0).hides("customer_save");
    place.login();
    place.smh_customer("N-1");
    place.forget_calls();
    place.apply().ends(7).says(&["1 operation needs Pelanggan: save (customer_save) in accurate"]);
    assert_eq!(place.writes(), Vec::<String>::new());
    place.connect("admin", &["--again"]).ends(0).says(&["customer_save"]);
    place.login();
    place.settle();
}

/// The same account gives the same application access anew elsewhere, for less: that kills the pair that is held here.
#[test]
fn a_consent_given_anew_elsewhere_ends_this_one_before_anything_is_written() {
    let place = place(MissingRight::Refusal);
    place.ready("cabang");
    place.smh_customer("N-1");
    browser::grants_elsewhere(&place.sandbox.base_url(), "cabang", "customer_view item_view");
    place.forget_calls();
    place.apply().ends(7).says(&["replaced by a newer consent", "runner connect accurate"]).hides("panicked");
    assert_eq!(place.writes(), Vec::<String>::new());
    assert_eq!(place.stage("accurate"), "access-ended");
    place.follows_advice("cabang");
    place.is_settled();
    // Connecting notices it without a run before it.
    browser::grants_elsewhere(&place.sandbox.base_url(), "cabang", "customer_view item_view");
    place.connect("cabang", &[]).ends(0).says(&["Beri Akses"]).hides("already");
    place.login();
    place.is_settled();
}
