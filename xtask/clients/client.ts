// What a client of the API writes, so that its compiler says whether the types are worth having: nothing here runs, and
// nothing is cast. Each function is a thing that a screen does.

import createClient from "openapi-fetch";
import type { components, paths } from "./made/api";
import type { DeliveredExercise } from "../../contract/types/delivered/exercise.schema";
import type { EventData } from "../../contract/types/event.schema";
import type { Problem } from "../../contract/types/problem.schema";

type Schemas = components["schemas"];
const api = createClient<paths>({ baseUrl: "/" });

/** Every problem by its code: a screen switches over it, and a code that is new to it is something else. */
function said(problem: Schemas["Problem"]): string {
  switch (problem.code) {
    case "stale":
      return `now ${problem.current_tag ?? "gone"}, ${problem.conflicts?.length ?? 0} places in conflict`;
    case "right-missing":
      return `needs ${problem.right}; ask ${problem.helpers.join(", ")}`;
    case "entry-retired":
      return problem.tombstone?.retired.title ?? "retired";
    case "merge-conflicts":
      return problem.conflicted.join(", ");
    case "too-many":
      return `again in ${problem.retry_after_s} s`;
    case "channel-unknown":
      return problem.status === 404 ? problem.title : "never";
    default:
      return problem.detail ?? problem.title;
  }
}

/** A save: what came of it, or both sides. */
export async function save(draft: string, kind: string, id: string, tag: string, document: unknown) {
  const { data, error, response } = await api.PUT("/authoring/v1/drafts/{draft}/entries/{kind}/{id}", {
    params: { path: { draft, kind, id }, header: { "If-Match": tag } },
    body: document,
  });
  if (data) return { version: data.version, left: data.conflicts.map((conflict) => conflict.reason), tag: response.headers.get("ETag") };
  if (error.code === "stale") return { base: error.base, theirs: error.theirs, merged: error.merged };
  return { said: said(error) };
}

/** A job of each verb has a request and a report of its own. */
export function told(job: Schemas["JobView"]): string {
  switch (job.verb) {
    case "publish":
      return `${job.request.channel ?? "production"} at ${job.report?.sequence ?? "-"}`;
    case "plan":
      return job.report?.takes === "home" ? "leaves learners without the home page" : (job.report?.id ?? "");
    case "verify":
      return job.report?.ok === true ? "whole" : "damaged";
    case "import":
      return `${job.report?.added ?? 0} added`;
    case "schema-check":
      return `${job.request.draft}: ${job.report?.broken_count ?? 0} broken`;
  }
}

export async function begin() {
  const { data, error } = await api.POST("/authoring/v1/jobs", { body: { verb: "verify", request: { rebuild_index: true } } });
  return data ? told(data) : said(error);
}

/** Lists have rows and a next. */
export async function open(): Promise<string[]> {
  const { data } = await api.GET("/authoring/v1/reviews", { params: { query: { state: "open", limit: 50 } } });
  return data?.rows.filter((row) => row.state === "open").map((row) => row.title) ?? [];
}

/** A command has the request and the report of its verb. */
export async function token(): Promise<string> {
  const { data, error } = await api.POST("/authoring/v1/commands/token-create", {
    body: { request: { person: "ana", role: "author", label: "" } },
  });
  return data ? `${data.text} for ${data.token.person}` : said(error);
}

/** Who follows a redirect gets a document, or what is left of one. */
export async function lesson(snapshot: string): Promise<string[]> {
  const { data } = await api.GET("/v1/snapshots/{snapshot}/{locale}/entries/{kind}/{id}", {
    params: { path: { snapshot, locale: "en", kind: "lesson", id: "equal-parts" } },
  });
  if (!data || "retired" in data) return [];
  return data.children.map((child) => child.object);
}

/** A score is points, or none yet. */
export async function right(attempt: Schemas["Attempt"]): Promise<boolean | null> {
  const { data } = await api.POST("/v1/score", { body: attempt });
  if (!data || "results" in data || data.score.type === "invalid") return null;
  return data.score.total > 0 && data.score.earned === data.score.total;
}

/** An app's own reading of a delivered exercise. */
export const questions = (exercise: DeliveredExercise): string[] =>
  exercise.document.items?.map((item) => `${item.id} ${item.rubric ?? "has its answer"}: ${item.question.content}`) ?? [];

/** What a stream tells, and what a refusal is, without the OpenAPI document. */
export const about = (event: EventData): string | null | undefined => ("verb" in event && "author" in event ? event.draft : undefined);
export const again = (problem: Problem): number => (problem.code === "too-many" ? problem.retry_after_s : 0);

/** A ticket for a stream, which `EventSource` opens. */
export async function follow(last?: number): Promise<string | undefined> {
  const { data } = await api.POST("/authoring/v1/events/ticket");
  return data && `/authoring/v1/events?ticket=${data.ticket}${last === undefined ? "" : `&last_event_id=${last}`}`;
}

// What must not compile. Each line stands for a mistake that the types find.

// @ts-expect-error a word that is none
export const wrongState: Schemas["ReviewStateWord"] = "opened";

// @ts-expect-error the number of a report that has none
export const wrongReport = (job: Schemas["VerifyJob"]) => job.report?.sequence;

// @ts-expect-error a member of another code
export const wrongMember = (problem: Schemas["StaleProblem"]) => problem.needed;

// @ts-expect-error a save without what it is based on names a header that is none
export const wrongHeader = () => api.PUT("/authoring/v1/drafts/{draft}/entries/{kind}/{id}", { params: { path: { draft: "d", kind: "k", id: "i" }, header: { "If-Matches": "x" } }, body: {} });
