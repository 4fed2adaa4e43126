//! The settings of providers of identities, as the file has them in its tables `[[provider]]`.

use std::{collections::BTreeMap, path::PathBuf};

use cms_core::access::{Role, RoleError};
use serde::Deserialize;

use crate::problem::{Code, Problem};

/// Most providers.
const PROVIDERS_MAX: usize = 16;

/// A provider of identities (OpenID Connect).
#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ProviderSettings {
    /// What it is called in addresses: `school`.
    pub name: String,
    /// What it is called on pages; the name when left out.
    pub title: Option<String>,
    /// Its own address, below which its configuration is found.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// The secret of this server there; none for a public client.
    pub client_secret: Option<String>,
    /// A file with that secret.
    pub client_secret_file: Option<PathBuf>,
    /// What is asked for besides `openid` [default: email, profile]
    pub scopes: Option<Vec<String>>,
    /// The claim with a person's groups [default: groups]
    pub groups_claim: Option<String>,
    /// Which role people of a group have.
    pub roles: BTreeMap<String, String>,
    /// Whether people without an account get one when they sign in and a group of theirs has a role [default: false]
    pub creates_accounts: bool,
    /// Whether the provider asks for a second factor itself, so that signing in there counts as two [default: false]
    pub is_second_factor: bool,
}

impl std::fmt::Debug for ProviderSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderSettings").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A provider, with every default filled in.
#[derive(Clone)]
pub struct Provider {
    /// What it is called in addresses.
    pub name: String,
    /// What it is called on pages.
    pub title: String,
    /// Its own address.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// The secret of this server there.
    pub client_secret: Option<String>,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim with a person's groups.
    pub groups_claim: String,
    /// Which role people of a group have.
    pub roles: BTreeMap<String, Role>,
    /// Whether people without an account get one.
    pub creates_accounts: bool,
    /// Whether signing in there counts as two factors.
    pub is_second_factor: bool,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("name", &self.name).finish_non_exhaustive()
    }
}

fn refused(detail: String) -> Problem {
    Problem::new(Code::RequestMalformed, detail)
}

impl ProviderSettings {
    fn complete(&self) -> Result<Provider, Problem> {
        let name = self.name.clone();
        let is_name = (1..=40).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_name {
            return Err(refused(format!(
                "{name:?} names no provider: a-z, 0-9 and `-` are expected"
            )));
        }
        if self.issuer.is_empty() || self.client_id.is_empty() {
            return Err(refused(format!(
                "the provider {name} needs an `issuer` and a `client_id`"
            )));
        }
        let of_file = self.client_secret_file.as_ref().map(|path| {
            std::fs::read_to_string(path).map_err(|error| Problem::io(path.display(), &error))
        });
        let client_secret = match of_file {
            Some(text) => Some(text?.trim().to_owned()),
            None => self.client_secret.clone(),
        };
        let role = |(group, role): (&String, &String)| {
            let wrong = |error: RoleError| {
                refused(format!("the provider {name}, group {group:?}: {error}"))
            };
            Ok::<_, Problem>((group.clone(), role.parse::<Role>().map_err(wrong)?))
        };
        Ok(Provider {
            title: self.title.clone().unwrap_or_else(|| name.clone()),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret,
            scopes: self.scopes.clone().unwrap_or_else(|| vec!["email".into(), "profile".into()]),
            groups_claim: self.groups_claim.clone().unwrap_or_else(|| "groups".to_owned()),
            roles: self.roles.iter().map(role).collect::<Result<_, _>>()?,
            creates_accounts: self.creates_accounts,
            is_second_factor: self.is_second_factor,
            name,
        })
    }
}

/// The providers of some settings.
///
/// # Errors
/// [`Code::RequestMalformed`], which names the provider whose settings are wrong.
pub fn providers(settings: &[ProviderSettings]) -> Result<Vec<Provider>, Problem> {
    if settings.len() > PROVIDERS_MAX {
        return Err(refused(format!("there may be {PROVIDERS_MAX} providers")));
    }
    let all: Vec<Provider> =
        settings.iter().map(ProviderSettings::complete).collect::<Result<_, _>>()?;
    let mut names: Vec<&str> = all.iter().map(|provider| provider.name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(refused(format!("there are two providers {:?}", pair[0]))),
        None => Ok(all),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Provider>, Problem> {
        #[derive(Deserialize)]
        struct File {
            provider: Vec<ProviderSettings>,
        }
        providers(&toml::from_str::<File>(text).unwrap().provider)
    }

    #[test]
    fn a_provider_is_complete_or_refused_by_its_name() {
        let one = "[[provider]]\nname = \"school\"\nissuer = \"https://id.example\"\nclient_id = \"cms\"\n\
                   client_secret = \"hidden\"\nroles = { staff = \"author\" }\n";
        let found = read(one).unwrap();
        assert_eq!((found[0].title.as_str(), found[0].roles["staff"]), ("school", Role::Author));
        assert!(!format!("{found:?}").contains("hidden"));
        assert!(read(&format!("{one}{one}")).unwrap_err().detail.contains("two providers"));
        let wrong = one.replace("author", "boss");
        assert!(read(&wrong).unwrap_err().detail.contains("staff"));
        assert!(read(&one.replace("school", "../x")).is_err());
        assert!(read("[[provider]]\nname = \"x\"\n").is_err());
    }
}
