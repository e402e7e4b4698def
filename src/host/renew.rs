//! A token that is renewed: noticed when the system says that it is dead, or when its time is over, and exchanged once for all who wait.
//!
//! A renewal kills the old pair of tokens, so the order matters: first the vault says that a renewal began, then it is asked for, then the
//! new pair is on disk, and only then is it used. Whatever is interrupted in between is told by what stands in the vault. One renews at a
//! time, in this process and among all; whoever comes second takes over what the first got.

use crate::line::{self, Line};
use crate::oauth::{Endpoint, Token, Told, Wire, in_xml};
use crate::vault::{GLANCE, Grant, Guard, LOCK_WAIT, Present, Record, Vault};
use crate::{HostError, Secret, auth, fault};
use reqwest::header::HeaderValue;
use selaras_connector_api::{Code, Failure, HttpResponse, LogLevel, Wording};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// A credential that is renewed.
pub(crate) struct Renewable {
    system: String,
    vault: Arc<Vault>,
    endpoint: Endpoint,
    now: Mutex<Now>,
    /// Held by whoever renews, so that the others of this process need not ask the disk.
    turn: tokio::sync::Mutex<()>,
    flying: Mutex<usize>,
    landed: Condvar,
}

/// What is used at this moment.
struct Now {
    grant: Grant,
    header: HeaderValue,
    /// Why nothing works any more.
    dead: Option<Failure>,
    /// The grant could not be put on disk.
    unsaved: bool,
}

/// What came of the wish for another token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Renewed {
    /// Asked for and got.
    Asked,
    /// Somebody else had got it.
    TakenOver,
}

/// Counts a renewal as under way until it is dropped.
struct Flight(Arc<Line>);

impl Drop for Flight {
    fn drop(&mut self) {
        if let Some(renewable) = self.0.credential.renewable() {
            *renewable.flying.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
            renewable.landed.notify_all();
        }
    }
}

impl Renewable {
    /// A credential out of the vault; nothing if its token fits into no header.
    pub(crate) fn new(system: &str, vault: Arc<Vault>, endpoint: Endpoint, grant: Grant) -> Option<Self> {
        let header = auth::bearer(&grant.access)?;
        let dead = grant.dead_since.map(|_| ended(system, grant.renewal_began_at));
        Some(Self {
            system: system.to_owned(),
            vault,
            endpoint,
            now: Mutex::new(Now { grant, header, dead, unsaved: false }),
            turn: tokio::sync::Mutex::new(()),
            flying: Mutex::new(0),
            landed: Condvar::new(),
        })
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        // Each change is one assignment.
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The grant in use, and whether the disk lacks it.
    fn held(&self) -> (Grant, bool) {
        let now = self.now();
        (now.grant.clone(), now.unsaved)
    }

    /// The header that is sent now.
    pub(crate) fn header(&self) -> HeaderValue {
        self.now().header.clone()
    }

    /// The token that is sent now.
    pub(crate) fn token(&self) -> Secret {
        self.now().grant.access.clone()
    }

    /// Why nothing needs to be sent any more.
    pub(crate) fn dead(&self) -> Option<Failure> {
        self.now().dead.clone()
    }

    /// Whether the token's time is over, so that asking with it is pointless.
    pub(crate) fn is_over(&self, unix_seconds: i64) -> bool {
        let now = self.now();
        // Where nothing can be renewed, the system's word counts more than this machine's clock.
        now.grant.refresh.is_some() && now.grant.expires_at.is_some_and(|end| end <= unix_seconds)
    }

    /// Waits until no renewal is under way. Called when an operation ends: what is left then may be lost with the process.
    pub(crate) fn settle(&self, line: &Line) {
        let flying = self.flying.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.landed.wait_while(flying, |flying| *flying > 0));
        if self.now().unsaved {
            self.save_at_last(line);
        }
    }

    /// Tries again to put a pair on disk for which there was no room.
    fn save_at_last(&self, line: &Line) {
        let saved = self.vault.try_lock(&self.system).ok().flatten().is_some_and(|guard| {
            let grant = self.now().grant.clone();
            let kept = self.vault.read(&self.system).unwrap_or_default().unwrap_or_default();
            let newer = kept.grant().is_some_and(|kept| kept.obtained_at > grant.obtained_at);
            let record = Record { present: Some(Present::Grant(Box::new(grant))), ..kept };
            newer || self.vault.write(&guard, &self.system, &record).is_ok()
        });
        if saved {
            self.now().unsaved = false;
            line.note(LogLevel::Info, format!("the renewed token of the system \"{}\" is on disk now", self.system));
        }
    }

    fn adopt(&self, line: &Line, grant: Grant, unsaved: bool) -> Result<(), Failure> {
        line.scrubber.add(grant.secrets());
        let header =
            auth::bearer(&grant.access).ok_or_else(|| HostError::new("host-token-unfit").fail(Code::Protocol))?;
        *self.now() = Now { grant, header, dead: None, unsaved };
        Ok(())
    }

    fn die(&self, failure: Failure) -> Failure {
        self.now().dead = Some(failure.clone());
        failure
    }

    /// Another token than `stale`.
    async fn renew(&self, line: &Line, stale: &Secret) -> Result<Renewed, Failure> {
        let _turn = self.turn.lock().await;
        if let Some(dead) = self.dead() {
            return Err(dead);
        }
        if self.token() != *stale {
            return Ok(Renewed::TakenOver);
        }
        let guard = self.lock(line).await?;
        let mut record = self.vault.read(&self.system).map_err(unusable)?.unwrap_or_default();
        let Some(kept) = record.grant().cloned() else {
            let taken = HostError::new("host-access-taken").with("system", &self.system);
            return Err(self.die(taken.fail(Code::NotConnected)));
        };
        let (mine, unsaved) = self.held();
        // A pair that never got to disk is newer than what is there, unless somebody connected anew since.
        let mut grant = if unsaved && kept.obtained_at <= mine.obtained_at { mine } else { kept };
        if grant.dead_since.is_some() {
            line.scrubber.add(grant.secrets());
            return Err(self.die(ended(&self.system, grant.renewal_began_at)));
        }
        if grant.access != *stale {
            self.adopt(line, grant, false)?;
            return Ok(Renewed::TakenOver);
        }
        self.ask(line, &guard, &mut record, &mut grant).await.map(|()| Renewed::Asked)
    }

    /// The right to renew, among all processes.
    async fn lock(&self, line: &Line) -> Result<Guard, Failure> {
        let start = Instant::now();
        loop {
            if let Some(guard) = self.vault.try_lock(&self.system).map_err(unusable)? {
                return Ok(guard);
            }
            if line.is_cancelled() {
                return Err(line::cancelled());
            }
            if start.elapsed() > LOCK_WAIT {
                return Err(Failure { code: Code::Unavailable, ..self.vault.busy(&self.system).into() });
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Asks for a new pair, and keeps it. Whoever calls has both rights to.
    async fn ask(&self, line: &Line, guard: &Guard, record: &mut Record, grant: &mut Grant) -> Result<(), Failure> {
        let before = grant.renewal_began_at;
        let now = (line.clock)();
        let Some(refresh) = grant.refresh.clone() else {
            return Err(self.bury(line, guard, record, grant, before));
        };
        grant.renewal_began_at = Some(before.unwrap_or(now));
        // If this cannot be written, the new pair could not be either. Then the old one is not given away, unless it is lost already.
        if let Err(error) = self.save(guard, record, grant)
            && !self.now().unsaved
        {
            let failure = HostError::new("host-token-not-kept").because("why", &error.fail(Code::Settings));
            return Err(failure.fail(Code::Settings));
        }
        fault::point("renew-marked");
        let wire = line.wire();
        let mut told = self.endpoint.refresh(&wire, grant, &refresh).await;
        let lost = matches!(told, Told::Lost(_) | Told::Nonsense(_));
        if lost {
            // If the system never got it, the old pair still works. If it did, it says so now.
            let again = self.endpoint.refresh(&wire, grant, &refresh).await;
            told = if matches!(again, Told::NotSent(_)) { told } else { again };
        }
        fault::point("renew-answered");
        match told {
            Told::Granted(token) => {
                take(grant, token, now);
                self.keep(line, guard, record, grant)
            }
            Told::Refused { error, .. } if error == "invalid_grant" => {
                let began = if lost { grant.renewal_began_at } else { before };
                Err(self.bury(line, guard, record, grant, began))
            }
            told => {
                let failure = self.no_token(told);
                if !lost {
                    // Nothing was changed over there, so nothing was interrupted here.
                    grant.renewal_began_at = before;
                    let _ = self.save(guard, record, grant);
                }
                Err(failure)
            }
        }
    }

    /// Puts a new pair on disk and uses it; if there is no room for it, uses it all the same for this run, and says so.
    fn keep(&self, line: &Line, guard: &Guard, record: &mut Record, grant: &Grant) -> Result<(), Failure> {
        // First: what is said from here on may quote it.
        line.scrubber.add(grant.secrets());
        let saved = self.save(guard, record, grant);
        fault::point("renew-stored");
        if let Err(error) = &saved {
            let text = format!(
                "the token of the system \"{0}\" was renewed, and the new one could not be kept: {error} This run goes on with it; \
                 if it cannot be kept before the run ends, the access is lost and `runner connect {0}` is needed",
                self.system
            );
            line.note(LogLevel::Warn, text);
        }
        line.counters.renewed();
        self.adopt(line, grant.clone(), saved.is_err())
    }

    fn save(&self, guard: &Guard, record: &mut Record, grant: &Grant) -> Result<(), HostError> {
        record.present = Some(Present::Grant(Box::new(grant.clone())));
        self.vault.write(guard, &self.system, record)
    }

    /// The grant is gone, for everybody and for good.
    fn bury(&self, line: &Line, guard: &Guard, record: &mut Record, grant: &mut Grant, began: Option<i64>) -> Failure {
        grant.renewal_began_at = began;
        grant.dead_since = Some((line.clock)());
        if let Err(error) = self.save(guard, record, grant) {
            line.note(LogLevel::Warn, format!("that the access ended could not be noted: {error}"));
        }
        self.die(ended(&self.system, began))
    }

    /// Why there is no new token, where the old pair is not known to be dead.
    fn no_token(&self, told: Told) -> Failure {
        let name = &self.system;
        match told {
            Told::NotSent(failure) => failure,
            Told::Lost(failure) => {
                let lost = HostError::new("host-renewal-lost").with("system", name).because("why", &failure);
                lost.fail(Code::Unavailable)
            }
            Told::WrongClient => HostError::new("host-renewal-client").with("system", name).fail(Code::NotConnected),
            Told::Refused { error, description } => {
                let more = description.map(|text| format!(" ({text})")).unwrap_or_default();
                let refused = HostError::new("host-renewal-refused").with("system", name);
                refused.with("why", format!("{error}{more}")).fail(Code::NotConnected)
            }
            Told::Unexpected(status) | Told::Nonsense(status) => {
                HostError::new("host-renewal-nonsense").with("system", name).with("status", status).fail(Code::Protocol)
            }
            Told::Granted(_) => Failure::new(Code::Internal, "a token that is there was not taken"),
        }
    }
}

impl Line {
    /// Another token than the one that failed. The work is a task of its own: whoever asked for it may be dropped, a half renewal may not.
    pub(crate) async fn renewed(self: &Arc<Self>, stale: Secret) -> Result<Renewed, Failure> {
        let Some(renewable) = self.credential.renewable() else { return Ok(Renewed::TakenOver) };
        *renewable.flying.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        let flight = Flight(Arc::clone(self));
        let task = tokio::spawn(async move {
            let line = &flight.0;
            match line.credential.renewable() {
                Some(renewable) => renewable.renew(line, &stale).await,
                None => Ok(Renewed::TakenOver),
            }
        });
        task.await.unwrap_or_else(|_| Err(Failure::new(Code::Internal, "the renewal of a token ended by itself")))
    }

    fn wire(&self) -> Wire {
        let (clients, budget, clock) = (self.clients.clone(), self.budget.clone(), self.clock.clone());
        Wire { clients, budget, clock, seed: self.seed, cancel: self.cancel.clone() }
    }
}

fn take(grant: &mut Grant, token: Token, now: i64) {
    grant.access = token.access;
    // A server that gives none means that the old one goes on.
    grant.refresh = token.refresh.or(grant.refresh.take());
    grant.scopes = token.scopes.unwrap_or_else(|| std::mem::take(&mut grant.scopes));
    grant.account = token.account.or(grant.account.take());
    grant.obtained_at = now;
    grant.expires_at = token.expires_in.map(|seconds| now.saturating_add(seconds));
    grant.renewal_began_at = None;
}

fn unusable(error: HostError) -> Failure {
    Failure::from(error)
}

/// What is said when only connecting again helps.
fn ended(system: &str, began: Option<i64>) -> Failure {
    let moment = began.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    let why = match moment {
        Some(moment) => Wording::new("host-ended-interrupted").with("moment", moment),
        None => Wording::new("host-ended-revoked"),
    };
    HostError::new("host-access-ended").with("system", system).part("why", why).fail(Code::NotConnected)
}

/// Whether an answer says that the token is dead (RFC 6750 section 3.1). Other refusals are the connector's to read.
pub(crate) fn says_dead_token(response: &HttpResponse) -> bool {
    const DEAD: &str = "invalid_token";
    if response.status != 401 {
        return false;
    }
    let challenged = response.headers.iter().any(|(name, value)| {
        let value: String = value.chars().filter(|c| !c.is_whitespace() && *c != '"').collect();
        name.eq_ignore_ascii_case("www-authenticate")
            && value.to_ascii_lowercase().split(',').any(|part| part.ends_with("error=invalid_token"))
    });
    let json = || serde_json::from_slice::<serde_json::Value>(&response.body).ok();
    challenged
        || json().is_some_and(|json| json.get("error").and_then(serde_json::Value::as_str) == Some(DEAD))
        || in_xml(&response.body, "error").as_deref() == Some(DEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_token_is_told_from_other_refusals() {
        let says = |status, header: &str, body: &str| {
            let headers = vec![("www-authenticate".to_owned(), header.to_owned())];
            says_dead_token(&HttpResponse { status, headers, body: body.as_bytes().to_vec() })
        };
        assert!(says(401, "", r#"{"error":"invalid_token","error_description":"x"}"#));
        assert!(says(401, "", "<InvalidTokenException><error>invalid_token</error></InvalidTokenException>"));
        assert!(says(401, r#"Bearer realm="oauth2-resource", error="invalid_token", error_description="x""#, "<html>"));
        assert!(says(401, "Bearer error = invalid_token", ""));
        assert!(!says(403, "", r#"{"error":"invalid_token"}"#));
        assert!(!says(401, "", r#"{"s":false,"d":["Data Session Key tidak tepat"]}"#));
        assert!(!says(401, r#"Bearer error="insufficient_scope", error_description="no invalid_token""#, ""));
        assert!(!says(401, "", r#"{"error":{"error":"invalid_token"}}"#));
    }
}
