//! `runner.toml`: endpoints, credentials by reference, language, state location. Never a secret, never a rule about data.

use crate::catalogue::Catalogue;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::locale::Lang;
use schemars::JsonSchema;
use selaras_host::{AuthSettings, Limits, MAX_WRITTEN, Secret, SystemSettings, read_text};
use selaras_mapping::program::SystemDecl;
use selaras_model::Message;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file's name where none is given.
pub const FILE: &str = "runner.toml";

/// Settings of the runner.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Selaras runner settings")]
pub struct Settings {
    /// The language of reports and messages.
    #[serde(default)]
    pub lang: Option<Lang>,
    /// The folder that keeps the state, `.runner` if absent. Relative to this file.
    #[serde(default)]
    pub state: Option<PathBuf>,
    /// Where the key that encrypts stored credentials is kept; `RUNNER_KEY` in the environment goes before it.
    #[serde(default)]
    pub credentials: Option<KeyPlace>,
    /// The folder in which all runners that use the same credentials keep their call limits together; `quota` in the folder of the state if
    /// absent. Relative to this file.
    #[serde(default)]
    pub quota: Option<PathBuf>,
    /// Folders to look for connectors in, before the usual places. Relative to this file.
    #[serde(default)]
    pub connectors: Vec<PathBuf>,
    /// The systems, by their names in the mapping.
    #[serde(default)]
    pub systems: BTreeMap<String, SystemConfig>,
}

/// A system.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemConfig {
    /// The address of its API.
    #[serde(default)]
    pub base_url: Option<String>,
    /// The database (company) to work on.
    #[serde(default)]
    pub database: Option<Scalar>,
    /// The branch to work on.
    #[serde(default)]
    pub branch: Option<Scalar>,
    /// How to sign in.
    #[serde(default)]
    pub auth: Option<Scheme>,
    /// Where the token (for `basic`: the user's name) is found.
    #[serde(default)]
    pub token: Option<SecretRef>,
    /// Where the secret that signs calls (for `basic`: the password) is found.
    #[serde(default)]
    pub secret: Option<SecretRef>,
    /// The id of the application that asks for access, as registered with the system. For `runner connect`.
    #[serde(default)]
    pub client_id: Option<String>,
    /// Where the secret of that application is found.
    #[serde(default)]
    pub client_secret: Option<SecretRef>,
    /// The callback address registered for that application; `http://127.0.0.1:8123/callback` if absent.
    #[serde(default)]
    pub callback: Option<String>,
    /// How much the system is asked, where that is to be another measure than the connector's own.
    #[serde(default)]
    pub limits: Option<LimitsConfig>,
    /// Settings of the connector's own; `runner connectors --format json` tells which there are.
    #[serde(default)]
    pub options: BTreeMap<String, Scalar>,
}

/// Where a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeyPlace {
    /// In a file beside the credentials, which only its owner can read.
    File,
    /// In the keyring of the operating system. On Linux that is the kernel's, which forgets at a restart.
    Keyring,
}

/// Limits on calls, and how long they may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitsConfig {
    /// Calls begun in any one second.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub calls_per_second: Option<std::num::NonZeroU32>,
    /// Calls in flight at once.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub parallel: Option<std::num::NonZeroU32>,
    /// Calls that fail in a row (each after its own repetitions) before the system is left alone for a while; 5 if absent.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub failures_in_a_row: Option<std::num::NonZeroU32>,
    /// Seconds for which it is left alone at first, then twice as long each time; 30 if absent.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub rest_seconds: Option<std::num::NonZeroU32>,
    /// Seconds to get a connection; 10 if absent.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub connect_seconds: Option<std::num::NonZeroU32>,
    /// Seconds until an answer begins; 30 if absent.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub answer_seconds: Option<std::num::NonZeroU32>,
    /// Seconds in which nothing more of an answer comes; 15 if absent.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub idle_seconds: Option<std::num::NonZeroU32>,
    /// Seconds for one call as a whole; 120 if absent.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub call_seconds: Option<std::num::NonZeroU32>,
    /// Seconds that a write may take to show, or to be carried out if the connection broke meanwhile; the connector says if absent. Nothing
    /// is repeated before.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub settle_seconds: Option<std::num::NonZeroU32>,
}

impl LimitsConfig {
    fn limits(self) -> Limits {
        let seconds = |count: Option<std::num::NonZeroU32>| count.map(|count| Duration::from_secs(count.get().into()));
        Limits {
            per_second: self.calls_per_second.map(Into::into),
            parallel: self.parallel.map(Into::into),
            failures: self.failures_in_a_row.map(Into::into),
            rest: seconds(self.rest_seconds),
            connect: seconds(self.connect_seconds),
            answer: seconds(self.answer_seconds),
            idle: seconds(self.idle_seconds),
            whole: seconds(self.call_seconds),
            settle: seconds(self.settle_seconds),
        }
    }
}

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// A ready token.
    Bearer,
    /// User and password.
    Basic,
    /// A key in a header that the connector names.
    Header,
    /// A token and the secret that signs each call (Accurate Online).
    ApiToken,
}

impl Scheme {
    fn name(self) -> &'static str {
        match self {
            Scheme::Bearer => "bearer",
            Scheme::Basic => "basic",
            Scheme::Header => "header",
            Scheme::ApiToken => "api-token",
        }
    }
}

/// A text; whole numbers and yes or no may be written without quotes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Bool(bool),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Text(text) => f.write_str(text),
            Scalar::Number(number) => write!(f, "{number}"),
            Scalar::Bool(yes) => write!(f, "{yes}"),
        }
    }
}

/// Where a secret is found. The secret itself must not stand in the settings.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SecretRef {
    /// In an environment variable of this name.
    Env(String),
    /// In a file, alone. Relative to this file.
    File(PathBuf),
}

/// What the message of an inline secret is recognised by: the deserialiser knows no catalogue.
const INLINE: &str = "an inline secret";

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reference;

        impl<'de> Visitor<'de> for Reference {
            type Value = SecretRef;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("{ env = \"NAME\" } or { file = \"path\" }")
            }

            fn visit_str<E: Error>(self, _secret: &str) -> Result<SecretRef, E> {
                // The text is not repeated: it is probably the secret.
                Err(E::custom(INLINE))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SecretRef, A::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Known {
                    env: Option<String>,
                    file: Option<PathBuf>,
                }
                match Known::deserialize(MapAccessDeserializer::new(map))? {
                    Known { env: Some(name), file: None } => Ok(SecretRef::Env(name)),
                    Known { env: None, file: Some(path) } => Ok(SecretRef::File(path)),
                    Known { .. } => Err(A::Error::custom("a secret stands in one place: either env or file")),
                }
            }
        }

        deserializer.deserialize_any(Reference)
    }
}

/// Settings and where they come from.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// The file, if there is one.
    pub file: Option<PathBuf>,
}

impl Loaded {
    /// Reads the file given, or `runner.toml` in the current folder if there is one, or takes no settings at all.
    ///
    /// # Errors
    /// When the file cannot be read or does not make sense.
    pub fn read(given: Option<&Path>) -> Result<Self, Failure> {
        let file = match given {
            Some(file) => file.to_owned(),
            None if Path::new(FILE).is_file() => PathBuf::from(FILE),
            None => return Ok(Self::default()),
        };
        let text = read_text(&file, MAX_WRITTEN).map_err(|unread| Failure::unread(&file, &unread))?;
        let settings = parse(&text, &file)?;
        Ok(Self { settings, file: Some(file) })
    }

    /// A path of the settings: relative ones are meant from the file.
    #[must_use]
    pub fn path(&self, path: &Path) -> PathBuf {
        match self.file.as_deref().and_then(Path::parent) {
            Some(folder) if !folder.as_os_str().is_empty() => folder.join(path),
            _ => path.to_owned(),
        }
    }

    /// The folder of the state.
    #[must_use]
    pub fn state_dir(&self, given: Option<&Path>) -> PathBuf {
        match (given, &self.settings.state) {
            (Some(given), _) => given.to_owned(),
            (None, Some(state)) => self.path(state),
            (None, None) => PathBuf::from(".runner"),
        }
    }

    /// The settings of a system of a mapping, with its secrets. `var` looks up an environment variable.
    ///
    /// # Errors
    /// When the system is not set up, or a secret is not where it should be.
    pub fn system(&self, decl: &SystemDecl, var: impl Fn(&str) -> Option<String>) -> Result<SystemSettings, Failure> {
        let Some(config) = self.settings.systems.get(&decl.name) else {
            let file = self.file.as_deref().unwrap_or(Path::new(FILE)).display();
            let help = Message::new("config-no-system-help").with("system", &decl.name).with("file", file);
            let what = Message::new("config-no-system").with("system", &decl.name);
            return Err(Failure::new(what).help(help).ending(Exit::NotConnected));
        };
        self.read_system(decl, config, var)
    }

    /// The settings of a system as far as there are any: `runner connect` finds out the rest.
    ///
    /// # Errors
    /// When a secret is not where it should be.
    pub fn system_so_far(
        &self,
        decl: &SystemDecl,
        var: impl Fn(&str) -> Option<String>,
    ) -> Result<SystemSettings, Failure> {
        match self.settings.systems.get(&decl.name) {
            Some(config) => self.read_system(decl, config, var),
            None => Ok(SystemSettings { connector: decl.connector.clone(), ..SystemSettings::default() }),
        }
    }

    fn read_system(
        &self,
        decl: &SystemDecl,
        config: &SystemConfig,
        var: impl Fn(&str) -> Option<String>,
    ) -> Result<SystemSettings, Failure> {
        let mut values: BTreeMap<String, String> =
            config.options.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
        let plain = [
            ("base_url", config.base_url.clone()),
            ("database", config.database.as_ref().map(ToString::to_string)),
            ("branch", config.branch.as_ref().map(ToString::to_string)),
        ];
        values.extend(plain.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        let secret = |field: &str, reference: &Option<SecretRef>| {
            reference.as_ref().map(|reference| self.secret(&decl.name, field, reference, &var)).transpose()
        };
        let (token, secret) = (secret("token", &config.token)?, secret("secret", &config.secret)?);
        let auth = match (config.auth, token, secret) {
            (None, None, None) => None,
            (Some(scheme), Some(token), secret) => {
                Some(AuthSettings { scheme: scheme.name().to_owned(), token, secret })
            }
            _ => {
                let what = Message::new("config-auth-incomplete").with("system", &decl.name);
                let help = Message::new("config-auth-incomplete-help");
                return Err(Failure::new(what).help(help).ending(Exit::NotConnected));
            }
        };
        let limits = config.limits.map(LimitsConfig::limits);
        Ok(SystemSettings { connector: decl.connector.clone(), values, auth, limits, ..SystemSettings::default() })
    }

    /// The secret that a reference leads to.
    ///
    /// # Errors
    /// When it is not there.
    pub fn secret(
        &self,
        system: &str,
        field: &str,
        reference: &SecretRef,
        var: impl Fn(&str) -> Option<String>,
    ) -> Result<Secret, Failure> {
        let about = |key: &str| Message::new(key).with("system", system).with("field", field);
        match reference {
            SecretRef::Env(name) => {
                var(name).filter(|value| !value.trim().is_empty()).map(Secret::new).ok_or_else(|| {
                    let help = Message::new("config-secret-env-help").with("name", name);
                    Failure::new(about("config-secret-env").with("name", name)).help(help).ending(Exit::NotConnected)
                })
            }
            SecretRef::File(path) => {
                let file = self.path(path);
                std::fs::read_to_string(&file).map(Secret::new).map_err(|error| {
                    let what = about("config-secret-file").with("file", file.display()).with("why", error);
                    let help = Message::new("config-secret-file-help").with("field", field);
                    Failure::new(what).help(help).ending(Exit::NotConnected)
                })
            }
        }
    }
}

/// Reads settings from text.
fn parse(text: &str, file: &Path) -> Result<Settings, Failure> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let (line, column) = selaras_mapping::render::line_column(text, start);
        let shown = text.lines().nth(line - 1).unwrap_or_default();
        let inline = error.message().contains(INLINE);
        // The line with a secret in it is not repeated, for it may go into a log.
        let excerpt = if inline { String::new() } else { format!("\n{shown}\n{}^", " ".repeat(column - 1)) };
        let place = format!("{}:{line}:{column}{excerpt}", file.display());
        let what = if inline {
            let field = shown.split('=').next().unwrap_or("token").trim();
            Message::new("config-secret-inline").with("field", field)
        } else {
            Message::new("config-invalid").with("why", error.message().trim_end().replace('\n', "; "))
        };
        Failure::new(what).at(place).help(Message::new("config-invalid-help"))
    })
}

/// The language: what was asked for, else the settings, else the environment.
#[must_use]
pub fn language(asked: Option<Lang>, settings: &Settings, var: impl Fn(&str) -> Option<String>) -> Catalogue {
    Catalogue::new(asked.or(settings.lang).unwrap_or_else(|| Lang::of_environment(var)))
}

#[cfg(test)]
#[path = "tests/settings.rs"]
mod tests;
