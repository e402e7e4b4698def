//! The simulated Accurate Online: account host, OAuth and data host on one port.
//!
//! Further data hosts listen on ports of their own (see `hosts`) and know the data calls only.
//!
//! This file routes; `auth` says who calls, `model` describes the modules, the other files answer.

pub mod account;
pub mod answer;
pub mod auth;
pub mod books;
pub mod consent;
pub mod credentials;
pub mod customer;
pub mod disturb;
pub mod employee;
pub mod expand;
pub mod fields;
pub mod fill;
pub mod filters;
pub mod find;
pub mod item;
pub mod listing;
pub mod masters_check;
pub mod model;
pub mod oauth;
pub mod order_check;
pub mod order_model;
pub mod orders;
pub mod param;
pub mod params;
pub mod people;
pub mod privilege;
pub mod rights;
pub mod save;
pub mod signature;
pub mod small;
pub mod values;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State as Shared};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Extension, Router};
use serde_json::json;

pub use model::insert;

use self::answer::{Refusal, refused};
use self::books::Books;
use self::find::Look;
use self::listing::Place;
use self::model::{Module, module};
use self::params::{Flat, Params};
use crate::knobs::{Knobs, MovedStyle};
use crate::server::{SharedState, State};

/// The largest body taken.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// The routes of Accurate Online.
pub fn router(state: SharedState) -> Router {
    Router::new()
        .route("/oauth/authorize", get(authorize).post(decide))
        .route("/oauth/token", post(token))
        .route("/oauth/check_token", any(check_token))
        .route("/api/{*name}", any(account_call))
        .route("/accurate/{*path}", any(data_call))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(state)
}

/// The name of the data host that was called.
#[derive(Debug, Clone)]
pub struct HostName(pub String);

/// The routes of a further data host, which knows nothing of accounts.
pub fn data_router(state: SharedState, name: &str) -> Router {
    Router::new()
        .route("/accurate/{*path}", any(data_call))
        .fallback(async || answer::no_such_url())
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(Extension(HostName(name.to_owned())))
        .with_state(state)
}

async fn authorize(Shared(state): Shared<SharedState>, uri: Uri) -> Response {
    oauth::consent_page(&state, &Flat::parse(uri.query().unwrap_or_default()))
}

async fn decide(Shared(state): Shared<SharedState>, body: String) -> Response {
    oauth::decide(&state, &Flat::parse(&body))
}

async fn token(Shared(state): Shared<SharedState>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    match Params::read(uri.query(), &headers, &body) {
        Ok(sent) => oauth::token(&state, &headers, &sent),
        Err(message) => answer::fail(StatusCode::BAD_REQUEST, &message),
    }
}

async fn check_token() -> Response {
    answer::page(StatusCode::UNAUTHORIZED, "Error: Halaman tidak boleh diakses", "<h1>Halaman tidak boleh diakses</h1>")
}

async fn account_call(
    Shared(state): Shared<SharedState>,
    Path(name): Path<String>,
    uri: Uri,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match Params::read(uri.query(), &headers, &body) {
        Ok(sent) => account::answer(&state, &method, &name, &headers, &sent),
        Err(message) => answer::fail(StatusCode::BAD_REQUEST, &message),
    }
}

async fn data_call(
    Shared(state): Shared<SharedState>,
    here: Option<Extension<HostName>>,
    Path(path): Path<String>,
    uri: Uri,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let here = here.map(|Extension(name)| name.0);
    let call = Call { here, method, path, query: uri.query().unwrap_or_default().to_owned(), headers, body };
    answer_data(&state, &call).unwrap_or_else(|refusal| *refusal)
}

/// A call to a data host.
struct Call {
    /// The host called; none is the sandbox's own address.
    here: Option<String>,
    method: Method,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

/// What a module can be asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    List,
    Detail,
    Save,
    BulkSave,
    Delete,
    CloseOrder,
}

impl Action {
    /// The action of this name, if the module has it.
    fn of(module: &Module, name: &str) -> Option<Action> {
        match name {
            "list.do" => Some(Action::List),
            "detail.do" => Some(Action::Detail),
            "save.do" => module.saves.then_some(Action::Save),
            "bulk-save.do" => module.bulk.then_some(Action::BulkSave),
            "delete.do" => module.deletes.then_some(Action::Delete),
            "manual-close-order.do" => (module.name == "sales-order").then_some(Action::CloseOrder),
            _ => None,
        }
    }

    /// The last word of the scope it needs.
    fn scope(self) -> &'static str {
        match self {
            Action::List | Action::Detail => "view",
            Action::Save | Action::BulkSave | Action::CloseOrder => "save",
            Action::Delete => "delete",
        }
    }

    /// Reads also come as POST from some clients; writes never as GET.
    fn takes(self, method: &Method) -> bool {
        match self {
            Action::List | Action::Detail => matches!(*method, Method::GET | Method::POST),
            Action::Delete => matches!(*method, Method::DELETE | Method::POST),
            _ => *method == Method::POST,
        }
    }
}

/// Answers a call to the data host. Checks come in the order the live server was seen to make them: token, address,
/// scope, session, parameters.
fn answer_data(state: &State, call: &Call) -> Result<Response, Refusal> {
    let knobs = state.knobs();
    if let Some(redirect) = sent_on(state, call, &knobs) {
        return Err(Box::new(redirect));
    }
    let caller = auth::recognise(state, &call.headers)?;
    auth::count_call(state, &caller, &call.headers, &knobs)?;
    let (module, action) = route(&call.path).ok_or_else(|| Box::new(answer::no_such_url()))?;
    auth::permit(&caller, &rights::scope(module.name, action.scope()), &call.headers, &knobs)?;
    let database = auth::database(state, &caller, &call.headers, &knobs)?;
    if let Some(redirect) = moved(state, call, database, &knobs) {
        return Err(Box::new(redirect));
    }
    if !action.takes(&call.method) {
        let message = format!("Request method '{}' not supported", call.method);
        return Err(Box::new(answer::fail(StatusCode::METHOD_NOT_ALLOWED, &message)));
    }
    let sent = Params::read(Some(&call.query), &call.headers, &call.body)
        .map_err(|message| Box::new(answer::fail(StatusCode::BAD_REQUEST, &message)))?;
    let place = Place { database, only_branch: auth::branch(&caller, database, module, &knobs) };
    Ok(answer::ok(act(state, place, module, action, &sent, &knobs)))
}

fn route(path: &str) -> Option<(&'static Module, Action)> {
    let (module_name, action) = path.strip_prefix("api/")?.split_once('/')?;
    let module = module(module_name)?;
    Some((module, Action::of(module, action)?))
}

fn act(
    state: &State,
    place: Place,
    module: &'static Module,
    action: Action,
    sent: &Params,
    knobs: &Knobs,
) -> serde_json::Value {
    let gone = || refused(&["Data Usaha tidak tepat".to_owned()]);
    let tree = || sent.tree(knobs.php_nesting);
    let Place { database, only_branch } = place;
    let change = |work: &dyn Fn(&mut Books<'_>) -> serde_json::Value| {
        let bound = |books: &mut Books<'_>| {
            books.only_branch = only_branch;
            work(books)
        };
        state.write_books(database, bound).unwrap_or_else(gone)
    };
    match action {
        Action::List => listing::list(state, place, module, sent).unwrap_or_else(|messages| refused(&messages)),
        Action::Detail => state.read_keys(database, |world, keys| {
            let db = world.accurate.databases.get(&database);
            let times = knobs.last_update_everywhere;
            db.map_or_else(gone, |db| find::detail(Look { db, keys, only_branch }, module, sent, times))
        }),
        Action::Save => change(&|books| save::save(books, module, &tree(), knobs)),
        Action::BulkSave => change(&|books| save::bulk_save(books, module, &tree(), knobs)),
        Action::Delete => change(&|books| find::delete(books, module, sent)),
        Action::CloseOrder => change(&|books| save::close_order(books, module, &tree(), knobs)),
    }
}

/// The redirect for calls to a host that no longer is one, whoever calls.
fn sent_on(state: &State, call: &Call, knobs: &Knobs) -> Option<Response> {
    let host = call.headers.get(header::HOST)?.to_str().ok()?;
    (knobs.moved_host.as_deref() == Some(host)).then(|| redirect(state.base_url(), call, knobs.moved_style))
}

/// The redirect for a database that lives on another host than the one called.
fn moved(state: &State, call: &Call, database: u64, knobs: &Knobs) -> Option<Response> {
    let home = state.read(|world| world.accurate.databases.get(&database)?.host.clone());
    if home == call.here {
        return None;
    }
    let (home, here) = (state.host_url(home.as_deref()), state.host_url(call.here.as_deref()));
    (home != here).then(|| redirect(&home, call, knobs.moved_style))
}

fn redirect(base: &str, call: &Call, style: MovedStyle) -> Response {
    let query = if call.query.is_empty() { String::new() } else { format!("?{}", call.query) };
    let location = format!("{base}/accurate/{}{query}", call.path);
    let status = StatusCode::PERMANENT_REDIRECT;
    match style {
        MovedStyle::Location => (status, [(header::LOCATION, location)]).into_response(),
        MovedStyle::LocationHost => (status, [(header::LOCATION, base.to_owned())]).into_response(),
        MovedStyle::Endpoint => (status, axum::Json(json!({"endpoint": base}))).into_response(),
    }
}
