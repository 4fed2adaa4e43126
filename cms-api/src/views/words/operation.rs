//! Words of jobs, notices, roles, scores and what is damaged.

use cms_core::{
    model::object::ObjectKind,
    repo::{JobState, NoticeKind, Role},
};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

words! {
    /// How a job stands.
    JobStateWord {
        /// It waits for its turn.
        Queued = "queued",
        /// It is at work.
        Running = "running",
        /// It did what it was asked for.
        Done = "done",
        /// It could not, and changed nothing.
        Failed = "failed",
        /// Somebody ended it; it changed nothing.
        Cancelled = "cancelled",
        /// Its server ended; it has done all or nothing.
        Interrupted = "interrupted",
    }

    /// What an event of a stream is.
    EventName {
        /// Where the stream begins.
        Ready = "ready",
        /// Too much happened since: read anew what is shown.
        Reset = "reset",
        /// A branch moved.
        Branch = "branch",
        /// Something of a draft.
        Draft = "draft",
        /// Something of a review.
        Review = "review",
        /// A channel moved.
        Channel = "channel",
        /// Something of a schedule.
        Schedule = "schedule",
        /// Something of a job.
        Job = "job",
        /// Something that the person should know of.
        Notice = "notice",
        /// Anything else.
        Change = "change",
        /// How far a job is.
        Progress = "progress",
        /// A job that is over.
        Over = "over",
    }

    /// What a person may do; each may do what those before it may.
    RoleWord {
        /// Read everything that authors see.
        Viewer = "viewer",
        /// Make and change drafts, open reviews, comment.
        Author = "author",
        /// Approve, ask for changes, merge.
        Reviewer = "reviewer",
        /// Move channels.
        Publisher = "publisher",
        /// Everything else.
        Operator = "operator",
    }

    /// What a notice tells of.
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

    /// What is damaged of the rows below a node.
    LostRows {
        /// Entries of a state.
        Entries = "entries",
        /// What a snapshot delivers.
        DeliveredEntries = "delivered entries",
        /// The routes of a snapshot.
        Routes = "routes",
        /// Which entries use which.
        Links = "links",
        /// What is on hold.
        Holds = "holds",
    }

    /// What a stored object is.
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
        /// What a channel delivered.
        Snapshot = "snapshot",
        /// The authors' record of it.
        Publication = "publication",
    }
}

same! {
    JobStateWord = JobState { Queued, Running, Done, Failed, Cancelled, Interrupted }
    RoleWord = Role { Viewer, Author, Reviewer, Publisher, Operator }
    NoticeWord = NoticeKind {
        Assigned, Mentioned, Answered, ApprovalVoided, Merged, Accepted, HeldBack, ScheduleRan, ScheduleFailed, JobEnded
    }
    ObjectWord = ObjectKind { Document, Media, Node, Revision, Commit, Snapshot, Publication }
}
