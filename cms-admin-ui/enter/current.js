/**
 * The session of this page. A request that finds it ended, or too old for what it asks, has it renewed in a dialog over
 * the page, and is then sent again: whatever the page holds stays.
 */
import { Refusal } from "/ui/asking.js";
import { renewed } from "./renew.js";
import * as ways from "./ways.js";

let session = null;

export const current = () => session;

/** Takes a session for the page’s own. */
export function keep(found) {
  session = found;
  return found;
}

/** Reads the session again, whose cookie and token change with what one signs in with. */
export async function refresh() {
  const found = await ways.signedIn();
  if (found) session = found;
}

/** Whether signing in again helps. Who has no second factor yet is to set one up instead. */
const isOver = ({ code, problem }) =>
  code === "session-ended" || code === "sign-in-again" || (code === "second-factor-needed" && problem.enrol !== true);

/** Asks as the person who is signed in. */
export async function send(method, address, fields) {
  const asks = () => ways.send(method, address, fields, method === "GET" ? null : session.csrf_token);
  try {
    return await asks();
  } catch (refusal) {
    if (!isOver(refusal)) throw refusal;
    const next = await renewed(session, refusal.code);
    if (next === null) throw new Refusal({ code: "closed", status: 0 });
    session = next;
    return asks();
  }
}
