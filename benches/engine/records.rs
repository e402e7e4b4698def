//! Records made up from a counter, byte for byte as the two systems would send them: customers of about 550 bytes, and the payment terms and
//! salesmen that they refer to. The same counter always gives the same record, so a million of them take no memory.

use selaras_connector_api::RawRecord;
use selaras_model::Side;

/// How many of what there are, and what has changed.
#[derive(Clone, Copy, Debug)]
pub struct Population {
    /// Customers on each side.
    pub customers: u64,
    /// One customer in so many has changed since the link was made, by turns on either side; 0: none.
    pub changed_every: u64,
    /// Whether SMH lists its customers in an order that has nothing to do with Accurate's.
    pub scattered: bool,
}

/// Payment terms and salesmen: small tables that everything refers to.
const TERMS: u64 = 6;
const SALESMEN: u64 = 40;
/// The branch that all records of Accurate belong to.
pub const BRANCH: u64 = 50;

const STREETS: [&str; 6] =
    ["Jl. Raya Bogor", "Jl. Ahmad Yani", "Jl. Diponegoro", "Jl. Gajah Mada", "Jl. Sultan Agung", "Jl. Imam Bonjol"];
const CITIES: [(&str, &str, u64); 5] = [
    ("Jakarta Timur", "DKI Jakarta", 13_000),
    ("Bekasi", "Jawa Barat", 17_000),
    ("Tangerang Selatan", "Banten", 15_000),
    ("Depok", "Jawa Barat", 16_000),
    ("Bogor", "Jawa Barat", 16_100),
];
const CATEGORIES: [&str; 4] = ["Umum", "Grosir", "Toko", "Ritel Modern"];
const NOTES: [&str; 3] = ["Kirim sebelum jam 12", "Tagih setiap hari Kamis", "Tutup hari Minggu"];

impl Population {
    /// How many records a resource has on a side.
    pub fn count(&self, resource: &str) -> u64 {
        match resource {
            "customer" => self.customers,
            "payment-term" => TERMS,
            "employee" => SALESMEN,
            _ => 0,
        }
    }

    /// The record at a place of a side's list.
    pub fn record(&self, resource: &str, side: Side, place: u64) -> RawRecord {
        let number = match side {
            Side::Left => place,
            Side::Right => self.number_at(place),
        };
        match (resource, side) {
            ("customer", Side::Left) => self.accurate_customer(number),
            ("customer", Side::Right) => self.smh_customer(number, place),
            ("payment-term", Side::Left) => accurate_term(place),
            ("payment-term", Side::Right) => smh_term(place),
            (_, Side::Left) => accurate_employee(place),
            (_, Side::Right) => smh_employee(place),
        }
    }

    /// Which customer stands at a place of SMH's list.
    fn number_at(&self, place: u64) -> u64 {
        // Shares no factor with a power of ten, so that going on by it visits every number once.
        const STRIDE: u64 = 7_368_787;
        if self.scattered && self.customers > 1 { (place * STRIDE) % self.customers } else { place }
    }

    /// The place of a customer in SMH's list; only for making links.
    pub fn place_of(&self, number: u64, places: &[u64]) -> u64 {
        if self.scattered { places[usize::try_from(number).expect("fits")] } else { number }
    }

    /// The places of all customers in SMH's list; empty where place and number are the same.
    pub fn places(&self) -> Vec<u64> {
        let mut places = vec![0; if self.scattered { usize::try_from(self.customers).expect("fits") } else { 0 }];
        for place in 0..places.len() as u64 {
            places[usize::try_from(self.number_at(place)).expect("fits")] = place;
        }
        places
    }

    fn is_changed(&self, number: u64, side: Side) -> bool {
        let every = self.changed_every;
        every > 0 && number.is_multiple_of(every) && (number / every).is_multiple_of(2) == (side == Side::Left)
    }

    fn accurate_customer(&self, number: u64) -> RawRecord {
        let changed = self.is_changed(number, Side::Left);
        let Person { name, street, city, province, zip, phone, mobile, email, tax_number } =
            Person::of(number, changed);
        let (id, version, category) = (accurate_id(number), u64::from(changed), CATEGORIES[pick(number, 4)]);
        let (term, salesman, limit) =
            (accurate_id(number % TERMS), accurate_id(number % SALESMEN), number % 40 * 2_500_000);
        let notes = NOTES[pick(number, 3)];
        let raw = format!(
            r#"{{"id":{id},"optLock":{version},"customerNo":"C.{number:07}","name":"{name}","suspended":false,"branchId":{BRANCH},"billStreet":"{street}","billCity":"{city}","billProvince":"{province}","billZipCode":"{zip}","billCountry":"Indonesia","workPhone":"{phone}","mobilePhone":"{mobile}","email":"{email}","npwpNo":"{tax_number}","category":{{"id":51,"name":"{category}"}},"priceCategory":{{"id":50,"name":"{category}"}},"defaultTermId":{term},"defaultSalesmanId":{salesman},"customerLimitAmount":true,"customerLimitAmountValue":{limit}.000000,"notes":"{notes}"}}"#
        );
        row(id.to_string(), version, raw)
    }

    fn smh_customer(&self, number: u64, place: u64) -> RawRecord {
        let changed = self.is_changed(number, Side::Right);
        let Person { name, street, city, province, zip, phone, mobile, email, tax_number } =
            Person::of(number, changed);
        let (id, partner, category) = (smh_id("cus", place), accurate_id(number), CATEGORIES[pick(number, 4)]);
        let (version, limit) = (1 + u64::from(changed), number % 40 * 2_500_000);
        let (term, salesman) = (smh_id("trm", number % TERMS), smh_id("emp", number % SALESMEN));
        let (notes, minute) = (NOTES[pick(number, 3)], number % 60);
        let raw = format!(
            r#"{{"id":"{id}","version":{version},"partnerId":"{partner}","source":"partner","code":"C.{number:07}","name":"{name}","address":"{street}","city":"{city}","province":"{province}","postalCode":"{zip}","country":"Indonesia","phone":"{phone}","handphone":"{mobile}","email":"{email}","taxNumber":"{tax_number}","category":"{category}","priceList":"{category}","paymentTermId":"{term}","salesmanId":"{salesman}","creditLimit":"{limit}","notes":"{notes}","status":"active","createdAt":"2026-05-02T08:{minute:02}:00Z","updatedAt":"2026-05-02T08:{minute:02}:00Z"}}"#
        );
        row(id, version, raw)
    }
}

/// What both systems say of a customer.
struct Person {
    name: String,
    street: String,
    city: &'static str,
    province: &'static str,
    zip: u64,
    phone: String,
    mobile: String,
    email: String,
    tax_number: String,
}

impl Person {
    fn of(number: u64, changed: bool) -> Self {
        let (city, province, zip) = CITIES[pick(number, 5)];
        let street = STREETS[pick(number, 6)];
        let tail = if changed { 8_000_000 + number } else { number };
        Self {
            name: format!("Toko Makmur {number}"),
            street: format!("{street} No. {}", number % 300 + 1),
            city,
            province,
            zip: zip + number % 90 * 10,
            phone: format!("021-{:07}", 8_400_000 + number % 90_000),
            mobile: format!("0812-{:04}-{:04}", tail / 10_000 % 10_000, tail % 10_000),
            email: format!("toko{number}@contoh.co.id"),
            tax_number: format!(
                "{:02}.{:03}.{:03}.{}-{:03}.000",
                number % 90,
                number % 1000,
                number / 1000 % 1000,
                number % 9,
                number % 700
            ),
        }
    }
}

fn accurate_term(place: u64) -> RawRecord {
    let id = accurate_id(place);
    row(
        id.to_string(),
        0,
        format!(r#"{{"id":{id},"optLock":0,"name":"net {place}","netDays":{place},"suspended":false}}"#),
    )
}

fn smh_term(place: u64) -> RawRecord {
    let (id, partner) = (smh_id("trm", place), accurate_id(place));
    let raw = format!(
        r#"{{"id":"{id}","version":1,"partnerId":"{partner}","source":"partner","name":"net {place}","days":{place},"status":"active"}}"#
    );
    row(id, 1, raw)
}

fn accurate_employee(place: u64) -> RawRecord {
    let id = accurate_id(place);
    let raw = format!(
        r#"{{"id":{id},"optLock":0,"number":"S.{place:03}","name":"Penjual {place}","position":"Sales","email":"s{place}@contoh.co.id","mobilePhone":"0813-0000-{place:04}","salesman":true,"suspended":false,"branchId":{BRANCH}}}"#
    );
    row(id.to_string(), 0, raw)
}

fn smh_employee(place: u64) -> RawRecord {
    let (id, partner) = (smh_id("emp", place), accurate_id(place));
    let raw = format!(
        r#"{{"id":"{id}","version":1,"partnerId":"{partner}","source":"partner","code":"S.{place:03}","name":"Penjual {place}","position":"Sales","email":"s{place}@contoh.co.id","handphone":"0813-0000-{place:04}","isSalesman":true,"status":"active"}}"#
    );
    row(id, 1, raw)
}

fn accurate_id(number: u64) -> u64 {
    100 + number
}

fn smh_id(kind: &str, place: u64) -> String {
    format!("{kind}-{place:07}")
}

fn pick(number: u64, of: u64) -> usize {
    usize::try_from(number % of).expect("fits")
}

fn row(id: String, version: u64, raw: String) -> RawRecord {
    RawRecord { id, version: Some(version.to_string()), raw: raw.into_bytes() }
}
