//! Cities of Indonesia with their province, postal codes and telephone area, and streets that every city has.

use super::prng::Prng;

/// A city.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) city: &'static str,
    pub(crate) province: &'static str,
    /// Lowest and highest postal code that is drawn.
    codes: (u64, u64),
    pub(crate) area: &'static str,
}

const fn place(city: &'static str, province: &'static str, codes: (u64, u64), area: &'static str) -> Place {
    Place { city, province, codes, area }
}

/// In reach of a Jakarta branch.
pub(crate) static AROUND_JAKARTA: [Place; 15] = [
    place("Jakarta Pusat", "DKI Jakarta", (10110, 10750), "021"),
    place("Jakarta Barat", "DKI Jakarta", (11110, 11850), "021"),
    place("Jakarta Selatan", "DKI Jakarta", (12110, 12960), "021"),
    place("Jakarta Timur", "DKI Jakarta", (13110, 13960), "021"),
    place("Jakarta Utara", "DKI Jakarta", (14110, 14470), "021"),
    place("Tangerang", "Banten", (15111, 15159), "021"),
    place("Tangerang Selatan", "Banten", (15310, 15419), "021"),
    place("Serang", "Banten", (42111, 42199), "0254"),
    place("Bogor", "Jawa Barat", (16111, 16169), "0251"),
    place("Depok", "Jawa Barat", (16411, 16519), "021"),
    place("Bekasi", "Jawa Barat", (17111, 17159), "021"),
    place("Karawang", "Jawa Barat", (41311, 41319), "0267"),
    place("Bandung", "Jawa Barat", (40111, 40299), "022"),
    place("Sukabumi", "Jawa Barat", (43111, 43169), "0266"),
    place("Cirebon", "Jawa Barat", (45111, 45149), "0231"),
];

/// In reach of a Surabaya branch.
pub(crate) static AROUND_SURABAYA: [Place; 10] = [
    place("Surabaya", "Jawa Timur", (60111, 60299), "031"),
    place("Sidoarjo", "Jawa Timur", (61211, 61234), "031"),
    place("Gresik", "Jawa Timur", (61111, 61129), "031"),
    place("Malang", "Jawa Timur", (65111, 65149), "0341"),
    place("Kediri", "Jawa Timur", (64111, 64139), "0354"),
    place("Madiun", "Jawa Timur", (63111, 63139), "0351"),
    place("Jember", "Jawa Timur", (68111, 68139), "0331"),
    place("Denpasar", "Bali", (80111, 80239), "0361"),
    place("Mataram", "Nusa Tenggara Barat", (83111, 83239), "0370"),
    place("Kupang", "Nusa Tenggara Timur", (85111, 85239), "0380"),
];

/// Elsewhere, served by the head office.
pub(crate) static ELSEWHERE: [Place; 16] = [
    place("Semarang", "Jawa Tengah", (50111, 50279), "024"),
    place("Surakarta", "Jawa Tengah", (57111, 57149), "0271"),
    place("Magelang", "Jawa Tengah", (56111, 56129), "0293"),
    place("Tegal", "Jawa Tengah", (52111, 52149), "0283"),
    place("Yogyakarta", "DI Yogyakarta", (55111, 55289), "0274"),
    place("Medan", "Sumatera Utara", (20111, 20239), "061"),
    place("Padang", "Sumatera Barat", (25111, 25179), "0751"),
    place("Pekanbaru", "Riau", (28111, 28299), "0761"),
    place("Palembang", "Sumatera Selatan", (30111, 30269), "0711"),
    place("Bandar Lampung", "Lampung", (35111, 35239), "0721"),
    place("Pontianak", "Kalimantan Barat", (78111, 78249), "0561"),
    place("Banjarmasin", "Kalimantan Selatan", (70111, 70249), "0511"),
    place("Samarinda", "Kalimantan Timur", (75111, 75259), "0541"),
    place("Balikpapan", "Kalimantan Timur", (76111, 76129), "0542"),
    place("Makassar", "Sulawesi Selatan", (90111, 90249), "0411"),
    place("Manado", "Sulawesi Utara", (95111, 95259), "0431"),
];

const STREETS: [&str; 24] = [
    "Jl. Jenderal Sudirman",
    "Jl. Diponegoro",
    "Jl. Ahmad Yani",
    "Jl. Gajah Mada",
    "Jl. Hayam Wuruk",
    "Jl. Imam Bonjol",
    "Jl. Teuku Umar",
    "Jl. Gatot Subroto",
    "Jl. Pahlawan",
    "Jl. Merdeka",
    "Jl. Veteran",
    "Jl. Kartini",
    "Jl. Cendrawasih",
    "Jl. Melati",
    "Jl. Mawar",
    "Jl. Kenanga",
    "Jl. Pasar Baru",
    "Jl. Raya Timur",
    "Jl. Stasiun",
    "Jl. Pemuda",
    "Jl. Kebon Jeruk",
    "Jl. Hasanuddin",
    "Jl. Wahid Hasyim",
    "Gg. Mangga",
];

impl Place {
    /// A postal code of the city.
    pub(crate) fn postal_code(&self, prng: &mut Prng) -> String {
        prng.between(self.codes.0, self.codes.1).to_string()
    }
}

/// A street with a number, sometimes with the neighbourhood.
pub(crate) fn street(prng: &mut Prng) -> String {
    let street = *prng.pick(&STREETS);
    let number = prng.between(1, 240);
    if prng.chance(30) {
        return format!("{street} No. {number} RT {:03}/RW {:03}", prng.between(1, 15), prng.between(1, 12));
    }
    format!("{street} No. {number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_postal_code_has_five_digits_and_stays_with_its_city() {
        let mut prng = Prng::new(1);
        for place in AROUND_JAKARTA.iter().chain(&AROUND_SURABAYA).chain(&ELSEWHERE) {
            for _ in 0..20 {
                let code = place.postal_code(&mut prng);
                assert_eq!(code.len(), 5, "{}", place.city);
                let number: u64 = code.parse().unwrap();
                assert!((place.codes.0..=place.codes.1).contains(&number), "{}", place.city);
            }
        }
    }
}
