//! An engine that judges nothing, for tests and measurements: content as a program has it that knows no engine, or one
//! with a laxer parser.

use std::sync::Arc;

use serde_json::Value;

use super::{ContentEngine, ContentEngines, ContentFault, Finding, Withheld};

/// Takes every element as it is and withholds nothing.
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
    /// An engine that takes every element as it is and withholds nothing, alone, under the name by which kinds ask for it.
    #[must_use]
    pub fn unjudged(name: &str) -> Self {
        Self::of([(name, Arc::new(Unjudged) as Arc<dyn ContentEngine>)])
    }
}
