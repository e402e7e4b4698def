//! Asking for consent, and everything that can come back instead of a token. Against a hostile token server on loopback.

#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

mod support;

use selaras_host::{Answer, Consent, CredentialFacts, Host, HostError, OAuthClient, Secret};
use std::path::Path;
use support::tokens::{
    BACK, CLIENT, LIFETIME, NOW, Tokens, Trick, clean, client, fields, host_at, leaks, stored, vault,
};
use support::{manifest, nobody};

fn begin(host: &Host, tokens: &Tokens) -> Consent {
    let scopes = ["item_view".to_owned(), "customer_save".to_owned()];
    host.consents(&manifest()).begin("side", &stored(&tokens.base), &client(), BACK, &scopes).unwrap()
}

fn finish(host: &Host, tokens: &Tokens, came_back: &str) -> Result<CredentialFacts, HostError> {
    let answer = Answer::from_url(came_back).unwrap();
    let done = host.consents(&manifest()).finish("side", &stored(&tokens.base), &answer);
    if let Err(error) = &done {
        clean(tokens, &format!("{error} {error:?} {answer:?}"));
    }
    done
}

fn ground() -> (tempfile::TempDir, Tokens) {
    (tempfile::tempdir().unwrap(), Tokens::start())
}

fn nothing_leaked(tokens: &Tokens, dir: &Path) {
    assert_eq!(leaks(tokens, dir), []);
}

#[test]
fn a_consent_is_asked_for_resumed_by_another_process_and_kept() {
    let (root, tokens) = ground();
    let consent = begin(&host_at(root.path(), NOW), &tokens);
    assert_eq!(consent.scopes, ["branch_view", "customer_save", "item_view"], "with what the connector always needs");
    let (page, query) = consent.url.split_once('?').unwrap();
    assert_eq!(page, format!("{}/oauth/authorize", tokens.base));
    let asked = fields(query);
    assert_eq!((asked["client_id"].as_str(), asked["response_type"].as_str()), (CLIENT, "code"));
    assert_eq!((asked["redirect_uri"].as_str(), asked["code_challenge_method"].as_str()), (BACK, "S256"));
    assert_eq!(asked["scope"], "branch_view customer_save item_view");
    assert!(asked["state"].len() >= 43 && asked["code_challenge"].len() == 43);

    let facts = vault(root.path()).facts("side").unwrap().unwrap();
    assert_eq!((facts.scheme, facts.pending.unwrap().since), (None, NOW));
    let other = host_at(root.path(), NOW + 60);
    let resumed = other.consents(&manifest()).pending("side", &stored(&tokens.base)).unwrap().unwrap();
    assert_eq!(resumed, consent);
    let facts = finish(&other, &tokens, &tokens.agree(&resumed.url)).unwrap();
    let expected = CredentialFacts {
        scheme: Some("oauth2".into()),
        account: Some("Ani <ani@toko.id>".into()),
        client_id: Some(CLIENT.into()),
        scopes: vec!["branch_view".into(), "item_view".into()],
        obtained_at: Some(NOW + 60),
        expires_at: Some(NOW + 60 + LIFETIME),
        renewable: true,
        ..CredentialFacts::default()
    };
    assert_eq!(facts, expected);
    assert_eq!(vault(root.path()).facts("side").unwrap(), Some(expected));
    assert_eq!(other.consents(&manifest()).pending("side", &stored(&tokens.base)).unwrap(), None);
    nothing_leaked(&tokens, root.path());
}

#[test]
fn two_questions_have_nothing_in_common_that_could_be_guessed() {
    let (root, tokens) = ground();
    let host = host_at(root.path(), NOW);
    let ask = || fields(begin(&host, &tokens).url.split_once('?').unwrap().1);
    let (one, other) = (ask(), ask());
    assert_ne!(one["state"], other["state"]);
    assert_ne!(one["code_challenge"], other["code_challenge"]);
}

#[test]
fn an_answer_to_another_question_is_not_taken() {
    let (root, tokens) = ground();
    let host = host_at(root.path(), NOW);
    let before = begin(&host, &tokens);
    let stale = tokens.agree(&before.url);
    let good = tokens.agree(&begin(&host, &tokens).url);
    for wrong in [stale.as_str(), "/callback?code=x&state=y", "/callback?error=access_denied&state=y"] {
        assert_eq!(finish(&host, &tokens, wrong).unwrap_err().key(), "host-oauth-state", "{wrong}");
    }
    assert_eq!(tokens.world().posts, 0, "nothing was sent for it");
    assert!(finish(&host, &tokens, &good).is_ok(), "and the right answer still counts");
    assert_eq!(finish(&host, &tokens, &good).unwrap_err().key(), "host-oauth-nothing-pending");
}

#[test]
fn a_refusal_is_told_and_ends_the_question_only_if_it_is_ours() {
    let (root, tokens) = ground();
    let host = host_at(root.path(), NOW);
    let state = fields(begin(&host, &tokens).url.split_once('?').unwrap().1)["state"].clone();
    let key = |came_back: &str| finish(&host, &tokens, came_back).unwrap_err().key().to_owned();
    assert_eq!(key("/cb?error=access_denied"), "host-oauth-denied");
    assert_eq!(key(&format!("/cb?error=access_denied&state={state}")), "host-oauth-denied");
    assert_eq!(key("/cb?error=access_denied"), "host-oauth-nothing-pending");
    let state = fields(begin(&host, &tokens).url.split_once('?').unwrap().1)["state"].clone();
    let came_back = format!("/cb?error=invalid_scope&error_description=no+{state}&state={state}");
    let error = finish(&host, &tokens, &came_back).unwrap_err();
    assert_eq!((error.key(), error.message().args["why"].as_str()), ("host-oauth-refused", "invalid_scope: no ***"));
}

#[test]
fn each_way_to_get_no_token_has_its_own_words() {
    let (root, tokens) = ground();
    let host = host_at(root.path(), NOW);
    let met = |trick: Trick| {
        let came_back = tokens.agree(&begin(&host, &tokens).url);
        tokens.trick(&[trick]);
        let error = finish(&host, &tokens, &came_back).unwrap_err();
        let still = host.consents(&manifest()).pending("side", &stored(&tokens.base)).unwrap().is_some();
        (error.key().to_owned(), error.to_string(), still, came_back)
    };
    for (trick, key) in [
        (Trick::WrongClient, "host-oauth-client"),
        (Trick::CutBefore, "host-oauth-lost"),
        (Trick::CutAfter, "host-oauth-lost"),
        (Trick::GatewayAfter, "host-oauth-lost"),
        (Trick::PageAfter, "host-oauth-nonsense"),
        (Trick::NotFound, "host-oauth-nonsense"),
    ] {
        let before = tokens.world().posts;
        let (found, text, still, _) = met(trick);
        assert_eq!((found.as_str(), still), (key, false), "{trick:?}: {text}");
        assert!(text.contains("runner connect side"), "{text}");
        assert_eq!(tokens.world().posts, before + 1, "{trick:?}: a code is sent once");
    }
    let (key, _, still, came_back) = met(Trick::Tomorrow);
    assert_eq!((key.as_str(), still), ("host-oauth-unreachable", true));
    let other = host_at(root.path(), NOW);
    assert!(finish(&other, &tokens, &came_back).is_ok(), "the code was not spent, so the same answer still counts");
    nothing_leaked(&tokens, root.path());
}

#[test]
fn a_code_that_is_spent_or_meant_for_another_address_is_told() {
    let (root, tokens) = ground();
    let host = host_at(root.path(), NOW);
    let came_back = tokens.agree(&begin(&host, &tokens).url);
    tokens.world().codes.clear();
    let error = finish(&host, &tokens, &came_back).unwrap_err();
    assert_eq!(error.key(), "host-oauth-code");
    assert!(error.to_string().contains("Invalid authorization code: ***"), "{error}");
    let came_back = tokens.agree(&begin(&host, &tokens).url);
    tokens.world().codes.values_mut().for_each(|back| *back = "http://elsewhere/".into());
    let error = finish(&host, &tokens, &came_back).unwrap_err();
    assert_eq!((error.key(), error.message().args["uri"].as_str()), ("host-oauth-redirect", BACK));
}

#[test]
fn a_wrong_secret_and_a_server_that_is_not_there() {
    let (root, tokens) = ground();
    let host = host_at(root.path(), NOW);
    let consents = host.consents(&manifest());
    let wrong = OAuthClient { id: CLIENT.into(), secret: Secret::new("not-the-secret") };
    let consent = consents.begin("side", &stored(&tokens.base), &wrong, BACK, &[]).unwrap();
    let error = finish(&host, &tokens, &tokens.agree(&consent.url)).unwrap_err();
    assert!(error.key() == "host-oauth-client" && !error.to_string().contains("not-the-secret"), "{error}");

    let gone = stored(&nobody());
    let consent = consents.begin("side", &gone, &client(), BACK, &[]).unwrap();
    let answer = Answer::from_url(&tokens.agree(&consent.url)).unwrap();
    assert_eq!(consents.finish("side", &gone, &answer).unwrap_err().key(), "host-oauth-unreachable");
    assert!(consents.pending("side", &gone).unwrap().is_some(), "it was never sent, so it can be sent again");
}

#[test]
fn what_cannot_be_asked_is_refused_before_anything_is_kept() {
    let (root, tokens) = ground();
    let host = host_at(root.path(), NOW);
    let consents = host.consents(&manifest());
    let settings = stored(&tokens.base);
    let nobody = OAuthClient { id: " ".into(), secret: Secret::new("x") };
    assert_eq!(consents.begin("side", &settings, &nobody, BACK, &[]).unwrap_err().key(), "host-oauth-client-missing");
    for back in ["", "javascript:alert(1)", "http://h/#part", "callback"] {
        let error = consents.begin("side", &settings, &client(), back, &[]).unwrap_err();
        assert_eq!(error.key(), "host-oauth-redirect-uri", "{back}");
    }
    let mut bearer_only = manifest();
    bearer_only.auth.truncate(1);
    let error = host.consents(&bearer_only).begin("side", &settings, &client(), BACK, &[]).unwrap_err();
    assert_eq!(error.key(), "host-auth-scheme");
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
    let bare = Host::new(selaras_host::HostOptions::default()).unwrap();
    let error = bare.consents(&manifest()).begin("side", &settings, &client(), BACK, &[]).unwrap_err();
    assert_eq!(error.key(), "host-vault-none");
}

#[test]
fn a_folder_that_cannot_be_written_is_noticed_before_the_code_is_spent() {
    let (root, tokens) = ground();
    let host = host_at(root.path(), NOW);
    let came_back = tokens.agree(&begin(&host, &tokens).url);
    std::fs::create_dir(root.path().join("side.sealed.new")).unwrap();
    assert_eq!(finish(&host, &tokens, &came_back).unwrap_err().key(), "host-vault-not-written");
    assert_eq!(tokens.world().posts, 0);
    std::fs::remove_dir(root.path().join("side.sealed.new")).unwrap();
    assert!(finish(&host, &tokens, &came_back).is_ok());
}
