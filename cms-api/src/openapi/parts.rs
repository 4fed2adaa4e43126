//! The parts of the document: its operations, and the schemas that answers and bodies refer to.

use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema};

/// An operation, and what is known about it besides its own description.
pub(super) struct Operation<'d> {
    pub(super) path: &'d str,
    pub(super) method: &'d str,
    pub(super) body: &'d mut Map<String, Value>,
}

impl Operation<'_> {
    pub(super) fn is_authoring(&self) -> bool {
        self.path.starts_with("/authoring/")
    }

    /// Whether somebody asks who is not signed in yet.
    pub(super) fn signs_in(&self) -> bool {
        let below = |prefix: &str| self.path.starts_with(prefix);
        below("/authoring/v1/links/")
            || below("/authoring/v1/session/renew")
            || below("/authoring/v1/session/passkey/")
            || below("/authoring/v1/session/oidc/")
            || below("/authoring/v1/session/providers")
            || (self.path == "/authoring/v1/session" && self.method != "get")
    }

    /// Whether it takes a parameter of this name.
    pub(super) fn takes(&self, name: &str) -> bool {
        let parameters = self.body.get("parameters").and_then(Value::as_array);
        parameters.is_some_and(|all| all.iter().any(|of| of["name"] == name))
    }

    /// The media types of its body; empty when it takes no body.
    pub(super) fn media_types(&self) -> Vec<&str> {
        let content = self.body.get("requestBody").and_then(|body| body["content"].as_object());
        content.into_iter().flat_map(|content| content.keys().map(String::as_str)).collect()
    }

    /// Whether what it reads has a tag, so that a request may name one.
    pub(super) fn reads_tagged(&self) -> bool {
        self.method == "get" && self.body["responses"]["200"]["headers"]["ETag"].is_object()
    }

    /// Its answers, by status.
    pub(super) fn responses(&mut self) -> &mut Map<String, Value> {
        let responses = self.body.entry("responses").or_insert_with(|| json!({}));
        responses.as_object_mut().expect("responses are an object")
    }
}

/// The schemas that answers and bodies refer to, by name.
pub(super) struct Schemas(pub(super) Map<String, Value>);

impl Schemas {
    /// Adds a type and all types that it refers to; returns a reference to it.
    pub(super) fn refer<T: ToSchema>(&mut self) -> Value {
        let name = T::name().into_owned();
        let mut all = vec![(name.clone(), <T as PartialSchema>::schema())];
        T::schemas(&mut all);
        for (name, schema) in all {
            let schema = serde_json::to_value(schema).expect("schemas serialise");
            self.0.entry(name).or_insert(schema);
        }
        reference(&name)
    }

    /// A type's own schema; all types that it refers to are added.
    pub(super) fn inline<T: ToSchema>(&mut self) -> Value {
        let mut all = Vec::new();
        T::schemas(&mut all);
        for (name, schema) in all {
            let schema = serde_json::to_value(schema).expect("schemas serialise");
            self.0.entry(name).or_insert(schema);
        }
        serde_json::to_value(<T as PartialSchema>::schema()).expect("schemas serialise")
    }

    pub(super) fn add(&mut self, name: &str, schema: Value) -> Value {
        self.0.insert(name.to_owned(), schema);
        reference(name)
    }
}

pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}
