//! The merges of a folder.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::Path,
    sync::Arc,
};

use anyhow::{Context, Result, ensure};
use cms_core::{document::Sides, schema::KindSchema};
use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::figure::say;

/// One merge of one file.
pub(super) struct Case {
    pub(super) path: String,
    pub(super) merge: String,
    pub(super) texts: Sides<String>,
    pub(super) result: String,
    pub(super) form: Form,
}

/// How we treat a file.
#[derive(Clone)]
pub(super) enum Form {
    /// A document.
    Json,
    /// One text of prose, under a kind that says so.
    Prose(Arc<KindSchema>),
    /// One text without annotations: a file that is named as JSON and is not JSON in one of its versions.
    Text,
}

impl Form {
    /// The file as a document.
    pub(super) fn value(&self, text: &str) -> Result<Value> {
        Ok(match self {
            Self::Json => serde_json::from_str(text)?,
            Self::Prose(_) | Self::Text => json!({"text": text}),
        })
    }

    /// How the versions of a file are treated: as JSON only if all of them are.
    fn of(line: &Line, prose: &Self) -> Self {
        if !line.path.ends_with(".json") {
            return prose.clone();
        }
        let versions = [
            ("base", &line.base),
            ("ours", &line.ours),
            ("theirs", &line.theirs),
            ("result", &line.result),
        ];
        for (name, text) in versions {
            if let Err(error) = Self::Json.value(text) {
                say(format_args!(
                    "{} {}: read as a text, for {name} is no JSON: {error}",
                    line.path, line.merge
                ));
                return Self::Text;
            }
        }
        Self::Json
    }
}

#[derive(Deserialize)]
struct Line {
    path: String,
    #[serde(default)]
    merge: String,
    base: String,
    ours: String,
    theirs: String,
    result: String,
}

/// Reads all merges of a folder, file by file in the order of their names.
pub(super) fn read(folder: &Path) -> Result<Vec<Case>> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut files: Vec<_> =
        entries.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    files.retain(|file| file.to_string_lossy().ends_with(".ndjson.gz"));
    files.sort();
    ensure!(!files.is_empty(), "{} holds no *.ndjson.gz", folder.display());
    let prose = Form::Prose(Arc::new(prose_kind()?));
    let mut cases = Vec::new();
    for file in files {
        let reader = BufReader::new(MultiGzDecoder::new(File::open(&file)?));
        for line in reader.lines() {
            let line: Line = serde_json::from_str(&line?)
                .with_context(|| format!("reading {}", file.display()))?;
            let form = Form::of(&line, &prose);
            cases.push(Case {
                path: line.path,
                merge: line.merge,
                texts: Sides { base: line.base, ours: line.ours, theirs: line.theirs },
                result: line.result,
                form,
            });
        }
    }
    Ok(cases)
}

/// A kind with one text of prose.
fn prose_kind() -> Result<KindSchema> {
    let schema = json!({
        "x-place": "never",
        "type": "object",
        "properties": {"text": {"type": "string", "x-prose": "markdown"}},
    });
    Ok(KindSchema::compile(&"page".parse()?, &schema)?)
}
