/** What the pages say, by what the server answers. No sentence tells which part of a sign-in was wrong. */
const REFUSALS = {
  "sign-in-refused": "That did not work. Check the address and the password, and try again.",
  "password-refused": "That password did not work. Try again.",
  "code-refused": "That code did not work. Wait for the next one, or use a recovery code.",
  "passkey-refused": "That passkey is not known here. Use another way.",
  "too-many-attempts": "There were too many attempts from here. Wait a little, and try again.",
  "link-spent": "This link was used already, or its time is over. Ask for a new one.",
  "session-ended": "Your session has ended. Sign in again.",
  "sign-in-again": "It is a while since you signed in. Sign in again, and try once more.",
  "second-factor-needed": "This needs your second factor. Sign in again, with it.",
  "csrf-refused": "This page is too old. Load it again.",
  "https-needed": "This server can only be used over https.",
  "passkeys-unavailable": "Passkeys can’t be used at this address.",
  "provider-unavailable": "Your school’s sign-in does not answer at the moment. Use another way, or try again later.",
  "address-taken": "Somebody has an account with this address already.",
  "stale": "You changed this elsewhere at the same time. Load the page again.",
  "offline": "The server can’t be reached.",
};

/** What a browser says of a passkey. */
const OF_BROWSERS = {
  InvalidStateError: "This device has a passkey for you already.",
  SecurityError: "Passkeys can’t be used at this address.",
};

/** A sentence for a refusal; what the server says about a field is shown as it is. */
export function refused(refusal) {
  const known = REFUSALS[refusal.code] ?? OF_BROWSERS[refusal.name];
  if (known) return known;
  const text = refusal.problem?.detail ?? refusal.message;
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}

/** @param {string} iso a moment */
export const until = (iso) => new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));

/** @param {string} iso a day */
export const day = (iso) => new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }).format(new Date(iso));

const BROWSERS = [[/Edg\//, "Edge"], [/Firefox\//, "Firefox"], [/Chrom(e|ium)\//, "Chrome"], [/Safari\//, "Safari"]];
const SYSTEMS = [[/Android/, "Android"], [/iPhone|iPad/, "iOS"], [/Windows/, "Windows"], [/Mac OS/, "macOS"], [/CrOS/, "ChromeOS"], [/Linux/, "Linux"]];

/** What a browser is, in two words; what it says itself where it is none of those. */
export function browserOf(agent) {
  const of = (list) => list.find(([shape]) => shape.test(agent))?.[1];
  const [browser, system] = [of(BROWSERS), of(SYSTEMS)];
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? (agent || "A browser that says nothing about itself");
}

const FACTORS = {
  "password": "password", "passkey": "passkey", "totp": "code of the app", "recovery-code": "recovery code",
  "link": "one-time link", "provider": "account elsewhere", "provider-two-factors": "account elsewhere",
};

/** How somebody showed who they are. */
export const factorsOf = (factors) => [...new Set(factors.map((factor) => FACTORS[factor] ?? factor))].join(" and ");
