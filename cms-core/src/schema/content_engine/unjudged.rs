//! An engine that judges nothing, for tests and measurements: content as in a program without engines, or with one
//! whose parser is laxer.

use std::sync::Arc;

use serde_json::Value;

use super::{ContentEngine, ContentEngines, ContentFault, Finding, Withheld};

/// Accepts every element as it is and withholds nothing.
#[derive(Debug)]
pub(super) struct Unjudged;

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

    fn asks(&self, _: &str) -> bool {
        false
    }

    fn examine(&self, _: &str, _: &Value) -> Result<Vec<Finding>, ContentFault> {
        Ok(Vec::new())
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

    fn hints(&self, _: &str, _: &Value, _: Option<&str>) -> Result<Vec<Value>, ContentFault> {
        Ok(Vec::new())
    }

    fn score(
        &self,
        _: &str,
        _: &Value,
        _: Option<&str>,
        _: &Value,
        _: &str,
    ) -> Result<Value, ContentFault> {
        Ok(Value::Null)
    }
}

impl ContentEngines {
    /// Only an engine that accepts every element as it is and withholds nothing, under the name that kinds use for it.
    #[must_use]
    pub fn unjudged(name: &str) -> Self {
        Self::of([(name, Arc::new(Unjudged) as Arc<dyn ContentEngine>)])
    }
}
