//! How one parameter of a save is described: its name, the column it fills, what it accepts.
//!
//! `fill` does the converting.

/// One parameter of a save.
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// Its name in messages.
    pub label: &'static str,
    /// The column it fills.
    pub column: &'static str,
    /// What it accepts.
    pub kind: Kind,
    /// Whether records must have it.
    pub need: Need,
}

/// Whether records must have a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// May be left out.
    Optional,
    /// Must be there.
    Required,
    /// Must be there only when the setting asks for the specification to be taken literally.
    RequiredIfStrict,
}

/// What a parameter accepts.
pub enum Kind {
    /// Text up to so many characters.
    Text(usize),
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// True or false.
    Flag,
    /// `dd/MM/yyyy`.
    Date,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// The key of another record: the module, and the columns looked in, first match wins.
    Named(&'static str, &'static [&'static str]),
    /// The id of another record of this module.
    Id(&'static str),
    /// Keys of several other records.
    NamedList(&'static str, &'static [&'static str]),
    /// Lines with these parameters each.
    Lines(&'static [Param]),
    /// Lines whose members are kept as they come.
    FreeLines,
}

impl Param {
    const fn new(name: &'static str, kind: Kind) -> Param {
        Param { name, label: name, column: name, kind, need: Need::Optional }
    }

    /// With this name in messages.
    pub const fn label(self, label: &'static str) -> Param {
        Param { label, name: self.name, column: self.column, need: self.need, kind: self.kind }
    }

    /// Into this column.
    pub const fn column(self, column: &'static str) -> Param {
        Param { column, name: self.name, label: self.label, need: self.need, kind: self.kind }
    }

    /// Required.
    pub const fn required(self) -> Param {
        Param { need: Need::Required, ..self }
    }

    /// Required when the specification is taken literally.
    pub const fn strict(self) -> Param {
        Param { need: Need::RequiredIfStrict, ..self }
    }
}

/// A text parameter.
pub const fn text(name: &'static str, max: usize) -> Param {
    Param::new(name, Kind::Text(max))
}
/// A number parameter.
pub const fn number(name: &'static str) -> Param {
    Param::new(name, Kind::Number)
}
/// A whole-number parameter.
pub const fn integer(name: &'static str) -> Param {
    Param::new(name, Kind::Integer)
}
/// A yes-or-no parameter.
pub const fn flag(name: &'static str) -> Param {
    Param::new(name, Kind::Flag)
}
/// A date parameter.
pub const fn date(name: &'static str) -> Param {
    Param::new(name, Kind::Date)
}
/// A parameter with fixed words.
pub const fn choice(name: &'static str, words: &'static [&'static str]) -> Param {
    Param::new(name, Kind::Choice(words))
}
/// A parameter naming another record.
pub const fn named(
    name: &'static str,
    column: &'static str,
    module: &'static str,
    keys: &'static [&'static str],
) -> Param {
    Param::new(name, Kind::Named(module, keys)).column(column)
}
/// A parameter that is the id of another record.
pub const fn by_id(name: &'static str, module: &'static str) -> Param {
    Param::new(name, Kind::Id(module))
}
/// The parameter `salesmanListNumber[]`.
pub const SALESMEN: Param =
    Param::new("salesmanListNumber", Kind::NamedList("employee", &["number"])).column("salesmanListId");
/// Lines with described parameters.
pub const fn lines(name: &'static str, params: &'static [Param]) -> Param {
    Param::new(name, Kind::Lines(params))
}
/// Lines kept as they come.
pub const fn free_lines(name: &'static str) -> Param {
    Param::new(name, Kind::FreeLines)
}
