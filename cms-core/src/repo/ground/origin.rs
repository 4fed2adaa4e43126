//! From where somebody acts, and by what: what an audit record says besides who, what and when.

use std::fmt;

use serde_json::{Map, Value};

use crate::model::name::Person;

/// From where somebody acts, and by what. The default says nothing, as in records from before there was any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// By what they act.
    pub via: Option<Via>,
    /// The mark of the client's address ([`crate::repo::Audit::mark`]). The address itself is personal data, so it is
    /// in no record.
    pub client: Option<String>,
    /// On whose behalf it is done, when that is somebody else than the author.
    pub on_behalf_of: Option<Person>,
}

/// By what somebody acts; ids, never secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// By what only those have who hold the data directory.
    Machine,
    /// By an access key.
    Key(String),
    /// In a session of a browser.
    Session(String),
    /// By a job that they began.
    Job(String),
    /// By a schedule that they made.
    Schedule(String),
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine => f.write_str("machine"),
            Self::Key(id) => write!(f, "key:{id}"),
            Self::Session(id) => write!(f, "session:{id}"),
            Self::Job(id) => write!(f, "job:{id}"),
            Self::Schedule(id) => write!(f, "schedule:{id}"),
        }
    }
}

impl Origin {
    /// The origin of what somebody does by this.
    pub fn by(via: Via) -> Self {
        Self { via: Some(via), ..Self::default() }
    }

    /// What a record says of it; `None` when there is nothing to say.
    pub(super) fn recorded(&self) -> Option<Value> {
        let mut fields = Map::new();
        let mut say = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                fields.insert(name.to_owned(), value.into());
            }
        };
        say("via", self.via.as_ref().map(ToString::to_string));
        say("client", self.client.clone());
        say("on_behalf_of", self.on_behalf_of.as_ref().map(ToString::to_string));
        (!fields.is_empty()).then_some(Value::Object(fields))
    }
}
