//! A person before the consent page: fetches it, reads its form, logs in, ticks boxes, presses a button, and ends on the callback.

use super::wire::{self, Answer};

/// How somebody acts on the consent page.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    /// The account to log in with.
    pub account: &'a str,
    /// Presses Tolak rather than Beri Akses.
    pub refuses: bool,
    /// Boxes from which the tick is taken, by scope.
    pub unticks: &'a [&'a str],
}

impl<'a> Person<'a> {
    /// Somebody who grants all that is asked for.
    pub fn named(account: &'a str) -> Self {
        Self { account, refuses: false, unticks: &[] }
    }

    /// Visits the page. Returns the address that the browser is sent to; it has not gone there yet.
    pub fn visits(&self, url: &str) -> String {
        let page = wire::get(url);
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("Beri Akses") && page.text.contains("Tolak"), "{}", page.text);
        let mut form = fields(&page.text);
        form.retain(|(name, value)| name != "granted" || !self.unticks.contains(&value.as_str()));
        let mut add = |name: &str, value: &str| form.push((name.to_owned(), value.to_owned()));
        add("account", self.account);
        add("password", &format!("rahasia-{}", self.account));
        add("decision", if self.refuses { "deny" } else { "approve" });
        let answer: Answer = wire::post_form(&action(url, &page.text), &form, &[]);
        assert!([302, 303].contains(&answer.status), "{}: {}", answer.status, answer.text);
        answer.header("location").expect("the browser is sent back")
    }
}

/// Where a form is sent to.
fn action(url: &str, page: &str) -> String {
    let target = attribute(page.split("<form").nth(1).expect("a form"), "action").expect("an action");
    let origin: String = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    if target.starts_with('/') { format!("{origin}{target}") } else { target }
}

/// The fields of a form as a browser would send them: hidden ones, and boxes that are ticked.
fn fields(page: &str) -> Vec<(String, String)> {
    let inputs = page.split("<input ").skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag);
    let sent = inputs.filter(|tag| {
        tag.contains("type=\"hidden\"")
            || tag.contains("type=\"checkbox\"") && tag.split(' ').any(|word| word == "checked")
    });
    sent.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?))).collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split_once(&format!("{name}=\""))?.1;
    let value = rest.split_once('"')?.0;
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    Some(plain.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to)))
}

/// The same application is given access anew from elsewhere, as by a second installation. Returns the new access token.
pub fn grants_elsewhere(base: &str, account: &str, scopes: &str) -> String {
    const CALLBACK: &str = "http://127.0.0.1/callback";
    /// Id and secret of the sandbox's application, as HTTP Basic.
    const BASIC: &str = "Basic c2FuZGJveC1hcHA6c2FuZGJveC1jbGllbnQtc2VjcmV0";
    let (callback, scope) = (wire::encode(CALLBACK), wire::encode(scopes));
    let url = format!(
        "{base}/oauth/authorize?client_id=sandbox-app&response_type=code&redirect_uri={callback}&scope={scope}&state=elsewhere"
    );
    let back = Person::named(account).visits(&url);
    let code = wire::query(&back, "code").expect("a code");
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK)];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let answer = wire::post_form(&format!("{base}/oauth/token"), &form, &[("authorization", BASIC)]);
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["access_token"].as_str().expect("a token").to_owned()
}

/// Somebody uses a code up before it is exchanged. Without the verifier it is worth nothing, but it is spent.
pub fn spends(base: &str, code: &str, callback: &str) {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", callback),
        ("code_verifier", "somebody-else-made-this-up-and-it-is-long-enough"),
    ];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let basic = ("authorization", "Basic c2FuZGJveC1hcHA6c2FuZGJveC1jbGllbnQtc2VjcmV0");
    assert_eq!(wire::post_form(&format!("{base}/oauth/token"), &form, &[basic]).status, 400);
}
