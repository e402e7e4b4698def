//! An order's salesman. Accurate answers with one for the whole order (`masterSalesmanId`) and takes one per line (`salesmanListNumber`).
//! A mapping writes it once, as `salesmanNumber` of the order; here it is handed to every line. That member is this connector's own.

use crate::phrases::{fail, say};
use selaras_connector_api::{ChildOp, ChildRow, Code, Failure, WriteItem, WriteOp};
use serde_json::{Map, Value as Json, json};

/// The member of an order that is handed to its lines.
pub(crate) const MEMBER: &str = "salesmanNumber";

const LINES: &str = "detailItem";
const PER_LINE: &str = "salesmanListNumber";

/// The same item with the order's salesman on its lines; lines that stay are told it too.
///
/// # Errors
/// When an update names a salesman and no lines: then nobody knows which lines there are.
pub(crate) fn spread(item: &WriteItem) -> Result<WriteItem, Failure> {
    let mut item = item.clone();
    let Some(number) = item.fields.remove(MEMBER) else { return Ok(item) };
    let Some(lines) = item.children.iter_mut().find(|children| children.path == LINES) else {
        if item.op == WriteOp::Create {
            return Ok(item);
        }
        return Err(fail(Code::Invalid, say("accurate-salesman-alone")).on_field(MEMBER));
    };
    let list = if number.is_null() { json!([]) } else { json!([number]) };
    for row in &mut lines.rows {
        tell(row, &list);
    }
    Ok(item)
}

fn tell(row: &mut ChildRow, list: &Json) {
    match row.op {
        ChildOp::Delete => return,
        ChildOp::Keep => {
            row.op = ChildOp::Update;
            row.fields = Map::new();
        }
        ChildOp::Add | ChildOp::Update => {}
    }
    row.fields.insert(PER_LINE.to_owned(), list.clone());
}

#[cfg(test)]
mod tests {
    use super::*;
    use selaras_connector_api::Children;

    fn row(op: ChildOp) -> ChildRow {
        let mut fields = Map::new();
        fields.insert("quantity".to_owned(), json!("2"));
        ChildRow { op, id: None, fields }
    }

    fn order(rows: Vec<ChildRow>) -> WriteItem {
        let mut fields = Map::new();
        fields.insert(MEMBER.to_owned(), json!("E-01"));
        let children = vec![Children { path: LINES.to_owned(), rows }];
        WriteItem { op: WriteOp::Update, id: Some("7".into()), version: None, fields, children }
    }

    #[test]
    fn every_line_that_remains_is_told() {
        let rows = vec![row(ChildOp::Add), row(ChildOp::Keep), row(ChildOp::Update), row(ChildOp::Delete)];
        let told = spread(&order(rows)).expect("it has lines");
        assert!(!told.fields.contains_key(MEMBER));
        let rows = &told.children[0].rows;
        assert_eq!(rows[0].fields[PER_LINE], json!(["E-01"]));
        assert_eq!((rows[1].op, rows[1].fields.len()), (ChildOp::Update, 1), "a line that stays changes nothing else");
        assert_eq!(rows[2].fields["quantity"], json!("2"));
        assert!(!rows[3].fields.contains_key(PER_LINE));
    }

    #[test]
    fn a_salesman_without_lines_is_refused() {
        let mut item = order(Vec::new());
        item.children.clear();
        assert_eq!(spread(&item).expect_err("no lines").code, Code::Invalid);
    }
}
