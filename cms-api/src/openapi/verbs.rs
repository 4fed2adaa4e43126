//! Verbs in the document: one operation for each command, and for jobs what each verb takes and reports.

use cms_core::access::Right;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::parts::{Schemas, reference};
use crate::{
    authoring::jobs::SchemaCheckRequest,
    edge::needs::{NEEDS, Need},
    verbs::{Command, VerbTypes, publishing::publish, verify},
    views::{
        import::ImportReport,
        operation::{SchemaReport, VerifyReport},
        publishing::{Moved, Plan},
    },
};

const COMMAND: &str = "/authoring/v1/commands/{verb}";

/// The request and the report of each command, added to the schemas.
struct Added<'s> {
    schemas: &'s mut Schemas,
    verbs: Vec<(&'static str, Value, Value)>,
}

impl VerbTypes for Added<'_> {
    fn verb<Q: ToSchema, A: ToSchema>(&mut self, word: &'static str) {
        let (request, report) = (self.schemas.refer::<Q>(), self.schemas.refer::<A>());
        self.verbs.push((word, request, report));
    }
}

/// Replaces the one operation of all verbs with one operation for each, so that each has its own types.
pub(super) fn spread(paths: &mut Map<String, Value>, schemas: &mut Schemas) {
    let Some(all) = paths.remove(COMMAND) else { return };
    let mut added = Added { schemas, verbs: Vec::new() };
    Command::types(&mut added);
    let Added { schemas, verbs } = added;
    for (word, request, report) in verbs {
        let mut item = all.clone();
        let operation = &mut item["post"];
        operation["operationId"] = json!(format!("command_{}", word.replace('-', "_")));
        operation["summary"] = json!(format!("Do what `cms {word}` does"));
        operation[NEEDS] = json!(needs(word));
        if let Some(operation) = operation.as_object_mut() {
            operation.remove("parameters");
        }
        let call = call(schemas, word, request);
        operation["requestBody"]["content"]["application/json"]["schema"] = call;
        operation["responses"]["200"]["content"]["application/json"]["schema"] = report;
        paths.insert(COMMAND.replace("{verb}", word), item);
    }
    // The call of the only command that streams.
    let call = call(schemas, "export", reference("ExportCommand"));
    schemas.refer::<crate::verbs::export::Request>();
    if let Some(export) = paths.get_mut("/authoring/v1/commands/export") {
        export["post"]["requestBody"]["content"]["application/json"]["schema"] = call;
    }
    schemas.0.remove("Call");
}

/// What a verb needs: a right, or to read everything and a right, or that whoever has the machine asks.
fn needs(word: &str) -> String {
    let everything = Need::Everything(Right::Read);
    match Command::right_of(word) {
        _ if Command::is_of_machine(word) => "machine".to_owned(),
        None => Need::Nothing.to_string(),
        Some(Right::Read) => everything.to_string(),
        Some(right) if Command::tells_of_everything(right) => format!("{everything} {right}"),
        Some(right) => right.to_string(),
    }
}

/// A call with the request of one verb.
fn call(schemas: &mut Schemas, word: &str, request: Value) -> Value {
    let mut call = schemas.inline::<crate::verbs::Call>();
    call["properties"]["request"] = request;
    let needs = needs_request(schemas, &call["properties"]["request"]);
    call["required"] = if needs { json!(["request"]) } else { json!([]) };
    schemas.add(&format!("{}Call", pascal(word)), call)
}

fn needs_request(schemas: &Schemas, request: &Value) -> bool {
    let name = request["$ref"].as_str().and_then(|of| of.rsplit('/').next()).unwrap_or_default();
    schemas.0.get(name).is_some_and(|of| of["required"].as_array().is_some_and(|of| !of.is_empty()))
}

/// `revert-publish` as `RevertPublish`.
pub(super) fn pascal(word: &str) -> String {
    word.split(['-', '_'])
        .map(|part| {
            let (first, rest) = part.split_at(1);
            format!("{}{rest}", first.to_ascii_uppercase())
        })
        .collect()
}

/// The verbs at the address of a channel: the word in the address, and the fields that its body must have.
const OF_A_CHANNEL: [(&str, &[&str]); 7] = [
    ("plan", &[]),
    ("publish", &["plan"]),
    ("rollback", &[]),
    ("unpublish", &[]),
    ("retire", &[]),
    ("revert", &[]),
    ("release", &["keys"]),
];

/// Describes the bodies at the address of a channel: the verb's request without the channel, which the address names.
pub(super) fn of_a_channel(paths: &mut Map<String, Value>, schemas: &mut Schemas) {
    for (word, needed) in OF_A_CHANNEL {
        let path = format!("/authoring/v1/channels/{{channel}}/{word}");
        let Some(item) = paths.get_mut(&path) else { continue };
        let taken = &mut item["post"]["requestBody"]["content"]["application/json"]["schema"];
        let name = taken["$ref"].as_str().and_then(|of| of.rsplit('/').next()).unwrap_or_default();
        let mut body = schemas.0[name].clone();
        if let Some(properties) = body["properties"].as_object_mut() {
            properties.remove("channel");
        }
        for name in needed {
            need(&mut body, name);
        }
        *taken = schemas.add(&format!("{}Body", pascal(word)), body);
    }
}

/// Makes a field required, so that it is neither null nor an empty list.
fn need(body: &mut Value, name: &str) {
    let field = &mut body["properties"][name];
    if let Some(all) = field.get("oneOf").and_then(Value::as_array) {
        let is_null = |one: &&Value| one["type"] == "null";
        *field = all.iter().find(|one| !is_null(one)).cloned().unwrap_or_default();
    } else if field["type"] == "array" {
        field["minItems"] = json!(1);
        // After a semicolon, the description says what an empty list means.
        let said = field["description"].as_str().and_then(|said| said.split(';').next());
        field["description"] = json!(said);
    }
    let required = body.as_object_mut().map(|body| body.entry("required").or_insert(json!([])));
    if let Some(required) = required.and_then(Value::as_array_mut) {
        required.push(json!(name));
    }
}

/// Distinguishes jobs by their verb.
pub(super) fn jobs(schemas: &mut Schemas) {
    let publish = schemas.refer::<publish::Request>();
    let rows = [
        ("publish", publish.clone(), schemas.refer::<Moved>()),
        ("plan", publish, schemas.refer::<Plan>()),
        ("verify", schemas.refer::<verify::Request>(), schemas.refer::<VerifyReport>()),
        ("schema-check", schemas.refer::<SchemaCheckRequest>(), schemas.refer::<SchemaReport>()),
        (
            "import",
            json!({ "type": "object", "description": "Nothing: its lines were the body." }),
            schemas.refer::<ImportReport>(),
        ),
    ];
    let (job, body) = (schemas.0["JobView"].clone(), schemas.0["JobBody"].clone());
    let (mut jobs, mut bodies) = (Vec::new(), Vec::new());
    for (verb, request, report) in rows {
        let word =
            json!({ "type": "string", "enum": [verb], "description": "The verb that it does." });
        let mut job = job.clone();
        job["properties"]["verb"] = word.clone();
        job["properties"]["request"] = request.clone();
        job["properties"]["report"] = json!({
            "oneOf": [{ "type": "null" }, report],
            "description": job["properties"]["report"]["description"],
        });
        let name = format!("{}Job", pascal(verb));
        jobs.push((verb, schemas.add(&name, job)));
        // The job of an import begins with its lines.
        if verb == "import" {
            continue;
        }
        let mut body = body.clone();
        body["properties"]["verb"] = word;
        body["properties"]["request"] = request;
        let needs = needs_request(schemas, &body["properties"]["request"]);
        body["required"] = if needs { json!(["verb", "request"]) } else { json!(["verb"]) };
        bodies.push((verb, schemas.add(&format!("{}Body", pascal(&format!("{verb}-job"))), body)));
    }
    schemas.0.remove("JobVerb");
    schemas.add("JobView", one_of("A job.", "verb", &jobs));
    schemas.add("JobBody", one_of("What a job is to do.", "verb", &bodies));
}

/// One of several schemas, distinguished by a word.
pub(super) fn one_of(description: &str, by: &str, of: &[(&str, Value)]) -> Value {
    let all: Vec<&Value> = of.iter().map(|(_, schema)| schema).collect();
    let mapping: Map<String, Value> =
        of.iter().map(|(word, schema)| ((*word).to_owned(), schema["$ref"].clone())).collect();
    json!({
        "description": description,
        "oneOf": all,
        "discriminator": { "propertyName": by, "mapping": mapping },
    })
}
