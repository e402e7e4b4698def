//! Sales orders: lines, amounts, references, closing.

use serde_json::{Value, json};

use super::client::{Accurate, column, message};

/// One customer, one salesman, an item in two units with tax, and one without tax.
fn shop() -> Accurate {
    let accurate = Accurate::empty();
    accurate.make("unit", json!({"name": "BOX"}));
    accurate.make("employee", json!({"name": "Budi", "number": "S1", "salutation": "MR", "salesman": true}));
    accurate.make("customer", json!({"name": "Toko", "customerNo": "T", "salesmanNumber": "S1"}));
    accurate.make(
        "item",
        json!({"name": "Teh", "no": "TEH", "itemType": "INVENTORY", "unitPrice": 1000, "unit2Name": "BOX",
                                 "ratio2": 12, "tax1Name": "PPN 11%"}),
    );
    accurate.make("item", json!({"name": "Antar", "no": "ANTAR", "itemType": "SERVICE", "unit1Name": "PCS"}));
    accurate
}

#[test]
fn a_flattened_form_makes_an_order_with_lines_and_amounts() {
    let accurate = shop();
    let form = "customerNo=T&transDate=17/03/2026&taxable=true&inclusiveTax=false&branchName=Kantor+Pusat&cashDiscount=100\
                &detailItem[0].itemNo=TEH&detailItem[0].unitPrice=12000&detailItem[0].quantity=2&detailItem[0].itemUnitName=BOX\
                &detailItem[0].itemDiscPercent=5%2B2&detailItem[1].itemNo=ANTAR&detailItem[1].unitPrice=340\
                &detailExpense[0].expenseAmount=500&detailExpense[0].accountNo=6100";
    let answer = accurate.form("sales-order/save.do", form);
    assert_eq!(answer["d"], json!(["Pesanan Penjualan \"SO.2026.03.00001\" berhasil disimpan"]));
    let order = &answer["r"];
    for (member, expected) in [
        ("status", json!("QUEUE")),
        ("statusName", json!("Menunggu diproses")),
        ("approvalStatus", json!("APPROVED")),
        ("transDateView", json!("17 Mar 2026")),
        ("shipDate", json!("17/03/2026")),
        ("branchId", json!(50)),
        ("salesOrder", json!(true)),
        ("salesInvoice", json!(false)),
        // 24000 less 5 % less 2 % is 22344; and 340.
        ("subTotal", json!(22684.0)),
        ("totalExpense", json!(500.0)),
        // 22344 less its share of the discount of 100, times 11 %.
        ("tax1Amount", json!(2447.0)),
        ("totalAmount", json!(25531.0)),
        ("masterSalesmanId", json!(50)),
        ("charField1", json!("")),
    ] {
        assert_eq!(order[member], expected, "{member}");
    }
    for absent in ["lastUpdate", "createDate", "branch"] {
        assert_eq!(order.get(absent), None, "{absent}");
    }
    let line = &order["detailItem"][0];
    for (member, expected) in [
        ("seq", json!(1)),
        ("quantity", json!(2.0)),
        ("quantityDefault", json!(24.0)),
        ("unitRatio", json!(12.0)),
        ("totalPrice", json!(22344.0)),
        ("itemDiscPercent", json!("5+2")),
        ("useTax1", json!(true)),
        ("detailName", json!("Teh")),
        ("charField1", Value::Null),
    ] {
        assert_eq!(line[member], expected, "{member}");
    }
    assert_eq!(line["item"]["no"], "TEH");
    assert_eq!(line["item"].get("lastUpdate"), None);
    assert_eq!(line["itemUnit"]["name"], "BOX");
    assert_eq!(line["warehouse"].get("address"), None);
    assert_eq!(line["salesmanList"][0]["number"], "S1");
    assert_eq!(order["customer"]["contactInfo"]["name"], "Toko");
    assert_eq!(order["customer"].get("email"), None);
}

#[test]
fn lines_are_added_changed_and_removed_one_by_one() {
    let accurate = shop();
    let line = json!({"itemNo": "TEH", "unitPrice": 100, "quantity": 1});
    let order = accurate.make("sales-order", json!({"customerNo": "T", "detailItem": [line, line]}));
    let ids = column(&json!({"s": true, "d": order["detailItem"]}), "id");
    let changed = accurate.make(
        "sales-order",
        json!({"id": order["id"], "description": "x", "detailItem": [
        {"id": ids[0], "_status": "delete"}, {"id": ids[1], "quantity": 5}, {"itemNo": "ANTAR", "unitPrice": 7}]}),
    );
    let lines = changed["detailItem"].as_array().unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["id"], &lines[0]["seq"], &lines[0]["quantity"]), (&ids[1], &json!(1), &json!(5.0)));
    assert_eq!((&lines[0]["optLock"], &lines[1]["optLock"]), (&json!(1), &json!(0)));
    assert!(!ids.contains(&lines[1]["id"]));
    assert_eq!((&changed["totalAmount"], &changed["optLock"]), (&json!(507.0), &json!(1)));
    let untouched = accurate.make("sales-order", json!({"id": order["id"], "poNumber": "P"}));
    assert_eq!(untouched["detailItem"], changed["detailItem"]);
    let gone = json!({"id": order["id"], "detailItem": [{"id": 999, "quantity": 5}]});
    assert_eq!(accurate.refusal("sales-order", gone), "Data tidak ditemukan atau sudah dihapus");
    let all: Vec<Value> = lines.iter().map(|line| json!({"id": line["id"], "_status": "delete"})).collect();
    let emptied = json!({"id": order["id"], "detailItem": all});
    assert_eq!(accurate.refusal("sales-order", emptied), "Nilai Rincian Barang harus diisi");
}

#[test]
fn orders_that_cannot_be_are_refused() {
    let accurate = shop();
    accurate.make("customer", json!({"name": "Tutup", "customerNo": "OFF", "suspended": true}));
    accurate.make("item", json!({"name": "Lama", "no": "OLD", "itemType": "INVENTORY", "suspended": true}));
    accurate.make("unit", json!({"name": "KG"}));
    let order = |customer: &str, line: Value| json!({"customerNo": customer, "detailItem": [line]});
    let good = json!({"itemNo": "TEH", "unitPrice": 1});
    for (body, expected) in [
        (order("NONE", good.clone()), "Pelanggan NONE tidak ditemukan atau sudah dihapus"),
        (order("OFF", good.clone()), "Pelanggan OFF sudah tidak aktif"),
        (order("T", json!({"itemNo": "OLD", "unitPrice": 1})), "Barang & Jasa OLD sudah tidak aktif"),
        (
            order("T", json!({"itemNo": "NONE", "unitPrice": 1})),
            "Barang & Jasa NONE tidak ditemukan atau sudah dihapus",
        ),
        (order("T", json!({"unitPrice": 1})), "Nilai Barang & Jasa harus diisi"),
        (
            order("T", json!({"itemNo": "TEH", "unitPrice": 1, "itemUnitName": "KG"})),
            "Satuan Barang KG tidak ditemukan atau sudah dihapus",
        ),
        (order("T", json!({"itemNo": "TEH", "unitPrice": 1, "quantity": 0})), "Nilai Kuantitas harus diisi"),
        (
            order("T", json!({"itemNo": "TEH", "unitPrice": 1, "itemDiscPercent": "lots"})),
            "Invalid field value for field \"itemDiscPercent\".",
        ),
        (json!({"customerNo": "T"}), "Nilai Rincian Barang harus diisi"),
        (json!({"detailItem": [good]}), "Nilai Pelanggan harus diisi"),
        (
            json!({"customerNo": "T", "transDate": "2026-05-02", "detailItem": [good]}),
            "Invalid field value for field \"transDate\".",
        ),
    ] {
        assert_eq!(accurate.refusal("sales-order", body.clone()), expected, "{body}");
    }
    accurate.make("sales-order", json!({"customerNo": "T", "number": "N-1", "detailItem": [good]}));
    let again = json!({"customerNo": "T", "number": "N-1", "detailItem": [good]});
    assert_eq!(accurate.refusal("sales-order", again), "Sudah ada data lain dengan No Pesanan \"N-1\"");
    accurate.make("customer", json!({"id": 50, "suspended": true}));
    accurate.make("sales-order", json!({"id": 50, "description": "still editable"}));
}

#[test]
fn orders_close_and_reopen_by_hand() {
    let accurate = shop();
    accurate.make("sales-order", json!({"customerNo": "T", "detailItem": [{"itemNo": "TEH", "unitPrice": 1}]}));
    let closed = accurate.form("sales-order/manual-close-order.do", "number=SO.2026.05.00001&orderClosed=true");
    assert_eq!((&closed["r"]["status"], &closed["r"]["manualClosed"]), (&json!("CLOSED"), &json!(true)));
    let filter = "sales-order/list.do?fields=number&filter.status.op=EQUAL&filter.status.val=CLOSED";
    assert_eq!(column(&accurate.get(filter), "number"), ["SO.2026.05.00001"]);
    let open =
        accurate.post("sales-order/manual-close-order.do", json!({"number": "SO.2026.05.00001", "orderClosed": false}));
    assert_eq!(open["r"]["status"], "QUEUE");
    message(&accurate.form("sales-order/manual-close-order.do", "number=none&orderClosed=true"));
}

#[test]
fn orders_hide_when_they_changed_but_can_be_filtered_by_it() {
    let accurate = shop();
    let body = json!({"customerNo": "T", "detailItem": [{"itemNo": "TEH", "unitPrice": 1}]});
    accurate.make("sales-order", body.clone());
    accurate.wait(60);
    accurate.make("sales-order", body);
    let since = "filter.lastUpdate.op=GREATER_EQUAL_THAN&filter.lastUpdate.val=02/05/2026 09:16:00";
    let list =
        accurate.get(&format!("sales-order/list.do?fields=id,lastUpdate,detailItem,tax1Amount,totalAmount&{since}"));
    assert_eq!(list["d"], json!([{"id": 51, "totalAmount": 1.0}]));
}
