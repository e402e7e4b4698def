//! Accurate's message texts: which kind of failure each one is, and which member it speaks of. Texts are those seen from the live server
//! unless marked as assumed. Messages are asked for in Indonesian; HTTP statuses are `refusal`'s business.

use crate::catalogue::{self, Module};
use crate::phrases::{fail, say};
use selaras_connector_api::{Code, Failure};

/// What was being done when a message came; some words mean different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Finding hosts, opening a database.
    Open,
    /// Listing.
    List,
    /// Reading one record.
    Detail,
    /// Creating or changing.
    Save,
    /// Removing.
    Delete,
}

impl Purpose {
    /// The verb of the scope that is needed for it; `None` where none is.
    pub(crate) fn verb(self) -> Option<&'static str> {
        match self {
            Purpose::Open => None,
            Purpose::List | Purpose::Detail => Some("view"),
            Purpose::Save => Some("save"),
            Purpose::Delete => Some("delete"),
        }
    }
}

/// When a rule holds.
#[derive(Clone, Copy)]
enum On {
    Any,
    Only(Purpose),
}

/// Words in a message, in lower case, and what they mean. The first rule that fits counts.
const RULES: &[(On, &str, Code)] = &[
    // Session, token, address: never about a record, although they say "tidak tepat" too.
    (On::Any, "session key tidak tepat", Code::NotConnected),
    (On::Any, "url api tidak tepat", Code::Unsupported),
    (On::Any, "sudah termasuk sesi database", Code::Settings),
    (On::Any, "api token", Code::Unauthorised),
    (On::Any, "invalid_token", Code::Unauthorised),
    (On::Any, "x-api-", Code::Unauthorised),
    (On::Any, "unauthorized", Code::Unauthorised),
    // A database that is over. A trial was seen, a subscription is assumed.
    (On::Any, "masa ujicoba", Code::Settings),
    (On::Only(Purpose::Open), "sudah berakhir", Code::Settings),
    // Rights. "branch access" was seen; the others are assumed.
    (On::Any, "branch access", Code::Forbidden),
    (On::Any, "hak akses", Code::Forbidden),
    (On::Any, "tidak berhak", Code::Forbidden),
    // Too many calls, should that be said in an envelope (assumed).
    (On::Any, "terlalu banyak permintaan", Code::RateLimited),
    (On::Any, "too many request", Code::RateLimited),
    // Uniqueness.
    (On::Any, "sudah ada data lain dengan", Code::Conflict),
    // Someone else saved meanwhile (assumed).
    (On::Only(Purpose::Save), "telah diubah oleh", Code::VersionMismatch),
    // In a save these words speak of what the record refers to, elsewhere of the record itself.
    (On::Only(Purpose::Save), "tidak ditemukan", Code::ReferenceMissing),
    (On::Only(Purpose::Save), "tidak tepat", Code::ReferenceMissing),
    (On::Only(Purpose::Detail), "tidak ditemukan atau sudah dihapus", Code::NotFound),
    (On::Only(Purpose::Detail), "tidak tepat", Code::NotFound),
    (On::Only(Purpose::Delete), "tidak ditemukan atau sudah dihapus", Code::NotFound),
    (On::Only(Purpose::Delete), "tidak tepat", Code::NotFound),
    // Out of use (assumed).
    (On::Any, "nonaktif", Code::InactiveReference),
    (On::Any, "non aktif", Code::InactiveReference),
    (On::Any, "tidak aktif", Code::InactiveReference),
    // In use (assumed). In a save, "already used" is about a number.
    (On::Only(Purpose::Save), "sudah digunakan", Code::Conflict),
    (On::Only(Purpose::Save), "sudah dipakai", Code::Conflict),
    (On::Only(Purpose::Delete), "digunakan", Code::InUse),
    (On::Only(Purpose::Delete), "dipakai", Code::InUse),
    (On::Only(Purpose::Delete), "transaksi", Code::InUse),
    (On::Only(Purpose::Delete), "tidak dapat dihapus", Code::InUse),
    (On::Only(Purpose::Delete), "tidak bisa dihapus", Code::InUse),
];

/// The failure that a message of the system means. Words not in the table are a refused value in a save, and a refusal elsewhere.
pub(crate) fn failure(text: &str, purpose: Purpose, module: Option<&Module>) -> Failure {
    let lower = without_quotations(text).to_lowercase();
    let holds = |on: On| match on {
        On::Any => true,
        On::Only(only) => only == purpose,
    };
    let code = RULES.iter().find(|(on, words, _)| holds(*on) && lower.contains(words)).map(|(.., code)| *code);
    let code = match (code, purpose) {
        (Some(Code::ReferenceMissing), _) if speaks_of_itself(text, module) => Code::NotFound,
        (Some(Code::ReferenceMissing), _) if !lower.contains("tidak ditemukan") && reference_label(text).is_none() => {
            Code::Invalid
        }
        (Some(code), _) => code,
        (None, Purpose::Save | Purpose::Delete | Purpose::Detail | Purpose::List) => Code::Invalid,
        (None, Purpose::Open) => Code::NotConnected,
    };
    if let Some(failure) = missing_right(text, &lower, code, purpose, module) {
        return failure;
    }
    let failure = Failure::new(code, text);
    match field(text, code, module) {
        Some(field) => failure.on_field(field),
        None => failure,
    }
}

/// A right of the user that is missing for a whole module: named in words, its scope in the detail. A refusal that speaks of a branch is about
/// one record, and stays as it is.
fn missing_right(text: &str, lower: &str, code: Code, purpose: Purpose, module: Option<&Module>) -> Option<Failure> {
    if code != Code::Forbidden || lower.contains("branch") || lower.contains("cabang") {
        return None;
    }
    let scope = module?.scope(purpose.verb()?);
    let right = catalogue::right_of(&scope);
    let missing = say("accurate-right-missing").with("right", right).with("said", text);
    Some(fail(Code::Forbidden, missing).with_detail(scope))
}

/// The text without what stands in quotation marks: that is data, and may hold any words.
pub(crate) fn without_quotations(text: &str) -> String {
    text.split('"').step_by(2).collect()
}

/// Whether a save's "not found" means the record saved: no key is named, and the label is the module's own or none.
fn speaks_of_itself(text: &str, module: Option<&Module>) -> bool {
    let subject = ["tidak ditemukan", "tidak tepat"].iter().find_map(|end| text.split_once(end)).map(|(head, _)| head);
    let Some(subject) = subject.map(str::trim) else { return false };
    subject == "Data" || module.is_some_and(|module| subject == module.title)
}

/// The member that a message speaks of, by the name that saves use.
fn field(text: &str, code: Code, module: Option<&Module>) -> Option<String> {
    let module = module?.name;
    if let Some(name) = between(text, "field \"", "\"").or_else(|| between(text, "Field ", " is required")) {
        return Some(name.to_owned());
    }
    let label = match code {
        Code::Conflict => {
            let rest = text.split_once(" dengan ").map(|(_, rest)| rest)?;
            rest.split_once(" \"").map_or(rest, |(label, _)| label)
        }
        Code::Invalid => between(text, "Data \"", "\"").or_else(|| between(text, "Nilai ", " harus diisi"))?,
        Code::ReferenceMissing | Code::InactiveReference => return reference_field(text, module).map(str::to_owned),
        _ => return None,
    };
    label_field(label.trim(), module).or_else(|| reference_field(label.trim(), module)).map(str::to_owned)
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let rest = text.split_once(start)?.1;
    rest.split_once(end).map(|(inner, _)| inner).filter(|inner| !inner.is_empty())
}

/// The member behind a label of the record's own.
fn label_field(label: &str, module: &str) -> Option<&'static str> {
    let own_number = match module {
        "customer" => "customerNo",
        "item" => "no",
        _ => "number",
    };
    match label {
        "Nama" | "Name" | "Keterangan Barang" => Some("name"),
        "Kode Barang" if module == "item" => Some("no"),
        "No Pesanan" | "Nomor" | "No" | "ID Pelanggan" | "Kode Pelanggan" | "No Pelanggan" | "No Karyawan"
        | "ID Karyawan" | "Kode" => Some(own_number),
        "Satuan" if module == "item" => Some("unit1Name"),
        "Tanggal" => Some("transDate"),
        _ => label.starts_with("UPC/Barcode").then_some("upcNo"),
    }
}

/// Labels of records that others refer to, longer ones before their beginnings; the member of the record itself, and that of a line.
const REFERENCES: &[(&str, &str, &str)] = &[
    ("Kategori Pelanggan", "categoryName", "categoryName"),
    ("Kategori Barang", "itemCategoryName", "itemCategoryName"),
    ("Kategori Penjualan", "priceCategoryName", "priceCategoryName"),
    ("Syarat Pembayaran", "termName", "paymentTermName"),
    ("Satuan Barang", "unit1Name", "detailItem[].itemUnitName"),
    ("Satuan", "unit1Name", "detailItem[].itemUnitName"),
    ("Barang & Jasa", "detailGroup[].itemNo", "detailItem[].itemNo"),
    ("Kode Barang", "detailGroup[].itemNo", "detailItem[].itemNo"),
    ("Pelanggan", "customerNo", "customerNo"),
    ("Gudang", "warehouseName", "detailItem[].warehouseName"),
    ("Karyawan", "salesmanListNumber", "detailItem[].salesmanListNumber"),
    ("Akun Perkiraan", "accountNo", "detailExpense[].accountNo"),
    ("Departemen", "departmentName", "detailItem[].departmentName"),
    ("Pajak", "tax1Name", "tax1Name"),
    ("Cabang", "branchId", "branchId"),
    ("Mata Uang", "currencyCode", "currencyCode"),
];

fn reference_label(text: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    REFERENCES.iter().find(|(label, ..)| text.starts_with(label))
}

/// The member that refers to a record whose label begins the text.
fn reference_field(text: &str, module: &str) -> Option<&'static str> {
    let (_, of_record, of_order) = reference_label(text)?;
    Some(if module == "sales-order" { of_order } else { of_record })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::module;

    fn read(text: &str, purpose: Purpose, name: &str) -> (Code, Option<String>) {
        let failure = failure(text, purpose, module(name));
        assert_eq!(failure.text, text, "the system's own words stay");
        (failure.code, failure.field)
    }

    #[test]
    fn messages_of_saves() {
        let table: &[(&str, &str, Code, Option<&str>)] = &[
            ("item", "Sudah ada data lain dengan Kode Barang \"X\"", Code::Conflict, Some("no")),
            ("item", "Sudah ada data lain dengan UPC/Barcode 899", Code::Conflict, Some("upcNo")),
            ("sales-order", "Sudah ada data lain dengan No Pesanan \"SO.1\"", Code::Conflict, Some("number")),
            (
                "sales-order",
                "Pelanggan CUST001 tidak ditemukan atau sudah dihapus",
                Code::ReferenceMissing,
                Some("customerNo"),
            ),
            (
                "sales-order",
                "Barang & Jasa 100013 tidak ditemukan atau sudah dihapus",
                Code::ReferenceMissing,
                Some("detailItem[].itemNo"),
            ),
            ("customer", "Data tidak ditemukan atau sudah dihapus", Code::NotFound, None),
            ("customer", "Pelanggan tidak ditemukan atau sudah dihapus", Code::NotFound, None),
            ("customer", "Syarat Pembayaran tidak tepat", Code::ReferenceMissing, Some("termName")),
            (
                "unit",
                "Data \"Nama\" pada \"Satuan Barang\" terlalu besar. Maksimal 7 karakter",
                Code::Invalid,
                Some("name"),
            ),
            ("item", "Nilai Satuan harus diisi", Code::Invalid, Some("unit1Name")),
            ("customer", "Invalid field value for field \"id\".", Code::Invalid, Some("id")),
            ("customer", "Field id is required", Code::Invalid, Some("id")),
            ("item", "Invalid Item branch access", Code::Forbidden, None),
            ("sales-order", "Nilai Pembayaran tidak mencukupi", Code::Invalid, None),
            ("sales-order", "Barang & Jasa 100 nonaktif", Code::InactiveReference, Some("detailItem[].itemNo")),
            ("customer", "Tanggal tidak tepat", Code::Invalid, None),
            ("customer", "Sudah ada data lain dengan Nama \"Toko API Token nonaktif\"", Code::Conflict, Some("name")),
            ("customer", "Data \"URL API tidak tepat\" terlalu besar", Code::Invalid, None),
            ("item", "Sesuatu yang belum pernah terlihat", Code::Invalid, None),
        ];
        for (name, text, code, field) in table {
            assert_eq!(read(text, Purpose::Save, name), (*code, field.map(str::to_owned)), "{text}");
        }
    }

    #[test]
    fn gone_is_said_only_by_detail_and_delete() {
        for text in ["Pelanggan tidak tepat", "Pelanggan tidak ditemukan atau sudah dihapus"] {
            for purpose in [Purpose::Detail, Purpose::Delete] {
                assert_eq!(read(text, purpose, "customer").0, Code::NotFound, "{text}");
            }
            assert_ne!(read(text, Purpose::List, "customer").0, Code::NotFound, "{text}");
        }
    }

    #[test]
    fn a_lost_session_or_wrong_address_never_reads_as_gone() {
        for purpose in [Purpose::Detail, Purpose::Delete, Purpose::Save] {
            assert_eq!(read("Data Session Key tidak tepat", purpose, "customer").0, Code::NotConnected);
            assert_eq!(read("URL API tidak tepat", purpose, "customer").0, Code::Unsupported);
        }
    }

    #[test]
    fn a_missing_right_is_named_with_its_action() {
        let text = "Anda tidak memiliki hak akses untuk melakukan proses ini";
        for (purpose, right, scope) in [
            (Purpose::List, "Pelanggan: lihat (customer_view) is missing", "customer_view"),
            (Purpose::Save, "Pelanggan: simpan (customer_save) is missing", "customer_save"),
            (Purpose::Delete, "Pelanggan: hapus (customer_delete) is missing", "customer_delete"),
        ] {
            let failure = failure(text, purpose, module("customer"));
            assert_eq!((failure.code, failure.detail.as_deref()), (Code::Forbidden, Some(scope)));
            assert!(failure.text.starts_with(right) && failure.text.contains(text), "{failure}");
        }
        let one = failure("Anda tidak memiliki hak akses ke Cabang ini", Purpose::Save, module("customer"));
        assert_eq!((one.code, one.detail), (Code::Forbidden, None), "that is about one record");
    }

    #[test]
    fn use_by_others_blocks_a_delete_and_is_a_clash_in_a_save() {
        let text = "Data sudah digunakan";
        assert_eq!(read(text, Purpose::Delete, "customer").0, Code::InUse);
        assert_eq!(read(text, Purpose::Save, "customer").0, Code::Conflict);
    }
}
