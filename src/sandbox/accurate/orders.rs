//! Sales orders: what is filled in, and the arithmetic of discounts and taxes. What a save checks is in `order_check`.
//!
//! All arithmetic is exact decimal. Line amounts keep six decimals; tax base and tax of the whole order are rounded to
//! whole rupiah, as recorded documents show.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::books::{default_branch, default_record, next_line_id};
use super::values::{amount, fine, number, whole};
use crate::world::{Database, Row};

/// The steps of a chained percent discount; none if the text is no such discount.
pub fn percents(text: &str) -> Option<Vec<Decimal>> {
    let steps = text.split('+').map(str::trim).filter(|step| !step.is_empty());
    let limits = Decimal::ZERO..=Decimal::ONE_HUNDRED;
    steps.map(|step| step.parse().ok().filter(|percent| limits.contains(percent))).collect()
}

/// What is left of an amount after a chained percent discount.
fn after_percent(amount: Decimal, text: Option<&str>) -> Decimal {
    let steps = text.and_then(percents).unwrap_or_default();
    steps.into_iter().fold(amount, |left, percent| left - left * percent / Decimal::ONE_HUNDRED)
}

/// Which of the item's five units this is.
pub fn place_of_unit(item: &Row, unit: u64) -> Option<usize> {
    (1..=5).find(|n| item.get(&format!("unit{n}Id")).and_then(Value::as_u64) == Some(unit))
}

/// How many of the first unit one of the line's unit is.
fn ratio_of(item: &Row, line: &Row) -> Decimal {
    let unit = line.get("itemUnitId").and_then(Value::as_u64);
    match unit.and_then(|unit| place_of_unit(item, unit)) {
        Some(n) if n > 1 => {
            Some(amount(item, &format!("ratio{n}"))).filter(|ratio| !ratio.is_zero()).unwrap_or(Decimal::ONE)
        }
        _ => Decimal::ONE,
    }
}

/// The item's price for the line's unit.
pub fn price_of(item: &Row, line: &Row) -> Value {
    let unit = line.get("itemUnitId").and_then(Value::as_u64);
    let own = match unit.and_then(|unit| place_of_unit(item, unit)) {
        Some(n) if n > 1 => amount(item, &format!("unit{n}Price")),
        _ => Decimal::ZERO,
    };
    let price = if own.is_zero() { amount(item, "unitPrice") * ratio_of(item, line) } else { own };
    number(price)
}

/// The lines of an order.
pub fn lines_of(row: &Row, name: &str) -> Vec<Row> {
    let lines = row.get(name).and_then(Value::as_array);
    lines.into_iter().flatten().filter_map(Value::as_object).cloned().collect()
}

/// Fills in what follows from the rest of an order: header defaults, ids and units of lines, all amounts.
pub fn complete_order(db: &mut Database, row: &mut Row) {
    complete_header(db, row);
    let mut lines = lines_of(row, "detailItem");
    for (place, line) in lines.iter_mut().enumerate() {
        complete_line(db, row, line, place);
    }
    lead_salesman(row, &lines);
    let mut expenses = lines_of(row, "detailExpense");
    for (place, expense) in expenses.iter_mut().enumerate() {
        if !expense.contains_key("id") {
            expense.insert("id".to_owned(), json!(next_line_id(db, "sales-order detailExpense")));
        }
        expense.insert("seq".to_owned(), json!(place + 1));
        expense.entry("optLock").or_insert(json!(0));
        expense.insert("salesOrderId".to_owned(), json!(row.get("id")));
    }
    add_up(db, row, &mut lines, &expenses);
    row.insert("detailItem".to_owned(), lines.into_iter().map(Value::Object).collect());
    row.insert("detailExpense".to_owned(), expenses.into_iter().map(Value::Object).collect());
}

fn complete_header(db: &Database, row: &mut Row) {
    let customer = row.get("customerId").and_then(Value::as_u64).and_then(|id| db.row("customer", id));
    let of_customer =
        |column: &str| customer.and_then(|customer| customer.get(column)).filter(|value| !value.is_null());
    let mut fill = |column: &str, value: Option<Value>| {
        if row.get(column).is_none_or(Value::is_null)
            && let Some(value) = value
        {
            row.insert(column.to_owned(), value);
        }
    };
    let or_default = |value: Option<&Value>, module: &str, switch: &str| {
        value.cloned().or_else(|| default_record(db, module, switch).map(Value::from))
    };
    fill("status", Some(json!("QUEUE")));
    fill("branchId", or_default(of_customer("branchId"), "branch", "defaultBranch"));
    fill("currencyId", or_default(of_customer("currencyId"), "currency", "defaultCurrency"));
    fill("paymentTermId", or_default(of_customer("defaultTermId"), "payment-term", "defaultTerm"));
    fill("masterSalesmanId", of_customer("defaultSalesmanId").cloned());
    fill("inclusiveTax", Some(of_customer("defaultIncTax").cloned().unwrap_or(json!(false))));
    fill("taxable", Some(json!(false)));
    let day = row.get("transDate").cloned();
    if row.get("shipDate").is_none_or(Value::is_null)
        && let Some(day) = day
    {
        row.insert("shipDate".to_owned(), day);
    }
}

/// The order's salesman is the first of its first line that has one. Nothing says so; recorded orders have a salesman of their own while a
/// save takes them by line only, so that this is where he must come from.
fn lead_salesman(row: &mut Row, lines: &[Row]) {
    let first =
        |line: &Row| line.get("salesmanListId").and_then(|list| list.get(0)).filter(|id| !id.is_null()).cloned();
    if let Some(id) = lines.iter().find_map(first) {
        row.insert("masterSalesmanId".to_owned(), id);
    }
}

fn complete_line(db: &mut Database, order: &Row, line: &mut Row, place: usize) {
    if !line.contains_key("id") {
        line.insert("id".to_owned(), json!(next_line_id(db, "sales-order detailItem")));
    }
    let none = Row::new();
    let item = line.get("itemId").and_then(Value::as_u64).and_then(|id| db.row("item", id)).unwrap_or(&none);
    let customer = order.get("customerId").and_then(Value::as_u64).and_then(|id| db.row("customer", id));
    let mut fill = |column: &str, value: Option<Value>| {
        if line.get(column).is_none_or(Value::is_null)
            && let Some(value) = value
        {
            line.insert(column.to_owned(), value);
        }
    };
    let taxable = order.get("taxable") == Some(&json!(true));
    fill("optLock", Some(json!(0)));
    fill("quantity", Some(json!(1.0)));
    fill("detailName", item.get("name").cloned());
    fill("itemUnitId", item.get("unit1Id").cloned());
    fill("warehouseId", default_record(db, "warehouse", "defaultWarehouse").map(Value::from));
    fill("salesmanListId", customer.and_then(|customer| customer.get("salesmanListId")).cloned());
    fill("useTax1", taxable.then(|| json!(item.get("tax1Id").is_some_and(|id| !id.is_null()))));
    let branch = order.get("branchId").and_then(Value::as_u64).or_else(|| default_branch(db));
    line.insert("branchId".to_owned(), json!(branch));
    line.insert("seq".to_owned(), json!(place + 1));
    line.insert("salesOrderId".to_owned(), json!(order.get("id")));
    let ratio = ratio_of(item, line);
    line.insert("unitRatio".to_owned(), number(ratio));
    if !line.contains_key("unitPrice") {
        let price = price_of(item, line);
        line.insert("unitPrice".to_owned(), price);
    }
    let in_first_unit = amount(line, "quantity") * ratio;
    line.insert("quantityDefault".to_owned(), number(in_first_unit));
}

/// What one line comes to.
struct LineSum {
    total: Decimal,
    taxes: [Option<(u64, Decimal)>; 2],
}

/// Works out every amount of an order.
fn add_up(db: &Database, row: &mut Row, lines: &mut [Row], expenses: &[Row]) {
    let taxable = row.get("taxable") == Some(&json!(true));
    let inclusive = taxable && row.get("inclusiveTax") == Some(&json!(true));
    let sums: Vec<LineSum> = lines.iter().map(|line| sum_line(db, line, taxable)).collect();
    let sub_total: Decimal = sums.iter().map(|sum| sum.total).sum();
    let percent = row.get("cashDiscPercent").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let discount = match percent {
        Some(percent) => fine(sub_total - after_percent(sub_total, Some(percent))),
        None => amount(row, "cashDiscount"),
    };
    // A discount on the whole order lowers the tax base of every line in proportion.
    let share = if sub_total.is_zero() { Decimal::ONE } else { (sub_total - discount) / sub_total };
    let mut bases = [Decimal::ZERO; 2];
    let mut taxes = [Decimal::ZERO; 2];
    let (mut sales, mut dpp) = (Decimal::ZERO, Decimal::ZERO);
    for (line, sum) in lines.iter_mut().zip(&sums) {
        let rates: Decimal = sum.taxes.iter().flatten().map(|(_, rate)| rate).sum();
        let after = sum.total * share;
        let base = if inclusive { fine(after / (Decimal::ONE + rates)) } else { fine(after) };
        let line_taxes = sum.taxes.map(|tax| tax.map_or(Decimal::ZERO, |(_, rate)| fine(base * rate)));
        for n in 0..2 {
            taxes[n] += line_taxes[n];
            bases[n] += if sum.taxes[n].is_some() { base } else { Decimal::ZERO };
            line.insert(format!("tax{}Amount", n + 1), number(line_taxes[n]));
        }
        let taxed = if rates.is_zero() { Decimal::ZERO } else { base };
        sales += base;
        dpp += taxed;
        show_line(db, line, sum, base, taxed);
    }
    let expense: Decimal = expenses.iter().map(|expense| amount(expense, "expenseAmount")).sum();
    let on_top = if inclusive { Decimal::ZERO } else { whole(taxes[0]) + whole(taxes[1]) };
    for (name, value) in [
        ("subTotal", sub_total),
        ("cashDiscount", discount),
        ("totalExpense", expense),
        ("salesAmount", fine(sales)),
        ("dppAmount", whole(dpp)),
        ("taxableAmount1", fine(bases[0])),
        ("taxableAmount2", fine(bases[1])),
        ("tax1Amount", whole(taxes[0])),
        ("tax2Amount", whole(taxes[1])),
        ("totalAmount", sub_total - discount + expense + on_top),
    ] {
        row.insert(name.to_owned(), number(value));
    }
    for n in 0..2 {
        let first = sums.iter().find_map(|sum| sum.taxes[n]);
        row.insert(format!("tax{}Id", n + 1), json!(first.map(|(id, _)| id)));
        let rate = first.map_or(Value::Null, |(_, rate)| number(rate * Decimal::ONE_HUNDRED));
        row.insert(format!("tax{}Rate", n + 1), rate);
    }
}

/// Price times quantity less the line's discounts, and the taxes that apply to it.
fn sum_line(db: &Database, line: &Row, taxable: bool) -> LineSum {
    let gross = fine(amount(line, "quantity") * amount(line, "unitPrice"));
    let percent = line.get("itemDiscPercent").and_then(Value::as_str);
    let total = fine(after_percent(gross, percent) - amount(line, "itemCashDiscount"));
    let item = line.get("itemId").and_then(Value::as_u64).and_then(|id| db.row("item", id));
    let tax = |n: usize| {
        let used = taxable && line.get(&format!("useTax{n}")) == Some(&json!(true));
        let id = item.filter(|_| used)?.get(&format!("tax{n}Id"))?.as_u64()?;
        Some((id, amount(db.row("tax", id)?, "rate") / Decimal::ONE_HUNDRED))
    };
    LineSum { total, taxes: [tax(1), tax(2)] }
}

fn show_line(db: &Database, line: &mut Row, sum: &LineSum, base: Decimal, taxed: Decimal) {
    let gross = fine(amount(line, "quantity") * amount(line, "unitPrice"));
    let open = amount(line, "quantity") - amount(line, "shipQuantity");
    for (name, value) in [
        ("grossAmount", gross),
        ("totalPrice", sum.total),
        ("salesAmount", base),
        ("dppAmount", taxed),
        ("availableQuantity", open.max(Decimal::ZERO)),
    ] {
        line.insert(name.to_owned(), number(value));
    }
    let info = |(id, _): (u64, Decimal)| db.row("tax", id)?.get("taxInfo")?.as_str().map(str::to_owned);
    let names: Vec<String> = sum.taxes.iter().flatten().filter_map(|tax| info(*tax)).collect();
    line.insert("detailTaxName".to_owned(), if names.is_empty() { Value::Null } else { json!(names.join(", ")) });
}

#[cfg(test)]
mod tests {
    use super::super::model::insert;
    use super::*;

    fn row(value: Value) -> Row {
        value.as_object().unwrap().clone()
    }

    /// An order over one item taxed at 11 %, as stored.
    fn order(header: Value, line: Value) -> Row {
        let mut db = Database::default();
        insert(&mut db, "tax", row(json!({"rate": 11.0, "taxType": "PPN"})));
        insert(&mut db, "unit", row(json!({"name": "VP"})));
        insert(&mut db, "unit", row(json!({"name": "BOX"})));
        insert(
            &mut db,
            "item",
            row(
                json!({"no": "A", "name": "Teh", "unit1Id": 50, "unit2Id": 51, "ratio2": 12.0, "tax1Id": 50, "unitPrice": 100.0}),
            ),
        );
        let mut lines = row(line);
        lines.insert("itemId".to_owned(), json!(50));
        let mut order = row(header);
        order.insert("transDate".to_owned(), json!("17/03/2026"));
        order.insert("detailItem".to_owned(), json!([lines]));
        let id = insert(&mut db, "sales-order", order);
        db.row("sales-order", id).unwrap().clone()
    }

    #[test]
    fn the_recorded_document_comes_out_to_the_last_digit() {
        let order = order(
            json!({"taxable": true, "inclusiveTax": true, "detailExpense": [{"expenseAmount": 106875.0}]}),
            json!({"quantity": 4.0, "unitPrice": 134400.0}),
        );
        for (name, expected) in [
            ("subTotal", 537600.0),
            ("dppAmount", 484324.0),
            ("tax1Amount", 53276.0),
            ("salesAmount", 484324.324324),
            ("taxableAmount1", 484324.324324),
            ("totalExpense", 106875.0),
            ("totalAmount", 644475.0),
            ("tax1Rate", 11.0),
        ] {
            assert_eq!(order[name], json!(expected), "{name}");
        }
        let line = &order["detailItem"][0];
        assert_eq!(line["totalPrice"], 537600.0);
        assert_eq!(line["dppAmount"], json!(484324.324324));
        assert_eq!(line["tax1Amount"], json!(53275.675676));
        assert_eq!(line["detailTaxName"], "PPN 11%");
        assert_eq!(order["number"], "SO.2026.03.00001");
    }

    #[test]
    fn tax_on_top_is_added_and_discounts_come_first() {
        let order = order(
            json!({"taxable": true, "inclusiveTax": false, "cashDiscPercent": "10"}),
            json!({"quantity": 10.0, "unitPrice": 1000.0, "itemDiscPercent": "5+2", "itemCashDiscount": 310.0}),
        );
        // 10000 less 5 % is 9500, less 2 % is 9310, less 310 is 9000; 10 % of that is 900; tax 11 % of 8100 is 891.
        assert_eq!(order["subTotal"], 9000.0);
        assert_eq!(order["cashDiscount"], 900.0);
        assert_eq!(order["tax1Amount"], 891.0);
        assert_eq!(order["totalAmount"], 8991.0);
    }

    #[test]
    fn without_tax_the_total_is_the_price() {
        let order = order(json!({}), json!({"quantity": 2.5, "itemUnitId": 51}));
        let line = &order["detailItem"][0];
        assert_eq!(line["unitPrice"], 1200.0);
        assert_eq!(line["unitRatio"], 12.0);
        assert_eq!(line["quantityDefault"], 30.0);
        assert_eq!(order["totalAmount"], 3000.0);
        assert_eq!(order["tax1Amount"], 0.0);
    }

    #[test]
    fn percent_discounts_are_read_strictly() {
        for good in ["", "5", "5+2", " 5 + 2.5 "] {
            assert!(percents(good).is_some(), "{good}");
        }
        for bad in ["five", "101", "-1", "5%"] {
            assert!(percents(bad).is_none(), "{bad}");
        }
    }
}
