//! A login: for a system that has nothing to choose, and after the other one was bound (reference 1.3, steps 6 and 7). The credential is tried
//! before it is kept.

use super::consent::reference;
use super::{Connecting, now};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::variable;
use selaras_connector_api::Auth;
use selaras_host::{AuthSettings, Secret, SystemSettings, fault};
use selaras_model::Message;

/// Where a secret may be told to be: its name, a variable, a file.
pub(super) type Told<'a> = (&'a str, &'a Option<String>, &'a Option<std::path::PathBuf>);

impl Connecting<'_> {
    pub(super) fn login(&mut self) -> Result<Exit, Failure> {
        let (settings, new) = self.credential()?;
        let mut system = self.host.system(&self.decl.name, &settings).map_err(|error| self.failed(&error))?;
        let opened = system.open().map_err(|said| self.refused(said))?;
        system.close();
        if let Some(auth) = new {
            self.connections.vault().put(&self.decl.name, &auth, now()).map_err(|error| self.failed(&error))?;
            fault::point("login-kept");
        }
        self.connection.logged_in(Some(opened.title.clone()), now());
        self.keep()?;
        self.say(Message::new("connect-logged-in").with("title", &opened.title));
        self.say_key();
        Ok(Exit::Done)
    }

    /// The credential to log in with, and whether it is a new one to be kept: what the flags name, what the settings name, what was kept, or
    /// what is typed now.
    fn credential(&self) -> Result<(SystemSettings, Option<AuthSettings>), Failure> {
        let told = reference(self.args.token_env.as_ref(), self.args.token_file.as_ref());
        if told.is_none() && !self.args.again {
            if self.base.auth.is_some() {
                return Ok((self.base.clone(), None));
            }
            let kept =
                self.connections.vault().facts_unless_lost(&self.decl.name).map_err(|error| self.failed(&error))?;
            if kept.is_some_and(|facts| facts.scheme.is_some()) {
                return Ok((SystemSettings { stored: true, ..self.base.clone() }, None));
            }
        }
        let auth = self.typed()?;
        Ok((SystemSettings { auth: Some(auth.clone()), ..self.base.clone() }, Some(auth)))
    }

    fn typed(&self) -> Result<AuthSettings, Failure> {
        let way = self.manifest.auth.first();
        let (scheme, wants_secret) = match way {
            Some(Auth::Basic) => ("basic", true),
            Some(Auth::Header { .. }) => ("header", false),
            Some(Auth::ApiToken { .. }) => ("api-token", true),
            Some(Auth::Bearer | Auth::OAuth2 { .. }) | None => ("bearer", false),
        };
        let token = self.secret(("token", &self.args.token_env, &self.args.token_file), "connect-token")?;
        let secret = match wants_secret {
            true => Some(self.secret(("secret", &self.args.secret_env, &self.args.secret_file), "connect-secret")?),
            false => None,
        };
        Ok(AuthSettings { scheme: scheme.to_owned(), token, secret })
    }

    /// A secret: from where a flag says, else typed without being shown.
    pub(super) fn secret(&self, (name, env, file): Told<'_>, question: &str) -> Result<Secret, Failure> {
        if let Some(reference) = reference(env.as_ref(), file.as_ref()) {
            return self.context.loaded.secret(&self.decl.name, name, &reference, variable);
        }
        self.hidden(question)?.ok_or_else(|| {
            let what = Message::new("connect-no-secret").with("system", &self.decl.name).with("name", name);
            let flags = format!(" --{name}-env NAME");
            let help = Message::new("connect-no-secret-help").with("command", self.command("connect", &flags));
            Failure::new(what).help(help).ending(Exit::NotConnected)
        })
    }

    /// Says once how credentials are protected, when the key was made just now.
    pub(super) fn say_key(&self) {
        let vault = self.connections.vault();
        if vault.key_was_made() {
            let message = match vault.key_source() {
                selaras_host::KeySource::File(file) => Message::new("connect-key-file").with("file", file.display()),
                selaras_host::KeySource::Keyring => Message::new("connect-key-keyring"),
                selaras_host::KeySource::Given => Message::new("connect-key-given"),
            };
            console::say(&self.context.catalogue.render(&message));
        }
    }
}
