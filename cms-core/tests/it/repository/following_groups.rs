//! Roles that follow the groups of a person at a provider of identities.

use cms_core::{
    access::{Limits, Role},
    model::name::Person,
    repo::{AuditOrder, AuditQuery, GroupRole, NewGrant},
};

use super::world::World;

fn olga() -> Person {
    "p-0123456789ab".parse().unwrap()
}

impl World {
    fn follows(&self, provider: &str, role: Option<Role>, linked_ms: u64) {
        let groups = GroupRole { provider, role, linked_ms };
        self.repository.people().follow_groups(&olga(), &groups, &self.stamp("")).unwrap();
    }

    fn is_given(&self, id: &str, role: Role) {
        let (id, limits) = (id.to_owned(), Limits::default());
        let new = NewGrant { id, person: olga(), role, limits, is_for_program: false };
        self.repository.give_role(&new, &self.stamp("")).unwrap();
    }

    fn held(&self) -> Vec<(String, Role)> {
        let rules = self.repository.rules().unwrap();
        let mut held: Vec<_> = rules.all().map(|grant| (grant.id.clone(), grant.role)).collect();
        held.sort();
        held
    }
}

fn held(grants: &[(&str, Role)]) -> Vec<(String, Role)> {
    grants.iter().map(|(id, role)| ((*id).to_owned(), *role)).collect()
}

#[test]
fn each_provider_gives_and_takes_its_own_role() {
    let world = World::new();
    let (school, club) = ("provider-school-p-0123456789ab", "provider-club-p-0123456789ab");
    world.follows("school", Some(Role::Publisher), 0);
    world.follows("club", None, 0);
    assert_eq!(world.held(), held(&[(school, Role::Publisher)]), "it was not the club's");
    world.follows("club", Some(Role::Publisher), 0);
    world.follows("school", Some(Role::Author), 0);
    assert_eq!(world.held(), held(&[(club, Role::Publisher), (school, Role::Author)]));
    let query = AuditQuery { verb: Some("role-give".into()), ..AuditQuery::default() };
    let audit = world.repository.audit();
    let changed = audit.search(&query, AuditOrder::NewestFirst, None, 1).unwrap().rows.remove(0);
    for (told, role) in [(changed.before, "publisher"), (changed.after, "author")] {
        let told = told.unwrap();
        assert!(told.to_string().contains(role), "{told}");
    }
    world.follows("school", None, 0);
    world.follows("club", None, 0);
    assert_eq!(world.held(), []);
}

#[test]
fn what_an_administrator_gave_is_neither_doubled_nor_taken() {
    let world = World::new();
    world.is_given("by-hand", Role::Author);
    world.follows("school", Some(Role::Author), 0);
    world.follows("school", None, 0);
    assert_eq!(world.held(), held(&[("by-hand", Role::Author)]));
}

#[test]
fn the_last_administrator_keeps_the_role_that_groups_gave() {
    let world = World::new();
    let school = "provider-school-p-0123456789ab";
    world.follows("school", Some(Role::Administrator), 0);
    for role in [None, Some(Role::Author)] {
        world.follows("school", role, 0);
        assert_eq!(world.held(), held(&[(school, Role::Administrator)]), "{role:?}");
    }
}

#[test]
fn a_grant_under_the_name_that_providers_shared_moves_to_the_provider_that_gave_it() {
    let world = World::new();
    let former = "provider-p-0123456789ab";
    world.is_given(former, Role::Administrator);
    let given_ms = world.repository.rules().unwrap().all().next().unwrap().given_ms;
    world.follows("club", None, given_ms + 1);
    assert_eq!(world.held(), held(&[(former, Role::Administrator)]), "it is older than the link");
    // The last administrator stays one while the grant moves.
    world.follows("school", Some(Role::Administrator), given_ms);
    let school = "provider-school-p-0123456789ab";
    assert_eq!(world.held(), held(&[(school, Role::Administrator)]));
}
