//! Generated employees, written down as Accurate keeps them or as SMH keeps them.

use serde_json::{Value, json};

use super::names;
use super::prng::Prng;

const POSITIONS: [&str; 4] = ["Salesman", "Supervisor Penjualan", "Admin Penjualan", "Kepala Gudang"];

/// What is known of an employee on both sides.
#[derive(Debug, Clone)]
pub(crate) struct Employee {
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) position: &'static str,
    pub(crate) mobile: String,
    pub(crate) email: Option<String>,
    pub(crate) salesman: bool,
}

impl Employee {
    /// Draws an employee.
    pub(crate) fn draw(prng: &mut Prng, number: String, nth: u64) -> Self {
        let name = names::person(prng);
        let position = *prng.pick(&POSITIONS);
        Self {
            email: prng.chance(60).then(|| names::email(&name, nth)),
            name,
            number,
            position,
            mobile: names::mobile(prng),
            salesman: position == "Salesman",
        }
    }

    /// As Accurate keeps it.
    pub(crate) fn accurate(&self) -> Value {
        json!({
            "number": self.number, "name": self.name, "salutation": "MR", "position": self.position, "mobilePhone": self.mobile,
            "email": self.email, "salesman": self.salesman, "suspended": false, "joinDate": "02/01/2024",
            "employeeTaxStatus": "TK0", "employeeWorkStatus": "PEGAWAI_TETAP", "domisiliType": "INA",
        })
    }

    /// As SMH keeps an employee that it got from Accurate.
    pub(crate) fn smh(&self, partner_id: u64) -> Value {
        json!({
            "partnerId": partner_id.to_string(), "source": "partner", "code": self.number, "name": self.name, "position": self.position,
            "email": self.email, "handphone": self.mobile, "isSalesman": self.salesman, "status": "active",
        })
    }
}
