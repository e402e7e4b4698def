//! The module employee: what employees, salesmen among them, look like and what a save takes.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::masters_check::check_employee;
use super::model::{Compare, Embedded, Module, Numbering, Shape, filter, nothing_to_complete, template, to};
use super::param::{Param, by_id, choice, date, flag, integer, named, number, text};
use super::values;
use crate::world::{Database, Row};

static EMPLOYEE_TEMPLATE: LazyLock<Row> = LazyLock::new(|| {
    template(
        r#"{"id": null, "number": null, "name": null, "salesman": false, "suspended": false, "resign": false,
            "resignMonth": null, "resignYear": null, "joinDate": null, "joinDateView": null, "branchId": null,
            "branch": null, "departmentId": null, "employeeTaxStatus": "TK0", "employeeWorkStatus": "PEGAWAI_TETAP",
            "employeeWorkStatusName": null, "nikNo": null, "npwpNo": null, "bankName": null, "bankAccount": null,
            "bankAccountName": null, "bankCode": null, "domisiliType": "INA", "calculatePtkp": false, "pph": false,
            "pphBefore": 0.0, "nettoIncomeBefore": 0.0, "startMonthPayment": null, "startYearPayment": null,
            "addressId": null, "contactInfoId": null, "salesmanUserId": null, "posRoleId": null,
            "attachmentExist": false, "position": null, "email": null, "mobilePhone": null, "homePhone": null,
            "workPhone": null, "bbmPin": null, "website": null, "notes": null, "salutation": null, "street": null,
            "city": null, "province": null, "country": null, "zipCode": null, "optLock": 0}"#,
        &[],
    )
});

const EMPLOYEE_PARAMS: &[Param] = &[
    text("name", 100).label("Nama").required(),
    choice("salutation", &["MR", "MRS"]).label("Sapaan").required(),
    date("transDate").label("Tanggal").strict(),
    text("number", 30).label("Kode Karyawan"),
    flag("salesman"),
    flag("suspended"),
    by_id("branchId", "branch"),
    named("branchName", "branchId", "branch", &["name"]),
    text("position", 60),
    date("joinDate"),
    text("email", 100),
    text("mobilePhone", 30),
    text("homePhone", 30),
    text("workPhone", 30),
    text("bbmPin", 30),
    text("nikNo", 30),
    text("npwpNo", 30),
    text("street", 255),
    text("city", 60),
    text("province", 60),
    text("country", 60),
    text("zipCode", 20),
    text("bankName", 60),
    text("bankAccount", 60),
    text("bankAccountName", 60),
    text("bankCode", 30),
    text("domisiliType", 10),
    choice("employeeTaxStatus", &["K0", "K1", "K2", "K3", "TK0", "TK1", "TK2", "TK3"]),
    text("employeeWorkStatus", 60),
    flag("pph"),
    flag("calculatePtkp"),
    number("nettoIncomeBefore"),
    number("pphBefore"),
    integer("startMonthPayment"),
    integer("startYearPayment"),
    text("website", 100),
    text("notes", 1000),
];

/// What only `employee/detail.do` gives.
const EMPLOYEE_DETAIL_ONLY: &[&str] = &[
    "branch",
    "employeeWorkStatusName",
    "position",
    "email",
    "mobilePhone",
    "homePhone",
    "workPhone",
    "bbmPin",
    "website",
    "notes",
    "salutation",
    "street",
    "city",
    "province",
    "country",
    "zipCode",
];

/// Karyawan.
pub static EMPLOYEE: Module = Module {
    name: "employee",
    label: "Karyawan",
    has_fields: false,
    saves: true,
    bulk: false,
    deletes: true,
    alternative: Some(("number", "number")),
    called: "name",
    unique: &[("number", "Kode Karyawan")],
    numbering: Some(Numbering { column: "number", prefix: "E.", width: 5, after: 0 }),
    shape: Shape {
        template: || &EMPLOYEE_TEMPLATE,
        references: &[to("branch", "branchId", "branch")],
        lines: &[],
        computed: employee_computed,
    },
    short: &["number", "name", "id"],
    embedded: Embedded::Without(EMPLOYEE_DETAIL_ONLY),
    detail_only: EMPLOYEE_DETAIL_ONLY,
    params: EMPLOYEE_PARAMS,
    filters: &[
        filter("branchId", Compare::Number),
        filter("keywords", Compare::Keywords),
        filter("lastUpdate", Compare::Moment),
        filter("salesman", Compare::Flag),
    ],
    shows_times: false,
    complete: nothing_to_complete,
    check: check_employee,
};

fn employee_computed(_: &Database, row: &Row, member: &str) -> Option<Value> {
    match member {
        "joinDateView" => Some(values::view(row.get("joinDate").unwrap_or(&Value::Null))),
        "employeeWorkStatusName" => Some(json!(match row.get("employeeWorkStatus").and_then(Value::as_str) {
            None | Some("PEGAWAI_TETAP") => "Pegawai Tetap",
            Some(other) => other,
        })),
        _ => None,
    }
}
