//! For whom something is done later: their rights are judged when it happens, not when it was asked for.

use serde::{Deserialize, Serialize};

use super::{Assurance, Bounds, Holder};
use crate::model::name::Person;

/// Who asked for something that is done later.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnBehalf {
    /// The machine.
    #[default]
    Machine,
    /// A person.
    Person {
        /// The person.
        person: Person,
        /// What the access key with which they asked is narrowed to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bounds: Option<Bounds>,
        /// What they showed of who they are when they asked. Of what was asked for before this was recorded, the bounds
        /// tell whether it was a program.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assurance: Option<Assurance>,
    },
}

impl OnBehalf {
    /// On behalf of the one who asks now.
    pub fn of(holder: &Holder) -> Self {
        match holder {
            Holder::Machine => Self::Machine,
            Holder::Person { person, bounds, assurance, .. } => Self::Person {
                person: person.clone(),
                bounds: bounds.as_deref().cloned(),
                assurance: untold(*assurance, bounds.is_some()),
            },
        }
    }

    /// What was shown when it was asked for; `None` for the machine.
    pub fn assurance(&self) -> Option<Assurance> {
        let Self::Person { bounds, assurance, .. } = self else { return None };
        Some(assurance.unwrap_or(Assurance::of_key(bounds.is_some())))
    }

    /// Notes that somebody asked for it again, or for something else instead. Whoever asks for what is theirs asks with
    /// what they show now. Somebody else's word makes it worth no more than it was, and no more than theirs.
    pub fn asked_again_by(&mut self, holder: &Holder) {
        let before = self.assurance();
        let Self::Person { person, bounds, assurance } = self else { return };
        match holder {
            Holder::Machine => {}
            Holder::Person { person: now, .. } if now == person => *self = Self::of(holder),
            Holder::Person { assurance: theirs, .. } => {
                let least = before.map_or(*theirs, |before| before.min(*theirs));
                *assurance = untold(least, bounds.is_some());
            }
        }
    }

    /// The same, on behalf of another person, who has not shown anything themselves: what was shown when it was asked for
    /// stays.
    #[must_use]
    pub fn handed_over_to(self, to: &Person) -> Self {
        match self {
            Self::Machine => Self::Machine,
            Self::Person { bounds, assurance, .. } => {
                let shown = assurance.unwrap_or(Assurance::of_key(bounds.is_some()));
                Self::Person { person: to.clone(), bounds: None, assurance: untold(shown, false) }
            }
        }
    }

    /// Whether it is the machine's.
    pub const fn is_machine(&self) -> bool {
        matches!(self, Self::Machine)
    }
}

/// What is recorded of an assurance: nothing, if the bounds tell the same.
fn untold(assurance: Assurance, is_key: bool) -> Option<Assurance> {
    Some(assurance).filter(|it| *it != Assurance::of_key(is_key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Rights, Rules};

    fn asked(person: &str, shown: Assurance) -> OnBehalf {
        OnBehalf::of(&holder(person, shown))
    }

    fn holder(person: &str, shown: Assurance) -> Holder {
        let bounds = (shown == Assurance::Program).then(|| Bounds::of(Rights::ALL).into());
        Rules::default().holder(&person.parse().unwrap(), bounds).assured(shown)
    }

    #[test]
    fn what_was_shown_stays_with_what_was_asked_for() {
        for shown in Assurance::ALL {
            let stored = serde_json::to_string(&asked("ana", shown)).unwrap();
            let read: OnBehalf = serde_json::from_str(&stored).unwrap();
            assert_eq!(read.assurance(), Some(shown), "{stored}");
        }
        let old = r#"{"person":{"person":"ana"}}"#;
        assert_eq!(serde_json::to_string(&asked("ana", Assurance::OneFactor)).unwrap(), old);
    }

    #[test]
    fn asking_again_is_worth_what_is_shown_then_and_others_add_nothing() {
        use Assurance::{OneFactor, Program, TwoFactors};
        let check = |shown, by: &str, then, expected| {
            let mut it = asked("ana", shown);
            it.asked_again_by(&holder(by, then));
            assert_eq!(it.assurance(), Some(expected), "{shown:?} {by} {then:?}");
        };
        check(OneFactor, "ana", TwoFactors, TwoFactors);
        check(TwoFactors, "ana", OneFactor, OneFactor);
        check(OneFactor, "ben", TwoFactors, OneFactor);
        check(TwoFactors, "ben", TwoFactors, TwoFactors);
        check(TwoFactors, "ben", Program, Program);
        check(TwoFactors, "ben", OneFactor, OneFactor);
        let handed = asked("ana", TwoFactors).handed_over_to(&"ben".parse().unwrap());
        assert_eq!(handed.assurance(), Some(TwoFactors));
    }
}
