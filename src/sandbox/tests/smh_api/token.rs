//! SMH's token changes, or is taken back, while clients are at work.

use serde_json::{Value, json};

use super::client::Smh;

#[test]
fn a_changed_or_revoked_token_lets_nobody_in() {
    let mut smh = Smh::empty();
    let status = |smh: &Smh| {
        let (status, body) = smh.get("customers");
        (status, body["error"]["code"].as_str().map(str::to_owned))
    };
    assert_eq!(status(&smh), (200, None));
    assert_eq!(smh.token(json!({"token": "baru"})), json!({"token": "baru", "revoked": false}));
    let wrong = (401, Some("unauthorised".to_owned()));
    assert_eq!(status(&smh), wrong);
    assert_eq!(smh.sandbox.smh_settings()["token"], "baru");
    "baru".clone_into(&mut smh.key);
    assert_eq!(status(&smh), (200, None));
    assert_eq!(smh.token(json!({"revoked": true}))["revoked"], true);
    assert_eq!(status(&smh), wrong, "not even the token that was right");
    let made_up = smh.token(Value::Null)["token"].as_str().unwrap().to_owned();
    assert_eq!(status(&smh), wrong);
    smh.key = made_up;
    assert_eq!(status(&smh), (200, None));
    assert_eq!(smh.token(json!({"tokn": "x"}))["ok"], false);
}
