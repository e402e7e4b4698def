//! The shop as a bench.

use crate::clerk::{Clerk, Flaw};
use crate::shop::{PAGE, Shop};
use selaras_connector_api::Connector;
use selaras_connector_api::conformance::{Bench, Disturbance, Exact, Fields, InUse, Linked, Member, Sample, settings};
use serde_json::{Value as Json, json};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// A shop, and a clerk with a flaw who works there.
pub struct Counter {
    shop: Rc<RefCell<Shop>>,
    flaw: Flaw,
}

impl Counter {
    pub fn new(flaw: Flaw) -> Self {
        Self { shop: Rc::default(), flaw }
    }
}

fn number(id: &str) -> u64 {
    id.parse().unwrap_or_default()
}

fn said(refused: (u16, Json)) -> String {
    refused.1.to_string()
}

impl Bench for Counter {
    fn connector(&mut self) -> Result<Box<dyn Connector>, String> {
        Ok(Box::new(Clerk::new(self.flaw)))
    }

    fn put_to_use(&mut self, connector: Box<dyn Connector>) -> Result<Box<dyn InUse>, String> {
        let shop = Rc::clone(&self.shop);
        let server = move |request| Ok(shop.borrow_mut().answer(&request));
        let address = settings(&[("base_url", &self.shop.borrow().host)]);
        Ok(Box::new(Linked::new(connector, address, Box::new(server))))
    }

    fn ids(&mut self, _resource: &str) -> Result<BTreeSet<String>, String> {
        Ok(self.shop.borrow().things.keys().map(ToString::to_string).collect())
    }

    fn stored(&mut self, _resource: &str, id: &str) -> Result<Option<String>, String> {
        Ok(self.shop.borrow().shown(number(id), None))
    }

    fn seed(&mut self, _resource: &str, fields: &Fields) -> Result<String, String> {
        self.shop.borrow_mut().create(fields).map(|id| id.to_string()).map_err(said)
    }

    fn change(&mut self, _resource: &str, id: &str, fields: &Fields) -> Result<(), String> {
        self.shop.borrow_mut().update(number(id), None, fields).map(|_| ()).map_err(said)
    }

    fn remove(&mut self, _resource: &str, id: &str) -> Result<(), String> {
        self.shop.borrow_mut().delete(number(id), None).map(|_| ()).map_err(said)
    }

    fn disturb(&mut self, disturbance: &Disturbance) -> bool {
        let mut shop = self.shop.borrow_mut();
        match disturbance {
            Disturbance::SessionEnded => shop.session += 1,
            Disturbance::HostMoved => {
                shop.host = if shop.host == "http://one" { "http://two".into() } else { "http://one".into() };
            }
            _ => return false,
        }
        true
    }
}

fn fields(json: Json) -> Fields {
    json.as_object().cloned().expect("an object")
}

/// A sample of the shop's only collection.
pub fn samples() -> Vec<Sample> {
    let make =
        |n| fields(json!({"code": format!("K-{n}"), "name": format!("Toko {n}"), "amount": "1.5", "extra": "x"}));
    vec![Sample {
        resource: "thing".into(),
        fields: ["code", "name", "notes", "amount"].map(str::to_owned).to_vec(),
        make: Box::new(make),
        refused: Some(fields(json!({"notes": "without a name"}))),
        text: Member::same("notes"),
        exact: vec![
            Exact::decimals(Member::same("amount"), &["0.07", "9007199254740993", "12345678901234567.891"]),
            Exact::texts(Member::same("name"), &["Toko \"É\" 🙂\\"]),
        ],
        page: PAGE,
        children: None,
        missing: "999999".into(),
        unasked: Some("extra".into()),
    }]
}
