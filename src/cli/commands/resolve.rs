//! `runner resolve`: a person decides a conflict; the next plan takes it as input. Needs no connection.

use super::Context;
use super::by_hand::{agreed, ground, refused, signature};
use crate::args::{DataFormat, HandArgs, ResolveArgs};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lease::Waiting;
use crate::report::{self, Cell};
use schemars::JsonSchema;
use selaras_mapping::program::Mapping;
use selaras_model::{Decision, FieldName, Message, Side, Take};
use selaras_plan::Named;
use selaras_run::{ByHand, Wish};
use selaras_store::StoreError;
use serde::Serialize;
use std::collections::BTreeMap;

/// What `--format json` gives.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "Selaras decisions")]
pub struct Decided {
    /// The version of this format.
    pub format_version: u32,
    /// The conflict.
    pub conflict: String,
    /// The entity.
    pub entity: String,
    /// The record, as people call it.
    pub record: String,
    /// Whether these decisions were taken back; `false`: they were made.
    pub withdrawn: bool,
    /// What was decided.
    pub decisions: Vec<DecidedUnit>,
    /// Who decided.
    pub by: String,
    /// When, RFC 3339.
    pub when: String,
    /// Why.
    pub because: String,
}

/// What was decided about one field, or the fields of a group.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DecidedUnit {
    /// The fields; none: the record as a whole, which one side removed.
    pub fields: Vec<String>,
    /// The system whose state is taken; `null` where a value was given.
    pub take: Option<String>,
    /// The value taken, where one was given.
    pub value: Option<Cell>,
    /// What each system held when it was decided. Only for these values does the decision hold.
    pub on: BTreeMap<String, BTreeMap<String, Option<Cell>>>,
}

/// Runs the command.
pub fn run(context: &Context, args: &ResolveArgs) -> Result<Exit, Failure> {
    let hand = &args.hand;
    let (mapping, path) = ground(context, &hand.mapping, &hand.place)?;
    let signature = signature(hand)?;
    let refuse = |refusal| refused(context, hand, refusal);
    let waiting = Waiting::new(context, hand.wait, "runner resolve");
    let again = |held: &StoreError| waiting.again(held);
    let state = ByHand::open(&mapping, &path).map_err(refuse)?.taking(waiting.taking(&again));
    let conflict = state.conflict(&args.id).map_err(refuse)?;
    let open = state.open_conflict(&conflict).map_err(refuse)?;
    let field = args.field.as_deref().map(Into::into);
    let wish = args.take.as_deref().map(|take| Wish::of(take, &mapping));
    let decisions = match &wish {
        Some(wish) => state.answer(&conflict, wish, field.as_ref(), &signature).map_err(refuse)?,
        None => state.may_withdraw(&conflict, field.as_ref()).map_err(refuse)?,
    };
    let mut follows = vec![
        Message::new("resolve-about")
            .with("id", &conflict.id)
            .with("entity", &conflict.entity)
            .with("record", &conflict.label),
    ];
    if wish.is_some() {
        follows.extend(decisions.iter().flat_map(|it| what_follows(context, &mapping, it, &open.names)));
        follows.push(Message::new("resolve-holds"));
    } else {
        follows.push(Message::new("resolve-follow-withdraw").with("count", decisions.len()));
    }
    if !agreed(context, hand, &follows) {
        return Ok(Exit::Pending);
    }
    let (decisions, rest) = match wish {
        Some(_) => {
            state.decide(&decisions).map_err(refuse)?;
            let made = |field: &&FieldName| decisions.iter().any(|made| made.on.contains_key(*field));
            let rest = open.waiting().iter().filter(|field| !made(field)).count();
            (decisions, rest)
        }
        None => (state.withdraw(&decisions, &signature).map_err(refuse)?, 0),
    };
    let decided = Decided {
        format_version: 1,
        conflict: conflict.id.to_string(),
        entity: conflict.entity.to_string(),
        record: report::clean(&conflict.label),
        withdrawn: args.withdraw,
        decisions: decisions.iter().map(|decision| unit(context, &mapping, decision, &open.names)).collect(),
        by: signature.by.clone(),
        when: signature.when(),
        because: signature.because.clone(),
    };
    match args.format {
        DataFormat::Json => console::print(&report::json(&decided))?,
        DataFormat::Text => say_done(context, hand, &decided, rest)?,
    }
    Ok(Exit::Done)
}

/// Says what was written down, and how many fields still wait.
fn say_done(context: &Context, hand: &HandArgs, decided: &Decided, rest: usize) -> Result<(), Failure> {
    let tail = super::session::tail(&hand.mapping, &hand.place);
    let (key, command) = if decided.withdrawn { ("resolve-withdrawn", "conflicts") } else { ("resolve-done", "plan") };
    let done = Message::new(key).with("by", &decided.by).with("count", decided.decisions.len());
    console::print(&format!("{}\n    runner {command} {tail}\n", context.catalogue.render(&done)))?;
    if rest > 0 {
        let rest = Message::new("resolve-rest").with("count", rest);
        console::say(&context.catalogue.render(&rest));
        console::say(&format!("    runner conflicts {tail}"));
    }
    Ok(())
}

/// What the next plan makes of a decision.
fn what_follows(context: &Context, mapping: &Mapping, decision: &Decision, names: &[Named]) -> Vec<Message> {
    let system = |side: Side| mapping.systems.get(side).name.clone();
    if let Some(gone) = decision.gone {
        let key = if decision.take == Take::Side(gone) { "resolve-follow-deletion" } else { "resolve-follow-return" };
        return vec![Message::new(key).with("gone", system(gone)).with("kept", system(gone.other()))];
    }
    let shown = |side: Side, value: &Option<selaras_model::Value>| {
        let value = value.clone().unwrap_or(selaras_model::Value::Null);
        report::shown(&context.catalogue, names, side, &value).text
    };
    let mut messages = Vec::new();
    for (field, on) in &decision.on {
        match &decision.take {
            Take::Side(side) => {
                let other = side.other();
                let message = Message::new("resolve-follow-side").with("field", field).with("system", system(*side));
                let message = message.with("value", shown(*side, on.get(*side))).with("other", system(other));
                messages.push(message.with("before", shown(other, on.get(other))));
            }
            Take::Value(value) => {
                let message = Message::new("resolve-follow-value").with("field", field);
                messages.push(message.with("value", shown(Side::Left, &Some(value.clone()))));
            }
        }
    }
    messages
}

fn unit(context: &Context, mapping: &Mapping, decision: &Decision, names: &[Named]) -> DecidedUnit {
    let system = |side: Side| mapping.systems.get(side).name.clone();
    let cell = |side: Side, value: &selaras_model::Value| report::shown(&context.catalogue, names, side, value);
    let (take, value) = match &decision.take {
        Take::Side(side) => (Some(system(*side)), None),
        Take::Value(value) => (None, Some(cell(Side::Left, value))),
    };
    let on = decision.on.iter().map(|(field, on)| {
        let sides = Side::BOTH.map(|side| (system(side), on.get(side).as_ref().map(|value| cell(side, value))));
        (field.to_string(), sides.into_iter().collect())
    });
    let fields = decision.on.keys().filter(|_| decision.gone.is_none()).map(ToString::to_string);
    DecidedUnit { fields: fields.collect(), take, value, on: on.collect() }
}
