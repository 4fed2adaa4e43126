//! The room in tables: small documents, and what is reported about them.

mod blaming;
mod diffing;
mod items;
mod merging;
mod moving;
mod prose;
mod settling;

use serde_json::Value;

use super::{DocumentMerge, Shape, Sides, merge};
use crate::{model::key::Kind, schema::KindSchema};

/// A kind that ships.
fn kind(name: &str) -> KindSchema {
    let text = match name {
        "exercise" => include_str!("../../../schemas/exercise.schema.json"),
        "unit" => include_str!("../../../schemas/unit.schema.json"),
        "article" => include_str!("../../../schemas/article.schema.json"),
        _ => panic!("the tests know no kind {name}"),
    };
    let schema: Value = serde_json::from_str(text).expect("the schema is JSON");
    KindSchema::compile(&name.parse::<Kind>().expect("a kind"), &schema)
        .expect("the schema compiles")
}

/// A row of a table, which has base, ours and theirs in this order.
fn sides<T>([base, ours, theirs]: [T; 3]) -> Sides<T> {
    Sides { base, ours, theirs }
}

fn merged(shape: Shape<'_>, sides: Sides<&Value>) -> DocumentMerge {
    merge(shape, sides.map(Some))
}
