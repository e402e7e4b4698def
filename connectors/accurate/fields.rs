//! The members of each resource: which come in answers (`detail.do` names) and which can be sent (`save.do` names). Reads answer with ids and
//! objects where saves take names and numbers, so many are one-way. Which of them lists leave out stands in `catalogue`.

mod documents;
mod masters;

use selaras_connector_api::FieldSpec;
use std::collections::BTreeMap;

/// The members of a resource.
pub(crate) fn of(resource: &str) -> BTreeMap<String, FieldSpec> {
    let fields = Fields::default().read(&["id", "optLock"]);
    let fields = match resource {
        "customer" => documents::customer(fields),
        "item" => documents::item(fields),
        "sales-order" => documents::sales_order(fields),
        "employee" => masters::employee(fields),
        "warehouse" => masters::warehouse(fields),
        "unit" => masters::unit(fields),
        "tax" => masters::tax(fields),
        "payment-term" => masters::payment_term(fields),
        "branch" => masters::branch(fields),
        "customer-category" | "item-category" => masters::category(fields),
        "price-category" => masters::price_category(fields),
        _ => fields,
    };
    fields.members
}

/// A table being put together. A member named twice can do both.
#[derive(Default)]
struct Fields {
    members: BTreeMap<String, FieldSpec>,
}

impl Fields {
    fn mark(&mut self, name: String, read: bool, write: bool) {
        let spec = self.members.entry(name).or_insert(FieldSpec { read: false, write: false });
        spec.read |= read;
        spec.write |= write;
    }

    /// Members that come in answers.
    fn read(mut self, names: &[&str]) -> Self {
        names.iter().for_each(|&name| self.mark(name.to_owned(), true, false));
        self
    }

    /// Members that can be sent.
    fn write(mut self, names: &[&str]) -> Self {
        names.iter().for_each(|&name| self.mark(name.to_owned(), false, true));
        self
    }

    /// Members that come under the name by which they are sent.
    fn both(mut self, names: &[&str]) -> Self {
        names.iter().for_each(|&name| self.mark(name.to_owned(), true, true));
        self
    }

    /// Objects in answers, each with some of its own members.
    fn object(mut self, names: &[&str], members: &[&str]) -> Self {
        for name in names {
            self.mark((*name).to_owned(), true, false);
            members.iter().for_each(|member| self.mark(format!("{name}.{member}"), true, false));
        }
        self
    }

    /// Numbered members that come and go, such as `charField1` to `charField10`.
    fn numbered(mut self, prefix: &str, stem: &str, last: u8) -> Self {
        (1..=last).for_each(|number| self.mark(format!("{prefix}{stem}{number}"), true, true));
        self
    }

    /// The members that a company may define for itself.
    fn custom(self, prefix: &str, chars: u8) -> Self {
        self.numbered(prefix, "charField", chars).numbered(prefix, "numericField", 10).numbered(prefix, "dateField", 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::MODULES;

    #[test]
    fn names_are_sent_where_ids_come_back() {
        let customer = of("customer");
        let spec = |name: &str| customer.get(name).map(|spec| (spec.read, spec.write));
        assert_eq!(spec("termName"), Some((false, true)));
        assert_eq!(spec("defaultTermId"), Some((true, false)));
        assert_eq!(spec("term.name"), Some((true, false)));
        assert_eq!(spec("customerNo"), Some((true, true)));
        assert_eq!(spec("custNo"), None);
    }

    #[test]
    fn every_module_knows_what_the_catalogue_says_of_it() {
        for module in MODULES {
            let fields = of(module.name);
            assert!(fields.len() > 3, "{}", module.name);
            for name in module.detail_only.iter().chain(module.children) {
                assert!(fields.contains_key(*name), "{}.{name}", module.name);
            }
            if module.suspendable {
                assert!(fields.get("suspended").is_some_and(|spec| spec.write), "{}", module.name);
            }
        }
    }
}
