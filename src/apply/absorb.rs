//! What a run wrote and could not note: it died before it settled, or had no answer. A record that holds what was asked of it was not edited
//! by anybody; taken for an edit, our own write would win over a newer one, or quarrel with it.

use selaras_mapping::program::Entity;
use selaras_model::{Image, Link, Side};
use selaras_plan::Change;

/// Moves the base of a link to what an update of its record on `target` asked for, field by field, where `seen` holds it now. `origin` is
/// what the other side holds now. Answers whether anything moved.
///
/// Only plain values.
#[must_use]
pub fn absorb(
    entity: &Entity,
    link: &mut Link,
    target: Side,
    changes: &[Change],
    (seen, origin): (&Image, &Image),
) -> bool {
    let mut moved = false;
    for Change { field, before, after, why } in changes {
        let (Some(at), Some(stored), Some(there)) = (entity.position(field), seen.get(field), origin.get(field)) else {
            continue;
        };
        // What a rule or a person decided need not be what the other side held.
        let came_from_there = why.is_none() || entity.as_asked(at, Some(after), after, there);
        if after.is_plain() && came_from_there && entity.as_asked(at, before.as_ref(), after, stored) {
            link.images.get_mut(target).set(field.clone(), stored.clone());
            link.images.get_mut(target.other()).set(field.clone(), after.clone());
            moved = true;
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use selaras_model::{LinkId, LinkState, Message, Missed, PerSide, RunId, Value};

    const MAPPING: &str = "version: 1\nname: m\nsystems: { a: { connector: a }, b: { connector: b } }\nentities:\n  Thing:\n    group: master\n    \
        a: t\n    b: t\n    sync: two-way\n    match: [[code]]\n    fields:\n      code: { a: $.code, b: $.code }\n      \
        name: { a: $.name, b: $.name, as: { text: { ignore_case: true } } }\n";

    fn image(name: &str) -> Image {
        let mut image = Image::default();
        image.set("name".into(), Value::Text(name.to_owned()));
        image
    }

    /// The base of both sides after a write of `asked` to the right, which holds `seen` now, while the left holds `origin`.
    fn base(asked: &str, why: Option<Message>, seen: &str, origin: &str) -> Option<(Image, Image)> {
        let (mapping, _) = selaras_mapping::compile(MAPPING, |_| None);
        let mapping = mapping.expect("it compiles");
        let mut link = Link {
            id: LinkId(1),
            ids: PerSide::new("1".into(), "2".into()),
            origin: Side::Left,
            state: LinkState::Live,
            images: PerSide::new(image("old"), image("OLD")),
            versions: PerSide::new(None, None),
            label: "x".to_owned(),
            since: RunId::from("1"),
            made: false,
            by_hand: false,
            grace: None,
            missed: Missed::default(),
        };
        let text = |text: &str| Value::Text(text.to_owned());
        let change = Change { field: "name".into(), before: Some(text("OLD")), after: text(asked), why };
        let entity = mapping.entity(&"Thing".into()).expect("it is there");
        let moved = absorb(entity, &mut link, Side::Right, &[change], (&image(seen), &image(origin)));
        moved.then_some((link.images.left, link.images.right))
    }

    #[test]
    fn the_base_takes_what_was_asked_where_it_is_held() {
        let taken = |name: &str, reported: &str| Some((image(name), image(reported)));
        assert_eq!(base("new", None, "NEW", "new"), taken("new", "NEW"), "as the system spells it");
        assert_eq!(base("new", None, "NEW", "newer"), taken("new", "NEW"), "and what was typed since is an edit");
        assert_eq!(base("new", None, "OLD", "new"), None, "it was not done");
        assert_eq!(base("new", None, "other", "new"), None, "or somebody has edited it since");
        let decided = || Some(Message::new("decided"));
        assert_eq!(base("new", decided(), "NEW", "new"), taken("new", "NEW"));
        assert_eq!(base("new", decided(), "NEW", "old"), None, "a decision that the other side has yet to follow");
    }
}
