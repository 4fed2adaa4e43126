/**
 * What the data of an event says.
 */
export type EventData = EventPosition | EventHappened | (PublishJob | PlanJob | VerifyJob | SchemaCheckJob | ImportJob);
/**
 * Something that could be better about an entry that goes live, or that is held back for it.
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
       * What tells it apart from the others.
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
 * Of `ready` and `reset`.
 */
export interface EventPosition {
  /**
   * The position of what was written last.
   */
  position: number;
}
/**
 * Of what happened.
 */
export interface EventHappened {
  /**
   * Who did it.
   */
  author: string;
  /**
   * The branch.
   */
  branch?: string | null;
  /**
   * The channel.
   */
  channel?: string | null;
  /**
   * The commit.
   */
  commit?: string | null;
  /**
   * The draft.
   */
  draft?: string | null;
  /**
   * The job.
   */
  job?: string | null;
  /**
   * The notice.
   */
  notice?: string | null;
  /**
   * The person.
   */
  person?: string | null;
  /**
   * Its place in the order of all that happens.
   */
  position: number;
  /**
   * The publication.
   */
  publication?: string | null;
  /**
   * The review.
   */
  review?: string | null;
  /**
   * The schedule.
   */
  schedule?: string | null;
  /**
   * The snapshot.
   */
  snapshot?: string | null;
  /**
   * When, in milliseconds since 1970.
   */
  time_ms: number;
  /**
   * What was done.
   */
  verb: string;
}
/**
 * A job.
 */
export interface PublishJob {
  /**
   * When it was asked for.
   */
  created_ms: number;
  /**
   * When it ended.
   */
  ended_ms: number | null;
  /**
   * Its id.
   */
  id: string;
  /**
   * Whether it was asked to end.
   */
  is_cancelled: boolean;
  /**
   * Who asked.
   */
  person: string;
  problem:
    | (
        | ParameterUnknownProblem
        | ParameterMalformedProblem
        | RequestMalformedProblem
        | Plain400Problem
        | Plain401Problem
        | RoleInsufficientProblem
        | Plain403Problem
        | PathUnknownProblem
        | LocaleUnknownProblem
        | Plain404Problem
        | Plain405Problem
        | Plain408Problem
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
        | ShareRefusedProblem
        | InputRefusedProblem
        | DraftRefusedProblem
        | PlaceRefusedProblem
        | ChoiceRefusedProblem
        | ReviewRefusedProblem
        | PersonUnknownProblem
        | ContentRefusedProblem
        | PublishRefusedProblem
        | PruneTooMuchProblem
        | PublishEmptiesProblem
        | ScheduleRefusedProblem
        | Plain422Problem
        | Plain428Problem
        | TooManyProblem
        | Plain431Problem
        | Plain500Problem
        | Plain502Problem
        | ServerFullProblem
        | StoreInUseProblem
        | Plain503Problem
        | Plain507Problem
      )
    | null;
  progress: Progress | null;
  /**
   * What it did, once it is done; lists in it are cut at 100, counts are whole. Null where even that is too long.
   */
  report: null | Moved;
  request: PublishCommand;
  /**
   * When it began.
   */
  started_ms: number | null;
  /**
   * How it stands.
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
   * Those that the operation has.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Those that the operation has.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Where in the body, as a JSON pointer.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * A valid token is needed.
 */
export interface Plain401Problem {
  /**
   * What it is, for programs.
   */
  code: "token-refused";
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The role does not allow this.
 */
export interface RoleInsufficientProblem {
  /**
   * What it is, for programs.
   */
  code: "role-insufficient";
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * What this needs.
   */
  needed: "viewer" | "author" | "reviewer" | "publisher" | "operator";
  /**
   * What the person may.
   */
  role: "viewer" | "author" | "reviewer" | "publisher" | "operator";
  /**
   * The status of the answer.
   */
  status: 403;
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * A refusal with 403 that has no members of its own.
 */
export interface Plain403Problem {
  /**
   * What it is, for programs.
   */
  code: "not-a-member" | "not-allowed";
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * What would have been known here.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * What would have been known here.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
    | "channel-unknown"
    | "snapshot-unknown"
    | "entry-unknown"
    | "route-unknown"
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * This address does not take that method.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * What became of the draft.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * Changes come to main through a review here.
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
   * The draft to open a review of.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * What was typed was committed meanwhile.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * Of a publish, what would have been done and what not.
 */
export interface PublishReport {
  asked: Asked;
  /**
   * The snapshot before.
   */
  base: string | null;
  /**
   * Its number; 0 when the channel is new.
   */
  base_sequence: number;
  /**
   * Entries and translations that change.
   */
  changes: EntryChange[];
  /**
   * How many.
   */
  changes_count: number;
  /**
   * The commit.
   */
  commit: string;
  delivered: DeliveredCounts;
  /**
   * What keeps learners of these entries from being right, lets them be right for nothing or can't be set, the gravest first; what was
   * dismissed apart. Empty in the record of an older publish.
   */
  findings: EntryFinding[];
  /**
   * How many.
   */
  findings_count: number;
  /**
   * Entries that keep their last published form.
   */
  held_back: HeldBack[];
  /**
   * How many.
   */
  held_back_count: number;
  /**
   * Children that containers go live without.
   */
  left_out: LeftOut[];
  /**
   * How many.
   */
  left_out_count: number;
  /**
   * Differences that were not chosen.
   */
  not_chosen_count: number;
  /**
   * Items whose learners in a language are scored by earlier answers than the source's, or would be were they not held.
   */
  old_keys: OldKey[];
  /**
   * How many.
   */
  old_keys_count: number;
  /**
   * Changed entries that a hold keeps as they are.
   */
  on_hold: string[];
  /**
   * How many.
   */
  on_hold_count: number;
  /**
   * Entries made anew for what they carry alone.
   */
  remade: string[];
  /**
   * How many.
   */
  remade_count: number;
  /**
   * Entries that are delivered no more.
   */
  retired: string[];
  /**
   * How many.
   */
  retired_count: number;
  /**
   * Routes that come, move and go.
   */
  routes: MovedRoute[];
  /**
   * How many.
   */
  routes_count: number;
  /**
   * Items that a language has with newer answers than their last whole translation, without hints that wait.
   */
  shortened: ShortenedItem[];
  /**
   * How many.
   */
  shortened_count: number;
  /**
   * Changed entries that stand nowhere.
   */
  stands_nowhere: string[];
  /**
   * How many.
   */
  stands_nowhere_count: number;
  /**
   * Entries left alone, for they were published anew meanwhile.
   */
  superseded: string[];
  /**
   * How many.
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
   * What replaces what is retired.
   */
  replaced_by: string | null;
  /**
   * The schedule that asked for it.
   */
  schedule: string | null;
  /**
   * Whether any entry held back refuses the whole.
   */
  strict: boolean;
  /**
   * The state, as it was written.
   */
  target: string;
  /**
   * What moves the channel.
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
 * Delivered documents made.
 */
export interface DeliveredCounts {
  /**
   * Under a key that had none.
   */
  added: number;
  /**
   * Under a key that had another.
   */
  changed: number;
  /**
   * Gone.
   */
  removed: number;
  /**
   * Bytes of the new ones.
   */
  size_bytes: number;
}
/**
 * The finding.
 */
export interface FindingView {
  dismissed: DismissalView | null;
  /**
   * What it is dismissed by.
   */
  id: string;
  /**
   * The item or section that it is of; empty where it is of the whole entry.
   */
  item: string;
  /**
   * What could be better.
   */
  message: string;
  /**
   * Where, as a JSON pointer into the document.
   */
  pointer: string;
  /**
   * The rule, such as `image-alt-text` or `never-right`.
   */
  rule: string;
  /**
   * How grave it is.
   */
  severity: "impossible" | "error" | "warning" | "guideline";
  /**
   * Where in that text, in UTF-16 code units: the first, and past the last.
   *
   * @minItems 2
   * @maxItems 2
   */
  span: [number, number] | null;
}
/**
 * Why it needs no mending; null while nobody said so.
 */
export interface DismissalView {
  /**
   * Who says so.
   */
  author: string;
  /**
   * Whether they may approve: only such a word lets go live what no learner can get right.
   */
  by_reviewer: boolean;
  /**
   * Why.
   */
  reason: string;
  /**
   * When, in milliseconds since 1970.
   */
  time_ms: number;
}
/**
 * An entry that keeps its last published form.
 */
export interface HeldBack {
  /**
   * Whether an earlier form is live.
   */
  is_live: boolean;
  /**
   * The entry.
   */
  key: string;
  /**
   * Why.
   */
  reasons: Violation[];
}
/**
 * One thing that is wrong with a document, and where.
 */
export interface Violation {
  /**
   * The stable word.
   */
  code: string;
  /**
   * A sentence without its full stop.
   */
  message: string;
  /**
   * The JSON pointer.
   */
  pointer: string;
}
/**
 * A child that its container went live without.
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
 * An item that a language's learners would answer by earlier answers than the source's: words that changed with those
 * wait for their translation.
 */
export interface OldKey {
  /**
   * Whether the item is held instead, by the language's policy (`old_keys`), so that nobody is scored by those.
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
   * The answers that changed, as JSON pointers into the source's document; the first of them.
   */
  pointers: string[];
}
/**
 * A route that moved.
 */
export interface MovedRoute {
  /**
   * Its route before.
   */
  from: string | null;
  /**
   * The entry.
   */
  key: string;
  /**
   * Its route now.
   */
  to: string | null;
}
/**
 * An item that a language has with newer answers than its last whole translation, without hints that wait for their
 * words.
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
   * Entries in conflict.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
         * The entry.
         */
        child: string;
        is: "moved-apart";
        /**
         * Where the draft has it.
         */
        ours: string[];
        /**
         * Where `main` has it.
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
   * What became of the review.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The draft is under review already.
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
   * The open review.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * The entries.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * Entries are not approved yet.
 */
export interface NotApprovedProblem {
  /**
   * Who wants changes.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
  /**
   * Where it is used.
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
   * The JSON pointers of the places.
   */
  pointers: string[];
  /**
   * How.
   */
  role: "contains" | "embeds" | "refers" | "builds on";
  /**
   * That entry's title.
   */
  title: string | null;
}
/**
 * It changed meanwhile; look again and retry.
 */
export interface MovedProblem {
  by?: Mover | null;
  /**
   * What it is, for programs.
   */
  code: "moved";
  /**
   * Where it is now.
   */
  current?: string | null;
  /**
   * This occurrence.
   */
  detail?: string;
  report?: PublishReport1 | null;
  /**
   * Of what others are in the way of, after which the same request may hold; as in `Retry-After`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * Of a channel, who moved it.
 */
export interface Mover {
  /**
   * Who.
   */
  author: string;
  /**
   * The record of it.
   */
  publication: string;
  /**
   * Where the channel is since.
   */
  sequence: number;
  /**
   * When, in milliseconds since 1970.
   */
  time_ms: number;
  /**
   * How.
   */
  verb: "publish" | "rollback" | "release" | "unpublish" | "retire" | "revert" | "remake";
}
/**
 * Of a channel, what would be done now.
 */
export interface PublishReport1 {
  asked: Asked;
  /**
   * The snapshot before.
   */
  base: string | null;
  /**
   * Its number; 0 when the channel is new.
   */
  base_sequence: number;
  /**
   * Entries and translations that change.
   */
  changes: EntryChange[];
  /**
   * How many.
   */
  changes_count: number;
  /**
   * The commit.
   */
  commit: string;
  delivered: DeliveredCounts;
  /**
   * What keeps learners of these entries from being right, lets them be right for nothing or can't be set, the gravest first; what was
   * dismissed apart. Empty in the record of an older publish.
   */
  findings: EntryFinding[];
  /**
   * How many.
   */
  findings_count: number;
  /**
   * Entries that keep their last published form.
   */
  held_back: HeldBack[];
  /**
   * How many.
   */
  held_back_count: number;
  /**
   * Children that containers go live without.
   */
  left_out: LeftOut[];
  /**
   * How many.
   */
  left_out_count: number;
  /**
   * Differences that were not chosen.
   */
  not_chosen_count: number;
  /**
   * Items whose learners in a language are scored by earlier answers than the source's, or would be were they not held.
   */
  old_keys: OldKey[];
  /**
   * How many.
   */
  old_keys_count: number;
  /**
   * Changed entries that a hold keeps as they are.
   */
  on_hold: string[];
  /**
   * How many.
   */
  on_hold_count: number;
  /**
   * Entries made anew for what they carry alone.
   */
  remade: string[];
  /**
   * How many.
   */
  remade_count: number;
  /**
   * Entries that are delivered no more.
   */
  retired: string[];
  /**
   * How many.
   */
  retired_count: number;
  /**
   * Routes that come, move and go.
   */
  routes: MovedRoute[];
  /**
   * How many.
   */
  routes_count: number;
  /**
   * Items that a language has with newer answers than their last whole translation, without hints that wait.
   */
  shortened: ShortenedItem[];
  /**
   * How many.
   */
  shortened_count: number;
  /**
   * Changed entries that stand nowhere.
   */
  stands_nowhere: string[];
  /**
   * How many.
   */
  stands_nowhere_count: number;
  /**
   * Entries left alone, for they were published anew meanwhile.
   */
  superseded: string[];
  /**
   * How many.
   */
  superseded_count: number;
}
/**
 * It was done already.
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
   * Where it stands in the order of all that happened.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
  /**
   * What was done; null where the record of it can't be read.
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
  code: "channel-begun" | "conflict-unknown" | "not-accepted" | "job-over" | "schedule-over" | "repository-exists";
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * What is left of it; null where that can't be read.
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
 * What it was.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * What is left of it; null where that can't be read.
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
 * The link is over.
 */
export interface Plain410Problem {
  /**
   * What it is, for programs.
   */
  code: "share-over";
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * It has changed since it was read.
 */
export interface StaleProblem {
  /**
   * Of a save, who saved what is there; null where it is committed.
   */
  author?: string | null;
  /**
   * Of a save, what its writer had read; null for no entry.
   */
  base?: {
    [k: string]: unknown;
  };
  /**
   * What it is, for programs.
   */
  code: "stale";
  /**
   * Of a save, where the two conflict.
   */
  conflicts?: PlaceConflict[] | null;
  current?: string | null;
  /**
   * The `ETag` of what is there; null where there is nothing.
   */
  current_tag: string | null;
  /**
   * This occurrence.
   */
  detail?: string;
  /**
   * Of a save, whether what its writer had read is known.
   */
  is_base_known?: boolean | null;
  /**
   * Of a save, the two joined; where they conflict it has yours.
   */
  merged?: {
    [k: string]: unknown;
  };
  /**
   * The status of the answer.
   */
  status: 412;
  /**
   * Of a save, what to save the next one against, without quotes.
   */
  tag?: string | null;
  /**
   * Of a save, what is there.
   */
  theirs?: {
    [k: string]: unknown;
  };
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
  /**
   * Of a save, what was to be saved.
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
   * What was there; null or missing when nothing was.
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
   * The way to it, for people.
   */
  place: Step[];
  /**
   * Names the conflict, and goes to `resolve` and to `settles` of a save. Of a stretch of a text or list it leads
   * to no value.
   */
  pointer: string;
  /**
   * Why.
   */
  reason: "both_changed" | "both_added" | "ours_removed" | "theirs_removed" | "order";
  /**
   * What `main` has there.
   */
  theirs: {
    [k: string]: unknown;
  };
  /**
   * The pointer of the text or list that the conflict is a stretch of; null where it is about a whole value.
   * Settling that settles all conflicts within.
   */
  within: string | null;
}
/**
 * The tag is weak, and no write can rest on it.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The link can't be so.
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
   * Where in the body, as a JSON pointer.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
  /**
   * What does not fit, and where.
   */
  violations: Violation[];
}
/**
 * The draft can't be so.
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
   * Where in the body, as a JSON pointer.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The entry can't stand there.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Where in the body, as a JSON pointer.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The review can't be so.
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
   * Where in the body, as a JSON pointer.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Somebody whose name is nearly that.
   */
  nearest?: string | null;
  /**
   * Where in the body, as a JSON pointer.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Of one document, where the first thing is wrong.
   */
  pointer?: string | null;
  /**
   * Each entry with what is wrong with it.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
  /**
   * Of one document, what is wrong with it.
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
   * All that is wrong.
   */
  violations: Violation[];
}
/**
 * Of an import, all that came of it.
 */
export interface ImportReport {
  /**
   * Entries and translations that are new.
   */
  added: number;
  /**
   * Those that changed.
   */
  changed: number;
  /**
   * The commit; null when nothing changed.
   */
  commit: string | null;
  /**
   * Those among them that were made from files of another format or encoding.
   */
  converted: ConvertedMedia[];
  /**
   * How many.
   */
  converted_count: number;
  /**
   * Files that were found and not taken.
   */
  left_out: FileLeftOut[];
  /**
   * How many.
   */
  left_out_count: number;
  /**
   * Lines read.
   */
  lines: number;
  /**
   * Media files written.
   */
  media: number;
  /**
   * What was put right.
   */
  notices: ImportNotice[];
  /**
   * How many.
   */
  notices_count: number;
  /**
   * Lines and media files that were refused, and entries that would not be valid under a schema among the lines.
   */
  refused: RefusedLine[];
  /**
   * How many.
   */
  refused_count: number;
  /**
   * Entries and translations removed.
   */
  removed: number;
  /**
   * Lines that hold a translation.
   */
  translations: number;
  /**
   * Lines that changed nothing.
   */
  unchanged: number;
}
/**
 * A media file that is kept as another one than came.
 */
export interface ConvertedMedia {
  /**
   * What it is kept as, which is what documents name.
   */
  id: string;
  /**
   * What it came as, for people: subtitles in SubRip, say, or in another encoding than UTF-8.
   */
  made_from: string;
  /**
   * Its name.
   */
  name: string;
}
/**
 * A file that was found beside what was imported, and was not taken.
 */
export interface FileLeftOut {
  /**
   * Why.
   */
  reason: string;
  /**
   * The file.
   */
  source: string;
}
/**
 * Something that was put right on the way in.
 */
export interface ImportNotice {
  /**
   * The entry.
   */
  key: string;
  /**
   * The line; 0 where it concerns an entry that was there before.
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
   * Its file.
   */
  source: string;
}
/**
 * A line that was not imported.
 */
export interface RefusedLine {
  /**
   * Where in that line the first thing is wrong, in characters from 1, where that is known.
   */
  column: number | null;
  /**
   * Its key, where it could be read.
   */
  key: string | null;
  /**
   * Its number in its file; 0 where it is an entry that was there before.
   */
  line: number;
  /**
   * All that is wrong.
   */
  reasons: Violation[];
  /**
   * Its file.
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
   * Live entries that need what was to go.
   */
  needs?: Need[] | null;
  /**
   * How many of these there are.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * A live entry that needs one that was to go.
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
   * How.
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
   * The snapshot before.
   */
  base: string | null;
  /**
   * Its number; 0 when the channel is new.
   */
  base_sequence: number;
  /**
   * Entries and translations that change.
   */
  changes: EntryChange[];
  /**
   * How many.
   */
  changes_count: number;
  /**
   * The commit.
   */
  commit: string;
  delivered: DeliveredCounts;
  /**
   * What keeps learners of these entries from being right, lets them be right for nothing or can't be set, the gravest first; what was
   * dismissed apart. Empty in the record of an older publish.
   */
  findings: EntryFinding[];
  /**
   * How many.
   */
  findings_count: number;
  /**
   * Entries that keep their last published form.
   */
  held_back: HeldBack[];
  /**
   * How many.
   */
  held_back_count: number;
  /**
   * Children that containers go live without.
   */
  left_out: LeftOut[];
  /**
   * How many.
   */
  left_out_count: number;
  /**
   * Differences that were not chosen.
   */
  not_chosen_count: number;
  /**
   * Items whose learners in a language are scored by earlier answers than the source's, or would be were they not held.
   */
  old_keys: OldKey[];
  /**
   * How many.
   */
  old_keys_count: number;
  /**
   * Changed entries that a hold keeps as they are.
   */
  on_hold: string[];
  /**
   * How many.
   */
  on_hold_count: number;
  /**
   * Entries made anew for what they carry alone.
   */
  remade: string[];
  /**
   * How many.
   */
  remade_count: number;
  /**
   * Entries that are delivered no more.
   */
  retired: string[];
  /**
   * How many.
   */
  retired_count: number;
  /**
   * Routes that come, move and go.
   */
  routes: MovedRoute[];
  /**
   * How many.
   */
  routes_count: number;
  /**
   * Items that a language has with newer answers than their last whole translation, without hints that wait.
   */
  shortened: ShortenedItem[];
  /**
   * How many.
   */
  shortened_count: number;
  /**
   * Changed entries that stand nowhere.
   */
  stands_nowhere: string[];
  /**
   * How many.
   */
  stands_nowhere_count: number;
  /**
   * Entries left alone, for they were published anew meanwhile.
   */
  superseded: string[];
  /**
   * How many.
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
   * The first of them.
   */
  keys: KeyText[];
  /**
   * Of how many.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * What learners would be left without; `may_empty` says to do it all the same.
   */
  takes: "home" | "everything";
  /**
   * What the code means.
   */
  title: string;
  /**
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * What would be done.
 */
export interface PublishReport3 {
  asked: Asked;
  /**
   * The snapshot before.
   */
  base: string | null;
  /**
   * Its number; 0 when the channel is new.
   */
  base_sequence: number;
  /**
   * Entries and translations that change.
   */
  changes: EntryChange[];
  /**
   * How many.
   */
  changes_count: number;
  /**
   * The commit.
   */
  commit: string;
  delivered: DeliveredCounts;
  /**
   * What keeps learners of these entries from being right, lets them be right for nothing or can't be set, the gravest first; what was
   * dismissed apart. Empty in the record of an older publish.
   */
  findings: EntryFinding[];
  /**
   * How many.
   */
  findings_count: number;
  /**
   * Entries that keep their last published form.
   */
  held_back: HeldBack[];
  /**
   * How many.
   */
  held_back_count: number;
  /**
   * Children that containers go live without.
   */
  left_out: LeftOut[];
  /**
   * How many.
   */
  left_out_count: number;
  /**
   * Differences that were not chosen.
   */
  not_chosen_count: number;
  /**
   * Items whose learners in a language are scored by earlier answers than the source's, or would be were they not held.
   */
  old_keys: OldKey[];
  /**
   * How many.
   */
  old_keys_count: number;
  /**
   * Changed entries that a hold keeps as they are.
   */
  on_hold: string[];
  /**
   * How many.
   */
  on_hold_count: number;
  /**
   * Entries made anew for what they carry alone.
   */
  remade: string[];
  /**
   * How many.
   */
  remade_count: number;
  /**
   * Entries that are delivered no more.
   */
  retired: string[];
  /**
   * How many.
   */
  retired_count: number;
  /**
   * Routes that come, move and go.
   */
  routes: MovedRoute[];
  /**
   * How many.
   */
  routes_count: number;
  /**
   * Items that a language has with newer answers than their last whole translation, without hints that wait.
   */
  shortened: ShortenedItem[];
  /**
   * How many.
   */
  shortened_count: number;
  /**
   * Changed entries that stand nowhere.
   */
  stands_nowhere: string[];
  /**
   * How many.
   */
  stands_nowhere_count: number;
  /**
   * Entries left alone, for they were published anew meanwhile.
   */
  superseded: string[];
  /**
   * How many.
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
   * Where in the body, as a JSON pointer.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
  code: "idempotency-key-reused" | "not-scorable";
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * There are too many of these at a time.
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
   * As in `Retry-After`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * The server has no place for another request.
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
   * As in `Retry-After`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Who holds it.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
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
   * Leads to what it means and what to do: `/docs/problems/{code}`.
   */
  type: string;
}
/**
 * How far it is; null when it is over.
 */
export interface Progress {
  /**
   * Of what the verb counts itself, how many are done; 0 where it counts nothing.
   */
  done_count: number;
  /**
   * Objects read so far.
   */
  read_count: number;
  /**
   * Bytes read and written so far.
   */
  size_bytes: number;
  /**
   * Of how many.
   */
  total_count: number;
  /**
   * Objects written so far.
   */
  written_count: number;
}
/**
 * A channel that moved, or did not need to.
 */
export interface Moved {
  /**
   * The authors' record of it.
   */
  publication: string | null;
  report: PublishReport4;
  /**
   * Its number.
   */
  sequence: number | null;
  /**
   * The new snapshot; null when nothing would have changed.
   */
  snapshot: string | null;
}
/**
 * What was asked, done, and held back.
 */
export interface PublishReport4 {
  asked: Asked;
  /**
   * The snapshot before.
   */
  base: string | null;
  /**
   * Its number; 0 when the channel is new.
   */
  base_sequence: number;
  /**
   * Entries and translations that change.
   */
  changes: EntryChange[];
  /**
   * How many.
   */
  changes_count: number;
  /**
   * The commit.
   */
  commit: string;
  delivered: DeliveredCounts;
  /**
   * What keeps learners of these entries from being right, lets them be right for nothing or can't be set, the gravest first; what was
   * dismissed apart. Empty in the record of an older publish.
   */
  findings: EntryFinding[];
  /**
   * How many.
   */
  findings_count: number;
  /**
   * Entries that keep their last published form.
   */
  held_back: HeldBack[];
  /**
   * How many.
   */
  held_back_count: number;
  /**
   * Children that containers go live without.
   */
  left_out: LeftOut[];
  /**
   * How many.
   */
  left_out_count: number;
  /**
   * Differences that were not chosen.
   */
  not_chosen_count: number;
  /**
   * Items whose learners in a language are scored by earlier answers than the source's, or would be were they not held.
   */
  old_keys: OldKey[];
  /**
   * How many.
   */
  old_keys_count: number;
  /**
   * Changed entries that a hold keeps as they are.
   */
  on_hold: string[];
  /**
   * How many.
   */
  on_hold_count: number;
  /**
   * Entries made anew for what they carry alone.
   */
  remade: string[];
  /**
   * How many.
   */
  remade_count: number;
  /**
   * Entries that are delivered no more.
   */
  retired: string[];
  /**
   * How many.
   */
  retired_count: number;
  /**
   * Routes that come, move and go.
   */
  routes: MovedRoute[];
  /**
   * How many.
   */
  routes_count: number;
  /**
   * Items that a language has with newer answers than their last whole translation, without hints that wait.
   */
  shortened: ShortenedItem[];
  /**
   * How many.
   */
  shortened_count: number;
  /**
   * Changed entries that stand nowhere.
   */
  stands_nowhere: string[];
  /**
   * How many.
   */
  stands_nowhere_count: number;
  /**
   * Entries left alone, for they were published anew meanwhile.
   */
  superseded: string[];
  /**
   * How many.
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
   * Publish even where learners would be left without the home page, or with nothing at all
   */
  may_empty?: boolean;
  /**
   * Why
   */
  message?: string;
  /**
   * Only these entries, with what they need (`exercise/x1`)
   */
  only?: KeyText[];
  plan?: string | null;
  /**
   * Refuse the whole when any entry would be held back
   */
  strict?: boolean;
  /**
   * What to publish: a branch, a commit, another channel's version
   */
  target?: string;
}
/**
 * A job.
 */
export interface PlanJob {
  /**
   * When it was asked for.
   */
  created_ms: number;
  /**
   * When it ended.
   */
  ended_ms: number | null;
  /**
   * Its id.
   */
  id: string;
  /**
   * Whether it was asked to end.
   */
  is_cancelled: boolean;
  /**
   * Who asked.
   */
  person: string;
  problem:
    | (
        | ParameterUnknownProblem
        | ParameterMalformedProblem
        | RequestMalformedProblem
        | Plain400Problem
        | Plain401Problem
        | RoleInsufficientProblem
        | Plain403Problem
        | PathUnknownProblem
        | LocaleUnknownProblem
        | Plain404Problem
        | Plain405Problem
        | Plain408Problem
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
        | ShareRefusedProblem
        | InputRefusedProblem
        | DraftRefusedProblem
        | PlaceRefusedProblem
        | ChoiceRefusedProblem
        | ReviewRefusedProblem
        | PersonUnknownProblem
        | ContentRefusedProblem
        | PublishRefusedProblem
        | PruneTooMuchProblem
        | PublishEmptiesProblem
        | ScheduleRefusedProblem
        | Plain422Problem
        | Plain428Problem
        | TooManyProblem
        | Plain431Problem
        | Plain500Problem
        | Plain502Problem
        | ServerFullProblem
        | StoreInUseProblem
        | Plain503Problem
        | Plain507Problem
      )
    | null;
  progress: Progress1 | null;
  /**
   * What it did, once it is done; lists in it are cut at 100, counts are whole. Null where even that is too long.
   */
  report: null | Plan;
  request: PublishCommand;
  /**
   * When it began.
   */
  started_ms: number | null;
  /**
   * How it stands.
   */
  state: "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted";
  /**
   * The verb that it does.
   */
  verb: "plan";
}
/**
 * How far it is; null when it is over.
 */
export interface Progress1 {
  /**
   * Of what the verb counts itself, how many are done; 0 where it counts nothing.
   */
  done_count: number;
  /**
   * Objects read so far.
   */
  read_count: number;
  /**
   * Bytes read and written so far.
   */
  size_bytes: number;
  /**
   * Of how many.
   */
  total_count: number;
  /**
   * Objects written so far.
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
   * How many.
   */
  documents_count: number;
  /**
   * The name by which exactly this can be published.
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
   * The document after; null where there is none.
   */
  after: string | null;
  /**
   * The document before; null where there was none.
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
   * Whether what comes after is a tombstone.
   */
  retired: boolean;
  /**
   * Bytes of the document after.
   */
  size_bytes: number;
}
/**
 * What would be done and what not, and why.
 */
export interface PublishReport5 {
  asked: Asked;
  /**
   * The snapshot before.
   */
  base: string | null;
  /**
   * Its number; 0 when the channel is new.
   */
  base_sequence: number;
  /**
   * Entries and translations that change.
   */
  changes: EntryChange[];
  /**
   * How many.
   */
  changes_count: number;
  /**
   * The commit.
   */
  commit: string;
  delivered: DeliveredCounts;
  /**
   * What keeps learners of these entries from being right, lets them be right for nothing or can't be set, the gravest first; what was
   * dismissed apart. Empty in the record of an older publish.
   */
  findings: EntryFinding[];
  /**
   * How many.
   */
  findings_count: number;
  /**
   * Entries that keep their last published form.
   */
  held_back: HeldBack[];
  /**
   * How many.
   */
  held_back_count: number;
  /**
   * Children that containers go live without.
   */
  left_out: LeftOut[];
  /**
   * How many.
   */
  left_out_count: number;
  /**
   * Differences that were not chosen.
   */
  not_chosen_count: number;
  /**
   * Items whose learners in a language are scored by earlier answers than the source's, or would be were they not held.
   */
  old_keys: OldKey[];
  /**
   * How many.
   */
  old_keys_count: number;
  /**
   * Changed entries that a hold keeps as they are.
   */
  on_hold: string[];
  /**
   * How many.
   */
  on_hold_count: number;
  /**
   * Entries made anew for what they carry alone.
   */
  remade: string[];
  /**
   * How many.
   */
  remade_count: number;
  /**
   * Entries that are delivered no more.
   */
  retired: string[];
  /**
   * How many.
   */
  retired_count: number;
  /**
   * Routes that come, move and go.
   */
  routes: MovedRoute[];
  /**
   * How many.
   */
  routes_count: number;
  /**
   * Items that a language has with newer answers than their last whole translation, without hints that wait.
   */
  shortened: ShortenedItem[];
  /**
   * How many.
   */
  shortened_count: number;
  /**
   * Changed entries that stand nowhere.
   */
  stands_nowhere: string[];
  /**
   * How many.
   */
  stands_nowhere_count: number;
  /**
   * Entries left alone, for they were published anew meanwhile.
   */
  superseded: string[];
  /**
   * How many.
   */
  superseded_count: number;
}
/**
 * A job.
 */
export interface VerifyJob {
  /**
   * When it was asked for.
   */
  created_ms: number;
  /**
   * When it ended.
   */
  ended_ms: number | null;
  /**
   * Its id.
   */
  id: string;
  /**
   * Whether it was asked to end.
   */
  is_cancelled: boolean;
  /**
   * Who asked.
   */
  person: string;
  problem:
    | (
        | ParameterUnknownProblem
        | ParameterMalformedProblem
        | RequestMalformedProblem
        | Plain400Problem
        | Plain401Problem
        | RoleInsufficientProblem
        | Plain403Problem
        | PathUnknownProblem
        | LocaleUnknownProblem
        | Plain404Problem
        | Plain405Problem
        | Plain408Problem
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
        | ShareRefusedProblem
        | InputRefusedProblem
        | DraftRefusedProblem
        | PlaceRefusedProblem
        | ChoiceRefusedProblem
        | ReviewRefusedProblem
        | PersonUnknownProblem
        | ContentRefusedProblem
        | PublishRefusedProblem
        | PruneTooMuchProblem
        | PublishEmptiesProblem
        | ScheduleRefusedProblem
        | Plain422Problem
        | Plain428Problem
        | TooManyProblem
        | Plain431Problem
        | Plain500Problem
        | Plain502Problem
        | ServerFullProblem
        | StoreInUseProblem
        | Plain503Problem
        | Plain507Problem
      )
    | null;
  progress: Progress2 | null;
  /**
   * What it did, once it is done; lists in it are cut at 100, counts are whole. Null where even that is too long.
   */
  report: null | VerifyReport;
  request: VerifyCommand;
  /**
   * When it began.
   */
  started_ms: number | null;
  /**
   * How it stands.
   */
  state: "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted";
  /**
   * The verb that it does.
   */
  verb: "verify";
}
/**
 * How far it is; null when it is over.
 */
export interface Progress2 {
  /**
   * Of what the verb counts itself, how many are done; 0 where it counts nothing.
   */
  done_count: number;
  /**
   * Objects read so far.
   */
  read_count: number;
  /**
   * Bytes read and written so far.
   */
  size_bytes: number;
  /**
   * Of how many.
   */
  total_count: number;
  /**
   * Objects written so far.
   */
  written_count: number;
}
/**
 * What verifying found.
 */
export interface VerifyReport {
  /**
   * Commits walked.
   */
  commits_count: number;
  /**
   * Where stored bytes are not what was written or are not there, and what that touches.
   */
  damages: DamageRow[];
  /**
   * How many damages there are.
   */
  damages_count: number;
  /**
   * Objects read and hashed.
   */
  objects_count: number;
  /**
   * Whether nothing is wrong.
   */
  ok: boolean;
  /**
   * What is wrong, a sentence each.
   */
  problems: string[];
  /**
   * How many problems there are.
   */
  problems_count: number;
  /**
   * Publications walked.
   */
  publications_count: number;
  /**
   * Where the reviews were made whole again first, how many there are now.
   */
  reviews_mended_count?: number | null;
  /**
   * Bytes read.
   */
  size_bytes: number;
}
/**
 * One place where something stored is not what was written or not there, and what of the content it touches.
 */
export interface DamageRow {
  /**
   * Branches that need it as they are now.
   */
  branches: string[];
  /**
   * The cell whose value is lost, or is an earlier one.
   */
  cell: string | null;
  /**
   * How it shows.
   */
  detail: string;
  /**
   * Entries and translations that need it, at most 100.
   */
  entries: string[];
  /**
   * How many need it that are known by name.
   */
  entries_count: number;
  /**
   * The file's name; null where an object is named and nowhere to be found.
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
   * Where in the file, in bytes.
   */
  offset: number | null;
  /**
   * What is lost and not known by name.
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
   * What channels delivered that needs it, newest first, at most 100.
   */
  snapshots: string[];
  /**
   * How many of these there are.
   */
  snapshots_count: number;
  /**
   * The space that it is missing from: `source` is the authors', `public` the learners'.
   */
  space: string | null;
  transactions: LostTransactions | null;
}
/**
 * Rows below a node that can't be read.
 */
export interface LostRange {
  /**
   * The last name before them; null where nothing is before them.
   */
  after: string | null;
  /**
   * How many they are, where that is known.
   */
  count: number | null;
  /**
   * Of what.
   */
  of: "entries" | "delivered entries" | "routes" | "links" | "holds";
  /**
   * Their last name; null where all are lost.
   */
  to: string | null;
}
/**
 * The transactions whose changes of cells are lost.
 */
export interface LostTransactions {
  /**
   * The first.
   */
  first: number;
  /**
   * The last; null where nothing whole lies behind.
   */
  last: number | null;
}
/**
 * How.
 */
export interface VerifyCommand {
  /**
   * First make the reviews whole again from their own history
   */
  mend_reviews?: boolean;
  /**
   * First make everything anew that can be made from the journals and segments
   */
  rebuild_index?: boolean;
}
/**
 * A job.
 */
export interface SchemaCheckJob {
  /**
   * When it was asked for.
   */
  created_ms: number;
  /**
   * When it ended.
   */
  ended_ms: number | null;
  /**
   * Its id.
   */
  id: string;
  /**
   * Whether it was asked to end.
   */
  is_cancelled: boolean;
  /**
   * Who asked.
   */
  person: string;
  problem:
    | (
        | ParameterUnknownProblem
        | ParameterMalformedProblem
        | RequestMalformedProblem
        | Plain400Problem
        | Plain401Problem
        | RoleInsufficientProblem
        | Plain403Problem
        | PathUnknownProblem
        | LocaleUnknownProblem
        | Plain404Problem
        | Plain405Problem
        | Plain408Problem
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
        | ShareRefusedProblem
        | InputRefusedProblem
        | DraftRefusedProblem
        | PlaceRefusedProblem
        | ChoiceRefusedProblem
        | ReviewRefusedProblem
        | PersonUnknownProblem
        | ContentRefusedProblem
        | PublishRefusedProblem
        | PruneTooMuchProblem
        | PublishEmptiesProblem
        | ScheduleRefusedProblem
        | Plain422Problem
        | Plain428Problem
        | TooManyProblem
        | Plain431Problem
        | Plain500Problem
        | Plain502Problem
        | ServerFullProblem
        | StoreInUseProblem
        | Plain503Problem
        | Plain507Problem
      )
    | null;
  progress: Progress3 | null;
  /**
   * What it did, once it is done; lists in it are cut at 100, counts are whole. Null where even that is too long.
   */
  report: null | SchemaReport;
  request: SchemaCheckRequest;
  /**
   * When it began.
   */
  started_ms: number | null;
  /**
   * How it stands.
   */
  state: "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted";
  /**
   * The verb that it does.
   */
  verb: "schema-check";
}
/**
 * How far it is; null when it is over.
 */
export interface Progress3 {
  /**
   * Of what the verb counts itself, how many are done; 0 where it counts nothing.
   */
  done_count: number;
  /**
   * Objects read so far.
   */
  read_count: number;
  /**
   * Bytes read and written so far.
   */
  size_bytes: number;
  /**
   * Of how many.
   */
  total_count: number;
  /**
   * Objects written so far.
   */
  written_count: number;
}
/**
 * What the schemas of a draft would do to the entries of their kinds.
 */
export interface SchemaReport {
  /**
   * Those that would not be valid, the first ones.
   */
  broken: RefusedEntry[];
  /**
   * How many those are.
   */
  broken_count: number;
  /**
   * How many entries were looked at.
   */
  entries_count: number;
  /**
   * Whether it was ended before all were looked at.
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
 * A job.
 */
export interface ImportJob {
  /**
   * When it was asked for.
   */
  created_ms: number;
  /**
   * When it ended.
   */
  ended_ms: number | null;
  /**
   * Its id.
   */
  id: string;
  /**
   * Whether it was asked to end.
   */
  is_cancelled: boolean;
  /**
   * Who asked.
   */
  person: string;
  problem:
    | (
        | ParameterUnknownProblem
        | ParameterMalformedProblem
        | RequestMalformedProblem
        | Plain400Problem
        | Plain401Problem
        | RoleInsufficientProblem
        | Plain403Problem
        | PathUnknownProblem
        | LocaleUnknownProblem
        | Plain404Problem
        | Plain405Problem
        | Plain408Problem
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
        | ShareRefusedProblem
        | InputRefusedProblem
        | DraftRefusedProblem
        | PlaceRefusedProblem
        | ChoiceRefusedProblem
        | ReviewRefusedProblem
        | PersonUnknownProblem
        | ContentRefusedProblem
        | PublishRefusedProblem
        | PruneTooMuchProblem
        | PublishEmptiesProblem
        | ScheduleRefusedProblem
        | Plain422Problem
        | Plain428Problem
        | TooManyProblem
        | Plain431Problem
        | Plain500Problem
        | Plain502Problem
        | ServerFullProblem
        | StoreInUseProblem
        | Plain503Problem
        | Plain507Problem
      )
    | null;
  progress: Progress4 | null;
  /**
   * What it did, once it is done; lists in it are cut at 100, counts are whole. Null where even that is too long.
   */
  report: null | ImportReport1;
  /**
   * Nothing: its lines were the body.
   */
  request: {};
  /**
   * When it began.
   */
  started_ms: number | null;
  /**
   * How it stands.
   */
  state: "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted";
  /**
   * The verb that it does.
   */
  verb: "import";
}
/**
 * How far it is; null when it is over.
 */
export interface Progress4 {
  /**
   * Of what the verb counts itself, how many are done; 0 where it counts nothing.
   */
  done_count: number;
  /**
   * Objects read so far.
   */
  read_count: number;
  /**
   * Bytes read and written so far.
   */
  size_bytes: number;
  /**
   * Of how many.
   */
  total_count: number;
  /**
   * Objects written so far.
   */
  written_count: number;
}
/**
 * What an import did.
 */
export interface ImportReport1 {
  /**
   * Entries and translations that are new.
   */
  added: number;
  /**
   * Those that changed.
   */
  changed: number;
  /**
   * The commit; null when nothing changed.
   */
  commit: string | null;
  /**
   * Those among them that were made from files of another format or encoding.
   */
  converted: ConvertedMedia[];
  /**
   * How many.
   */
  converted_count: number;
  /**
   * Files that were found and not taken.
   */
  left_out: FileLeftOut[];
  /**
   * How many.
   */
  left_out_count: number;
  /**
   * Lines read.
   */
  lines: number;
  /**
   * Media files written.
   */
  media: number;
  /**
   * What was put right.
   */
  notices: ImportNotice[];
  /**
   * How many.
   */
  notices_count: number;
  /**
   * Lines and media files that were refused, and entries that would not be valid under a schema among the lines.
   */
  refused: RefusedLine[];
  /**
   * How many.
   */
  refused_count: number;
  /**
   * Entries and translations removed.
   */
  removed: number;
  /**
   * Lines that hold a translation.
   */
  translations: number;
  /**
   * Lines that changed nothing.
   */
  unchanged: number;
}
