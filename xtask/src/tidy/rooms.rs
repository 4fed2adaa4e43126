//! The modules of a crate as a graph: which uses which, and where arrows form circles.
//!
//! An arrow is a path that leads to the module in which the item is defined: a `pub use` is followed to where its item
//! comes from. Calls of methods are not arrows, because no path names them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Finding,
    rust::{Source, UsedPath, test_files},
    tree::Tree,
};

/// An arrow between two modules, with a place in the code that draws it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrow {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) used: String,
}

/// The modules of one crate, by their paths from the crate's root (`repo::channel::holds`).
#[derive(Debug, Default)]
pub(crate) struct Modules {
    /// The files, by module; the crate's root has an empty name.
    files: BTreeMap<String, Module>,
}

#[derive(Debug, Default)]
struct Module {
    path: String,
    lines_count: usize,
    used: Vec<UsedPath>,
    /// What an imported name stands for: its parts as they were written.
    imports: BTreeMap<String, (Vec<String>, bool)>,
    /// Modules of which all names are imported.
    globs: Vec<(Vec<String>, bool)>,
}

/// How many re-exports are followed for one name.
const HOPS_MAX: usize = 12;

impl Modules {
    /// Reads the modules below a source folder, except tests.
    pub(crate) fn of(tree: &Tree, src: &str) -> Self {
        let tests = test_files(tree);
        let mut modules = Self::default();
        for (path, text) in tree.texts(".rs") {
            let Some(inner) = path.strip_prefix(src).filter(|_| !tests.contains(path)) else {
                continue;
            };
            let name = match inner.trim_end_matches(".rs") {
                "lib" | "main" => String::new(),
                inner => inner.replace('/', "::"),
            };
            let source = Source::new(text);
            let test_lines = source.test_lines();
            let mut module = Module {
                path: path.to_owned(),
                lines_count: text.lines().count(),
                ..Module::default()
            };
            for used in source.paths() {
                if test_lines.contains(&used.line) {
                    continue;
                }
                if let Some(import) = &used.import {
                    let parts = used.parts.clone();
                    match import.name.as_str() {
                        "*" => module.globs.push((parts, import.is_public)),
                        name => {
                            drop(module.imports.insert(name.to_owned(), (parts, import.is_public)))
                        }
                    }
                }
                module.used.push(used);
            }
            modules.files.insert(name, module);
        }
        modules
    }

    /// Every arrow from one file to another.
    pub(crate) fn arrows(&self) -> Vec<Arrow> {
        let mut arrows = Vec::new();
        for (name, module) in &self.files {
            for used in &module.used {
                // What a module re-exports is used by the module that imports it from there.
                if used.import.as_ref().is_some_and(|import| import.is_public) {
                    continue;
                }
                let Some(to) = self.resolve(name, &used.parts, true, HOPS_MAX) else { continue };
                if to != *name {
                    arrows.push(Arrow {
                        from: name.clone(),
                        to,
                        path: module.path.clone(),
                        line: used.line,
                        used: used.parts.join("::"),
                    });
                }
            }
        }
        arrows
    }

    /// How many lines the modules below a name have.
    pub(crate) fn lines_below(&self, room: &str) -> usize {
        let below = format!("{room}::");
        let own = self.files.iter().filter(|(name, _)| *name == room || name.starts_with(&below));
        own.map(|(_, module)| module.lines_count).sum()
    }

    /// The modules directly below one.
    pub(crate) fn children(&self, of: &str) -> BTreeSet<String> {
        let prefix = if of.is_empty() { String::new() } else { format!("{of}::") };
        let below = self.files.keys().filter_map(|name| name.strip_prefix(prefix.as_str()));
        let firsts =
            below.filter_map(|rest| rest.split("::").next()).filter(|name| !name.is_empty());
        firsts.map(str::to_owned).collect()
    }

    /// The module that defines what a path names; none outside of the crate.
    fn resolve(&self, at: &str, parts: &[String], is_own: bool, hops: usize) -> Option<String> {
        let hops = hops.checked_sub(1)?;
        let mut module = at.to_owned();
        let mut rest = parts;
        match rest.first()?.as_str() {
            "crate" => {
                module = String::new();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    module = parent(&module)?.to_owned();
                    rest = &rest[1..];
                }
            }
            first if self.files.contains_key(&join(&module, first)) => {}
            first => {
                // The name was imported; what it stands for is resolved from scratch.
                let (stands_for, is_public) = self.files.get(&module)?.imports.get(first)?;
                if !(is_own || *is_public) || stands_for.first().is_some_and(|it| it == first) {
                    return None;
                }
                let whole = [stands_for.as_slice(), &rest[1..]].concat();
                return self.resolve(&module, &whole, true, hops);
            }
        }
        self.walk(module, rest, hops)
    }

    /// Goes down from a module, by its children and by its re-exports.
    fn walk(&self, mut module: String, mut rest: &[String], hops: usize) -> Option<String> {
        while let Some(part) = rest.first() {
            let below = join(&module, part);
            if self.files.contains_key(&below) {
                module = below;
                rest = &rest[1..];
                continue;
            }
            let found = self.files.get(&module)?;
            if let Some((stands_for, _)) =
                found.imports.get(part).filter(|(_, is_public)| *is_public)
            {
                let whole = [stands_for.as_slice(), &rest[1..]].concat();
                return self.resolve(&module, &whole, true, hops).or(Some(module));
            }
            break;
        }
        Some(module)
    }
}

fn join(module: &str, part: &str) -> String {
    if module.is_empty() { part.to_owned() } else { format!("{module}::{part}") }
}

fn parent(module: &str) -> Option<&str> {
    match module {
        "" => None,
        module => Some(module.rsplit_once("::").map_or("", |(above, _)| above)),
    }
}

/// The circles of a graph: sets of two or more names that all lead to each other.
pub(crate) fn circles(arrows: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let reached = |from: &str| {
        let mut seen = BTreeSet::new();
        let mut queue = vec![from.to_owned()];
        while let Some(next) = queue.pop() {
            for to in arrows.get(&next).into_iter().flatten() {
                if seen.insert(to.clone()) {
                    queue.push(to.clone());
                }
            }
        }
        seen
    };
    let reach: BTreeMap<&String, BTreeSet<String>> =
        arrows.keys().map(|from| (from, reached(from))).collect();
    let mut told = BTreeSet::new();
    let mut circles = Vec::new();
    for (from, reached) in &reach {
        let leads_back = |to: &&String| {
            *to != *from && reach.get(to).is_some_and(|back| back.contains(from.as_str()))
        };
        let mut circle: Vec<String> = reached.iter().filter(leads_back).cloned().collect();
        if circle.is_empty() || !told.insert((*from).clone()) {
            continue;
        }
        told.extend(circle.iter().cloned());
        circle.push((*from).clone());
        circle.sort();
        circles.push(circle);
    }
    circles
}

/// The one of some rooms that a module lies in: the one with the longest name.
pub(crate) fn room_of<'r>(rooms: &'r BTreeSet<String>, module: &str) -> Option<&'r String> {
    let is_in = |room: &&String| {
        module == room.as_str()
            || module.strip_prefix(room.as_str()).is_some_and(|rest| rest.starts_with("::"))
    };
    rooms.iter().filter(is_in).max_by_key(|room| room.len())
}

/// The arrows between rooms, each with the arrows between files that it consists of.
pub(crate) fn between<'a>(
    rooms: &BTreeSet<String>,
    arrows: &'a [Arrow],
) -> BTreeMap<(String, String), Vec<&'a Arrow>> {
    let mut found: BTreeMap<(String, String), Vec<&Arrow>> = BTreeMap::new();
    for arrow in arrows {
        let (Some(from), Some(to)) = (room_of(rooms, &arrow.from), room_of(rooms, &arrow.to))
        else {
            continue;
        };
        if from != to {
            found.entry((from.clone(), to.clone())).or_default().push(arrow);
        }
    }
    found
}

/// The floors of a crate, or of one of its rooms: each room may use those after it, so that no arrow leads back.
struct House {
    src: &'static str,
    within: &'static str,
    floors: &'static [&'static str],
}

const HOUSES: [House; 2] = [CORE, API];

const CORE: House = House {
    src: "cms-core/src/",
    within: "repo",
    floors: &[
        // What is told of all that lies below to somebody who sees only a part.
        "seen",
        // Questions from outside, each of which uses what lies below.
        "handover",
        "verify",
        "audit",
        "schedule",
        "takedown",
        "review",
        "publish",
        "deliver",
        "import",
        "export",
        "compare",
        "draft",
        "state",
        "merge",
        "history",
        "open",
        "people",
        // What a branch, a channel and a snapshot are made of.
        "commit",
        "channel",
        "delivered",
        "access",
        "branch",
        "content",
        "record",
        "ground",
    ],
};

const API: House = House {
    src: "cms-api/src/",
    within: "",
    floors: &[
        // Who asks: a person at a command line, and programs at a socket.
        "cli",
        "serve",
        "background",
        // What is answered over HTTP, address by address.
        "router",
        "openapi",
        "shared",
        "pages",
        "delivery",
        "authoring",
        // What every handler is given.
        "app",
        "edge",
        "signing",
        // What is asked and answered, however it comes.
        "verbs",
        "views",
        "jobs",
        "store",
        "process",
        "ground",
        "problem",
    ],
};

/// Finds arrows that lead back up, and rooms that have no floor.
pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    for House { src, within, floors } in HOUSES {
        let modules = Modules::of(tree, src);
        let arrows = modules.arrows();
        let rooms: BTreeSet<String> =
            modules.children(within).iter().map(|child| join(within, child)).collect();
        let floor = |room: &str| floors.iter().position(|name| *name == short(room, within));
        for room in rooms.iter().filter(|room| floor(room).is_none()) {
            let path = format!("{src}{}.rs", room.replace("::", "/"));
            let what = format!("give the room `{room}` its floor in xtask/src/tidy/rooms.rs");
            findings.push(Finding::at(&path, 1, what));
        }
        findings.extend(file_circles(&rooms, &arrows, within));
        for ((from, to), arrows) in between(&rooms, &arrows) {
            let (Some(upper), Some(lower)) = (floor(&from), floor(&to)) else { continue };
            for arrow in arrows.iter().filter(|_| upper > lower) {
                let (from, to) = (short(&from, within), short(&to, within));
                let what = format!("don't use `{}` here: `{from}` is below `{to}`", arrow.used);
                findings.push(Finding::at(&arrow.path, arrow.line, what));
            }
        }
    }
}

/// The files of some rooms that lead to each other, told at an arrow of each circle.
fn file_circles(rooms: &BTreeSet<String>, arrows: &[Arrow], within: &str) -> Vec<Finding> {
    let is_inside = |arrow: &&Arrow| {
        room_of(rooms, &arrow.from).is_some() && room_of(rooms, &arrow.to).is_some()
    };
    let inner: Vec<&Arrow> = arrows.iter().filter(is_inside).collect();
    let pairs = inner.iter().map(|arrow| (arrow.from.clone(), arrow.to.clone()));
    let told = |circle: Vec<String>| {
        let is_of = |arrow: &&&Arrow| circle.contains(&arrow.from) && circle.contains(&arrow.to);
        let arrow = inner.iter().find(is_of)?;
        let names: Vec<_> = circle.iter().map(|name| short(name, within)).collect();
        let what = format!("these files lead to each other: {}", names.join(", "));
        Some(Finding::at(&arrow.path, arrow.line, what))
    };
    circles(&graph(pairs)).into_iter().filter_map(told).collect()
}

/// The crates whose rooms are printed, and the module in each whose children are rooms of their own.
const PRINTED: [(&str, &str); 3] =
    [("cms-core/src/", ""), ("cms-core/src/", "repo"), ("cms-api/src/", "")];

/// Prints rooms, arrows and circles.
pub(crate) fn print(tree: &Tree) {
    for (src, within) in PRINTED {
        let modules = Modules::of(tree, src);
        let arrows = modules.arrows();
        let rooms: BTreeSet<String> =
            modules.children(within).iter().map(|child| join(within, child)).collect();
        let found = between(&rooms, &arrows);
        println!("{src}{}", within.replace("::", "/"));
        for room in &rooms {
            let to = found.iter().filter(|((from, _), _)| from == room);
            let to: Vec<_> = to
                .map(|((_, to), arrows)| format!("{} {}", short(to, within), arrows.len()))
                .collect();
            println!(
                "  {:<14} {:>6} lines → {}",
                short(room, within),
                modules.lines_below(room),
                to.join(", ")
            );
        }
        print_circles("rooms", &graph(found.keys().cloned()), within);
        let inner = arrows.iter().filter(|arrow| {
            room_of(&rooms, &arrow.from).is_some() && room_of(&rooms, &arrow.to).is_some()
        });
        print_circles(
            "files",
            &graph(inner.map(|arrow| (arrow.from.clone(), arrow.to.clone()))),
            within,
        );
        println!();
    }
}

/// Prints the places where one room uses another.
pub(crate) fn print_why(tree: &Tree, from: &str, to: &str) {
    let rooms = BTreeSet::from([from.to_owned(), to.to_owned()]);
    for src in BTreeSet::from(PRINTED.map(|(src, _)| src)) {
        let arrows = Modules::of(tree, src).arrows();
        for arrow in
            between(&rooms, &arrows).remove(&(from.to_owned(), to.to_owned())).into_iter().flatten()
        {
            println!("{}:{}: `{}` is of {}", arrow.path, arrow.line, arrow.used, arrow.to);
        }
    }
}

fn graph(pairs: impl Iterator<Item = (String, String)>) -> BTreeMap<String, BTreeSet<String>> {
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, to) in pairs {
        graph.entry(from).or_default().insert(to);
    }
    graph
}

fn print_circles(of: &str, graph: &BTreeMap<String, BTreeSet<String>>, within: &str) {
    let circles = circles(graph);
    println!("  circles of {of}: {}", if circles.is_empty() { "none" } else { "" });
    for circle in circles {
        let names: Vec<_> = circle.iter().map(|name| short(name, within)).collect();
        println!("    {} {of}: {}", names.len(), names.join(" "));
    }
}

fn short<'n>(name: &'n str, within: &str) -> &'n str {
    name.strip_prefix(within).map_or(name, |rest| rest.trim_start_matches("::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_up_and_a_room_without_a_floor_are_found_in_either_house() {
        let tree = Tree::of(&[
            ("cms-api/src/cli.rs", "//! D.\nuse crate::problem::Problem;"),
            ("cms-api/src/problem.rs", "//! D.\nuse crate::cli::Line;\npub struct Problem;"),
            ("cms-api/src/attic.rs", "//! D."),
            ("cms-core/src/repo.rs", "//! D."),
            ("cms-core/src/repo/draft.rs", "//! D.\nuse crate::repo::publish::Plan;"),
            ("cms-core/src/repo/publish.rs", "//! D.\npub struct Plan;"),
        ]);
        let mut findings = Vec::new();
        check(&tree, &mut findings);
        let mut said: Vec<_> = findings.iter().map(ToString::to_string).collect();
        said.sort();
        assert_eq!(
            said,
            [
                "cms-api/src/attic.rs:1: give the room `attic` its floor in xtask/src/tidy/rooms.rs",
                "cms-api/src/cli.rs:2: these files lead to each other: cli, problem",
                "cms-api/src/problem.rs:2: don't use `crate::cli::Line` here: `problem` is below `cli`",
                "cms-core/src/repo/draft.rs:2: don't use `crate::repo::publish::Plan` here: `draft` is below `publish`",
            ]
        );
    }

    #[test]
    fn an_arrow_leads_to_where_an_item_is_defined_and_circles_are_found() {
        let tree = Tree::of(&[
            ("c/src/lib.rs", "//! D.\npub mod a;\npub mod b;\nmod c;"),
            (
                "c/src/a.rs",
                "//! D.\nmod inner;\npub use inner::Thing;\nuse super::b;\nfn f() { b::g(); }",
            ),
            ("c/src/a/inner.rs", "//! D.\npub struct Thing;"),
            ("c/src/b.rs", "//! D.\nuse crate::a::{self, Thing as It};\nfn g() -> It { a::Thing }"),
            (
                "c/src/c.rs",
                "//! D.\n#[cfg(test)]\nmod tests {\n    use crate::a::Thing;\n}\nuse std::fmt;",
            ),
        ]);
        let modules = Modules::of(&tree, "c/src/");
        let arrows = modules.arrows();
        let told: BTreeSet<_> =
            arrows.iter().map(|it| (it.from.as_str(), it.to.as_str())).collect();
        assert_eq!(told, BTreeSet::from([("a", "b"), ("b", "a"), ("b", "a::inner")]));
        let rooms = modules.children("");
        let found = between(&rooms, &arrows);
        assert_eq!(circles(&graph(found.keys().cloned())), [["a", "b"]]);
    }

    #[test]
    fn files_of_the_core_that_lead_to_each_other_are_found() {
        let tree = Tree::of(&[
            ("cms-core/src/lib.rs", "//! D.\nmod repo;"),
            ("cms-core/src/repo.rs", "//! D.\nmod ground;"),
            ("cms-core/src/repo/ground.rs", "//! D.\nmod a;\nmod b;\nuse a::A;"),
            ("cms-core/src/repo/ground/a.rs", "//! D.\nuse super::b::B;\npub struct A(B);"),
            ("cms-core/src/repo/ground/b.rs", "//! D.\npub struct B;\nfn f(a: super::a::A) {}"),
        ]);
        let mut findings = Vec::new();
        check(&tree, &mut findings);
        let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(
            told[0].contains("these files lead to each other: ground::a, ground::b"),
            "{told:?}"
        );
        assert_eq!(told.len(), 1, "{told:?}");
    }
}
