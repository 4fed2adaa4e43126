/** What the pages say, by what the server answers. No sentence tells which part of a sign-in was wrong. */
const REFUSALS = {
  "sign-in-refused": "That did not work. Check the address and the password, and try again.",
  "too-many-attempts": "There were too many attempts from here. Wait a little, and try again.",
  "link-spent": "This link was used already, or its time is over. Ask for a new one.",
  "session-ended": "Your session has ended. Sign in again.",
  "csrf-refused": "This page is too old. Load it again.",
  "https-needed": "This server can only be used over https.",
  "passkeys-unavailable": "Passkeys can’t be used at this address.",
  "provider-unavailable": "Your school’s sign-in does not answer at the moment. Use another way, or try again later.",
  "address-taken": "Somebody has an account with this address already.",
  "offline": "The server can’t be reached.",
};

/** A sentence for a refusal; what the server says about a field is shown as it is. */
export function refused(refusal) {
  const known = REFUSALS[refusal.code];
  if (known) return known;
  const text = refusal.problem?.detail ?? refusal.message;
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}

/** @param {string} iso a moment */
export const until = (iso) => new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
