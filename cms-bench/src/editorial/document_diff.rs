//! Row `document_diff`: the difference of two revisions of one document, by its kind.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use anyhow::{Context, Result, ensure};
use cms_core::{
    document::{Shape, diff},
    schema::KindSchema,
};
use flate2::read::MultiGzDecoder;
use serde_json::{Value, json};

use crate::{
    Plan,
    figure::{Figure, Rounds, ms, timed},
    store,
};

const DOCUMENT_SIZE_BYTES: usize = 16 << 10;
const PAIRS_COUNT: usize = 1_000;
/// The file of real revisions in a folder of test data.
const HISTORY: &str = "history-exercism.ndjson.gz";

pub(super) fn run(plan: &Plan) -> Result<()> {
    let kind = store::schemas()?
        .into_iter()
        .find(|(kind, _)| kind.as_str() == "exercise")
        .context("no kind “exercise” ships")?;
    let kind = KindSchema::compile(&kind.0, &kind.1)?;
    let pairs = edited_pairs(plan.rounds(PAIRS_COUNT));
    measure(plan, Shape::Kind(&kind), &pairs, "edited exercises of 16 KB")?;
    if let Some(data) = &plan.data {
        let pairs = real_pairs(data)?;
        measure(plan, Shape::Inferred, &pairs, "every real revision of the data's history")?;
    }
    Ok(())
}

fn measure(plan: &Plan, shape: Shape<'_>, pairs: &[[Value; 2]], what: &str) -> Result<()> {
    let mut times_ms = Vec::with_capacity(pairs.len());
    let mut coarse = 0;
    for [before, after] in pairs {
        let (found, time) = timed(|| diff(shape, before, after));
        ensure!(found.apply(before).as_ref() == Ok(after), "a difference does not apply");
        coarse += usize::from(found.is_coarse);
        times_ms.push(ms(time));
    }
    times_ms.sort_by(f64::total_cmp);
    let at = |share: f64| times_ms[((times_ms.len() - 1) as f64 * share) as usize];
    let (p50, p99, max) = (at(0.5), at(0.99), at(1.0));
    let mut figure =
        Figure::new("document_diff", pairs.len() as u32, "ms", &Rounds::of(plan, 1, || Ok(p50))?)
            .against("p50 at most 1 ms, p99 at most 10 ms", Some(p50 <= 1.0 && p99 <= 10.0));
    figure.note = format!("{what}: p99 {p99:.3} ms, max {max:.3} ms, {coarse} coarse");
    figure.print();
    Ok(())
}

/// Exercises of the given size, each with a few edits of the kinds that people make.
fn edited_pairs(count: usize) -> Vec<[Value; 2]> {
    let content = store::content(10_000, 0);
    let exercises: Vec<u32> = content.exercises().collect();
    let mut exercises = exercises.into_iter().cycle();
    let mut draws = Draws(7);
    let pair = |_| {
        let mut document = Value::Null;
        let mut items: Vec<Value> = Vec::new();
        let mut size_bytes = 0;
        while size_bytes < DOCUMENT_SIZE_BYTES {
            let entry = exercises.next().unwrap_or_default();
            document = content.value(entry, cms_bench::generator::Edit::None);
            let more = document["items"].as_array().cloned().unwrap_or_default();
            for mut item in more {
                item["id"] = json!(format!("i{}", items.len() + 1));
                size_bytes += item.to_string().len();
                items.push(item);
            }
        }
        document["items"] = Value::Array(items);
        let mut after = document.clone();
        for _ in 0..1 + draws.below(8) {
            edit(&mut after, &mut draws);
        }
        [document, after]
    };
    (0..count).map(pair).collect()
}

fn edit(document: &mut Value, draws: &mut Draws) {
    let Some(items) = document["items"].as_array_mut().filter(|items| items.len() > 1) else {
        return;
    };
    let at = draws.below(items.len());
    match draws.below(8) {
        0 => drop(items.remove(at)),
        1 => {
            let mut item = items[at].clone();
            item["id"] = json!(format!("n{}", draws.below(1 << 30)));
            items.insert(draws.below(items.len()), item);
        }
        2 => {
            let item = items.remove(at);
            items.insert(draws.below(items.len() + 1), item);
        }
        3 => {
            items[at]["question"]["widgets"]["radio 1"]["options"]["choices"][1]["correct"] =
                json!(true)
        }
        4 => {
            if let Some(hints) = items[at]["hints"].as_array_mut() {
                hints.insert(0, json!({"content": "One more step.", "images": {}, "widgets": {}}));
            }
        }
        _ => {
            let text = items[at]["question"]["content"].as_str().unwrap_or_default();
            let mut words: Vec<&str> = text.split(' ').collect();
            for _ in 0..1 + draws.below(6) {
                let word = draws.below(words.len());
                words[word] = ["another", "", "$x^2$", "parts\n\nof"][draws.below(4)];
            }
            items[at]["question"]["content"] = words.join(" ").into();
        }
    }
}

/// All pairs of consecutive revisions in a file of a real history.
fn real_pairs(data: &Path) -> Result<Vec<[Value; 2]>> {
    let file = data.join(HISTORY);
    let reader = File::open(&file).with_context(|| format!("reading {}", file.display()))?;
    let mut last: BTreeMap<String, Value> = BTreeMap::new();
    let mut pairs = Vec::new();
    for line in BufReader::new(MultiGzDecoder::new(reader)).lines() {
        let mut line: Value = serde_json::from_str(&line?)?;
        let Some(changes) = line["changes"].as_array_mut() else { continue };
        for change in changes {
            let file = change["file"].as_str().unwrap_or_default().to_owned();
            let document = match (change["doc"].take(), change["text"].take()) {
                (Value::Null, Value::Null) => continue,
                (Value::Null, text) => text,
                (document, _) => document,
            };
            if let Some(before) = last.insert(file, document.clone()) {
                pairs.push([before, document]);
            }
        }
    }
    ensure!(!pairs.is_empty(), "{} holds no revisions", file.display());
    Ok(pairs)
}

/// A pinned sequence of numbers.
struct Draws(u64);

impl Draws {
    fn below(&mut self, count: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count
    }
}
