//! A plan made by hand, with one of everything that a report has to show.

use jiff::civil::date;
use selaras_model::{
    ActionId, Decimal, EntityName, FieldName, Image, Message, NativeId, PerSide, Reason, Ref, RefBy, Row, RunId, Side,
    Text, Value,
};
use selaras_plan::{
    Action, ActionKind, Binding, Candidate, Change, Conflict, ConflictKind, Counts, Ending, EntityReport,
    FieldConflict, GuardStop, Held, Pair, PartnerId, Plan, Precondition, Problem, ReasonCount, pending_key,
};
use selaras_run::{ActionEnd, ActionResult, Applied, Calls, Planned, SyncInfo};
use std::collections::BTreeMap;

/// Text as a value.
pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A number as a value.
pub fn number(plain: &str) -> Value {
    Value::Decimal(plain.parse::<Decimal>().unwrap())
}

/// A reference by id.
pub fn reference(entity: &str, key: &str) -> Value {
    Value::Ref(Ref { entity: entity.into(), by: RefBy::Id, key: key.to_owned() })
}

fn change(field: &str, before: Option<Value>, after: Value) -> Change {
    Change { field: field.into(), before, after, why: None }
}

fn action(
    id: &str,
    entity: &str,
    kind: ActionKind,
    target: Side,
    label: &str,
    why: &str,
    changes: Vec<Change>,
) -> Action {
    Action {
        id: id.into(),
        entity: entity.into(),
        kind,
        target,
        target_id: (kind != ActionKind::Create).then(|| NativeId(format!("{id}-target"))),
        origin_id: Some(NativeId(format!("{id}-origin"))),
        label: label.to_owned(),
        why: Message::new("as-is").with("text", why),
        changes,
        write: Image::default(),
        whole: Image::default(),
        before: Image::default(),
        partner_id: None,
        ref_keys: Vec::new(),
        waits_for: Vec::new(),
        precondition: Precondition::default(),
        pair: 0,
    }
}

fn line(item: &str, unit: &str, quantity: &str, price: &str) -> Row {
    let (item, unit) = (reference("Barang & Jasa", item), reference("Satuan", unit));
    let fields =
        [("item", item.clone()), ("unit", unit.clone()), ("quantity", number(quantity)), ("price", number(price))];
    let fields = fields.into_iter().map(|(field, value)| (FieldName::from(field), value)).collect();
    Row { key: vec![item, unit], occurrence: 0, id: None, fields }
}

/// Customers to create, `count` of them.
fn creates(count: u32) -> Vec<Action> {
    let create = |at: u32| {
        let code = format!("C.{at:05}");
        let changes = vec![
            change("code", None, text(&code)),
            change("name", None, text("Toko Makmur")),
            change("credit_limit", None, number("2500000")),
        ];
        let label = format!("{code} Toko Makmur");
        let mut action = action(
            &format!("c{at}"),
            "Pelanggan",
            ActionKind::Create,
            Side::Right,
            &label,
            "baru di accurate",
            changes,
        );
        action.partner_id = Some(PartnerId::Known(NativeId(format!("{}", 5000 + at))));
        action
    };
    (1..=count).map(create).collect()
}

fn updates() -> Vec<Action> {
    let mut won = change("code", Some(text("CS-2-Simplidots")), text("CS-2-Accurate"));
    won.why = Some(Message::new("as-is").with("text", "diubah di kedua sisi; aturan bentrok memenangkan accurate"));
    let long = "Titip ke satpam bila tutup, kirim sebelum jam 12 siang, tagih setiap hari Kamis minggu kedua";
    let phone = change("handphone", Some(text("0812111222")), text("0812333444"));
    let notes = change("notes", Some(text(long)), text("Kirim sore\nlewat pintu belakang\u{1b}[31m"));
    let term = change("term", Some(reference("Syarat Pembayaran", "3")), reference("Syarat Pembayaran", "9"));
    let order = change(
        "lines",
        Some(Value::List(vec![line("11", "1", "10", "45000"), line("12", "1", "1", "9300")])),
        Value::List(vec![line("11", "1", "12.5", "45000"), line("13", "2", "2", "125000")]),
    );
    let suspended = change("status", Some(text("active")), text("inactive"));
    let mut create = action(
        "o1",
        "Pesanan Penjualan",
        ActionKind::Create,
        Side::Left,
        "SO-2026-001",
        "baru di smh",
        vec![
            change("number", None, text("SO-2026-001")),
            change("date", None, Value::Date(date(2026, 5, 2))),
            change("customer", None, reference("Pelanggan", &pending_key(&ActionId::from("c1")))),
            change("tax_included", None, Value::Bool(true)),
            change("lines", None, Value::List(vec![line("11", "1", "3", "45000")])),
        ],
    );
    create.waits_for = vec!["c1".into()];
    vec![
        action(
            "u1",
            "Pelanggan",
            ActionKind::Update,
            Side::Right,
            "CS-2 Toko Abadi",
            "berubah di accurate",
            vec![won, phone, notes],
        ),
        action(
            "u2",
            "Pelanggan",
            ActionKind::Update,
            Side::Left,
            "C.00400 Warung Bu Sri",
            "berubah di smh",
            vec![term],
        ),
        action(
            "x1",
            "Pelanggan",
            ActionKind::Deactivate,
            Side::Left,
            "C.00077 Toko Lama",
            "terhapus di smh",
            vec![suspended],
        ),
        action(
            "d1",
            "Pelanggan",
            ActionKind::Delete,
            Side::Right,
            "C.00078 Toko Tutup",
            "terhapus di accurate",
            Vec::new(),
        ),
        create,
        action("o2", "Pesanan Penjualan", ActionKind::Update, Side::Left, "SO-2026-000", "berubah di smh", vec![order]),
    ]
}

fn conflicts() -> Vec<Conflict> {
    let field = FieldConflict {
        field: "name".into(),
        base: PerSide::new(Some(text("Toko Jaya")), Some(text("Toko Jaya"))),
        now: PerSide::new(Some(text("Toko Jaya Makmur")), Some(text("Toko Jaya <b>Abadi</b> | 2"))),
    };
    let new = |kind, ids, label: &str, text: &str| {
        Conflict::new(&"Pelanggan".into(), kind, ids, label, Message::new("as-is").with("text", text))
    };
    let ids = PerSide::new(vec!["120".into()], vec!["CUS-9".into()]);
    let stale = Message::new("plan-note-decision-stale").with("by", "rina").with("because", "kata pelanggan");
    let field_conflict = Conflict {
        id: "k7f3abcd".into(),
        fields: vec![field],
        note: Some(stale.with("when", "2026-05-02T07:05:00Z")),
        ..new(ConflictKind::Field, ids, "C.00020 Toko Jaya", "diubah berbeda di kedua sisi")
    };
    let ids = PerSide::new(vec!["121".into(), "122".into()], vec!["CUS-10".into()]);
    let candidate =
        |side, id: &str, label: &str| Candidate { side, id: id.into(), label: label.to_owned(), linked: false };
    let ambiguous = Conflict {
        id: "m2p9wxyz".into(),
        candidates: vec![
            candidate(Side::Left, "121", "C.00021 Toko Kembar"),
            candidate(Side::Left, "122", "C.00021 Toko Kembar Dua"),
            candidate(Side::Right, "CUS-10", "C.00021 Toko Kembar"),
        ],
        ..new(ConflictKind::Ambiguous, ids, "C.00021 Toko Kembar", "dua data di accurate sama-sama cocok: 121, 122")
    };
    vec![field_conflict, ambiguous]
}

fn counts(seen: u64, dummy: u64, out: &[(&str, &str, u64)], rest: [u64; 5]) -> Counts {
    let [failed, created, updated, unchanged, held] = rest;
    let out_of_scope = out.iter().map(|(id, en, count)| ReasonCount {
        reason: Reason { rule: "scope".to_owned(), text: Text { id: (*id).to_owned(), en: (*en).to_owned() } },
        count: *count,
    });
    Counts { seen, dummy, out_of_scope: out_of_scope.collect(), failed, created, updated, unchanged, held }
}

fn entities() -> Vec<EntityReport> {
    let report = |entity: &str, left: Counts, right: Counts, linked: u64| EntityReport {
        entity: entity.into(),
        counts: PerSide::new(left, right),
        linked,
        rebased: 0,
        incomplete: PerSide::default(),
    };
    let away = [("cabang lain", "another branch", 200), ("nonaktif di Accurate", "suspended in Accurate", 69)];
    let mut orders =
        report("Pesanan Penjualan", counts(1, 0, &[], [0, 0, 1, 0, 0]), counts(3, 0, &[], [0, 1, 1, 0, 1]), 1);
    orders.incomplete.left = Some(Message::new("as-is").with("text", "halaman 2 tidak datang"));
    vec![
        report("Satuan", counts(8, 0, &[], [0, 0, 0, 8, 0]), counts(8, 0, &[], [0, 0, 0, 8, 0]), 8),
        report(
            "Pelanggan",
            counts(1423, 23, &away, [0, 14, 3, 1112, 2]),
            counts(1120, 0, &[], [1, 0, 3, 1114, 2]),
            1119,
        ),
        orders,
    ]
}

fn info(entity: &str, side: Side, system: &str, [dummy, data, sinkron]: [u64; 3]) -> SyncInfo {
    SyncInfo {
        entity: entity.into(),
        side,
        system: system.to_owned(),
        dummy,
        data,
        sinkron,
        total: dummy + data + sinkron,
    }
}

fn pair(entity: &str, left: &str, right: &str, label: &str) -> Pair {
    Pair {
        entity: EntityName::from(entity),
        ids: PerSide::new(Some(left.into()), Some(right.into())),
        origin: Side::Left,
        label: label.to_owned(),
        observed: PerSide::default(),
        versions: PerSide::default(),
        base: PerSide::default(),
        moves: BTreeMap::new(),
        ending: Ending::Live,
        found: false,
    }
}

/// The plan.
pub fn planned() -> Planned {
    let plan = Plan {
        format: 1,
        binding: Binding {
            mapping: "accurate-smh".to_owned(),
            mapping_hash: "m".repeat(32),
            systems: PerSide::new("accurate".to_owned(), "smh".to_owned()),
            connectors: PerSide::new("a1".to_owned(), "b2".to_owned()),
            endpoints: PerSide::new("accurate/1/100".to_owned(), "smh/7".to_owned()),
            lineage: "l".to_owned(),
            generation: 3,
        },
        actions: creates(14).into_iter().chain(updates()).collect(),
        pairs: vec![
            pair("Syarat Pembayaran", "9", "T-9", "Net 30"),
            pair("Barang & Jasa", "11", "P-11", "BRG.1 Mi Instan"),
        ],
        conflicts: conflicts(),
        held: vec![Held {
            entity: "Pesanan Penjualan".into(),
            side: Side::Right,
            id: "SO-9".into(),
            label: "SO-2026-009".to_owned(),
            reason: Message::new("as-is").with("text", "pelanggannya data contoh: C.DEMO-1"),
        }],
        lifts: Vec::new(),
        decisions: Vec::new(),
        kept: Vec::new(),
        waiting: Vec::new(),
        problems: vec![Problem {
            entity: "Pelanggan".into(),
            side: Side::Right,
            id: "CUS-3".into(),
            label: "C.00003 Toko Rusak".to_owned(),
            messages: vec![Message::new("as-is").with("text", "creditLimit bukan angka: \"banyak\"")],
        }],
        entities: entities(),
        names: Vec::new(),
        hash: "0123456789abcdef0123456789abcdef".to_owned(),
    };
    let calls = |reads, writes, write_ms, per_second| Calls { reads, writes, limited: 0, write_ms, per_second };
    Planned {
        lacks: PerSide::default(),
        made_ms: 1_780_000_000_000,
        run: RunId::from("run-1"),
        plan,
        stops: Vec::new(),
        calls: PerSide::new(calls(12, 3, 375, Some(8)), calls(9, 18, 0, None)),
        sync_info: vec![
            info("Pelanggan", Side::Left, "accurate", [23, 1400, 0]),
            info("Pelanggan", Side::Right, "smh", [0, 1, 1119]),
        ],
        unclear: 0,
        titles: PerSide::new("PT Panduan Sejahtera, cabang Jakarta".to_owned(), "SMH PT Panduan Sejahtera".to_owned()),
        rebased: Vec::new(),
        evidence: BTreeMap::new(),
        undoes: None,
        approved: None,
        review: None,
    }
}

/// The same plan with nothing in it.
pub fn nothing() -> Planned {
    let mut planned = planned();
    let plan = &mut planned.plan;
    plan.actions.clear();
    plan.pairs.clear();
    plan.conflicts.clear();
    plan.held.clear();
    plan.problems.clear();
    plan.entities.truncate(1);
    planned
}

/// A guard that the plan goes beyond.
pub fn stop() -> GuardStop {
    GuardStop {
        entity: "Pelanggan".into(),
        side: Side::Right,
        guard: "delete".to_owned(),
        planned: 1200,
        allowed: 111,
        population: 1119,
        limit: "10%".to_owned(),
    }
}

/// What became of the plan.
pub fn applied(planned: &Planned) -> Applied {
    let result = |action: &Action| {
        let said = |text: &str| Message::new("as-is").with("text", text);
        let end = match action.id.as_str() {
            "c2" => ActionEnd::Rejected(said("kode sudah dipakai")),
            "c3" => ActionEnd::Unclear(said("jawaban tidak datang")),
            "u2" => ActionEnd::Skipped(said("sudah berubah sejak rencana dibuat")),
            id => ActionEnd::Applied { id: NativeId(format!("{id}-new")) },
        };
        let rounded = ("credit_limit".to_owned(), "2500000.55".to_owned(), "2500000.6".to_owned());
        let stored_differently = if action.id.as_str() == "c1" { vec![rounded] } else { Vec::new() };
        ActionResult { action: action.id.clone(), end, stored_differently }
    };
    let calls = |reads, writes, limited| Calls { reads, writes, limited, write_ms: 0, per_second: None };
    Applied {
        results: planned.plan.actions.iter().map(result).collect(),
        counts: planned.plan.entities.iter().map(|report| (report.entity.clone(), report.counts.clone())).collect(),
        sync_info: vec![
            info("Pelanggan", Side::Left, "accurate", [23, 1400, 0]),
            info("Pelanggan", Side::Right, "smh", [0, 1, 1131]),
        ],
        calls: PerSide::new(calls(14, 3, 1), calls(9, 18, 0)),
        unclear: 1,
        checked: 22,
        cancelled: false,
        ended: None,
    }
}
