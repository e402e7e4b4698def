//! Generated customers: one set of facts, written down as Accurate keeps it or as SMH keeps it.

use serde_json::{Value, json};

use super::masters::{CUSTOMER_CATEGORIES, DEFAULT, PRICE_CATEGORIES, TERMS};
use super::names;
use super::places::{self, Place};
use super::prng::Prng;
use super::rows::rupiah;

/// What is known of a customer on both sides.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) no: String,
    pub(crate) name: String,
    pub(crate) street: String,
    pub(crate) city: &'static str,
    pub(crate) province: &'static str,
    pub(crate) postal_code: String,
    pub(crate) phone: Option<String>,
    pub(crate) mobile: String,
    pub(crate) email: Option<String>,
    pub(crate) tax_number: Option<String>,
    /// Ids and names of the references.
    pub(crate) category: (u64, &'static str),
    pub(crate) price_category: (u64, &'static str),
    pub(crate) term: (u64, &'static str, u64),
    /// Rupiah.
    pub(crate) limit: Option<u64>,
    pub(crate) notes: Option<&'static str>,
}

const NOTES: [&str; 4] =
    ["Kirim sebelum jam 12", "Tagih setiap hari Kamis", "Tutup hari Minggu", "Titip ke satpam bila tutup"];

impl Customer {
    /// Draws a customer in one of the places.
    pub(crate) fn draw(prng: &mut Prng, no: String, places: &[Place], number: u64) -> Self {
        let name = names::shop(prng);
        let place = prng.pick(places);
        Self {
            email: prng.chance(45).then(|| names::email(&name, number)),
            name,
            no,
            street: places::street(prng),
            city: place.city,
            province: place.province,
            postal_code: place.postal_code(prng),
            phone: prng.chance(40).then(|| names::landline(prng, place.area)),
            mobile: names::mobile(prng),
            tax_number: prng.chance(35).then(|| names::tax_number(prng)),
            category: *prng.pick(&CUSTOMER_CATEGORIES),
            price_category: *prng.pick(&PRICE_CATEGORIES),
            term: *prng.pick(&TERMS),
            limit: prng.chance(40).then(|| prng.between(1, 40) * 2_500_000),
            notes: prng.chance(15).then(|| *prng.pick(&NOTES)),
        }
    }

    /// As Accurate keeps it.
    pub(crate) fn accurate(&self, branch: Option<u64>, suspended: bool) -> Value {
        json!({
            "customerNo": self.no, "name": self.name, "suspended": suspended, "branchId": branch,
            "billStreet": self.street, "billCity": self.city, "billProvince": self.province, "billCountry": "Indonesia",
            "billZipCode": self.postal_code, "workPhone": self.phone, "mobilePhone": self.mobile, "email": self.email,
            "npwpNo": self.tax_number, "categoryId": self.category.0, "priceCategoryId": self.price_category.0,
            "defaultTermId": self.term.0, "currencyId": DEFAULT, "customerLimitAmount": self.limit.map(|_| true),
            "customerLimitAmountValue": self.limit.map(rupiah), "notes": self.notes,
        })
    }

    /// As SMH keeps a customer that it got from Accurate.
    pub(crate) fn smh(&self, partner_id: u64, term: &str) -> Value {
        json!({
            "partnerId": partner_id.to_string(), "source": "partner", "code": self.no, "name": self.name, "address": self.street,
            "city": self.city, "province": self.province, "postalCode": self.postal_code, "country": "Indonesia", "phone": self.phone,
            "handphone": self.mobile, "email": self.email, "taxNumber": self.tax_number, "category": self.category.1,
            "priceList": self.price_category.1, "paymentTermId": term, "creditLimit": self.limit.map(|limit| limit.to_string()),
            "notes": self.notes, "status": "active",
        })
    }
}
