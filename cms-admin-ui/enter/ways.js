/** The ways in, as requests: each answers with the session, whose `stage` says what is still missing. */
import { ask, post, Refusal } from "/ui/asking.js";

const SESSION = "/authoring/v1/session";

/** A request of somebody who is signed in; `token` is the session’s. */
export const send = async (method, address, fields, token) => {
  const headers = token ? { "X-CSRF-Token": token } : {};
  if (fields !== undefined) headers["Content-Type"] = "application/json";
  return (await ask(address, { method, headers, body: fields && JSON.stringify(fields) })).body;
};

/** The server refuses every sign-in with one code; where only one thing was shown, the page may say which. */
async function showing(what, asked) {
  try {
    return await asked;
  } catch (refusal) {
    if (refusal.code !== "sign-in-refused") throw refusal;
    throw new Refusal({ code: `${what}-refused`, status: refusal.status });
  }
}

/** Who is signed in; `null` when nobody is. */
export async function signedIn() {
  try {
    return (await ask(SESSION)).body;
  } catch (refusal) {
    if (refusal.status === 401) return null;
    throw refusal;
  }
}

export const providers = async () => (await ask(`${SESSION}/providers`)).body.providers ?? [];
export const withPassword = (name, password) => post(SESSION, { name, password });
export const withCode = (code, token) => showing("code", send("POST", `${SESSION}/second-factor`, { code }, token));
export const signOut = (token) => send("DELETE", SESSION, undefined, token);

/** Signs the same person in again; nobody else. */
export const renew = (person, password) => showing("password", post(`${SESSION}/renew`, { person, password }));

/** Whether this browser can use passkeys in the form in which the server speaks of them. */
export const canUsePasskeys = () => typeof globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON === "function";

export async function withPasskey() {
  const { ceremony, options } = (await ask(`${SESSION}/passkey/options`, { method: "POST" })).body;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey ?? options);
  const credential = await navigator.credentials.get({ publicKey });
  return showing("passkey", post(`${SESSION}/passkey/verify`, { ceremony, credential: credential.toJSON() }));
}

/** A new passkey of this device, from what the server passes on. */
export async function makePasskey(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey ?? options);
  return (await navigator.credentials.create({ publicKey })).toJSON();
}

/** Where the browser goes to sign in at a provider. */
export const atProvider = async (provider, returnTo) =>
  (await post(`${SESSION}/oidc/${encodeURIComponent(provider)}/start`, { return_to: returnTo })).url;

export const lookAtLink = (secret) => post("/authoring/v1/links/look", { secret });
export const acceptLink = (fields) => post("/authoring/v1/links/accept", fields);
