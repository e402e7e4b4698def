//! The runner's host with the loaded library of a connector on it.

use selaras_connector_api::conformance::InUse;
use selaras_connector_api::{
    Batch, Connector, Failure, GetDone, GetRequest, Opened, ReadDone, ReadRequest, WriteDone, WriteRequest,
};
use selaras_host::{AuthSettings, Host, HostOptions, Secret, System, SystemSettings, WritePermit};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A host, the connector's name, and the settings.
pub struct Place {
    host: Host,
    settings: SystemSettings,
}

impl Place {
    /// `search`: folders with declared connectors. The libraries are where cargo puts them, beside the test program.
    pub fn new(connector: &str, search: Vec<PathBuf>, values: &[(&str, &str)], token: &str) -> Self {
        let program = std::env::current_exe().expect("a program has a file");
        let exe_dir = program.parent().expect("a file has a folder").to_owned();
        let host = Host::new(HostOptions { search, exe_dir, limited: false, ..HostOptions::default() });
        let auth = AuthSettings { scheme: "bearer".to_owned(), token: Secret::new(token), secret: None };
        let values: BTreeMap<String, String> =
            values.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let settings =
            SystemSettings { connector: connector.to_owned(), values, auth: Some(auth), ..SystemSettings::default() };
        Self { host: host.expect("a host can be had"), settings }
    }

    /// The connector, through the boundary of its library.
    pub fn load(&self) -> Result<Box<dyn Connector>, String> {
        let loaded = self.host.load(&self.settings.connector).map_err(|error| error.to_string())?;
        assert!(loaded.file.exists() && loaded.same_build, "a library that was just built");
        Ok(loaded.connector)
    }

    /// The connector on the host.
    pub fn put_to_use(&self, connector: Box<dyn Connector>) -> Box<dyn InUse> {
        let system = self.host.linked(&self.settings.connector, connector, &self.settings);
        Box::new(OnHost { system, permit: self.host.permit_writes() })
    }
}

struct OnHost {
    system: System,
    permit: WritePermit,
}

impl InUse for OnHost {
    fn open(&mut self) -> Result<Opened, Failure> {
        self.system.open()
    }

    fn read(&mut self, request: &ReadRequest, sink: &mut dyn FnMut(Batch)) -> Result<ReadDone, Failure> {
        self.system.read(request, sink)
    }

    fn get(&mut self, request: &GetRequest, sink: &mut dyn FnMut(Batch)) -> Result<GetDone, Failure> {
        self.system.get(request, sink)
    }

    fn write(&mut self, request: &WriteRequest) -> Result<WriteDone, Failure> {
        self.system.write(&self.permit, request)
    }

    fn close(&mut self) {
        self.system.close();
    }
}
