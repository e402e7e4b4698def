//! Connector for Accurate Online: databases and branches, lists, details, saves and deletes of its data API.
//!
//! Turns what the engine wants into requests and answers into records and outcomes. Authentication headers, the budget of calls and repeating
//! reads are left to the host. What is assumed where the vendor is silent stands in the README of this folder.

mod account;
mod call;
mod catalogue;
mod door;
mod envelope;
mod fields;
mod form;
mod get;
mod list;
mod look;
mod manifest;
mod messages;
mod moment;
mod moves;
mod phrases;
mod refusal;
mod rights;
mod salesman;
mod settings;
mod space;
mod url;
mod write;

use crate::phrases::{fail, say};
use account::Account;
use catalogue::Module;
use selaras_connector_api::{
    Code, Connector, Failure, GetDone, GetRequest, Host, Manifest, OpenRequest, Opened, ReadDone, ReadRequest, Rights,
    RightsRequest, Space, SpacesRequest, WriteDone, WriteRequest,
};
use settings::Settings;
use space::Open;

/// The connector. Remembers what `open` learnt: hosts, session, branch.
#[derive(Default)]
pub struct Accurate {
    /// Known as soon as the settings made sense, so that `spaces` can answer which database to set.
    account: Option<Account>,
    open: Option<Open>,
}

/// Makes the connector. It has no declaration of its own to read.
///
/// # Errors
/// Never; the signature is that of all connectors.
pub fn new(_declaration: Option<&str>) -> Result<Box<dyn Connector>, Failure> {
    Ok(Box::new(Accurate::default()))
}

selaras_connector_abi::export!(selaras_connector_v1_accurate, new);

impl Accurate {
    fn opened(&mut self) -> Result<&mut Open, Failure> {
        self.open.as_mut().ok_or_else(not_open)
    }
}

fn not_open() -> Failure {
    fail(Code::NotConnected, say("accurate-not-open"))
}

fn module(name: &str) -> Result<&'static Module, Failure> {
    catalogue::module(name).ok_or_else(|| {
        let names = catalogue::MODULES.iter().map(|module| module.name).collect::<Vec<_>>().join(", ");
        fail(Code::Unsupported, say("accurate-no-resource").with("name", name).with("known", names))
    })
}

impl Connector for Accurate {
    fn describe(&self) -> Result<Manifest, Failure> {
        Ok(manifest::manifest())
    }

    fn open(&mut self, host: &dyn Host, request: &OpenRequest) -> Result<Opened, Failure> {
        let settings = Settings::read(request)?;
        self.open = None;
        self.account = Some(settings.account.clone());
        let (open, opened) = space::open(host, &settings)?;
        self.account = Some(open.door.account.clone());
        self.open = Some(open);
        Ok(opened)
    }

    fn spaces(&mut self, host: &dyn Host, request: &SpacesRequest) -> Result<Vec<Space>, Failure> {
        let mut account = Settings::account_of(&request.settings)?;
        space::spaces(host, &mut account, self.open.as_mut(), request.database.as_deref())
    }

    fn rights(&mut self, host: &dyn Host, request: &RightsRequest) -> Result<Rights, Failure> {
        let probe = request.probe.iter().map(|name| module(name)).collect::<Result<Vec<_>, _>>()?;
        rights::rights(host, self.opened()?, &probe)
    }

    fn read(&mut self, host: &dyn Host, request: &ReadRequest) -> Result<ReadDone, Failure> {
        let module = module(&request.resource)?;
        let open = self.opened()?;
        let since = request.since.as_deref();
        let spec = list::Spec { module, fields: &request.fields, since, page_size: open.page_size };
        list::list(&mut open.door, host, (spec, &mut open.names), &mut |batch| host.emit(batch))
    }

    fn get(&mut self, host: &dyn Host, request: &GetRequest) -> Result<GetDone, Failure> {
        let module = module(&request.resource)?;
        let open = self.opened()?;
        // Nothing but the version is what is looked at before a write, of many at a time.
        if request.fields != ["optLock"] {
            return get::get(&mut open.door, host, module, &request.ids);
        }
        let rest = look::look(&mut open.door, host, (module, &mut open.names), &request.ids)?;
        get::get(&mut open.door, host, module, &rest)
    }

    fn write(&mut self, host: &dyn Host, request: &WriteRequest) -> Result<WriteDone, Failure> {
        let module = module(&request.resource)?;
        let outcomes = write::write(self.opened()?, host, module, request)?;
        Ok(WriteDone { outcomes })
    }

    /// Accurate knows no end of a session; it is forgotten.
    fn close(&mut self, _host: &dyn Host) {
        self.open = None;
    }
}
