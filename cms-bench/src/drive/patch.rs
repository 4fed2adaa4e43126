//! Applies JSON Patch (RFC 6902), so that differences can be checked.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// Applies the operations one after the other.
pub(super) fn apply(mut document: Value, operations: &Value) -> Result<Value> {
    for operation in operations.as_array().context("a patch is an array")? {
        let text = |name: &str| operation[name].as_str().with_context(|| format!("{operation}"));
        let path = text("path")?;
        match text("op")? {
            "add" => add(&mut document, path, operation["value"].clone())?,
            "remove" => drop(remove(&mut document, path)?),
            "replace" => {
                let there = document.pointer_mut(path).with_context(|| format!("{operation}"))?;
                *there = operation["value"].clone();
            }
            "move" => {
                let moved = remove(&mut document, text("from")?)?;
                add(&mut document, path, moved)?;
            }
            "copy" => {
                let copied = document.pointer(text("from")?).cloned();
                add(&mut document, path, copied.with_context(|| format!("{operation}"))?)?;
            }
            "test" => {
                let is_so = document.pointer(path) == Some(&operation["value"]);
                ensure!(is_so, "{operation} does not hold");
            }
            other => bail!("no operation {other}"),
        }
    }
    Ok(document)
}

/// The parent of a place, and the last part of its pointer.
fn parent<'a>(document: &'a mut Value, path: &str) -> Result<(&'a mut Value, String)> {
    let (before, last) = path.rsplit_once('/').context("a pointer begins with a slash")?;
    let parent = document.pointer_mut(before).with_context(|| format!("nothing at {before}"))?;
    Ok((parent, last.replace("~1", "/").replace("~0", "~")))
}

fn add(document: &mut Value, path: &str, value: Value) -> Result<()> {
    if path.is_empty() {
        *document = value;
        return Ok(());
    }
    match parent(document, path)? {
        (Value::Object(members), name) => drop(members.insert(name, value)),
        (Value::Array(items), index) => {
            let index = if index == "-" { items.len() } else { index.parse()? };
            ensure!(index <= items.len(), "{path} is beyond the end");
            items.insert(index, value);
        }
        _ => bail!("{path} is in no object or array"),
    }
    Ok(())
}

fn remove(document: &mut Value, path: &str) -> Result<Value> {
    match parent(document, path)? {
        (Value::Object(members), name) => members.remove(&name),
        (Value::Array(items), index) => {
            let index: usize = index.parse()?;
            (index < items.len()).then(|| items.remove(index))
        }
        _ => None,
    }
    .with_context(|| format!("nothing at {path}"))
}
