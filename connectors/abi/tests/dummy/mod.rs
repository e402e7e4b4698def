//! A connector that answers from what its host says, two that panic, and a host that answers everything from memory.

use selaras_connector_api::{
    Batch, Code, Connector, Failure, GetDone, GetRequest, Host, HttpRequest, HttpResponse, LogLevel, Manifest,
    OpenRequest, Opened, Outcome, RawRecord, ReadDone, ReadRequest, Rights, RightsRequest, Space, SpacesRequest,
    Ticket, Transport, WriteDone, WriteRequest,
};
use std::cell::RefCell;

selaras_connector_abi::export!(selaras_connector_v1_dummy, new);
// The same connector again, with a fence of its own.
selaras_connector_abi::export!(selaras_connector_v1_fragile, new);
selaras_connector_abi::export!(selaras_connector_v1_bursting, burst);

pub fn new(config: Option<&str>) -> Result<Box<dyn Connector>, Failure> {
    if config == Some("bad") {
        return Err(Failure::new(Code::Settings, "line 1: bad"));
    }
    Ok(Box::new(Dummy { title: config.unwrap_or("no configuration").to_owned() }))
}

fn burst(_: Option<&str>) -> Result<Box<dyn Connector>, Failure> {
    panic!("burst at once")
}

struct Dummy {
    title: String,
}

impl Connector for Dummy {
    fn describe(&self) -> Result<Manifest, Failure> {
        Ok(Manifest {
            name: "dummy".into(),
            version: "1".into(),
            title: self.title.clone(),
            settings: Vec::new(),
            auth: vec![selaras_connector_api::Auth::Header { name: "x-key".into() }],
            reads: Vec::new(),
            budget: None,
            resources: Vec::new(),
            phrases: Default::default(),
        })
    }

    fn open(&mut self, host: &dyn Host, request: &OpenRequest) -> Result<Opened, Failure> {
        host.log(LogLevel::Warn, "odd");
        let facts = serde_json::json!({"settings": request.settings, "cancelled": host.cancelled()});
        Ok(Opened { endpoint: "dummy/1".into(), title: self.title.clone(), facts })
    }

    fn spaces(&mut self, _: &dyn Host, request: &SpacesRequest) -> Result<Vec<Space>, Failure> {
        let title = format!("{:?}", request.database);
        Ok(vec![Space { id: "1".into(), title, unusable: None, branches: Vec::new() }])
    }

    fn rights(&mut self, _: &dyn Host, request: &RightsRequest) -> Result<Rights, Failure> {
        Ok(Rights { held: Some(request.probe.clone()), ..Rights::default() })
    }

    fn read(&mut self, host: &dyn Host, request: &ReadRequest) -> Result<ReadDone, Failure> {
        match request.resource.as_str() {
            "nothing-such" => {
                return Err(Failure::new(Code::Unsupported, "no such resource")
                    .on_field("resource")
                    .with_detail("nothing-such"));
            }
            "panic" => panic!("index {} of 3", request.resource.len() + 2),
            _ => {}
        }
        let mut first = HttpRequest::get(format!("http://x/{}", request.resource)).header("a", "b");
        first.body = vec![0, 255];
        // Two in flight, waited for in the other order.
        let (first, second) = (host.start(first), host.start(HttpRequest::get("http://x/two")));
        let second = host.wait(second);
        let first = host.wait(first).map_err(|lost| {
            let kind = match &lost {
                Transport::NotSent(_) => "not-sent",
                Transport::AnswerLost(_) => "answer-lost",
                Transport::Refused(_) => "refused",
            };
            host.log(LogLevel::Debug, &format!("{kind} it was"));
            lost.into_failure()
        })?;
        let second = second.map_err(Transport::into_failure)?;
        let record =
            |id: &str, version: Option<&str>, raw| RawRecord { id: id.into(), version: version.map(Into::into), raw };
        host.emit(Batch { records: vec![record("1", Some("v"), first.body), record("2", None, second.body)] });
        host.emit(Batch::default());
        Ok(ReadDone { complete: true, why_incomplete: None, cursor: request.since.clone() })
    }

    fn get(&mut self, _: &dyn Host, request: &GetRequest) -> Result<GetDone, Failure> {
        let failed = request.ids.iter().map(|id| (id.clone(), Failure::new(Code::Forbidden, "no"))).collect();
        Ok(GetDone { gone: request.ids.clone(), failed })
    }

    fn write(&mut self, _: &dyn Host, request: &WriteRequest) -> Result<WriteDone, Failure> {
        let outcome = |item: &selaras_connector_api::WriteItem| match item.id.as_deref() {
            Some("0") => Outcome::Unclear(Failure::new(Code::Unavailable, "lost")),
            Some("1") => Outcome::Rejected(Failure::new(Code::Invalid, "no").on_field("name")),
            id => Outcome::Applied {
                id: id.unwrap_or("new").into(),
                version: Some("2".into()),
                record: Some(item.fields.clone().into()),
            },
        };
        Ok(WriteDone { outcomes: request.items.iter().map(outcome).collect() })
    }

    fn close(&mut self, host: &dyn Host) {
        host.log(LogLevel::Info, "closed");
    }
}

/// What a fake host was asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    Request(HttpRequest),
    Waited(u64),
    Batch(Batch),
    Log(String),
}

/// A host that answers from memory and remembers what it heard.
#[derive(Default)]
pub struct FakeHost {
    panics: bool,
    heard: RefCell<Vec<Heard>>,
    requests: RefCell<Vec<HttpRequest>>,
}

impl FakeHost {
    pub fn that_panics() -> Self {
        Self { panics: true, ..Self::default() }
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.borrow().clone()
    }
}

impl Host for FakeHost {
    fn start(&self, request: HttpRequest) -> Ticket {
        self.heard.borrow_mut().push(Heard::Request(request.clone()));
        self.requests.borrow_mut().push(request);
        Ticket(self.requests.borrow().len() as u64)
    }

    fn wait(&self, ticket: Ticket) -> Result<HttpResponse, Transport> {
        self.heard.borrow_mut().push(Heard::Waited(ticket.0));
        let request = &self.requests.borrow()[ticket.0 as usize - 1];
        let failure = |kind: &str| Failure::new(Code::Unavailable, format!("{kind} by the fake"));
        match request.url.trim_start_matches("http://x/") {
            "not-sent" => Err(Transport::NotSent(failure("not-sent"))),
            "answer-lost" => Err(Transport::AnswerLost(failure("answer-lost"))),
            "refused" => Err(Transport::Refused(failure("refused"))),
            "bytes" => Ok(HttpResponse { status: 200, headers: Vec::new(), body: (0..=255).collect() }),
            _ => Ok(HttpResponse { status: 200, headers: request.headers.clone(), body: request.body.clone() }),
        }
    }

    fn emit(&self, batch: Batch) {
        if self.panics {
            std::panic::panic_any("the sink is full");
        }
        self.heard.borrow_mut().push(Heard::Batch(batch));
    }

    fn log(&self, level: LogLevel, text: &str) {
        self.heard.borrow_mut().push(Heard::Log(format!("{text} ({level:?})")));
    }

    fn cancelled(&self) -> bool {
        true
    }
}
