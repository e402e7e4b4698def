//! Bad input while connecting: whatever comes back from the other system or the browser, the message says what happened and what to do, in both
//! languages.

use super::browser::{self, Person};
use super::company::{DATABASE, JAKARTA, few};
use super::place::{Call, Place, Said, give_back_port, take_port};
use super::wire;
use selaras_sandbox::Scenario;

/// What went before, such as what is asked for and where, is not what went wrong.
fn from_the_error(said: &str) -> &str {
    let starts = ["error:", "kesalahan:"].iter().filter_map(|tag| said.find(tag));
    &said[starts.min().unwrap_or_else(|| panic!("no error in {said}"))..]
}

/// What was said in both languages, with all that is different each time taken out.
pub fn told(place: &Place, said: [Said; 2]) -> String {
    let home = place.home().display().to_string();
    let text = said.map(|said| format!("exit {}\n{}", said.code.unwrap_or(-1), from_the_error(&said.err))).join("\n");
    let text = text.replace(&home, "[folder]").replace(&format!(":{}", place.port()), ":[callback]");
    let mut masked = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("127.0.0.1:") {
        let (before, after) = rest.split_at(at + "127.0.0.1:".len());
        masked.push_str(before);
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() < after.len() {
            masked.push_str("[port]");
        }
    }
    masked.push_str(rest);
    masked
}

/// A command in both languages, one after the other. It fails in both, and says more than that.
pub fn both(place: &Place, code: i32, args: &[&str], person: Option<Person<'_>>) -> String {
    let said = ["en", "id"].map(|lang| {
        let all = [&["--lang", lang], args].concat();
        place.call(&Call { args: &all, person, env: &[] }).ends(code).hides("panicked")
    });
    told(place, said)
}

const CONNECT: [&str; 3] = ["connect", "accurate", "--confirm"];

#[test]
fn a_refused_consent() {
    let place = Place::new(few());
    let tolak = Person { refuses: true, ..Person::named("admin") };
    insta::assert_snapshot!(both(&place, 7, &CONNECT, Some(tolak)));
    assert_eq!(place.stage("accurate"), "authorising");
    place.connect("admin", &["--branch", JAKARTA]).ends(0);
}

/// Asks for access without anybody there, and gives back the address of the consent page.
fn asked(place: &Place) -> String {
    let said = place.run(&["connect", "accurate", "--paste"]);
    let line = said.err.lines().find(|line| line.contains("/oauth/authorize?"));
    line.unwrap_or_else(|| panic!("no address in {said}")).trim().to_owned()
}

#[test]
fn an_answer_to_another_question() {
    let place = Place::new(few());
    let back = Person::named("admin").visits(&asked(&place));
    place.note_code(&back);
    let state = wire::query(&back, "state").expect("a state");
    let other = back.replace(&state, "c3RyYW5nZXI");
    insta::assert_snapshot!(both(&place, 7, &["connect", "accurate", "--answer", &other], None));
    // The right answer is still taken.
    place.run(&["connect", "accurate", "--answer", &back, "--confirm", "--branch", JAKARTA]).ends(0);
}

#[test]
fn an_address_that_is_none() {
    let place = Place::new(few());
    asked(&place);
    insta::assert_snapshot!(both(
        &place,
        7,
        &["connect", "accurate", "--answer", "http://127.0.0.1:1/callback?state=x"],
        None
    ));
}

#[test]
fn a_code_that_was_used() {
    let said = ["en", "id"].map(|lang| {
        let place = Place::new(few());
        let back = Person::named("admin").visits(&asked(&place));
        place.note_code(&back);
        let code = wire::query(&back, "code").expect("a code");
        browser::spends(&place.sandbox.base_url(), &code, &place.callback());
        let said = place.run(&["--lang", lang, "connect", "accurate", "--answer", &back]).ends(7);
        // The same once more: nothing is being waited for.
        let again = place.run(&["--lang", lang, "connect", "accurate", "--answer", &back]).ends(7);
        place.connect("admin", &["--branch", JAKARTA]).ends(0);
        told(&place, [said, again])
    });
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_callback_port_in_use() {
    let place = Place::new(few());
    let taken = take_port(place.port());
    insta::assert_snapshot!(both(&place, 1, &CONNECT, None));
    give_back_port(taken, place.port());
    place.connect("admin", &["--branch", JAKARTA]).ends(0);
}

#[test]
fn a_wrong_secret_of_the_application() {
    let place = Place::new(few());
    place.set_env("ACCURATE_CLIENT_SECRET", "salah-ketik");
    insta::assert_snapshot!(both(&place, 7, &CONNECT, Some(Person::named("admin"))));
    place.set_env("ACCURATE_CLIENT_SECRET", "sandbox-client-secret");
    place.connect("admin", &["--branch", JAKARTA]).ends(0);
}

#[test]
fn a_clock_that_is_twenty_minutes_off() {
    let place = Place::new(few());
    let settings = place.sandbox.accurate_settings();
    place.set_env("AOL_TOKEN", &settings["token"]);
    place.set_env("AOL_SECRET", &settings["secret"]);
    let args = [
        "connect",
        "accurate",
        "--api-token",
        "--token-env",
        "AOL_TOKEN",
        "--secret-env",
        "AOL_SECRET",
        "--confirm",
        "--branch",
        JAKARTA,
    ];
    place.knobs(|knobs| knobs.clock_skew_seconds = 1200);
    insta::assert_snapshot!("a_clock_that_is_behind_while_connecting", minutes(&both(&place, 7, &args, None)));
    place.knobs(|knobs| knobs.clock_skew_seconds = 0);
    place.run(&args).ends(0);
    place.login();
    place.settle();
    place.knobs(|knobs| knobs.clock_skew_seconds = -1200);
    insta::assert_snapshot!(
        "a_clock_that_is_ahead_in_a_run",
        minutes(&both(&place, 7, &["apply", super::advice::MAPPING], None))
    );
    place.knobs(|knobs| knobs.clock_skew_seconds = 0);
    place.is_settled();
}

/// The seconds depend on how long the test takes.
fn minutes(text: &str) -> String {
    text.replace("19 minutes 59 seconds", "20 minutes").replace("20 minutes 1 second", "20 minutes")
}

#[test]
fn a_database_that_expired() {
    let place = Place::new(Scenario::Panduan);
    let said = both(&place, 7, &[&CONNECT[..], &["--database", "3456789"]].concat(), Some(Person::named("admin")));
    insta::assert_snapshot!("a_trial_that_ended_before_connecting", said);
    place.connect("admin", &["--database", "1234567", "--branch", JAKARTA]).ends(0);
    place.login();
    place.sandbox.with_world(|world| {
        let database = world.accurate.databases.get_mut(&DATABASE).expect("the database");
        (database.expired, database.trial) = (true, true);
    });
    insta::assert_snapshot!("a_database_that_expired_later", both(&place, 7, &["apply", super::advice::MAPPING], None));
    place.run(&["connect", "accurate"]).ends(7).says(&["PT Panduan Sejahtera", "expired", "--database 2345678"]);
    place.sandbox.with_world(|world| {
        world.accurate.databases.get_mut(&DATABASE).expect("the database").expired = false;
    });
    place.run(&["connect", "accurate"]).ends(0).says(&["Connected to PT Panduan Sejahtera, Jakarta"]);
}

#[test]
fn a_branch_that_is_gone() {
    let place = Place::new(few());
    place.ready("admin");
    place.sandbox.with_world(|world| {
        let database = world.accurate.databases.get_mut(&DATABASE).expect("the database");
        database.table_mut("branch").rows.remove(&100).expect("the branch");
    });
    insta::assert_snapshot!(both(&place, 7, &["apply", super::advice::MAPPING], None));
    // Connecting does not believe that all is well, either.
    place.run(&["connect", "accurate"]).ends(7).says(&["There is no branch \"100\"", "101 Surabaya", "--branch 50"]);
    place.run(&["connect", "accurate", "--branch", "101"]).ends(0).says(&["PT Panduan Sejahtera, Surabaya"]);
}

#[test]
fn an_api_token_that_was_revoked() {
    let place = Place::new(few());
    let settings = place.sandbox.accurate_settings();
    place.set_env("AOL_TOKEN", &settings["token"]);
    place.set_env("AOL_SECRET", &settings["secret"]);
    let token = ["--api-token", "--token-env", "AOL_TOKEN", "--secret-env", "AOL_SECRET"];
    let args = [&["connect", "accurate", "--confirm", "--branch", JAKARTA], &token[..]].concat();
    place.run(&args).ends(0);
    place.login();
    place.settle();
    let given = place.sandbox.with_world(|world| {
        let old = world.accurate.api_tokens.get_mut(&settings["token"]).expect("the token");
        let given = old.clone();
        old.revoked = true;
        given
    });
    insta::assert_snapshot!(both(&place, 7, &["apply", super::advice::MAPPING], None));
    assert_eq!(place.stage("accurate"), "access-ended");
    // What is advised, with the new token that the owner makes in Accurate.
    place.sandbox.with_world(|world| world.accurate.api_tokens.insert("aat.baru.sekali".to_owned(), given));
    place.note_secrets(["aat.baru.sekali".to_owned()]);
    place.set_env("AOL_TOKEN", "aat.baru.sekali");
    place.run(&[&["connect", "accurate", "--confirm"], &token[1..]].concat()).ends(0);
    place.login();
    place.is_settled();
}
