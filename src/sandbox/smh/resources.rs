//! The resources of SMH and their members, as one table: everything else in this folder is driven by it. It says what a value must look
//! like; rules that look at several members stand in `rules.rs`.

/// What a member holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text up to so many characters.
    Text(usize),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// An integer from 0 to this.
    Whole(i64),
    /// A decimal, kept as a trimmed string, from 0 to this if given.
    Decimal(Option<i64>),
    /// `2026-05-02`.
    Date,
    /// The id of a record of the named resource.
    Reference(&'static str),
    /// The lines of an order.
    Lines,
    /// Kept by the server; never written from outside.
    Derived,
}

/// One member of a resource.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// A create must give it, an update may not clear it.
    pub(crate) required: bool,
    /// No two records of the resource share a value.
    pub(crate) unique: bool,
    /// What a create stores when the member is absent; a cleared flag or choice goes back to it.
    pub(crate) default: Option<Default>,
}

/// A value that stands when nothing was said.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Default {
    /// This word.
    Word(&'static str),
    /// `false`.
    No,
}

const fn member(name: &'static str, kind: Kind) -> Member {
    Member { name, kind, required: false, unique: false, default: None }
}
const fn text(name: &'static str, longest: usize) -> Member {
    member(name, Kind::Text(longest))
}
const fn money(name: &'static str) -> Member {
    member(name, Kind::Decimal(None))
}
const fn reference(name: &'static str, resource: &'static str) -> Member {
    member(name, Kind::Reference(resource))
}
const fn flag(name: &'static str) -> Member {
    Member { default: Some(Default::No), ..member(name, Kind::Flag) }
}
const fn required(of: Member) -> Member {
    Member { required: true, ..of }
}
const fn unique(of: Member) -> Member {
    Member { unique: true, ..of }
}
const fn choice(name: &'static str, words: &'static [&'static str]) -> Member {
    Member { default: Some(Default::Word(words[0])), ..member(name, Kind::Choice(words)) }
}
const STATUS: Member = choice("status", &["active", "inactive"]);

/// A resource: its name in the path, what one record is called in messages, the prefix of its ids, its members in the order shown.
#[derive(Debug)]
pub(crate) struct Resource {
    pub(crate) name: &'static str,
    pub(crate) singular: &'static str,
    pub(crate) prefix: &'static str,
    /// The member the server fills in when a create gives none.
    pub(crate) made: Option<&'static str>,
    pub(crate) members: &'static [Member],
}

impl Resource {
    /// Finds a resource by its name in the path.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        RESOURCES.iter().find(|resource| resource.name == name)
    }

    /// The common members and then its own.
    pub(crate) fn all_members(&self) -> impl Iterator<Item = &'static Member> + use<> {
        COMMON.iter().chain(self.members)
    }

    /// Finds a member by name.
    pub(crate) fn member(&self, name: &str) -> Option<&'static Member> {
        self.all_members().find(|member| member.name == name)
    }

    /// `cus-000131` for 131.
    pub(crate) fn id(&self, key: u64) -> String {
        format!("{}-{key:06}", self.prefix)
    }

    /// The number in an id, if the text is an id of this resource in exactly the form that [`Resource::id`] gives.
    pub(crate) fn key(&self, id: &str) -> Option<u64> {
        let key = id.strip_prefix(self.prefix)?.strip_prefix('-')?.parse().ok()?;
        (self.id(key) == id).then_some(key)
    }
}

/// Members that every record has. `id` is not among them: it follows from the key.
pub(crate) static COMMON: [Member; 5] = [
    member("version", Kind::Derived),
    member("createdAt", Kind::Derived),
    member("updatedAt", Kind::Derived),
    unique(text("partnerId", 64)),
    choice("source", &["smh", "partner"]),
];

/// Every resource, masters before what refers to them.
pub(crate) static RESOURCES: [Resource; 8] = [
    Resource {
        name: "units",
        singular: "unit",
        prefix: "unt",
        made: None,
        members: &[required(unique(text("name", 20)))],
    },
    Resource {
        name: "taxes",
        singular: "tax",
        prefix: "tax",
        made: None,
        members: &[
            required(unique(text("name", 60))),
            required(member("rate", Kind::Decimal(Some(100)))),
            text("kind", 20),
        ],
    },
    Resource {
        name: "payment-terms",
        singular: "payment term",
        prefix: "trm",
        made: None,
        members: &[required(unique(text("name", 60))), required(member("days", Kind::Whole(3650))), STATUS],
    },
    Resource {
        name: "warehouses",
        singular: "warehouse",
        prefix: "whs",
        made: None,
        members: &[required(unique(text("name", 100))), text("address", 255), text("city", 100), STATUS],
    },
    Resource { name: "employees", singular: "employee", prefix: "emp", made: Some("code"), members: &EMPLOYEE },
    Resource { name: "products", singular: "product", prefix: "prd", made: Some("code"), members: &PRODUCT },
    Resource { name: "customers", singular: "customer", prefix: "cus", made: Some("code"), members: &CUSTOMER },
    Resource { name: "orders", singular: "order", prefix: "ord", made: Some("number"), members: &ORDER },
];

static EMPLOYEE: [Member; 7] = [
    required(unique(text("code", 30))),
    required(text("name", 150)),
    text("position", 60),
    text("email", 120),
    text("handphone", 40),
    flag("isSalesman"),
    STATUS,
];

static PRODUCT: [Member; 17] = [
    required(unique(text("code", 30))),
    required(text("name", 240)),
    text("category", 100),
    text("barcode", 40),
    reference("taxId", "taxes"),
    required(reference("unitL", "units")),
    reference("unitM", "units"),
    reference("unitS", "units"),
    member("ratioL", Kind::Decimal(None)),
    member("ratioM", Kind::Decimal(None)),
    member("ratioS", Kind::Decimal(None)),
    money("priceL"),
    money("priceM"),
    money("priceS"),
    money("costPrice"),
    text("notes", 2000),
    STATUS,
];

static CUSTOMER: [Member; 18] = [
    required(unique(text("code", 30))),
    required(text("name", 240)),
    text("address", 255),
    text("city", 100),
    text("province", 100),
    text("postalCode", 10),
    text("country", 60),
    text("phone", 40),
    text("handphone", 40),
    text("email", 120),
    text("taxNumber", 40),
    text("category", 100),
    text("priceList", 100),
    reference("paymentTermId", "payment-terms"),
    reference("salesmanId", "employees"),
    money("creditLimit"),
    text("notes", 2000),
    STATUS,
];

static ORDER: [Member; 14] = [
    required(unique(text("number", 30))),
    required(member("date", Kind::Date)),
    required(reference("customerId", "customers")),
    reference("salesmanId", "employees"),
    reference("warehouseId", "warehouses"),
    reference("paymentTermId", "payment-terms"),
    member("dueDate", Kind::Derived),
    choice("status", &["Draft", "Verified", "Closed"]),
    flag("taxInclusive"),
    member("discountPercent", Kind::Decimal(Some(100))),
    money("discountAmount"),
    text("notes", 2000),
    text("partnerStatus", 100),
    required(member("lines", Kind::Lines)),
];
