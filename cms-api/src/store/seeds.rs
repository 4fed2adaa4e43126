//! The kinds that ship: what a new repository begins with.

use cms_core::{
    model::{canonical, key::Kind},
    schema::KIND_OF_SCHEMAS,
};
use rust_embed::RustEmbed;
use serde_json::{Value, json};

#[derive(RustEmbed)]
#[folder = "../schemas"]
#[include = "*.schema.json"]
struct Schemas;

/// Each kind with its schema.
pub fn kinds() -> Vec<(Kind, Value)> {
    Schemas::iter()
        .map(|name| {
            let kind = name.trim_end_matches(".schema.json").parse().expect("file names are kinds");
            let file = Schemas::get(&name).expect("listed above");
            (kind, canonical::parse(&file.data).expect("shipped schemas are JSON"))
        })
        .collect()
}

/// Each kind's schema as the line of an import.
pub fn lines() -> impl Iterator<Item = Value> {
    kinds().into_iter().map(|(kind, schema)| {
        json!({ "key": format!("{KIND_OF_SCHEMAS}/{kind}"), "locale": null, "document": schema })
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_shipped_kind_is_there() {
        let mut kinds: Vec<String> =
            super::kinds().iter().map(|(kind, _)| format!("{kind}.schema.json")).collect();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas");
        let files = std::fs::read_dir(folder).expect("the folder");
        let mut files: Vec<String> = files
            .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
            .collect();
        kinds.sort();
        files.sort();
        assert_eq!(kinds, files);
    }
}
