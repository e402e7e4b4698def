//! The stages of a connection and what follows from two of them.

use super::{Connection, Place, Stage, Standing};

fn place(id: &str) -> Option<Place> {
    Some(Place { id: id.to_owned(), title: format!("place {id}") })
}

fn connected(at: i64) -> Connection {
    let mut accurate = Connection::new("accurate");
    accurate.authorising();
    accurate.granted(Some("admin".into()), None);
    accurate.confirmed();
    accurate.chose_database(place("1"));
    accurate.submitted(place("50"), at);
    accurate
}

fn logged_in(at: i64) -> Connection {
    let mut smh = Connection::new("smh");
    smh.logged_in(None, at);
    smh
}

#[test]
fn each_step_leads_to_the_next_stage() {
    let mut accurate = Connection::new("accurate");
    let mut seen = vec![accurate.stage];
    accurate.authorising();
    seen.push(accurate.stage);
    accurate.granted(None, None);
    seen.push(accurate.stage);
    accurate.confirmed();
    seen.push(accurate.stage);
    accurate.chose_database(place("1"));
    seen.push(accurate.stage);
    accurate.submitted(place("50"), 7);
    seen.push(accurate.stage);
    use Stage::{Authorising, AwaitingConfirmation, ChoosingBranch, ChoosingDatabase, Connected, Disconnected};
    assert_eq!(seen, [Disconnected, Authorising, AwaitingConfirmation, ChoosingDatabase, ChoosingBranch, Connected]);
}

#[test]
fn the_other_system_needs_a_login_after_one_was_bound() {
    let accurate = connected(100);
    let standing = |smh: &Connection| Standing::of(smh, Some(&accurate), false);
    assert_eq!(standing(&logged_in(99)), Standing::NeedsLogin);
    assert_eq!(standing(&logged_in(100)), Standing::Ready);
    assert_eq!(
        Standing::of(&accurate, Some(&logged_in(99)), false),
        Standing::Ready,
        "the one that was bound is not concerned"
    );
    assert_eq!(Standing::of(&logged_in(5), None, false), Standing::Ready);
}

#[test]
fn another_database_forgets_the_branch_and_the_same_one_keeps_it() {
    let mut accurate = connected(1);
    accurate.authorising();
    accurate.chose_database(place("1"));
    assert_eq!(accurate.branch, place("50"));
    accurate.chose_database(place("2"));
    assert_eq!(accurate.branch, None);
}

#[test]
fn disconnecting_forgets_everything_but_the_name() {
    let mut accurate = connected(1);
    accurate.disconnected();
    assert_eq!(accurate, Connection::new("accurate"));
}

#[test]
fn a_dead_grant_is_told_before_anything_else() {
    assert_eq!(Standing::of(&connected(1), None, true), Standing::AccessEnded);
    let mut half = Connection::new("accurate");
    half.authorising();
    assert_eq!(Standing::of(&half, None, true), Standing::Authorising);
}
