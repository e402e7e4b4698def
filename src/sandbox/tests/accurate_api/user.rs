//! Someone who connects the way a person and an application do together: consent page, form, code, token, session.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::client::{Accurate, Answer};

pub const CALLBACK: &str = "http://127.0.0.1:4711/callback";
const FORM: &str = "application/x-www-form-urlencoded";

/// Text as it stands in a query or a form.
pub fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

pub fn form(fields: &[(String, String)]) -> String {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}

pub fn pairs(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What is asked of the consent page.
pub fn request(scopes: &str) -> Vec<(String, String)> {
    pairs(&[
        ("client_id", "sandbox-app"),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", scopes),
        ("state", "st&te=1"),
    ])
}

pub fn page(accurate: &Accurate, asked: &[(String, String)]) -> Answer {
    accurate.raw("GET", &format!("/oauth/authorize?{}", form(asked)), &[], "")
}

/// The fields of the page's form as a browser sends them when nothing is touched, without buttons and account.
pub fn fields(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let value = tag.split(&format!("{name}=\"")).nth(1)?.split('"').next()?.to_owned();
        Some(value.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&amp;", "&"))
    };
    page.split("<input ")
        .skip(1)
        .map(|tag| tag.split('>').next().unwrap())
        .filter(|tag| tag.contains("type=\"hidden\"") || tag.contains(" checked"))
        .map(|tag| (attribute(tag, "name").unwrap(), attribute(tag, "value").unwrap()))
        .collect()
}

pub fn send(accurate: &Accurate, fields: &[(String, String)]) -> Answer {
    accurate.raw("POST", "/oauth/authorize", &[("Content-Type", FORM)], &form(fields))
}

/// Fills in the page as this account and presses Beri Akses; returns the code.
pub fn code(accurate: &Accurate, account: &str, asked: &[(String, String)]) -> String {
    let page = page(accurate, asked);
    assert_eq!(page.status, 200, "{}", page.text);
    let mut fields = fields(&page.text);
    fields.extend(pairs(&[("account", account), ("decision", "approve")]));
    code_of(&send(accurate, &fields))
}

pub fn code_of(back: &Answer) -> String {
    assert_eq!(back.status, 302, "{}", back.text);
    let location = back.headers["location"].to_str().unwrap();
    let rest = location.strip_prefix(&format!("{CALLBACK}?code=")).unwrap();
    rest.strip_suffix("&state=st%26te%3D1").unwrap().to_owned()
}

pub fn token_call(accurate: &Accurate, fields: &[(&str, &str)]) -> Answer {
    accurate.raw("POST", "/oauth/token", &basic(), &form(&pairs(fields)))
}

pub fn basic() -> [(&'static str, &'static str); 2] {
    // sandbox-app:sandbox-client-secret
    let basic = "Basic c2FuZGJveC1hcHA6c2FuZGJveC1jbGllbnQtc2VjcmV0";
    assert_eq!(basic[6..], STANDARD.encode("sandbox-app:sandbox-client-secret"));
    [("Authorization", basic), ("Content-Type", FORM)]
}

pub fn exchange(accurate: &Accurate, code: &str, more: &[(&str, &str)]) -> Answer {
    let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
    token_call(accurate, &[&fields[..], more].concat())
}

/// Someone with an access token, perhaps with an open database.
pub struct User<'a> {
    pub accurate: &'a Accurate,
    pub access: String,
    pub refresh: String,
    pub token: Value,
    pub session: String,
    pub host: String,
}

impl<'a> User<'a> {
    /// Grants what is asked and exchanges the code.
    pub fn connect(accurate: &'a Accurate, account: &str, scopes: &str) -> Self {
        let code = code(accurate, account, &request(scopes));
        let answer = exchange(accurate, &code, &[]);
        assert_eq!(answer.status, 200, "{}", answer.text);
        Self::with(accurate, answer.json())
    }

    fn with(accurate: &'a Accurate, token: Value) -> Self {
        let text = |name: &str| token[name].as_str().unwrap().to_owned();
        let (access, refresh) = (text("access_token"), text("refresh_token"));
        Self { accurate, access, refresh, token, session: String::new(), host: String::new() }
    }

    /// Connects with every scope and opens a database.
    pub fn at_work(accurate: &'a Accurate, account: &str, database: u64) -> Self {
        let scopes: Vec<String> = selaras_sandbox::accurate::rights::all_scopes().into_iter().collect();
        let mut user = Self::connect(accurate, account, &scopes.join(" "));
        user.open(database);
        user
    }

    pub fn open(&mut self, database: u64) {
        let answer = self.account(&format!("open-db.do?id={database}"));
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.remember(&answer.json());
    }

    pub fn reopen(&mut self, database: u64) {
        let answer = self.account(&format!("db-refresh-session.do?id={database}&session={}", self.session));
        self.remember(&answer.json()["d"]);
    }

    fn remember(&mut self, answer: &Value) {
        self.session = answer["session"].as_str().unwrap().to_owned();
        self.host = answer["host"].as_str().unwrap().to_owned();
    }

    pub fn renew(&mut self) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", self.refresh.as_str())];
        let answer = token_call(self.accurate, &fields);
        if answer.status == 200 {
            let new = Self::with(self.accurate, answer.json());
            (self.access, self.refresh, self.token) = (new.access, new.refresh, new.token);
        }
        answer
    }

    /// A call to the account host.
    pub fn account(&self, path: &str) -> Answer {
        self.to(&format!("/api/{path}"), "GET", "")
    }

    /// A call to the data host that opening the database named.
    pub fn data(&self, method: &str, path: &str, body: &str) -> Answer {
        self.to(&format!("{}/accurate/api/{path}", self.host), method, body)
    }

    pub fn list(&self, module: &str) -> Answer {
        self.data("GET", &format!("{module}/list.do?sp.pageSize=1000"), "")
    }

    pub fn save(&self, module: &str, body: Value) -> Value {
        let answer = self.data("POST", &format!("{module}/save.do"), &body.to_string());
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    fn to(&self, place: &str, method: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {}", self.access);
        let headers = [
            ("Authorization", bearer.as_str()),
            ("X-Session-ID", &self.session),
            ("Accept", "application/json"),
            ("Content-Type", "application/json"),
        ];
        self.accurate.raw(method, place, &headers, body)
    }
}

/// Whether the session was refused, and the token not.
pub fn is_dead_session(answer: &Answer) -> bool {
    answer.status == 401 && answer.json() == json!({"s": false, "d": ["Data Session Key tidak tepat"]})
}

/// Whether the token was refused.
pub fn is_dead_token(answer: &Answer) -> bool {
    answer.status == 401 && answer.json()["error"] == "invalid_token"
}
