//! `runner links`: lists links, and makes, ends or forgets one on a person's word. Needs no connection and touches no system.

use super::Context;
use super::by_hand::{agreed, ground, missing_state, refused, side_of, signature, stateless};
use crate::args::{DataFormat, HandArgs, LinkArgs, LinksArgs, LinksCommand, UnlinkArgs};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::lease::Waiting;
use crate::report;
use schemars::JsonSchema;
use selaras_mapping::program::Mapping;
use selaras_model::{Message, NativeId, PerSide, Side, Signature};
use selaras_run::{ByHand, Effect, LinkStanding, Listed, Refusal};
use selaras_store::StoreError;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many links are listed unless all are asked for.
const SHOWN: u32 = 50;

/// What `--format json` gives.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "Selaras links")]
pub struct Links {
    /// The version of this format.
    pub format_version: u32,
    /// The mapping's name.
    pub mapping: String,
    /// The state file that was looked for and is not there: no run was noted in it, or `--state` is another folder. Absent: it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_state: Option<String>,
    /// How many there are; more than are listed, unless all were asked for.
    pub total: u64,
    /// The links.
    pub links: Vec<LinkRow>,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LinkRow {
    /// The entity.
    pub entity: String,
    /// The record, as people call it.
    pub record: String,
    /// The id in each system; a record that nobody knows is absent.
    pub ids: BTreeMap<String, String>,
    /// `live`, `tombstone` or `forgotten`.
    pub state: &'static str,
    /// The system where the record was first.
    pub origin: String,
    /// For a tombstone: the system where the record vanished.
    pub gone: Option<String>,
    /// The run that made it.
    pub since: String,
    /// The run that ended it.
    pub ended: Option<String>,
    /// Whether a person made (or ended) it and no run has settled it since.
    pub by_hand: bool,
    /// Of a tombstone: whether a run ended it, not a person. With `by_hand`: that run found neither of the records that a person had linked.
    #[serde(skip)]
    pub ended_by_run: bool,
}

/// Runs the command.
pub fn run(context: &Context, args: &LinksArgs) -> Result<Exit, Failure> {
    match &args.command {
        None => list(context, args),
        Some(LinksCommand::Link(order)) => change(context, &order.hand, &Order::Link(order)),
        Some(LinksCommand::Unlink(order)) => change(context, &order.hand, &Order::Unlink(order)),
        Some(LinksCommand::Forget(order)) => change(context, &order.hand, &Order::Forget(order)),
    }
}

/// What is to be changed.
enum Order<'a> {
    Link(&'a LinkArgs),
    Unlink(&'a UnlinkArgs),
    Forget(&'a UnlinkArgs),
}

impl Order<'_> {
    /// What follows from it.
    fn follows(&self) -> Message {
        Message::new(match self {
            Order::Link(_) => "links-follow-link",
            Order::Unlink(_) => "links-follow-unlink",
            Order::Forget(_) => "links-follow-forget",
        })
    }

    /// The side that is named, where one is.
    fn side(&self, mapping: &Mapping) -> Result<Option<Side>, Failure> {
        match self {
            Order::Link(_) => Ok(None),
            Order::Unlink(args) | Order::Forget(args) => side_of(mapping, args.system.as_ref()),
        }
    }

    /// Whether it could be carried out now. Nothing is written.
    fn check(&self, state: &ByHand<'_>, side: Option<Side>) -> Result<(), Refusal> {
        match self {
            Order::Link(args) => state.may_link(&args.entity.as_str().into(), &pair(args)),
            Order::Unlink(args) => state.may_unlink(&args.entity.as_str().into(), side, &args.id),
            Order::Forget(args) => state.may_forget(&args.entity.as_str().into(), side, &args.id),
        }
    }

    fn carry_out(&self, state: &ByHand<'_>, side: Option<Side>, signature: &Signature) -> Result<Effect, Refusal> {
        match self {
            Order::Link(args) => state.link(&args.entity.as_str().into(), &pair(args), signature),
            Order::Unlink(args) => state.unlink(&args.entity.as_str().into(), side, &args.id, signature),
            Order::Forget(args) => state.forget(&args.entity.as_str().into(), side, &args.id, signature),
        }
    }
}

fn pair(args: &LinkArgs) -> PerSide<NativeId> {
    PerSide::new(NativeId(args.left.clone()), NativeId(args.right.clone()))
}

/// Looks whether it can be done, says what follows, asks, does it, and says what was done.
fn change(context: &Context, hand: &HandArgs, order: &Order<'_>) -> Result<Exit, Failure> {
    let (mapping, path) = ground(context, &hand.mapping, &hand.place)?;
    let signature = signature(hand)?;
    let refuse = |refusal| refused(context, hand, refusal);
    let waiting = Waiting::new(context, hand.wait, "runner links");
    let again = |held: &StoreError| waiting.again(held);
    let state = ByHand::open(&mapping, &path).map_err(refuse)?.taking(waiting.taking(&again));
    let side = order.side(&mapping)?;
    order.check(&state, side).map_err(refuse)?;
    if !agreed(context, hand, &[order.follows(), Message::new("links-untouched")]) {
        return Ok(Exit::Pending);
    }
    let effect = order.carry_out(&state, side, &signature).map_err(refuse)?;
    let link = &effect.link;
    let id = |side: Side| match link.ids.get(side).as_str() {
        "" => "?".to_owned(),
        id => id.to_owned(),
    };
    let done = Message::new("links-done")
        .with("entity", &link.entity)
        .with("record", &link.label)
        .with("left", format!("{} {}", mapping.systems.left.name, id(Side::Left)))
        .with("right", format!("{} {}", mapping.systems.right.name, id(Side::Right)))
        .with("by", &signature.by);
    let mut text = format!("{}\n", context.catalogue.render(&done));
    if effect.lifted > 0 {
        let lifted = Message::new("links-lifted").with("count", effect.lifted);
        text.push_str(&format!("{}\n", context.catalogue.render(&lifted)));
    }
    text.push_str(&format!("    runner plan {}\n", super::session::tail(&hand.mapping, &hand.place)));
    console::print(&text)?;
    Ok(Exit::Done)
}

fn list(context: &Context, args: &LinksArgs) -> Result<Exit, Failure> {
    let (mapping, path) = ground(context, &args.mapping, &args.place)?;
    let stateless = stateless(&path, &args.mapping, &args.place);
    let select = crate::args::SelectArgs { entities: args.entity.iter().cloned().collect(), ..Default::default() };
    let entity = super::session::selection(&select, &mapping)?.entities.into_iter().next();
    let limit = if args.all { u32::MAX } else { SHOWN };
    let found = selaras_run::links(&path, &mapping.name, entity.as_ref(), args.record.as_deref(), limit);
    let (links, total) = found.map_err(super::session::failed)?;
    let rows: Vec<LinkRow> = links.iter().map(|link| row(&mapping, link)).collect();
    match args.format {
        DataFormat::Json => {
            console::print(&report::json(&Links {
                format_version: 1,
                mapping: mapping.name.clone(),
                missing_state: missing_state(&path),
                total,
                links: rows,
            }))?;
        }
        DataFormat::Text if stateless.is_some() => {}
        DataFormat::Text => console::print(&text(context, &mapping, &rows, total))?,
    }
    stateless.map_or(Ok(Exit::Done), Err)
}

pub(super) fn row(mapping: &Mapping, link: &Listed) -> LinkRow {
    let system = |side: Side| mapping.systems.get(side).name.clone();
    let ids = Side::BOTH.into_iter().filter(|side| !link.ids.get(*side).as_str().is_empty());
    let (state, gone) = match link.standing {
        LinkStanding::Live => ("live", None),
        LinkStanding::Tombstone(gone) => ("tombstone", (!link.by_hand).then(|| system(gone))),
        LinkStanding::Forgotten => ("forgotten", None),
    };
    LinkRow {
        entity: link.entity.to_string(),
        record: report::clean(&link.label),
        ids: ids.map(|side| (system(side), link.ids.get(side).to_string())).collect(),
        state,
        origin: system(link.origin),
        gone,
        since: link.since.to_string(),
        ended: link.ended.as_ref().map(ToString::to_string),
        by_hand: link.by_hand,
        ended_by_run: link.ended_by_run(),
    }
}

fn text(context: &Context, mapping: &Mapping, rows: &[LinkRow], total: u64) -> String {
    let catalogue = &context.catalogue;
    if rows.is_empty() {
        return format!("{}\n", catalogue.text("links-none"));
    }
    let systems = Side::BOTH.map(|side| mapping.systems.get(side).name.clone());
    let mut table = vec![vec![
        catalogue.text("column-entity"),
        catalogue.text("column-record"),
        systems[0].clone(),
        systems[1].clone(),
        catalogue.text("column-state"),
    ]];
    table.extend(rows.iter().map(|row| {
        let id = |system: &String| row.ids.get(system).map_or("?", String::as_str).to_owned();
        vec![row.entity.clone(), row.record.clone(), id(&systems[0]), id(&systems[1]), state(context, row)]
    }));
    let mut text = report::columns(&table);
    if total > rows.len() as u64 {
        let more = Message::new("links-more").with("shown", rows.len()).with("count", total);
        text.push_str(&format!("{}\n", catalogue.render(&more)));
    }
    text
}

/// A link's state in words.
pub(super) fn state(context: &Context, row: &LinkRow) -> String {
    let key = match (row.state, row.by_hand) {
        ("live", false) => "link-live",
        ("live", true) => "link-live-by-hand",
        ("tombstone", false) => "link-tombstone",
        ("tombstone", true) if row.ids.len() < 2 => "link-discarded",
        ("tombstone", true) if row.ended_by_run => "link-tombstone-unseen",
        ("tombstone", true) => "link-tombstone-by-hand",
        _ => "link-forgotten",
    };
    let message = Message::new(key).with("system", row.gone.as_deref().unwrap_or(""));
    context.catalogue.render(&message.with("run", row.ended.as_deref().unwrap_or("")))
}
