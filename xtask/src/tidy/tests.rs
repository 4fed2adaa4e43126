//! Each rule is broken once, and kept once where it could be misunderstood.

use super::{check, rust::Source, tree::Tree};

/// Checks a tree of one or more files against the findings, one per line.
#[track_caller]
fn check_tree(files: &[(&str, &str)], expected: &[&str]) {
    let understands = |words: &[&str]| words.first() == Some(&"run");
    let found: Vec<_> =
        check(&Tree::of(files), understands).iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

/// Checks one file of code; the opening doc comment is added on its first line.
#[track_caller]
fn check_code(path: &str, code: &str, expected: &[&str]) {
    check_tree(&[(path, &format!("//! Docs.\n{code}"))], expected);
}

#[test]
fn arrows_do_not_point_back() {
    let model = "cms-core/src/model/id.rs";
    let engine = "cms-core/src/engine/cell.rs";
    check_code(
        model,
        "use crate::engine::Cell;",
        &[
            "cms-core/src/model/id.rs:2: don't use `crate::engine::Cell` here: `model` may use no other room",
        ],
    );
    check_code(
        engine,
        "use crate::{\n    map::Node,\n    model::{id::ObjectId, object::Space},\n};",
        &[
            "cms-core/src/engine/cell.rs:3: don't use `crate::map::Node` here: `engine` may use model",
        ],
    );
    check_code(
        engine,
        "fn f() -> crate::repo::Repository { g() }",
        &[
            "cms-core/src/engine/cell.rs:2: don't use `crate::repo::Repository` here: `engine` may use model",
        ],
    );
    check_code(
        engine,
        "use super::super::schema::Kind;",
        &[
            "cms-core/src/engine/cell.rs:2: don't use `super::super::schema::Kind` here: `engine` may use model",
        ],
    );
    check_code(engine, "use super::{error::ReadError, *};\nuse crate::model::id;", &[]);
    check_code(engine, "// See crate::repo::Repository.\nconst S: &str = \"crate::repo::X\";", &[]);
    check_code("cms-core/src/repo.rs", "use crate::{engine, map, model, schema};", &[]);
    check_code(
        "cms-core/src/attic.rs",
        "use crate::model::id;",
        &[
            "cms-core/src/attic.rs:1: give the room `attic` its arrows in xtask/src/tidy/arrows.rs and ARCHITECTURE.md",
        ],
    );
}

#[test]
fn one_file_says_what_caches_keep() {
    check_code(
        "cms-api/src/edge/link.rs",
        "fn f() { g(header::CACHE_CONTROL) }",
        &[
            "cms-api/src/edge/link.rs:2: use `Caching`: only cms-api/src/problem/caching.rs names `Cache-Control`",
        ],
    );
    check_code("cms-api/src/problem/caching.rs", "fn f() { g(header::CACHE_CONTROL) }", &[]);
}

#[test]
fn one_file_says_what_browsers_may_do_and_one_room_fetches() {
    check_code(
        "cms-api/src/pages/home.rs",
        "fn f() { g(header::CONTENT_SECURITY_POLICY) }",
        &[
            "cms-api/src/pages/home.rs:2: say what the answer is: only cms-api/src/edge/guard.rs names `CONTENT_SECURITY_POLICY`",
        ],
    );
    check_code("cms-api/src/edge/guard.rs", "fn f() { g(header::X_FRAME_OPTIONS) }", &[]);
    check_code(
        "cms-api/src/authoring/media.rs",
        "use tokio::net::TcpStream;\nfn f() { TcpStream::connect(a); }",
        &[
            "cms-api/src/authoring/media.rs:3: fetch with `Fetcher`: only cms-api/src/ground/fetching connects to anything",
        ],
    );
    check_code("cms-api/src/ground/fetching/exchange.rs", "fn f() { TcpStream::connect(a); }", &[]);
}

#[test]
fn no_room_of_the_repository_uses_one_above_it() {
    check_tree(
        &[
            ("cms-core/src/repo.rs", "//! Docs.\nmod branch;\nmod content;\npub use branch::Head;"),
            ("cms-core/src/repo/branch.rs", "//! Docs.\npub struct Head;"),
            ("cms-core/src/repo/content.rs", "//! Docs.\nuse crate::repo::Head;"),
        ],
        &[
            "cms-core/src/repo/content.rs:2: don't use `crate::repo::Head` here: `content` is below `branch`",
        ],
    );
    check_tree(
        &[("cms-core/src/repo/attic.rs", "//! Docs.")],
        &[
            "cms-core/src/repo/attic.rs:1: give the room `repo::attic` its floor in xtask/src/tidy/rooms.rs",
        ],
    );
}

#[test]
fn tests_may_use_more() {
    check_code(
        "cms-core/src/model/id.rs",
        "#[cfg(test)]\nmod tests {\n    use crate::engine::Cell;\n}\n",
        &[],
    );
    check_tree(
        &[
            ("cms-core/src/map.rs", "//! Docs.\n#[cfg(any(test, feature = \"x\"))]\npub mod laws;"),
            ("cms-core/src/map/laws.rs", "//! Docs.\nuse crate::repo::Repository;"),
            ("cms-core/src/map/laws/more.rs", "//! Docs.\nuse std::env;"),
        ],
        &[],
    );
    check_code(
        "cms-core/src/map.rs",
        "#[cfg(not(test))]\nuse crate::schema::Kind;",
        &[
            "cms-core/src/map.rs:3: don't use `crate::schema::Kind` here: `map` may use engine, model",
        ],
    );
}

#[test]
fn the_core_knows_no_environment_clock_http_or_files() {
    let path = "cms-core/src/repo/publish.rs";
    for (code, what) in [
        (
            "use std::{env, fmt};",
            "don't use `std::env`: take it as an argument: the core knows no environment",
        ),
        (
            "fn f() { std::time::SystemTime::now(); }",
            "don't use `std::time::SystemTime::now`: take the time as an argument: the core has no clock",
        ),
        (
            "fn f() { Instant::now(); }",
            "don't use `Instant::now`: take the time as an argument: the core has no clock",
        ),
        (
            "fn f() { std::time::Instant::now(); }",
            "don't use `std::time::Instant::now`: take the time as an argument: the core has no clock",
        ),
        ("use axum::Router;", "don't use `axum::Router`: leave HTTP to cms-api"),
        (
            "use std::fs::File;",
            "go through `Disk`: only local/disk.rs, and local/cells.rs for sled, touch files",
        ),
    ] {
        check_code(path, code, &[&format!("{path}:2: {what}")]);
    }
    check_code("cms-core/src/engine/local/disk.rs", "use std::fs::File;", &[]);
    check_code("cms-core/src/engine/local/disk/real.rs", "use std::fs::File;", &[]);
    check_code(path, "use std::time::Duration;", &[]);
    check_tree(
        &[(
            "cms-core/Cargo.toml",
            "[dependencies]\ntokio = \"1\"\n[dev-dependencies]\naxum = \"1\"",
        )],
        &["cms-core/Cargo.toml:2: drop `tokio` from the core"],
    );
}

#[test]
fn perseus_and_the_core_do_not_know_each_other() {
    check_tree(
        &[
            ("cms-core/Cargo.toml", "[dependencies]\ncms-perseus.path = \"../cms-perseus\""),
            ("cms-perseus/Cargo.toml", "[dependencies]\ncms-core = { path = \"../cms-core\" }"),
        ],
        &[
            "cms-core/Cargo.toml:2: drop `cms-perseus` from the core",
            "cms-perseus/Cargo.toml:2: drop `cms-core` from cms-perseus",
        ],
    );
}

#[test]
fn the_admin_interface_stands_alone() {
    check_tree(
        &[
            ("cms-admin-ui/src/lib.rs", "//! Docs."),
            ("cms-admin-ui/src/app.js", "import { a } from \"../../cms-api/src/a.js\";"),
            ("cms-admin-ui/src/api.js", "import api from '../../cms-api/openapi.json';"),
            ("cms-admin-ui/src/ui.js", "import \"../style.js\";"),
        ],
        &[
            "cms-admin-ui/src/app.js:1: don't import `../../cms-api/src/a.js`: only openapi.json, cms-perseus/bundle/formulas.js, cms-perseus/bundle/opening.js, cms-perseus/bundle/answer-area.js may be",
            "cms-admin-ui/src/lib.rs:1: move Rust out of cms-admin-ui",
        ],
    );
}

#[test]
fn files_say_what_they_are() {
    check_tree(
        &[("xtask/src/a.rs", "fn f() {}")],
        &["xtask/src/a.rs:1: begin the file with `//!`: what it is and why it is this way"],
    );
    check_tree(&[("fuzz/targets/a.rs", "#![no_main]\n//! Docs.")], &[]);
    check_code(
        "cms-bench/src/utils.rs",
        "",
        &["cms-bench/src/utils.rs:1: name the file after its concept: `utils` says nothing"],
    );
    check_code(
        "cms-api/src/edge/mod.rs",
        "",
        &["cms-api/src/edge/mod.rs:1: move it to `foo.rs` next to `foo/`"],
    );
}

#[test]
fn nothing_is_left_for_later() {
    let path = "cms-api/tests/it/main.rs";
    check_code(
        path,
        "#[test]\n#[ignore = \"slow\"]\nfn t() {}",
        &["cms-api/tests/it/main.rs:3: run the test or delete it: nobody runs an ignored one"],
    );
    check_code(
        path,
        "fn f() { todo!() } // FIXME: soon",
        &[
            "cms-api/tests/it/main.rs:2: do it now or file an issue: `FIXME` is nobody's task",
            "cms-api/tests/it/main.rs:2: write it, or don't offer it",
        ],
    );
    check_code(path, "const WORDS: [&str; 2] = [\"FIXME\", \"todo!()\"];", &[]);
}

#[test]
fn tests_do_not_sleep() {
    let sleeping = "fn f() { std::thread::sleep(D); }";
    let what = "wait for the event itself: a test that sleeps is slow and still flaky";
    check_code("cms-api/tests/it/a.rs", sleeping, &[&format!("cms-api/tests/it/a.rs:2: {what}")]);
    check_code(
        "cms-bench/src/a.rs",
        "#[cfg(test)]\nmod tests {\n    fn f() { thread::sleep(D); }\n}",
        &[&format!("cms-bench/src/a.rs:4: {what}")],
    );
    check_code("cms-bench/src/a.rs", sleeping, &[]);
}

#[test]
fn sizes_have_limits() {
    let lines = |count| "const A: u8 = 0;\n".repeat(count);
    check_code("cms-bench/src/a.rs", &lines(399), &[]);
    check_code(
        "cms-bench/src/a.rs",
        &lines(400),
        &["cms-bench/src/a.rs:1: advice: 401 lines: look for a second concept"],
    );
    check_code(
        "cms-bench/src/a.rs",
        &lines(600),
        &["cms-bench/src/a.rs:1: split the file: 601 lines without tests are more than 600"],
    );
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}", lines(700));
    check_code("cms-bench/src/a.rs", &tests, &[]);
    let function = |count| format!("fn long() {{\n{}}}\n", "    f();\n".repeat(count));
    check_code("cms-bench/src/a.rs", &function(108), &[]);
    check_code(
        "cms-bench/src/a.rs",
        &function(109),
        &["cms-bench/src/a.rs:2: split `long`: 111 lines are more than 110"],
    );
    let names: Vec<_> = (0..21).map(|n| format!("cms-admin-ui/src/{n}.css")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    check_tree(&files, &["cms-admin-ui/src:1: group the files: 21 in one folder are more than 20"]);
    check_tree(&files[..20], &[]);
}

#[test]
fn decision_records_have_their_shape() {
    let all =
        "## Status\n## Context\n## Decision\n## Alternatives\n## Consequences\n## Kept true by\n";
    check_tree(&[("docs/adr/2026-11-22-map.md", all)], &[]);
    let headings = "give the record the headings Status, Context, Decision, Alternatives, Consequences, Kept true by";
    check_tree(
        &[("docs/adr/map.md", "## Status\n## Context\n")],
        &[
            &format!("docs/adr/map.md:1: {headings}"),
            "docs/adr/map.md:1: name the record YEAR-MONTH-DAY-title.md",
        ],
    );
}

#[test]
fn links_and_paths_lead_somewhere() {
    let guide = "[a](docs/A.md#two-words) [b](docs/B.md) [c](https://x.y) [d](docs/A.md#no)\n\
                 `docs/C.md` and `docs/` and `docs/*.md`\n```\n[e](docs/E.md)\n```\n";
    check_tree(
        &[("README.md", guide), ("docs/A.md", "# Two words\n[up](../README.md)")],
        &[
            "README.md:1: mend the link: docs/A.md has no heading #no",
            "README.md:1: mend the link: there is no docs/B.md",
            "README.md:2: mend the path: there is no docs/C.md",
        ],
    );
}

#[test]
fn told_commands_exist() {
    let guide = "`cargo xtask run [--port N]` `cms log` `cms init` `cms serve` `cms publish` `cms unpublish`\n\
                 ```\ncargo xtask walk --fast # slowly\n```\n";
    check_tree(
        &[
            ("README.md", guide),
            ("cms-api/src/cli/init.rs", "//! Docs."),
            ("cms-api/src/serve.rs", "//! Docs."),
            ("cms-api/src/verbs/log.rs", "//! Docs."),
            ("cms-api/src/verbs/publishing/publish.rs", "//! Docs."),
        ],
        &[
            "README.md:1: `cms unpublish` is not a verb: there is no cms-api/src/verbs/unpublish.rs",
            "README.md:3: `cargo xtask walk --fast` is not a command",
        ],
    );
}

#[test]
fn literals_and_comments_are_not_code() {
    let text = "let a = \"// no\"; // yes\nlet b = r#\"\" fn \"#; let c = '\"'; fn f<'a>() {}\n/* x /* y */ z */ g()";
    let source = Source::new(text);
    let words: Vec<_> = source.code.split_whitespace().collect();
    assert_eq!(words.join(" "), "let a = \" ; let b = \" ; let c = \" ; fn f<'a>() {} g()");
    assert_eq!(source.comments.split_whitespace().collect::<String>(), "//yes/*x/*y*/z*/");
    assert_eq!(source.functions().len(), 1);
}
