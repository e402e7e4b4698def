//! Field by field: what each master holds arrives on the other side as what it is, is cleared there when it is cleared here, and freezes when
//! its record leaves the scope.

mod support;

use selaras_model::Side;
use selaras_run::ActionEnd;
use serde_json::{Value as Json, json};
use support::company::{CUSTOMERS, accurate, company, smh, unit};
use support::{World, accounts, counters, everything_adds_up, kinds, reasons, text};

/// A company with what masters refer to.
fn furnished() -> World {
    let mut world = company();
    let client = world.accurate();
    client.save("payment-term", json!({"name": "net 30", "netDays": 30}));
    client.save("customer-category", json!({"name": "Grosir"}));
    client.save("item-category", json!({"name": "Minuman"}));
    client.save("price-category", json!({"name": "Eceran"}));
    for (number, name) in [("S-1", "Budi"), ("S-2", "Wati")] {
        client.save("employee", json!({"number": number, "name": name, "salutation": "MR", "salesman": true}));
    }
    world.settle();
    world
}

fn id(world: &World, resource: &str, code: &str) -> Json {
    smh(world, resource, code)["id"].clone()
}

/// A customer of SMH with everything, and the same as Accurate shows it.
fn full_customer(world: &World) -> (Json, Json) {
    let here = json!({
        "code": "CS-1", "name": "Toko Sumber Rejeki", "address": "Jl. Melati No. 1, Blok \"A\" & B", "city": "Bekasi", "province": "Jawa Barat",
        "postalCode": "01711", "country": "Indonesia", "phone": "021 555-1234", "handphone": "0812-3456-7890", "email": "Toko@Contoh.id",
        "taxNumber": "01.234.567.8-901.000", "category": "Grosir", "priceList": "Eceran",
        "paymentTermId": id(world, "payment-terms", "net 30"), "salesmanId": id(world, "employees", "S-1"),
        "creditLimit": "12345678.5", "notes": "Baris satu\nBaris dua",
    });
    let there = json!({
        "customerNo": "CS-1", "name": "Toko Sumber Rejeki", "billStreet": "Jl. Melati No. 1, Blok \"A\" & B", "billCity": "Bekasi",
        "billProvince": "Jawa Barat", "billZipCode": "01711", "billCountry": "Indonesia", "npwpNo": "01.234.567.8-901.000",
        "notes": "Baris satu\nBaris dua", "customerLimitAmount": true, "customerLimitAmountValue": 12_345_678.5, "suspended": false,
    });
    (here, there)
}

fn assert_holds(shown: &Json, expected: &Json) {
    for (member, value) in expected.as_object().expect("an object") {
        assert_eq!(&shown[member], value, "{member}");
    }
}

fn detail(world: &World, module: &str, member: &str, value: &str) -> Json {
    world.accurate().detail(module, &text(&accurate(world, module, member, value)["id"]))
}

#[test]
fn every_field_of_a_customer_reaches_accurate() {
    let mut world = furnished();
    let (here, there) = full_customer(&world);
    world.http().smh_create("customers", here);
    let (_, applied) = world.settle();
    assert!(applied.results.iter().all(|result| result.stored_differently.is_empty()), "{:?}", applied.results);
    let shown = detail(&world, "customer", "customerNo", "CS-1");
    assert_holds(&shown, &there);
    assert_eq!((&shown["term"]["name"], &shown["salesman"]["number"]), (&json!("net 30"), &json!("S-1")));
    assert_eq!((&shown["category"]["name"], &shown["priceCategory"]["name"]), (&json!("Grosir"), &json!("Eceran")));
    assert_eq!(shown["email"].as_str().map(str::to_lowercase).as_deref(), Some("toko@contoh.id"));
    for (member, digits) in [("workPhone", "0215551234"), ("mobilePhone", "081234567890")] {
        let number: String = text(&shown[member]).chars().filter(char::is_ascii_digit).collect();
        assert!(number.ends_with(&digits[1..]), "{member}: {number}");
    }
}

#[test]
fn every_field_of_a_customer_reaches_smh() {
    let mut world = furnished();
    let (mut here, mut there) = full_customer(&world);
    let more = json!({"termName": "net 30", "salesmanNumber": "S-1", "categoryName": "Grosir", "priceCategoryName": "Eceran",
        "workPhone": "021 555-1234", "mobilePhone": "0812-3456-7890", "email": "Toko@Contoh.id"});
    there.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.accurate().save("customer", there);
    world.settle();
    let shown = smh(&world, "customers", "CS-1");
    for member in ["phone", "handphone", "email"] {
        here.as_object_mut().unwrap().remove(member);
    }
    assert_holds(&shown, &here);
    assert_eq!((&shown["source"], &shown["status"]), (&json!("partner"), &json!("active")));
    assert!(!shown["phone"].is_null() && !shown["handphone"].is_null() && !shown["email"].is_null(), "{shown}");
}

#[test]
fn every_field_of_a_product_and_an_employee_reaches_accurate() {
    let mut world = furnished();
    let product = json!({"code": "PD-1", "name": "Teh Botol 350 ml", "category": "Minuman", "barcode": "8991234567890",
        "taxId": id(&world, "taxes", "PPN 11%"), "unitL": unit(&world, "DUS"), "ratioL": "24", "priceL": "96000",
        "unitM": unit(&world, "PCS"), "ratioM": "1", "priceM": "4000.25", "notes": "Dingin"});
    world.http().smh_create("products", product);
    let employee = json!({"code": "E-01", "name": "Agung", "position": "Salesman", "email": "agung@contoh.id",
        "handphone": "081234500001", "isSalesman": true});
    world.http().smh_create("employees", employee);
    let (_, applied) = world.settle();
    assert!(applied.results.iter().all(|result| result.stored_differently.is_empty()), "{:?}", applied.results);
    let item = detail(&world, "item", "no", "PD-1");
    assert_holds(
        &item,
        &json!({"name": "Teh Botol 350 ml", "upcNo": "8991234567890", "unitPrice": 4000.25, "ratio2": 24.0,
        "unit2Price": 96_000.0, "notes": "Dingin", "itemType": "INVENTORY", "suspended": false}),
    );
    assert_eq!((&item["itemCategory"]["name"], &item["tax1"]["taxInfo"]), (&json!("Minuman"), &json!("PPN 11%")));
    assert_eq!((&item["unit1"]["name"], &item["unit2"]["name"]), (&json!("PCS"), &json!("DUS")));
    let shown = detail(&world, "employee", "number", "E-01");
    assert_holds(
        &shown,
        &json!({"name": "Agung", "position": "Salesman", "email": "agung@contoh.id", "salesman": true, "salutation": "MR"}),
    );
}

/// What was cleared in Accurate or SMH is cleared on the other side: absent is one thing, empty is another.
#[test]
fn what_is_cleared_on_one_side_is_cleared_on_the_other() {
    let blank_here = json!({"address": null, "city": null, "province": null, "postalCode": null, "country": null, "phone": null,
        "handphone": null, "email": null, "taxNumber": null, "paymentTermId": null, "salesmanId": null, "creditLimit": null, "notes": null});
    let blank_there = json!({"billStreet": "", "billCity": "", "billProvince": "", "billZipCode": "", "billCountry": "", "workPhone": "",
        "mobilePhone": "", "email": "", "npwpNo": "", "termName": "", "salesmanNumber": "", "customerLimitAmount": false,
        "customerLimitAmountValue": 0, "notes": ""});
    for from_smh in [true, false] {
        let mut world = furnished();
        let (here, _) = full_customer(&world);
        world.http().smh_create("customers", here);
        world.settle();
        let (there, here) = (accurate(&world, "customer", "customerNo", "CS-1"), smh(&world, "customers", "CS-1"));
        if from_smh {
            world.http().smh_update("customers", &text(&here["id"]), blank_here.clone());
        } else {
            let mut body = blank_there.clone();
            body["id"] = there["id"].clone();
            world.accurate().save("customer", body);
        }
        let (_, applied) = world.settle();
        assert!(
            applied.results.iter().all(|result| matches!(result.end, ActionEnd::Applied { .. })),
            "{:?}",
            applied.results
        );
        assert_holds(&smh(&world, "customers", "CS-1"), &blank_here);
        let shown = detail(&world, "customer", "customerNo", "CS-1");
        for member in [
            "billStreet",
            "billCity",
            "billProvince",
            "billZipCode",
            "billCountry",
            "workPhone",
            "mobilePhone",
            "email",
            "npwpNo",
            "defaultTermId",
            "defaultSalesmanId",
            "notes",
        ] {
            assert!(shown[member].is_null() || shown[member] == json!(""), "{from_smh} {member}: {}", shown[member]);
        }
        assert_eq!(shown["customerLimitAmount"], json!(false), "no limit is not a limit of nothing");
        assert_eq!(
            (&shown["name"], &shown["category"]["name"]),
            (&json!("Toko Sumber Rejeki"), &json!("Grosir")),
            "the rest stays"
        );
    }
}

#[test]
fn a_customer_gets_another_salesman_and_another_term() {
    let mut world = furnished();
    let (here, _) = full_customer(&world);
    let made = text(&world.http().smh_create("customers", here)["id"]);
    world.settle();
    let change =
        json!({"salesmanId": id(&world, "employees", "S-2"), "paymentTermId": id(&world, "payment-terms", "C.O.D")});
    world.http().smh_update("customers", &made, change);
    world.settle();
    let shown = detail(&world, "customer", "customerNo", "CS-1");
    assert_eq!((&shown["salesman"]["number"], &shown["term"]["name"]), (&json!("S-2"), &json!("C.O.D")));
    world.accurate().save("customer", json!({"id": shown["id"], "salesmanNumber": "S-1", "termName": "net 30"}));
    world.settle();
    let here = smh(&world, "customers", "CS-1");
    assert_eq!(
        (&here["salesmanId"], &here["paymentTermId"]),
        (&id(&world, "employees", "S-1"), &id(&world, "payment-terms", "net 30"))
    );
}

/// Accurate fills in defaults of its own where SMH says nothing; that is no edit, and it does not come back.
#[test]
fn defaults_that_accurate_fills_in_stay_there() {
    let mut world = furnished();
    let made = world.http().smh_create("customers", json!({"code": "CS-1", "name": "Toko Baru"}));
    world.settle();
    let shown = detail(&world, "customer", "customerNo", "CS-1");
    assert_eq!((&shown["category"]["name"], &shown["term"]["name"]), (&json!("Umum"), &json!("C.O.D")));
    let here = smh(&world, "customers", "CS-1");
    assert_eq!((&here["category"], &here["paymentTermId"]), (&Json::Null, &Json::Null));
    // Edited later on either side, they cross like any other field.
    world.http().smh_update("customers", &text(&made["id"]), json!({"category": "Grosir"}));
    world.accurate().save("customer", json!({"id": shown["id"], "termName": "net 30"}));
    world.settle();
    assert_eq!(detail(&world, "customer", "customerNo", "CS-1")["category"]["name"], "Grosir");
    assert_eq!(smh(&world, "customers", "CS-1")["paymentTermId"], id(&world, "payment-terms", "net 30"));
}

#[test]
fn a_record_that_leaves_the_scope_freezes_its_pair_until_it_returns() {
    let mut world = furnished();
    world.http().smh_create("customers", json!({"code": "CS-1", "name": "Toko Baru"}));
    world.settle();
    let there = accurate(&world, "customer", "customerNo", "CS-1");
    let branch = |name: &str| accurate(&world, "branch", "name", name)["id"].clone();
    let (surabaya, jakarta) = (branch("Surabaya"), branch("Jakarta"));
    let client = world.accurate();
    client.save("customer", json!({"id": there["id"], "branchId": surabaya, "notes": "pindah"}));
    world.http().smh_update(
        "customers",
        &text(&smh(&world, "customers", "CS-1")["id"]),
        json!({"handphone": "081111111111"}),
    );
    for _ in 0..2 {
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
        assert_eq!(planned.plan.actions, [], "{:?}", kinds(&planned.plan));
        assert_eq!(reasons(accounts(&planned.plan, CUSTOMERS, Side::Left)), [("another branch", 1)]);
        assert_eq!(counters(&applied.sync_info, "smh", CUSTOMERS), [0, 1, 0, 1]);
        assert_eq!(counters(&applied.sync_info, "accurate", CUSTOMERS), [0, 0, 1, 1]);
    }
    assert_eq!(accurate(&world, "customer", "customerNo", "CS-1")["mobilePhone"], Json::Null);
    client.save("customer", json!({"id": there["id"], "branchId": jakarta}));
    world.settle();
    assert_eq!(smh(&world, "customers", "CS-1")["notes"], "pindah", "what happened meanwhile crosses then");
    assert_eq!(accurate(&world, "customer", "customerNo", "CS-1")["mobilePhone"], "081111111111");
    assert_eq!((world.http().smh_all("customers").len(), world.accurate_rows("customer").len()), (1, 1));
}

/// A code of SMH that a record of another branch has in Accurate is taken: nothing is sent that Accurate must refuse.
#[test]
fn a_code_that_another_branch_uses_is_told_and_not_tried() {
    let mut world = furnished();
    let surabaya = accurate(&world, "branch", "name", "Surabaya")["id"].clone();
    world.accurate().save("customer", json!({"customerNo": "CS-1", "name": "Toko Surabaya", "branchId": surabaya}));
    world.http().smh_create("customers", json!({"code": "CS-1", "name": "Toko Jakarta"}));
    for _ in 0..2 {
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
        assert_eq!(planned.plan.actions, [], "{:?}", kinds(&planned.plan));
        let held: Vec<&str> = planned.plan.held.iter().map(|held| held.reason.key.as_str()).collect();
        assert_eq!(held, ["plan-hold-candidate-outside"]);
    }
    assert_eq!(smh(&world, "customers", "CS-1")["name"], "Toko Jakarta");
}

/// The mirror of scenario 26: SMH does not let go of a customer that an order uses.
#[test]
fn a_delete_that_smh_refuses_is_told_once_and_leaves_the_pair() {
    let mut world = furnished();
    world.edit_mapping(
        "on_delete: { accurate: deactivate, smh: delete }",
        "on_delete: { accurate: delete, smh: delete }",
    );
    let client = world.accurate();
    let made = client.save("customer", json!({"customerNo": "C.1", "name": "Toko Satu"}));
    client.save("customer", json!({"customerNo": "C.2", "name": "Toko Dua"}));
    client.save("item", json!({"no": "B.1", "name": "Teh", "itemType": "INVENTORY", "unit1Name": "PCS"}));
    world.settle();
    let line = json!({"productId": id(&world, "products", "B.1"), "unitId": unit(&world, "PCS"), "quantity": "2", "price": "1000"});
    let order = json!({"date": "2026-05-02", "customerId": id(&world, "customers", "C.1"), "lines": [line]});
    world.http().smh_create("orders", order);
    client.delete("customer", &text(&made["id"]));
    let (planned, applied) = world.apply();
    everything_adds_up(&planned, Some(&applied));
    assert!(
        matches!(&applied.results[..], [only] if matches!(only.end, ActionEnd::Rejected(_))),
        "{:?}",
        applied.results
    );
    for _ in 0..2 {
        let (planned, applied) = world.apply();
        everything_adds_up(&planned, Some(&applied));
        assert_eq!(planned.plan.actions, []);
        assert_eq!(smh(&world, "customers", "C.1")["status"], "active");
        assert_eq!(counters(&applied.sync_info, "smh", CUSTOMERS), [0, 0, 2, 2]);
    }
}
