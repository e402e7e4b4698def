//! Golden reports: what people and programs get to see of one plan, in all forms.

use super::{Facts, PlanReport, Screen, build, conflict_reports, conflicts_text, html, json, markdown, text};
use crate::catalogue::Catalogue;
use crate::exit::Exit;
use crate::fixture;
use crate::locale::Lang;
use selaras_model::{Decision, Message, NativeId, PerSide, Ref, RefBy, RunId, Side, Signature, Take, Value};
use selaras_plan::{Action, ActionKind, Conflict, ConflictKind, FieldConflict, Kept, Named, Waiting};
use selaras_run::{Applied, Evidence, OpenConflict, Planned, SeenIn};

fn report(lang: Lang, planned: &Planned, applied: Option<&Applied>) -> (Catalogue, PlanReport) {
    let catalogue = Catalogue::new(lang);
    let exit = applied.map_or_else(|| Exit::of_plan(planned), |applied| Exit::of_run(planned, applied));
    let report = build(&catalogue, &Facts { planned, applied, exit });
    (catalogue, report)
}

fn screen(width: usize) -> Screen {
    Screen {
        width,
        all: false,
        tail: "mappings/accurate.yaml --sandbox".to_owned(),
        selection: " --only master".to_owned(),
        apply: String::new(),
    }
}

/// The text without styles: colour is looked at in another test.
fn plain(lang: Lang, planned: &Planned, applied: Option<&Applied>, screen: &Screen) -> String {
    let (catalogue, report) = report(lang, planned, applied);
    anstream::adapter::strip_str(&text(&catalogue, &report, screen)).to_string()
}

#[test]
fn a_plan_as_text() {
    insta::assert_snapshot!("plan_id", plain(Lang::Id, &fixture::planned(), None, &screen(100)));
    insta::assert_snapshot!("plan_en_narrow", plain(Lang::En, &fixture::planned(), None, &screen(60)));
    let all = Screen { all: true, ..screen(100) };
    insta::assert_snapshot!("plan_en_all", plain(Lang::En, &fixture::planned(), None, &all));
}

#[test]
fn a_plan_without_changes_as_text() {
    insta::assert_snapshot!("nothing_id", plain(Lang::Id, &fixture::nothing(), None, &screen(100)));
}

#[test]
fn a_refused_plan_names_the_setting_the_numbers_and_the_command() {
    let mut planned = fixture::nothing();
    planned.stops = vec![fixture::stop()];
    let shown = plain(Lang::En, &planned, None, &screen(120));
    for part in [
        "`guards.delete: 10%`",
        "1,200",
        "1,119",
        "111",
        "runner apply mappings/accurate.yaml --sandbox --only master --approve 0123456789ab --because",
    ] {
        assert!(shown.contains(part), "{part} is missing in:\n{shown}");
    }
}

#[test]
fn results_as_text() {
    let planned = fixture::planned();
    let applied = fixture::applied(&planned);
    insta::assert_snapshot!("results_id", plain(Lang::Id, &planned, Some(&applied), &screen(100)));
    insta::assert_snapshot!("results_en", plain(Lang::En, &planned, Some(&applied), &screen(100)));
}

#[test]
fn no_line_is_wider_than_the_screen() {
    let planned = fixture::planned();
    let applied = fixture::applied(&planned);
    for width in [40, 60, 80, 140] {
        for applied in [None, Some(&applied)] {
            for line in plain(Lang::Id, &planned, applied, &screen(width)).lines() {
                // Commands are there to be copied, so they are not broken.
                assert!(super::layout::width(line) <= width || line.starts_with("    runner "), "{width}: {line}");
            }
        }
    }
}

#[test]
fn conflicts_as_text() {
    let catalogue = Catalogue::new(Lang::Id);
    let systems = PerSide::new("accurate".to_owned(), "smh".to_owned());
    let open: Vec<OpenConflict> = fixture::planned().plan.conflicts.into_iter().map(OpenConflict::from).collect();
    let conflicts = conflict_reports(&catalogue, &systems, &open);
    let shown = conflicts_text(&catalogue, vec!["accurate", "smh"], &conflicts, &screen(100), " --sandbox");
    insta::assert_snapshot!("conflicts_id", anstream::adapter::strip_str(&shown).to_string());
}

/// A conflict of a term that both sides changed, and one of a record that is gone on the left; the first is decided.
fn decided() -> Vec<OpenConflict> {
    let reference = |key: &str| Ref { entity: "Syarat Pembayaran".into(), by: RefBy::Id, key: key.to_owned() };
    let value = |key: &str| Some(Value::Ref(reference(key)));
    let of = |conflict: &Conflict, field: FieldConflict| Conflict { fields: vec![field], ..conflict.clone() };
    let first = fixture::planned().plan.conflicts[0].clone();
    let term = FieldConflict {
        field: "term".into(),
        base: PerSide::new(value("50"), value("trm-1")),
        now: PerSide::new(value("100"), value("trm-000001")),
    };
    let name = FieldConflict {
        field: "name".into(),
        base: PerSide::default(),
        now: PerSide::new(None, Some(Value::Text("Toko".to_owned()))),
    };
    let gone =
        Conflict { id: "d3l3t3dx".into(), kind: ConflictKind::Delete, gone: Some(Side::Left), ..of(&first, name) };
    let decision = Decision {
        conflict: first.id.clone(),
        entity: first.entity.clone(),
        ids: PerSide::new("120".into(), "CUS-9".into()),
        label: first.label.clone(),
        gone: None,
        on: [("term".into(), term.now.clone())].into(),
        take: Take::Side(Side::Right),
        signature: Signature { by: "rina".into(), at_ms: 1_780_000_000_000, because: "kata pelanggan".into() },
    };
    let label = |side, key: &str, label: &str| Named { side, reference: reference(key), label: label.to_owned() };
    let names = vec![label(Side::Left, "100", "net 7"), label(Side::Right, "trm-000001", "C.O.D")];
    vec![OpenConflict { conflict: of(&first, term), names, decided: vec![decision] }, gone.into()]
}

#[test]
fn what_is_decided_and_deleted_is_told_and_references_have_names() {
    let systems = PerSide::new("accurate".to_owned(), "smh".to_owned());
    for lang in [Lang::Id, Lang::En] {
        let catalogue = Catalogue::new(lang);
        let open = decided();
        let conflicts = conflict_reports(&catalogue, &systems, &open);
        assert_eq!(conflicts.iter().map(|conflict| conflict.waits).collect::<Vec<_>>(), [false, true]);
        let shown = conflicts_text(&catalogue, vec!["accurate", "smh"], &conflicts, &screen(160), " --sandbox");
        let name = format!("conflicts_decided_{}", if lang == Lang::Id { "id" } else { "en" });
        insta::assert_snapshot!(name, anstream::adapter::strip_str(&shown).to_string());
        let all = conflicts_text(&catalogue, vec!["accurate", "smh"], &conflicts[..1], &screen(160), "");
        assert!(all.contains(&catalogue.text("conflicts-decided")), "{all}");
    }
}

#[test]
fn a_plan_as_json_is_the_same_every_time_and_keeps_to_its_schema() {
    let (_, report) = report(Lang::En, &fixture::planned(), None);
    let shown = json(&report);
    let (_, again) = self::report(Lang::En, &fixture::planned(), None);
    assert_eq!(shown, json(&again));
    insta::assert_snapshot!("plan_json", shown);
    let schema = serde_json::from_str(&super::schema::<PlanReport>()).unwrap();
    let planned = fixture::planned();
    let applied = fixture::applied(&planned);
    let (_, run) = self::report(Lang::Id, &planned, Some(&applied));
    for report in [report, run] {
        let value = serde_json::to_value(&report).unwrap();
        let found: Vec<String> = jsonschema::validator_for(&schema)
            .unwrap()
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn every_record_seen_is_counted_once() {
    let (_, report) = report(Lang::En, &fixture::planned(), None);
    for row in &report.entities {
        let sum = row.dummy + row.out() + row.failed + row.created + row.updated + row.unchanged + row.held;
        assert_eq!(row.seen, sum, "{} in {}", row.entity, row.system);
    }
}

#[test]
fn a_plan_as_markdown() {
    let planned = fixture::planned();
    let (catalogue, plan) = report(Lang::Id, &planned, None);
    insta::assert_snapshot!("plan_markdown", markdown(&catalogue, &plan));
}

#[test]
fn a_plan_as_a_page() {
    let planned = fixture::planned();
    let applied = fixture::applied(&planned);
    let (catalogue, plan) = report(Lang::Id, &planned, None);
    let page = html(&catalogue, &plan);
    // The look is checked by eye; here it is enough that what the page says stays what it is.
    let body = page.split_once("</style>").unwrap().1.replace("><", ">\n<");
    insta::assert_snapshot!("plan_html", body);
    let (catalogue, run) = report(Lang::En, &planned, Some(&applied));
    for page in [page, html(&catalogue, &run)] {
        assert!(page.contains("Toko Jaya &lt;b&gt;Abadi&lt;/b&gt;") && !page.contains("<b>Abadi"));
        assert!(
            !page.contains("http://") && !page.contains("https://") && !page.contains("url("),
            "the page needs something from outside"
        );
        assert!(!page.contains('\u{1b}'));
    }
}

#[test]
fn what_systems_say_cannot_move_the_cursor() {
    let (catalogue, report) = report(Lang::Id, &fixture::planned(), None);
    let shown = text(&catalogue, &report, &screen(100));
    assert!(shown.contains("Kirim sore⏎lewat pintu belakang\u{fffd}[31m"), "{shown}");
}

#[test]
fn styles_are_there_and_can_be_taken_away() {
    let (catalogue, report) = report(Lang::Id, &fixture::planned(), None);
    let styled = text(&catalogue, &report, &screen(100));
    assert!(styled.contains("\u{1b}[32m+\u{1b}[0m"));
    assert!(!anstream::adapter::strip_str(&styled).to_string().contains('\u{1b}'));
}

/// What an undo leaves, what waits for its delete and what speaks for a delete stand in every form, in both languages.
#[test]
fn what_is_not_undone_what_waits_and_what_speaks_for_a_delete() {
    let mut planned = fixture::nothing();
    let entity = planned.plan.entities[0].entity.clone();
    let action = fixture::planned().plan.actions.pop().expect("there are some");
    let action = Action { kind: ActionKind::Delete, entity: entity.clone(), changes: Vec::new(), ..action };
    let seen = SeenIn { run: RunId::from("run-7"), at_ms: 1_779_900_000_000 };
    let evidence = Evidence {
        gone: action.target.other(),
        linked_since: RunId::from("run-3"),
        seen: Some(seen),
        read_ms: 1_780_000_000_000,
        rules_since: Some(RunId::from("run-5")),
        mapping_since: None,
    };
    planned.evidence.insert(action.id.clone(), evidence);
    planned.plan.actions.push(action);
    planned.undoes = Some(RunId::from("run-8"));
    let (side, id, run) = (Side::Right, NativeId::from("CUS-9"), RunId::from("run-6"));
    planned.plan.kept.push(Kept {
        entity: entity.clone(),
        side,
        id: id.clone(),
        label: "C.9 Toko Lama".to_owned(),
        field: Some("phone".into()),
        was: Some(fixture::text("0811")),
        reason: Message::new("plan-kept-touched").with("system", "smh").with("now", "0822"),
    });
    let (since_ms, until_ms) = (1_780_000_000_000, 1_782_592_000_000);
    planned.plan.waiting.push(Waiting {
        entity,
        side,
        id,
        label: "C.10 Toko Tunggu".to_owned(),
        since_ms,
        run,
        until_ms,
    });
    for lang in [Lang::En, Lang::Id] {
        let (catalogue, report) = report(lang, &planned, None);
        let forms = [
            plain(lang, &planned, None, &screen(400)),
            markdown(&catalogue, &report),
            html(&catalogue, &report),
            json(&report),
        ];
        for form in forms {
            let form = form.replace('\\', "");
            for part in ["run-3", "run-5", "run-7", "run-8", "C.9 Toko Lama", "0811", "0822", "C.10 Toko Tunggu"] {
                assert!(form.contains(part), "{part} is missing in:\n{form}");
            }
        }
    }
}
