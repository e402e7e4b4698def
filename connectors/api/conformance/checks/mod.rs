//! All checks by name, each with what it holds a connector to.

mod describe;
mod ending;
mod kept;
mod listing;
mod outcomes;
mod single;

use super::run::Run;
use super::trouble::Checked;

/// Whether a check is made once, or for each resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Once for the connector.
    Connector,
    /// For each sample.
    Resource,
}

/// A check.
#[derive(Clone, Copy)]
pub struct Check {
    /// Its name in reports and excuses.
    pub name: &'static str,
    /// The claim or the rule that it tests.
    pub holds: &'static str,
    pub(super) scope: Scope,
    pub(super) work: fn(&mut Run<'_>) -> Checked,
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Check").field("name", &self.name).field("holds", &self.holds).finish_non_exhaustive()
    }
}

const fn once(name: &'static str, holds: &'static str, work: fn(&mut Run<'_>) -> Checked) -> Check {
    Check { name, holds, scope: Scope::Connector, work }
}

const fn each(name: &'static str, holds: &'static str, work: fn(&mut Run<'_>) -> Checked) -> Check {
    Check { name, holds, scope: Scope::Resource, work }
}

/// All checks, in the order in which they are made.
pub const CHECKS: &[Check] = &[
    once("describe", "the manifest is the same each time and makes sense", describe::describe),
    once("open", "opening twice opens the same endpoint", describe::open),
    each("unclaimed", "operations that are not in `operations` are unsupported and do nothing", describe::unclaimed),
    each("complete-listing", "`complete_listing`: every record once, over several pages", listing::complete),
    each(
        "fields",
        "`detail_only`, `ReadRequest::fields`: members asked for come as the system holds them",
        listing::fields,
    ),
    each("repeated-page", "a page that comes twice doubles and hides nothing", listing::repeated_page),
    each("shifting-pages", "records made or removed between pages double and hide nothing", listing::shifting),
    each("cut-listing", "`ReadDone::complete`: a listing cut short says so", listing::cut),
    each("broken-page", "pages that fail or make no sense are failures", listing::broken_page),
    each("changes", "`change_filter`: what changed since misses nothing", listing::changes),
    each("missing", "`GetDone::gone`: a record that is not there is gone", single::missing),
    each("never-gone", "`GetDone::gone`: trouble is never taken for absence", single::never_gone),
    each("right-record", "the record asked for, or a failure", single::right_one),
    each("version", "`version`: where it is said to stand, and strong where claimed", single::versions),
    each("too-many-reads", "`Code::RateLimited`, and no asking on and on", single::too_many),
    each("not-sent", "a write that was not sent is rejected", outcomes::not_sent),
    each("senseless-answer", "a write answered without sense is neither done nor refused", outcomes::senseless),
    each("too-many-writes", "`Code::RateLimited`, and no sending on and on", outcomes::too_many),
    each("exact-values", "decimals, dates and texts go there and back unchanged", kept::values),
    each("normalised", "`Outcome::Applied::record` is what the system keeps", kept::normalised),
    each("dropped", "a yes of a system that kept the old value tells no new one", kept::dropped),
    each("recogniser", "`recogniser`: kept as given, and unique", kept::recogniser),
    each("settle", "`settle_ms`: a write shows once it is over", kept::settles),
    each("compare-and-set", "`compare_and_set`: a record that moved on is not written over", kept::compares),
    each("delete", "`Operation::Delete`: gone from lists and reads", kept::deletes),
    each("deactivate", "`deactivate`: the member has the value", kept::deactivates),
    each("children", "`children`: written in the style claimed", kept::children),
    each("session-ended", "a session that ended is opened once, the request repeated", ending::session_ended),
    each("host-moved", "a system that moved is followed, not in circles", ending::host_moved),
    each("cancelled-read", "a listing stops when the run is to end", ending::cancelled),
    each("close", "closing ends the session, and it can be opened again", ending::close),
    // These make many records, so they come last: the listings of the others stay short.
    each("batch", "one outcome per item, in order, also when some are refused", outcomes::batch),
    each("lost-answer", "a write whose answer was lost is unclear, and is not repeated", outcomes::lost_answers),
    each("cancelled-write", "what is not sent when the run ends is rejected as cancelled", outcomes::cancelled),
];
