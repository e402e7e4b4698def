//! What the credential may do: role, account, scopes held, and knocking at modules whose rights the system shows only by refusing.

use crate::account::{Account, Scheme};
use crate::call::Call;
use crate::catalogue::Module;
use crate::envelope::{self, Envelope};
use crate::messages::Purpose;
use crate::phrases::{fail, say};
use crate::refusal::{self, Asked, Verdict};
use crate::space::Open;
use selaras_connector_api::{Code, Denied, Failure, Host, HttpResponse, Rights, Transport};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::ops::ControlFlow;

/// The role and the rights held, and which of the modules may not be read.
///
/// # Errors
/// When the scopes cannot be read, or knocking met anything but yes and no.
pub(crate) fn rights(host: &dyn Host, open: &mut Open, probe: &[&'static Module]) -> Result<Rights, Failure> {
    let role = open.admin.then(|| "Administrator".to_owned());
    // An API token acts with all rights of its user, and nothing tells which these are.
    let (held, account) = match open.door.account.scheme {
        Scheme::ApiToken => (None, open.user.clone()),
        Scheme::Bearer => {
            let held = approved(host, &mut open.door.account)?;
            (Some(held), whose(host, &mut open.door.account))
        }
    };
    let denied = knock(host, open, held.as_deref(), probe)?;
    Ok(Rights { account, role, held, denied })
}

fn approved(host: &dyn Host, account: &mut Account) -> Result<Vec<String>, Failure> {
    let asked = Asked { what: "approved-scope.do", purpose: Purpose::Open, module: None };
    let response = account.get(host, asked.what)?;
    let answer = refusal::judge(&response, asked).into_result()?;
    scopes(&answer).ok_or_else(|| refusal::stated(&response, asked, Code::Protocol, say("advice-no-scopes")))
}

fn scopes(answer: &Envelope<'_>) -> Option<Vec<String>> {
    let mut scopes: Vec<String> = answer.rows()?.into_iter().filter_map(|row| envelope::text(Some(row))).collect();
    scopes.sort();
    scopes.dedup();
    Some(scopes)
}

/// Whose token it is. The shape of these answers is not known, and nothing depends on them: trouble means that nobody knows.
fn whose(host: &dyn Host, account: &mut Account) -> Option<String> {
    ["auth-info.do", "userinfo.do"].into_iter().find_map(|path| {
        let response = account.get(host, path).ok().filter(|response| response.status == 200)?;
        let answer = Envelope::parse(&response.body).filter(|answer| answer.success() != Some(false))?;
        let whole: Option<&RawValue> = serde_json::from_slice(&response.body).ok();
        [answer.d, whole].into_iter().flatten().find_map(person)
    })
}

#[derive(Deserialize)]
struct Person<'a> {
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow)]
    email: Option<&'a RawValue>,
    #[serde(borrow)]
    user: Option<&'a RawValue>,
}

/// A person's name and address, if an object has any. What its `user` says goes first: the name beside that may be an application's.
pub(crate) fn person(raw: &RawValue) -> Option<String> {
    let person: Person<'_> = serde_json::from_str(raw.get()).ok()?;
    let user = person.user.and_then(|user| serde_json::from_str::<Person<'_>>(user.get()).ok());
    [user, Some(person)].into_iter().flatten().find_map(|person| {
        let word = |raw| envelope::text(raw).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        let told = match (word(person.name), word(person.email)) {
            (Some(name), Some(email)) => Some(format!("{name} ({email})")),
            (name, email) => name.or(email),
        };
        told.map(|text| refusal::cut(&text))
    })
}

/// Knocks at each module with the smallest read there is. A scope that is known to be missing needs no knocking.
fn knock(
    host: &dyn Host,
    open: &mut Open,
    held: Option<&[String]>,
    probe: &[&'static Module],
) -> Result<Vec<Denied>, Failure> {
    let lacks = |module: &Module| held.is_some_and(|held| !held.contains(&module.scope("view")));
    let asked: Vec<&'static Module> = probe.iter().copied().filter(|module| !lacks(module)).collect();
    let mut answers = Vec::with_capacity(asked.len());
    open.door.in_order(host, asked.iter().map(|module| smallest_read(module)), |answer| {
        let module = asked[answers.len()];
        let answer = answer.map_err(Transport::into_failure).and_then(|response| denied(&response, module));
        let flow = if answer.is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        answers.push(answer);
        flow
    });
    if answers.len() < asked.len() && answers.iter().all(Result::is_ok) {
        return Err(fail(Code::Cancelled, say("accurate-rights-cancelled")));
    }
    let mut found = answers.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter();
    let told = probe.iter().filter_map(|module| if lacks(module) { Some(not_granted(module)) } else { found.next()? });
    Ok(told.collect())
}

fn smallest_read(module: &Module) -> Call {
    // Modules whose lists know no `fields` give whole rows; with one row there is little of that.
    let fields = if module.takes_fields { "fields=id&" } else { "" };
    Call::get(format!("{}/list.do?{fields}sp.pageSize=1", module.name))
}

fn not_granted(module: &Module) -> Denied {
    let scope = module.scope("view");
    let said = fail(Code::Forbidden, say("accurate-not-granted").with("scope", &scope));
    Denied { resource: module.name.to_owned(), right: Some(scope), said }
}

/// Whether reading was denied.
///
/// # Errors
/// When the answer is neither that nor a success.
fn denied(response: &HttpResponse, module: &'static Module) -> Result<Option<Denied>, Failure> {
    let what = format!("{}/list.do", module.name);
    let asked = Asked { what: &what, purpose: Purpose::List, module: Some(module) };
    match refusal::judge(response, asked) {
        Verdict::Yes(_) => Ok(None),
        Verdict::No(failure) if failure.code == Code::Forbidden => {
            // Refused by scope or by menu: the right that is missing is the one asked with, unless the answer names another.
            let named = failure.detail.clone().filter(|detail| detail.contains('_'));
            let right = named.unwrap_or_else(|| module.scope("view"));
            let said = match refusal::plain_words(response) {
                Some(words) => Failure::new(Code::Forbidden, refusal::cut(&words)),
                None => failure,
            };
            Ok(Some(Denied { resource: module.name.to_owned(), right: Some(right), said }))
        }
        Verdict::No(failure) | Verdict::Unknown(failure) => Err(failure),
    }
}
