//! Conflicts, settled one by one so that nothing of either side is lost.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::person::Person;

/// Settles all conflicts of a draft; `path` is the draft's.
pub(super) fn settle(person: &Person, path: &str) -> Result<()> {
    // Each settled conflict may be the last of its entry, so the list is read again after it.
    for _ in 0..500 {
        let conflicts = person.get(&format!("{path}/conflicts"))?;
        if conflicts.code() == "draft-state" {
            return Ok(());
        }
        let conflicts = conflicts.body;
        let entries = conflicts["entries"].as_array().context("a list of entries")?;
        let place = entries.iter().find_map(|entry| Some((entry, entry["conflicts"].get(0)?)));
        let body = match (place, conflicts["catalogue"].get(0)) {
            (Some((entry, place)), _) => chosen(&entry["key"], place),
            (None, Some(around)) if around["reason"]["is"] == "moved-apart" => {
                json!({ "conflict": around["id"], "choice": "both" })
            }
            // The rest is for people: the draft stays open, and lists it.
            _ => return Ok(()),
        };
        let settled = person.post("settle", &format!("{path}/resolve"), &body)?;
        // A member settled it, or a reviewer merged the draft, a moment earlier.
        let is_over = matches!(settled.code(), "conflict-unknown" | "draft-state");
        ensure!(settled.is_done() || is_over, "{path} {body}: {} {}", settled.status, settled.body);
    }
    anyhow::bail!("{path} has conflicts without end")
}

/// A choice that keeps what both sides did.
fn chosen(key: &Value, place: &Value) -> Value {
    let pointer = &place["pointer"];
    let (ours, theirs) = (&place["ours"], &place["theirs"]);
    let value = match (ours, theirs) {
        (Value::String(ours), Value::String(theirs)) => {
            let mut both = ours.clone();
            for word in theirs.split_whitespace() {
                if !ours.split_whitespace().any(|own| own == word) {
                    both.push(' ');
                    both.push_str(word);
                }
            }
            json!(both)
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            let base = place["base"].as_array().map(Vec::as_slice).unwrap_or_default();
            let stays = |row: &&Value| theirs.contains(row) || !base.contains(row);
            let mut both: Vec<&Value> = ours.iter().filter(stays).collect();
            both.extend(theirs.iter().filter(|row| !ours.contains(row) && !base.contains(row)));
            json!(both)
        }
        (Value::Null, _) => return json!({ "key": key, "pointer": pointer, "choice": "theirs" }),
        _ => return json!({ "key": key, "pointer": pointer, "choice": "ours" }),
    };
    json!({ "key": key, "pointer": pointer, "choice": "value", "value": value })
}
