/**
 * The data of an event.
 */
export type EventData = EventPosition | EventHappened | (PublishJob | PlanJob | VerifyJob | SchemaCheckJob | ImportJob);
/**
 * Something that could be better about an entry that goes live, or that is held back because of it.
 */
export type EntryFinding = FindingView & {
  /**
   * The entry.
   */
  key: string;
};
/**
 * An entry's key.
 */
export type KeyText = string;
/**
 * One step of the way to a place.
 */
export type Step =
  | {
      /**
       * Its name.
       */
      name: string;
      step: "field";
    }
  | {
      /**
       * Its name.
       */
      name: string;
      step: "named";
    }
  | {
      /**
       * The text that identifies it among the others.
       */
      key: string | null;
      /**
       * The beginning of its first text.
       */
      label: string | null;
      /**
       * Its position, counted from 1.
       */
      number: number;
      step: "element";
    };

/**
 * The data of `ready` and `reset`.
 */
export interface EventPosition {
  /**
   * The position of the last write.
   */
  position: number;
}
/**
 * The data of an event about something that happened.
 */
export interface EventHappened {
  /**
   * Who did it.
   */
  author: string;
  /**
   * The branch that it concerns.
   */
  branch?: string | null;
  /**
   * The channel that it concerns.
   */
  channel?: string | null;
  /**
   * The commit that it made.
   */
  commit?: string | null;
  /**
   * The draft that it concerns.
   */
  draft?: string | null;
  /**
   * The job that it concerns.
   */
  job?: string | null;
  /**
   * The notice that it concerns.
   */
  notice?: string | null;
  /**
   * The person that it concerns.
   */
  person?: string | null;
  /**
   * Its position in the order of everything that happens.
   */
  position: number;
  /**
   * The publication that it made.
   */
  publication?: string | null;
  /**
   * The review that it concerns.
   */
  review?: string | null;
  /**
   * The schedule that it concerns.
   */
  schedule?: string | null;
  /**
   * The snapshot that it made.
   */
  snapshot?: string | null;
  /**
   * When they did it, in milliseconds since 1970-01-01T00:00:00Z.
   */
  time_ms: number;
  /**
   * The verb that was done.
   */
  verb: string;
}
/**
 * A job and its progress.
 */
export interface PublishJob {
  /**
   * When it was asked for, in milliseconds since 1970-01-01T00:00:00Z.
   */
  created_ms: number;
  /**
   * When it ended, in milliseconds since 1970-01-01T00:00:00Z.
   */
  ended_ms: number | null;
  /**
   * The job's id.
   */
  id: string;
  /**
   * Whether it was asked to end.
   */
  is_cancelled: boolean;
  /**
   * Who asked for it.
   */
  person: string;
  problem:
    | (
        | ParameterUnknownProblem
        | ParameterMalformedProblem
        | RequestMalformedProblem
        | Plain400Problem
        | SessionEndedProblem
        | SecondFactorNeededProblem
        | Plain401Problem
        | RightMissingProblem
        | Plain403Problem
        | PathUnknownProblem
        | LocaleUnknownProblem
        | EntryUnknownProblem
        | Plain404Problem
        | Plain405Problem
        | Plain408Problem
        | AccountStateProblem
        | InTrashProblem
        | DraftStateProblem
        | ReviewRequiredProblem
        | InConflictProblem
        | CommittedMeanwhileProblem
        | NothingToDoProblem
        | MergeConflictsProblem
        | ReviewStateProblem
        | UnderReviewProblem
        | NotAsSeenProblem
        | NotApprovedProblem
        | StillUsedProblem
        | JobOverProblem
        | GrantGivenProblem
        | LastAdministratorProblem
        | MovedProblem
        | OperationDoneProblem
        | Plain409Problem
        | EntryRetiredProblem
        | RouteRetiredProblem
        | Plain410Problem
        | StaleProblem
        | Plain412Problem
        | Plain413Problem
        | Plain415Problem
        | Plain416Problem
        | AccountRefusedProblem
        | ShareRefusedProblem
        | InputRefusedProblem
        | DraftRefusedProblem
        | PlaceRefusedProblem
        | ChoiceRefusedProblem
        | ReviewRefusedProblem
        | PolicyRefusedProblem
        | PersonUnknownProblem
        | ContentRefusedProblem
        | PublishRefusedProblem
        | PruneTooMuchProblem
        | PublishEmptiesProblem
        | ScheduleRefusedProblem
        | Plain422Problem
        | Plain428Problem
        | TooManyAttemptsProblem
        | TooManyProblem
        | Plain431Problem
        | Plain500Problem
        | Plain502Problem
        | ProviderUnavailableProblem
        | ServerFullProblem
        | StoreInUseProblem
        | Plain503Problem
        | Plain507Problem
      )
    | null;
  progress: Progress | null;
  /**
   * What it did, once it is done. Lists in it are cut at 100 rows, and counts are complete. Null when even that is
   * too long, and for somebody who sees only a part of what the report tells of.
   */
  report: null | Moved;
  request: PublishCommand;
  /**
   * When it began, in milliseconds since 1970-01-01T00:00:00Z.
   */
  started_ms: number | null;
  /**
   * The job's state.
   */
  state: "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted";
  /**
   * The verb that it does.
   */
  verb: "publish";
}
/**
 * The operation has no such query parameter.
 */
export interface ParameterUnknownProblem {
  /**
   * What it is, for programs.
   */
  code: "parameter-unknown";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The query parameters that the operation has.
   */
  known?: string[] | null;
  /**
   * The query parameter.
   */
  parameter?: string | null;
  /**
   * The status of the answer.
   */
  status: 400;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * A query parameter is malformed.
 */
export interface ParameterMalformedProblem {
  /**
   * What it is, for programs.
   */
  code: "parameter-malformed";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The query parameters that the operation has.
   */
  known?: string[] | null;
  /**
   * The query parameter.
   */
  parameter?: string | null;
  /**
   * The status of the answer.
   */
  status: 400;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The request is malformed.
 */
export interface RequestMalformedProblem {
  /**
   * What it is, for programs.
   */
  code: "request-malformed";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The place in the body, or in the request of a command or job, as a JSON pointer.
   */
  pointer?: string | null;
  /**
   * The status of the answer.
   */
  status: 400;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * A refusal with 400 that has no members of its own.
 */
export interface Plain400Problem {
  /**
   * What it is, for programs.
   */
  code: "path-malformed" | "idempotency-key-unheeded" | "state-ambiguous";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 400;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The session has ended.
 */
export interface SessionEndedProblem {
  /**
   * What it is, for programs.
   */
  code: "session-ended";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * Why the session opens nothing any more.
   */
  ended: "idle" | "absolute" | "revoked" | "unknown";
  /**
   * The status of the answer.
   */
  status: 401;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * A second factor is needed.
 */
export interface SecondFactorNeededProblem {
  /**
   * What it is, for programs.
   */
  code: "second-factor-needed";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * Whether the person has none yet and has to set one up.
   */
  enrol: boolean;
  /**
   * The status of the answer.
   */
  status: 401;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * A refusal with 401 that has no members of its own.
 */
export interface Plain401Problem {
  /**
   * What it is, for programs.
   */
  code: "token-refused" | "sign-in-refused";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 401;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * You may not do this.
 */
export interface RightMissingProblem {
  /**
   * The channel that this would move; absent when it is about none.
   */
  channel?: string | null;
  /**
   * What it is, for programs.
   */
  code: "right-missing";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * Some people who may, those with the least power first; empty where a policy asks for more.
   */
  helpers: string[];
  /**
   * The entry that this would change; absent when it is about all.
   */
  key?: string | null;
  /**
   * The right that this needs.
   */
  right:
    | "read"
    | "propose"
    | "edit"
    | "translate"
    | "approve"
    | "accept"
    | "publish"
    | "import"
    | "configure"
    | "people"
    | "audit"
    | "takedown"
    | "operate";
  /**
   * The status of the answer.
   */
  status: 403;
  /**
   * The part of the catalogue whose policy asks for more; absent when it is the house's, or none.
   */
  subtree?: string | null;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
  /**
   * Why the person has not: `no-role` at all, no `role` with this right, or a role that does not reach this part of the
   * catalogue (`subtree`), this `kind`, this `locale` or this `channel`; or the `access-key` is not for this; or the right is
   * not enough, because a policy asks for approvals (`policy-approvals`), for a session with a second factor
   * (`policy-second-factor`), or lets no program publish (`policy-program`).
   */
  why:
    | "no-role"
    | "role"
    | "subtree"
    | "kind"
    | "locale"
    | "channel"
    | "access-key"
    | "policy-approvals"
    | "policy-second-factor"
    | "policy-program";
}
/**
 * A refusal with 403 that has no members of its own.
 */
export interface Plain403Problem {
  /**
   * What it is, for programs.
   */
  code: "sign-in-again" | "csrf-refused" | "https-needed" | "not-a-member" | "not-allowed";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 403;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * There is nothing at this address.
 */
export interface PathUnknownProblem {
  /**
   * What it is, for programs.
   */
  code: "path-unknown";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The names that would have been known here.
   */
  known?: string[] | null;
  /**
   * The status of the answer.
   */
  status: 404;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The snapshot has no such locale.
 */
export interface LocaleUnknownProblem {
  /**
   * What it is, for programs.
   */
  code: "locale-unknown";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The names that would have been known here.
   */
  known?: string[] | null;
  /**
   * The status of the answer.
   */
  status: 404;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * There is no such entry.
 */
export interface EntryUnknownProblem {
  /**
   * What it is, for programs.
   */
  code: "entry-unknown";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The place in the body, or in the request of a command or job, as a JSON pointer.
   */
  pointer?: string | null;
  /**
   * The status of the answer.
   */
  status: 404;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * A refusal with 404 that has no members of its own.
 */
export interface Plain404Problem {
  /**
   * What it is, for programs.
   */
  code:
    | "account-unknown"
    | "channel-unknown"
    | "snapshot-unknown"
    | "route-unknown"
    | "takedown-unknown"
    | "share-unknown"
    | "object-unknown"
    | "item-unknown"
    | "finding-unknown"
    | "state-unknown"
    | "commit-unknown"
    | "revision-unknown"
    | "publication-unknown"
    | "draft-unknown"
    | "review-unknown"
    | "thread-unknown"
    | "comment-unknown"
    | "job-unknown"
    | "notice-unknown"
    | "grant-unknown"
    | "token-unknown"
    | "schedule-unknown"
    | "repository-missing";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 404;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * This address does not support that method.
 */
export interface Plain405Problem {
  /**
   * What it is, for programs.
   */
  code: "method-not-allowed";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 405;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The request took too long to arrive.
 */
export interface Plain408Problem {
  /**
   * What it is, for programs.
   */
  code: "too-slow";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 408;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The account is in another state.
 */
export interface AccountStateProblem {
  /**
   * What it is, for programs.
   */
  code: "account-state";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The state of the account.
   */
  state: "invited" | "active" | "deactivated" | "erased";
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The entry is in the trash.
 */
export interface InTrashProblem {
  /**
   * What it is, for programs.
   */
  code: "in-trash";
  /**
   * This occurrence.
   */
  detail?: string;
  key?: string | null;
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The draft is in another state.
 */
export interface DraftStateProblem {
  /**
   * What it is, for programs.
   */
  code: "draft-state";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The draft's state.
   */
  state: "open" | "merged" | "discarded";
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * Changes come to main only through a review here.
 */
export interface ReviewRequiredProblem {
  /**
   * What it is, for programs.
   */
  code: "review-required";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The draft for which to open a review.
   */
  draft: string;
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The entry is in conflict.
 */
export interface InConflictProblem {
  /**
   * What it is, for programs.
   */
  code: "in-conflict";
  /**
   * This occurrence.
   */
  detail?: string;
  key?: string | null;
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * What was typed has already been committed.
 */
export interface CommittedMeanwhileProblem {
  /**
   * What it is, for programs.
   */
  code: "committed-meanwhile";
  /**
   * This occurrence.
   */
  detail?: string;
  key?: string | null;
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * There is nothing to do.
 */
export interface NothingToDoProblem {
  /**
   * What it is, for programs.
   */
  code: "nothing-to-do";
  /**
   * This occurrence.
   */
  detail?: string;
  report?: PublishReport | null;
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * For a publish, what would have been done and what not.
 */
export interface PublishReport {
  asked: Asked;
  /**
   * The channel's snapshot before.
   */
  base: string | null;
  /**
   * The number of that snapshot; 0 when the channel is new.
   */
  base_sequence: number;
  /**
   * Entries and translations that change.
   */
  changes: EntryChange[];
  /**
   * How many entries and translations change.
   */
  changes_count: number;
  /**
   * The commit that the target stands for.
   */
  commit: string;
  delivered: DeliveredCounts;
  /**
   * Findings of these entries by which learners can't be right or are right without reason, or formulas that can't
   * be typeset; the gravest first, without those that were dismissed. Empty in the record of an older publish.
   */
  findings: EntryFinding[];
  /**
   * How many findings there are.
   */
  findings_count: number;
  /**
   * Entries that keep their last published form.
   */
  held_back: HeldBack[];
  /**
   * How many keep their last published form.
   */
  held_back_count: number;
  /**
   * Children without which their containers go live.
   */
  left_out: LeftOut[];
  /**
   * How many children are left out.
   */
  left_out_count: number;
  /**
   * Differences that were not chosen.
   */
  not_chosen_count: number;
  /**
   * Items for which a language's learners are scored by earlier answers than the source's, or would be if the items
   * were not held.
   */
  old_keys: OldKey[];
  /**
   * How many such items there are.
   */
  old_keys_count: number;
  /**
   * Changed entries that a hold keeps as they are.
   */
  on_hold: string[];
  /**
   * How many changed entries are on hold.
   */
  on_hold_count: number;
  /**
   * Entries that are made again only because of what they carry.
   */
  remade: string[];
  /**
   * How many entries are made again.
   */
  remade_count: number;
  /**
   * Entries that are no longer delivered.
   */
  retired: string[];
  /**
   * How many entries are no longer delivered.
   */
  retired_count: number;
  /**
   * Routes that are added, moved and removed.
   */
  routes: MovedRoute[];
  /**
   * How many routes change.
   */
  routes_count: number;
  /**
   * Items that a language gets with newer answers than their last complete translation, and without the hints that
   * wait.
   */
  shortened: ShortenedItem[];
  /**
   * How many such items there are.
   */
  shortened_count: number;
  /**
   * Changed entries that stand nowhere.
   */
  stands_nowhere: string[];
  /**
   * How many changed entries stand nowhere.
   */
  stands_nowhere_count: number;
  /**
   * Entries that were left alone, because they were published again meanwhile.
   */
  superseded: string[];
  /**
   * How many entries were left alone.
   */
  superseded_count: number;
}
/**
 * What was asked for.
 */
export interface Asked {
  /**
   * The channel.
   */
  channel: string;
  /**
   * The entries chosen; empty for all.
   */
  only: string[];
  /**
   * The entry that replaces the retired ones.
   */
  replaced_by: string | null;
  /**
   * The schedule that asked for the publish.
   */
  schedule: string | null;
  /**
   * Whether one entry held back refuses the whole publish.
   */
  strict: boolean;
  /**
   * The state to publish, as it was written in the request.
   */
  target: string;
  /**
   * The verb that moves the channel.
   */
  verb: "publish" | "rollback" | "release" | "unpublish" | "retire" | "revert" | "remake";
}
/**
 * One entry's change.
 */
export interface EntryChange {
  /**
   * What becomes of it.
   */
  change: "added" | "changed" | "removed";
  /**
   * The entry or translation.
   */
  key: string;
  /**
   * Its title.
   */
  title: string | null;
}
/**
 * The delivered documents that were made, counted.
 */
export interface DeliveredCounts {
  /**
   * Documents under keys that had none.
   */
  added: number;
  /**
   * Documents under keys that had another.
   */
  changed: number;
  /**
   * Documents that are gone.
   */
  removed: number;
  /**
   * The size of the new documents, in bytes.
   */
  size_bytes: number;
}
/**
 * The finding.
 */
export interface FindingView {
  dismissed: DismissalView | null;
  /**
   * The id by which it is dismissed.
   */
  id: string;
  /**
   * The item or section that it concerns; empty when it concerns the whole entry.
   */
  item: string;
  /**
   * What could be better.
   */
  message: string;
  /**
   * The place, as a JSON pointer into the document.
   */
  pointer: string;
  /**
   * The rule that found it, such as `image-alt-text` or `never-right`.
   */
  rule: string;
  /**
   * How grave it is.
   */
  severity: "impossible" | "error" | "warning" | "guideline";
  /**
   * The range in that text, in UTF-16 code units: the first unit, and the one past the last.
   *
   * @minItems 2
   * @maxItems 2
   */
  span: [number, number] | null;
}
/**
 * Why it needs no mending; null until somebody dismisses it.
 */
export interface DismissalView {
  /**
   * Who dismissed it.
   */
  author: string;
  /**
   * Whether they may approve: only then does a dismissal let an entry go live that no learner can get right.
   */
  by_reviewer: boolean;
  /**
   * The reason that they gave.
   */
  reason: string;
  /**
   * When they did, in milliseconds since 1970-01-01T00:00:00Z.
   */
  time_ms: number;
}
/**
 * An entry that keeps its last published form.
 */
export interface HeldBack {
  /**
   * Whether an earlier form of it is live.
   */
  is_live: boolean;
  /**
   * The entry or translation.
   */
  key: string;
  /**
   * The reasons.
   */
  reasons: Violation[];
}
/**
 * One thing that is wrong with a document, and where.
 */
export interface Violation {
  /**
   * The stable code.
   */
  code: string;
  /**
   * A sentence without its full stop.
   */
  message: string;
  /**
   * The JSON pointer of the place.
   */
  pointer: string;
}
/**
 * A child without which its container went live.
 */
export interface LeftOut {
  /**
   * The child.
   */
  child: string;
  /**
   * The container.
   */
  parent: string;
}
/**
 * An item for which a language's learners are scored by earlier answers than the source's, because words that changed
 * together with the answers wait for their translation.
 */
export interface OldKey {
  /**
   * Whether the language's policy (`old_keys`) holds the item instead, so that nobody is scored by the earlier
   * answers.
   */
  held: boolean;
  /**
   * The item.
   */
  item: string;
  /**
   * The entry.
   */
  key: string;
  /**
   * The language.
   */
  locale: string;
  /**
   * The changed answers, as JSON pointers into the source's document; only the first ones.
   */
  pointers: string[];
}
/**
 * A route that changed.
 */
export interface MovedRoute {
  /**
   * The route that the entry had.
   */
  from: string | null;
  /**
   * The entry.
   */
  key: string;
  /**
   * The route that it has; null when it is no longer delivered.
   */
  to: string | null;
}
/**
 * An item that a language gets with newer answers than its last complete translation, and without the hints that wait
 * for their words.
 */
export interface ShortenedItem {
  /**
   * The item.
   */
  item: string;
  /**
   * The entry.
   */
  key: string;
  /**
   * The language.
   */
  locale: string;
}
/**
 * The two sides are in conflict.
 */
export interface MergeConflictsProblem {
  /**
   * What it is, for programs.
   */
  code: "merge-conflicts";
  /**
   * The entries in conflict.
   */
  conflicted: KeyText[];
  /**
   * What does not fit together around entries.
   */
  conflicts?: CatalogueConflict[] | null;
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * One thing that does not fit together around entries.
 */
export interface CatalogueConflict {
  /**
   * The entries that it is about.
   */
  entries: string[];
  /**
   * Its name within the draft.
   */
  id: string;
  /**
   * What is wrong, for people.
   */
  message: string;
  /**
   * What is wrong, for programs.
   */
  reason:
    | {
        is: "circle";
      }
    | {
        is: "deleted-but-used";
      }
    | {
        is: "slug-taken";
      }
    | {
        is: "not-a-parent";
      }
    | {
        /**
         * The entry that was moved.
         */
        child: string;
        is: "moved-apart";
        /**
         * The containers where the draft has it.
         */
        ours: string[];
        /**
         * The containers where `main` has it.
         */
        theirs: string[];
      };
}
/**
 * The review is in another state.
 */
export interface ReviewStateProblem {
  /**
   * What it is, for programs.
   */
  code: "review-state";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The review's state.
   */
  state: "open" | "merged" | "closed";
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The draft is already under review.
 */
export interface UnderReviewProblem {
  /**
   * What it is, for programs.
   */
  code: "under-review";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The draft's open review.
   */
  review: string;
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * Entries have changed since they were seen.
 */
export interface NotAsSeenProblem {
  /**
   * What it is, for programs.
   */
  code: "not-as-seen";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The entries that have changed.
   */
  keys: KeyText[];
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * Entries are not approved yet.
 */
export interface NotApprovedProblem {
  /**
   * The people who want changes.
   */
  changes_wanted_by?: string[] | null;
  /**
   * What it is, for programs.
   */
  code: "not-approved";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The entries that lack approvals.
   */
  keys?: KeyText[] | null;
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * Others use the entry.
 */
export interface StillUsedProblem {
  /**
   * What it is, for programs.
   */
  code: "still-used";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
  /**
   * The places where it is used.
   */
  uses: Use[];
}
/**
 * A place where an entry is used.
 */
export interface Use {
  /**
   * The entry that uses it.
   */
  by: string;
  /**
   * The JSON pointers of the links in that entry's document.
   */
  pointers: string[];
  /**
   * The role of the link.
   */
  role: "contains" | "embeds" | "refers" | "builds on";
  /**
   * That entry's title.
   */
  title: string | null;
}
/**
 * The job has already ended.
 */
export interface JobOverProblem {
  /**
   * What it is, for programs.
   */
  code: "job-over";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * How the job ended.
   */
  state: "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted";
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The person has this role already.
 */
export interface GrantGivenProblem {
  /**
   * What it is, for programs.
   */
  code: "grant-given";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The grant by which the person has the role.
   */
  grant: string;
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The last administrator stays.
 */
export interface LastAdministratorProblem {
  /**
   * What it is, for programs.
   */
  code: "last-administrator";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The last administrator.
   */
  person: string;
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * Somebody else changed it first; look again and retry.
 */
export interface MovedProblem {
  by?: Mover | null;
  /**
   * What it is, for programs.
   */
  code: "moved";
  /**
   * The version where it is now.
   */
  current?: string | null;
  /**
   * This occurrence.
   */
  detail?: string;
  report?: PublishReport1 | null;
  /**
   * After how many seconds the same request may succeed, when others were in its way; as in `Retry-After`.
   */
  retry_after_s?: number | null;
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * For a channel, who moved it.
 */
export interface Mover {
  /**
   * Who moved it.
   */
  author: string;
  /**
   * The publication that records the move.
   */
  publication: string;
  /**
   * The sequence number of the snapshot where the channel has been since.
   */
  sequence: number;
  /**
   * When they moved it, in milliseconds since 1970-01-01T00:00:00Z.
   */
  time_ms: number;
  /**
   * The verb that moved it.
   */
  verb: "publish" | "rollback" | "release" | "unpublish" | "retire" | "revert" | "remake";
}
/**
 * For a channel, what would be done now.
 */
export interface PublishReport1 {
  asked: Asked;
  /**
   * The channel's snapshot before.
   */
  base: string | null;
  /**
   * The number of that snapshot; 0 when the channel is new.
   */
  base_sequence: number;
  /**
   * Entries and translations that change.
   */
  changes: EntryChange[];
  /**
   * How many entries and translations change.
   */
  changes_count: number;
  /**
   * The commit that the target stands for.
   */
  commit: string;
  delivered: DeliveredCounts;
  /**
   * Findings of these entries by which learners can't be right or are right without reason, or formulas that can't
   * be typeset; the gravest first, without those that were dismissed. Empty in the record of an older publish.
   */
  findings: EntryFinding[];
  /**
   * How many findings there are.
   */
  findings_count: number;
  /**
   * Entries that keep their last published form.
   */
  held_back: HeldBack[];
  /**
   * How many keep their last published form.
   */
  held_back_count: number;
  /**
   * Children without which their containers go live.
   */
  left_out: LeftOut[];
  /**
   * How many children are left out.
   */
  left_out_count: number;
  /**
   * Differences that were not chosen.
   */
  not_chosen_count: number;
  /**
   * Items for which a language's learners are scored by earlier answers than the source's, or would be if the items
   * were not held.
   */
  old_keys: OldKey[];
  /**
   * How many such items there are.
   */
  old_keys_count: number;
  /**
   * Changed entries that a hold keeps as they are.
   */
  on_hold: string[];
  /**
   * How many changed entries are on hold.
   */
  on_hold_count: number;
  /**
   * Entries that are made again only because of what they carry.
   */
  remade: string[];
  /**
   * How many entries are made again.
   */
  remade_count: number;
  /**
   * Entries that are no longer delivered.
   */
  retired: string[];
  /**
   * How many entries are no longer delivered.
   */
  retired_count: number;
  /**
   * Routes that are added, moved and removed.
   */
  routes: MovedRoute[];
  /**
   * How many routes change.
   */
  routes_count: number;
  /**
   * Items that a language gets with newer answers than their last complete translation, and without the hints that
   * wait.
   */
  shortened: ShortenedItem[];
  /**
   * How many such items there are.
   */
  shortened_count: number;
  /**
   * Changed entries that stand nowhere.
   */
  stands_nowhere: string[];
  /**
   * How many changed entries stand nowhere.
   */
  stands_nowhere_count: number;
  /**
   * Entries that were left alone, because they were published again meanwhile.
   */
  superseded: string[];
  /**
   * How many entries were left alone.
   */
  superseded_count: number;
}
/**
 * It was already done.
 */
export interface OperationDoneProblem {
  /**
   * What it is, for programs.
   */
  code: "operation-done";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The names that it concerns.
   */
  happened: {
    [k: string]: unknown;
  } | null;
  /**
   * Its position in the order of everything that happened.
   */
  position: number;
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
  /**
   * The verb that was done; null when the record of it can't be read.
   */
  verb: string | null;
}
/**
 * A refusal with 409 that has no members of its own.
 */
export interface Plain409Problem {
  /**
   * What it is, for programs.
   */
  code:
    | "passkeys-unavailable"
    | "address-taken"
    | "channel-begun"
    | "conflict-unknown"
    | "not-accepted"
    | "schedule-over"
    | "repository-exists";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 409;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The entry is retired.
 */
export interface EntryRetiredProblem {
  /**
   * What it is, for programs.
   */
  code: "entry-retired";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 410;
  /**
   * What the code means.
   */
  title: string;
  tombstone: Tombstone | null;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The entry's tombstone; null when that can't be read.
 */
export interface Tombstone {
  /**
   * The version of this form.
   */
  format: number;
  /**
   * The entry.
   */
  key: string;
  retired: Retired;
}
/**
 * What the entry was.
 */
export interface Retired {
  /**
   * Its last delivered document, at `/v1/objects/{object}`.
   */
  last_object: string;
  replaced_by: string | null;
  /**
   * Its last title.
   */
  title: string | null;
}
/**
 * The entry of this route is retired.
 */
export interface RouteRetiredProblem {
  /**
   * What it is, for programs.
   */
  code: "route-retired";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 410;
  /**
   * What the code means.
   */
  title: string;
  tombstone: Tombstone1 | null;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The entry's tombstone; null when that can't be read.
 */
export interface Tombstone1 {
  /**
   * The version of this form.
   */
  format: number;
  /**
   * The entry.
   */
  key: string;
  retired: Retired;
}
/**
 * A refusal with 410 that has no members of its own.
 */
export interface Plain410Problem {
  /**
   * What it is, for programs.
   */
  code: "link-spent" | "taken-down" | "share-over";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 410;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * It has changed since it was read.
 */
export interface StaleProblem {
  /**
   * For a save, who saved what is there; null if it is committed.
   */
  author?: string | null;
  /**
   * For a save, what its writer had read; null for no entry.
   */
  base?: {
    [k: string]: unknown;
  };
  /**
   * What it is, for programs.
   */
  code: "stale";
  /**
   * For a save, the places where the two conflict.
   */
  conflicts?: PlaceConflict[] | null;
  current?: string | null;
  /**
   * The `ETag` of what is there; null when nothing is there.
   */
  current_tag: string | null;
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * For a save, whether it is known what its writer had read.
   */
  is_base_known?: boolean | null;
  /**
   * For a save, the two joined; it has yours where they conflict.
   */
  merged?: {
    [k: string]: unknown;
  };
  /**
   * The status of the answer.
   */
  status: 412;
  /**
   * For a save, the tag against which the next save is made, without quotes.
   */
  tag?: string | null;
  /**
   * For a save, what is there.
   */
  theirs?: {
    [k: string]: unknown;
  };
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
  /**
   * For a save, what was to be saved.
   */
  yours?: {
    [k: string]: unknown;
  };
}
/**
 * A place where two sides conflict.
 */
export interface PlaceConflict {
  /**
   * What both sides had before; null or missing when there was nothing.
   */
  base: {
    [k: string]: unknown;
  };
  /**
   * What the draft has there.
   */
  ours: {
    [k: string]: unknown;
  };
  /**
   * The way to the place, for people.
   */
  place: Step[];
  /**
   * The conflict's name, which `resolve` and `settles` of a save take. For a stretch of a text or list, this pointer
   * leads to no value.
   */
  pointer: string;
  /**
   * Why the two sides conflict.
   */
  reason: "both_changed" | "both_added" | "ours_removed" | "theirs_removed" | "order";
  /**
   * What `main` has there.
   */
  theirs: {
    [k: string]: unknown;
  };
  /**
   * The pointer of the text or list of which the conflict is a stretch; null when it is about a whole value.
   * Settling that pointer settles all conflicts within it.
   */
  within: string | null;
}
/**
 * The tag is weak, so no write can be based on it.
 */
export interface Plain412Problem {
  /**
   * What it is, for programs.
   */
  code: "tag-weak";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 412;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The body is larger than the limit.
 */
export interface Plain413Problem {
  /**
   * What it is, for programs.
   */
  code: "body-too-large";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 413;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The body has a media type that this operation does not take.
 */
export interface Plain415Problem {
  /**
   * What it is, for programs.
   */
  code: "media-type-unsupported";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 415;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * There are no bytes in that range.
 */
export interface Plain416Problem {
  /**
   * What it is, for programs.
   */
  code: "range-unsatisfiable";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 416;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The account is not allowed as it was sent.
 */
export interface AccountRefusedProblem {
  /**
   * What it is, for programs.
   */
  code: "account-refused";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The place in the body, or in the request of a command or job, as a JSON pointer.
   */
  pointer?: string | null;
  /**
   * The status of the answer.
   */
  status: 422;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The link is not allowed as it was sent.
 */
export interface ShareRefusedProblem {
  /**
   * What it is, for programs.
   */
  code: "share-refused";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The place in the body, or in the request of a command or job, as a JSON pointer.
   */
  pointer?: string | null;
  /**
   * The status of the answer.
   */
  status: 422;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The input does not fit the item.
 */
export interface InputRefusedProblem {
  /**
   * What it is, for programs.
   */
  code: "input-refused";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 422;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
  /**
   * What does not fit, and at which places.
   */
  violations: Violation[];
}
/**
 * The draft or the step is not allowed as it was sent.
 */
export interface DraftRefusedProblem {
  /**
   * What it is, for programs.
   */
  code: "draft-refused";
  /**
   * This occurrence.
   */
  detail?: string;
  key?: string | null;
  /**
   * The place in the body, as a JSON pointer.
   */
  pointer: string;
  /**
   * The status of the answer.
   */
  status: 422;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The entry can't be placed there.
 */
export interface PlaceRefusedProblem {
  /**
   * An entry's key.
   */
  child: string;
  /**
   * What it is, for programs.
   */
  code: "place-refused";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * An entry's key.
   */
  parent: string;
  /**
   * The status of the answer.
   */
  status: 422;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The choice does not fit the conflict.
 */
export interface ChoiceRefusedProblem {
  /**
   * What it is, for programs.
   */
  code: "choice-refused";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The place in the body, or in the request of a command or job, as a JSON pointer.
   */
  pointer?: string | null;
  /**
   * The status of the answer.
   */
  status: 422;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The review is not allowed as it was sent.
 */
export interface ReviewRefusedProblem {
  /**
   * What it is, for programs.
   */
  code: "review-refused";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The place in the body, or in the request of a command or job, as a JSON pointer.
   */
  pointer?: string | null;
  /**
   * The status of the answer.
   */
  status: 422;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The policies are not allowed as they were sent.
 */
export interface PolicyRefusedProblem {
  /**
   * What it is, for programs.
   */
  code: "policy-refused";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The place in the body, or in the request of a command or job, as a JSON pointer.
   */
  pointer?: string | null;
  /**
   * The status of the answer.
   */
  status: 422;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * There is no such person.
 */
export interface PersonUnknownProblem {
  /**
   * What it is, for programs.
   */
  code: "person-unknown";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * A person with a similar name.
   */
  nearest?: string | null;
  /**
   * The place in the body, as a JSON pointer.
   */
  pointer: string;
  /**
   * The status of the answer.
   */
  status: 422;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The content was refused.
 */
export interface ContentRefusedProblem {
  /**
   * What it is, for programs.
   */
  code: "content-refused";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * For one document, the place of the first fault.
   */
  pointer?: string | null;
  /**
   * Each refused entry, with what is wrong with it.
   */
  refusals?: RefusedEntry[] | null;
  report?: ImportReport | null;
  /**
   * The status of the answer.
   */
  status: 422;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
  /**
   * For one document, what is wrong with it.
   */
  violations?: Violation[] | null;
}
/**
 * An entry that is not as it must be.
 */
export interface RefusedEntry {
  /**
   * The entry.
   */
  key: string;
  /**
   * All that is wrong with it.
   */
  violations: Violation[];
}
/**
 * For an import, its whole report.
 */
export interface ImportReport {
  /**
   * How many entries and translations are new.
   */
  added: number;
  /**
   * How many entries and translations have another document.
   */
  changed: number;
  /**
   * The commit; null when nothing changed.
   */
  commit: string | null;
  /**
   * The written media files that were converted from another format or encoding.
   */
  converted: ConvertedMedia[];
  /**
   * How many files were converted.
   */
  converted_count: number;
  /**
   * Files that were found and not read.
   */
  left_out: FileLeftOut[];
  /**
   * How many files were left out.
   */
  left_out_count: number;
  /**
   * How many lines were read.
   */
  lines: number;
  /**
   * How many media files were written.
   */
  media: number;
  /**
   * What was put right.
   */
  notices: ImportNotice[];
  /**
   * How many things were put right.
   */
  notices_count: number;
  /**
   * Lines and media files that were refused, and entries that would not be valid under a schema among the lines.
   */
  refused: RefusedLine[];
  /**
   * How many lines, files and entries were refused.
   */
  refused_count: number;
  /**
   * How many entries and translations were removed.
   */
  removed: number;
  /**
   * How many lines hold a translation.
   */
  translations: number;
  /**
   * How many lines changed nothing.
   */
  unchanged: number;
}
/**
 * A media file that is stored in another form than it came.
 */
export interface ConvertedMedia {
  /**
   * The id of the stored file, which documents name.
   */
  id: string;
  /**
   * The format that it came in, for people: for example subtitles in SubRip, or in another encoding than UTF-8.
   */
  made_from: string;
  /**
   * The file's name.
   */
  name: string;
}
/**
 * A file that was found next to what was imported, and was not read.
 */
export interface FileLeftOut {
  /**
   * The reason, for people.
   */
  reason: string;
  /**
   * The name of the file.
   */
  source: string;
}
/**
 * Something that the import put right.
 */
export interface ImportNotice {
  /**
   * The entry that it concerns.
   */
  key: string;
  /**
   * The line; 0 for an entry that existed before.
   */
  line: number;
  /**
   * What was done.
   */
  message: string;
  /**
   * The JSON pointer of the place.
   */
  pointer: string;
  /**
   * The name of the line's file.
   */
  source: string;
}
/**
 * A line that was not imported.
 */
export interface RefusedLine {
  /**
   * Where in that line the first fault is, in characters from 1, if that is known.
   */
  column: number | null;
  /**
   * Its key, if that could be read.
   */
  key: string | null;
  /**
   * Its number in its file; 0 for an entry that existed before.
   */
  line: number;
  /**
   * All that is wrong with it.
   */
  reasons: Violation[];
  /**
   * The name of its file.
   */
  source: string;
}
/**
 * The publish was refused.
 */
export interface PublishRefusedProblem {
  /**
   * What it is, for programs.
   */
  code: "publish-refused";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * Live entries that need what was to be taken off.
   */
  needs?: Need[] | null;
  /**
   * How many such needs there are.
   */
  needs_count?: number | null;
  report?: PublishReport2 | null;
  /**
   * The status of the answer.
   */
  status: 422;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * A live entry that needs an entry which was to be taken off.
 */
export interface Need {
  /**
   * An entry's key.
   */
  by: string;
  /**
   * An entry's key.
   */
  key: string;
  /**
   * The role of the link by which it needs it.
   */
  role: "contains" | "embeds" | "refers" | "builds on";
  /**
   * That entry's title.
   */
  title: string | null;
}
/**
 * What would have been held back, and why.
 */
export interface PublishReport2 {
  asked: Asked;
  /**
   * The channel's snapshot before.
   */
  base: string | null;
  /**
   * The number of that snapshot; 0 when the channel is new.
   */
  base_sequence: number;
  /**
   * Entries and translations that change.
   */
  changes: EntryChange[];
  /**
   * How many entries and translations change.
   */
  changes_count: number;
  /**
   * The commit that the target stands for.
   */
  commit: string;
  delivered: DeliveredCounts;
  /**
   * Findings of these entries by which learners can't be right or are right without reason, or formulas that can't
   * be typeset; the gravest first, without those that were dismissed. Empty in the record of an older publish.
   */
  findings: EntryFinding[];
  /**
   * How many findings there are.
   */
  findings_count: number;
  /**
   * Entries that keep their last published form.
   */
  held_back: HeldBack[];
  /**
   * How many keep their last published form.
   */
  held_back_count: number;
  /**
   * Children without which their containers go live.
   */
  left_out: LeftOut[];
  /**
   * How many children are left out.
   */
  left_out_count: number;
  /**
   * Differences that were not chosen.
   */
  not_chosen_count: number;
  /**
   * Items for which a language's learners are scored by earlier answers than the source's, or would be if the items
   * were not held.
   */
  old_keys: OldKey[];
  /**
   * How many such items there are.
   */
  old_keys_count: number;
  /**
   * Changed entries that a hold keeps as they are.
   */
  on_hold: string[];
  /**
   * How many changed entries are on hold.
   */
  on_hold_count: number;
  /**
   * Entries that are made again only because of what they carry.
   */
  remade: string[];
  /**
   * How many entries are made again.
   */
  remade_count: number;
  /**
   * Entries that are no longer delivered.
   */
  retired: string[];
  /**
   * How many entries are no longer delivered.
   */
  retired_count: number;
  /**
   * Routes that are added, moved and removed.
   */
  routes: MovedRoute[];
  /**
   * How many routes change.
   */
  routes_count: number;
  /**
   * Items that a language gets with newer answers than their last complete translation, and without the hints that
   * wait.
   */
  shortened: ShortenedItem[];
  /**
   * How many such items there are.
   */
  shortened_count: number;
  /**
   * Changed entries that stand nowhere.
   */
  stands_nowhere: string[];
  /**
   * How many changed entries stand nowhere.
   */
  stands_nowhere_count: number;
  /**
   * Entries that were left alone, because they were published again meanwhile.
   */
  superseded: string[];
  /**
   * How many entries were left alone.
   */
  superseded_count: number;
}
/**
 * The import would remove more than it may.
 */
export interface PruneTooMuchProblem {
  /**
   * What it is, for programs.
   */
  code: "prune-too-much";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The first keys that would be removed.
   */
  keys: KeyText[];
  /**
   * How many entries and translations there are.
   */
  of: number;
  /**
   * How many entries and translations would be removed.
   */
  removed: number;
  /**
   * The status of the answer.
   */
  status: 422;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The publish would leave learners without the home page, or with nothing.
 */
export interface PublishEmptiesProblem {
  /**
   * What it is, for programs.
   */
  code: "publish-empties";
  /**
   * This occurrence.
   */
  detail?: string;
  report: PublishReport3;
  /**
   * The status of the answer.
   */
  status: 422;
  /**
   * What learners would lose; `may_empty` makes the publish go on nevertheless.
   */
  takes: "home" | "everything";
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * What the publish would do.
 */
export interface PublishReport3 {
  asked: Asked;
  /**
   * The channel's snapshot before.
   */
  base: string | null;
  /**
   * The number of that snapshot; 0 when the channel is new.
   */
  base_sequence: number;
  /**
   * Entries and translations that change.
   */
  changes: EntryChange[];
  /**
   * How many entries and translations change.
   */
  changes_count: number;
  /**
   * The commit that the target stands for.
   */
  commit: string;
  delivered: DeliveredCounts;
  /**
   * Findings of these entries by which learners can't be right or are right without reason, or formulas that can't
   * be typeset; the gravest first, without those that were dismissed. Empty in the record of an older publish.
   */
  findings: EntryFinding[];
  /**
   * How many findings there are.
   */
  findings_count: number;
  /**
   * Entries that keep their last published form.
   */
  held_back: HeldBack[];
  /**
   * How many keep their last published form.
   */
  held_back_count: number;
  /**
   * Children without which their containers go live.
   */
  left_out: LeftOut[];
  /**
   * How many children are left out.
   */
  left_out_count: number;
  /**
   * Differences that were not chosen.
   */
  not_chosen_count: number;
  /**
   * Items for which a language's learners are scored by earlier answers than the source's, or would be if the items
   * were not held.
   */
  old_keys: OldKey[];
  /**
   * How many such items there are.
   */
  old_keys_count: number;
  /**
   * Changed entries that a hold keeps as they are.
   */
  on_hold: string[];
  /**
   * How many changed entries are on hold.
   */
  on_hold_count: number;
  /**
   * Entries that are made again only because of what they carry.
   */
  remade: string[];
  /**
   * How many entries are made again.
   */
  remade_count: number;
  /**
   * Entries that are no longer delivered.
   */
  retired: string[];
  /**
   * How many entries are no longer delivered.
   */
  retired_count: number;
  /**
   * Routes that are added, moved and removed.
   */
  routes: MovedRoute[];
  /**
   * How many routes change.
   */
  routes_count: number;
  /**
   * Items that a language gets with newer answers than their last complete translation, and without the hints that
   * wait.
   */
  shortened: ShortenedItem[];
  /**
   * How many such items there are.
   */
  shortened_count: number;
  /**
   * Changed entries that stand nowhere.
   */
  stands_nowhere: string[];
  /**
   * How many changed entries stand nowhere.
   */
  stands_nowhere_count: number;
  /**
   * Entries that were left alone, because they were published again meanwhile.
   */
  superseded: string[];
  /**
   * How many entries were left alone.
   */
  superseded_count: number;
}
/**
 * The schedule was refused.
 */
export interface ScheduleRefusedProblem {
  /**
   * What it is, for programs.
   */
  code: "schedule-refused";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The place in the body, or in the request of a command or job, as a JSON pointer.
   */
  pointer?: string | null;
  /**
   * The status of the answer.
   */
  status: 422;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * A refusal with 422 that has no members of its own.
 */
export interface Plain422Problem {
  /**
   * What it is, for programs.
   */
  code: "idempotency-key-reused" | "takedown-refused" | "not-scorable";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 422;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The write must name the version that it is based on.
 */
export interface Plain428Problem {
  /**
   * What it is, for programs.
   */
  code: "precondition-required";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 428;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * Too many attempts to sign in.
 */
export interface TooManyAttemptsProblem {
  /**
   * What it is, for programs.
   */
  code: "too-many-attempts";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The number of seconds in `Retry-After`.
   */
  retry_after_s: number;
  /**
   * The status of the answer.
   */
  status: 429;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * There are too many of these at once.
 */
export interface TooManyProblem {
  /**
   * What it is, for programs.
   */
  code: "too-many";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The number of seconds in `Retry-After`.
   */
  retry_after_s: number;
  /**
   * The status of the answer.
   */
  status: 429;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The head of the request is larger than the limit.
 */
export interface Plain431Problem {
  /**
   * What it is, for programs.
   */
  code: "head-too-large";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 431;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * A refusal with 500 that has no members of its own.
 */
export interface Plain500Problem {
  /**
   * What it is, for programs.
   */
  code: "store-damaged" | "input-output" | "output-closed" | "internal";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 500;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The server did not answer.
 */
export interface Plain502Problem {
  /**
   * What it is, for programs.
   */
  code: "server-unavailable";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 502;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The provider of identities does not answer.
 */
export interface ProviderUnavailableProblem {
  /**
   * What it is, for programs.
   */
  code: "provider-unavailable";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The number of seconds in `Retry-After`.
   */
  retry_after_s: number;
  /**
   * The status of the answer.
   */
  status: 503;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The server has no room for another request.
 */
export interface ServerFullProblem {
  /**
   * What it is, for programs.
   */
  code: "server-full";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The number of seconds in `Retry-After`.
   */
  retry_after_s: number;
  /**
   * The status of the answer.
   */
  status: 503;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * Another process holds the store.
 */
export interface StoreInUseProblem {
  /**
   * What it is, for programs.
   */
  code: "store-in-use";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * What holds it.
   */
  holder?: string | null;
  /**
   * The status of the answer.
   */
  status: 503;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * A refusal with 503 that has no members of its own.
 */
export interface Plain503Problem {
  /**
   * What it is, for programs.
   */
  code: "store-newer" | "store-read-only" | "store-unavailable" | "outcome-unknown" | "stopped";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 503;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The disk is full.
 */
export interface Plain507Problem {
  /**
   * What it is, for programs.
   */
  code: "store-full";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * The status of the answer.
   */
  status: 507;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to a page that says what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * How far it has come; null when it has ended.
 */
export interface Progress {
  /**
   * How many of the things that the verb itself counts are done; 0 when it counts nothing.
   */
  done_count: number;
  /**
   * How many objects were read so far.
   */
  read_count: number;
  /**
   * How many bytes were read and written so far.
   */
  size_bytes: number;
  /**
   * How many of these things there are in all.
   */
  total_count: number;
  /**
   * How many objects were written so far.
   */
  written_count: number;
}
/**
 * A channel that moved, or did not need to.
 */
export interface Moved {
  /**
   * The publication that records it.
   */
  publication: string | null;
  report: PublishReport4;
  /**
   * The number of the new snapshot.
   */
  sequence: number | null;
  /**
   * The new snapshot; null when nothing would have changed.
   */
  snapshot: string | null;
}
/**
 * What was asked for, done and held back.
 */
export interface PublishReport4 {
  asked: Asked;
  /**
   * The channel's snapshot before.
   */
  base: string | null;
  /**
   * The number of that snapshot; 0 when the channel is new.
   */
  base_sequence: number;
  /**
   * Entries and translations that change.
   */
  changes: EntryChange[];
  /**
   * How many entries and translations change.
   */
  changes_count: number;
  /**
   * The commit that the target stands for.
   */
  commit: string;
  delivered: DeliveredCounts;
  /**
   * Findings of these entries by which learners can't be right or are right without reason, or formulas that can't
   * be typeset; the gravest first, without those that were dismissed. Empty in the record of an older publish.
   */
  findings: EntryFinding[];
  /**
   * How many findings there are.
   */
  findings_count: number;
  /**
   * Entries that keep their last published form.
   */
  held_back: HeldBack[];
  /**
   * How many keep their last published form.
   */
  held_back_count: number;
  /**
   * Children without which their containers go live.
   */
  left_out: LeftOut[];
  /**
   * How many children are left out.
   */
  left_out_count: number;
  /**
   * Differences that were not chosen.
   */
  not_chosen_count: number;
  /**
   * Items for which a language's learners are scored by earlier answers than the source's, or would be if the items
   * were not held.
   */
  old_keys: OldKey[];
  /**
   * How many such items there are.
   */
  old_keys_count: number;
  /**
   * Changed entries that a hold keeps as they are.
   */
  on_hold: string[];
  /**
   * How many changed entries are on hold.
   */
  on_hold_count: number;
  /**
   * Entries that are made again only because of what they carry.
   */
  remade: string[];
  /**
   * How many entries are made again.
   */
  remade_count: number;
  /**
   * Entries that are no longer delivered.
   */
  retired: string[];
  /**
   * How many entries are no longer delivered.
   */
  retired_count: number;
  /**
   * Routes that are added, moved and removed.
   */
  routes: MovedRoute[];
  /**
   * How many routes change.
   */
  routes_count: number;
  /**
   * Items that a language gets with newer answers than their last complete translation, and without the hints that
   * wait.
   */
  shortened: ShortenedItem[];
  /**
   * How many such items there are.
   */
  shortened_count: number;
  /**
   * Changed entries that stand nowhere.
   */
  stands_nowhere: string[];
  /**
   * How many changed entries stand nowhere.
   */
  stands_nowhere_count: number;
  /**
   * Entries that were left alone, because they were published again meanwhile.
   */
  superseded: string[];
  /**
   * How many entries were left alone.
   */
  superseded_count: number;
}
/**
 * What to publish.
 */
export interface PublishCommand {
  /**
   * The channel; a new name makes a new channel
   */
  channel?: string | null;
  /**
   * Publish even if learners would be left without the home page, or with nothing at all
   */
  may_empty?: boolean;
  /**
   * Why, in the writer's words
   */
  message?: string;
  /**
   * Only these entries, with what they need (`exercise/x1`)
   */
  only?: KeyText[];
  plan?: string | null;
  /**
   * Refuse the whole publish when any entry would be held back
   */
  strict?: boolean;
  /**
   * What to publish: a branch, a commit, another channel's version; `main`, or what the plan was made for, when left out
   */
  target?: string | null;
}
/**
 * A job and its progress.
 */
export interface PlanJob {
  /**
   * When it was asked for, in milliseconds since 1970-01-01T00:00:00Z.
   */
  created_ms: number;
  /**
   * When it ended, in milliseconds since 1970-01-01T00:00:00Z.
   */
  ended_ms: number | null;
  /**
   * The job's id.
   */
  id: string;
  /**
   * Whether it was asked to end.
   */
  is_cancelled: boolean;
  /**
   * Who asked for it.
   */
  person: string;
  problem:
    | (
        | ParameterUnknownProblem
        | ParameterMalformedProblem
        | RequestMalformedProblem
        | Plain400Problem
        | SessionEndedProblem
        | SecondFactorNeededProblem
        | Plain401Problem
        | RightMissingProblem
        | Plain403Problem
        | PathUnknownProblem
        | LocaleUnknownProblem
        | EntryUnknownProblem
        | Plain404Problem
        | Plain405Problem
        | Plain408Problem
        | AccountStateProblem
        | InTrashProblem
        | DraftStateProblem
        | ReviewRequiredProblem
        | InConflictProblem
        | CommittedMeanwhileProblem
        | NothingToDoProblem
        | MergeConflictsProblem
        | ReviewStateProblem
        | UnderReviewProblem
        | NotAsSeenProblem
        | NotApprovedProblem
        | StillUsedProblem
        | JobOverProblem
        | GrantGivenProblem
        | LastAdministratorProblem
        | MovedProblem
        | OperationDoneProblem
        | Plain409Problem
        | EntryRetiredProblem
        | RouteRetiredProblem
        | Plain410Problem
        | StaleProblem
        | Plain412Problem
        | Plain413Problem
        | Plain415Problem
        | Plain416Problem
        | AccountRefusedProblem
        | ShareRefusedProblem
        | InputRefusedProblem
        | DraftRefusedProblem
        | PlaceRefusedProblem
        | ChoiceRefusedProblem
        | ReviewRefusedProblem
        | PolicyRefusedProblem
        | PersonUnknownProblem
        | ContentRefusedProblem
        | PublishRefusedProblem
        | PruneTooMuchProblem
        | PublishEmptiesProblem
        | ScheduleRefusedProblem
        | Plain422Problem
        | Plain428Problem
        | TooManyAttemptsProblem
        | TooManyProblem
        | Plain431Problem
        | Plain500Problem
        | Plain502Problem
        | ProviderUnavailableProblem
        | ServerFullProblem
        | StoreInUseProblem
        | Plain503Problem
        | Plain507Problem
      )
    | null;
  progress: Progress1 | null;
  /**
   * What it did, once it is done. Lists in it are cut at 100 rows, and counts are complete. Null when even that is
   * too long, and for somebody who sees only a part of what the report tells of.
   */
  report: null | Plan;
  request: PublishCommand;
  /**
   * When it began, in milliseconds since 1970-01-01T00:00:00Z.
   */
  started_ms: number | null;
  /**
   * The job's state.
   */
  state: "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted";
  /**
   * The verb that it does.
   */
  verb: "plan";
}
/**
 * How far it has come; null when it has ended.
 */
export interface Progress1 {
  /**
   * How many of the things that the verb itself counts are done; 0 when it counts nothing.
   */
  done_count: number;
  /**
   * How many objects were read so far.
   */
  read_count: number;
  /**
   * How many bytes were read and written so far.
   */
  size_bytes: number;
  /**
   * How many of these things there are in all.
   */
  total_count: number;
  /**
   * How many objects were written so far.
   */
  written_count: number;
}
/**
 * What a publish would do.
 */
export interface Plan {
  /**
   * The delivered documents that would change, by key.
   */
  documents: DocumentChange[];
  /**
   * How many documents would change.
   */
  documents_count: number;
  /**
   * The id with which exactly this can be published.
   */
  id: string;
  report: PublishReport5;
  takes: ("home" | "everything") | null;
}
/**
 * A delivered document that changes.
 */
export interface DocumentChange {
  /**
   * The document after; null if there is none.
   */
  after: string | null;
  /**
   * The document before; null if there was none.
   */
  before: string | null;
  /**
   * The entry.
   */
  key: string;
  /**
   * The locale; null for the source's.
   */
  locale: string | null;
  /**
   * Whether the document after is a tombstone.
   */
  retired: boolean;
  /**
   * The size of the document after, in bytes.
   */
  size_bytes: number;
}
/**
 * What would be done and what would not, and why.
 */
export interface PublishReport5 {
  asked: Asked;
  /**
   * The channel's snapshot before.
   */
  base: string | null;
  /**
   * The number of that snapshot; 0 when the channel is new.
   */
  base_sequence: number;
  /**
   * Entries and translations that change.
   */
  changes: EntryChange[];
  /**
   * How many entries and translations change.
   */
  changes_count: number;
  /**
   * The commit that the target stands for.
   */
  commit: string;
  delivered: DeliveredCounts;
  /**
   * Findings of these entries by which learners can't be right or are right without reason, or formulas that can't
   * be typeset; the gravest first, without those that were dismissed. Empty in the record of an older publish.
   */
  findings: EntryFinding[];
  /**
   * How many findings there are.
   */
  findings_count: number;
  /**
   * Entries that keep their last published form.
   */
  held_back: HeldBack[];
  /**
   * How many keep their last published form.
   */
  held_back_count: number;
  /**
   * Children without which their containers go live.
   */
  left_out: LeftOut[];
  /**
   * How many children are left out.
   */
  left_out_count: number;
  /**
   * Differences that were not chosen.
   */
  not_chosen_count: number;
  /**
   * Items for which a language's learners are scored by earlier answers than the source's, or would be if the items
   * were not held.
   */
  old_keys: OldKey[];
  /**
   * How many such items there are.
   */
  old_keys_count: number;
  /**
   * Changed entries that a hold keeps as they are.
   */
  on_hold: string[];
  /**
   * How many changed entries are on hold.
   */
  on_hold_count: number;
  /**
   * Entries that are made again only because of what they carry.
   */
  remade: string[];
  /**
   * How many entries are made again.
   */
  remade_count: number;
  /**
   * Entries that are no longer delivered.
   */
  retired: string[];
  /**
   * How many entries are no longer delivered.
   */
  retired_count: number;
  /**
   * Routes that are added, moved and removed.
   */
  routes: MovedRoute[];
  /**
   * How many routes change.
   */
  routes_count: number;
  /**
   * Items that a language gets with newer answers than their last complete translation, and without the hints that
   * wait.
   */
  shortened: ShortenedItem[];
  /**
   * How many such items there are.
   */
  shortened_count: number;
  /**
   * Changed entries that stand nowhere.
   */
  stands_nowhere: string[];
  /**
   * How many changed entries stand nowhere.
   */
  stands_nowhere_count: number;
  /**
   * Entries that were left alone, because they were published again meanwhile.
   */
  superseded: string[];
  /**
   * How many entries were left alone.
   */
  superseded_count: number;
}
/**
 * A job and its progress.
 */
export interface VerifyJob {
  /**
   * When it was asked for, in milliseconds since 1970-01-01T00:00:00Z.
   */
  created_ms: number;
  /**
   * When it ended, in milliseconds since 1970-01-01T00:00:00Z.
   */
  ended_ms: number | null;
  /**
   * The job's id.
   */
  id: string;
  /**
   * Whether it was asked to end.
   */
  is_cancelled: boolean;
  /**
   * Who asked for it.
   */
  person: string;
  problem:
    | (
        | ParameterUnknownProblem
        | ParameterMalformedProblem
        | RequestMalformedProblem
        | Plain400Problem
        | SessionEndedProblem
        | SecondFactorNeededProblem
        | Plain401Problem
        | RightMissingProblem
        | Plain403Problem
        | PathUnknownProblem
        | LocaleUnknownProblem
        | EntryUnknownProblem
        | Plain404Problem
        | Plain405Problem
        | Plain408Problem
        | AccountStateProblem
        | InTrashProblem
        | DraftStateProblem
        | ReviewRequiredProblem
        | InConflictProblem
        | CommittedMeanwhileProblem
        | NothingToDoProblem
        | MergeConflictsProblem
        | ReviewStateProblem
        | UnderReviewProblem
        | NotAsSeenProblem
        | NotApprovedProblem
        | StillUsedProblem
        | JobOverProblem
        | GrantGivenProblem
        | LastAdministratorProblem
        | MovedProblem
        | OperationDoneProblem
        | Plain409Problem
        | EntryRetiredProblem
        | RouteRetiredProblem
        | Plain410Problem
        | StaleProblem
        | Plain412Problem
        | Plain413Problem
        | Plain415Problem
        | Plain416Problem
        | AccountRefusedProblem
        | ShareRefusedProblem
        | InputRefusedProblem
        | DraftRefusedProblem
        | PlaceRefusedProblem
        | ChoiceRefusedProblem
        | ReviewRefusedProblem
        | PolicyRefusedProblem
        | PersonUnknownProblem
        | ContentRefusedProblem
        | PublishRefusedProblem
        | PruneTooMuchProblem
        | PublishEmptiesProblem
        | ScheduleRefusedProblem
        | Plain422Problem
        | Plain428Problem
        | TooManyAttemptsProblem
        | TooManyProblem
        | Plain431Problem
        | Plain500Problem
        | Plain502Problem
        | ProviderUnavailableProblem
        | ServerFullProblem
        | StoreInUseProblem
        | Plain503Problem
        | Plain507Problem
      )
    | null;
  progress: Progress2 | null;
  /**
   * What it did, once it is done. Lists in it are cut at 100 rows, and counts are complete. Null when even that is
   * too long, and for somebody who sees only a part of what the report tells of.
   */
  report: null | VerifyReport;
  request: VerifyCommand;
  /**
   * When it began, in milliseconds since 1970-01-01T00:00:00Z.
   */
  started_ms: number | null;
  /**
   * The job's state.
   */
  state: "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted";
  /**
   * The verb that it does.
   */
  verb: "verify";
}
/**
 * How far it has come; null when it has ended.
 */
export interface Progress2 {
  /**
   * How many of the things that the verb itself counts are done; 0 when it counts nothing.
   */
  done_count: number;
  /**
   * How many objects were read so far.
   */
  read_count: number;
  /**
   * How many bytes were read and written so far.
   */
  size_bytes: number;
  /**
   * How many of these things there are in all.
   */
  total_count: number;
  /**
   * How many objects were written so far.
   */
  written_count: number;
}
/**
 * The result of verifying.
 */
export interface VerifyReport {
  /**
   * How many commits were walked.
   */
  commits_count: number;
  /**
   * The places where stored bytes are missing or are not what was written, and what that affects.
   */
  damages: DamageRow[];
  /**
   * How many damages there are.
   */
  damages_count: number;
  /**
   * How many objects were read and hashed.
   */
  objects_count: number;
  /**
   * Whether nothing is wrong.
   */
  ok: boolean;
  /**
   * What is wrong, one sentence for each problem.
   */
  problems: string[];
  /**
   * How many problems there are.
   */
  problems_count: number;
  /**
   * How many publications were walked.
   */
  publications_count: number;
  /**
   * How many reviews there are, if they were made whole again first.
   */
  reviews_mended_count?: number | null;
  /**
   * How many bytes were read.
   */
  size_bytes: number;
}
/**
 * One place where stored bytes are missing or are not what was written, and the content that this affects.
 */
export interface DamageRow {
  /**
   * Branches that need it as they are now.
   */
  branches: string[];
  /**
   * The cell whose value is lost, or replaced by an earlier one.
   */
  cell: string | null;
  /**
   * How the damage shows, for people.
   */
  detail: string;
  /**
   * Entries and translations that need it, at most 100.
   */
  entries: string[];
  /**
   * How many entries and translations that are known by name need it.
   */
  entries_count: number;
  /**
   * The file's name; null when an object is named but exists nowhere.
   */
  file: string | null;
  /**
   * Branches of which only earlier commits need it.
   */
  history: string[];
  kind: ("document" | "media" | "node" | "revision" | "commit" | "snapshot" | "publication") | null;
  /**
   * The object that can't be read.
   */
  object: string | null;
  /**
   * Where in the file, in bytes from its beginning.
   */
  offset: number | null;
  /**
   * Lost rows that are not known by name.
   */
  ranges: LostRange[];
  /**
   * Reviews that need it.
   */
  reviews: string[];
  /**
   * Schedules that need it.
   */
  schedules: string[];
  /**
   * Versions of channels that need it, newest first, at most 100.
   */
  snapshots: string[];
  /**
   * How many versions of channels need it.
   */
  snapshots_count: number;
  /**
   * The space that lacks it: `source` is the authors', `public` the learners'.
   */
  space: string | null;
  transactions: LostTransactions | null;
}
/**
 * Rows of a map below a node that can't be read.
 */
export interface LostRange {
  /**
   * The last key before them; null when there is none before them.
   */
  after: string | null;
  /**
   * How many rows are lost, if that is known.
   */
  count: number | null;
  /**
   * What the rows are.
   */
  of: "entries" | "delivered entries" | "routes" | "links" | "holds";
  /**
   * Their last key; null when the whole map is lost.
   */
  to: string | null;
}
/**
 * The transactions whose changes of cells are lost.
 */
export interface LostTransactions {
  /**
   * The position of the first.
   */
  first: number;
  /**
   * The position of the last; null when nothing whole follows.
   */
  last: number | null;
}
/**
 * How to verify.
 */
export interface VerifyCommand {
  /**
   * First make the reviews whole again from their own history
   */
  mend_reviews?: boolean;
  /**
   * First rebuild everything that can be made from the journals and segments
   */
  rebuild_index?: boolean;
}
/**
 * A job and its progress.
 */
export interface SchemaCheckJob {
  /**
   * When it was asked for, in milliseconds since 1970-01-01T00:00:00Z.
   */
  created_ms: number;
  /**
   * When it ended, in milliseconds since 1970-01-01T00:00:00Z.
   */
  ended_ms: number | null;
  /**
   * The job's id.
   */
  id: string;
  /**
   * Whether it was asked to end.
   */
  is_cancelled: boolean;
  /**
   * Who asked for it.
   */
  person: string;
  problem:
    | (
        | ParameterUnknownProblem
        | ParameterMalformedProblem
        | RequestMalformedProblem
        | Plain400Problem
        | SessionEndedProblem
        | SecondFactorNeededProblem
        | Plain401Problem
        | RightMissingProblem
        | Plain403Problem
        | PathUnknownProblem
        | LocaleUnknownProblem
        | EntryUnknownProblem
        | Plain404Problem
        | Plain405Problem
        | Plain408Problem
        | AccountStateProblem
        | InTrashProblem
        | DraftStateProblem
        | ReviewRequiredProblem
        | InConflictProblem
        | CommittedMeanwhileProblem
        | NothingToDoProblem
        | MergeConflictsProblem
        | ReviewStateProblem
        | UnderReviewProblem
        | NotAsSeenProblem
        | NotApprovedProblem
        | StillUsedProblem
        | JobOverProblem
        | GrantGivenProblem
        | LastAdministratorProblem
        | MovedProblem
        | OperationDoneProblem
        | Plain409Problem
        | EntryRetiredProblem
        | RouteRetiredProblem
        | Plain410Problem
        | StaleProblem
        | Plain412Problem
        | Plain413Problem
        | Plain415Problem
        | Plain416Problem
        | AccountRefusedProblem
        | ShareRefusedProblem
        | InputRefusedProblem
        | DraftRefusedProblem
        | PlaceRefusedProblem
        | ChoiceRefusedProblem
        | ReviewRefusedProblem
        | PolicyRefusedProblem
        | PersonUnknownProblem
        | ContentRefusedProblem
        | PublishRefusedProblem
        | PruneTooMuchProblem
        | PublishEmptiesProblem
        | ScheduleRefusedProblem
        | Plain422Problem
        | Plain428Problem
        | TooManyAttemptsProblem
        | TooManyProblem
        | Plain431Problem
        | Plain500Problem
        | Plain502Problem
        | ProviderUnavailableProblem
        | ServerFullProblem
        | StoreInUseProblem
        | Plain503Problem
        | Plain507Problem
      )
    | null;
  progress: Progress3 | null;
  /**
   * What it did, once it is done. Lists in it are cut at 100 rows, and counts are complete. Null when even that is
   * too long, and for somebody who sees only a part of what the report tells of.
   */
  report: null | SchemaReport;
  request: SchemaCheckRequest;
  /**
   * When it began, in milliseconds since 1970-01-01T00:00:00Z.
   */
  started_ms: number | null;
  /**
   * The job's state.
   */
  state: "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted";
  /**
   * The verb that it does.
   */
  verb: "schema-check";
}
/**
 * How far it has come; null when it has ended.
 */
export interface Progress3 {
  /**
   * How many of the things that the verb itself counts are done; 0 when it counts nothing.
   */
  done_count: number;
  /**
   * How many objects were read so far.
   */
  read_count: number;
  /**
   * How many bytes were read and written so far.
   */
  size_bytes: number;
  /**
   * How many of these things there are in all.
   */
  total_count: number;
  /**
   * How many objects were written so far.
   */
  written_count: number;
}
/**
 * What the schemas of a draft would do to the entries of their kinds.
 */
export interface SchemaReport {
  /**
   * The first entries that would not be valid.
   */
  broken: RefusedEntry[];
  /**
   * How many entries would not be valid.
   */
  broken_count: number;
  /**
   * How many entries were checked.
   */
  entries_count: number;
  /**
   * Whether it was ended before all were checked.
   */
  is_cancelled: boolean;
  /**
   * The kinds whose schema the draft changes.
   */
  kinds: string[];
}
/**
 * The draft whose schemas are checked.
 */
export interface SchemaCheckRequest {
  /**
   * The draft.
   */
  draft: string;
}
/**
 * A job and its progress.
 */
export interface ImportJob {
  /**
   * When it was asked for, in milliseconds since 1970-01-01T00:00:00Z.
   */
  created_ms: number;
  /**
   * When it ended, in milliseconds since 1970-01-01T00:00:00Z.
   */
  ended_ms: number | null;
  /**
   * The job's id.
   */
  id: string;
  /**
   * Whether it was asked to end.
   */
  is_cancelled: boolean;
  /**
   * Who asked for it.
   */
  person: string;
  problem:
    | (
        | ParameterUnknownProblem
        | ParameterMalformedProblem
        | RequestMalformedProblem
        | Plain400Problem
        | SessionEndedProblem
        | SecondFactorNeededProblem
        | Plain401Problem
        | RightMissingProblem
        | Plain403Problem
        | PathUnknownProblem
        | LocaleUnknownProblem
        | EntryUnknownProblem
        | Plain404Problem
        | Plain405Problem
        | Plain408Problem
        | AccountStateProblem
        | InTrashProblem
        | DraftStateProblem
        | ReviewRequiredProblem
        | InConflictProblem
        | CommittedMeanwhileProblem
        | NothingToDoProblem
        | MergeConflictsProblem
        | ReviewStateProblem
        | UnderReviewProblem
        | NotAsSeenProblem
        | NotApprovedProblem
        | StillUsedProblem
        | JobOverProblem
        | GrantGivenProblem
        | LastAdministratorProblem
        | MovedProblem
        | OperationDoneProblem
        | Plain409Problem
        | EntryRetiredProblem
        | RouteRetiredProblem
        | Plain410Problem
        | StaleProblem
        | Plain412Problem
        | Plain413Problem
        | Plain415Problem
        | Plain416Problem
        | AccountRefusedProblem
        | ShareRefusedProblem
        | InputRefusedProblem
        | DraftRefusedProblem
        | PlaceRefusedProblem
        | ChoiceRefusedProblem
        | ReviewRefusedProblem
        | PolicyRefusedProblem
        | PersonUnknownProblem
        | ContentRefusedProblem
        | PublishRefusedProblem
        | PruneTooMuchProblem
        | PublishEmptiesProblem
        | ScheduleRefusedProblem
        | Plain422Problem
        | Plain428Problem
        | TooManyAttemptsProblem
        | TooManyProblem
        | Plain431Problem
        | Plain500Problem
        | Plain502Problem
        | ProviderUnavailableProblem
        | ServerFullProblem
        | StoreInUseProblem
        | Plain503Problem
        | Plain507Problem
      )
    | null;
  progress: Progress4 | null;
  /**
   * What it did, once it is done. Lists in it are cut at 100 rows, and counts are complete. Null when even that is
   * too long, and for somebody who sees only a part of what the report tells of.
   */
  report: null | ImportReport1;
  /**
   * Nothing: its lines were the body.
   */
  request: {};
  /**
   * When it began, in milliseconds since 1970-01-01T00:00:00Z.
   */
  started_ms: number | null;
  /**
   * The job's state.
   */
  state: "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted";
  /**
   * The verb that it does.
   */
  verb: "import";
}
/**
 * How far it has come; null when it has ended.
 */
export interface Progress4 {
  /**
   * How many of the things that the verb itself counts are done; 0 when it counts nothing.
   */
  done_count: number;
  /**
   * How many objects were read so far.
   */
  read_count: number;
  /**
   * How many bytes were read and written so far.
   */
  size_bytes: number;
  /**
   * How many of these things there are in all.
   */
  total_count: number;
  /**
   * How many objects were written so far.
   */
  written_count: number;
}
/**
 * What an import did.
 */
export interface ImportReport1 {
  /**
   * How many entries and translations are new.
   */
  added: number;
  /**
   * How many entries and translations have another document.
   */
  changed: number;
  /**
   * The commit; null when nothing changed.
   */
  commit: string | null;
  /**
   * The written media files that were converted from another format or encoding.
   */
  converted: ConvertedMedia[];
  /**
   * How many files were converted.
   */
  converted_count: number;
  /**
   * Files that were found and not read.
   */
  left_out: FileLeftOut[];
  /**
   * How many files were left out.
   */
  left_out_count: number;
  /**
   * How many lines were read.
   */
  lines: number;
  /**
   * How many media files were written.
   */
  media: number;
  /**
   * What was put right.
   */
  notices: ImportNotice[];
  /**
   * How many things were put right.
   */
  notices_count: number;
  /**
   * Lines and media files that were refused, and entries that would not be valid under a schema among the lines.
   */
  refused: RefusedLine[];
  /**
   * How many lines, files and entries were refused.
   */
  refused_count: number;
  /**
   * How many entries and translations were removed.
   */
  removed: number;
  /**
   * How many lines hold a translation.
   */
  translations: number;
  /**
   * How many lines changed nothing.
   */
  unchanged: number;
}
