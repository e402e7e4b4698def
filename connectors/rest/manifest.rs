//! The words of a `connector.toml`: what an integrator may write, as types. Whether the words make sense together is `check`'s business,
//! what they mean while running that of the operations.

use crate::path::JsonPath;
use crate::template::Template;
use schemars::JsonSchema;
use selaras_connector_api::{Code, Operation, Strength};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A system that speaks REST, as one file declares it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Who runs this file: always `rest`.
    pub engine: Engine,
    /// The connector's name in mappings, such as `smh`.
    pub name: String,
    /// The system's name as people know it.
    pub title: String,
    /// The version of this file.
    pub version: String,
    /// Who is connected, for keys of state, such as `smh/{company}`. Slots take settings. Neither a host nor a credential.
    pub endpoint: Template,
    /// The same for people; `title` where absent.
    pub endpoint_title: Option<Template>,
    /// What all paths are appended to. Slots take settings.
    pub base_url: Template,
    /// The settings besides those of authentication: `base_url`, `database` and `branch` stand under `[systems.NAME]` in `runner.toml`, all others
    /// under `[systems.NAME.options]`.
    #[serde(default)]
    pub settings: BTreeMap<String, SettingDecl>,
    /// The ways to authenticate, best first.
    #[serde(default)]
    pub auth: Vec<AuthDecl>,
    /// A cheap GET that proves the credential when the system is opened. Without it, a wrong one shows with the first read.
    pub login: Option<LoginDecl>,
    /// Requests that only read although they are no GET.
    #[serde(default)]
    pub reads: Vec<ReadDecl>,
    /// How much the system takes; no limit known where absent.
    pub budget: Option<BudgetDecl>,
    /// How the system says no.
    #[serde(default)]
    pub errors: ErrorTable,
    /// Holds for every resource that does not say otherwise. A key of a resource replaces the whole key here, except `fields`, which adds up.
    #[serde(default)]
    pub defaults: ResourceDecl,
    /// The collections, by their name in mappings.
    pub resources: BTreeMap<String, ResourceDecl>,
}

/// The engine of a `connector.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// This one.
    Rest,
}

/// A setting.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingDecl {
    /// Whether there is no going without it.
    #[serde(default)]
    pub required: bool,
    /// What stands in when it is absent.
    pub default: Option<String>,
    /// What it is for.
    pub help: String,
}

/// A way to authenticate; the host runs it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum AuthDecl {
    /// `Authorization: Bearer <token>`.
    Bearer,
    /// `Authorization: Basic …`.
    Basic,
    /// A key in a header of its own.
    Header {
        /// The header's name.
        name: String,
    },
    /// Bearer token plus a timestamp and its signature.
    ApiToken {
        /// The header of the timestamp.
        timestamp_header: String,
        /// The header of the signature.
        signature_header: String,
    },
}

/// A GET that succeeds if the credential is good, and only then: `/me`, or a list cut to one record. What it answers is not looked at.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginDecl {
    /// Its path under `base_url`. Slots take settings.
    pub path: Template,
    /// Its query parameters.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
}

/// A request that only reads.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadDecl {
    /// The method, such as `POST`.
    pub method: String,
    /// How its path ends.
    pub path_suffix: String,
}

/// The limit per credential.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetDecl {
    /// Calls begun in any one second.
    pub per_second: u32,
    /// Calls in flight at once.
    pub parallel: u32,
}

/// How the system says no. The paths start at the body of a refused request, and at the result of a refused item of a batch.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrorTable {
    /// Where the system's own code stands.
    pub code: Option<JsonPath>,
    /// Where its words stand.
    pub message: Option<JsonPath>,
    /// Where the member concerned stands.
    pub field: Option<JsonPath>,
    /// What each of its codes means.
    #[serde(default)]
    pub codes: BTreeMap<String, Code>,
    /// What an HTTP status means, where the code says nothing and the usual meaning is wrong.
    #[serde(default)]
    pub status: BTreeMap<u16, Code>,
    /// Codes by which the system promises that nothing was done, even under a 5xx status. Without it, a write answered with 5xx is unclear.
    #[serde(default)]
    pub definite: Vec<String>,
}

/// A resource, or what holds for all of them.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResourceDecl {
    /// How people call it.
    pub title: Option<String>,
    /// The right's name as people know it.
    pub right_title: Option<String>,
    /// Its path under `base_url`, such as `/customers`; stands in for the slot `{path}`.
    pub path: Option<String>,
    /// Where a record's id stands.
    pub id: Option<IdDecl>,
    /// Where a record's version stands.
    pub version: Option<VersionDecl>,
    /// How records are listed.
    pub list: Option<ListDecl>,
    /// How one record is read.
    pub get: Option<GetDecl>,
    /// How a record is made.
    pub create: Option<WriteDecl>,
    /// How a record is changed; only the members that change are sent.
    pub update: Option<WriteDecl>,
    /// How a record is removed.
    pub delete: Option<WriteDecl>,
    /// How many are written in one call.
    pub batch: Option<BatchDecl>,
    /// How a record is taken out of use: an update that sets a member.
    pub deactivate: Option<DeactivateDecl>,
    /// The lists of children that can be written, by member.
    pub children: Option<BTreeMap<String, ChildDecl>>,
    /// How a create whose answer was lost is recognised.
    pub recogniser: Option<RecogniserDecl>,
    /// How long after a write until reads are sure to show it, in milliseconds.
    pub settle_ms: Option<u64>,
    /// Members that lists leave out.
    pub detail_only: Option<Vec<String>>,
    /// The members known.
    #[serde(default)]
    pub fields: FieldsDecl,
    /// Members that are sent as JSON numbers; decimals go as strings otherwise. `lines[].price` for members of children.
    pub numbers: Option<Vec<String>>,
    /// The right each operation needs.
    pub rights: Option<BTreeMap<Operation, String>>,
    /// Headers on every request, besides those of authentication. Slots take settings.
    pub headers: Option<BTreeMap<String, Template>>,
    /// Keys of the defaults that this resource goes without.
    #[serde(default)]
    pub without: Vec<Part>,
}

/// A key that a resource can go without although the defaults have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the key of the same name in `ResourceDecl`")]
pub enum Part {
    Version,
    List,
    Get,
    Create,
    Update,
    Delete,
    Batch,
    Deactivate,
    Children,
    Recogniser,
}

/// The JSON type in which an id or a version is sent back in a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JsonType {
    /// A string.
    #[default]
    Text,
    /// A whole number.
    Integer,
}

/// Where the id stands.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IdDecl {
    /// Its path in a record.
    pub path: JsonPath,
    /// How it is sent back.
    #[serde(default, rename = "type")]
    pub json: JsonType,
}

/// Where the version stands.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VersionDecl {
    /// Its path in a record.
    pub path: JsonPath,
    /// `strong` where it changes with every change, `weak` where it may not.
    pub strength: Strength,
    /// How it is sent back.
    #[serde(default, rename = "type")]
    pub json: JsonType,
}

/// How records are listed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListDecl {
    /// The path; `{path}` where absent.
    pub path: Option<Template>,
    /// How one page leads to the next.
    pub paging: Paging,
    /// Records per page.
    pub page_size: u32,
    /// Where the records stand in a page.
    pub records: JsonPath,
    /// Where the page says how many records there are in all.
    pub total: Option<JsonPath>,
    /// Where the page says how many pages there are.
    pub page_count: Option<JsonPath>,
    /// Query parameters of every list call, such as the order.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
    /// How to list only what changed.
    pub since: Option<SinceDecl>,
    /// Whether a listing that ended names every record there is, so that absence means something.
    #[serde(default)]
    pub complete: bool,
}

/// How one page leads to the next. `size` is always the query parameter that takes `page_size`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Paging {
    /// One answer holds all.
    None,
    /// Pages have numbers.
    PageNumber {
        /// The query parameter of the number.
        number: String,
        /// The query parameter of the page size.
        size: Option<String>,
        /// The number of the first page, 1 where absent.
        #[serde(default = "one")]
        first: u64,
    },
    /// Pages start at an offset.
    Offset {
        /// The query parameter of the offset.
        offset: String,
        /// The query parameter of the page size.
        size: Option<String>,
    },
    /// Each page holds a token for the next.
    Cursor {
        /// The query parameter that takes the token.
        token: String,
        /// Where the token stands in a page; absent, null or empty on the last.
        next: JsonPath,
        /// The query parameter of the page size.
        size: Option<String>,
    },
    /// Each page holds the address of the next.
    LinkNext {
        /// Where the address stands in a page; the `Link` header where absent.
        next: Option<JsonPath>,
        /// The query parameter of the page size.
        size: Option<String>,
    },
}

fn one() -> u64 {
    1
}

/// How to list only what changed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SinceDecl {
    /// The query parameter; the system takes the moment given as included.
    pub param: String,
    /// Where a record says when it changed, in ISO 8601 with zone.
    pub changed: JsonPath,
    /// How far the next listing reaches back behind the newest change seen, in seconds: longer than one listing takes, because a record may
    /// change on a page that was read already.
    #[serde(default = "ten_minutes")]
    pub overlap_s: u32,
}

fn ten_minutes() -> u32 {
    600
}

/// How one record is read.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetDecl {
    /// The path, with slots `{path}` and `{id}`.
    pub path: Template,
    /// Where the record stands in the answer; `$` where absent.
    #[serde(default = "JsonPath::root")]
    pub record: JsonPath,
}

/// How one record is written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteDecl {
    /// The HTTP method.
    pub method: String,
    /// The path, with slots `{path}` and, except for a create, `{id}`.
    pub path: Template,
    /// Where the record as stored stands in the answer; the answer holds none where absent.
    pub record: Option<JsonPath>,
    /// The header `If-Match` when a version is expected, such as `"{version}"`.
    pub if_match: Option<Template>,
}

/// How many are written in one call. The answer holds one result per item, in the same order.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchDecl {
    /// The HTTP method, POST where absent.
    #[serde(default = "post")]
    pub method: String,
    /// The path, with the slot `{path}`.
    pub path: Template,
    /// Items per call.
    pub max: u32,
    /// The member of the body that holds the items.
    pub items: String,
    /// The members of an item.
    pub item: BatchItemDecl,
    /// How an item names what is to be done; what is absent goes one by one.
    pub methods: BatchMethods,
    /// Where the results stand in the answer.
    pub results: JsonPath,
    /// Where the HTTP status stands in a result.
    pub status: JsonPath,
    /// Where the record as stored stands in a result.
    pub record: JsonPath,
}

fn post() -> String {
    "POST".to_owned()
}

/// The members of an item of a batch.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchItemDecl {
    /// What is to be done.
    pub method: String,
    /// The record's id.
    pub id: String,
    /// The version expected, where the batch takes one.
    pub version: Option<String>,
    /// The members to write.
    pub data: String,
}

/// How an item of a batch names what is to be done.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchMethods {
    /// Make it.
    pub create: Option<String>,
    /// Change it.
    pub update: Option<String>,
    /// Remove it.
    pub delete: Option<String>,
}

/// How a record is taken out of use.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeactivateDecl {
    /// The member, dotted.
    pub path: String,
    /// Its value for a record out of use.
    pub value: serde_json::Value,
}

/// How a list of children is written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChildDecl {
    /// The style.
    pub style: ChildStyleDecl,
    /// The member of a child that holds its id.
    #[serde(default = "id")]
    pub id: String,
    /// How the id is sent back.
    #[serde(default, rename = "type")]
    pub json: JsonType,
}

fn id() -> String {
    "id".to_owned()
}

/// The styles of writing children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChildStyleDecl {
    /// The whole list replaces the old one; children that stay carry their id.
    Replace,
}

/// How a lost create is recognised.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecogniserDecl {
    /// The member holds a number that we choose and the system keeps unique.
    OwnNumber(String),
    /// The member takes a value of our own, unique in the system.
    Marker(String),
    /// The system keeps these members unique together.
    NaturalKey(Vec<String>),
    /// Not at all.
    None,
}

/// The members of a resource: dotted where nested, with `[]` for members of children, such as `lines[].quantity`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldsDecl {
    /// They come in answers and can be sent.
    #[serde(default)]
    pub read_write: Vec<String>,
    /// They come in answers only.
    #[serde(default)]
    pub read_only: Vec<String>,
    /// They can be sent only.
    #[serde(default)]
    pub write_only: Vec<String>,
}

/// The JSON Schema of `connector.toml`, for editors and documentation.
#[must_use]
pub fn manifest_schema() -> schemars::Schema {
    // Editors know draft 7 best.
    schemars::generate::SchemaSettings::draft07().into_generator().into_root_schema_for::<ManifestFile>()
}
