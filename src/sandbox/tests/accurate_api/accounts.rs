//! Accounts: the Administrator, the branch account with all eight rights, those that lack one, and who sees what.

use selaras_sandbox::accurate::rights::RIGHTS;
use serde_json::{Value, json};

use super::client::{Accurate, column, hex, message, sign};
use super::user::User;

const PANDUAN: u64 = 1_234_567;
const NO_RIGHT: &str = "Anda tidak memiliki hak akses untuk melakukan proses ini";

fn ids(answer: &Value, name: &str) -> Vec<u64> {
    column(answer, name).iter().map(|value| value.as_u64().unwrap()).collect()
}

#[test]
fn an_administrator_sees_every_database_and_branch() {
    let accurate = Accurate::panduan();
    let admin = User::at_work(&accurate, "admin", PANDUAN);
    assert_eq!(admin.token["user"]["email"], "admin@sandbox.example");
    let databases = admin.account("db-list.do").json();
    assert_eq!(ids(&databases, "id"), [1_234_567, 2_345_678, 3_456_789]);
    assert_eq!(column(&databases, "admin"), [json!(true), json!(true), json!(true)]);
    assert_eq!(column(&databases, "expired"), [json!(false), json!(false), json!(true)]);
    assert_eq!(ids(&admin.list("branch").json(), "id").len(), 3);
    assert_eq!(admin.list("customer").json()["sp"]["rowCount"], 423);
    assert_eq!(ids(&admin.list("access-privilege").json(), "id").len(), 2);
    assert_eq!(admin.account("userinfo.do").json()["d"]["name"], "Admin Sandbox");
}

#[test]
fn a_branch_account_sees_its_branch_and_what_belongs_to_all() {
    let accurate = Accurate::panduan();
    let cabang = User::at_work(&accurate, "cabang@sandbox.example", PANDUAN);
    let databases = cabang.account("db-list.do").json();
    assert_eq!((ids(&databases, "id"), column(&databases, "admin")), (vec![PANDUAN], vec![json!(false)]));
    assert_eq!(message(&cabang.account("open-db.do?id=2345678").json()), "Data Usaha tidak tepat");
    assert_eq!(ids(&cabang.list("branch").json(), "id"), [100]);
    accurate.order("knobs", json!({"branch_rows": "all"}));
    assert_eq!(ids(&cabang.list("branch").json(), "id").len(), 3);
    // 131 that cross, 23 samples and 82 suspended ones; 187 belong to other branches.
    let customers = cabang.list("customer").json();
    assert_eq!(customers["sp"]["rowCount"], 423 - 187);
    let admin = User::at_work(&accurate, "admin", PANDUAN);
    let all = admin.data("GET", "customer/list.do?sp.pageSize=1000&fields=id,branchId", "").json();
    let hidden = all["d"].as_array().unwrap().iter().find(|row| row["branchId"] == json!(101)).unwrap()["id"].clone();
    let detail = |user: &User| user.data("GET", &format!("customer/detail.do?id={hidden}"), "").json();
    assert_eq!((&detail(&admin)["s"], &detail(&cabang)["s"]), (&json!(true), &json!(false)));
}

#[test]
fn a_branch_account_changes_nothing_of_other_branches() {
    let accurate = Accurate::panduan();
    let (admin, cabang) = (User::at_work(&accurate, "admin", PANDUAN), User::at_work(&accurate, "cabang", PANDUAN));
    let made = |answer: Value| {
        assert_eq!(answer["s"], json!(true), "{answer}");
        answer["r"].clone()
    };
    let there = made(admin.save("customer", json!({"name": "Surabaya Satu", "branchId": 101})));
    let everywhere = made(admin.save("customer", json!({"name": "Semua Satu"})));
    let foreign = "Anda tidak memiliki hak akses ke Cabang \"Surabaya\"";
    assert_eq!(message(&cabang.save("customer", json!({"name": "Dua", "branchId": 101}))), foreign);
    assert_eq!(message(&cabang.save("customer", json!({"name": "Dua", "branchName": "Surabaya"}))), foreign);
    assert_eq!(message(&cabang.save("customer", json!({"id": everywhere["id"], "branchId": 101}))), foreign);
    let gone = "Data tidak ditemukan atau sudah dihapus";
    assert_eq!(message(&cabang.save("customer", json!({"id": there["id"], "notes": "x"}))), gone);
    let bulk = json!({"data": [{"id": there["id"], "notes": "x"}, {"id": everywhere["id"], "notes": "x"}]});
    let bulk = cabang.data("POST", "customer/bulk-save.do", &bulk.to_string()).json();
    assert_eq!(column(&json!({"s": true, "d": bulk["d"]}), "s"), [json!(false), json!(true)]);
    assert_eq!(cabang.data("DELETE", &format!("customer/delete.do?id={}", there["id"]), "").json()["s"], false);
    made(cabang.save("customer", json!({"name": "Tiga", "branchId": 100})));
    let item = &admin.data("GET", "item/list.do?filter.suspended=false", "").json()["d"][0]["id"];
    let item = admin.data("GET", &format!("item/detail.do?id={item}"), "").json()["d"]["no"].clone();
    accurate.sandbox.with_world(|world| {
        let branches = world.accurate.databases.get_mut(&PANDUAN).unwrap().table_mut("branch");
        for (id, row) in &mut branches.rows {
            row.insert("defaultBranch".to_owned(), json!(*id == 50));
        }
    });
    let order = json!({"customerNo": everywhere["customerNo"], "detailItem": [{"itemNo": item, "quantity": 1}]});
    assert_eq!(made(admin.save("sales-order", order.clone()))["branchId"], 50);
    assert_eq!(made(cabang.save("sales-order", order))["branchId"], 100, "its own branch, not the default one");
}

#[test]
fn each_account_that_lacks_a_right_is_refused_there_and_nowhere_else() {
    let accurate = Accurate::panduan();
    for lacking in &RIGHTS {
        let user = User::at_work(&accurate, &format!("tanpa-{}", lacking.key), PANDUAN);
        for right in &RIGHTS {
            let answer = user.list(right.module);
            assert_eq!(answer.status, 200, "{}", answer.text);
            let refused = right.module == lacking.module;
            assert_eq!(answer.json()["s"], json!(!refused), "{} {}", lacking.key, right.module);
            if refused {
                assert_eq!(message(&answer.json()), NO_RIGHT);
                let save = user.save(right.module, json!({"name": "x"}));
                assert_eq!(message(&save), NO_RIGHT);
            }
        }
        for open in ["branch", "access-privilege", "customer-category", "item-category", "price-category", "currency"] {
            assert_eq!(user.list(open).json()["s"], json!(true), "{open}");
        }
        assert!(user.token["scope"].as_str().unwrap().contains("tax_view"), "nothing shows before it is used");
    }
}

#[test]
fn accounts_that_may_not_save_may_read() {
    let accurate = Accurate::panduan();
    for lacking in &RIGHTS {
        let user = User::at_work(&accurate, &format!("tanpa-simpan-{}", lacking.key), PANDUAN);
        for right in &RIGHTS {
            assert_eq!(user.list(right.module).json()["s"], json!(true), "{}", right.module);
            // An empty save is refused for what it lacks, unless the right is missing.
            let refused = user.save(right.module, json!({}))["d"] == json!([NO_RIGHT]);
            assert_eq!(refused, right.module == lacking.module, "{} {}", lacking.key, right.module);
        }
    }
    let cabang = User::at_work(&accurate, "cabang", PANDUAN);
    assert_eq!(message(&cabang.save("customer-category", json!({"name": "x"}))), NO_RIGHT);
}

#[test]
fn a_missing_right_can_show_as_a_scope_that_was_not_granted() {
    let accurate = Accurate::panduan();
    accurate.order("knobs", json!({"missing_right_shows": "scopes", "closed_lists": ["branch"]}));
    let user = User::at_work(&accurate, "tanpa-pajak", PANDUAN);
    let approved = user.account("approved-scope.do").json()["d"].clone();
    assert!(!user.token["scope"].as_str().unwrap().contains("tax_view"));
    assert!(!approved.as_array().unwrap().contains(&json!("tax_view")));
    assert!(approved.as_array().unwrap().contains(&json!("unit_view")));
    let answer = user.list("tax");
    assert_eq!((answer.status, &answer.json()["scope"]), (403, &json!("tax_view")));
    assert_eq!(user.list("branch").status, 403, "a closed list is for Administrators");
    assert_eq!(User::at_work(&accurate, "admin", PANDUAN).list("branch").status, 200);
    accurate.order("knobs", json!({"missing_right_shows": "refusal"}));
    assert_eq!(message(&user.list("tax").json()), NO_RIGHT);
    assert_eq!(message(&user.list("branch").json()), NO_RIGHT);
}

#[test]
fn an_api_token_has_the_rights_and_the_branch_of_its_account() {
    let accurate = Accurate::panduan();
    let made = accurate.order("accurate/api-token", json!({"account": "tanpa-pajak"}));
    let (token, secret) = (made["token"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let now = accurate.sandbox.state().now().as_second().to_string();
    let (bearer, signature) = (format!("Bearer {token}"), hex(&sign(&now, secret)));
    let headers = [("Authorization", bearer.as_str()), ("X-Api-Timestamp", &now), ("X-Api-Signature", &signature)];
    let get = |path: &str| accurate.raw("GET", path, &headers, "").json();
    assert_eq!(get("/api/api-token.do")["d"]["user"]["name"], "Tanpa Pajak");
    assert_eq!(message(&get("/accurate/api/tax/list.do")), NO_RIGHT);
    assert_eq!(get("/accurate/api/customer/list.do")["sp"]["rowCount"], 423 - 187);
    assert_eq!(get("/api/db-list.do")["d"][0]["admin"], false);
    // The token that a sandbox hands out stays the Administrator's of the first database.
    assert_eq!(accurate.setting("database"), "1234567");
    assert_eq!(accurate.setting("branch"), "100");
    assert_eq!(accurate.get("customer/list.do")["sp"]["rowCount"], 423);
}
