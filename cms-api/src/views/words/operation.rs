//! Words of jobs, notices, roles, scores and damage.

use cms_core::{
    access::{Right, Role},
    model::object::ObjectKind,
    repo::{JobState, NoticeKind},
};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

words! {
    /// The state of a job.
    JobStateWord {
        /// It waits for its turn.
        Queued = "queued",
        /// It is running.
        Running = "running",
        /// It did what it was asked for.
        Done = "done",
        /// It could not do that, and changed nothing.
        Failed = "failed",
        /// Somebody ended it; it changed nothing.
        Cancelled = "cancelled",
        /// Its server ended; it has done everything or nothing.
        Interrupted = "interrupted",
    }

    /// The name of a stream's event.
    EventName {
        /// Where the stream begins.
        Ready = "ready",
        /// Too much has happened since: read what is shown again.
        Reset = "reset",
        /// A branch moved.
        Branch = "branch",
        /// Something happened to a draft.
        Draft = "draft",
        /// Something happened to a review.
        Review = "review",
        /// A channel moved.
        Channel = "channel",
        /// Something happened to a schedule.
        Schedule = "schedule",
        /// Something happened to a job.
        Job = "job",
        /// Something that the person should know about.
        Notice = "notice",
        /// Anything else happened.
        Change = "change",
        /// How far a job has come.
        Progress = "progress",
        /// A job has ended.
        Over = "over",
    }

    /// A named set of rights; from author upwards each role includes those before it.
    RoleWord {
        /// Read everything that authors see.
        Viewer = "viewer",
        /// Translate, and propose changes of the source.
        Translator = "translator",
        /// Make and change drafts, open reviews, comment.
        Author = "author",
        /// Approve, ask for changes, merge.
        Reviewer = "reviewer",
        /// Move channels.
        Publisher = "publisher",
        /// Everything else: people, rules, imports, takedowns, the server.
        Administrator = "administrator",
    }

    /// Something that a person may be allowed to do.
    RightWord {
        /// See entries as authors see them.
        Read = "read",
        /// Change entries in a draft, ask for reviews, comment.
        Propose = "propose",
        /// Write entries as an author.
        Edit = "edit",
        /// Write translations.
        Translate = "translate",
        /// Approve changes and ask for others.
        Approve = "approve",
        /// Accept changes into `main`.
        Accept = "accept",
        /// Move a channel.
        Publish = "publish",
        /// Write `main` without a draft.
        Import = "import",
        /// Change the rules about reviews and checks.
        Configure = "configure",
        /// Invite people, give and take roles.
        People = "people",
        /// Read the record of who did what.
        Audit = "audit",
        /// Take content down for good.
        Takedown = "takedown",
        /// Look after the server.
        Operate = "operate",
    }

    /// What is odd about a grant.
    FindingAboutGrant {
        /// Another grant allows all that it allows.
        Covered = "covered",
        /// Nothing can be within its limits.
        NeverMatches = "never-matches",
    }

    /// What a notice is about.
    NoticeWord {
        /// A review to look at.
        Assigned = "assigned",
        /// The person's name in a comment.
        Mentioned = "mentioned",
        /// An answer in a thread of theirs.
        Answered = "answered",
        /// An approval of theirs that a later commit voided.
        ApprovalVoided = "approval-voided",
        /// An entry of theirs that was merged.
        Merged = "merged",
        /// A part of a review that was accepted.
        Accepted = "accepted",
        /// An entry of theirs that a publish held back.
        HeldBack = "held-back",
        /// A schedule of theirs that ran.
        ScheduleRan = "schedule-ran",
        /// A schedule of theirs that could not run.
        ScheduleFailed = "schedule-failed",
        /// A job of theirs that took long or was interrupted.
        JobEnded = "job-ended",
    }

    /// What the rows below a damaged node are.
    LostRows {
        /// The entries of a state.
        Entries = "entries",
        /// What a snapshot delivers.
        DeliveredEntries = "delivered entries",
        /// The routes of a snapshot.
        Routes = "routes",
        /// Which entries use which.
        Links = "links",
        /// The holds of a channel.
        Holds = "holds",
    }

    /// The kind of a stored object.
    ObjectWord {
        /// A document.
        Document = "document",
        /// A media file.
        Media = "media",
        /// A node of a map.
        Node = "node",
        /// A version of an entry.
        Revision = "revision",
        /// A commit.
        Commit = "commit",
        /// A snapshot: what a channel delivered.
        Snapshot = "snapshot",
        /// The authors' record of a snapshot.
        Publication = "publication",
    }
}

same! {
    JobStateWord = JobState { Queued, Running, Done, Failed, Cancelled, Interrupted }
    RightWord = Right { Read, Propose, Edit, Translate, Approve, Accept, Publish, Import, Configure, People, Audit, Takedown, Operate }
    RoleWord = Role { Viewer, Translator, Author, Reviewer, Publisher, Administrator }
    NoticeWord = NoticeKind {
        Assigned, Mentioned, Answered, ApprovalVoided, Merged, Accepted, HeldBack, ScheduleRan, ScheduleFailed, JobEnded
    }
    ObjectWord = ObjectKind { Document, Media, Node, Revision, Commit, Snapshot, Publication }
}
