//! What is declared: the operations with what each needs, and the table of roles.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use axum::http::Method;
use cms_api::{router, verbs::Command};
use cms_core::access::{Right, Role};

use super::credentials::{Credential, Who};
use crate::test_app::TestApp;

/// What concerns the whole house: a role for a part of the catalogue gives nothing of it.
const OF_THE_HOUSE: [&str; 4] = ["configure", "people", "audit", "operate"];

/// What an operation needs, in the words of `x-needs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Declared {
    Nothing,
    Caller,
    Session,
    Ticket,
    Link,
    Channel,
    /// Nobody but whoever has the machine.
    Machine,
    /// All of these.
    Rights(Vec<Needed>),
}

/// A right, somewhere or for the whole catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Needed {
    right: String,
    is_for_everything: bool,
}

impl FromStr for Needed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let whole = text.strip_suffix("-everything");
        let right = whole.unwrap_or(text).to_owned();
        match Right::ALL.iter().any(|it| it.word() == right) {
            true => Ok(Self { right, is_for_everything: whole.is_some() }),
            false => Err(right),
        }
    }
}

impl FromStr for Declared {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "nothing" => Self::Nothing,
            "caller" => Self::Caller,
            "session" => Self::Session,
            "ticket" => Self::Ticket,
            "link" => Self::Link,
            "channel" => Self::Channel,
            "machine" => Self::Machine,
            rights => Self::Rights(rights.split(' ').map(str::parse).collect::<Result<_, _>>()?),
        })
    }
}

impl fmt::Display for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// An operation, and the address at which it is asked for.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) asked: String,
    pub(super) declared: Declared,
}

/// What should come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expected {
    /// Anything but a refusal of the one who asks.
    Through,
    /// 401.
    Unknown,
    /// 403, for this right.
    Missing(String),
    /// 403, because another page's script sent it.
    Forged,
    /// 403, because it is for whoever has the machine.
    OnlyTheMachine,
}

impl Expected {
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Through => "let through",
            Self::Unknown => "unknown",
            Self::Missing(_) => "right missing",
            Self::Forged => "forged",
            Self::OnlyTheMachine => "only the machine",
        }
    }
}

/// An address with something in the place of each placeholder: entries and channels that there are, and otherwise names
/// that nothing has.
fn filled(template: &str) -> String {
    let part = |part: &str| match part {
        "{kind}" => "lesson".to_owned(),
        "{id}" => "equal-parts".to_owned(),
        "{channel}" => "production".to_owned(),
        "{locale}" => "en".to_owned(),
        "{right}" => "read".to_owned(),
        part if part.starts_with('{') => "x".to_owned(),
        part => part.to_owned(),
    };
    template.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Every operation that the router knows: those of the description, pages, and what is below a protected channel. A verb
/// of the command line is an operation too.
pub(super) async fn operations(app: &TestApp) -> Vec<Operation> {
    let described = app.get("/openapi.json").await.json();
    let needs_of_verb = |path: &str| {
        let needs = described["paths"][path]["post"]["x-needs"].as_str();
        needs.expect("each verb says what it needs").parse().expect("a need that is known here")
    };
    let mut found = BTreeMap::new();
    let mut add = |method: &Method, asked: String, declared: Declared| {
        found.insert((asked, method.to_string()), declared);
    };
    let (needs, below) = (app.needs(), router::needs_below_channels());
    for (method, path, need) in needs.all() {
        let declared: Declared = need.to_string().parse().expect("a need that is known here");
        let methods = method.map_or_else(|| vec![&Method::GET], |method| vec![method]);
        for method in methods {
            match (path, &declared) {
                ("/authoring/v1/commands/{verb}", _) => {
                    for word in Command::WORDS {
                        let asked = path.replace("{verb}", word);
                        let declared = needs_of_verb(&asked);
                        add(method, asked, declared);
                    }
                }
                (_, Declared::Channel) => {
                    let prefix = path.replace("{*rest}", "").replace("{channel}", "handouts");
                    for (method, path, _) in below.all() {
                        let below = filled(path);
                        let method = method.unwrap_or(&Method::GET);
                        add(method, format!("{prefix}{}", &below[1..]), declared.clone());
                    }
                }
                _ => add(method, filled(path), declared.clone()),
            }
        }
    }
    found
        .into_iter()
        .map(|((asked, method), declared)| Operation {
            method: method.parse().expect("a method"),
            asked,
            declared,
        })
        .collect()
}

/// The table of roles in docs/API.md.
pub(super) struct Roles(BTreeMap<String, BTreeSet<String>>);

impl Roles {
    pub(super) fn declared() -> Self {
        let text = include_str!("../../../../docs/API.md");
        let rows = text.lines().skip_while(|line| *line != "| role | may | rights |").skip(2);
        let mut roles = BTreeMap::new();
        let mut before = BTreeSet::new();
        for row in rows.take_while(|line| line.starts_with('|')) {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            let named = cells[2].split('`').skip(1).step_by(2).map(str::to_owned);
            let rights: BTreeSet<String> = match cells[2] {
                "all" => Right::ALL.map(|right| right.word().to_owned()).into(),
                more if more.starts_with("and ") => before.iter().cloned().chain(named).collect(),
                _ => named.collect(),
            };
            before.clone_from(&rights);
            roles.insert(cells[0].trim_matches('`').to_owned(), rights);
        }
        assert_eq!(roles.len(), Role::ALL.len(), "docs/API.md has a row for each role: {roles:?}");
        Self(roles)
    }

    /// What the declarations say about a request.
    pub(super) fn expected(
        &self,
        operation: &Operation,
        who: Who,
        credential: Credential,
    ) -> Expected {
        let declared = &operation.declared;
        let is_forged =
            credential == Credential::SessionFromElsewhere && !operation.method.is_safe();
        if matches!(declared, Declared::Nothing | Declared::Link) {
            // Learners' apps ask from everywhere; people sign in and out on pages of this server.
            let is_of_authors = operation.asked.starts_with("/authoring/");
            return if is_forged && is_of_authors { Expected::Forged } else { Expected::Through };
        }
        if !credential.opens() || *declared == Declared::Session && !credential.is_session() {
            return Expected::Unknown;
        }
        if is_forged {
            return Expected::Forged;
        }
        let needed = match declared {
            Declared::Rights(needed) => needed.as_slice(),
            Declared::Ticket => &[Needed { right: "read".to_owned(), is_for_everything: false }],
            // A channel is read as a whole.
            Declared::Channel => {
                &[Needed { right: "read".to_owned(), is_for_everything: true }] as &[Needed]
            }
            Declared::Machine if who != Who::Machine => return Expected::OnlyTheMachine,
            _ => &[],
        };
        match needed.iter().find(|needed| !self.has(who, credential, needed)) {
            Some(missing) => Expected::Missing(missing.right.clone()),
            None => Expected::Through,
        }
    }

    fn has(&self, who: Who, credential: Credential, needed: &Needed) -> bool {
        let Who::Person(role) = who else { return who == Who::Machine };
        let Needed { right, is_for_everything } = needed;
        let is_whole = *is_for_everything || OF_THE_HOUSE.contains(&right.as_str());
        self.0[role.word()].contains(right)
            && credential.narrowed_to().is_none_or(|only| only == right)
            && !(credential.is_limited() && is_whole)
    }
}
