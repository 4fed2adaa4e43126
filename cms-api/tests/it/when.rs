//! The page on what to do when something goes wrong: every command on it is run exactly as it is written there.
//!
//! A fence begins with `sh` and the name of a world, which is prepared here. In its lines `/srv/`, `/backup/` and the
//! server's address are replaced by the world's own. A line ends with exit code 0, or with the code that a comment at
//! its end names.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    cli::{Server, cms, exit, filled},
    ending::signal,
    test_app::fixtures,
};

/// What each section says, in this order.
const PARTS: [&str; 4] = ["**Seen**: ", "**Cause**: ", "**Do**: ", "**Lost**: "];

/// Where the commands of one fence are run; it is removed with everything in it.
struct World {
    place: tempfile::TempDir,
    data: PathBuf,
    server: Option<Server>,
}

impl World {
    fn named(name: &str) -> Self {
        let place = filled();
        let data = place.path().join("srv/cms");
        fs::create_dir_all(place.path().join("srv")).unwrap();
        fs::create_dir_all(place.path().join("backup")).unwrap();
        fs::create_dir(&data).unwrap();
        fs::rename(place.path().join("store"), data.join("store")).unwrap();
        let bin = place.path().join("bin");
        fs::create_dir(&bin).unwrap();
        symlink(env!("CARGO_BIN_EXE_cms"), bin.join("cms")).unwrap();
        let course = place.path().join("course/video");
        fs::create_dir_all(&course).unwrap();
        let video = "video/introduction-to-fractions.json";
        fs::copy(fixtures().join(video), place.path().join("course").join(video)).unwrap();
        let lines = cms(&data, &["export"]).stdout;
        fs::write(place.path().join("course.ndjson"), lines).unwrap();
        let mut world = Self { place, data, server: None };
        world.prepare(name);
        world
    }

    fn prepare(&mut self, name: &str) {
        let open = |path: &Path| {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        };
        match name {
            "stopped" => {}
            "served" => self.server = Some(Server::start(&self.data)),
            "frozen" => {
                let server = Server::start(&self.data);
                signal("STOP", server.child.id());
                self.server = Some(server);
            }
            "killed" => Server::start(&self.data).kill(),
            "open-to-others" => {
                open(&self.data);
                open(&self.data.join("store"));
            }
            "damaged" => self.damage("article/equivalent-fractions"),
            "lock-removed" => {
                self.server = Some(Server::start(&self.data));
                fs::remove_file(self.data.join("store/LOCK")).unwrap();
            }
            "unfinished" => {
                let left = self.place.path().join("backup/.cms.unfinished-a1b2c3");
                fs::create_dir_all(left.join("media")).unwrap();
            }
            other => panic!("no world is called {other:?}: add it here"),
        }
    }

    /// Flips a bit in the document of an entry, in the authors' own copy of it.
    fn damage(&self, key: &str) {
        let shown = cms(&self.data, &["--json", "show", key]).stdout;
        let shown: Value = serde_json::from_slice(&shown).unwrap();
        let bytes = cms_core::model::canonical::to_bytes(&shown["document"]);
        let store = self.data.join("store");
        let journal = fs::read_dir(&store).unwrap().map(|entry| entry.unwrap().path());
        let journal = journal.filter(|path| path.to_string_lossy().contains("/journal-"));
        for path in journal {
            let mut content = fs::read(&path).unwrap();
            let at = content.windows(bytes.len()).position(|window| window == bytes);
            let Some(at) = at else { continue };
            content[at + bytes.len() / 2] ^= 1;
            fs::write(path, content).unwrap();
            return;
        }
        panic!("{key} lies in no journal");
    }

    fn run(&self, line: &str) {
        let (command, comment) = line.split_once("# exit ").unwrap_or((line, "0"));
        let expected: i32 = comment.trim().parse().expect("a number after `# exit`");
        let place = self.place.path().display().to_string();
        let mut command = command.replace("/srv/", &format!("{place}/srv/"));
        command = command.replace("/backup/", &format!("{place}/backup/"));
        if self.server.is_some()
            && let Ok(note) = fs::read(self.data.join("server.json"))
        {
            let note: Value = serde_json::from_slice(&note).unwrap();
            command = command.replace("http://127.0.0.1:8080", note["url"].as_str().unwrap());
        }
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("sh")
            .args(["-c", &command])
            .current_dir(self.place.path())
            .env("PATH", format!("{place}/bin:{path}"))
            .env_remove("CMS_SERVER")
            .output()
            .unwrap();
        assert_eq!(exit(&output), expected, "{line}\n{output:?}");
    }
}

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/WHEN.md");
    fs::read_to_string(path).unwrap()
}

/// The fences of the page: the world of each, and its lines.
fn fences(page: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(world) = line.strip_prefix("```") else { continue };
        let world = world.strip_prefix("sh ").expect("a fence here is `sh` and a world");
        let within = lines.by_ref().take_while(|line| *line != "```");
        found.push((world.to_owned(), within.map(str::to_owned).collect()));
    }
    found
}

fn run_those_of(worlds: impl Fn(&str) -> bool) {
    let fences: Vec<_> = fences(&page()).into_iter().filter(|(world, _)| worlds(world)).collect();
    assert!(!fences.is_empty());
    for (name, lines) in fences {
        let world = World::named(&name);
        for line in lines {
            world.run(&line);
        }
    }
}

#[test]
fn the_commands_for_a_store_without_a_server_do_what_the_page_says() {
    run_those_of(|world| world == "stopped");
}

#[test]
fn the_commands_for_a_running_server_do_what_the_page_says() {
    run_those_of(|world| world == "served");
}

#[test]
fn the_commands_for_what_is_broken_do_what_the_page_says() {
    run_those_of(|world| !matches!(world, "stopped" | "served"));
}

#[test]
fn every_section_says_what_is_seen_why_what_to_do_and_what_is_lost() {
    let page = page();
    let sections: Vec<&str> = page.split("\n## ").skip(1).collect();
    let titles: BTreeSet<&str> = sections.iter().filter_map(|text| text.lines().next()).collect();
    assert_eq!(titles.len(), sections.len(), "each title stands once");
    for section in sections {
        let title = section.lines().next().unwrap();
        let places: Vec<_> = PARTS.iter().map(|part| section.find(&format!("\n{part}"))).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{title}: {places:?}");
        assert!(!fences(section).is_empty(), "{title} has no command");
    }
}
