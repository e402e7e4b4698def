//! What the wire can do to a request or its answer, and the answers that make no sense.

use super::wire::Answer;
use crate::{Code, Failure, HttpRequest, HttpResponse, Transport};
use serde_json::Value as Json;

/// What happens to a request or its answer.
#[derive(Clone, Debug)]
pub(super) enum Lie {
    /// It is carried out; the answer is lost.
    Lost,
    /// It does not reach the system.
    NotSent,
    /// It is not carried out, and this is the answer.
    Unheard(HttpResponse),
    /// It is carried out, and this is the answer.
    Instead(HttpResponse),
    /// It is carried out; the answer breaks off in the middle.
    Halved,
    /// The answer to the request before it comes again.
    Again,
    /// It is carried out; the longest list in the answer loses all but so many elements.
    Thinned(usize),
    /// What is sent is altered on the way.
    Altered(Vec<(String, String)>),
}

impl Lie {
    /// The answer, where the request is not carried out.
    pub(super) fn withheld(&self) -> Option<Answer> {
        match self {
            Lie::NotSent => {
                Some(Err(Transport::NotSent(Failure::new(Code::Unavailable, "nothing reached the system"))))
            }
            Lie::Unheard(response) => Some(Ok(response.clone())),
            _ => None,
        }
    }

    /// The request as it goes on.
    pub(super) fn alter(&self, mut request: HttpRequest) -> HttpRequest {
        if let Lie::Altered(pairs) = self
            && let Ok(text) = std::str::from_utf8(&request.body)
        {
            let altered = pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
            request.body = altered.into_bytes();
        }
        request
    }

    /// What the connector is told instead of the truth.
    pub(super) fn tell(self, truth: Answer, before: Option<Answer>) -> Answer {
        match self {
            Lie::Lost => Err(Transport::AnswerLost(Failure::new(Code::Unavailable, "the answer was lost"))),
            Lie::Instead(response) => Ok(response),
            Lie::Halved => truth.map(|mut response| {
                response.body.truncate(response.body.len() / 2);
                response
            }),
            Lie::Again => before.unwrap_or(truth),
            Lie::Thinned(keep) => truth.map(|response| thin(response, keep)),
            Lie::NotSent | Lie::Unheard(_) | Lie::Altered(_) => truth,
        }
    }
}

/// Takes elements out of the longest list of an answer. What the answer says of their number stays.
fn thin(mut response: HttpResponse, keep: usize) -> HttpResponse {
    if let Ok(mut json) = serde_json::from_slice::<Json>(&response.body) {
        if let Some(list) = longest(&mut json) {
            list.truncate(keep);
        }
        response.body = json.to_string().into_bytes();
    }
    response
}

fn longest(json: &mut Json) -> Option<&mut Vec<Json>> {
    match json {
        Json::Array(list) => Some(list),
        Json::Object(members) => members.values_mut().filter_map(longest).max_by_key(|list| list.len()),
        _ => None,
    }
}

/// Which requests of an operation are lied about.
#[derive(Clone, Debug)]
pub(super) struct Order {
    lie: Lie,
    only_writes: bool,
    path: Option<String>,
    skip: usize,
    times: usize,
    /// How many fitting ones the operation under way had so far.
    seen: usize,
}

impl Order {
    /// All requests.
    pub(super) fn all(lie: Lie) -> Self {
        Self { lie, only_writes: false, path: None, skip: 0, times: usize::MAX, seen: 0 }
    }

    /// All that can write.
    pub(super) fn writes(lie: Lie) -> Self {
        Self { only_writes: true, ..Self::all(lie) }
    }

    /// Only those to this path, whatever the host.
    pub(super) fn path(self, path: &str) -> Self {
        Self { path: Some(path.to_owned()), ..self }
    }

    /// The same, but the first so many pass.
    pub(super) fn after(self, skip: usize) -> Self {
        Self { skip, ..self }
    }

    /// The same, but so many times in an operation.
    pub(super) fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    /// Another operation begins.
    pub(super) fn rewind(&mut self) {
        self.seen = 0;
    }

    /// Whether this request is lied about.
    pub(super) fn take(&mut self, request: &HttpRequest, writes: bool) -> Option<Lie> {
        let fits = (writes || !self.only_writes) && self.path.as_ref().is_none_or(|path| path_of(&request.url) == path);
        if !fits {
            return None;
        }
        self.seen += 1;
        let strikes = self.seen > self.skip && self.seen - self.skip <= self.times;
        strikes.then(|| self.lie.clone())
    }
}

/// The path of an address.
pub(super) fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.find('/').map_or("", |at| &rest[at..]);
    rest.split(['?', '#']).next().unwrap_or_default()
}

/// An answer with a body.
pub(super) fn answer(status: u16, kind: &str, body: &str) -> HttpResponse {
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    HttpResponse { status, headers, body: body.as_bytes().to_vec() }
}

/// A page that says that there were too many calls.
pub(super) fn too_many() -> HttpResponse {
    let mut response = answer(429, "application/json", "{}");
    response.headers.push(("retry-after".to_owned(), "1".to_owned()));
    response
}

const PAGE: &str =
    "<!DOCTYPE html><html><head><title>Sign in to the network</title></head><body><h1>Welcome</h1></body></html>";
const XML: &str = "<?xml version=\"1.0\"?><Answer><error>none</error><id>1</id></Answer>";
const CUT: &str = r#"{"s":true,"status":200,"data":[{"id":1,"name":"Sum"#;

/// Answers under 200 that come from somewhere between here and the system, or break off.
pub(super) fn senseless() -> Vec<(&'static str, HttpResponse)> {
    let deep = format!("{}1{}", "[".repeat(4000), "]".repeat(4000));
    vec![
        ("an HTML page under 200", answer(200, "text/html", PAGE)),
        ("XML under 200", answer(200, "application/xml", XML)),
        ("JSON that breaks off under 200", answer(200, "application/json", CUT)),
        ("an empty JSON object under 200", answer(200, "application/json", "{}")),
        ("JSON null under 200", answer(200, "application/json", "null")),
        (
            "bytes that are no text under 200",
            HttpResponse { status: 200, headers: vec![], body: vec![0xff, 0xfe, 0, 1] },
        ),
        ("bottomless JSON under 200", answer(200, "application/json", &deep)),
        ("a redirect to a sign-in page", {
            let mut response = answer(302, "text/html", PAGE);
            response.headers.push(("location".to_owned(), "http://login.invalid/".to_owned()));
            response
        }),
    ]
}

/// Answers that say that something is broken.
pub(super) fn broken() -> Vec<(&'static str, HttpResponse)> {
    vec![
        ("an HTML page under 502", answer(502, "text/html", PAGE)),
        ("an empty answer under 500", answer(500, "text/plain", "")),
        ("JSON under 503", answer(503, "application/json", r#"{"message":"maintenance"}"#)),
    ]
}

/// A page of a proxy that says 404.
pub(super) fn lost_page() -> HttpResponse {
    answer(404, "text/html", "<html><head><title>404 Not Found</title></head><body>nginx</body></html>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_longest_list_is_thinned() {
        let body = r#"{"a":[1],"d":[{"x":[1,2]},{},{}],"n":3}"#;
        let thinned = thin(answer(200, "application/json", body), 1);
        assert_eq!(String::from_utf8(thinned.body).unwrap(), r#"{"a":[1],"d":[{"x":[1,2]}],"n":3}"#);
    }

    #[test]
    fn an_order_strikes_where_and_as_often_as_told_in_each_operation() {
        let get = HttpRequest::get("http://h:1/list?p=1");
        let mut order = Order::all(Lie::Lost).after(1).times(1);
        for _ in 0..2 {
            let struck: Vec<bool> = (0..4).map(|_| order.take(&get, false).is_some()).collect();
            assert_eq!(struck, [false, true, false, false]);
            order.rewind();
        }
        assert!(Order::writes(Lie::Lost).take(&get, false).is_none());
        assert!(Order::all(Lie::Lost).path("/list").take(&get, false).is_some());
        assert!(Order::all(Lie::Lost).path("/other").take(&get, false).is_none());
    }
}
