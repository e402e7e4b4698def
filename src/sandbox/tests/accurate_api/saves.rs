//! Details, saves, bulk saves and deletes of masters.

use serde_json::{Value, json};

use super::client::{Accurate, message};

#[test]
fn a_form_creates_and_a_second_one_changes_only_what_it_names() {
    let accurate = Accurate::empty();
    let made = accurate.form("customer/save.do", "name=Toko+Maju+%26+Jaya&billCity=Bandung&email=a%40example.com");
    assert_eq!(made["d"], json!(["Pelanggan \"Toko Maju & Jaya\" berhasil disimpan"]));
    let record = &made["r"];
    assert_eq!((&record["customerNo"], &record["id"], &record["optLock"]), (&json!("C.00001"), &json!(50), &json!(0)));
    assert_eq!(record["category"]["name"], "Umum");
    assert_eq!(record["currency"]["code"], "IDR");
    assert_eq!(record["customerBranchName"], "[Semua Cabang]");
    assert_eq!(record["createDate"], "02/05/2026 09:15:00");
    accurate.wait(5);
    let changed = accurate.form("customer/save.do", "id=50&billStreet=Jl.+Melati+1&email=");
    let record = &changed["r"];
    assert_eq!((&record["billStreet"], &record["billCity"]), (&json!("Jl. Melati 1"), &json!("Bandung")));
    assert_eq!((&record["email"], &record["optLock"]), (&Value::Null, &json!(1)));
    assert_eq!(
        (&record["createDate"], &record["lastUpdate"]),
        (&json!("02/05/2026 09:15:00"), &json!("02/05/2026 09:15:05"))
    );
    let same = accurate.post("customer/save.do", json!({"id": 50, "billCity": "Bandung", "unknown": {"a": [1]}}));
    assert_eq!(same["r"], changed["r"], "nothing changed, so no new version");
    let by_query = accurate.form("customer/save.do?id=50&billCity=Bogor", "");
    assert_eq!(by_query["r"]["billCity"], "Bogor");
}

#[test]
fn details_are_found_by_id_or_key_and_misses_are_told_apart() {
    let accurate = Accurate::empty();
    accurate.make("customer", json!({"name": "A", "customerNo": "CUST.1"}));
    accurate.make("item", json!({"name": "Teh", "no": "T-1", "itemType": "INVENTORY", "unitPrice": 134400}));
    assert_eq!(accurate.get("customer/detail.do?customerNo=CUST.1")["d"]["id"], 50);
    assert_eq!(accurate.get("warehouse/detail.do?warehouseName=Utama")["d"]["id"], 50);
    let item = accurate.get("item/detail.do?no=T-1");
    assert_eq!(item.get("sp"), None);
    assert_eq!(item["d"]["unitPrice"].to_string(), "134400.0");
    assert_eq!(item["d"]["unit1"], json!({"id": 50, "name": "PCS", "codeUnitTax": null, "optLock": 0}));
    for (path, expected) in [
        ("item/detail.do?id=999", "Barang & Jasa tidak tepat"),
        ("customer/detail.do?customerNo=none", "Pelanggan tidak tepat"),
        ("customer/detail.do?id=abc", "Invalid field value for field \"id\"."),
        ("customer/detail.do", "Field id is required"),
        ("tax/detail.do?description=PPN", "Field id is required"),
    ] {
        assert_eq!(message(&accurate.get(path)), expected, "{path}");
    }
}

#[test]
fn what_cannot_be_saved_is_refused_in_the_servers_words() {
    let accurate = Accurate::empty();
    accurate.make("customer", json!({"name": "A", "customerNo": "X"}));
    accurate.make("item", json!({"name": "A", "no": "X", "itemType": "SERVICE", "upcNo": "1"}));
    accurate.make("employee", json!({"name": "A", "number": "X", "salutation": "MR"}));
    let item = |more: Value| {
        let mut body = json!({"name": "B", "itemType": "INVENTORY"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (module, body, expected) in [
        ("customer", json!({"name": "B", "customerNo": "X"}), "Sudah ada data lain dengan Kode Pelanggan \"X\""),
        ("item", item(json!({"no": "X"})), "Sudah ada data lain dengan Kode Barang \"X\""),
        ("item", item(json!({"upcNo": "1"})), "Sudah ada data lain dengan UPC/Barcode \"1\""),
        ("unit", json!({"name": "PCS"}), "Sudah ada data lain dengan Nama \"PCS\""),
        ("customer", json!({"name": ""}), "Nilai Nama harus diisi"),
        ("customer", json!({"id": 50, "name": ""}), "Nilai Nama harus diisi"),
        ("customer", json!({"customerNo": "Z"}), "Nilai Nama harus diisi"),
        ("employee", json!({"name": "B"}), "Nilai Sapaan harus diisi"),
        (
            "customer",
            json!({"name": "B", "termName": "net 7"}),
            "Syarat Pembayaran net 7 tidak ditemukan atau sudah dihapus",
        ),
        ("customer", json!({"name": "B", "branchName": "Bali"}), "Cabang Bali tidak ditemukan atau sudah dihapus"),
        ("customer", json!({"name": "B", "branchId": 9}), "Cabang 9 tidak ditemukan atau sudah dihapus"),
        (
            "customer",
            json!({"name": "B", "salesmanListNumber": ["N"]}),
            "Karyawan N tidak ditemukan atau sudah dihapus",
        ),
        ("customer", json!({"name": "B", "salesmanNumber": "X"}), "Karyawan X tidak ditemukan atau sudah dihapus"),
        ("item", item(json!({"unit1Name": "LITER"})), "Satuan Barang LITER tidak ditemukan atau sudah dihapus"),
        ("item", item(json!({"itemType": "TOY"})), "Invalid field value for field \"itemType\"."),
        ("item", item(json!({"unitPrice": "many"})), "Invalid field value for field \"unitPrice\"."),
        ("item", item(json!({"unitPrice": 1e12})), "Invalid field value for field \"unitPrice\"."),
        ("customer", json!({"id": 99, "name": "B"}), "Data tidak ditemukan atau sudah dihapus"),
        ("customer", json!({"id": "x", "name": "B"}), "Invalid field value for field \"id\"."),
        (
            "unit",
            json!({"name": "x".repeat(21)}),
            "Data \"Nama\" pada \"Satuan Barang\" terlalu besar. Maksimal 20 karakter",
        ),
        (
            "customer",
            json!({"name": "B", "customerNo": "x".repeat(31)}),
            "Data \"Kode Pelanggan\" pada \"Pelanggan\" terlalu besar. Maksimal 30 karakter",
        ),
    ] {
        assert_eq!(accurate.refusal(module, body.clone()), expected, "{module} {body}");
    }
    assert_eq!(accurate.get("customer/list.do")["sp"]["rowCount"], 1, "nothing refused was stored");
}

#[test]
fn numbers_are_given_where_none_is_sent_and_skip_those_taken() {
    let accurate = Accurate::empty();
    accurate.make("customer", json!({"name": "A", "customerNo": "C.00002"}));
    let numbers = ["B", "C", "D"].map(|name| accurate.make("customer", json!({"name": name}))["customerNo"].clone());
    assert_eq!(numbers, ["C.00001", "C.00003", "C.00004"]);
    let item = accurate.make("item", json!({"name": "A", "itemType": "SERVICE", "no": ""}));
    assert_eq!(item["no"], "100001");
    let kept = accurate.make("customer", json!({"id": 50, "customerNo": ""}));
    assert_eq!(kept["customerNo"], "C.00002");
    let renamed = accurate.make("customer", json!({"id": 50, "customerNo": "NEW"}));
    assert_eq!(renamed["customerNo"], "NEW");
    accurate.make("customer", json!({"name": "E", "customerNo": "C.00002"}));
}

#[test]
fn units_of_an_item_stay_consistent() {
    let accurate = Accurate::empty();
    for name in ["BOX", "KARTON"] {
        accurate.make("unit", json!({"name": name}));
    }
    let form = "name=Teh&itemType=INVENTORY&unit1Name=PCS&unit2Name=BOX&ratio2=12&unit2Price=11000&unitPrice=1000.5";
    let item = accurate.form("item/save.do", form)["r"].clone();
    assert_eq!((&item["unit2"]["name"], &item["ratio2"]), (&json!("BOX"), &json!(12.0)));
    assert_eq!((&item["unit1Price"], &item["hasMultiUnit"]), (&json!(1000.5), &json!(true)));
    assert_eq!(item.get("ratio1"), None);
    assert_eq!((&item["ratio3"], &item["unit3"]), (&json!(0.0), &Value::Null));
    let refused = |body: Value| accurate.refusal("item", body);
    let id = &item["id"];
    assert_eq!(refused(json!({"id": id, "unit3Name": "KARTON"})), "Nilai Rasio Satuan #3 harus diisi");
    let twice = json!({"id": id, "unit3Name": "BOX", "ratio3": 2});
    assert_eq!(refused(twice), "Satuan Barang \"BOX\" dimasukkan lebih dari satu kali");
    let without = accurate.make("item", json!({"id": id, "unit2Name": null}));
    assert_eq!((&without["unit2Id"], &without["ratio2"]), (&Value::Null, &json!(0.0)));
    let taxed = accurate.make("item", json!({"id": id, "tax1Name": "PPN 11%"}));
    assert_eq!(taxed["tax1"]["description"], "Pajak Pertambahan Nilai");
}

#[test]
fn salesmen_of_a_customer_come_back_as_list_and_as_ids() {
    let accurate = Accurate::empty();
    for number in ["S1", "S2"] {
        accurate.make("employee", json!({"name": number, "number": number, "salutation": "MR", "salesman": true}));
    }
    let form = "name=A&salesmanListNumber[0]=S2&salesmanListNumber[1]=S1";
    let customer = accurate.form("customer/save.do", form)["r"].clone();
    assert_eq!((&customer["defaultSalesmanId"], &customer["salesman2Id"]), (&json!(51), &json!(50)));
    assert_eq!(customer["salesman"]["number"], "S2");
    assert_eq!(customer["salesmanList"][1]["name"], "S1");
    let other = accurate.make("customer", json!({"id": customer["id"], "salesmanNumber": "S1"}));
    assert_eq!(other["defaultSalesmanId"], 50);
}

#[test]
fn bulk_saves_answer_in_order_and_keep_what_worked() {
    let accurate = Accurate::empty();
    let body = json!({"data": [{"name": "A", "customerNo": "1"}, {"name": "B", "customerNo": "1"}, {"name": "C"}]});
    let answer = accurate.post("customer/bulk-save.do", body);
    assert_eq!(answer["s"], false);
    assert_eq!(answer["d"][0]["r"]["customerNo"], "1");
    assert_eq!(answer["d"][1], json!({"s": false, "d": ["Sudah ada data lain dengan Kode Pelanggan \"1\""]}));
    assert_eq!(answer["d"][2]["d"], json!(["Pelanggan \"C\" berhasil disimpan"]));
    let form = accurate.form("unit/bulk-save.do", "data[0].name=BOX&data[1].name=KARTON");
    assert_eq!((&form["s"], &form["d"][1]["r"]["name"]), (&json!(true), &json!("KARTON")));
    let many: Vec<Value> = (0..101).map(|n| json!({"name": format!("U{n}")})).collect();
    message(&accurate.post("unit/bulk-save.do", json!({"data": many})));
    assert_eq!(accurate.post("unit/bulk-save.do", json!({"data": many[..100]}))["s"], true);
    assert_eq!(message(&accurate.post("unit/bulk-save.do", json!({"detail": []}))), "Field data is required");
}

#[test]
fn deletes_take_id_or_key_and_spare_what_is_in_use() {
    let accurate = Accurate::empty();
    for no in ["A", "B", "C"] {
        accurate.make(
            "item",
            json!({"name": format!("Barang {no}"), "no": no, "itemType": "INVENTORY", "tax1Name": "PPN 11%"}),
        );
    }
    accurate.make("customer", json!({"name": "T", "customerNo": "T"}));
    accurate.make("sales-order", json!({"customerNo": "T", "detailItem": [{"itemNo": "C", "unitPrice": 1}]}));
    assert_eq!(accurate.delete("item/delete.do?no=A")["d"], json!(["Barang & Jasa \"Barang A\" berhasil dihapus"]));
    assert_eq!(accurate.form("item/delete.do", "id=51")["s"], true);
    assert_eq!(message(&accurate.delete("item/delete.do?id=51")), "Barang & Jasa tidak ditemukan atau sudah dihapus");
    for used in
        ["item/delete.do?no=C", "customer/delete.do?customerNo=T", "unit/delete.do?unitName=PCS", "tax/delete.do?id=50"]
    {
        assert!(message(&accurate.delete(used)).contains("tidak dapat dihapus"), "{used}");
    }
    assert_eq!(accurate.delete("sales-order/delete.do?number=SO.2026.05.00001")["s"], true);
    assert_eq!(accurate.delete("item/delete.do?no=C")["s"], true);
    assert_eq!(accurate.get("item/list.do")["d"], json!([]));
    assert_eq!(accurate.make("item", json!({"name": "D", "itemType": "SERVICE"}))["id"], 53, "ids are never reused");
}

#[test]
fn bodies_that_are_no_json_are_refused_without_harm() {
    let accurate = Accurate::empty();
    for body in ["{", "[1,2]", "nonsense", "\"x\"", "{\"name\": {\"a\": 1}}", "{\"name\": \"x\", \"detailContact\": 5}"]
    {
        let answer = accurate.call("POST", "/accurate/api/customer/save.do", "application/json; charset=utf-8", body);
        assert!(answer.status == 400 || answer.status == 200, "{body}: {}", answer.status);
        answer.json();
    }
    assert_eq!(accurate.get("branch/list.do")["s"], true);
}
