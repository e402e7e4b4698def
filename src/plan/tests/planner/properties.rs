//! Invariants as properties: a base is planted, both sides are perturbed, a plan is made and carried out by pretended systems, and a plan is
//! made again.

use crate::random::{Story, config, normalised_story, story};
use crate::shape::told;
use crate::world::{Answer, Sys, World, customer, mapping, term, text, without_ids};
use proptest::prelude::*;
use selaras_model::{EntityName, LinkState, NativeId, Presence, Side, Value};
use selaras_plan::{Action, ActionKind, Conflict, ConflictKind, Ending, Input, LinkInput, Plan, pending_action, plan};
use std::collections::{BTreeMap, BTreeSet};

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn invariant_01_nothing_is_removed_that_is_not_proven_gone(story in story(), left in any::<bool>()) {
        let mut world = story.told(Sys::A);
        world.break_off(if left { Side::Left } else { Side::Right });
        let plan = world.plan();
        for action in &plan.actions {
            let absent = if left { Side::Left } else { Side::Right };
            let removes = matches!(action.kind, ActionKind::Delete | ActionKind::Deactivate);
            prop_assert!(!(removes && action.target != absent), "{action:?}");
            prop_assert!(!(action.kind == ActionKind::Create && action.target == absent), "nobody knows what is there: {action:?}");
        }
        for pair in &plan.pairs {
            prop_assert!(pair.ending != Ending::Tombstone(if left { Side::Left } else { Side::Right }), "{pair:?}");
        }
    }

    #[test]
    fn invariant_02_a_record_has_one_partner(story in story()) {
        let mut world = story.told(Sys::A);
        for _ in 0..3 {
            world.sync();
            let mut seen = BTreeSet::new();
            for (entity, link) in world.live() {
                for side in Side::BOTH {
                    prop_assert!(seen.insert((entity.clone(), side, link.ids.get(side).clone())), "{link:?}");
                }
            }
        }
    }

    #[test]
    fn invariant_03_the_base_holds_only_what_was_reported(story in normalised_story(), answers in answers()) {
        let mut world = story.remembered(Sys::A);
        let mut answers = answers.into_iter().cycle();
        for _ in 0..3 {
            let plan = world.plan();
            world.carry_out(&plan, &mut |_| answers.next().unwrap());
            for (entity, link) in world.live() {
                for side in Side::BOTH {
                    for (field, value) in link.images.get(side).0.iter() {
                        let known = (side, entity.clone(), link.ids.get(side).clone(), field.clone(), without_ids(value));
                        prop_assert!(world.history.contains(&known), "{side:?} never held {known:?}");
                    }
                }
            }
            look_again(&mut world);
        }
    }

    #[test]
    fn invariant_04_a_system_that_normalises_does_not_echo(story in normalised_story()) {
        let mut world = story.told(Sys::A);
        settle_down(&mut world)?;
    }

    #[test]
    fn invariant_05_what_was_deleted_stays_deleted(story in story(), again in story()) {
        let mut world = story.told(Sys::A);
        settle_down(&mut world)?;
        let buried: BTreeSet<(EntityName, Side, NativeId)> = world
            .links
            .iter()
            .filter(|(_, link)| link.state != LinkState::Live)
            .flat_map(|(entity, link)| Side::BOTH.map(|side| (entity.clone(), side, link.ids.get(side).clone())))
            .collect();
        again.happen(&mut world);
        let plan = world.plan();
        for action in &plan.actions {
            let origin = action.origin_id.clone().map(|id| (action.entity.clone(), action.target.other(), id));
            let recreates = action.kind == ActionKind::Create && origin.is_some_and(|origin| buried.contains(&origin));
            prop_assert!(!recreates, "{action:?}");
        }
    }

    #[test]
    fn invariant_06_and_09_an_action_says_everything(story in story()) {
        let world = story.told(Sys::A);
        let plan = world.plan();
        for action in &plan.actions {
            complete(&world, &plan, action)?;
        }
    }

    #[test]
    fn invariant_07_the_order_of_records_does_not_matter(story in story(), seed in any::<u64>()) {
        let world = story.told(Sys::A);
        let input = world.input();
        let mut shuffled = world.input();
        shuffle(&mut shuffled, seed);
        let bytes = |input: &Input| serde_json::to_vec(&plan(input)).unwrap();
        prop_assert_eq!(String::from_utf8(bytes(&shuffled)).unwrap(), String::from_utf8(bytes(&input)).unwrap());
    }

    #[test]
    fn invariant_08_every_record_is_counted_once(story in story()) {
        let world = story.told(Sys::A);
        let plan = world.plan(); // the checker has its say in there
        for report in &plan.entities {
            for side in Side::BOTH {
                let there = world.table(side, &report.entity).len() as u64;
                prop_assert_eq!(report.counts.get(side).seen, there);
                prop_assert_eq!(report.counts.get(side).sum(), there);
            }
        }
    }

    #[test]
    fn invariant_10_references_come_before_referrers(story in story()) {
        let world = story.told(Sys::A);
        let plan = world.plan();
        let place: BTreeMap<_, _> = plan.actions.iter().enumerate().map(|(at, action)| (action.id.clone(), at)).collect();
        for (at, action) in plan.actions.iter().enumerate() {
            for key in &action.ref_keys {
                if let Some(create) = pending_action(&key.key) {
                    prop_assert!(place[&create] < at && action.waits_for.contains(&create), "{action:?}");
                }
            }
            let removes = |action: &Action| matches!(action.kind, ActionKind::Delete | ActionKind::Deactivate);
            if removes(action) && action.entity == term() {
                let after = plan.actions[at..].iter().find(|later| later.entity == customer());
                prop_assert!(after.is_none(), "a term goes before {after:?}");
            }
        }
    }

    #[test]
    fn invariant_11_an_edit_is_overwritten_only_by_a_rule_with_a_name(story in normalised_story()) {
        let world = story.told(Sys::A);
        let plan = world.plan();
        for action in plan.actions.iter().filter(|action| action.kind == ActionKind::Update) {
            let Some(link) = link_of(&world, action) else { continue };
            let entity = world.entity(&action.entity);
            let side = action.target;
            let now = world.view(side, &action.entity, world.rec(side, &action.entity, link.ids.get(side)).unwrap());
            for change in &action.changes {
                let position = entity.position(&change.field).unwrap();
                let base = link.images.get(side).get(&change.field).unwrap();
                let held = now.get(&change.field).unwrap();
                let shown = change.before.as_ref().is_some_and(|before| entity.same(position, before, held));
                prop_assert!(shown, "what is lost, {:?}, does not stand in the plan: {:?}", held, change);
                if !entity.same(position, base, held) {
                    prop_assert!(change.why.is_some(), "{} of {:?} was changed there and is overwritten: {:?}", change.field, link.ids, change);
                }
            }
        }
        for action in plan.actions.iter().filter(|action| matches!(action.kind, ActionKind::Delete | ActionKind::Deactivate)) {
            let link = link_of(&world, action).unwrap();
            let rec = world.rec(action.target, &action.entity, link.ids.get(action.target)).unwrap();
            let now = world.view(action.target, &action.entity, rec);
            let entity = world.entity(&action.entity);
            let same = |(name, value): (&selaras_model::FieldName, &Value)| {
                link.images.get(action.target).get(name).is_none_or(|was| entity.same(entity.position(name).unwrap(), was, value))
            };
            prop_assert!(now.0.iter().all(same), "an edited record is removed: {action:?}");
        }
    }

    #[test]
    fn invariant_12_a_second_run_has_nothing_to_do(story in story()) {
        let mut world = story.told(Sys::A);
        let first = world.sync();
        let second = world.plan();
        if !waits_for_others(&first) {
            prop_assert_eq!(&second.actions, &[], "after {:#?}", first.actions);
            prop_assert_eq!(held(&second), held(&first), "held conflicts stay, and no new ones come");
        }
        settle_down(&mut world)?;
    }

    #[test]
    fn invariant_12_also_after_failures(story in story(), answers in answers(), killed in 0..12usize) {
        let mut world = story.told(Sys::A);
        let mut answers = answers.into_iter();
        let plan = world.plan();
        world.carry_out_until(&plan, &mut |_| answers.next().unwrap_or(Answer::Done), killed);
        look_again(&mut world);
        settle_down(&mut world)?;
        no_doubles(&world)?;
    }

    #[test]
    fn invariant_13_the_sides_are_alike(story in normalised_story()) {
        let (mut ab, mut ba) = (story.told(Sys::A), story.told(Sys::B));
        for _ in 0..2 {
            let (one, other) = (ab.sync(), ba.sync());
            let (one, other) = (told(&one), told(&other));
            prop_assert_eq!(&one, &other, "\n{:#}\n{:#}", &one, &other);
        }
    }

    #[test]
    fn invariant_14_an_action_is_bound_to_what_was_seen(story in story()) {
        let world = story.told(Sys::A);
        let plan = world.plan();
        prop_assert_eq!(&plan.binding, &world.input().binding);
        for action in plan.actions.iter().filter(|action| action.target_id.is_some()) {
            let rec = world.rec(action.target, &action.entity, action.target_id.as_ref().unwrap()).unwrap();
            prop_assert_eq!(action.precondition.version.clone(), Some(rec.version.to_string()), "{:?}", action);
        }
    }

    #[test]
    fn held_conflicts_stay_held_and_keep_their_base(story in story()) {
        let mut world = story.told(Sys::A);
        let plan = world.plan();
        let bases = bases_of(&world, &plan);
        world.carry_out(&plan, &mut |_| Answer::Done);
        prop_assert_eq!(bases_of(&world, &plan), bases);
    }
}

/// What somebody typed where the other system decides is overwritten by the next edit over there, and the plan says so, even when a run came in
/// between that saw the first edit alone.
#[test]
fn invariant_11_what_a_direction_overwrites_later_is_named_too() {
    for between in [false, true] {
        let mut world = World::new(mapping(Sys::A));
        let [a, b] =
            [Sys::A, Sys::B].map(|sys| world.put(sys, &customer(), &[("code", text("C1")), ("status", text("x"))]));
        world.link(&customer(), &a, &b);
        world.edit(Side::Right, &customer(), &b, "status", &text("typed in b"));
        if between {
            assert_eq!(world.sync().actions, []);
        }
        world.edit(Side::Left, &customer(), &a, "status", &text("y"));
        let plan = world.plan();
        let change = &plan.actions[0].changes[0];
        assert_eq!(change.before, Some(text("typed in b")));
        assert_eq!(change.why.as_ref().map(|why| why.key.as_str()), Some("plan-why-direction"), "{between}");
        // And where nobody typed anything, there is nothing to say.
        world.sync();
        world.edit(Side::Left, &customer(), &a, "status", &text("z"));
        assert_eq!(world.plan().actions[0].changes[0].why, None);
    }
}

/// Answers of a system that is having a bad day.
fn answers() -> impl Strategy<Value = Vec<Answer>> {
    let answer = prop_oneof![
        3 => Just(Answer::Done),
        1 => Just(Answer::DoneBlind),
        1 => Just(Answer::Refused),
        1 => Just(Answer::Lost),
        1 => Just(Answer::NeverSent),
    ];
    proptest::collection::vec(answer, 1..10)
}

/// Enough time passes for a look to be conclusive; deletes that were refused may be asked for again.
fn look_again(world: &mut World) {
    world.open.clear();
    world.refused.clear();
}

/// Runs until nothing is left to do: at once, or after one more round for what waited for others.
pub fn settle_down(world: &mut World) -> Result<(), TestCaseError> {
    for _ in 0..3 {
        world.sync();
    }
    let plan = world.plan();
    prop_assert_eq!(&plan.actions, &[], "it does not come to rest");
    Ok(())
}

/// Whether a plan leaves something for the next run that its own effects make possible: a key that somebody is about to let go.
fn waits_for_others(plan: &Plan) -> bool {
    let kinds = [ConflictKind::KeyTaken, ConflictKind::LinkedElsewhere, ConflictKind::Ambiguous];
    plan.conflicts.iter().any(|conflict| kinds.contains(&conflict.kind)) || !plan.held.is_empty()
}

/// Conflicts by what they are about. How a record that is referred to is called may change between two runs; where references are names, a record
/// whose partner is gone then counts as edited there, too.
fn held(plan: &Plan) -> BTreeSet<String> {
    let told = |conflict: &Conflict, field: &str| conflict.kind != ConflictKind::Delete || field != "term";
    let fields = |conflict: &Conflict| {
        let names = conflict.fields.iter().map(|field| field.field.to_string());
        names.filter(|field| told(conflict, field)).collect::<Vec<_>>()
    };
    plan.conflicts
        .iter()
        .map(|conflict| format!("{:?} {:?} {:?}", conflict.kind, conflict.ids, fields(conflict)))
        .collect()
}

fn no_doubles(world: &World) -> Result<(), TestCaseError> {
    for side in Side::BOTH {
        let mut seen = BTreeSet::new();
        for (id, rec) in world.table(side, &customer()) {
            let code = rec.image.get(&"code".into()).cloned();
            prop_assert!(
                seen.insert(code.clone()),
                "{side:?} has two records with the code {code:?}, one of them {id}"
            );
        }
    }
    Ok(())
}

fn link_of<'w>(world: &'w World, action: &Action) -> Option<&'w selaras_model::Link> {
    let mut links = world.live();
    links
        .find(|(of, link)| *of == action.entity && Some(link.ids.get(action.target)) == action.target_id.as_ref())
        .map(|(_, link)| link)
}

/// Both bases of each field in a conflict.
fn bases_of(world: &World, plan: &Plan) -> Vec<(String, Option<Value>)> {
    let mut bases = Vec::new();
    for conflict in plan.conflicts.iter().filter(|conflict| conflict.kind == ConflictKind::Field) {
        let mut links = world.live();
        let link =
            links.find(|(of, link)| *of == conflict.entity && conflict.ids.left.contains(&link.ids.left)).unwrap();
        for field in &conflict.fields {
            for side in Side::BOTH {
                let name = format!("{:?} {} {side:?}", conflict.ids, field.field);
                bases.push((name, link.1.images.get(side).get(&field.field).cloned()));
            }
        }
    }
    bases
}

fn complete(world: &World, plan: &Plan, action: &Action) -> Result<(), TestCaseError> {
    let entity = world.entity(&action.entity);
    let pair = &plan.pairs[action.pair];
    prop_assert_eq!(&pair.entity, &action.entity);
    for (name, value) in action.write.0.iter() {
        let field = entity.field(name);
        prop_assert!(field.is_some_and(|field| field.direction.flows_to(action.target)), "{}", name);
        if let Value::Ref(reference) = value {
            prop_assert!(
                action.ref_keys.iter().any(|key| key.reference == *reference),
                "{:?} cannot be named",
                reference
            );
        }
        prop_assert_eq!(action.whole.get(name), Some(value));
    }
    match action.kind {
        ActionKind::Create => {
            prop_assert!(action.target_id.is_none() && action.origin_id.is_some() && !action.write.is_empty())
        }
        ActionKind::Update => {
            prop_assert!(action.target_id.is_some());
            prop_assert!(
                !action.write.is_empty() || action.partner_id.is_some(),
                "an update that says nothing: {:?}",
                action
            );
        }
        ActionKind::Delete | ActionKind::Deactivate => {
            prop_assert!(action.target_id.is_some() && action.write.is_empty())
        }
    }
    Ok(())
}

pub fn shuffle(input: &mut Input, seed: u64) {
    let mut state = seed | 1;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(state >> 33).unwrap()
    };
    fn mix<T>(list: &mut [T], random: &mut impl FnMut() -> usize) {
        for at in (1..list.len()).rev() {
            list.swap(at, random() % (at + 1));
        }
    }
    mix(&mut input.decisions, &mut random);
    for given in &mut input.entities {
        mix(&mut given.forgotten, &mut random);
        mix::<LinkInput>(&mut given.links, &mut random);
        mix(&mut given.unlinked.left, &mut random);
        mix(&mut given.unlinked.right, &mut random);
        mix(&mut given.owners, &mut random);
        mix(&mut given.tombstones, &mut random);
        mix(&mut given.intents, &mut random);
        mix(&mut given.refused, &mut random);
    }
}

/// The stories are worth telling: they contain what the invariants are about.
#[test]
fn the_stories_contain_what_matters() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut note = |what: String| *seen.entry(what).or_default() += 1;
    for _ in 0..500 {
        let story: Story = story().new_tree(&mut runner).unwrap().current();
        let world = story.told(Sys::A);
        let input = world.input();
        let plan = world.plan();
        plan.actions.iter().for_each(|action| note(format!("{:?}", action.kind)));
        plan.conflicts.iter().for_each(|conflict| note(format!("{:?}", conflict.kind)));
        plan.held.iter().for_each(|held| note(held.reason.key.clone()));
        plan.pairs.iter().filter(|pair| pair.found).for_each(|_| note("found".into()));
        plan.actions
            .iter()
            .flat_map(|action| &action.changes)
            .filter_map(|change| change.why.as_ref())
            .for_each(|why| note(why.key.clone()));
        let gone = |link: &LinkInput| Side::BOTH.iter().any(|side| *link.now.get(*side) == Presence::Gone);
        input
            .entities
            .iter()
            .flat_map(|given| &given.links)
            .filter(|link| gone(link))
            .for_each(|_| note("gone".into()));
    }
    for wanted in [
        "Create",
        "Update",
        "Delete",
        "Deactivate",
        "Field",
        "FirstMeeting",
        "Delete",
        "Ambiguous",
        "KeyTaken",
        "found",
        "gone",
        "plan-why-wins",
        "plan-why-direction",
        "plan-why-always",
        "plan-hold-reference-outside",
        "plan-hold-frozen",
    ] {
        assert!(seen.contains_key(wanted), "no {wanted} in {seen:#?}");
    }
}
