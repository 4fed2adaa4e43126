//! An engine that takes content as it is, under Perseus's name: what the store costs is measured without Perseus, whose
//! time has rows of its own.

use std::sync::Arc;

use cms_core::schema::{ContentEngine, ContentEngines, ContentFault, Finding, Withheld};
use serde_json::Value;

struct Unjudged;

impl ContentEngine for Unjudged {
    fn identity(&self) -> &str {
        "unjudged"
    }

    fn forms(&self) -> &[&str] {
        &["item", "section"]
    }

    fn check(&self, _: &str, _: &Value) -> Result<(), ContentFault> {
        Ok(())
    }

    fn findings(&self, _: &str, _: &Value) -> Result<Vec<Finding>, ContentFault> {
        Ok(Vec::new())
    }

    fn migrate(&self, _: &str, element: &Value) -> Result<Value, ContentFault> {
        Ok(element.clone())
    }

    fn withhold(&self, _: &str, element: &Value) -> Result<Withheld, ContentFault> {
        Ok(Withheld { element: element.clone(), is_keyed: false })
    }

    fn hints(&self, _: &str, _: &Value) -> Result<Vec<Value>, ContentFault> {
        Ok(Vec::new())
    }

    fn score(&self, _: &str, _: &Value, _: &Value, _: &str) -> Result<Value, ContentFault> {
        Ok(Value::Null)
    }
}

/// It, under the name that the shipped kinds use.
pub(crate) fn engines() -> ContentEngines {
    ContentEngines::of([("perseus", Arc::new(Unjudged) as Arc<dyn ContentEngine>)])
}
