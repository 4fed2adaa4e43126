//! Embargoes: the moment before which no publish brings a document live.

use crate::model::pointer;
use serde_json::Value;

use super::{
    kind::KindSchema,
    violation::{Violation, ViolationCode},
};
use crate::model::moment::Moment;

impl KindSchema {
    /// The moment before which the document is not delivered (`x-not-before`); none when the document names no moment,
    /// or an unreadable one, which [`KindSchema::validate`] reports.
    pub fn not_before(&self, document: &Value) -> Option<Moment> {
        document.get(self.fields.not_before.as_deref()?)?.as_str()?.parse().ok()
    }

    /// The name of the property that holds an embargo, when the kind has one.
    pub fn embargo_property(&self) -> Option<&str> {
        self.fields.not_before.as_deref()
    }

    /// The violation that says that the document must not be live yet.
    pub fn embargoed(&self, until: &Moment) -> Violation {
        let pointer = self.embargo_property().map(|name| pointer::joined("", name));
        let message = format!("it is not to be published before {until}");
        Violation::new(pointer.unwrap_or_default(), ViolationCode::Embargoed, message)
    }

    pub(super) fn check_embargo(&self, document: &Value, into: &mut Vec<Violation>) {
        let Some(name) = self.embargo_property() else { return };
        let Some(text) = document.get(name).and_then(Value::as_str) else { return };
        if let Err(error) = text.parse::<Moment>() {
            let at = pointer::joined("", name);
            into.push(Violation::new(at, ViolationCode::WrongForm, error.to_string()));
        }
    }
}
