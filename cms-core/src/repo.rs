//! The repository: everything that a caller can ask of the content or do to it, as verbs.
//!
//! A repository is an engine with a header; everything else is objects and cells. [`Repository`] hands out what belongs
//! together: learners ask a [`Delivery`], which can only read; a [`Channel`] does everything that moves a channel;
//! [`Drafts`], [`Reviews`], [`History`] and [`People`] have the verbs of their rooms. The other verbs are its own methods. A verb
//! lives in the room of what it concerns: in the file that has its name or, if it is small, in the file of what it works
//! on, as `place` and `duplicate` in `draft/entries`. Verbs block; they take the time and the writer's identity as a
//! [`Stamp`].
//!
//! Invariants:
//! 1. What a verb is asked for happens in one engine transaction that swaps one group's cells. Objects that the verb
//!    wrote earlier are unreachable until then; consequences follow the transaction and can be made up for later.
//! 2. The content of the branch `main` is valid under the schemas in force there, and has no containment cycle and no
//!    dangling link, except to what was taken down.
//! 3. Nothing here knows a kind by name, except `schema`, `locale` and the home page `topic/root`.

mod access;
mod audit;
mod branch;
mod channel;
mod commit;
mod compare;
mod content;
mod deliver;
mod delivered;
mod draft;
mod export;
mod ground;
mod handover;
mod history;
mod import;
mod merge;
mod open;
mod people;
mod publish;
mod record;
mod review;
mod schedule;
mod seen;
mod state;
mod takedown;
mod verify;

pub use access::change::{GrantError, NewGrant};
pub use access::explain::{Question, TheyMay, WhoMay};
pub use access::groups::GroupRole;
pub use access::policies::PolicyError;
pub use access::sight::Sight;
pub use access::token::{NewToken, TokenError, TokenRow};
pub use audit::Audit;
pub use audit::clients::MarkedClient;
pub use audit::forget::Forgotten;
pub use audit::head::{AuditHead, AuditKey, HeadError};
pub use audit::policy::AuditPolicy;
pub use audit::row::AuditRow;
pub use audit::search::{AuditOrder, AuditPage, AuditQuery};
pub use audit::verify::report::{AuditFinding, AuditReport, KeptHead, Tampering};
pub use channel::Channel;
pub use channel::error::{ChannelError, Mover};
pub use channel::holds::HoldRow;
pub use channel::live::LiveRow;
pub use channel::policy::{Answers, ChannelPolicy};
pub use channel::publications::ShownPublication;
pub use channel::snapshots::{ChannelRow, SnapshotRow};
pub use channel::stored_report::{
    StoredAsked, StoredChange, StoredDelivered, StoredDismissal, StoredDone, StoredFinding,
    StoredHeldBack, StoredLeftOut, StoredOldKey, StoredReason, StoredReport, StoredRoute,
    StoredShortened,
};
pub use commit::conflict::{CatalogueConflict, CatalogueReason};
pub use commit::error::CommitError;
pub use commit::refusal::Refusal;
pub use commit::request::{Action, Change, CommitRequest, Committed};
pub use commit::schemas::BROKEN_MAX;
pub use compare::{
    Changed, CompareOptions, Comparison, Concerned, DifferencePage, DifferenceRow, DifferenceSide,
    EntryDifference, Moved, Renamed, Version,
};
pub use content::catalogue::{CatalogueRow, EntryState, RowState};
pub use content::findings::policy::{Bars, FindingsPolicy};
pub use content::findings::{DismissError, Dismissal, FindingRow, REASON_CHARS_MAX};
pub use content::state::State;
pub use content::where_used::Use;
pub use deliver::attempt::{AttemptError, Hint, Mentioned, Scored, ShownDocument, Shows};
pub use deliver::{
    ChannelHead, DeliveredChange, DeliveredPage, DeliveredVersion, Delivery, REVOCATIONS_MAX,
    RouteAnswer,
};
pub use delivered::route::ROUTE_SIZE_BYTES_MAX;
pub use delivered::row::DeliveredRow;
pub use draft::batch::{BATCH_ENTRIES_MAX, BatchReport, BatchRow, BatchStep};
pub use draft::bring::BringError;
pub use draft::changes::{DraftAlteration, DraftChangeRow, DraftChanges};
pub use draft::commit::error::DraftCommitError;
pub use draft::entries::{COPIED_ENTRIES_MAX, Copied, CopyDepth, EntryError, PlaceIn};
pub use draft::merge::foreseen::Obstacles;
pub use draft::record::{Draft, DraftChange, DraftPage, DraftQuery, NewDraft};
pub use draft::revert::RevertError;
pub use draft::save::stale::Stale;
pub use draft::save::{SESSION_PAUSE_MS, SaveError, SaveRequest, Saved, WorkingContent};
pub use draft::schemas::SchemaReport;
pub use draft::settle::{DraftConflicts, EntryConflict, Settling, SettlingError};
pub use draft::share::{NewShare, SHARE_MS_MAX, ShareError, ShareRow, Shared};
pub use draft::standing::DraftEntry;
pub use draft::state::DraftState;
pub use draft::template::{FromTemplate, TemplateRow};
pub use draft::trash::{NotPlaced, Untrashed};
pub use draft::working::tag::{EntryTag, EntryTagError};
pub use draft::working::{OtherEditor, Working};
pub use draft::{DRAFT_MEMBERS_MAX, DraftError, DraftId, DraftIdError, Drafts};
pub use export::{ExportError, ExportLine, ExportReport, NotExported};
pub use ground::error::StoreError;
pub use ground::origin::{Origin, Via};
pub use ground::repository::{FORMAT, MAIN, Repository, RepositoryOptions};
pub use ground::stamp::Stamp;
pub use handover::{HandOverError, HandedOver, Owned};
pub use history::blame::{BLAME_REVISIONS_MAX, BlameRow};
pub use history::happened::Happening;
pub use history::{
    CHANGES_COUNTED_MAX, CommitRow, History, LogFrom, RevisionRow, Shown, ShownRevision,
};
pub use import::{
    ConvertedMedia, IMPORT_ROWS_MAX, ImportError, ImportLine, ImportNotice, ImportOptions,
    ImportProgress, ImportReport, LINE_SIZE_BYTES_MAX, MediaSource, PruneAtMost, RefusedLine,
};
pub use merge::{MergeError, Merged};
pub use open::{NewRepository, OpenError};
pub use people::People;
pub use people::account::{PICTURE_SIZE_BYTES_MAX, PersonChange};
pub use people::address::{EMAIL_SIZE_BYTES_MAX, normalised as normalised_address};
pub use people::credential::{CredentialChange, CredentialRecord};
pub use people::error::PeopleError;
pub use people::invitation::{Acceptance, Invitation};
pub use people::key::KeyError;
pub use people::link::{LinkPurpose, LinkRow};
pub use people::list::{PeoplePage, PeopleQuery};
pub use people::policy::SignInPolicy;
pub use people::provider::Vouched;
pub use people::service::NewService;
pub use people::session::{
    Factor, NewSession, SESSIONS_OF_PERSON_MAX, SessionEnd, SessionFound, SessionRow, SessionStage,
};
pub use people::state::{PersonSort, PersonState};
pub use people::stored::{NAME_CHARS_MAX, PersonRow};
pub use publish::newly_held_back::NewlyHeldBack;
pub use publish::release::ReleaseRequest;
pub use publish::rollback::RollbackRequest;
pub use publish::{
    Asked, BadReplacement, DeliveredCounts, DocumentChange, EntryChange, EntryFinding,
    FirstPublished, FirstPublishedRequest, HeldBack, LeftOut, MovedRoute, Need, NotPublicPage,
    NotPublicRow, OtherPlan, Plan, PlanId, PlanIdError, Preview, PublishError, PublishReport,
    PublishRequest, Published, REPORT_ROWS_MAX, Reason, RemakeRequest, RetireRequest,
    RevertRequest, ShortenedRow, Sighting, Since, Takes, UnpublishRequest, Why,
};
pub use record::job::{Job, JobRecord, JobState, job_id};
pub use record::notice::{NOTICES_MAX, Notice, NoticeKind, NoticePage, NoticeRow, ReadExtent};
pub use record::remember::{REMEMBERED_SIZE_BYTES_MAX, Remembered};
pub use record::revoked::Revocations;
pub use record::secret::SecretHash;
pub use record::takedown::{
    SharedObject, Takedown, TakedownReason, TakedownReasonError, TakedownStep, TakenFrom,
};
pub use review::approve::Seen;
pub use review::bring::ReviewMergeError;
pub use review::list::{ReviewList, ReviewPage, ReviewRow};
pub use review::news::{ReviewNews, Said};
pub use review::open::{NewReview, ReviewChange};
pub use review::policy::ReviewPolicy;
pub use review::stored::{Anchor, Comment, Span};
pub use review::talk::Place as CommentPlace;
pub use review::view::{Approval, Review, ReviewEntry, Thread, Verdict};
pub use review::voided::VoidedApprovals;
pub use review::{
    COMMENT_SIZE_BYTES_MAX, COMMENTS_MAX, Pair, REVIEWERS_MAX, ReviewError, ReviewId,
    ReviewIdError, ReviewState, Reviews,
};
pub use schedule::{
    DueReport, EmbargoEnded, RanSchedule, SCHEDULE_KEYS_MAX, SCHEDULE_STEPS_MAX, ScheduleChange,
    ScheduleError, ScheduleFailure, ScheduleFailureCode, ScheduleOutcome, ScheduleReason,
    ScheduleRequest, ScheduleRow, ScheduleState, ScheduleStep, ScheduleVerb, Scheduled, StepDone,
};
pub use seen::words::blurred;
pub use state::ResolveError;
pub use state::gaps::{Amount, Amounts, CourseGaps, EntryGaps};
pub use state::list::{EntryList, LOOKED_THROUGH_MAX, ListRequest, ListedEntry};
pub use state::old_keys::OldKeyRow;
pub use state::texts::{EntryTexts, TextRow, TextState};
pub use takedown::{
    TAKEDOWN_KEYS_MAX, TAKEDOWN_WORDS_CHARS_MAX, TakedownError, TakedownPlan, TakedownRequest,
};
pub use verify::growth::{GrowthRow, growth};
pub use verify::salvage::{EarlierValues, LineGap, LostEntry, LostNow, MovedHead, SalvageReport};
pub use verify::stats::{StatsReport, UsageRow};
pub use verify::{DamageRow, LostRange, LostTransactions, VerifyReport};
