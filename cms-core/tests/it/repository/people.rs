//! Accounts: one-time links, who administers, and what is left when an account ends.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use cms_core::{
    access::{Right, Role},
    engine::{CommitError, Engine, Layer, Outcome, Transaction, cells_of, memory::MemoryEngine},
    model::name::Person,
    repo::{
        Acceptance, AuditOrder, AuditQuery, CredentialChange, Factor, Invitation, LinkPurpose,
        NewService, NewSession, NewToken, People, PeopleError, PeopleQuery, PersonChange,
        PersonRow, PersonState, SESSIONS_OF_PERSON_MAX, SecretHash, SessionEnd, SessionFound,
        SessionStage, SignInPolicy, Stamp,
    },
};
use serde_json::json;

use super::world::World;

const MINUTE_MS: u64 = 60 * 1000;

fn person(text: &str) -> Person {
    text.parse().unwrap()
}

fn hash(secret: &str) -> SecretHash {
    SecretHash::of(secret.as_bytes())
}

impl World {
    fn people(&self) -> People<'_> {
        self.repository.people()
    }

    fn acceptance(&self, fresh: &str) -> Acceptance {
        Acceptance {
            fresh: person(fresh),
            name: Some("Ana Köhler".into()),
            email: Some("Ana@Example.org".into()),
            language: Some("de".into()),
            credential: json!({ "password": "hashed" }),
            stamp: self.stamp(""),
        }
    }

    fn first(&self) -> PersonRow {
        let (people, stamp) = (self.people(), self.stamp(""));
        let end = stamp.time_ms + 10 * MINUTE_MS;
        people.link_first_administrator(&hash("first"), end, &stamp).unwrap();
        people.accept(&hash("first"), &self.acceptance("p-ana")).unwrap()
    }

    fn invited(&self, id: &str, role: Role) -> PersonRow {
        let stamp = self.stamp("");
        let invitation = Invitation {
            limits: cms_core::access::Limits::default(),
            person: person(id),
            name: format!("Person {id}"),
            email: format!("{id}@example.org"),
            language: None,
            role,
            hash: hash(id),
            expires_ms: stamp.time_ms + 1000 * MINUTE_MS,
            stamp,
        };
        self.people().invite(&invitation).unwrap()
    }

    fn joined(&self, id: &str, role: Role) -> PersonRow {
        self.invited(id, role);
        self.people().accept(&hash(id), &self.acceptance("p-unused")).unwrap()
    }

    fn signed_in(&self, id: &str, secret: &str) {
        self.people().begin_session(&self.session(id, secret)).unwrap();
    }

    fn session(&self, id: &str, secret: &str) -> NewSession {
        NewSession {
            hash: hash(secret),
            person: person(id),
            stage: SessionStage::Full,
            factors: vec![Factor::Password],
            idle_ms: 30 * MINUTE_MS,
            absolute_ms: 600 * MINUTE_MS,
            agent: "a browser".into(),
            client: "192.0.2.0/24".into(),
            replaces: None,
            stamp: self.stamp(""),
        }
    }

    fn role(&self, id: &str) -> Option<Role> {
        self.repository.holder(&person(id), None).unwrap().role()
    }

    /// What a session opens at a time; none for a valid one.
    fn looked_up(&self, id: &str, secret: &str, time_ms: Option<u64>) -> Option<SessionEnd> {
        let stamp = || {
            let mut stamp = self.stamp("");
            stamp.time_ms = time_ms.unwrap_or(stamp.time_ms);
            stamp
        };
        match self.people().session(&person(id), &hash(secret), &stamp).unwrap() {
            SessionFound::Live(_) => None,
            SessionFound::Ended(end) => Some(end),
        }
    }
}

#[test]
fn the_first_link_makes_one_administrator_and_no_second() {
    let world = World::new();
    let people = world.people();
    assert!(!world.repository.has_administrator().unwrap());
    let stamp = world.stamp("");
    let end = stamp.time_ms + 10 * MINUTE_MS;
    people.link_first_administrator(&hash("older"), end, &stamp).unwrap();
    people.link_first_administrator(&hash("newer"), end, &world.stamp("")).unwrap();
    let refused = people.accept(&hash("older"), &world.acceptance("p-eve"));
    assert!(matches!(refused, Err(PeopleError::LinkSpent)), "the newer one replaced it");
    let late = people.link(&hash("newer"), end);
    assert!(matches!(late, Err(PeopleError::LinkSpent)), "ten minutes are over");

    let bad = Acceptance { email: Some("nowhere".into()), ..world.acceptance("p-ana") };
    assert!(matches!(people.accept(&hash("newer"), &bad), Err(PeopleError::Refused { .. })));
    let row = people.accept(&hash("newer"), &world.acceptance("p-ana")).unwrap();
    assert_eq!((row.invited_as, row.state), (None, PersonState::Active));
    assert_eq!(world.role("p-ana"), Some(Role::Administrator));
    assert_eq!(row.email.as_deref(), Some("ana@example.org"));
    let again = people.accept(&hash("newer"), &world.acceptance("p-eve"));
    assert!(matches!(again, Err(PeopleError::LinkSpent)));
    let another = people.link_first_administrator(&hash("x"), end, &world.stamp(""));
    assert!(matches!(another, Err(PeopleError::Refused { .. })), "there is one already");
}

#[test]
fn of_two_who_use_the_first_link_at_once_one_becomes_administrator() {
    let world = Arc::new(World::new());
    let stamp = world.stamp("");
    let end = stamp.time_ms + 10 * MINUTE_MS;
    world.people().link_first_administrator(&hash("first"), end, &stamp).unwrap();
    let racers: Vec<_> = (0..4)
        .map(|number| {
            let world = Arc::clone(&world);
            std::thread::spawn(move || {
                let acceptance = Acceptance {
                    email: Some(format!("racer{number}@example.org")),
                    ..world.acceptance(&format!("p-racer{number}"))
                };
                world.people().accept(&hash("first"), &acceptance).is_ok()
            })
        })
        .collect();
    let won = racers.into_iter().filter_map(|racer| racer.join().unwrap().then_some(())).count();
    assert_eq!(won, 1);
    assert_eq!(world.people().all().unwrap().len(), 1, "whoever lost left nothing behind");
}

#[test]
fn an_invitation_is_accepted_once_and_its_address_is_taken_from_the_beginning() {
    let world = World::new();
    world.first();
    let invited = world.invited("p-ben", Role::Author);
    assert_eq!(invited.state, PersonState::Invited);
    let same_address = Invitation {
        limits: cms_core::access::Limits::default(),
        person: person("p-eve"),
        name: "Eve".into(),
        email: "P-BEN@example.org".into(),
        language: None,
        role: Role::Author,
        hash: hash("eve"),
        expires_ms: 1 << 50,
        stamp: world.stamp(""),
    };
    let refused = world.people().invite(&same_address);
    assert!(matches!(refused, Err(PeopleError::AddressTaken)));
    assert!(matches!(world.people().link(&hash("eve"), 1), Err(PeopleError::LinkSpent)));
    assert!(world.people().begin_session(&world.session("p-ben", "s")).is_err(), "not yet");

    let row = world.people().accept(&hash("p-ben"), &world.acceptance("p-unused")).unwrap();
    assert_eq!((row.id.as_str(), row.name.as_str()), ("p-ben", "Ana Köhler"));
    assert_eq!(row.email.as_deref(), Some("p-ben@example.org"), "who invited said which address");
    assert_eq!(world.role("p-ben"), Some(Role::Author));
    let again = world.people().accept(&hash("p-ben"), &world.acceptance("p-unused"));
    assert!(matches!(again, Err(PeopleError::LinkSpent)));
}

#[test]
fn two_administrators_who_deactivate_each_other_at_once_are_not_both_gone() {
    for _ in 0..20 {
        let world = Arc::new(World::new());
        world.first();
        world.joined("p-ben", Role::Administrator);
        let deactivate = |of: &'static str| {
            let world = Arc::clone(&world);
            std::thread::spawn(move || {
                world.people().deactivate(&person(of), &world.stamp("")).is_ok()
            })
        };
        let (ana, ben) = (deactivate("p-ana"), deactivate("p-ben"));
        let gone = [ana.join().unwrap(), ben.join().unwrap()];
        assert_eq!(gone.iter().filter(|is_done| **is_done).count(), 1, "one of them stays");
        assert!(world.repository.has_administrator().unwrap());
    }
}

#[test]
fn the_last_administrator_is_neither_deactivated_nor_erased() {
    let world = World::new();
    world.first();
    let people = world.people();
    let (ana, last) = (person("p-ana"), |refused: Result<PersonRow, PeopleError>| {
        assert!(matches!(refused, Err(PeopleError::LastAdministrator { .. })));
    });
    last(people.deactivate(&ana, &world.stamp("")));
    last(people.erase(&ana, &world.stamp("")));
    assert_eq!(people.one(&ana).unwrap().state, PersonState::Active, "as it was");
    assert_eq!(world.role("p-ana"), Some(Role::Administrator));
    // A program can't sign in, and whoever has not accepted may never do so.
    let robot = NewService {
        person: person("p-robot"),
        name: "Importer".into(),
        responsible: ana.clone(),
        role: Role::Administrator,
        stamp: world.stamp(""),
    };
    people.create_service(&robot).unwrap();
    world.invited("p-ben", Role::Administrator);
    last(people.deactivate(&ana, &world.stamp("")));
    people.accept(&hash("p-ben"), &world.acceptance("p-unused")).unwrap();
    assert_eq!(people.deactivate(&ana, &world.stamp("")).unwrap().state, PersonState::Deactivated);
    last(people.erase(&person("p-ben"), &world.stamp("")));
    let back = people.reactivate(&ana, &world.stamp("")).unwrap();
    assert_eq!(back.state, PersonState::Active);
    assert_eq!(world.role("p-ana"), Some(Role::Administrator), "with the roles that she had");
    assert!(people.erase(&person("p-ben"), &world.stamp("")).is_ok());
}

#[test]
fn what_an_account_opened_opens_nothing_from_the_moment_it_ends() {
    let world = World::new();
    world.first();
    world.joined("p-ben", Role::Author);
    let (people, ben) = (world.people(), person("p-ben"));
    world.signed_in("p-ben", "s1");
    let key = NewToken {
        hash: hash("key"),
        person: ben.clone(),
        role: Role::Publisher,
        label: String::new(),
        expires_ms: None,
        bounds: None,
        brings_role: false,
        stamp: world.stamp(""),
    };
    people.create_key(&key, None).unwrap();
    let token = people.key(&hash("key"), 1).unwrap().unwrap();
    let holder = world.repository.holder(&ben, Some(token.bounds())).unwrap();
    assert!(!holder.may_somewhere(Right::Publish), "a token does no more than its person may");
    assert_eq!(world.looked_up("p-ben", "s1", None), None);

    people.deactivate(&ben, &world.stamp("")).unwrap();
    assert_eq!(world.looked_up("p-ben", "s1", None), Some(SessionEnd::Revoked));
    assert_eq!(people.key(&hash("key"), 1).unwrap(), None);
    assert!(people.begin_session(&world.session("p-ben", "s2")).is_err());
    assert!(people.create_key(&NewToken { hash: hash("k2"), ..key }, None).is_err());

    people.reactivate(&ben, &world.stamp("")).unwrap();
    assert_eq!(world.looked_up("p-ben", "s1", None), Some(SessionEnd::Unknown));
    assert_eq!(people.key(&hash("key"), 1).unwrap(), None, "nothing comes back with the account");
    world.signed_in("p-ben", "s3");
    assert_eq!(world.looked_up("p-ben", "s3", None), None);
}

#[test]
fn of_somebody_who_is_erased_nothing_is_left_but_the_id() {
    let engine = Arc::new(MemoryEngine::default());
    let world = World::over(Arc::clone(&engine) as _);
    world.first();
    world.joined("p-ben", Role::Author);
    let (people, ben) = (world.people(), person("p-ben"));
    world.signed_in("p-ben", "s1");
    people.add_identity(&ben, "https://id.example", "subject-42", &world.stamp("")).unwrap();
    people.set_picture(&ben, Some(&b"a picture of ben".to_vec().into()), &world.stamp("")).unwrap();
    people.link_reset(&ben, &hash("reset"), 1 << 50, &world.stamp("")).unwrap();
    assert_eq!(people.by_identity("https://id.example", "subject-42").unwrap(), Some(ben.clone()));
    let key = NewToken {
        hash: hash("key"),
        person: ben.clone(),
        role: Role::Viewer,
        label: "the laptop of Person p-ben".into(),
        expires_ms: None,
        bounds: None,
        brings_role: false,
        stamp: Stamp { author: ben.clone(), ..world.stamp("") },
    };
    let of_program = NewToken {
        hash: hash("of a program"),
        person: person("p-robot"),
        label: "made by p-ben@example.org".into(),
        stamp: Stamp { author: ben.clone(), ..world.stamp("") },
        ..key.clone()
    };
    people.create_key(&key, None).unwrap();
    people.create_key(&of_program, None).unwrap();

    let left = people.erase(&ben, &world.stamp("")).unwrap();
    assert_eq!((left.id.as_str(), left.state), ("p-ben", PersonState::Erased));
    assert_eq!((left.name.as_str(), left.email, left.invited_as), ("", None, None));
    assert_eq!(world.role("p-ben"), None);
    people.forget_sessions(&world.stamp("")).unwrap();
    for row in cells_of(&*engine as &dyn Engine, "") {
        let (name, cell) = row.unwrap();
        let text = String::from_utf8_lossy(&cell.value).into_owned();
        for trace in ["Person p-ben", "p-ben@", "subject-42", "picture of ben", "192.0.2"] {
            assert!(!text.contains(trace), "{name} still holds {trace:?}: {text}");
        }
        let is_of_ben = name.to_string().contains("p-ben");
        let is_id = name.to_string() == "people:person/p-ben";
        assert!(!is_of_ben || is_id, "{name} is left");
    }
    assert_eq!(people.by_identity("https://id.example", "subject-42").unwrap(), None);
    assert!(matches!(people.link(&hash("reset"), 1), Err(PeopleError::LinkSpent)));
    assert!(people.reactivate(&ben, &world.stamp("")).is_err(), "nothing brings it back");
    assert!(people.with_address("p-ben@example.org").unwrap().is_none());
    let stranger = Invitation {
        limits: cms_core::access::Limits::default(),
        person: person("p-new"),
        name: "Somebody else".into(),
        email: "p-ben@example.org".into(),
        language: None,
        role: Role::Viewer,
        hash: hash("new"),
        expires_ms: 1 << 50,
        stamp: world.stamp(""),
    };
    assert!(people.invite(&stranger).is_ok(), "the address is free again");
}

#[test]
fn no_record_of_what_happened_names_a_name_or_an_address() {
    let engine = Arc::new(MemoryEngine::default());
    let world = World::over(Arc::clone(&engine) as _);
    world.first();
    world.joined("p-ben", Role::Author);
    world.signed_in("p-ben", "s1");
    world.people().erase(&person("p-ben"), &world.stamp("")).unwrap();
    let records = engine.audit(cms_core::engine::Position(0), 1000).unwrap();
    let told: Vec<String> =
        records.iter().map(|row| String::from_utf8_lossy(&row.bytes).into_owned()).collect();
    let of_people: Vec<_> = told.iter().filter(|text| text.contains("p-ben")).collect();
    assert!(of_people.len() >= 4, "{told:?}");
    for text in &told {
        for trace in ["example.org", "Köhler", "Person p-ben", "hashed"] {
            assert!(!text.contains(trace), "{text}");
        }
    }
}

#[test]
fn a_session_ends_and_a_clock_that_is_set_back_does_not_bring_it_back() {
    let world = World::new();
    world.first();
    world.signed_in("p-ana", "idle");
    let start_ms = world.stamp("").time_ms;
    assert_eq!(world.looked_up("p-ana", "idle", Some(start_ms + 29 * MINUTE_MS)), None);
    assert_eq!(
        world.looked_up("p-ana", "idle", Some(start_ms + 50 * MINUTE_MS)),
        None,
        "it was used"
    );
    let late = Some(start_ms + 90 * MINUTE_MS);
    assert_eq!(world.looked_up("p-ana", "idle", late), Some(SessionEnd::Idle));
    assert_eq!(world.looked_up("p-ana", "idle", Some(start_ms)), Some(SessionEnd::Unknown));

    world.signed_in("p-ana", "used");
    for minute in (0..600).step_by(20) {
        assert_eq!(world.looked_up("p-ana", "used", Some(start_ms + minute * MINUTE_MS)), None);
    }
    let end = Some(start_ms + 601 * MINUTE_MS);
    assert_eq!(world.looked_up("p-ana", "used", end), Some(SessionEnd::Absolute));
    assert_eq!(world.looked_up("p-ana", "used", Some(start_ms)), Some(SessionEnd::Unknown));
    assert_eq!(world.looked_up("p-nobody", "used", None), Some(SessionEnd::Unknown));
}

#[test]
fn sessions_are_listed_and_ended_one_by_one_and_all_at_once() {
    let world = World::new();
    world.first();
    world.joined("p-ana2", Role::Viewer);
    let (people, ana) = (world.people(), person("p-ana"));
    for secret in ["a", "b", "c"] {
        world.signed_in("p-ana", secret);
    }
    world.signed_in("p-ana2", "other");
    let ids = || -> Vec<String> {
        let rows = people.sessions(&ana, world.stamp("").time_ms).unwrap();
        rows.into_iter().map(|row| row.id).collect()
    };
    assert_eq!(ids(), [hash("c").id(), hash("b").id(), hash("a").id()]);
    people.end_sessions(&ana, |row| row.id == hash("b").id(), &world.stamp("")).unwrap();
    assert_eq!(world.looked_up("p-ana", "b", None), Some(SessionEnd::Unknown));
    people.sign_out(&ana, &world.stamp("")).unwrap();
    assert_eq!(world.looked_up("p-ana", "a", None), Some(SessionEnd::Revoked));
    assert!(ids().is_empty());
    assert_eq!(world.looked_up("p-ana2", "other", None), None, "whose id only begins alike");

    for number in 0..SESSIONS_OF_PERSON_MAX + 5 {
        world.signed_in("p-ana", &format!("many{number}"));
    }
    assert_eq!(ids().len(), SESSIONS_OF_PERSON_MAX, "the oldest made room");
    assert_eq!(world.looked_up("p-ana", "many54", None), None);
}

#[test]
fn credentials_are_changed_against_the_version_that_was_read() {
    let world = World::new();
    world.first();
    let (people, ana) = (world.people(), person("p-ana"));
    let stored = people.credential(&ana).unwrap().unwrap();
    assert_eq!(stored.value, json!({ "password": "hashed" }));
    world.signed_in("p-ana", "s");
    let change = |based_on, ends_sessions| CredentialChange {
        verb: "password-set",
        value: json!({ "password": "newer" }),
        based_on,
        ends_sessions,
    };
    for based_on in [None, Some(stored.version + 1)] {
        let refused = people.change_credential(&ana, &change(based_on, true), &world.stamp(""));
        assert!(matches!(refused, Err(PeopleError::Changed { .. })));
    }
    assert_eq!(world.looked_up("p-ana", "s", None), None);
    let change = change(Some(stored.version), true);
    people.change_credential(&ana, &change, &world.stamp("")).unwrap();
    assert_eq!(world.looked_up("p-ana", "s", None), Some(SessionEnd::Revoked));
    let huge = CredentialChange { value: json!("x".repeat(1 << 20)), based_on: None, ..change };
    assert!(people.change_credential(&ana, &huge, &world.stamp("")).is_err());
}

#[test]
fn an_identity_leads_to_one_person() {
    let world = World::new();
    world.first();
    world.joined("p-ben", Role::Author);
    let (people, ana, ben) = (world.people(), person("p-ana"), person("p-ben"));
    people.add_identity(&ana, "https://id.example", "1", &world.stamp("")).unwrap();
    people.add_identity(&ana, "https://id.example", "1", &world.stamp("")).unwrap();
    let taken = people.add_identity(&ben, "https://id.example", "1", &world.stamp(""));
    assert!(matches!(taken, Err(PeopleError::IdentityTaken)));
    let other = people.by_identity("https://id.example.evil", "1").unwrap();
    assert_eq!(other, None, "another issuer's subject is another person");
    people.remove_identity(&ben, "https://id.example", "1", &world.stamp("")).unwrap();
    assert_eq!(people.by_identity("https://id.example", "1").unwrap(), Some(ana.clone()));
    people.remove_identity(&ana, "https://id.example", "1", &world.stamp("")).unwrap();
    assert_eq!(people.by_identity("https://id.example", "1").unwrap(), None);
}

#[test]
fn a_reset_replaces_everything_to_sign_in_with_and_ends_every_session() {
    let world = World::new();
    world.first();
    let (people, ana) = (world.people(), person("p-ana"));
    world.signed_in("p-ana", "s");
    let stamp = world.stamp("");
    let end = stamp.time_ms + 10 * MINUTE_MS;
    let link = people.link_reset(&ana, &hash("reset"), end, &stamp).unwrap();
    assert_eq!((link.purpose, link.person), (LinkPurpose::Reset, Some(ana.clone())));
    let acceptance =
        Acceptance { credential: json!({ "password": "new" }), ..world.acceptance("p-x") };
    people.accept(&hash("reset"), &acceptance).unwrap();
    assert_eq!(people.credential(&ana).unwrap().unwrap().value, json!({ "password": "new" }));
    assert_eq!(world.looked_up("p-ana", "s", None), Some(SessionEnd::Revoked));
    assert!(matches!(people.accept(&hash("reset"), &acceptance), Err(PeopleError::LinkSpent)));
}

#[test]
fn people_are_listed_page_by_page() {
    let world = World::new();
    world.first();
    for id in ["p-b", "p-c", "p-d"] {
        world.invited(id, Role::Author);
    }
    let page = |after: Option<&str>| {
        let query = PeopleQuery { after: after.map(person), rows_max: 2 };
        let page = world.people().list(&query).unwrap();
        (page.rows.iter().map(|row| row.id.to_string()).collect::<Vec<_>>(), page.more)
    };
    assert_eq!(page(None).0, ["p-ana", "p-b"]);
    assert_eq!(page(Some("p-b")).0, ["p-c", "p-d"]);
    assert_eq!(page(Some("p-d")), (vec![], false));
    let bad = ["", "  ", "a\u{7}b", &"x".repeat(101)];
    for name in bad {
        let change = PersonChange { name: Some(name.into()), ..PersonChange::default() };
        assert!(world.people().change(&person("p-b"), None, &change, &world.stamp("")).is_err());
    }
    let unknown = world.people().one(&person("p-zz"));
    assert!(matches!(unknown, Err(PeopleError::Unknown { .. })));
}

#[test]
fn a_second_factor_is_needed_from_a_role_on() {
    let world = World::new();
    let people = world.people();
    let (policy, version) = people.sign_in_policy().unwrap();
    assert!(!policy.needs_second_factor(Some(Role::Administrator)), "for nobody at first");
    let policy = SignInPolicy { second_factor_from: Some(Role::Publisher), grace_days: 7 };
    people.set_sign_in_policy(policy, version, &world.stamp("")).unwrap();
    let stale = people.set_sign_in_policy(policy, version, &world.stamp(""));
    assert!(matches!(stale, Err(PeopleError::Changed { .. })));
    let query = AuditQuery { verb: Some("sign-in-policy".into()), ..AuditQuery::default() };
    let audit = world.repository.audit();
    let set = audit.search(&query, AuditOrder::NewestFirst, None, 1).unwrap().rows.remove(0);
    let before = json!({ "second_factor_from": null, "grace_days": 14 });
    assert_eq!(set.before, Some(before), "all of it");
    let after = json!({ "second_factor_from": "publisher", "grace_days": 7 });
    assert_eq!(set.after, Some(after));
    let (policy, _) = people.sign_in_policy().unwrap();
    assert!(policy.needs_second_factor(Some(Role::Administrator)));
    assert!(!policy.needs_second_factor(Some(Role::Reviewer)) && !policy.needs_second_factor(None));
}

/// An engine whose process dies: from a commit on, nothing is written any more.
struct Dying {
    inner: MemoryEngine,
    commits_left: AtomicI64,
}

impl Layer for Dying {
    fn beneath(&self) -> &dyn Engine {
        &self.inner
    }

    fn commit(&self, batch: Vec<Transaction>) -> Result<Vec<Outcome>, CommitError> {
        if self.commits_left.fetch_sub(1, Ordering::Relaxed) <= 0 {
            return Err(CommitError::Stopped);
        }
        self.inner.commit(batch)
    }
}

#[test]
fn a_crash_between_any_two_steps_is_finished_or_undone_by_whoever_comes_next() {
    type Verb = fn(&World) -> Result<PersonRow, PeopleError>;
    let accept: Verb = |world| world.people().accept(&hash("p-eve"), &world.acceptance("p-x"));
    let deactivate: Verb = |world| world.people().deactivate(&person("p-ben"), &world.stamp(""));
    let reactivate: Verb = |world| world.people().reactivate(&person("p-dan"), &world.stamp(""));
    let erase: Verb = |world| world.people().erase(&person("p-ben"), &world.stamp(""));
    let last: Verb = |world| world.people().deactivate(&person("p-ana"), &world.stamp(""));
    for (verb, run, of) in [
        ("accept", accept, "p-eve"),
        ("deactivate", deactivate, "p-ben"),
        ("reactivate", reactivate, "p-dan"),
        ("erase", erase, "p-ben"),
        ("deactivate the last administrator", last, "p-ana"),
    ] {
        for commits in 0..8 {
            let inner = MemoryEngine::default();
            let engine = Arc::new(Dying { inner, commits_left: AtomicI64::new(i64::MAX) });
            let world = World::over(Arc::clone(&engine) as _);
            world.first();
            world.joined("p-ben", Role::Author);
            world.joined("p-dan", Role::Publisher);
            world.people().deactivate(&person("p-dan"), &world.stamp("")).unwrap();
            world.invited("p-eve", Role::Reviewer);
            world.signed_in("p-ben", "s");
            let before = world.people().one(&person(of)).unwrap();
            engine.commits_left.store(commits, Ordering::Relaxed);
            let done = run(&world);
            engine.commits_left.store(i64::MAX, Ordering::Relaxed);

            let reopened = World::reopened(engine as _);
            reopened.people().settle_all(&reopened.stamp("")).unwrap();
            let after = reopened.people().one(&person(of)).unwrap();
            let told = format!("{verb} after {commits} commits: {done:?}, then {after:?}");
            let role = reopened.role(of);
            let is_void = reopened.looked_up("p-ben", "s", Some(1_000_100)).is_some();
            let expected = match (verb, after.state) {
                // Nothing was begun, or everything is done; never a part of it.
                ("accept", PersonState::Invited) => (None, before.state, false),
                ("accept", _) => (Some(Role::Reviewer), PersonState::Active, false),
                ("deactivate" | "erase", PersonState::Active) => {
                    (Some(Role::Author), PersonState::Active, false)
                }
                ("deactivate", _) => (None, PersonState::Deactivated, true),
                ("erase", _) => (None, PersonState::Erased, true),
                ("reactivate", PersonState::Deactivated) => (None, PersonState::Deactivated, false),
                ("reactivate", _) => (Some(Role::Publisher), PersonState::Active, false),
                _ => (Some(Role::Administrator), PersonState::Active, false),
            };
            assert_eq!((role, after.state, is_void), expected, "{told}");
            if done.is_ok() {
                assert_ne!(after.state, before.state, "{told}");
            }
        }
    }
}
