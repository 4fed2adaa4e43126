//! The course that ships, from files to delivered documents and back.

use super::world::{Directory, World, key, lines_of, root};

fn fractions() -> World {
    let world = World::new();
    let directory = root().join("fixtures/fractions");
    let media = Directory::of(directory.join("media"));
    let report = world
        .import_texts(lines_of(&directory), &media, |_| {})
        .unwrap_or_else(|error| panic!("{error:#?}"));
    assert_eq!(report.notices, vec![], "the course needs nothing put right");
    assert!(report.translations > 20, "{report:#?}");
    world
}

#[test]
fn the_course_that_ships_is_imported_published_and_sound() {
    let world = fractions();
    let report = world.publish().report;
    assert_eq!((report.held_back, report.left_out), (vec![], vec![]));
    assert_eq!(report.stands_nowhere, vec![], "models of templates are not told as forgotten");
    world.verify();
    let course = world.delivered("course/fractions", "en").expect("the course is delivered");
    assert!(course["children"].as_array().unwrap().len() >= 4);
    assert_eq!(course["children"][0]["key"].as_str().unwrap().split('/').next(), Some("unit"));
}

#[test]
fn importing_what_is_there_changes_nothing() {
    let world = fractions();
    let directory = root().join("fixtures/fractions");
    let media = Directory::of(directory.join("media"));
    let report = world.import_texts(lines_of(&directory), &media, |_| {}).unwrap();
    assert_eq!(report.commit, None);
    assert_eq!((report.added, report.changed, report.unchanged), (0, 0, report.lines));
}

#[test]
fn the_import_of_an_export_gives_the_same_documents() {
    let world = fractions();
    let lines = world.export(&world.main());
    let copy = World::new();
    let media = Directory::of(root().join("fixtures/fractions/media"));
    let texts = lines.iter().map(|line| line.to_string().into_bytes()).collect();
    copy.import_texts(texts, &media, |_| {}).unwrap();
    assert_eq!(copy.export(&copy.main()), lines);
    world.publish();
    copy.publish();
    assert_eq!(copy.delivered_root(), world.delivered_root());
}

#[test]
fn spanish_learners_get_spanish_where_there_is_any() {
    let world = fractions();
    world.publish();
    let course = world.delivered("course/fractions", "es").unwrap();
    assert_eq!(course["locale"], "es");
    let exercise = world.history().show(&world.main(), &key("exercise/equal-parts")).unwrap();
    assert!(
        exercise.is_none_or(|shown| shown.locales.iter().any(|locale| locale.as_str() == "es"))
    );
}
