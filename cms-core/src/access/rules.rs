//! Everybody's grants, and the answers that they give.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use super::{
    Allowed, Assurance, Bounds, Decision, Denied, Grant, GrantId, Limits, Right, Rights, Role,
    Subject, Why,
};
use crate::model::{
    key::{EntryKey, Kind},
    name::Person,
};

/// How many people a refusal names who could help.
const HELPERS_MAX: usize = 5;

/// Everybody's grants. People who are not active have none here.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    pub(super) grants: HashMap<Person, Arc<[Grant]>>,
    /// At which version of the rules each grant was given; what is not here was always there.
    given_at: HashMap<GrantId, u64>,
}

/// Somebody who asks, with what they have.
#[derive(Debug, Clone)]
pub enum Holder {
    /// Who holds the data directory: the command line on the machine itself. It may do everything.
    Machine,
    /// A person, or the program that acts with their access key.
    Person {
        /// The person.
        person: Person,
        /// Their grants.
        grants: Arc<[Grant]>,
        /// What the access key is narrowed to; `None` for the person themselves.
        bounds: Option<Arc<Bounds>>,
        /// The grants of whoever made the access key for a program; `None` for a key of one's own.
        maker: Option<Arc<[Grant]>>,
        /// Grants that were given since they signed in: they count from the next sign-in on.
        waiting: Arc<[Grant]>,
        /// What they showed of who they are.
        assurance: Assurance,
    },
}

impl Rules {
    /// The rules of these grants.
    pub fn of(grants: impl IntoIterator<Item = Grant>) -> Self {
        let mut by_person: HashMap<Person, Vec<Grant>> = HashMap::new();
        for grant in grants {
            by_person.entry(grant.person.clone()).or_default().push(grant);
        }
        let sorted = |mut grants: Vec<Grant>| {
            // The grant that reaches furthest decides first and is the one that explains.
            grants.sort_by(|a, b| {
                let rank = |it: &Grant| (it.limits.limits_entries(), std::cmp::Reverse(it.role));
                rank(a).cmp(&rank(b)).then_with(|| a.id.cmp(&b.id))
            });
            grants.into()
        };
        let grants = by_person.into_iter().map(|(who, all)| (who, sorted(all))).collect();
        Self { grants, given_at: HashMap::new() }
    }

    /// The same rules, with the versions at which grants were given.
    #[must_use]
    pub fn given_at(self, given_at: HashMap<GrantId, u64>) -> Self {
        Self { given_at, ..self }
    }

    /// A person's grants.
    pub fn grants(&self, person: &Person) -> Arc<[Grant]> {
        self.grants.get(person).cloned().unwrap_or_default()
    }

    /// Every grant, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Grant> {
        self.grants.values().flat_map(|grants| grants.iter())
    }

    /// A person as one who asks.
    pub fn holder(&self, person: &Person, bounds: Option<Arc<Bounds>>) -> Holder {
        let assurance = Assurance::of_key(bounds.is_some());
        let maker = bounds.as_ref().and_then(|bounds| bounds.made_by.as_ref());
        Holder::Person {
            person: person.clone(),
            grants: self.grants(person),
            maker: maker.map(|maker| self.grants(maker)),
            bounds,
            waiting: Arc::default(),
            assurance,
        }
    }

    /// A person as one who asks in a session that began at a version of the rules. What was given to them since then does
    /// not count in it; with `None` everything does.
    pub fn holder_in_session(
        &self,
        person: &Person,
        began_at: Option<u64>,
        assurance: Assurance,
    ) -> Holder {
        let all = self.grants(person);
        let is_known = |grant: &Grant| {
            let given_at = self.given_at.get(&grant.id).copied().unwrap_or(0);
            began_at.is_none_or(|began_at| given_at <= began_at)
        };
        let (grants, waiting) = if all.iter().all(is_known) {
            (all, Arc::default())
        } else {
            let (grants, waiting): (Vec<_>, Vec<_>) = all.iter().cloned().partition(is_known);
            (grants.into(), waiting.into())
        };
        let person = person.clone();
        Holder::Person { person, grants, bounds: None, maker: None, waiting, assurance }
    }

    /// The people who may do something to a subject, each with the grant that allows it, by name.
    pub fn who_may<'a>(
        &'a self,
        right: Right,
        subject: &Subject<'_>,
    ) -> Vec<(&'a Person, &'a Grant)> {
        let mut found: Vec<_> = self
            .grants
            .iter()
            .filter_map(|(person, grants)| {
                Some((person, grants.iter().find(|grant| grant.allows(right, subject))?))
            })
            .collect();
        found.sort_by_key(|(person, _)| *person);
        found
    }

    /// A few people who could do what somebody else may not: those with the least power first. A program helps nobody.
    fn helpers(&self, right: Right, subject: &Subject<'_>, but: &Person) -> Vec<Person> {
        let people = self.grants.iter().filter(|(person, _)| *person != but);
        let mut may: Vec<_> = people
            .filter_map(|(person, grants)| {
                let mut own = grants.iter().filter(|grant| !grant.is_for_program);
                Some((person, own.find(|grant| grant.allows(right, subject))?))
            })
            .collect();
        may.sort_by_key(|(person, grant)| (grant.role, *person));
        may.into_iter().take(HELPERS_MAX).map(|(person, _)| person.clone()).collect()
    }

    /// Refuses what the one who asks may not.
    ///
    /// # Errors
    /// [`Denied`], with why, and with people who could.
    pub fn require(
        &self,
        holder: &Holder,
        right: Right,
        subject: &Subject<'_>,
    ) -> Result<(), Box<Denied>> {
        let why = match holder.decide(right, subject) {
            Decision::Allowed(_) => return Ok(()),
            Decision::Denied(why) => why,
        };
        let Holder::Person { person, .. } = holder else { return Ok(()) };
        Err(Box::new(Denied {
            person: person.clone(),
            right,
            entry: subject.entry.map(|entry| entry.key.clone()),
            channel: subject.channel.map(ToString::to_string),
            why,
            helpers: self.helpers(right, subject, person),
        }))
    }
}

impl Grant {
    /// Whether the grant allows something.
    pub fn allows(&self, right: Right, subject: &Subject<'_>) -> bool {
        self.role.rights().has(right) && self.limits.missed(right, subject).is_none()
    }
}

impl Holder {
    /// Whether this is the machine.
    pub const fn is_machine(&self) -> bool {
        matches!(self, Self::Machine)
    }

    /// The sets of grants of which each has to allow what they do: their own, and those of the maker of their access
    /// key.
    fn sets(&self) -> impl Iterator<Item = &[Grant]> {
        let (own, maker) = match self {
            Self::Machine => (None, None),
            Self::Person { grants, maker, .. } => (Some(&**grants), maker.as_deref()),
        };
        own.into_iter().chain(maker)
    }

    /// Whether they may do something to a subject, by which grant, or why not.
    pub fn decide(&self, right: Right, subject: &Subject<'_>) -> Decision {
        let Self::Person { grants, bounds, waiting, .. } = self else {
            return Decision::Allowed(Allowed { by: None });
        };
        // A person who lacks the right needs a role, whatever their access key is for.
        let Some(grant) = grants.iter().find(|grant| grant.allows(right, subject)) else {
            let later = waiting.iter().find(|grant| grant.allows(right, subject));
            return Decision::Denied(match later {
                Some(grant) => Why::SignInAgain { by: grant.id.clone() },
                None => why_not(grants.iter().chain(waiting.iter()), right, subject),
            });
        };
        match bounds {
            Some(bounds) if !self.may(right, subject) => {
                Decision::Denied(Why::OutOfBounds { bounds: Box::new((**bounds).clone()) })
            }
            _ => Decision::Allowed(Allowed { by: Some(grant.id.clone()) }),
        }
    }

    /// The same one, who showed this much of who they are.
    #[must_use]
    pub fn assured(self, shown: Assurance) -> Self {
        match self {
            Self::Machine => Self::Machine,
            Self::Person { person, grants, bounds, maker, waiting, .. } => {
                Self::Person { person, grants, bounds, maker, waiting, assurance: shown }
            }
        }
    }

    /// Whether they may do something to a subject.
    pub fn may(&self, right: Right, subject: &Subject<'_>) -> bool {
        let Self::Person { bounds, .. } = self else { return true };
        bounds.as_ref().is_none_or(|bounds| bounds.allow(right, subject))
            && self.sets().all(|grants| grants.iter().any(|it| it.allows(right, subject)))
    }

    /// What each set of grants has in common of some rights of each grant.
    fn held(&self, of: impl Fn(&Grant) -> Rights) -> Rights {
        let of_set = |set: &[Grant]| set.iter().fold(Rights::NONE, |all, it| all.or(of(it)));
        self.sets().fold(Rights::ALL, |all, set| all.and(of_set(set)))
    }

    /// The limits of everything that they have.
    fn limits(&self) -> impl Iterator<Item = &Limits> {
        let bounds = match self {
            Self::Machine => None,
            Self::Person { bounds, .. } => bounds.as_ref(),
        };
        let of_grants = self.sets().flatten().map(|grant| &grant.limits);
        of_grants.chain(bounds.map(|bounds| &bounds.limits))
    }

    /// Whether what they may do depends on where entries stand.
    pub fn is_limited(&self) -> bool {
        self.limits().any(Limits::limits_entries)
    }

    /// What they showed of who they are; `None` for the machine.
    pub const fn assurance(&self) -> Option<Assurance> {
        match self {
            Self::Machine => None,
            Self::Person { assurance, .. } => Some(*assurance),
        }
    }

    /// Whether something was given to them since they signed in.
    pub fn waits(&self) -> bool {
        matches!(self, Self::Person { waiting, .. } if !waiting.is_empty())
    }

    /// The grant by which they would have a right somewhere, were it not given since they signed in.
    pub fn waits_for(&self, right: Right) -> Option<&GrantId> {
        let Self::Person { waiting, .. } = self else { return None };
        let has = |grant: &&Grant| grant.limits.leave(grant.role.rights()).has(right);
        waiting.iter().find(has).map(|grant| &grant.id)
    }

    /// Whether they may do something to some subject: what can be judged before it is known what is asked for.
    pub fn may_somewhere(&self, right: Right) -> bool {
        self.rights().has(right)
    }

    /// Whether they may do something to every entry, so that no entry needs to be looked at.
    pub fn may_everywhere(&self, right: Right) -> bool {
        let Self::Person { bounds, .. } = self else { return true };
        let is_free = |limits: &Limits| !limits.limits_entries();
        let frees = |it: &Grant| it.role.rights().has(right) && is_free(&it.limits);
        bounds.as_ref().is_none_or(|it| it.rights.has(right) && is_free(&it.limits))
            && self.sets().all(|grants| grants.iter().any(frees))
    }

    /// Whether it depends on where an entry stands what they may.
    pub fn has_subtrees(&self) -> bool {
        self.limits().any(|limits| limits.subtree.is_some())
    }

    /// The subtrees outside of which they may not do something anywhere; `None` when they are not confined to subtrees.
    pub fn confined_to(&self, right: Right) -> Option<Vec<EntryKey>> {
        let Self::Person { bounds, .. } = self else { return None };
        if let Some(root) = bounds.as_ref().and_then(|bounds| bounds.limits.subtree.as_ref()) {
            return Some(vec![root.clone()]);
        }
        self.sets().find_map(|grants| {
            let with = grants.iter().filter(|grant| grant.role.rights().has(right));
            with.map(|grant| grant.limits.subtree.clone()).collect()
        })
    }

    /// The kinds outside of which they may not do something to any entry; `None` when they are not confined to kinds.
    pub fn kinds_of(&self, right: Right) -> Option<BTreeSet<Kind>> {
        let Self::Person { bounds, .. } = self else { return None };
        let of = |kinds: &Vec<Kind>| (!kinds.is_empty()).then(|| kinds.clone());
        if let Some(kinds) = bounds.as_ref().and_then(|bounds| of(&bounds.limits.kinds)) {
            return Some(kinds.into_iter().collect());
        }
        self.sets().find_map(|grants| {
            let with = grants.iter().filter(|grant| grant.role.rights().has(right));
            let kinds: Option<Vec<Vec<Kind>>> = with.map(|it| of(&it.limits.kinds)).collect();
            Some(kinds?.into_iter().flatten().collect())
        })
    }

    /// The person; `None` for the machine.
    pub const fn person(&self) -> Option<&Person> {
        match self {
            Self::Machine => None,
            Self::Person { person, .. } => Some(person),
        }
    }

    /// Every right that they have somewhere.
    pub fn rights(&self) -> Rights {
        match self {
            Self::Machine => Rights::ALL,
            Self::Person { bounds, .. } => {
                let of = |grant: &Grant| grant.limits.leave(grant.role.rights());
                let all = self.held(of);
                bounds.as_ref().map_or(all, |it| all.and(it.limits.leave(it.rights)))
            }
        }
    }

    /// The greatest role that they have somewhere, and that an access key leaves them.
    pub fn role(&self) -> Option<Role> {
        let Self::Person { bounds, .. } = self else { return Some(Role::Administrator) };
        let all = self.held(|grant| grant.role.rights());
        let rights = bounds.as_ref().map_or(all, |bounds| all.and(bounds.rights));
        Role::ALL.into_iter().rev().find(|role| role.rights().is_within(rights))
    }
}

fn why_not<'g>(
    grants: impl Iterator<Item = &'g Grant>,
    right: Right,
    subject: &Subject<'_>,
) -> Why {
    let mut grants = grants.peekable();
    if grants.peek().is_none() {
        return Why::NoGrant;
    }
    let near = grants.filter(|grant| grant.role.rights().has(right));
    let near = near.filter_map(|grant| Some((grant.limits.missed(right, subject)?, grant.role)));
    match near.min() {
        Some((missed, role)) => Why::OutOfReach { role, missed },
        None => Why::NoRole { needed: Role::least_with(right) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(id: &str, person: &str, role: Role, limits: Limits) -> Grant {
        let person = person.parse().unwrap();
        Grant {
            id: id.into(),
            person,
            role,
            limits,
            is_for_program: false,
            given_by: "root".into(),
            given_ms: 1,
        }
    }

    fn key(text: &str) -> EntryKey {
        text.parse().unwrap()
    }

    fn rules() -> Rules {
        let course = Limits { subtree: Some(key("course/c1")), ..Limits::default() };
        Rules::of([
            grant("g1", "root", Role::Administrator, Limits::default()),
            grant("g2", "ana", Role::Viewer, Limits::default()),
            grant("g3", "ana", Role::Author, course.clone()),
            grant("g4", "ben", Role::Reviewer, course),
            Grant { is_for_program: true, ..grant("g5", "bot", Role::Reviewer, Limits::default()) },
        ])
    }

    #[test]
    fn a_refusal_says_why_and_who_can_help() {
        let (rules, exercise) = (rules(), key("exercise/x1"));
        let ana = rules.holder(&"ana".parse().unwrap(), None);
        let inside = [key("course/c1"), key("topic/root")];
        assert!(ana.may(Right::Edit, &Subject::entry(&exercise, &inside)));
        let outside = Subject::entry(&exercise, &inside[1..]);
        let denied = rules.require(&ana, Right::Edit, &outside).unwrap_err();
        let missed = super::super::Missed::Subtree;
        assert_eq!(denied.why, Why::OutOfReach { role: Role::Author, missed });
        assert_eq!(denied.helpers, ["root"]);
        let inside = Subject::entry(&exercise, &inside);
        let denied = rules.require(&ana, Right::Accept, &inside).unwrap_err();
        assert_eq!(denied.why, Why::NoRole { needed: Role::Reviewer });
        assert_eq!(denied.helpers, ["ben", "root"], "and not the program, which may as well");
        assert_eq!(
            denied.to_string(),
            "this needs the right accept for exercise/x1; ana would need the role reviewer"
        );
    }

    #[test]
    fn who_may_names_the_grant_that_allows_it() {
        let (rules, exercise) = (rules(), key("exercise/x1"));
        let above = [key("course/c1")];
        let subject = Subject::entry(&exercise, &above);
        let may = rules.who_may(Right::Edit, &subject);
        let may: Vec<_> = may.into_iter().map(|(who, by)| (who.as_str(), &*by.id)).collect();
        assert_eq!(may, [("ana", "g3"), ("ben", "g4"), ("bot", "g5"), ("root", "g1")]);
        assert!(rules.holder(&"eve".parse().unwrap(), None).grants_are_none());
    }

    #[test]
    fn an_administrator_of_a_course_runs_the_course_and_not_the_house() {
        let course = Limits { subtree: Some(key("course/c1")), ..Limits::default() };
        let rules = Rules::of([grant("g", "ana", Role::Administrator, course.clone())]);
        let ana = rules.holder(&"ana".parse().unwrap(), None);
        for right in Right::ALL {
            assert_eq!(ana.may_somewhere(right), right.is_of_entries(), "{right}");
        }
        assert_eq!(ana.role(), Some(Role::Administrator), "she is one, there");
        let everywhere = Rules::of([grant("g", "ana", Role::Administrator, Limits::default())]);
        let bounds = Bounds { limits: course, ..Bounds::of(Rights::ALL) };
        let key = everywhere.holder(&"ana".parse().unwrap(), Some(Arc::new(bounds)));
        assert!(key.may_somewhere(Right::Import) && !key.may_somewhere(Right::People));
    }

    #[test]
    fn the_bounds_of_an_access_key_only_narrow() {
        let rules = rules();
        let bounds = Arc::new(Bounds::of(Role::Author.rights()));
        let root = rules.holder(&"root".parse().unwrap(), Some(Arc::clone(&bounds)));
        assert!(root.may(Right::Edit, &Subject::WHOLE));
        assert!(!root.may(Right::People, &Subject::WHOLE));
        assert_eq!(root.role(), Some(Role::Author));
        let viewer = Rules::of([grant("g", "ana", Role::Viewer, Limits::default())]);
        let ana = viewer.holder(&"ana".parse().unwrap(), Some(bounds));
        assert!(
            !ana.may(Right::Edit, &Subject::WHOLE),
            "a key gives nothing that its person lacks"
        );
    }

    #[test]
    fn a_key_that_somebody_made_for_a_program_never_does_what_they_may_not() {
        let course = Limits { subtree: Some(key("course/c1")), ..Limits::default() };
        let bot = |maker: Vec<Grant>| {
            let own = grant("b", "bot", Role::Publisher, Limits::default());
            let bounds = Bounds {
                made_by: Some("ana".parse().unwrap()),
                ..Bounds::of(Role::Publisher.rights())
            };
            let rules = Rules::of(maker.into_iter().chain([own]));
            rules.holder(&"bot".parse().unwrap(), Some(Arc::new(bounds)))
        };
        let exercise = key("exercise/x1");
        let above = [key("course/c1")];
        let (inside, outside) = (Subject::entry(&exercise, &above), Subject::entry(&exercise, &[]));
        let whole = bot(vec![grant("a", "ana", Role::Publisher, Limits::default())]);
        assert!(whole.may_everywhere(Right::Publish) && !whole.is_limited());
        let narrow = bot(vec![grant("a", "ana", Role::Viewer, course)]);
        assert!(narrow.may(Right::Read, &inside) && !narrow.may(Right::Read, &outside));
        assert!(!narrow.may(Right::Publish, &inside) && !narrow.may_everywhere(Right::Read));
        assert_eq!(narrow.role(), Some(Role::Viewer));
        assert_eq!(narrow.confined_to(Right::Read), Some(above.to_vec()));
        assert!(matches!(
            narrow.decide(Right::Publish, &inside),
            Decision::Denied(Why::OutOfBounds { .. })
        ));
        assert_eq!(bot(Vec::new()).rights(), Rights::NONE, "the maker has left");
    }

    #[test]
    fn a_role_that_was_given_since_a_session_began_counts_from_the_next_one_on() {
        let rules = rules().given_at(HashMap::from([("g2".to_owned(), 5), ("g3".to_owned(), 9)]));
        let (ana, exercise) = ("ana".parse().unwrap(), key("exercise/x1"));
        let above = [key("course/c1")];
        let subject = Subject::entry(&exercise, &above);
        let session = |began_at| rules.holder_in_session(&ana, began_at, Assurance::OneFactor);
        for began_at in [None, Some(9), Some(10)] {
            assert!(session(began_at).may(Right::Edit, &subject), "{began_at:?}");
        }
        let early = session(Some(8));
        assert!(early.may(Right::Read, &subject));
        assert!(!early.may(Right::Edit, &subject) && !early.may_somewhere(Right::Edit));
        let denied = rules.require(&early, Right::Edit, &subject).unwrap_err();
        assert_eq!(denied.why, Why::SignInAgain { by: "g3".into() });
        assert!(!session(Some(4)).may(Right::Read, &subject));
    }

    impl Holder {
        fn grants_are_none(&self) -> bool {
            self.rights() == Rights::NONE
        }
    }
}
