//! A set of link numbers, one bit each: what was seen of a million links in an eighth of a megabyte.

use selaras_model::LinkId;

/// A set of links.
#[derive(Debug, Default)]
pub(crate) struct Links(Vec<u64>);

impl Links {
    /// Puts a link in; `true` if it was not in before.
    pub fn insert(&mut self, link: LinkId) -> bool {
        let (word, bit) = place(link);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        new
    }

    /// Whether a link is in.
    pub fn contains(&self, link: LinkId) -> bool {
        let (word, bit) = place(link);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }
}

/// Row numbers of SQLite start at 1 and are dense.
const fn place(link: LinkId) -> (usize, u64) {
    let number = link.0.unsigned_abs();
    ((number / 64) as usize, 1 << (number % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_put_in_and_nothing_else() {
        let mut links = Links::default();
        for number in [1, 63, 64, 65, 1000] {
            assert!(links.insert(LinkId(number)));
            assert!(!links.insert(LinkId(number)));
        }
        let found: Vec<i64> = (0..1100).filter(|number| links.contains(LinkId(*number))).collect();
        assert_eq!(found, [1, 63, 64, 65, 1000]);
    }
}
