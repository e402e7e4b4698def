//! What a save carries: nested members flattened as the official forms have them, children with what happens to each, and the branch.

use crate::catalogue::{BranchRule, Module};
use crate::phrases::{fail, say};
use crate::salesman;
use crate::url;
use selaras_connector_api::{ChildOp, ChildRow, Code, Failure, WriteItem, WriteOp};
use serde_json::{Map, Value as Json};

/// The members of a save under their flat names, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    pairs: Vec<(String, String)>,
}

impl Form {
    /// The form of one item.
    ///
    /// # Errors
    /// When the item asks for what a save cannot do; sending it might do something else.
    pub(crate) fn of(item: &WriteItem, module: &Module, branch: Option<u64>) -> Result<Self, Failure> {
        let mut form = Form::default();
        let spread;
        let item = if module.name == "sales-order" && item.fields.contains_key(salesman::MEMBER) {
            spread = salesman::spread(item)?;
            &spread
        } else {
            item
        };
        match (item.op, item.id.as_deref()) {
            (WriteOp::Create, None) => {}
            (WriteOp::Create, Some(_)) => {
                return Err(misuse("accurate-create-with-id"));
            }
            (_, None | Some("")) => {
                return Err(misuse("accurate-change-no-id"));
            }
            (_, Some(id)) => form.push("id", id),
        }
        if item.op == WriteOp::Deactivate {
            form.push("suspended", "true");
            return Ok(form);
        }
        if let Some(reserved) = ["id", "_status"].into_iter().find(|name| item.fields.contains_key(*name)) {
            return Err(misuse("accurate-reserved-member").on_field(reserved));
        }
        form.object("", &item.fields);
        if let Some(branch) = branch.filter(|_| wants_branch(item, module)) {
            form.push("branchId", branch.to_string());
        }
        for children in &item.children {
            if !module.children.contains(&children.path.as_str()) {
                let told = say("accurate-no-children").with("name", module.name).with("path", &children.path);
                return Err(fail(Code::Unsupported, told).on_field(&children.path));
            }
            form.children(&children.path, &children.rows, item.op)?;
        }
        Ok(form)
    }

    /// The body of `save.do`.
    pub(crate) fn single(&self) -> String {
        let mut body = String::new();
        self.append(&mut body, "");
        body
    }

    /// Appends the form as record `at` of `bulk-save.do`.
    pub(crate) fn append_to_bulk(&self, body: &mut String, at: usize) {
        self.append(body, &format!("data[{at}]."));
    }

    fn append(&self, body: &mut String, prefix: &str) {
        for (name, value) in &self.pairs {
            url::append_pair(body, &format!("{prefix}{name}"), value);
        }
    }

    fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.pairs.push((name.into(), value.into()));
    }

    fn object(&mut self, prefix: &str, members: &Map<String, Json>) {
        for (name, value) in members {
            self.value(format!("{prefix}{name}"), value);
        }
    }

    fn value(&mut self, name: String, value: &Json) {
        match value {
            Json::Null => self.push(name, ""),
            Json::Bool(yes) => self.push(name, if *yes { "true" } else { "false" }),
            Json::Number(number) => self.push(name, number.to_string()),
            Json::String(text) => self.push(name, text.as_str()),
            // An empty list is sent as a blank value: leaving it out would mean "as it was".
            Json::Array(items) if items.is_empty() => self.push(name, ""),
            Json::Array(items) => {
                items.iter().enumerate().for_each(|(at, item)| self.value(format!("{name}[{at}]"), item));
            }
            Json::Object(members) => self.object(&format!("{name}."), members),
        }
    }

    /// Only the rows that change: those not mentioned stay as they are.
    fn children(&mut self, path: &str, rows: &[ChildRow], op: WriteOp) -> Result<(), Failure> {
        let mut at = 0;
        for row in rows {
            let id = row.id.as_deref().filter(|id| !id.is_empty());
            let prefix = format!("{path}[{at}].");
            match (row.op, id) {
                // A record being made has no rows yet that could stay or go.
                (ChildOp::Keep | ChildOp::Delete, _) if op == WriteOp::Create => {
                    return Err(misuse("accurate-new-no-old-rows").on_field(path));
                }
                (ChildOp::Keep, _) => continue,
                (ChildOp::Add, None) => self.object(&prefix, &row.fields),
                (ChildOp::Update, Some(id)) => {
                    self.push(format!("{prefix}id"), id);
                    self.object(&prefix, &row.fields);
                }
                (ChildOp::Delete, Some(id)) => {
                    self.push(format!("{prefix}id"), id);
                    self.push(format!("{prefix}_status"), "delete");
                }
                (ChildOp::Add, Some(_)) => return Err(misuse("accurate-new-row-with-id").on_field(path)),
                (ChildOp::Update | ChildOp::Delete, None) => {
                    return Err(misuse("accurate-row-no-id").on_field(path));
                }
            }
            at += 1;
        }
        Ok(())
    }
}

fn wants_branch(item: &WriteItem, module: &Module) -> bool {
    let by_rule = match module.branch {
        BranchRule::Never => false,
        BranchRule::OnCreate => item.op == WriteOp::Create,
        BranchRule::Always => true,
    };
    // What the mapping says goes first.
    by_rule && !item.fields.contains_key("branchId") && !item.fields.contains_key("branchName")
}

fn misuse(key: &str) -> Failure {
    fail(Code::Invalid, say(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::module;
    use selaras_connector_api::Children;
    use serde_json::json;

    fn item(op: WriteOp, id: Option<&str>, fields: Json) -> WriteItem {
        let Json::Object(fields) = fields else { panic!("an object") };
        WriteItem { op, id: id.map(str::to_owned), version: None, fields, children: Vec::new() }
    }

    fn row(op: ChildOp, id: Option<&str>, fields: Json) -> ChildRow {
        let Json::Object(fields) = fields else { panic!("an object") };
        ChildRow { op, id: id.map(str::to_owned), fields }
    }

    fn form(item: &WriteItem, name: &str) -> Result<String, Failure> {
        Form::of(item, module(name).unwrap(), Some(100)).map(|form| form.single())
    }

    #[test]
    fn values_as_the_forms_have_them() {
        let fields = json!({"a": null, "b": true, "c": "1.10", "d": 7, "e": ["X", "Y"], "f": [], "g": {"h": "5+2"}});
        let sent = form(&item(WriteOp::Update, Some("9"), fields), "customer").unwrap();
        assert_eq!(sent, "id=9&a=&b=true&c=1.10&d=7&e[0]=X&e[1]=Y&f=&g.h=5%2B2");
    }

    #[test]
    fn the_branch_goes_with_new_masters_and_all_orders() {
        let has = |op, id, fields, name| form(&item(op, id, fields), name).unwrap().contains("branchId=100");
        for name in ["customer", "item", "employee"] {
            assert!(has(WriteOp::Create, None, json!({"name": "x"}), name), "{name}");
            assert!(!has(WriteOp::Update, Some("1"), json!({"name": "x"}), name), "{name}");
        }
        assert!(has(WriteOp::Update, Some("1"), json!({}), "sales-order"));
        assert!(!has(WriteOp::Create, None, json!({"name": "x"}), "warehouse"));
        assert!(!has(WriteOp::Create, None, json!({"branchName": "Pusat"}), "customer"), "the mapping goes first");
        assert!(!has(WriteOp::Deactivate, Some("1"), json!({}), "customer"));
    }

    #[test]
    fn children_say_what_happens_and_keep_is_silent() {
        let mut order = item(WriteOp::Update, Some("82994"), json!({"branchId": 50}));
        order.children.push(Children {
            path: "detailItem".into(),
            rows: vec![
                row(ChildOp::Keep, Some("1"), json!({"quantity": "9"})),
                row(ChildOp::Update, Some("2"), json!({"quantity": "3", "itemDiscPercent": "5+2"})),
                row(ChildOp::Delete, Some("3"), json!({"quantity": "4"})),
                row(ChildOp::Add, None, json!({"itemNo": "100001", "unitPrice": "134400"})),
            ],
        });
        let sent = form(&order, "sales-order").unwrap();
        assert_eq!(
            sent,
            "id=82994&branchId=50&detailItem[0].id=2&detailItem[0].itemDiscPercent=5%2B2&detailItem[0].quantity=3\
             &detailItem[1].id=3&detailItem[1]._status=delete&detailItem[2].itemNo=100001&detailItem[2].unitPrice=134400"
        );
    }

    #[test]
    fn what_would_do_something_else_is_not_sent() {
        let code = |item: &WriteItem| form(item, "sales-order").map_err(|failure| failure.code);
        for bad in [
            item(WriteOp::Update, None, json!({})),
            item(WriteOp::Deactivate, Some(""), json!({})),
            item(WriteOp::Create, Some("5"), json!({})),
            item(WriteOp::Create, None, json!({"id": 5})),
        ] {
            assert_eq!(code(&bad), Err(Code::Invalid), "{bad:?}");
        }
        for bad in [
            row(ChildOp::Update, None, json!({})),
            row(ChildOp::Delete, Some(""), json!({})),
            row(ChildOp::Add, Some("1"), json!({})),
        ] {
            let mut order = item(WriteOp::Update, Some("1"), json!({}));
            order.children.push(Children { path: "detailItem".into(), rows: vec![bad.clone()] });
            assert_eq!(code(&order), Err(Code::Invalid), "{bad:?}");
        }
    }
}
