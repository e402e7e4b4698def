//! Access: asked for on the system's own page and brought back by the browser, or given as a signed token. What is asked for is never more
//! than the mapping's entities and directions need.

use super::{Connecting, deed_key, now};
use crate::connection::Stage;
use crate::connection::callback::{Callback, DEFAULT};
use crate::console;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::settings::SecretRef;
use crate::variable;
use selaras_connector_api::{Auth, Rights};
use selaras_host::{Answer, AuthSettings, Consent, CredentialFacts, OAuthClient, Secret, SystemSettings, fault};
use selaras_model::Message;
use selaras_run::rights::Needs;
use std::collections::{BTreeMap, BTreeSet};

impl Connecting<'_> {
    /// Gets access. Afterwards somebody has to confirm it.
    pub(super) fn authorise(&mut self) -> Result<(), Failure> {
        if self.by_api_token()? {
            return self.take_api_token();
        }
        if let Some(facts) = self.granted_unnoticed()? {
            return self.take_grant(&facts);
        }
        if let Some(url) = &self.args.answer {
            return self.take_answer(url);
        }
        let address = self.callback_address();
        // Before anything is asked: nobody may come back to a closed door.
        let callback = if self.args.paste { None } else { Some(Callback::open(&address)?) };
        let consent = self.ask_consent(&address)?;
        fault::point("connect-authorising");
        let answer = match callback {
            Some(callback) => {
                self.show(&consent);
                let heard = callback.wait(&self.context.catalogue, &self.cancel)?;
                heard.ok_or_else(|| self.waits(Message::new("connect-nobody-came"), ""))?
            }
            None => {
                self.show(&consent);
                let line = self.line("connect-paste")?;
                line.ok_or_else(|| self.waits(Message::new("connect-nobody-came"), " --answer 'URL'"))?
            }
        };
        self.take_answer(&answer)
    }

    /// Whether a signed token is meant: because it was said, because there is nothing else, or because that is how it was connected before.
    fn by_api_token(&self) -> Result<bool, Failure> {
        let facts = self.connections.vault().facts_unless_lost(&self.decl.name).map_err(|error| self.failed(&error))?;
        let before = facts.and_then(|facts| facts.scheme).is_some_and(|scheme| scheme == "api-token");
        Ok(self.args.api_token || before || !self.offers_consent())
    }

    /// A grant that was got by a run that was killed before it could note it.
    fn granted_unnoticed(&self) -> Result<Option<CredentialFacts>, Failure> {
        if self.connection.stage != Stage::Authorising || self.args.again {
            return Ok(None);
        }
        let facts = self.connections.vault().facts_unless_lost(&self.decl.name).map_err(|error| self.failed(&error))?;
        Ok(facts.filter(|facts| facts.scheme.is_some() && facts.pending.is_none() && facts.dead_since.is_none()))
    }

    fn callback_address(&self) -> String {
        let configured = self.context.loaded.settings.systems.get(&self.decl.name);
        let configured = configured.and_then(|config| config.callback.clone());
        self.args.callback.clone().or(configured).unwrap_or_else(|| DEFAULT.to_owned())
    }

    /// A consent that waits for its answer: the one that was begun, if it asks for the same, else a new one.
    fn ask_consent(&mut self, address: &str) -> Result<Consent, Failure> {
        let needs = self.needs();
        let settings = self.settings();
        let scopes = self.scopes(&needs);
        let pending = self.host.pending_consent(&self.decl.name, &settings).map_err(|error| self.failed(&error))?;
        let same = |consent: &Consent| {
            consent.redirect_uri == address && consent.scopes.iter().collect::<BTreeSet<_>>() == scopes.iter().collect()
        };
        let consent = match pending.filter(same) {
            Some(consent) => consent,
            None => {
                let client = self.client()?;
                let scopes: Vec<String> = scopes.into_iter().collect();
                self.host
                    .begin_consent(&self.decl.name, &settings, &client, address, &scopes)
                    .map_err(|error| self.failed(&error))?
            }
        };
        self.connection.authorising();
        self.keep()?;
        Ok(consent)
    }

    /// The scopes to ask for: what the mapping needs, and what opening anything takes.
    fn scopes(&self, needs: &Needs) -> BTreeSet<String> {
        let base = self.manifest.auth.iter().flat_map(|way| match way {
            Auth::OAuth2 { base_scopes, .. } => base_scopes.clone(),
            Auth::Bearer | Auth::Basic | Auth::Header { .. } | Auth::ApiToken { .. } => Vec::new(),
        });
        needs.rights().into_iter().chain(base).collect()
    }

    fn settings(&self) -> SystemSettings {
        SystemSettings { auth: None, ..self.base.clone() }
    }

    /// The application that asks, as registered with the system.
    fn client(&self) -> Result<OAuthClient, Failure> {
        if let Some(sandbox) = &self.sandbox {
            let known = sandbox.oauth_settings();
            let of = |name: &str| known.get(name).cloned().unwrap_or_default();
            return Ok(OAuthClient { id: of("client_id"), secret: Secret::new(of("client_secret")) });
        }
        let configured = self.context.loaded.settings.systems.get(&self.decl.name);
        let id = self.args.client_id.clone().or_else(|| configured.and_then(|config| config.client_id.clone()));
        let id = match id {
            Some(id) => id,
            None => self.line("connect-client-id")?.ok_or_else(|| self.no_client())?,
        };
        let flag = reference(self.args.client_secret_env.as_ref(), self.args.client_secret_file.as_ref());
        let configured = configured.and_then(|config| config.client_secret.clone());
        let secret = match flag.or(configured) {
            Some(reference) => self.context.loaded.secret(&self.decl.name, "client_secret", &reference, variable)?,
            None => self.hidden("connect-client-secret")?.ok_or_else(|| self.no_client())?,
        };
        Ok(OAuthClient { id, secret })
    }

    fn no_client(&self) -> Failure {
        let what = Message::new("connect-no-client").with("system", &self.decl.name);
        let help = Message::new("connect-no-client-help").with("callback", self.callback_address());
        Failure::new(what).help(help).ending(Exit::NotConnected)
    }

    /// Says what will be asked for, and where.
    fn show(&self, consent: &Consent) {
        let catalogue = &self.context.catalogue;
        self.say(Message::new("connect-asks").with("title", &self.manifest.title));
        let needs = self.needs();
        let mut by_title: BTreeMap<&str, BTreeSet<_>> = BTreeMap::new();
        for need in needs.iter() {
            by_title.entry(&need.title).or_default().insert(need.deed);
        }
        for (title, deeds) in by_title {
            let deeds: Vec<String> = deeds.into_iter().map(|deed| catalogue.text(deed_key(deed))).collect();
            console::say(&format!("  {title}: {}", deeds.join(", ")));
        }
        console::say_fitted(&format!("({})", consent.scopes.join(" ")), 2);
        self.say(Message::new("connect-open-page"));
        console::say(&format!("    {}", consent.url));
        if !self.args.paste && !self.args.no_browser && console::can_ask() {
            // The address stands above: whoever has no browser here opens it elsewhere.
            drop(open::that_detached(&consent.url));
        }
        if !self.args.paste {
            let waiting = Message::new("connect-waiting").with("address", &consent.redirect_uri);
            console::say_fitted(&catalogue.render(&waiting), 0);
        }
    }

    fn take_answer(&mut self, text: &str) -> Result<(), Failure> {
        let answer = Answer::from_url(text).map_err(|error| self.failed_again(&error))?;
        let settings = self.settings();
        let facts = self.host.finish_consent(&self.decl.name, &settings, &answer);
        let facts = facts.map_err(|error| self.failed_again(&error))?;
        fault::point("connect-granted");
        self.take_grant(&facts)
    }

    /// What went wrong with an answer, and how to go on.
    fn failed_again(&self, error: &selaras_host::HostError) -> Failure {
        let help = Message::new("connect-go-on").with("command", self.command("connect", ""));
        self.failed(error).help(help)
    }

    /// A grant is only kept if it covers what the mapping needs: half a grant would fail in the middle of a run.
    fn take_grant(&mut self, facts: &CredentialFacts) -> Result<(), Failure> {
        let held = facts.scheme.as_deref().filter(|scheme| *scheme == "oauth2").map(|_| facts.scopes.clone());
        let rights = Rights { held: held.clone(), ..Rights::default() };
        let lacks = self.needs().lacking(&rights);
        if !lacks.is_empty() {
            self.connection.account.clone_from(&facts.account);
            let failure = self.lacking(&lacks, None);
            self.connection.authorising();
            self.connection.missing = lacks;
            self.keep()?;
            self.connections.vault().forget(&self.decl.name).map_err(|error| self.failed(&error))?;
            return Err(failure);
        }
        self.connection.granted(facts.account.clone(), held);
        self.say_key();
        self.keep()
    }

    /// A signed token: it is bound to a database already and needs no page.
    fn take_api_token(&mut self) -> Result<(), Failure> {
        let scheme = self.manifest.auth.iter().find_map(|way| match way {
            Auth::ApiToken { .. } => Some("api-token"),
            Auth::OAuth2 { .. } | Auth::Bearer | Auth::Basic | Auth::Header { .. } => None,
        });
        let Some(scheme) = scheme else {
            return Err(Failure::new(Message::new("connect-no-api-token").with("title", &self.manifest.title)));
        };
        let token = self.secret(("token", &self.args.token_env, &self.args.token_file), "connect-token")?;
        let secret = self.secret(("secret", &self.args.secret_env, &self.args.secret_file), "connect-secret")?;
        let auth = AuthSettings { scheme: scheme.to_owned(), token, secret: Some(secret) };
        self.connections.vault().put(&self.decl.name, &auth, now()).map_err(|error| self.failed(&error))?;
        self.connection.authorising();
        self.connection.granted(None, None);
        self.say_key();
        self.keep()
    }
}

/// A secret by the name of a variable or of a file.
pub(super) fn reference(env: Option<&String>, file: Option<&std::path::PathBuf>) -> Option<SecretRef> {
    env.cloned().map(SecretRef::Env).or_else(|| file.cloned().map(SecretRef::File))
}
