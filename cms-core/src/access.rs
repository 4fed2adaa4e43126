//! Who may do what: the decision as a pure function of data.
//!
//! A [`Grant`] gives a person a [`Role`], which is a set of [`Right`]s, within [`Limits`]. A [`Rules`] holds everybody's
//! grants and answers whether somebody may do something to a [`Subject`], by which grant, why not, and who could. Nothing
//! here reads a store: where an entry stands comes with the subject.
//!
//! [`Policies`] say what a change needs besides a right: approvals, and what whoever publishes must have shown.
//!
//! Invariants:
//! 1. What no grant allows is refused. No rule forbids anything, so a grant that is added never takes a right away.
//! 2. The [`Bounds`] of an access key only narrow what its person may do.
//! 3. A limit that the subject does not answer refuses: a grant below a course says nothing about the whole catalogue.

mod assurance;
mod bounds;
mod decision;
mod findings;
mod grant;
mod limits;
mod on_behalf;
mod policy;
mod right;
mod role;
mod rules;
mod subject;

pub use assurance::Assurance;
pub use bounds::Bounds;
pub use decision::{Allowed, Decision, Denied, Why};
pub use findings::RuleFinding;
pub use grant::{Grant, GrantId};
pub use limits::{Limits, Missed};
pub use on_behalf::OnBehalf;
pub use policy::{
    APPROVALS_REQUIRED_MAX, Policies, Policy, PolicyDenied, PolicyRule, SUBTREE_POLICIES_MAX, Said,
    SubtreePolicy,
};
pub use right::{Right, RightError, Rights};
pub use role::{Role, RoleError};
pub use rules::{Holder, Rules};
pub use subject::{Place, Subject};
