//! Made-up goods of a general distributor: names without brands, units from the smallest to the largest, prices in rupiah.

use super::prng::Prng;

/// A kind of goods that comes in several variants and sizes.
struct Kind {
    name: &'static str,
    category: &'static str,
    variants: &'static [&'static str],
    sizes: &'static [&'static str],
    /// Units with how many of the smallest each holds; the first is the smallest.
    units: &'static [(&'static str, u64)],
    /// Price of one of the smallest, for the smallest size, in rupiah.
    price: u64,
}

/// One article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Good {
    pub(crate) name: String,
    pub(crate) category: &'static str,
    /// Unit name, ratio to the first, price in rupiah.
    pub(crate) units: Vec<(&'static str, u64, u64)>,
}

#[rustfmt::skip]
static KINDS: [Kind; 30] = [
    kind("Mie Instan", "Makanan", &["Goreng", "Kuah Ayam Bawang", "Kuah Soto", "Goreng Pedas"], &["70 g", "85 g"], &[("PCS", 1), ("PAK", 5), ("DUS", 40)], 2_900),
    kind("Biskuit", "Makanan", &["Kelapa", "Cokelat", "Susu", "Gandum"], &["120 g", "250 g"], &[("PCS", 1), ("DUS", 24)], 7_500),
    kind("Keripik", "Makanan", &["Singkong Asin", "Singkong Balado", "Kentang", "Pisang"], &["55 g", "180 g"], &[("PCS", 1), ("BAL", 20)], 6_200),
    kind("Kopi Bubuk", "Minuman", &["Robusta", "Arabika", "Susu", "Jahe"], &["65 g", "165 g"], &[("PCS", 1), ("RENTENG", 10), ("KARTON", 120)], 4_800),
    kind("Teh Celup", "Minuman", &["Melati", "Hitam", "Hijau"], &["25 kantong", "50 kantong"], &[("PAK", 1), ("DUS", 24)], 6_900),
    kind("Air Mineral", "Minuman", &["Botol", "Gelas"], &["330 ml", "600 ml", "1500 ml"], &[("BTL", 1), ("DUS", 24)], 2_100),
    kind("Sirup", "Minuman", &["Jeruk", "Cocopandan", "Melon", "Leci"], &["460 ml", "600 ml"], &[("BTL", 1), ("DUS", 12)], 14_500),
    kind("Susu Kental Manis", "Minuman", &["Putih", "Cokelat"], &["370 g", "490 g"], &[("KLG", 1), ("DUS", 48)], 11_800),
    kind("Susu UHT", "Minuman", &["Putih", "Cokelat", "Stroberi"], &["125 ml", "250 ml", "1 L"], &[("PCS", 1), ("PAK", 4), ("KARTON", 40)], 3_700),
    kind("Minyak Goreng", "Sembako", &["Sawit", "Kelapa"], &["1 L", "2 L"], &[("PCS", 1), ("DUS", 12)], 17_400),
    kind("Gula Pasir", "Sembako", &["Putih", "Kuning"], &["500 g", "1 kg"], &[("PCS", 1), ("SAK", 24)], 9_200),
    kind("Beras", "Sembako", &["Medium", "Premium", "Pandan Wangi"], &["curah"], &[("KG", 1), ("SAK", 25)], 13_200),
    kind("Tepung", "Sembako", &["Terigu", "Beras", "Tapioka", "Maizena"], &["500 g", "1 kg"], &[("PCS", 1), ("DUS", 20)], 6_600),
    kind("Garam Dapur", "Sembako", &["Halus", "Kasar"], &["250 g", "500 g"], &[("PCS", 1), ("PAK", 10), ("BAL", 50)], 2_400),
    kind("Kecap Manis", "Bumbu", &["Sedang", "Pedas"], &["135 ml", "275 ml", "520 ml"], &[("BTL", 1), ("DUS", 24)], 8_100),
    kind("Saus", "Bumbu", &["Sambal", "Tomat"], &["135 ml", "335 ml"], &[("BTL", 1), ("DUS", 24)], 7_700),
    kind("Bumbu Instan", "Bumbu", &["Nasi Goreng", "Rendang", "Opor", "Soto", "Gulai"], &["45 g", "50 g"], &[("PCS", 1), ("PAK", 12), ("KARTON", 144)], 4_300),
    kind("Kaldu Bubuk", "Bumbu", &["Ayam", "Sapi", "Jamur"], &["8 g", "100 g"], &[("PCS", 1), ("RENTENG", 12), ("DUS", 240)], 1_000),
    kind("Sarden Kaleng", "Makanan", &["Saus Tomat", "Saus Cabai"], &["155 g", "425 g"], &[("KLG", 1), ("DUS", 50)], 9_900),
    kind("Sabun Mandi", "Perawatan Diri", &["Lemon", "Melati", "Sirih", "Susu"], &["70 g", "110 g"], &[("PCS", 1), ("PAK", 4), ("KARTON", 72)], 3_200),
    kind("Sampo", "Perawatan Diri", &["Lidah Buaya", "Urang Aring", "Mentol"], &["10 ml", "170 ml"], &[("PCS", 1), ("RENTENG", 12), ("KARTON", 288)], 900),
    kind("Pasta Gigi", "Perawatan Diri", &["Mint", "Siwak", "Anak Stroberi"], &["75 g", "190 g"], &[("PCS", 1), ("LUSIN", 12), ("KARTON", 144)], 6_400),
    kind("Tisu", "Perawatan Diri", &["Wajah", "Gulung", "Basah"], &["50 lembar", "250 lembar"], &[("PAK", 1), ("BAL", 36)], 8_800),
    kind("Popok Bayi", "Perawatan Diri", &["Celana S", "Celana M", "Celana L", "Celana XL"], &["isi 20", "isi 34"], &[("PAK", 1), ("KARTON", 6)], 41_000),
    kind("Deterjen Bubuk", "Kebersihan", &["Bunga", "Lemon"], &["250 g", "800 g"], &[("PCS", 1), ("DUS", 24)], 7_100),
    kind("Sabun Cuci Piring", "Kebersihan", &["Jeruk Nipis", "Mint"], &["210 ml", "755 ml"], &[("PCS", 1), ("DUS", 24)], 5_600),
    kind("Pewangi Pakaian", "Kebersihan", &["Segar Pagi", "Bunga Tropis", "Sakura"], &["20 ml", "800 ml"], &[("PCS", 1), ("RENTENG", 12), ("KARTON", 216)], 1_100),
    kind("Pembersih Lantai", "Kebersihan", &["Cemara", "Apel", "Lavender"], &["450 ml", "770 ml"], &[("PCS", 1), ("DUS", 12)], 9_300),
    kind("Kapur Barus", "Kebersihan", &["Warna", "Putih"], &["150 g"], &[("PCS", 1)], 8_400),
    kind("Korek Api", "Rumah Tangga", &["Kayu", "Gas"], &["isi 10"], &[("PAK", 1)], 5_500),
];

const fn kind(
    name: &'static str,
    category: &'static str,
    variants: &'static [&'static str],
    sizes: &'static [&'static str],
    units: &'static [(&'static str, u64)],
    price: u64,
) -> Kind {
    Kind { name, category, variants, sizes, units, price }
}

/// Names of item categories that goods use.
pub(crate) const CATEGORIES: [&str; 7] =
    ["Makanan", "Minuman", "Sembako", "Bumbu", "Perawatan Diri", "Kebersihan", "Rumah Tangga"];

/// What can be charged for without being stocked.
pub(crate) const SERVICES: [&str; 8] = [
    "Jasa Pengiriman Dalam Kota",
    "Jasa Pengiriman Luar Kota",
    "Jasa Bongkar Muat",
    "Jasa Pasang Rak Pajang",
    "Jasa Sewa Gudang Harian",
    "Biaya Administrasi",
    "Biaya Asuransi Kirim",
    "Jasa Pelatihan Penjualan",
];
/// What is bought and handed out but not counted.
pub(crate) const UNCOUNTED: [&str; 7] = [
    "Kantong Plastik",
    "Lakban Bening",
    "Brosur Promosi",
    "Spanduk Toko",
    "Nota Rangkap",
    "Palet Kayu",
    "Kardus Polos",
];
/// What is sold as a set.
pub(crate) const SETS: [&str; 5] =
    ["Paket Sembako Hemat", "Paket Lebaran", "Paket Warung Baru", "Paket Mandi", "Paket Sarapan"];

/// The `number`-th article; the list begins again with a series number once every combination was given.
pub(crate) fn good(number: u64) -> Good {
    let kinds = KINDS.len() as u64;
    let kind = &KINDS[usize::try_from(number % kinds).unwrap_or(0)];
    let turn = number / kinds;
    let variants = kind.variants.len() as u64;
    let sizes = kind.sizes.len() as u64;
    let at = |list: &'static [&'static str], position: u64| list[usize::try_from(position).unwrap_or(0)];
    let size = (turn / variants) % sizes;
    let series = turn / (variants * sizes);
    let mut name = format!("{} {} {}", kind.name, at(kind.variants, turn % variants), at(kind.sizes, size));
    if series > 0 {
        name.push_str(&format!(" Seri {}", series + 1));
    }
    let price = kind.price * (2 + size) / 2;
    // Buying a whole box is a little cheaper than as many pieces.
    let units = kind
        .units
        .iter()
        .map(|&(unit, ratio)| (unit, ratio, price * ratio * (if ratio > 1 { 97 } else { 100 }) / 100))
        .collect();
    Good { name, category: kind.category, units }
}

/// A barcode of 13 digits with its check digit, in the range of Indonesia.
pub(crate) fn barcode(prng: &mut Prng) -> String {
    let body = format!("899{}", prng.digits(9));
    let sum: u32 =
        body.bytes().enumerate().map(|(at, digit)| u32::from(digit - b'0') * if at % 2 == 0 { 1 } else { 3 }).sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn articles_differ_and_their_units_fit_accurate() {
        let names: BTreeSet<String> = (0..1000).map(|number| good(number).name).collect();
        assert_eq!(names.len(), 1000);
        for (unit, ..) in (0..300).flat_map(|number| good(number).units) {
            assert!(unit.len() <= 7, "{unit}");
        }
        assert!(KINDS.iter().all(|kind| CATEGORIES.contains(&kind.category)));
        assert!(KINDS.iter().all(|kind| kind.units[0].1 == 1 && kind.units.is_sorted_by_key(|unit| unit.1)));
    }

    #[test]
    fn barcodes_carry_the_right_check_digit() {
        let mut prng = Prng::new(5);
        for _ in 0..50 {
            let code = barcode(&mut prng);
            let sum: u32 = code.bytes().enumerate().map(|(at, digit)| u32::from(digit - b'0') * [1, 3][at % 2]).sum();
            assert_eq!((code.len(), sum % 10), (13, 0), "{code}");
        }
    }
}
