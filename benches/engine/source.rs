//! A system that lists records made up on the spot, linked into the benchmark: it stands for a connector whose pages cost nothing. What making
//! them up costs is kept apart.

use crate::meter::Aside;
use crate::records::{BRANCH, Population};
use selaras_connector_api::{
    Batch, Code, Connector, Failure, GetDone, GetRequest, Host, Manifest, OpenRequest, Opened, ReadDone, ReadRequest,
    Rights, RightsRequest, Space, SpacesRequest, WriteDone, WriteRequest,
};
use selaras_model::Side;
use serde_json::json;

/// The source.
pub struct Source {
    /// Which of both systems it stands for.
    pub side: Side,
    /// What there is.
    pub population: Population,
    /// Records that come with each page.
    pub page: u64,
    /// What the connector that it stands for says of itself.
    pub manifest: Manifest,
    /// The cost of making records up.
    pub aside: Aside,
}

/// The manifest of a real connector as a source takes it: no credential, no limit, and lists that leave nothing out.
pub fn bare(connector: &dyn Connector) -> Manifest {
    let mut manifest = connector.describe().expect("the connector describes itself");
    manifest.auth.clear();
    manifest.settings.clear();
    manifest.budget = None;
    manifest.resources.iter_mut().for_each(|resource| resource.detail_only.clear());
    manifest
}

impl Source {
    /// The records of a page.
    pub fn records(&self, resource: &str, page: u64) -> Batch {
        let all = self.population.count(resource);
        let places = (page * self.page).min(all)..((page + 1) * self.page).min(all);
        Batch { records: places.map(|place| self.population.record(resource, self.side, place)).collect() }
    }
}

impl Connector for Source {
    fn describe(&self) -> Result<Manifest, Failure> {
        Ok(self.manifest.clone())
    }

    fn open(&mut self, _host: &dyn Host, _request: &OpenRequest) -> Result<Opened, Failure> {
        let facts = json!({ "branch": { "id": BRANCH, "name": "Jakarta" } });
        Ok(Opened { endpoint: format!("{}/bench", self.manifest.name), title: self.manifest.title.clone(), facts })
    }

    fn spaces(&mut self, _host: &dyn Host, _request: &SpacesRequest) -> Result<Vec<Space>, Failure> {
        Ok(Vec::new())
    }

    fn rights(&mut self, _host: &dyn Host, _request: &RightsRequest) -> Result<Rights, Failure> {
        Ok(Rights::default())
    }

    fn read(&mut self, host: &dyn Host, request: &ReadRequest) -> Result<ReadDone, Failure> {
        for page in 0..self.population.count(&request.resource).div_ceil(self.page) {
            let batch = self.aside.run(|| self.records(&request.resource, page));
            host.emit(batch);
        }
        Ok(ReadDone { complete: true, why_incomplete: None, cursor: None })
    }

    fn get(&mut self, _host: &dyn Host, _request: &GetRequest) -> Result<GetDone, Failure> {
        Err(Failure::new(Code::Unsupported, "nothing is to be read one by one in this benchmark"))
    }

    fn write(&mut self, _host: &dyn Host, _request: &WriteRequest) -> Result<WriteDone, Failure> {
        Err(Failure::new(Code::Unsupported, "nothing is to be written in this benchmark"))
    }

    fn close(&mut self, _host: &dyn Host) {}
}
