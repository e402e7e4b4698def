//! Credentials and state that cannot be read or written: what happened and what to do, in both languages, and that it helps.

use super::advice::MAPPING;
use super::bad_answers::both;
use super::browser::Person;
use super::company::few;
use super::place::{KEY, Place};

fn ready() -> Place {
    let place = Place::new(few());
    place.ready("cabang");
    place.settle();
    place
}

fn sealed(place: &Place) -> std::path::PathBuf {
    place.state().join("credentials/accurate.sealed")
}

const APPLY: [&str; 2] = ["apply", MAPPING];

#[test]
fn a_credential_that_was_damaged() {
    let place = ready();
    let mut bytes = std::fs::read(sealed(&place)).expect("a credential");
    let last = bytes.len() - 20;
    bytes[last] ^= 1;
    std::fs::write(sealed(&place), bytes).expect("written");
    insta::assert_snapshot!(both(&place, 1, &APPLY, None));
    place.run(&["status"]).hides("panicked");
    place.follows_advice("cabang");
    place.is_settled();
}

#[test]
fn a_credential_that_was_cut_short() {
    let place = ready();
    std::fs::write(sealed(&place), "").expect("written");
    place.apply().ends(1).says(&["damaged", "runner connect accurate"]);
    place.follows_advice("cabang");
    place.is_settled();
}

/// In the place of a file without the right to read it, since who runs tests as root may read all files.
#[test]
fn a_credential_that_cannot_be_read() {
    let place = ready();
    std::fs::remove_file(sealed(&place)).expect("removed");
    std::fs::create_dir(sealed(&place)).expect("made");
    insta::assert_snapshot!(both(&place, 1, &APPLY, None));
}

#[test]
fn another_key_than_the_one_it_was_sealed_with() {
    let place = Place::new(few());
    place.set_env("RUNNER_KEY", KEY);
    place.ready("cabang");
    place.settle();
    place.set_env("RUNNER_KEY", "another-key-that-is-long-enough-to-be-one");
    insta::assert_snapshot!(both(&place, 1, &APPLY, None));
    place.set_env("RUNNER_KEY", "kurang");
    insta::assert_snapshot!("a_key_that_is_too_short", both(&place, 1, &APPLY, None));
    place.set_env("RUNNER_KEY", KEY);
    place.is_settled();
}

#[test]
fn a_key_file_that_is_gone() {
    let place = ready();
    std::fs::remove_file(place.state().join("credentials/key")).expect("removed");
    insta::assert_snapshot!(both(&place, 1, &APPLY, None));
    place.follows_advice("cabang");
    place.is_settled();
}

/// In the place of a folder without the right to write, since who runs tests as root may write everywhere: a file where the folder would be.
#[test]
fn a_state_folder_that_cannot_be_written() {
    let place = Place::new(few());
    std::fs::write(place.state(), "no folder").expect("written");
    insta::assert_snapshot!(both(&place, 1, &["connect", "accurate", "--confirm"], Some(Person::named("cabang"))));
}

#[test]
fn a_folder_of_credentials_that_cannot_be_written() {
    let place = Place::new(few());
    std::fs::create_dir_all(place.state()).expect("made");
    std::fs::write(place.state().join("credentials"), "no folder").expect("written");
    insta::assert_snapshot!(both(&place, 7, &["connect", "accurate", "--confirm"], Some(Person::named("cabang"))));
}

#[test]
fn a_connection_file_that_makes_no_sense() {
    let place = ready();
    std::fs::write(place.state().join("connections/accurate.json"), "{").expect("written");
    insta::assert_snapshot!(both(&place, 1, &APPLY, None));
    place.run(&["disconnect", "accurate"]).says(&["accurate"]);
    place.follows_advice("cabang");
    place.is_settled();
}
