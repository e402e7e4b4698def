//! A connector for systems that speak REST, each declared in a `connector.toml` with `engine = "rest"`: addresses, paging, paths of records
//! and ids, writes, batches, and what the system's refusals mean.
//!
//! The words of that file are in `manifest`; `check` turns its text into a system that can run. One file per operation does the rest. Waiting,
//! authentication, budget and retries are the host's; what records mean is the mapping's.

mod body;
mod check;
mod describe;
mod errors;
mod flight;
mod get;
mod list;
mod login;
mod manifest;
mod page;
mod path;
mod phrases;
mod session;
mod system;
mod template;
mod write;

pub use manifest::{
    AuthDecl, BatchDecl, BatchItemDecl, BatchMethods, BudgetDecl, ChildDecl, ChildStyleDecl, DeactivateDecl, Engine,
    ErrorTable, FieldsDecl, GetDecl, IdDecl, JsonType, ListDecl, LoginDecl, ManifestFile, Paging, Part, ReadDecl,
    RecogniserDecl, ResourceDecl, SettingDecl, SinceDecl, VersionDecl, WriteDecl, manifest_schema,
};
pub use path::JsonPath;
pub use template::Template;

use phrases::{fail, say};
use selaras_connector_api::{
    Code, Connector, Failure, GetDone, GetRequest, Host, Manifest, OpenRequest, Opened, ReadDone, ReadRequest, Rights,
    RightsRequest, Space, SpacesRequest, WriteDone, WriteRequest,
};
use session::{Call, Session};
use system::System;

/// A connector for the system that one `connector.toml` declares.
pub struct Rest {
    system: System,
    session: Option<Session>,
}

impl Rest {
    /// Reads the text of a `connector.toml`.
    ///
    /// # Errors
    /// `Code::Settings`, naming every place that is wrong.
    pub fn from_toml(text: &str) -> Result<Self, Failure> {
        Ok(Self { system: check::load(text)?, session: None })
    }

    fn call<'a>(&'a self, host: &'a dyn Host, resource: &str) -> Result<Call<'a>, Failure> {
        let session = self
            .session
            .as_ref()
            .ok_or_else(|| fail(Code::NotConnected, say("rest-not-open").with("system", &self.system.file.title)))?;
        Ok(Call { host, system: &self.system, session, resource: self.system.resource(resource)? })
    }
}

impl Connector for Rest {
    fn describe(&self) -> Result<Manifest, Failure> {
        Ok(describe::describe(&self.system))
    }

    fn open(&mut self, host: &dyn Host, request: &OpenRequest) -> Result<Opened, Failure> {
        self.session = None;
        let (session, opened) = session::open(&self.system, request)?;
        if let Some(login) = &self.system.file.login {
            login::prove(host, &self.system, &session, login)?;
        }
        self.session = Some(session);
        Ok(opened)
    }

    fn spaces(&mut self, _host: &dyn Host, _request: &SpacesRequest) -> Result<Vec<Space>, Failure> {
        Ok(Vec::new())
    }

    fn rights(&mut self, _host: &dyn Host, _request: &RightsRequest) -> Result<Rights, Failure> {
        Ok(Rights::default())
    }

    fn read(&mut self, host: &dyn Host, request: &ReadRequest) -> Result<ReadDone, Failure> {
        list::read(&self.call(host, &request.resource)?, request)
    }

    fn get(&mut self, host: &dyn Host, request: &GetRequest) -> Result<GetDone, Failure> {
        get::get(&self.call(host, &request.resource)?, request)
    }

    fn write(&mut self, host: &dyn Host, request: &WriteRequest) -> Result<WriteDone, Failure> {
        write::write(&self.call(host, &request.resource)?, request)
    }

    fn close(&mut self, _host: &dyn Host) {
        self.session = None;
    }
}

/// Makes a connector from the text of a `connector.toml`.
///
/// # Errors
/// As for [`Rest::from_toml`], and when there is no text: this engine is nothing without a file.
pub fn new(config: Option<&str>) -> Result<Box<dyn Connector>, Failure> {
    let text = config.ok_or_else(|| {
        Failure::new(
            Code::Settings,
            "the rest engine needs a connector.toml; put one in a folder of its own under connectors/",
        )
    })?;
    Ok(Box::new(Rest::from_toml(text)?))
}

selaras_connector_abi::export!(selaras_connector_v1_rest, new);
