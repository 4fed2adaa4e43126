//! Why somebody may or may not do something, and who may.

use std::sync::Arc;

use crate::{
    access::{
        Assurance, Decision, Denied, Grant, Policy, PolicyDenied, PolicyRule, Right, RuleFinding,
        Subject, Why,
    },
    model::{
        key::EntryKey,
        name::{ChannelName, Person},
    },
    repo::ground::{error::StoreError, repository::Repository},
};

/// What is asked about.
#[derive(Debug, Clone)]
pub struct Question {
    /// The right.
    pub right: Right,
    /// The entry; `None` for the whole catalogue.
    pub key: Option<EntryKey>,
    /// The channel; `None` for all channels.
    pub channel: Option<ChannelName>,
}

/// Who may do something.
#[derive(Debug, Clone)]
pub struct WhoMay {
    /// The containers above the entry by which a role for a part of the catalogue is judged, the nearest first.
    pub above: Arc<[EntryKey]>,
    /// The people who may, each with the grant that allows it, by name.
    pub may: Vec<Grant>,
    /// What holds there besides rights.
    pub policy: Policy,
}

/// That a person may do something.
#[derive(Debug, Clone)]
pub struct TheyMay {
    /// The grant that allows it.
    pub by: Grant,
    /// What a policy asks for besides, whoever they are.
    pub and: Option<PolicyDenied>,
}

impl Repository {
    /// Who may do something, and by which grant.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn who_may(&self, question: &Question) -> Result<WhoMay, StoreError> {
        let above = self.above_asked(question)?;
        let subject = subject(question, &above);
        let rules = self.rules()?;
        let may = rules.who_may(question.right, &subject);
        let may = may.into_iter().map(|(_, grant)| grant.clone()).collect();
        Ok(WhoMay { above, may, policy: self.policy_at(question.key.as_ref())? })
    }

    /// Whether a person may do something: the grant that allows it, with what a policy asks for besides; or the refusal
    /// that they would get, by a right or by a policy. Nobody brings to `main` without a review what needs approvals.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn may_they(
        &self,
        person: &Person,
        question: &Question,
    ) -> Result<Result<TheyMay, Box<Denied>>, StoreError> {
        let above = self.above_asked(question)?;
        let subject = subject(question, &above);
        let rules = self.rules()?;
        let holder = rules.holder(person, None);
        if let Decision::Allowed(allowed) = holder.decide(question.right, &subject)
            && let Some(grant) =
                rules.grants(person).iter().find(|grant| Some(&grant.id) == allowed.by.as_ref())
        {
            let asked = self.asked_besides(question, &above)?;
            return Ok(match asked {
                Some(denied) if question.right == Right::Import => Err(Box::new(Denied {
                    person: person.clone(),
                    right: question.right,
                    entry: question.key.clone(),
                    channel: None,
                    why: Why::Policy(Box::new(denied)),
                    helpers: Vec::new(),
                })),
                and => Ok(TheyMay { by: grant.clone(), and }),
            });
        }
        match rules.require(&holder, question.right, &subject) {
            Err(denied) => Ok(Err(denied)),
            // Nobody but the machine is allowed something without a grant.
            Ok(()) => Err(StoreError::Row { what: format!("the grants of {person}") }),
        }
    }

    /// Everybody's grants, by person, and what is odd about them.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn grants(&self) -> Result<(Vec<Grant>, Vec<RuleFinding>), StoreError> {
        let rules = self.rules()?;
        let mut grants: Vec<Grant> = rules.all().cloned().collect();
        grants.sort_by(|a, b| (&a.person, a.given_ms, &a.id).cmp(&(&b.person, b.given_ms, &b.id)));
        let mut gone = Vec::new();
        for subtree in grants.iter().filter_map(|grant| grant.limits.subtree.as_ref()) {
            if !self.is_on_main(subtree)? {
                gone.push(subtree.clone());
            }
        }
        Ok((grants, rules.findings(|key| !gone.contains(key))))
    }

    /// What a policy asks of everybody who has the right.
    fn asked_besides(
        &self,
        question: &Question,
        above: &[EntryKey],
    ) -> Result<Option<PolicyDenied>, StoreError> {
        let (policies, _) = self.policies()?;
        let key = question.key.as_ref();
        Ok(match question.right {
            Right::Accept | Right::Import => {
                let house = (policies.house.approvals_required, None);
                let (required, subtree) = key.map_or(house, |key| {
                    let said = policies.approvals_at(key, above);
                    (said.value, said.subtree.cloned())
                });
                let rule = PolicyRule::Approvals { required };
                (required > 0).then_some(PolicyDenied { rule, subtree })
            }
            Right::Publish => {
                let shown = Assurance::OneFactor;
                let judged = match key {
                    Some(key) => policies.publishes(shown, key, above),
                    None => policies.publishes_in_house(shown),
                };
                judged.err()
            }
            _ => None,
        })
    }

    fn above_asked(&self, question: &Question) -> Result<Arc<[EntryKey]>, StoreError> {
        question.key.as_ref().map_or_else(|| Ok(Arc::default()), |key| self.above(key))
    }
}

fn subject<'a>(question: &'a Question, above: &'a [EntryKey]) -> Subject<'a> {
    let of_entry = question.key.as_ref().map(|key| Subject::entry(key, above));
    let subject = of_entry.unwrap_or(Subject::WHOLE);
    question.channel.as_ref().map_or(subject, |channel| subject.on(channel))
}
