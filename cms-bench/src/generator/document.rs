//! The documents of entries and of their translations.

use serde_json::{Map, Value, json};

use super::{
    Content, Edit, Kind, LOCALES,
    prose::{Draws, text, title},
};

/// The document of an entry.
pub(super) fn of(content: &Content, entry: u32, edit: Edit) -> Value {
    let seed = content.shape().seed;
    let kind = content.graph().kind(entry);
    let mut draws = Draws::of(seed, &[5, u64::from(entry)]);
    let size_bytes = 2_050 + draws.below(900);
    let name = title(&mut draws);
    let slug = format!("{}-{entry:x}", name.to_lowercase().replace(' ', "-"));
    let mut description = text(&mut draws, 120);
    match edit {
        Edit::None => {}
        Edit::Text(number) | Edit::Link(number) => {
            let mut other = Draws::of(seed, &[6, u64::from(entry), number]);
            description = text(&mut other, 120);
        }
    }
    let mut fields = Map::new();
    fields.insert("title".into(), name.into());
    fields.insert("slug".into(), slug.into());
    fields.insert("licence".into(), "CC-BY-NC-SA-3.0".into());
    fields.insert("attribution".into(), json!({"author": "The generator"}));
    match kind {
        Kind::Exercise => {
            fields.insert("items".into(), items(&mut draws, size_bytes - 500));
            fields.insert("prerequisites".into(), prerequisites(content, entry, edit));
            fields.insert("grade".into(), json!(format!("{}", 1 + entry % 8)));
            fields.insert("mastery".into(), json!({"rule": "of_last", "correct": 7, "of": 10}));
        }
        Kind::Video => {
            fields.insert("youtube_id".into(), json!(format!("{:011x}", draws.next() >> 20)));
            fields.insert("duration_s".into(), json!(60 + draws.below(900)));
            fields.insert("transcript".into(), text(&mut draws, size_bytes - 420).into());
        }
        Kind::Article => {
            let size = (size_bytes - 480) / 3;
            let section = |id: &str, draws: &mut Draws| json!({"id": id, "content": text(draws, size), "widgets": {}, "images": {}});
            let sections = ["s1", "s2", "s3"].map(|id| section(id, &mut draws));
            fields.insert("sections".into(), json!(sections));
        }
        Kind::Topic | Kind::Course | Kind::Unit | Kind::Lesson => {
            let children = content.graph().children(entry);
            let keys: Vec<_> = children.iter().map(|child| content.key(*child)).collect();
            let rest = size_bytes.saturating_sub(400 + 28 * children.len());
            description.push_str("\n\n");
            description.push_str(&text(&mut draws, rest));
            fields.insert("children".into(), json!(keys));
        }
    }
    fields.insert("description".into(), description.into());
    Value::Object(fields)
}

/// Earlier exercises nearby; prerequisites always have lower numbers, which keeps them acyclic.
fn prerequisites(content: &Content, entry: u32, edit: Edit) -> Value {
    let number = if let Edit::Link(number) = edit { number + 1 } else { 0 };
    let mut draws = Draws::of(content.shape().seed, &[7, u64::from(entry), number]);
    let wanted = if number == 0 { draws.below(3) } else { 1 };
    let first = content.graph().leaves().start;
    let start = entry.saturating_sub(1 + draws.below(40) as u32);
    let earlier = (first..=start.max(first)).rev().filter(|other| *other < entry);
    let exercises = earlier.filter(|other| content.graph().kind(*other) == Kind::Exercise);
    json!(exercises.take(wanted).map(|other| content.key(other)).collect::<Vec<_>>())
}

/// One to three questions with their choices and hints.
fn items(draws: &mut Draws, size_bytes: usize) -> Value {
    let count = 1 + draws.below(3);
    // The size of an item without its words.
    let words_bytes = (size_bytes / count).saturating_sub(560);
    let items: Vec<_> = (1..=count).map(|number| item(draws, number, words_bytes)).collect();
    Value::Array(items)
}

fn item(draws: &mut Draws, number: usize, words_bytes: usize) -> Value {
    let part = |draws: &mut Draws, percent: usize| text(draws, words_bytes * percent / 100);
    let (above, below) = (1 + draws.below(9), 2 + draws.below(9));
    let right = draws.below(4);
    let choices: Vec<_> = (0..4)
        .map(|at| {
            let formula = format!("$\\dfrac{{{}}}{{{below}}}$ {}", above + at, part(draws, 4));
            json!({"content": formula, "correct": at == right})
        })
        .collect();
    let hints: Vec<_> = [14, 18, 16]
        .map(|percent| json!({"content": part(draws, percent), "images": {}, "widgets": {}}))
        .into();
    let question = format!("{}\n\n[[☃ radio 1]]", part(draws, 36));
    json!({
        "id": format!("i{number}"),
        "question": {
            "content": question,
            "images": {},
            "widgets": {"radio 1": {
                "type": "radio",
                "graded": true,
                "options": {"choices": choices, "randomize": true},
                "version": {"major": 1, "minor": 0},
            }},
        },
        "hints": hints,
        "answerArea": {"calculator": false},
    })
}

/// The translation of an entry: every word of it for exercises and articles, only the frame's for others.
pub(super) fn translated(content: &Content, entry: u32, locale: usize) -> Value {
    let source = of(content, entry, Edit::None);
    let mut draws = Draws::of(content.shape().seed, &[8, u64::from(entry), locale as u64]);
    // With the tag before it, no text can equal the source's by chance.
    let tag = LOCALES[locale].0;
    let mut again =
        |source: &Value| Value::String(format!("{tag} {}", text(&mut draws, words(source).len())));
    let mut fields = Map::new();
    fields.insert("title".into(), again(&source["title"]));
    fields.insert("description".into(), text_of_frame(&mut again));
    for (name, content_of) in [("sections", section_words as OfElement), ("items", item_words)] {
        if let Some(elements) = source[name].as_array() {
            let elements: Vec<_> =
                elements.iter().map(|element| content_of(element, &mut again)).collect();
            fields.insert(name.into(), Value::Array(elements));
        }
    }
    Value::Object(fields)
}

type Again<'a> = dyn FnMut(&Value) -> Value + 'a;
type OfElement = fn(&Value, &mut Again<'_>) -> Value;

fn words(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A description's first sentences.
fn text_of_frame(again: &mut Again<'_>) -> Value {
    again(&Value::String("x".repeat(120)))
}

fn section_words(section: &Value, again: &mut Again<'_>) -> Value {
    json!({"id": section["id"], "content": again(&section["content"])})
}

fn item_words(item: &Value, again: &mut Again<'_>) -> Value {
    let question = words(&again(&item["question"]["content"])).to_owned() + "\n\n[[☃ radio 1]]";
    let elements = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let choices: Vec<_> = elements(&item["question"]["widgets"]["radio 1"]["options"]["choices"])
        .iter()
        .map(|choice| json!({"content": again(&choice["content"])}))
        .collect();
    let hints: Vec<_> = elements(&item["hints"])
        .iter()
        .map(|hint| json!({"content": again(&hint["content"])}))
        .collect();
    json!({
        "id": item["id"],
        "question": {
            "content": question,
            "widgets": {"radio 1": {"options": {"choices": choices}}},
        },
        "hints": hints,
    })
}

/// The entry of a locale.
pub(super) fn locale(tag: &str, name: &str, english_name: &str) -> Value {
    let direction = if tag == "ar" { "rtl" } else { "ltr" };
    let mut fields = json!({
        "name": name,
        "english_name": english_name,
        "direction": direction,
        "policy": {"untranslated": "last-whole"},
    });
    if tag != tag.to_lowercase() {
        fields["tag"] = tag.into();
    }
    fields
}
