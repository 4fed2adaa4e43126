//! Documents of the kinds that ship, and edits like people's, each with a unique mark.

use cms_core::{model::key::Kind, schema::KindSchema};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The kinds, with the places where their documents keep keyed elements and the prose of one.
pub(super) const KINDS: [(&str, &str, &str); 2] =
    [("exercise", "items", "/question/content"), ("article", "sections", "/content")];

/// A kind that ships.
pub(super) fn kind(name: &str) -> KindSchema {
    let path = format!("{}/../schemas/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read(path).expect("the schema ships");
    let schema: Value = serde_json::from_slice(&text).expect("it is JSON");
    KindSchema::compile(&name.parse::<Kind>().expect("a kind"), &schema).expect("it compiles")
}

/// One edit; its numbers choose among what is there.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    /// A field that is not prose.
    Field(u8),
    /// A word of the description.
    Word(u16),
    /// A paragraph of the description.
    Paragraph(u16),
    /// A word in an element's prose.
    ElementWord(u8, u16),
    /// A formula in an element's prose.
    Formula(u8, u16),
    Insert(u8),
    Delete(u8),
    Move(u8, u8),
    /// A hint, or a widget, of an element.
    Below(u8, u8),
    /// A link of a list.
    Link(u8, u8),
}

pub(super) fn any_edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![
        (0..3_u8).prop_map(Edit::Field),
        any::<u16>().prop_map(Edit::Word),
        any::<u16>().prop_map(Edit::Paragraph),
        (any::<u8>(), any::<u16>()).prop_map(|(at, word)| Edit::ElementWord(at, word)),
        (any::<u8>(), any::<u16>()).prop_map(|(at, word)| Edit::Formula(at, word)),
        any::<u8>().prop_map(Edit::Insert),
        any::<u8>().prop_map(Edit::Delete),
        (any::<u8>(), any::<u8>()).prop_map(|(from, to)| Edit::Move(from, to)),
        (any::<u8>(), 0..4_u8).prop_map(|(at, what)| Edit::Below(at, what)),
        (any::<u8>(), 0..3_u8).prop_map(|(at, what)| Edit::Link(at, what)),
    ];
    proptest::collection::vec(edit, 0..7)
}

/// A document with this many elements.
pub(super) fn base(kind: usize, elements: usize) -> Value {
    let (_, field, _) = KINDS[kind];
    let elements: Vec<Value> =
        (0..elements).map(|number| element(kind, &format!("i{number}"))).collect();
    json!({
        "title": "Add fractions",
        "slug": "add-fractions",
        "description": "What stays the same is the size of the parts, and so $\\frac{1}{4} + \\frac{2}{4}$ is easy.\n\nTry it with a picture first.\n\nThen without one.",
        "grade": "4",
        "related": ["video/a", "video/b", "video/c", "article/d"],
        field: elements,
    })
}

fn element(kind: usize, id: &str) -> Value {
    let text = format!(
        "Look at picture {id} and say how many parts of $\\frac{{3}}{{4}}$ you see.\n\n[[☃ radio 1]]\n\nTake your time."
    );
    let choices =
        [json!({"content": "one", "correct": true}), json!({"content": "two", "correct": false})];
    let widgets =
        json!({"radio 1": {"type": "radio", "graded": true, "options": {"choices": choices}}});
    let body = json!({"content": text, "widgets": widgets, "images": {}});
    if kind == 0 {
        let hint = |text: &str| json!({"content": text, "widgets": {}, "images": {}});
        let hints = [
            hint("Count the parts of the whole picture."),
            hint("Now count those that are coloured in."),
        ];
        json!({"id": id, "question": body, "hints": hints})
    } else {
        let mut section = body;
        section["id"] = id.into();
        section
    }
}

/// What edits did, so that tests can look for it.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Texts that only this edit wrote.
    pub(super) written: Vec<String>,
    /// Ids of elements, and links, that were removed.
    pub(super) removed: Vec<String>,
}

/// The document after one side's edits, and what they did.
pub(super) fn edited(kind: usize, document: &Value, edits: &[Edit], side: char) -> (Value, Marks) {
    let mut document = document.clone();
    let mut marks = Marks::default();
    for (number, edit) in edits.iter().enumerate() {
        apply(kind, &mut document, edit, &format!("{side}mark{number}"), &mut marks);
    }
    // An edit may undo an earlier one.
    let text = document.to_string();
    marks.written.retain(|mark| text.contains(mark.as_str()));
    marks.removed.retain(|id| !text.contains(&format!("\"{id}\"")));
    (document, marks)
}

fn apply(kind: usize, document: &mut Value, edit: &Edit, mark: &str, marks: &mut Marks) {
    let (_, field, prose) = KINDS[kind];
    let elements = document[field].as_array_mut().expect("it has elements");
    let pick = |at: u8, count: usize| (count > 0).then(|| usize::from(at) % count);
    let mut write = true;
    match edit {
        Edit::Field(which) => {
            let name = ["author_notes", "grade", "slug"][usize::from(*which)];
            document[name] = mark.into();
        }
        Edit::Word(word) => replace_word(&mut document["description"], *word, mark),
        Edit::Paragraph(at) => {
            let text = document["description"].as_str().expect("it has a description").to_owned();
            let mut paragraphs: Vec<String> = text.split("\n\n").map(str::to_owned).collect();
            let place = usize::from(*at) % (paragraphs.len() + 1);
            paragraphs.insert(place, format!("A paragraph by {mark} stands here."));
            document["description"] = paragraphs.join("\n\n").into();
        }
        Edit::ElementWord(at, word) => match pick(*at, elements.len()) {
            Some(at) => replace_word(elements[at].pointer_mut(prose).expect("prose"), *word, mark),
            None => write = false,
        },
        Edit::Formula(at, word) => match pick(*at, elements.len()) {
            Some(at) => {
                let formula = format!("${mark} + \\frac{{1}}{{2}}$");
                replace_word(elements[at].pointer_mut(prose).expect("prose"), *word, &formula);
            }
            None => write = false,
        },
        Edit::Insert(at) => {
            let place = usize::from(*at) % (elements.len() + 1);
            elements.insert(place, element(kind, mark));
        }
        Edit::Delete(at) => {
            write = false;
            if let Some(at) = pick(*at, elements.len()) {
                let gone = elements.remove(at);
                marks.removed.push(gone["id"].as_str().expect("an id").to_owned());
            }
        }
        Edit::Move(from, to) => {
            write = false;
            if let (Some(from), Some(to)) = (pick(*from, elements.len()), pick(*to, elements.len()))
            {
                let element = elements.remove(from);
                elements.insert(to, element);
            }
        }
        Edit::Below(at, what) => match pick(*at, elements.len()) {
            Some(at) => below(kind, &mut elements[at], *what, mark),
            None => write = false,
        },
        Edit::Link(at, what) => {
            let links = document["related"].as_array_mut().expect("it has links");
            let mark = format!("video/{mark}");
            write = *what == 0;
            match (what, pick(*at, links.len())) {
                (0, _) => links.insert(usize::from(*at) % (links.len() + 1), mark.into()),
                (1, Some(at)) => {
                    let gone = links.remove(at);
                    marks.removed.push(gone.as_str().expect("a link").to_owned());
                }
                (_, Some(at)) => {
                    let link = links.remove(at);
                    links.push(link);
                }
                _ => {}
            }
        }
    }
    if write {
        marks.written.push(mark.to_owned());
    }
}

fn below(kind: usize, element: &mut Value, what: u8, mark: &str) {
    let body = if kind == 0 { &mut element["question"] } else { element };
    match what {
        0 => body["widgets"]["radio 1"]["options"]["choices"][0]["content"] = mark.into(),
        1 => body["widgets"][format!("expression 1{mark}")] = json!({"type": "expression"}),
        2 => body["images"][format!("image/{mark}")] = json!({"width": 10}),
        _ => body["widgets"]["radio 1"]["alignment"] = mark.into(),
    }
}

/// Puts a word in the place of another.
fn replace_word(text: &mut Value, word: u16, new: &str) {
    let mut words: Vec<&str> = text.as_str().expect("a text").split(' ').collect();
    let at = usize::from(word) % words.len();
    words[at] = new;
    *text = words.join(" ").into();
}
