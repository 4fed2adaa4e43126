//! The arrows between rooms, and what the core may not know. Arrows point at what may be used;
//! nothing points back. Tests may use more.

use super::{
    Finding,
    rust::{Source, UsedPath, test_files},
    tree::{Tree, folder},
};

/// The core's rooms, and the rooms that each may use besides itself.
const ROOMS: [(&str, &[&str]); 8] = [
    ("repo", &["access", "document", "engine", "map", "media", "model", "schema"]),
    ("document", &["model", "schema"]),
    ("map", &["engine", "model"]),
    ("schema", &["media", "model"]),
    ("engine", &["model"]),
    ("media", &[]),
    ("access", &["model"]),
    ("model", &[]),
];

/// Prefixes of paths that the core may not use, and what it should use instead.
const UNKNOWN_TO_THE_CORE: [(&[&str], &str); 11] = [
    (&["std", "env"], "take it as an argument: the core knows no environment"),
    (&["std", "time", "SystemTime"], "take the time as an argument: the core has no clock"),
    (&["SystemTime"], "take the time as an argument: the core has no clock"),
    (&["Instant", "now"], "take the time as an argument: the core has no clock"),
    (&["Zoned", "now"], "take the time as an argument: the core has no clock"),
    (&["Timestamp", "now"], "take the time as an argument: the core has no clock"),
    (&["TimeZone", "system"], "take the zone as an argument: the core knows no environment"),
    (&["axum"], "leave HTTP to cms-api"),
    (&["hyper"], "leave HTTP to cms-api"),
    (&["tokio"], "block: the core is synchronous, and cms-api gives it threads"),
    (&["getrandom"], "take randomness as an argument"),
];

/// Crates that a crate may not depend on, except in tests.
const UNKNOWN_CRATES: [(&str, &[&str]); 2] = [
    (
        "cms-core",
        &[
            "axum",
            "tokio",
            "hyper",
            "getrandom",
            "rand",
            "rquickjs",
            "cms-api",
            "cms-bench",
            "cms-perseus",
        ],
    ),
    // It knows JSON and Perseus: no content management, no HTTP.
    ("cms-perseus", &["axum", "tokio", "hyper", "cms-api", "cms-bench", "cms-core"]),
];

/// What the pages may import from outside their folder: the API's description, and what the engine and the player must
/// do in the same way: how formulas are set, how cards lie at first, what an old answer area becomes.
const OPEN_TO_PAGES: [&str; 4] = [
    "openapi.json",
    "cms-perseus/bundle/formulas.js",
    "cms-perseus/bundle/opening.js",
    "cms-perseus/bundle/answer-area.js",
];

const CORE: &str = "cms-core/src/";
/// The files (and their folders) where the core touches the file system: the real disk, and what manages sled's own
/// directory, which does not go through the disk trait.
const TOUCH_FILES: [&str; 2] =
    ["cms-core/src/engine/local/disk", "cms-core/src/engine/local/cells"];

const SERVER: &str = "cms-api/src/";
/// The only file of the server that names `Cache-Control`: an answer that a cache keeps by mistake can't be taken back.
const TELLS_CACHES: &str = "cms-api/src/problem/caching.rs";

/// The only file of the server that names the headers which say what browsers may do.
const TELLS_BROWSERS: &str = "cms-api/src/edge/guard.rs";
/// These headers, and how else they are named.
const BROWSERS_HEADERS: [&str; 4] = [
    "CONTENT_SECURITY_POLICY",
    "STRICT_TRANSPORT_SECURITY",
    "X_CONTENT_TYPE_OPTIONS",
    "X_FRAME_OPTIONS",
];
/// The files (and their folders) of the server that connect to something: what fetches, and the command line.
const CONNECT: [&str; 3] =
    ["cms-api/src/ground/fetching", "cms-api/src/cli/client", "cms-api/src/serve/listen.rs"];

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let tests = test_files(tree);
    for (path, text) in tree.texts(".rs") {
        if !(path.starts_with(CORE) || path.starts_with(SERVER)) || tests.contains(path) {
            continue;
        }
        let source = Source::new(text);
        let test_lines = source.test_lines();
        let module = module_path(path);
        for used in source.paths().iter().filter(|used| !test_lines.contains(&used.line)) {
            if path.starts_with(SERVER) {
                check_caching(path, used, findings);
                check_browsers(path, used, findings);
                check_connecting(path, used, findings);
                continue;
            }
            check_arrow(path, &module, used, findings);
            check_knowledge(path, used, findings);
        }
    }
    check_manifest(tree, findings);
    check_admin_ui(tree, findings);
}

/// `cms-core/src/engine/cell.rs` is `engine::cell`; the crate's root is empty.
fn module_path(path: &str) -> Vec<&str> {
    let inner = path.trim_start_matches(CORE).trim_end_matches(".rs");
    if inner == "lib" { Vec::new() } else { inner.split('/').collect() }
}

fn check_arrow(path: &str, module: &[&str], used: &UsedPath, findings: &mut Vec<Finding>) {
    let Some(&room) = module.first() else { return };
    let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        findings.push(Finding::at(
            path,
            1,
            format!(
                "give the room `{room}` its arrows in xtask/src/tidy/arrows.rs and ARCHITECTURE.md"
            ),
        ));
        return;
    };
    let Some(target) = room_of(module, used) else { return };
    if target == room || allowed.contains(&target) || !ROOMS.iter().any(|(name, _)| *name == target)
    {
        return;
    }
    let may = if allowed.is_empty() { "no other room".to_owned() } else { allowed.join(", ") };
    findings.push(Finding::at(
        path,
        used.line,
        format!("don't use `{}` here: `{room}` may use {may}", used.parts.join("::")),
    ));
}

/// The room that a path leads to, if it starts at the crate or climbs to it.
fn room_of<'a>(module: &[&'a str], used: &'a UsedPath) -> Option<&'a str> {
    let part = |at: usize| used.parts.get(at).map(String::as_str);
    match part(0)? {
        "crate" => part(1),
        "super" => {
            let climbs = used.parts.iter().take_while(|part| *part == "super").count();
            match module.len().checked_sub(climbs)? {
                0 => part(climbs),
                _ => module.first().copied(),
            }
        }
        _ => None,
    }
}

fn check_knowledge(path: &str, used: &UsedPath, findings: &mut Vec<Finding>) {
    let begins = |with: &[&str]| used.parts.iter().zip(with).filter(|(a, b)| a == *b).count();
    for (with, instead) in UNKNOWN_TO_THE_CORE {
        // A type may be named by its path or, once imported, by its last part.
        let ends = with.len() == 2 && used.parts.windows(2).any(|pair| pair == with);
        if begins(with) == with.len() || (ends && with[0] != "std") {
            let what = used.parts.join("::");
            findings.push(Finding::at(path, used.line, format!("don't use `{what}`: {instead}")));
            return;
        }
    }
    if begins(&["std", "fs"]) == 2 && !TOUCH_FILES.iter().any(|file| path.starts_with(file)) {
        let what =
            "go through `Disk`: only local/disk.rs, and local/cells.rs for sled, touch files";
        findings.push(Finding::at(path, used.line, what.to_owned()));
    }
}

fn check_caching(path: &str, used: &UsedPath, findings: &mut Vec<Finding>) {
    if used.parts.iter().any(|part| part == "CACHE_CONTROL") && path != TELLS_CACHES {
        let what = format!("use `Caching`: only {TELLS_CACHES} names `Cache-Control`");
        findings.push(Finding::at(path, used.line, what));
    }
}

fn check_browsers(path: &str, used: &UsedPath, findings: &mut Vec<Finding>) {
    let named = used.parts.iter().find(|part| BROWSERS_HEADERS.contains(&part.as_str()));
    if let Some(named) = named.filter(|_| path != TELLS_BROWSERS) {
        let what = format!("say what the answer is: only {TELLS_BROWSERS} names `{named}`");
        findings.push(Finding::at(path, used.line, what));
    }
}

/// An address that a person named may lead inside: only what judges addresses connects to them.
fn check_connecting(path: &str, used: &UsedPath, findings: &mut Vec<Finding>) {
    let connects = used.parts.windows(2).any(|pair| {
        matches!(&*pair[0], "TcpStream" | "UnixStream") && pair[1].starts_with("connect")
            || pair[0] == "ureq"
    });
    let resolves = used.parts.iter().any(|part| part == "lookup_host");
    if (connects || resolves) && !CONNECT.iter().any(|may| path.starts_with(may)) {
        let what = format!("fetch with `Fetcher`: only {} connects to anything", CONNECT[0]);
        findings.push(Finding::at(path, used.line, what));
    }
}

fn check_manifest(tree: &Tree, findings: &mut Vec<Finding>) {
    for (room, unknown) in UNKNOWN_CRATES {
        let path = format!("{room}/Cargo.toml");
        let Some(text) = tree.text(&path) else { continue };
        let without_tests = text.split("[dev-dependencies]").next().unwrap_or_default();
        for (index, line) in without_tests.lines().enumerate() {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
            if unknown.contains(&name) {
                let room = if room == "cms-core" { "the core" } else { room };
                findings.push(Finding::at(&path, index + 1, format!("drop `{name}` from {room}")));
            }
        }
    }
}

/// The admin interface sees what is open to it and nothing else of this repository.
fn check_admin_ui(tree: &Tree, findings: &mut Vec<Finding>) {
    const ROOM: &str = "cms-admin-ui/";
    for path in tree.paths().filter(|path| path.starts_with(ROOM)) {
        if path.ends_with(".rs") || path.ends_with("Cargo.toml") {
            findings.push(Finding::at(path, 1, "move Rust out of cms-admin-ui".to_owned()));
        }
        let is_script = [".js", ".mjs", ".ts", ".tsx"].iter().any(|ending| path.ends_with(ending));
        let Some(text) = tree.text(path).filter(|_| is_script) else { continue };
        for (index, line) in text.lines().enumerate() {
            for target in imported(line) {
                let climbs = target.split('/').take_while(|part| *part == "..").count();
                let depth = folder(path).split('/').count() - 1;
                if climbs > depth && !OPEN_TO_PAGES.iter().any(|open| target.ends_with(open)) {
                    let open = OPEN_TO_PAGES.join(", ");
                    let what = format!("don't import `{target}`: only {open} may be");
                    findings.push(Finding::at(path, index + 1, what));
                }
            }
        }
    }
}

/// What a line of a script imports, by `from "…"`, `import "…"` or `import("…")`.
fn imported(line: &str) -> impl Iterator<Item = &str> {
    ["from ", "import ", "import("].into_iter().filter_map(move |word| {
        let (_, after) = line.split_once(word)?;
        let quote = after.chars().next().filter(|c| "\"'`".contains(*c))?;
        after[1..].split(quote).next()
    })
}
