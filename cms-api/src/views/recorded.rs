//! The authors' record of what moved a channel, made from its stored form.

use cms_core::repo;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    OnWire,
    content::Violation,
    findings::{DismissalView, EntryFinding, FindingView},
    publishing::{
        Asked, DeliveredCounts, EntryChange, HeldBack, LeftOut, MovedRoute, OldKey, PublishReport,
        ShortenedItem,
    },
    words::publishing::ChannelVerb,
};
use crate::problem::{Code, Problem};

/// The authors' record of one move of a channel.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PublicationView {
    /// The publication's id.
    pub publication: String,
    /// The publication before it.
    pub parent: Option<String>,
    /// The snapshot that it moved the channel to.
    pub snapshot: String,
    /// The commit that was to be published.
    pub commit: String,
    /// The verb that moved the channel.
    pub verb: ChannelVerb,
    /// Who moved it.
    pub author: String,
    /// When they moved it, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The message that they gave; may be empty.
    pub message: String,
    /// What was asked for, done and held back.
    pub report: RecordedReport,
}

/// What was asked for, and the result. A release publishes nothing, so everything is empty except for what was
/// released. The record of an older publish may lack members that were added since.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RecordedReport {
    /// What a publish did.
    #[serde(flatten)]
    pub done: PublishReport,
    /// For a release, the entries that were released; otherwise null.
    pub released: Option<Vec<String>>,
}

impl TryFrom<repo::ShownPublication> for PublicationView {
    type Error = Problem;

    fn try_from(shown: repo::ShownPublication) -> Result<Self, Problem> {
        let repo::ShownPublication {
            publication,
            parent,
            snapshot,
            commit,
            verb,
            author,
            time_ms,
            message,
            report,
        } = shown;
        let commit: String = commit.on_wire();
        let verb: ChannelVerb = verb.on_wire();
        Ok(Self {
            publication: publication.on_wire(),
            parent: parent.on_wire(),
            snapshot: snapshot.on_wire(),
            verb,
            author,
            time_ms,
            message,
            report: RecordedReport {
                released: report.released.clone().on_wire(),
                done: recorded(report, &commit, verb)?,
            },
            commit,
        })
    }
}

/// A word in a record. No version of the program wrote a word that this one does not know.
fn word<W: std::str::FromStr<Err = String>>(text: &str) -> Result<W, Problem> {
    text.parse().map_err(|error| {
        Problem::new(
            Code::StoreDamaged,
            format!("the record of a publication says {text:?}: {error}"),
        )
    })
}

fn each<T, W>(rows: Vec<T>, make: impl Fn(T) -> Result<W, Problem>) -> Result<Vec<W>, Problem> {
    rows.into_iter().map(make).collect()
}

/// The report of a record. What was asked for is in the publication too, in every version.
pub(crate) fn recorded(
    report: repo::StoredReport,
    commit_asked: &str,
    verb_asked: ChannelVerb,
) -> Result<PublishReport, Problem> {
    let repo::StoredReport { format: _, asked, released: _, done } = report;
    let repo::StoredAsked { verb, channel, target, only, strict, replaced_by, schedule } = asked;
    let verb = if verb.is_empty() { verb_asked } else { word(&verb)? };
    let asked = Asked {
        verb,
        channel,
        target,
        only: only.on_wire(),
        strict,
        replaced_by: replaced_by.on_wire(),
        schedule,
    };
    let repo::StoredDone {
        commit,
        base,
        base_sequence,
        changes,
        changes_count,
        held_back,
        held_back_count,
        findings,
        findings_count,
        on_hold,
        on_hold_count,
        stands_nowhere,
        stands_nowhere_count,
        retired,
        retired_count,
        left_out,
        left_out_count,
        old_keys,
        old_keys_count,
        shortened,
        shortened_count,
        remade,
        remade_count,
        routes,
        routes_count,
        superseded,
        superseded_count,
        not_chosen_count,
        delivered,
    } = done;
    Ok(PublishReport {
        asked,
        commit: commit.map_or_else(|| commit_asked.to_owned(), |commit| commit.to_string()),
        base: base.on_wire(),
        base_sequence,
        changes: each(changes, change)?,
        changes_count,
        held_back: held_back.into_iter().map(held).collect(),
        held_back_count,
        findings: each(findings, finding)?,
        findings_count,
        on_hold: on_hold.on_wire(),
        on_hold_count,
        stands_nowhere: stands_nowhere.on_wire(),
        stands_nowhere_count,
        retired: retired.on_wire(),
        retired_count,
        left_out: left_out.on_wire(),
        left_out_count,
        old_keys: old_keys.on_wire(),
        old_keys_count,
        shortened: shortened.on_wire(),
        shortened_count,
        remade: remade.on_wire(),
        remade_count,
        routes: routes.on_wire(),
        routes_count,
        superseded: superseded.on_wire(),
        superseded_count,
        not_chosen_count,
        delivered: delivered.on_wire(),
    })
}

fn change(row: repo::StoredChange) -> Result<EntryChange, Problem> {
    let repo::StoredChange { key, title, change } = row;
    Ok(EntryChange { key: key.on_wire(), title, change: word(&change)? })
}

fn held(row: repo::StoredHeldBack) -> HeldBack {
    let repo::StoredHeldBack { key, reasons, is_live } = row;
    HeldBack { key: key.on_wire(), reasons: reasons.on_wire(), is_live }
}

fn finding(row: repo::StoredFinding) -> Result<EntryFinding, Problem> {
    let repo::StoredFinding { key, id, item, pointer, rule, severity, message, span, dismissed } =
        row;
    let finding = FindingView {
        id,
        item,
        pointer,
        rule,
        severity: word(&severity)?,
        message,
        span,
        dismissed: dismissed.on_wire(),
    };
    Ok(EntryFinding { key: key.on_wire(), finding })
}

viewed! {
    repo::StoredReason => Violation { pointer, code, message }
    repo::StoredDismissal => DismissalView { author, reason, time_ms, by_reviewer }
    repo::StoredLeftOut => LeftOut { parent, child }
    repo::StoredOldKey => OldKey { key, locale, item, pointers, held }
    repo::StoredShortened => ShortenedItem { key, locale, item }
    repo::StoredRoute => MovedRoute { key, from, to }
    repo::StoredDelivered => DeliveredCounts { added, changed, removed, size_bytes }
}
