//! A published course, with people who are signed in.

use std::{path::Path, sync::Arc};

use anyhow::Result;
use cms_api::{
    ground::{authorship::Authorship, moment},
    signing::{cookie::SessionKey, credentials::Credentials},
    store::{self, Store},
};
use cms_core::{
    access::Role,
    engine::local::Access,
    model::name::Person,
    repo::{
        Acceptance, Factor, Invitation, NewSession, RepositoryOptions, SecretHash, SessionStage,
    },
};

use crate::silence::{failed, filled};

const HOUR_MS: u64 = 60 * 60 * 1000;

/// The data directory of a published course.
pub(super) fn build(folder: &Path) -> Result<()> {
    filled(folder).map(drop)
}

/// Opens the store of a house.
pub(super) fn open(data: &Path) -> Result<Arc<Store>> {
    let store = store::open(data, RepositoryOptions::default(), Access::Write).map_err(failed)?;
    Ok(Arc::new(store))
}

fn by(person: &Person) -> Authorship {
    Authorship::own(person.clone(), moment::now_ms())
}

/// Lets somebody in; nobody knows their password.
pub(super) fn let_in(store: &Store, id: &str, role: Role) -> Result<Person> {
    let person: Person = id.parse()?;
    let people = store.repository.people();
    let hash = SecretHash::of(format!("the link of {id}").as_bytes());
    // Whoever invites has to be somebody who may.
    let machine: Person = "operator".parse()?;
    people.invite(&Invitation {
        limits: cms_core::access::Limits::default(),
        person: person.clone(),
        name: format!("The {role} {id}"),
        email: format!("{id}@example.org"),
        language: None,
        role,
        hash,
        expires_ms: moment::now_ms() + HOUR_MS,
        stamp: by(&machine).stamp(""),
    })?;
    people.accept(
        &hash,
        &Acceptance {
            fresh: person.clone(),
            name: None,
            email: None,
            language: None,
            credential: Credentials::default().value(),
            stamp: by(&person).stamp(""),
        },
    )?;
    Ok(person)
}

/// Signs somebody in with a password; returns the cookie.
pub(super) fn sign_in(store: &Store, person: &Person) -> Result<String> {
    let (key, cookie) = SessionKey::fresh(person).map_err(failed)?;
    store.repository.people().begin_session(&NewSession {
        hash: key.hash,
        person: person.clone(),
        stage: SessionStage::Full,
        factors: vec![Factor::Password],
        idle_ms: 12 * HOUR_MS,
        absolute_ms: 24 * HOUR_MS,
        agent: String::new(),
        client: String::new(),
        replaces: None,
        stamp: by(person).stamp(""),
    })?;
    Ok(cookie)
}

#[cfg(test)]
mod tests {
    use cms_api::cli::init;

    use super::*;

    #[test]
    fn somebody_is_let_in_and_signs_in() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let request = init::Request { source_locale: "en".to_owned() };
        init::execute(&data, &request, &by(&"operator".parse().unwrap())).unwrap();
        let store = open(&data).unwrap();
        let ana = let_in(&store, "ana", Role::Author).unwrap();
        assert!(sign_in(&store, &ana).unwrap().starts_with("ana."));
    }
}
