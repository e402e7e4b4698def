//! What `runner.toml` says of a system, already read and with its secrets resolved; and how it is held against what the connector
//! understands. Where secrets come from is the caller's business.

use crate::HostError;
use selaras_connector_api::Manifest;
use std::collections::BTreeMap;
use std::fmt;

/// Settings that every system may have, whatever its connector names.
const COMMON: [&str; 3] = ["base_url", "branch", "database"];

/// A system's settings.
#[derive(Clone, Debug, Default)]
pub struct SystemSettings {
    /// The connector's name.
    pub connector: String,
    /// Plain settings, `base_url`, `database` and `branch` among them.
    pub values: BTreeMap<String, String>,
    /// How to sign in; `None` for systems that want nothing.
    pub auth: Option<AuthSettings>,
}

/// How to sign in.
#[derive(Clone, Debug)]
pub struct AuthSettings {
    /// `bearer`, `basic`, `header` or `api-token`.
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

/// The settings that a connector is opened with: what was set, what stands in for the rest, and the name of the scheme.
pub(crate) fn resolve(
    system: &str,
    manifest: &Manifest,
    settings: &SystemSettings,
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
                .with("help", &spec.help));
        }
    }
    if let Some(auth) = &settings.auth {
        values.insert("auth".to_owned(), auth.scheme.clone());
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
        }
    }

    fn values(pairs: &[(&str, &str)]) -> SystemSettings {
        let values = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let auth = AuthSettings { scheme: "bearer".into(), token: Secret::new("abc"), secret: None };
        SystemSettings { connector: "x".into(), values, auth: Some(auth) }
    }

    #[test]
    fn defaults_stand_in_and_the_scheme_is_told() {
        let resolved = resolve("s", &manifest(), &values(&[("database", "7")])).unwrap();
        let told: Vec<_> = resolved.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(told, ["auth=bearer", "base_url=https://x.id", "database=7"]);
    }

    #[test]
    fn what_is_missing_or_unknown_is_named() {
        let missing = resolve("s", &manifest(), &values(&[("database", " ")])).unwrap_err();
        assert_eq!((missing.key(), missing.message().args["setting"].as_str()), ("host-setting-missing", "database"));
        let unknown = resolve("s", &manifest(), &values(&[("database", "7"), ("databse", "8")])).unwrap_err();
        assert_eq!(unknown.message().args["known"], "base_url, branch, database");
    }

    #[test]
    fn a_secret_shows_nothing() {
        let shown = format!("{:?}", values(&[]));
        assert!(shown.contains("***") && !shown.contains("abc"), "{shown}");
        assert_eq!(Secret::new(" key\n").expose(), "key");
    }
}
