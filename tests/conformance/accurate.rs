//! The sandbox's Accurate Online as a bench: signed in by bearer token, so that there are sessions that can end.

use super::client::{Client, member, parsed};
use super::place::Place;
use selaras_connector_api::Connector;
use selaras_connector_api::conformance::{Bench, ChildSample, Disturbance, Exact, Fields, InUse, Member, Sample};
use selaras_sandbox::calls::System;
use selaras_sandbox::faults::{Deed, Fault, Kind};
use selaras_sandbox::{Options, Sandbox, Scenario, start};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// Records in a page.
const PAGE: usize = 12;

/// A database with default records, and what orders need.
pub struct Books {
    sandbox: Sandbox,
    place: Place,
    client: Client,
    token: String,
    database: String,
    /// The session of the client, and the host it is for.
    session: Option<(String, String)>,
    /// The faults that were ordered.
    ordered: usize,
}

impl Books {
    pub fn open() -> Self {
        let options = Options { limit: false, scenario: Scenario::Kosong, ..Options::default() };
        let sandbox = start(options).expect("a sandbox starts");
        let settings = sandbox.accurate_settings();
        let (token, database) = (settings["oauth_token"].clone(), settings["database"].clone());
        let page = PAGE.to_string();
        let values = [
            ("base_url", settings["base_url"].as_str()),
            ("database", database.as_str()),
            ("branch", settings["branch"].as_str()),
            ("page_size", page.as_str()),
        ];
        let place = Place::new("accurate", Vec::new(), &values, &token);
        let mut books = Self { sandbox, place, client: Client::new(), token, database, session: None, ordered: 0 };
        for (module, record) in [
            ("unit", json!({"name": "PCS"})),
            ("customer", json!({"customerNo": "C-KIT", "name": "Toko Sumber", "transDate": "02/05/2026"})),
            ("item", json!({"no": "B-KIT", "name": "Gula", "itemType": "INVENTORY", "unit1Name": "PCS"})),
        ] {
            books.seed(module, record.as_object().expect("an object")).expect("what orders need is taken");
        }
        books
    }

    fn new_session(&mut self) -> Result<(String, String), String> {
        let url = format!("{}/api/open-db.do?id={}", self.sandbox.base_url(), self.database);
        let bearer = format!("Bearer {}", self.token);
        let (_, text) = self.client.call("GET", &url, &[("Authorization", &bearer)], None)?;
        let answer = parsed(&text);
        match (answer["session"].as_str(), answer["host"].as_str()) {
            (Some(session), Some(host)) => Ok((session.to_owned(), host.to_owned())),
            _ => Err(format!("the database does not open: {text}")),
        }
    }

    /// A call to the data API: the answer, as it came.
    fn call(&mut self, method: &str, path: &str, body: Option<&Json>) -> Result<String, String> {
        for _ in 0..2 {
            let (session, host) = match self.session.clone() {
                Some(open) => open,
                None => self.new_session()?,
            };
            self.session = Some((session.clone(), host.clone()));
            let bearer = format!("Bearer {}", self.token);
            let headers = [("Authorization", bearer.as_str()), ("X-Session-ID", session.as_str())];
            let (status, text) = self.client.call(method, &format!("{host}/accurate/api/{path}"), &headers, body)?;
            match status {
                // The kit ended all sessions, or moved the database.
                401 | 308 => self.session = None,
                200 => return Ok(text),
                _ => return Err(format!("{path}: {status} {text}")),
            }
        }
        Err(format!("{path}: no session lasts"))
    }

    /// The member of an answer that must be a success.
    fn done(&mut self, method: &str, path: &str, body: Option<&Json>, name: &str) -> Result<String, String> {
        let text = self.call(method, path, body)?;
        match parsed(&text)["s"].as_bool() {
            Some(true) => Ok(member(&text, name).unwrap_or_default()),
            _ => Err(format!("{path}: {text}")),
        }
    }
}

impl Bench for Books {
    fn connector(&mut self) -> Result<Box<dyn Connector>, String> {
        self.place.load()
    }

    fn put_to_use(&mut self, connector: Box<dyn Connector>) -> Result<Box<dyn InUse>, String> {
        Ok(self.place.put_to_use(connector))
    }

    fn ids(&mut self, resource: &str) -> Result<BTreeSet<String>, String> {
        Ok(self.sandbox.with_world(|world| {
            let database = world.accurate.databases.values().next();
            let table = database.and_then(|database| database.tables.get(resource));
            table.into_iter().flat_map(|table| table.rows.keys()).map(ToString::to_string).collect()
        }))
    }

    fn stored(&mut self, resource: &str, id: &str) -> Result<Option<String>, String> {
        if !self.ids(resource)?.contains(id) {
            return Ok(None);
        }
        self.done("GET", &format!("{resource}/detail.do?id={id}"), None, "d").map(Some)
    }

    fn seed(&mut self, resource: &str, fields: &Fields) -> Result<String, String> {
        let body = Json::Object(fields.clone());
        let stored = self.done("POST", &format!("{resource}/save.do"), Some(&body), "r")?;
        member(&stored, "id").ok_or(stored)
    }

    fn change(&mut self, resource: &str, id: &str, fields: &Fields) -> Result<(), String> {
        let mut body = fields.clone();
        body.insert("id".to_owned(), id.into());
        self.seed(resource, &body).map(|_| ())
    }

    fn remove(&mut self, resource: &str, id: &str) -> Result<(), String> {
        self.done("DELETE", &format!("{resource}/delete.do?id={id}"), None, "d").map(|_| ())
    }

    fn disturb(&mut self, disturbance: &Disturbance) -> bool {
        let faults = match disturbance {
            // A connection that is really cut, after the write was really done. The host repeats a delete, for it may be repeated.
            Disturbance::AnswersLost => vec![fault("POST", Kind::LoseAnswer), fault("DELETE", Kind::LoseAnswer)],
            Disturbance::SessionEnded => vec![fault("", Kind::Deed(Deed::ExpireSession))],
            Disturbance::HostMoved => vec![fault("", Kind::Deed(Deed::Move))],
            _ => return false,
        };
        self.ordered = faults.len();
        self.sandbox.state().faults.add(faults);
        true
    }

    fn struck(&mut self) -> bool {
        self.sandbox.state().faults.waiting().len() < self.ordered
    }

    fn calm(&mut self) {
        self.sandbox.state().faults.clear();
    }
}

fn fault(method: &str, kind: Kind) -> Fault {
    Fault {
        system: Some(System::Accurate),
        method: (!method.is_empty()).then(|| method.to_owned()),
        path_contains: None,
        times: 1,
        after_calls: 0,
        passed: 0,
        kind,
    }
}

fn fields(json: Json) -> Fields {
    json.as_object().cloned().expect("an object")
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn sample(resource: &str, read: &[&str], text: &str, make: fn(u64) -> Json) -> Sample {
    Sample {
        resource: resource.into(),
        fields: names(read),
        make: Box::new(move |number| fields(make(number))),
        refused: Some(fields(json!({ "notes": "without a name" }))),
        text: Member::same(text),
        exact: Vec::new(),
        page: PAGE,
        children: None,
        missing: "987654".into(),
        unasked: None,
    }
}

/// Customers, items and orders.
pub fn samples() -> Vec<Sample> {
    let hard = "Jl. \"Melati\" & Co; 50% + é 🙂 = a/b\\c";
    let customer = |n| json!({"customerNo": format!("K-{n}"), "name": format!("Toko {n}"), "transDate": "02/05/2026"});
    let item =
        |n| json!({"no": format!("K-{n}"), "name": format!("Gula {n}"), "itemType": "INVENTORY", "unit1Name": "PCS"});
    let order = |n| {
        json!({"number": format!("SO.KIT.{n}"), "transDate": "02/05/2026", "customerNo": "C-KIT",
               "detailItem": [{"itemNo": "B-KIT", "quantity": "1", "unitPrice": "12500"}]})
    };
    let line = |n: u64| fields(json!({"itemNo": "B-KIT", "quantity": n.to_string(), "unitPrice": "12500.5"}));
    let children = ChildSample {
        path: "detailItem".into(),
        make: Box::new(line),
        shows: ("quantity".into(), Box::new(|n| n.to_string())),
        id: "id".into(),
    };
    let amounts = ["0.07", "1250000.5", "53275.675676", "99999999.123456"];
    vec![
        Sample {
            exact: vec![
                Exact::texts(Member::same("notes"), &[hard, "a\nb"]),
                Exact::decimals(Member::same("customerLimitAmountValue"), &amounts),
            ],
            unasked: Some("mobilePhone".into()),
            ..sample(
                "customer",
                &["customerNo", "name", "notes", "customerLimitAmountValue", "lastUpdate", "billStreet"],
                "notes",
                customer,
            )
        },
        Sample {
            exact: vec![Exact::decimals(Member::same("unitPrice"), &amounts)],
            unasked: Some("upcNo".into()),
            ..sample("item", &["no", "name", "notes", "unitPrice", "lastUpdate"], "notes", item)
        },
        Sample {
            exact: vec![
                Exact::texts(Member::same("transDate"), &["31/12/2026", "01/02/2026"]),
                Exact::texts(Member::same("description"), &[hard]),
            ],
            children: Some(children),
            refused: Some(fields(json!({"customerNo": "nobody", "transDate": "02/05/2026"}))),
            unasked: Some("poNumber".into()),
            ..sample(
                "sales-order",
                &["number", "transDate", "description", "lastUpdate", "detailItem[].quantity"],
                "description",
                order,
            )
        },
    ]
}
