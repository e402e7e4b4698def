//! Whether syncs may run: nothing may before both systems are ready (reference 1.3).

use super::{Connection, Stage};

/// Where a system stands, with the other one in view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// As `Stage`.
    Disconnected,
    /// As `Stage`.
    Authorising,
    /// As `Stage`.
    AwaitingConfirmation,
    /// As `Stage`.
    ChoosingDatabase,
    /// As `Stage`.
    ChoosingBranch,
    /// The other system was connected anew since the last login here.
    NeedsLogin,
    /// The access that was given has ended; it has to be given again.
    AccessEnded,
    /// Ready.
    Ready,
}

impl Standing {
    /// The standing of a system. `other`: the connection of the other one, if it was ever connected; `dead`: whether the grant has ended.
    #[must_use]
    pub fn of(connection: &Connection, other: Option<&Connection>, dead: bool) -> Self {
        match connection.stage {
            Stage::Disconnected => Standing::Disconnected,
            Stage::Authorising => Standing::Authorising,
            Stage::AwaitingConfirmation => Standing::AwaitingConfirmation,
            Stage::ChoosingDatabase => Standing::ChoosingDatabase,
            Stage::ChoosingBranch => Standing::ChoosingBranch,
            Stage::Connected if dead => Standing::AccessEnded,
            Stage::Connected if needs_login(connection, other) => Standing::NeedsLogin,
            Stage::Connected => Standing::Ready,
        }
    }

    /// Its name, for programs and as part of keys.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Standing::Disconnected => "disconnected",
            Standing::Authorising => "authorising",
            Standing::AwaitingConfirmation => "awaiting-confirmation",
            Standing::ChoosingDatabase => "choosing-database",
            Standing::ChoosingBranch => "choosing-branch",
            Standing::NeedsLogin => "needs-login",
            Standing::AccessEnded => "access-ended",
            Standing::Ready => "ready",
        }
    }
}

/// A system that is logged in to, rather than bound, needs a login after the other one was bound.
fn needs_login(connection: &Connection, other: Option<&Connection>) -> bool {
    let bound = other.and_then(|other| other.connected_at);
    connection.connected_at.is_none()
        && bound.is_some_and(|bound| connection.login_at.is_none_or(|login| login < bound))
}
