//! Tests of conditions: the filters of the real mapping, the comparison table of RFC 9535, and texts that are no conditions.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn holds(text: &str, record: &Json) -> bool {
    let facts = json!({"branch": {"id": 100, "name": "Jakarta"}, "closed": [1, 2.0]});
    Condition::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}")).holds(record, &facts)
}

#[test]
fn the_conditions_of_the_real_mapping() {
    let here = "@.branchId == null || @.branchId == $.branch.id";
    assert!(holds(here, &json!({"branchId": null})));
    assert!(holds(here, &json!({"branchId": 100})));
    assert!(holds(here, &json!({"branchId": 100.0})));
    assert!(!holds(here, &json!({"branchId": 50})));
    assert!(!holds(here, &json!({"branchId": "100"})), "text is no number");
    assert!(!holds(here, &json!({})), "not returned is not null");
    assert!(holds("match(@.customerNo, 'C\\\\.DEMO-.*')", &json!({"customerNo": "C.DEMO-1"})));
    assert!(!holds("match(@.customerNo, 'C\\\\.DEMO-.*')", &json!({"customerNo": "CxDEMO-1"})));
    assert!(!holds("match(@.customerNo, 'DEMO')", &json!({"customerNo": "C.DEMO-1"})), "match means the whole text");
    assert!(holds("search(@.customerNo, 'DEMO')", &json!({"customerNo": "C.DEMO-1"})));
    assert!(!holds("match(@.number, 'DEMO-.*')", &json!({"number": 5})));
    assert!(holds("@.status != 'Draft'", &json!({})), "what is missing is not a draft");
}

#[test]
fn numbers_are_exact() {
    assert!(holds("@.a == 1", &json!({"a": 1.0})));
    assert!(holds("@.a == 0.3", &json!({"a": 0.3})));
    assert!(!holds("@.a == 1", &json!({"a": "1"})));
    let large: Json = serde_json::from_str(r#"{"a": 9007199254740993, "b": 9007199254740992.0}"#).unwrap();
    assert!(!holds("@.a == @.b", &large), "a float would say that they are the same");
    assert!(holds("@.a > @.b && @.b < @.a && @.a >= @.a && @.b <= @.a", &large));
    let huge = json!({"a": 1e300, "b": 1e301});
    assert!(holds("@.a < @.b && @.a > 5 && 5 < @.b && @.a == @.a && @.a != @.b", &huge));
}

#[test]
fn unlike_things_compare_as_the_standard_says() {
    let record = json!({"obj": {"x": "y", "n": 1.0}, "same": {"n": 1, "x": "y"}, "arr": [2, 3], "t": true, "null": null, "s": "b"});
    for text in [
        "@.absent1 == @.absent2",
        "@.absent1 <= @.absent2",
        "@.obj == @.same",
        "@.arr == @.arr",
        "@.obj != @.arr",
        "@.t == true",
        "@.t <= true",
        "@.null == null",
        "@.null <= @.null",
        "'a' < @.s",
        "@.s >= 'b'",
        "'é' > 'z'",
        "@.absent != 1",
        "13 != '13'",
    ] {
        assert!(holds(text, &record), "{text}");
    }
    for text in [
        "@.absent == 'g'",
        "@.absent == null",
        "@.obj == @.arr",
        "@.arr < @.arr",
        "@.t < true",
        "@.t > true",
        "1 <= @.arr",
        "'a' < 1",
        "@.null < @.null",
        "@.absent < 1",
    ] {
        assert!(!holds(text, &record), "{text}");
    }
}

#[test]
fn paths_lengths_and_counts() {
    let record =
        json!({"lines": [{"q": 1, "c": "x"}, {"q": 5}, {"q": 7, "sub": {"q": 9}}], "name": "éa", "none": null});
    for text in [
        "@.lines[?@.q > 5]",
        "!@.lines[?@.q > 9]",
        "count(@.lines[*]) == 3",
        "count(@.lines[?@.q >= 5]) == 2",
        "length(@.name) == 2",
        "length(@.lines) == 3",
        "length(@.lines[0]) == 2",
        "value(@.lines[?@.c == 'x'].q) == 1",
        "count(@..q) == 4",
        "@.none",
        "@.lines[-1].sub",
        "count(@.lines[0:2]) == 2",
        "count(@.lines[::-1]) == 3",
        "count(@.lines[::0]) == 0",
        "count(@.lines[0,1,9]) == 2",
        "count($.closed[*]) == 2",
        "@.lines[?@.q == $.branch.id] || @['name'] == 'éa'",
        "!(@.none == 1) && (@.name == 'éa' || @.none == 2)",
        "count(@.lines[-2:]) == 2",
        "count(@.lines[2:0:-1]) == 2",
    ] {
        assert!(holds(text, &record), "{text}");
    }
    for text in ["@.absent", "length(@.none) == 0", "value(@.lines[*].q) == 1", "@.lines[?@.q > 9]", "$.absent"] {
        assert!(!holds(text, &record), "{text}");
    }
}

#[test]
fn the_members_that_it_reads() {
    let paths = |text: &str| Condition::parse(text).unwrap().paths().to_vec();
    assert_eq!(paths("@.branchId == null || @.branchId == $.branch.id"), ["branchId"]);
    assert_eq!(paths("match(@.customer.no, 'x') && length(@.name) > 2 && !@.gone"), ["customer.no", "gone", "name"]);
    assert_eq!(paths("@.lines[?@.q > @.limit]"), ["lines"]);
    assert_eq!(paths("count(@.lines[*].q) > 1 && @.list[0].id == 1"), ["lines", "list[].id"]);
    assert!(paths("@[*] || $.x").is_empty(), "nothing in particular");
}

#[test]
fn what_is_no_condition_is_refused_with_its_reason() {
    let cases = [
        ("", "map-condition-syntax"),
        ("@.a =", "map-condition-syntax"),
        ("@.a == 1], ?@.b", "map-condition-syntax"),
        ("@.a].b", "map-condition-syntax"),
        ("@.a], [?@.b", "map-condition-syntax"),
        ("status == 'x'", "map-condition-syntax"),
        ("length(@.a)", "map-condition-not-a-test"),
        ("in(@.a, @.b)", "map-condition-function"),
        ("count(1) == 1", "map-condition-syntax"),
        ("length(@.*) == 1", "map-condition-argument"),
        ("match(@.a, @.b)", "map-condition-pattern-not-text"),
        ("match(@.a, '(')", "map-condition-pattern"),
        ("match(@.a, '(x{1000}){1000}')", "map-condition-pattern"),
        ("count(@..a..b) == 1", "map-condition-too-many-descents"),
        ("((((((((( @.a )))))))))", "map-condition-too-deep"),
    ];
    for (text, key) in cases {
        let error = Condition::parse(text).expect_err(text);
        assert_eq!(error.message.key, key, "{text}: {error:?}");
        assert!(error.offset <= text.len(), "{text}: {error:?}");
    }
    assert_eq!(Condition::parse("@.status = 'x'").unwrap_err().offset, 9);
}

#[test]
fn conditions_that_visibly_exclude_each_other() {
    let excludes = |one: &str, other: &str| {
        let [one, other] =
            [one, other].map(|text| Condition::parse(text).unwrap_or_else(|it| panic!("{text}: {it:?}")));
        assert_eq!(one.excludes(&other), other.excludes(&one), "{one} / {other}: it goes both ways");
        one.excludes(&other)
    };
    let apart = [
        ("@.type == 'A'", "@.type == 'B'"),
        ("@.type == 'A'", "'B' == @['type']"),
        ("@.type == 1", "@.type == '1'"),
        ("@.type == null", "@.type == 'A'"),
        ("@.type == 'A'", "@.type != 'A'"),
        ("@.type == 'A'", "!(@.type == 'A')"),
        ("@.branch == $.branch.id", "$.branch.id != @.branch"),
        ("@.vendor", "!@.vendor"),
        ("match(@.no, 'C.*')", "!match(@.no, 'C.*')"),
        ("@.n < 5", "@.n >= 5"),
        ("@.n < @.m", "@.n > @.m"),
        ("@.n < @.m", "@.m < @.n"),
        ("@.type == 'A' || @.type == 'B'", "@.type == 'C' && @.on == true"),
        ("@.on == true && @.type == 'C'", "@.type == 'A' || @.on == false"),
        ("!(@.type == 'A' || @.type == 'B')", "@.type == 'B'"),
        ("!(@.type == 'A' || @.vendor)", "@.vendor && @.on == true"),
    ];
    for (one, other) in apart {
        assert!(excludes(one, other), "{one} / {other}");
    }
    let perhaps_both = [
        ("@.type == 'A'", "@.type == 'A'"),
        ("@.type == 1", "@.type == 1.0"),
        ("@.type == 'A'", "@.kind == 'B'"),
        ("@.type == 'A'", "@.type == @.kind"),
        ("@.type == 'A'", "@.type != 'B'"),
        ("@.type != 'A'", "@.type != 'B'"),
        ("@.n <= 5", "@.n >= 5"),
        ("@.n < @.m", "@.m > @.n"),
        // Of unlike things neither holds, so that both negations do.
        ("!(@.n < 5)", "!(@.n >= 5)"),
        ("@.type == 'A' || @.on == true", "@.type == 'B'"),
        ("!(@.type == 'A' && @.vendor)", "@.vendor"),
        ("match(@.no, 'C.*')", "!match(@.no, 'D.*')"),
        ("match(@.no, 'C.*')", "!search(@.no, 'C.*')"),
    ];
    for (one, other) in perhaps_both {
        assert!(!excludes(one, other), "{one} / {other}");
    }
}

proptest! {
    #![proptest_config(crate::properties::config(256))]

    #[test]
    fn no_text_panics(text in "\\PC{0,40}|([@$.]|[a-c]|[=<>!&|]{1,2}|['\"0-9()\\[\\]?*,: -]|match\\(|count\\(){0,24}", record in "\\PC{0,4}") {
        if let Ok(condition) = Condition::parse(&text) {
            let holds = condition.holds(&json!({"a": record, "b": [1, {"a": null}]}), &Json::Null);
            prop_assert!(!holds || !condition.excludes(&condition), "it holds, and would exclude itself");
        }
    }
}
