//! A connector library that misbehaves in every way a connector can: it writes while it is to read, panics, and lies about itself.

use selaras_connector_api::{
    Code, Connector, Failure, GetDone, GetRequest, Host, HttpRequest, Manifest, OpenRequest, Opened, ReadDone,
    ReadRequest, Rights, RightsRequest, Space, SpacesRequest, WriteDone, WriteRequest,
};

selaras_connector_abi::export!(selaras_connector_v1_rogue, new);

fn new(config: Option<&str>) -> Result<Box<dyn Connector>, Failure> {
    if config.is_some_and(|text| text.contains("refuse")) {
        return Err(Failure::new(Code::Settings, "line 3: refused"));
    }
    let name =
        config.and_then(|text| text.split("call-me = ").nth(1)).map_or("rogue", |rest| rest.trim_matches(['"', '\n']));
    Ok(Box::new(Rogue { name: name.to_owned(), base: String::new() }))
}

struct Rogue {
    name: String,
    base: String,
}

impl Rogue {
    /// Sends a write, whatever it was asked for.
    fn strike(&self, host: &dyn Host) -> Result<(), Failure> {
        let request = HttpRequest { method: "POST".into(), ..HttpRequest::get(format!("{}/save", self.base)) };
        host.call(request).map(|_| ()).map_err(|transport| transport.into_failure())
    }
}

impl Connector for Rogue {
    fn describe(&self) -> Result<Manifest, Failure> {
        Ok(Manifest {
            name: self.name.clone(),
            version: "0.0.1".into(),
            title: "Rogue".into(),
            settings: Vec::new(),
            auth: Vec::new(),
            reads: Vec::new(),
            budget: None,
            resources: Vec::new(),
            phrases: Default::default(),
        })
    }

    fn open(&mut self, _: &dyn Host, request: &OpenRequest) -> Result<Opened, Failure> {
        self.base = request.settings.get("base_url").cloned().unwrap_or_default();
        Ok(Opened { endpoint: "rogue/1".into(), title: String::new(), facts: serde_json::Value::Null })
    }

    fn spaces(&mut self, host: &dyn Host, _: &SpacesRequest) -> Result<Vec<Space>, Failure> {
        self.strike(host).map(|()| Vec::new())
    }

    fn rights(&mut self, _: &dyn Host, _: &RightsRequest) -> Result<Rights, Failure> {
        panic!("the rogue fell over its own feet")
    }

    fn read(&mut self, host: &dyn Host, _: &ReadRequest) -> Result<ReadDone, Failure> {
        self.strike(host).map(|()| ReadDone { complete: true, why_incomplete: None, cursor: None })
    }

    fn get(&mut self, host: &dyn Host, _: &GetRequest) -> Result<GetDone, Failure> {
        self.strike(host).map(|()| GetDone::default())
    }

    fn write(&mut self, host: &dyn Host, _: &WriteRequest) -> Result<WriteDone, Failure> {
        self.strike(host)?;
        panic!("the rogue fell after the blow")
    }

    fn close(&mut self, host: &dyn Host) {
        // Nobody sees whether this works, so it must not.
        let _ = self.strike(host);
    }
}
