//! Opening: which account, database and branch. What may be done there is asked in `rights`; reading and writing records is left to others.

use crate::account::{self, Account, Database, Scheme};
use crate::catalogue;
use crate::door::Door;
use crate::envelope;
use crate::list;
use crate::look::Names;
use crate::manifest::DEFAULT_PAGE_SIZE;
use crate::messages::Purpose;
use crate::phrases::{EN, fail, say};
use crate::refusal::{self, Asked};
use crate::rights;
use crate::settings::{Settings, wrong};
use selaras_connector_api::{Batch, Code, Failure, Host, LogLevel, Opened, Space, Wording};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

/// What is open.
pub(crate) struct Open {
    /// The way to it.
    pub(crate) door: Door,
    /// The branch that pushed records are assigned to; `None` where the company has none.
    pub(crate) branch: Option<u64>,
    /// Rows in a page of a list.
    pub(crate) page_size: u32,
    /// Whether the user administers the database, where that was told.
    pub(crate) admin: bool,
    /// Whose token it is, where that was told.
    pub(crate) user: Option<String>,
    /// What the records are called that were listed.
    pub(crate) names: Names,
}

/// A database or branch, as lists of them have it.
struct Place {
    id: u64,
    name: String,
    /// Why it cannot be worked on.
    unusable: Option<&'static str>,
}

impl Place {
    fn choice(&self) -> String {
        format!("{} ({})", self.id, self.name)
    }

    fn database(&self) -> Database {
        Database { id: self.id.to_string(), name: self.name.clone() }
    }

    fn space(self) -> Space {
        Space {
            id: self.id.to_string(),
            title: self.name,
            unusable: self.unusable.map(str::to_owned),
            branches: Vec::new(),
        }
    }
}

/// Opens what the settings name.
///
/// # Errors
/// When it cannot be opened, or the settings leave a choice.
pub(crate) fn open(host: &dyn Host, settings: &Settings) -> Result<(Open, Opened), Failure> {
    let mut account = settings.account.clone();
    let (database, door, admin, user) = match account.scheme {
        Scheme::ApiToken => {
            let TokenSpace { database, base, user } = token_database(host, &mut account)?;
            if settings.database.as_ref().is_some_and(|wanted| *wanted != database.id.to_string()) {
                let wanted = settings.database.as_deref().unwrap_or_default();
                return Err(wrong(
                    "database",
                    wanted,
                    say("wanted-token-database").with("database", database.choice()),
                ));
            }
            let door = Door::new(account, database.database(), base, None);
            (database, door, false, user)
        }
        Scheme::Bearer => {
            let databases = databases(host, &mut account)?;
            let database = choose("database", databases, settings.database.as_deref(), Within::Account)?
                .ok_or_else(|| fail(Code::Settings, say("accurate-no-database")))?;
            let session = account.open_database(host, &database.database())?;
            let admin = session.admin;
            let door = Door::opened(account, database.database(), session);
            (database, door, admin, None)
        }
    };
    let mut open = Open { door, branch: None, page_size: settings.page_size, admin, user, names: Names::default() };
    let branch = branch(host, &mut open, settings.branch.as_deref(), &database.name)?;
    if let Some(suspended) = branch.as_ref().filter(|branch| branch.unusable.is_some()) {
        host.log(LogLevel::Warn, &format!("the branch {} is not in use any more", suspended.choice()));
    }
    open.branch = branch.as_ref().map(|branch| branch.id);
    Ok((open, opened(&database, branch.as_ref())))
}

fn opened(database: &Place, branch: Option<&Place>) -> Opened {
    let branch_id = branch.map_or_else(|| "-".to_owned(), |branch| branch.id.to_string());
    Opened {
        endpoint: format!("accurate/{}/{branch_id}", database.id),
        title: match branch {
            Some(branch) => format!("{}, cabang {}", database.name, branch.name),
            None => database.name.clone(),
        },
        facts: json!({
            "database": {"id": database.id, "alias": database.name},
            "branch": branch.map(|branch| json!({"id": branch.id, "name": branch.name})),
        }),
    }
}

/// The branch that the settings mean.
fn branch(host: &dyn Host, open: &mut Open, wanted: Option<&str>, database: &str) -> Result<Option<Place>, Failure> {
    let branches = match branches(host, &mut open.door, open.page_size) {
        Ok(branches) => branches,
        // The eight rights that a sync needs do not include branches: with the id given, its name is the only thing missed.
        Err(failure) if failure.code == Code::Forbidden => {
            let Some(id) = wanted.and_then(|text| text.parse().ok()) else {
                let told = say("accurate-branch-unlisted").because("said", &failure);
                return Err(failure.saying(told, EN));
            };
            host.log(
                LogLevel::Warn,
                "branches may not be listed with this credential; the branch is taken as set, without its name",
            );
            return Ok(Some(Place { id, name: id.to_string(), unusable: None }));
        }
        Err(failure) => return Err(failure),
    };
    choose("branch", branches, wanted, Within::Named(database))
}

/// What places are chosen from.
#[derive(Clone, Copy)]
enum Within<'a> {
    /// The account.
    Account,
    /// Something with a name of its own.
    Named(&'a str),
}

impl Within<'_> {
    fn of(self, wording: Wording) -> Wording {
        match self {
            Within::Account => wording.part("within", say("accurate-within-account")),
            Within::Named(name) => wording.with("within", name),
        }
    }
}

fn kind(setting: &str) -> Wording {
    say(if setting == "database" { "accurate-kind-database" } else { "accurate-kind-branch" })
}

/// The place wanted, by id or exact name; the only one in use where none is named; `None` where there is none at all.
fn choose(
    setting: &str,
    places: Vec<Place>,
    wanted: Option<&str>,
    within: Within<'_>,
) -> Result<Option<Place>, Failure> {
    let choices = places.iter().map(Place::choice).collect::<Vec<_>>().join(", ");
    let ask = |what: Wording| {
        let ask = if choices.is_empty() { say("accurate-ask-none") } else { say("accurate-ask-choose") };
        let ask = ask.with("setting", setting).with("choices", &choices);
        Err(fail(Code::Settings, within.of(what).part("ask", ask)).on_field(setting))
    };
    match wanted {
        Some(wanted) => {
            let by_id = places.iter().position(|place| place.id.to_string() == wanted);
            match by_id.or_else(|| places.iter().position(|place| place.name == wanted)) {
                Some(at) => Ok(places.into_iter().nth(at)),
                None => ask(say("accurate-place-unknown").with("wanted", wanted).part("kind", kind(setting))),
            }
        }
        None if places.is_empty() => Ok(None),
        None => {
            let mut in_use: Vec<Place> = places.into_iter().filter(|place| place.unusable.is_none()).collect();
            match in_use.len() {
                1 => Ok(in_use.pop()),
                count => ask(say("accurate-place-not-named").with("count", count).with("setting", setting)),
            }
        }
    }
}

#[derive(Deserialize)]
struct TokenData<'a> {
    #[serde(borrow)]
    database: Option<TokenDatabase<'a>>,
    #[serde(borrow)]
    user: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct TokenDatabase<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    alias: Option<&'a RawValue>,
    #[serde(borrow)]
    host: Option<&'a RawValue>,
}

/// What an API token is bound to.
struct TokenSpace {
    database: Place,
    /// The data host.
    base: String,
    /// Whose token it is.
    user: Option<String>,
}

/// The database to which an API token is bound, its host, and the user.
fn token_database(host: &dyn Host, account: &mut Account) -> Result<TokenSpace, Failure> {
    let asked = Asked { what: "api-token.do", purpose: Purpose::Open, module: None };
    let response = account.get(host, asked.what)?;
    let answer = refusal::judge(&response, asked).into_result()?;
    let data = answer.d.and_then(|d| serde_json::from_str::<TokenData<'_>>(d.get()).ok());
    let user = data.as_ref().and_then(|data| rights::person(data.user?));
    let parts = data.and_then(|data| data.database).and_then(|database| {
        let id: u64 = envelope::text(database.id)?.parse().ok()?;
        Some((id, envelope::text(database.alias).unwrap_or_else(|| id.to_string()), envelope::text(database.host)?))
    });
    let Some((id, name, base)) = parts else {
        return Err(refusal::stated(&response, asked, Code::Protocol, say("advice-no-database")));
    };
    Ok(TokenSpace { database: Place { id, name, unusable: None }, base: account::base_address(&base, asked)?, user })
}

/// The databases that a bearer token sees.
fn databases(host: &dyn Host, account: &mut Account) -> Result<Vec<Place>, Failure> {
    let asked = Asked { what: "db-list.do", purpose: Purpose::Open, module: None };
    let response = account.get(host, asked.what)?;
    let answer = refusal::judge(&response, asked).into_result()?;
    let rows = answer.rows().ok_or_else(|| refusal::stated(&response, asked, Code::Protocol, say("advice-no-list")))?;
    Ok(rows.into_iter().filter_map(|row| place(row.get().as_bytes())).collect())
}

/// The branches of an open database.
fn branches(host: &dyn Host, door: &mut Door, page_size: u32) -> Result<Vec<Place>, Failure> {
    let module = catalogue::module("branch").expect("the catalogue has branches");
    let mut places = Vec::new();
    let mut keep = |batch: Batch| places.extend(batch.records.iter().filter_map(|record| place(&record.raw)));
    let spec = list::Spec { module, fields: &[], since: None, page_size };
    let done = list::list(door, host, (spec, &mut Names::default()), &mut keep)?;
    if let Some(why) = done.why_incomplete {
        host.log(LogLevel::Warn, &format!("the list of branches is not complete: {why}"));
    }
    Ok(places)
}

#[derive(Deserialize)]
struct RawPlace<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    alias: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow)]
    suspended: Option<&'a RawValue>,
    #[serde(borrow)]
    expired: Option<&'a RawValue>,
}

fn place(row: &[u8]) -> Option<Place> {
    let raw: RawPlace<'_> = serde_json::from_slice(row).ok()?;
    let id: u64 = envelope::text(raw.id)?.parse().ok()?;
    let name = envelope::text(raw.alias).or_else(|| envelope::text(raw.name)).unwrap_or_else(|| id.to_string());
    let unusable = match (envelope::is_true(raw.expired), envelope::is_true(raw.suspended)) {
        (true, _) => Some("expired"),
        (false, true) => Some("suspended"),
        (false, false) => None,
    };
    Some(Place { id, name, unusable })
}

/// The databases, or one of them with its branches.
///
/// # Errors
/// As for `open`.
pub(crate) fn spaces(
    host: &dyn Host,
    account: &mut Account,
    open: Option<&mut Open>,
    database: Option<&str>,
) -> Result<Vec<Space>, Failure> {
    let mut token_base = None;
    let databases = match account.scheme {
        Scheme::ApiToken => {
            let space = token_database(host, account)?;
            token_base = Some(space.base);
            vec![space.database]
        }
        Scheme::Bearer => databases(host, account)?,
    };
    let Some(wanted) = database else {
        return Ok(databases.into_iter().map(Place::space).collect());
    };
    let Some(chosen) = choose("database", databases, Some(wanted), Within::Account)? else { return Ok(Vec::new()) };
    let database = chosen.database();
    let branches = match (open, token_base) {
        (Some(open), _) if open.door.database.id == database.id => branches(host, &mut open.door, open.page_size)?,
        (_, Some(base)) => branches(host, &mut Door::new(account.clone(), database, base, None), DEFAULT_PAGE_SIZE)?,
        (_, None) => {
            let session = account.open_database(host, &database)?;
            branches(host, &mut Door::opened(account.clone(), database, session), DEFAULT_PAGE_SIZE)?
        }
    };
    Ok(vec![Space { branches: branches.into_iter().map(Place::space).collect(), ..chosen.space() }])
}
