//! The page on which somebody logs in and grants an application access, or does not.
//!
//! A plain form: whoever drives it by hand or by script sends its fields back. What becomes of them is in `oauth`.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::answer::escape;
use super::params::Flat;
use super::rights::in_words;
use crate::access::ADMIN;
use crate::server::State;

/// What the application sent along and the form must send back.
const KEPT: [&str; 7] =
    ["client_id", "response_type", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"];

const STYLE: &str = "body{margin:0;background:#eef2f6;color:#1f2933;font:16px/1.5 system-ui,sans-serif}\
main{max-width:34rem;margin:3rem auto;background:#fff;border-radius:12px;box-shadow:0 6px 24px #1f293322;overflow:hidden}\
header{background:#0b6bcb;color:#fff;padding:1.2rem 1.6rem}header h1{margin:0;font-size:1.25rem}header p{margin:.2rem 0 0;opacity:.85}\
form,.error{padding:1.2rem 1.6rem}h2{font-size:1rem;margin:1.2rem 0 .4rem}.error{background:#fdecea;color:#8a1c12;margin:0}\
label{display:block}select,input[type=password]{width:100%;padding:.5rem;margin:.2rem 0 .8rem;border:1px solid #b8c4ce;border-radius:6px;\
font:inherit;box-sizing:border-box}.scopes{list-style:none;margin:0;padding:0;max-height:17rem;overflow:auto;border:1px solid #dde4ea;\
border-radius:6px}.scopes li{padding:.35rem .7rem;border-bottom:1px solid #eef2f6}code{color:#627282;font-size:.8rem;margin-left:.4rem}\
.buttons{display:flex;gap:.8rem;margin-top:1.2rem}button{flex:1;padding:.7rem;border:0;border-radius:6px;font:inherit;font-weight:600;\
cursor:pointer}.yes{background:#0b6bcb;color:#fff}.no{background:#e4eaf0;color:#1f2933}small{color:#627282}";

/// The page. `error` is what was wrong with the last try to log in.
pub fn page(state: &State, asked: &Flat, error: Option<&str>) -> Response {
    let client = asked.get("client_id").unwrap_or_default();
    let application = state.read(|world| world.accurate.clients.get(client).map(|known| known.name.clone()));
    let application = application.filter(|name| !name.is_empty()).unwrap_or_else(|| client.to_owned());
    let hidden: String = KEPT.into_iter().filter_map(|name| Some(hidden(name, asked.get(name)?))).collect();
    let error = error.map_or_else(String::new, |text| format!("<p class=\"error\">{}</p>", escape(text)));
    let (status, title) = match error.is_empty() {
        true => (StatusCode::OK, "Beri Akses"),
        false => (StatusCode::UNAUTHORIZED, "Masuk gagal"),
    };
    let application = escape(&application);
    let (accounts, scopes) = (accounts(state, asked), scopes(asked));
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"id\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title>\
         <style>{STYLE}</style></head>\n<body><main>\
         <header><h1>Otorisasi</h1><p>Accurate Online (simulasi)</p></header>{error}\
         <form method=\"post\" action=\"/oauth/authorize\">{hidden}\
         <p>Aplikasi <b>{application}</b> meminta akses ke data usaha Anda.</p>\
         <h2>Masuk sebagai</h2><label>Akun<select name=\"account\">{accounts}</select></label>\
         <label>Kata sandi <small>(boleh dikosongkan)</small>\
         <input type=\"password\" name=\"password\" autocomplete=\"off\"></label>\
         <h2>Akses yang diminta</h2>{scopes}\
         <div class=\"buttons\"><button class=\"yes\" name=\"decision\" value=\"approve\">Beri Akses</button>\
         <button class=\"no\" name=\"decision\" value=\"deny\">Tolak</button></div></form></main></body></html>\n"
    );
    (status, Html(html)).into_response()
}

fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
}

fn accounts(state: &State, asked: &Flat) -> String {
    let chosen = asked.get("account").or_else(|| asked.get("login_hint")).unwrap_or(ADMIN).to_owned();
    state.read(|world| {
        let known = super::people::named(&world.accurate, &chosen).map(|(login, _)| login.clone());
        let option = |(login, account): (&String, &crate::Account)| {
            let selected = if known.as_ref() == Some(login) { " selected" } else { "" };
            let role = if account.administrator { " – Administrator" } else { "" };
            let (login, name) = (escape(login), escape(&account.name));
            format!("<option value=\"{login}\"{selected}>{name} ({login}){role}</option>")
        };
        world.accurate.accounts.iter().map(option).collect()
    })
}

/// A box for each scope. The hidden field tells that an empty box was left empty on purpose.
fn scopes(asked: &Flat) -> String {
    let item = |scope: &str| {
        let (words, scope) = (escape(&in_words(scope)), escape(scope));
        format!(
            "<li><label><input type=\"checkbox\" name=\"granted\" value=\"{scope}\" checked> {words}\
             <code>{scope}</code></label></li>"
        )
    };
    let items: String = asked.get("scope").unwrap_or_default().split_whitespace().map(item).collect();
    format!("<ul class=\"scopes\">{items}</ul>{}", hidden("chosen", "1"))
}
