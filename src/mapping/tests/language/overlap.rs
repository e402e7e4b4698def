//! Two entities of one resource: which pairs pass, and on which side the others must be kept apart (M028).

use selaras_mapping::compile;

/// What an entity says beside its name; fields and keys are the same for all.
fn entity(name: &str, rules: &str) -> String {
    let fields = "fields: { code: { a: $.code, b: $.code }, title: { a: $.name, b: $.name } }";
    format!("  {name}:\n    group: master\n    match: [[code]]\n    {fields}\n    {}\n", rules.replace("; ", "\n    "))
}

/// The systems in which the two entities are not kept apart.
fn shared(first: &str, again: &str) -> Vec<String> {
    let systems = "systems: { a: { connector: toy }, b: { connector: toy } }";
    let text = format!("version: 1\nname: two\n{systems}\nentities:\n{}{}", entity("One", first), entity("Two", again));
    let (mapping, found) = compile(&text, |_| None);
    assert_eq!(mapping.is_none(), !found.is_empty(), "{text}\n{found:#?}");
    found
        .iter()
        .map(|found| {
            assert_eq!(found.code, "M028", "{text}\n{found:#?}");
            found.message.args["system"].clone()
        })
        .collect()
}

#[test]
fn the_same_pair_of_resources_is_kept_apart_where_creation_starts() {
    let two_way = "a: x; b: x; sync: two-way";
    assert_eq!(shared(two_way, two_way), ["a", "b"]);
    let a = |type_: &str| format!("{two_way}; scope: {{ a: \"@.type == '{type_}'\" }}");
    assert_eq!(shared(&a("A"), &a("B")), ["b"], "a new record of b would be made in a by both");
    assert_eq!(shared(&a("A"), two_way), ["a", "b"], "a scope of one of them excludes nothing");
    let both = |type_: &str| {
        format!("{two_way}; scope: {{ a: \"@.type == '{type_}'\", b: [\"@.on == true\", \"@.kind == '{type_}'\"] }}")
    };
    assert_eq!(shared(&both("A"), &both("B")), [""; 0]);
    assert_eq!(shared(&both("A"), &both("A")), ["a", "b"]);

    let one_way = |rules: &str| format!("a: x; b: x; sync: a -> b{rules}");
    assert_eq!(shared(&one_way(""), &one_way("")), ["a"]);
    assert_eq!(shared(&one_way("; scope: { b: \"@.on == 1\" }"), &one_way("; scope: { b: \"@.on == 2\" }")), ["a"]);
    assert_eq!(shared(&one_way("; scope: { a: \"@.on == 1\" }"), &one_way("; scope: { a: \"@.on == 2\" }")), [""; 0]);
    assert_eq!(
        shared(&one_way(""), "a: x; b: x; sync: b -> a"),
        ["a", "b"],
        "each would take what the other made for new"
    );
}

#[test]
fn entities_that_create_nothing_need_one_side_that_is_kept_apart() {
    let rules = |scope: &str| format!("a: x; b: x; sync: two-way; on_create: {{ a: deny, b: deny }}{scope}");
    assert_eq!(shared(&rules(""), &rules("")), ["a"]);
    assert_eq!(shared(&rules("; scope: { b: \"@.on == 1\" }"), &rules("; scope: { b: \"@.on == 2\" }")), [""; 0]);
    assert_eq!(shared(&rules("; scope: { a: \"@.on == 1\" }"), &rules("; scope: { a: \"@.on == 2\" }")), [""; 0]);
}

#[test]
fn a_resource_may_go_into_several_but_not_come_from_several() {
    assert_eq!(shared("a: x; b: x; sync: a -> b", "a: x; b: y; sync: a -> b"), [""; 0], "one is read into two");
    assert_eq!(
        shared("a: x; b: x; sync: two-way", "a: x; b: y; sync: a -> b"),
        [""; 0],
        "one fills it, the other reads it on"
    );
    assert_eq!(shared("a: x; b: x; sync: two-way", "a: y; b: x; sync: b -> a"), [""; 0]);
    assert_eq!(shared("a: x; b: x; sync: b -> a", "a: x; b: y; sync: b -> a"), ["a"], "two that are one here");
    assert_eq!(shared("a: x; b: x; sync: two-way", "a: x; b: y; sync: two-way"), ["a"]);
    let fills = "a: x; b: y; sync: b -> a; on_create: { a: deny }";
    assert_eq!(shared("a: x; b: x; sync: two-way", fills), ["a"], "both write the name");
    assert_eq!(shared("a: x; b: x; sync: two-way", "a: y; b: y; sync: two-way"), [""; 0]);
    let marked = |b: &str| format!("a: x; b: {b}; sync: a -> b; partner_id: {{ a: $.partner }}");
    assert_eq!(shared(&marked("x"), &marked("y")), ["a"], "both would write their partner there");
}
