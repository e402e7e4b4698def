//! What `runner.toml` says of a system, already read and with its secrets resolved; and how it is held against what the connector
//! understands. Where secrets come from is the caller's business.

use crate::{HostError, Timeouts, breaker};
use selaras_connector_api::{Budget, Manifest};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// Settings that every system may have, whatever its connector names.
const COMMON: [&str; 3] = ["base_url", "branch", "database"];

/// A system's settings.
#[derive(Clone, Debug, Default)]
pub struct SystemSettings {
    /// The connector's name.
    pub connector: String,
    /// Plain settings, `base_url`, `database` and `branch` among them.
    pub values: BTreeMap<String, String>,
    /// How to sign in; `None` for systems that want nothing, and for those whose credential is kept in the vault.
    pub auth: Option<AuthSettings>,
    /// Whether the credential comes from `HostOptions::vault`. What `auth` says goes before it.
    pub stored: bool,
    /// Limits that stand in for the connector's own.
    pub limits: Option<Limits>,
}

/// How one system may be called. What is missing is as the connector's manifest says, or as it is for all systems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Calls begun in any one second.
    pub per_second: Option<u32>,
    /// Calls in flight at once.
    pub parallel: Option<u32>,
    /// Calls that fail in a row before the system is left alone for a while.
    pub failures: Option<u32>,
    /// How long it is left alone at first.
    pub rest: Option<Duration>,
    /// The longest time to get a connection.
    pub connect: Option<Duration>,
    /// The longest time until an answer begins.
    pub answer: Option<Duration>,
    /// The longest time in which nothing more of an answer comes.
    pub idle: Option<Duration>,
    /// The longest time for one call.
    pub whole: Option<Duration>,
    /// How long a write may take to show, or to be carried out after the connection broke, where that is longer than the connector says.
    pub settle: Option<Duration>,
}

impl Limits {
    /// The time-outs that count, with those of the host where the settings say nothing.
    pub(crate) fn timeouts(&self, host: Timeouts) -> Timeouts {
        Timeouts {
            connect: self.connect.unwrap_or(host.connect),
            answer: self.answer.unwrap_or(host.answer),
            idle: self.idle.unwrap_or(host.idle),
            whole: self.whole.unwrap_or(host.whole),
        }
    }

    /// When the system is left alone.
    pub(crate) fn breaker(&self) -> breaker::Rules {
        let usual = breaker::Rules::default();
        breaker::Rules {
            failures: self.failures.unwrap_or(usual.failures).max(1),
            rest: self.rest.unwrap_or(usual.rest),
        }
    }
}

/// The limits that count: the manifest's, with what the settings say in their place.
pub(crate) fn rules(manifest: Option<Budget>, limits: Option<Limits>) -> Option<Budget> {
    let limits = limits.unwrap_or_default();
    match (manifest, limits.per_second, limits.parallel) {
        (None, None, None) => None,
        (rules, per_second, parallel) => Some(Budget {
            // A manifest without a budget sets no limit a second.
            per_second: per_second.or(rules.map(|rules| rules.per_second)).unwrap_or(u32::MAX),
            parallel: parallel.or(rules.map(|rules| rules.parallel)).unwrap_or(crate::budget::PARALLEL as u32),
        }),
    }
}

/// How to sign in.
#[derive(Clone, Debug)]
pub struct AuthSettings {
    /// `bearer`, `basic`, `header` or `api-token`; `oauth2` where somebody already has a token and it is not to be renewed.
    pub scheme: String,
    /// The token; for `basic` the user's name, or `user:password` if there is no secret.
    pub token: Secret,
    /// What signs (`api-token`), or the password (`basic`).
    pub secret: Option<Secret>,
}

/// A text that is never shown. It can be put in, and only the host takes it out again.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret; surrounding white space, as it comes with files, is no part of it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let text: String = text.into();
        Self(text.trim().to_owned())
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.0).into_bytes();
        bytes.fill(0);
        // Keeps the compiler from leaving the line above out.
        std::hint::black_box(&bytes);
    }
}

/// A manifest whose writes take as long to show as the settings say, at least.
pub(crate) fn settling(mut manifest: Manifest, limits: Option<Limits>) -> Manifest {
    let least = limits.and_then(|limits| limits.settle).unwrap_or_default();
    let least = u64::try_from(least.as_millis()).unwrap_or(u64::MAX);
    for resource in &mut manifest.resources {
        resource.settle_ms = resource.settle_ms.max(least);
    }
    manifest
}

/// The address of a system, as far as it is known before everything else is.
pub(crate) fn base_url(manifest: &Manifest, settings: &SystemSettings) -> Option<String> {
    let default =
        || manifest.settings.iter().find(|spec| spec.name == "base_url").and_then(|spec| spec.default.as_ref());
    let url = settings.values.get("base_url").or_else(default)?;
    (!url.trim().is_empty()).then(|| url.clone())
}

/// The settings that a connector is opened with: what was set, what stands in for the rest, and the name of the scheme.
pub(crate) fn resolve(
    system: &str,
    manifest: &Manifest,
    settings: &SystemSettings,
    scheme: Option<&str>,
) -> Result<BTreeMap<String, String>, HostError> {
    let known = |name: &str| COMMON.contains(&name) || manifest.settings.iter().any(|spec| spec.name == name);
    if let Some(unknown) = settings.values.keys().find(|name| !known(name)) {
        let names = manifest.settings.iter().map(|spec| spec.name.as_str()).chain(COMMON);
        let names: std::collections::BTreeSet<&str> = names.collect();
        return Err(HostError::new("host-setting-unknown")
            .with("system", system)
            .with("setting", unknown)
            .with("known", names.into_iter().collect::<Vec<_>>().join(", ")));
    }
    let mut values = settings.values.clone();
    for spec in &manifest.settings {
        if let (false, Some(default)) = (values.contains_key(&spec.name), &spec.default) {
            values.insert(spec.name.clone(), default.clone());
        }
        if spec.required && values.get(&spec.name).is_none_or(|value| value.trim().is_empty()) {
            return Err(HostError::new("host-setting-missing")
                .with("system", system)
                .with("setting", &spec.name)
                .with("section", if COMMON.contains(&spec.name.as_str()) { "" } else { ".options" })
                .with("help", &spec.help));
        }
    }
    if let Some(scheme) = scheme {
        values.insert("auth".to_owned(), scheme.to_owned());
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use selaras_connector_api::SettingSpec;

    fn manifest() -> Manifest {
        let spec = |name: &str, required, default: Option<&str>| SettingSpec {
            name: name.into(),
            required,
            default: default.map(Into::into),
            help: "the company".into(),
        };
        Manifest {
            name: "x".into(),
            version: String::new(),
            title: String::new(),
            settings: vec![spec("base_url", true, Some("https://x.id")), spec("database", true, None)],
            auth: Vec::new(),
            reads: Vec::new(),
            budget: None,
            resources: Vec::new(),
            phrases: BTreeMap::new(),
        }
    }

    fn values(pairs: &[(&str, &str)]) -> SystemSettings {
        let values = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let auth = AuthSettings { scheme: "bearer".into(), token: Secret::new("abc"), secret: None };
        SystemSettings { connector: "x".into(), values, auth: Some(auth), ..SystemSettings::default() }
    }

    #[test]
    fn defaults_stand_in_and_the_scheme_is_told() {
        let resolved = resolve("s", &manifest(), &values(&[("database", "7")]), Some("bearer")).unwrap();
        let told: Vec<_> = resolved.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(told, ["auth=bearer", "base_url=https://x.id", "database=7"]);
    }

    #[test]
    fn what_is_missing_or_unknown_is_named() {
        let missing = resolve("s", &manifest(), &values(&[("database", " ")]), None).unwrap_err();
        assert_eq!((missing.key(), missing.message().args["setting"].as_str()), ("host-setting-missing", "database"));
        assert_eq!(missing.message().args["section"], "", "beside the others");
        let own = SettingSpec { name: "region".into(), required: true, default: None, help: String::new() };
        let more = Manifest { settings: vec![own], ..manifest() };
        let missing = resolve("s", &more, &values(&[]), None).unwrap_err();
        assert_eq!(missing.message().args["section"], ".options", "where the connector's own settings stand");
        let unknown = resolve("s", &manifest(), &values(&[("database", "7"), ("databse", "8")]), None).unwrap_err();
        assert_eq!(unknown.message().args["known"], "base_url, branch, database");
    }

    #[test]
    fn limits_stand_in_for_those_of_the_manifest_one_by_one() {
        let own = Some(Budget { per_second: 8, parallel: 4 });
        let limits = |per_second, parallel| Some(Limits { per_second, parallel, ..Limits::default() });
        assert_eq!(rules(own, None), own);
        assert_eq!(rules(own, limits(Some(3), None)), Some(Budget { per_second: 3, parallel: 4 }));
        assert_eq!(rules(own, limits(Some(20), Some(9))), Some(Budget { per_second: 20, parallel: 9 }));
        assert_eq!(rules(None, None), None);
        assert_eq!(rules(None, limits(None, Some(2))), Some(Budget { per_second: u32::MAX, parallel: 2 }));
    }

    #[test]
    fn a_secret_shows_nothing() {
        let shown = format!("{:?}", values(&[]));
        assert!(shown.contains("***") && !shown.contains("abc"), "{shown}");
        assert_eq!(Secret::new(" key\n").expose(), "key");
    }
}
