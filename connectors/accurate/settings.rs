//! The settings of a system, read and checked. What they open is found out in `space`.

use crate::account::{Account, Scheme};
use crate::manifest::{DEFAULT_BASE_URL, DEFAULT_PAGE_SIZE};
use crate::phrases::{fail, say};
use crate::url;
use selaras_connector_api::{Code, Failure, OpenRequest, Wording};
use std::collections::BTreeMap;

const MAX_PAGE_SIZE: u32 = 1000;

/// The settings, read.
pub(crate) struct Settings {
    /// The account host and how requests are authenticated.
    pub(crate) account: Account,
    /// The database named.
    pub(crate) database: Option<String>,
    /// The branch named.
    pub(crate) branch: Option<String>,
    /// Rows in a page of a list.
    pub(crate) page_size: u32,
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// `Settings`, naming the one that makes no sense.
    pub(crate) fn read(request: &OpenRequest) -> Result<Self, Failure> {
        let account = Self::account_of(&request.settings)?;
        let page_size = match given(&request.settings, "page_size") {
            None => DEFAULT_PAGE_SIZE,
            Some(text) => text
                .parse()
                .ok()
                .filter(|size| (1..=MAX_PAGE_SIZE).contains(size))
                .ok_or_else(|| wrong("page_size", text, say("wanted-page-size")))?,
        };
        Ok(Self {
            account,
            database: given(&request.settings, "database").map(str::to_owned),
            branch: given(&request.settings, "branch").map(str::to_owned),
            page_size,
        })
    }

    /// The account alone, for finding out what can be opened.
    ///
    /// # Errors
    /// As for `read`.
    pub(crate) fn account_of(settings: &BTreeMap<String, String>) -> Result<Account, Failure> {
        let base = given(settings, "base_url").unwrap_or(DEFAULT_BASE_URL).trim_end_matches('/');
        if url::origin(base).is_none() {
            return Err(wrong("base_url", base, say("wanted-address")));
        }
        let scheme = match given(settings, "auth") {
            Some("api-token") => Scheme::ApiToken,
            Some("bearer" | "oauth2") => Scheme::Bearer,
            other => return Err(wrong("auth", other.unwrap_or_default(), say("wanted-auth"))),
        };
        Ok(Account { base: base.to_owned(), scheme })
    }
}

fn given<'a>(settings: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    settings.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// A setting that makes no sense, and what would.
pub(crate) fn wrong(name: &str, given: &str, wanted: Wording) -> Failure {
    let told = say("accurate-setting").with("name", name).with("given", given).part("wanted", wanted);
    fail(Code::Settings, told).on_field(name)
}
