//! Made-up people and shops of Indonesia: names, phone numbers, e-mail addresses, tax numbers. None of them is anybody.

use super::prng::Prng;

const FIRST: [&str; 48] = [
    "Agus", "Ahmad", "Andi", "Anisa", "Arif", "Ayu", "Bambang", "Bayu", "Budi", "Citra", "Dedi", "Dewi", "Dian",
    "Dimas", "Dwi", "Eka", "Endang", "Fajar", "Fitri", "Galih", "Hadi", "Hendra", "Indah", "Intan", "Iwan", "Joko",
    "Kartika", "Lestari", "Lukman", "Maya", "Mega", "Nanda", "Nur", "Putri", "Rahmat", "Ratna", "Rina", "Rizki",
    "Rudi", "Sari", "Slamet", "Sri", "Taufik", "Tri", "Wahyu", "Wati", "Yanti", "Yusuf",
];

const LAST: [&str; 40] = [
    "Anggraini",
    "Ardiansyah",
    "Firmansyah",
    "Gunawan",
    "Halim",
    "Handayani",
    "Hartono",
    "Hasibuan",
    "Hidayat",
    "Irawan",
    "Kurniawan",
    "Kusuma",
    "Lubis",
    "Mahendra",
    "Maulana",
    "Nasution",
    "Nugroho",
    "Permana",
    "Pranoto",
    "Prasetyo",
    "Pratama",
    "Purnama",
    "Rahayu",
    "Rahmawati",
    "Ramadhan",
    "Safitri",
    "Santoso",
    "Saputra",
    "Setiawan",
    "Siregar",
    "Sitorus",
    "Suharto",
    "Sulistyo",
    "Suryadi",
    "Susanto",
    "Sutrisno",
    "Utami",
    "Wibowo",
    "Wijaya",
    "Yulianto",
];

const SHOPS: [&str; 10] = ["Toko", "Toko", "Toko", "Warung", "Minimarket", "UD", "CV", "Grosir", "Agen", "Kios"];

const FORTUNE: [&str; 32] = [
    "Abadi",
    "Aman",
    "Anugerah",
    "Bahagia",
    "Barokah",
    "Berkah",
    "Bintang",
    "Cahaya",
    "Cemerlang",
    "Damai",
    "Fajar",
    "Gemilang",
    "Harapan",
    "Indah",
    "Jaya",
    "Karunia",
    "Lancar",
    "Laris",
    "Lestari",
    "Maju",
    "Makmur",
    "Mandiri",
    "Mekar",
    "Mulia",
    "Murah",
    "Rejeki",
    "Sahabat",
    "Sejahtera",
    "Sentosa",
    "Sinar",
    "Subur",
    "Sumber",
];

/// Prefixes of Indonesian mobile numbers.
const MOBILE: [&str; 10] = ["0811", "0812", "0813", "0821", "0822", "0852", "0856", "0857", "0878", "0896"];

/// A person's full name.
pub(crate) fn person(prng: &mut Prng) -> String {
    format!("{} {}", prng.pick(&FIRST), prng.pick(&LAST))
}

/// A shop's name, such as "Toko Sumber Rejeki".
pub(crate) fn shop(prng: &mut Prng) -> String {
    let kind = *prng.pick(&SHOPS);
    let first = prng.position(FORTUNE.len());
    // A step that is never a whole turn keeps the two words apart.
    let second = (first + 1 + prng.position(FORTUNE.len() - 1)) % FORTUNE.len();
    match prng.below(4) {
        0 => format!("{kind} {} {}", FORTUNE[first], prng.pick(&FIRST)),
        _ => format!("{kind} {} {}", FORTUNE[first], FORTUNE[second]),
    }
}

/// A mobile number, such as "081234567890".
pub(crate) fn mobile(prng: &mut Prng) -> String {
    let rest = if prng.chance(80) { 8 } else { 7 };
    format!("{}{}", prng.pick(&MOBILE), prng.digits(rest))
}

/// A telephone number of the area, such as "021-5567812".
pub(crate) fn landline(prng: &mut Prng, area: &str) -> String {
    format!("{area}-{}{}", prng.between(3, 8), prng.digits(6))
}

/// A tax number of 16 digits.
pub(crate) fn tax_number(prng: &mut Prng) -> String {
    format!("0{}{}", prng.between(1, 9), prng.digits(14))
}

/// A mail address made of the words of a name, in a domain that belongs to nobody.
pub(crate) fn email(name: &str, number: u64) -> String {
    let words: Vec<String> = name
        .split(' ')
        .map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase())
        .collect();
    let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    format!("{}{number}@contoh.example", words.join("."))
}
