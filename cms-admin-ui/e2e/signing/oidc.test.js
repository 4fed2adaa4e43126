/**
 * Signing in at a provider of identities, against a real one (`oidc-provider`): what works, what attackers try, and what
 * happens when the provider is away.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { house } from "./house.js";
import { callbackOf, providerOf, settingsOf } from "./provider.js";

/** A browser without pages: it keeps cookies by host, and follows nothing by itself. */
class Browser {
  constructor(origin) {
    this.origin = origin;
    this.jar = new Map();
  }

  async ask(url, options = {}) {
    const to = new URL(url, this.origin);
    const own = this.jar.get(to.host) ?? new Map();
    const headers = { cookie: [...own].map(([name, value]) => `${name}=${value}`).join("; "), ...options.headers };
    if (options.method && options.method !== "GET" && to.origin === this.origin) headers.origin = this.origin;
    const answer = await fetch(to, { redirect: "manual", ...options, headers });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(";");
      const at = pair.indexOf("=");
      if (/max-age=0/i.test(line)) own.delete(pair.slice(0, at));
      else own.set(pair.slice(0, at), pair.slice(at + 1));
    }
    this.jar.set(to.host, own);
    return answer;
  }

  async post(path, body, headers = {}) {
    const sent = { "content-type": "application/json", ...headers };
    const answer = await this.ask(path, { method: "POST", headers: sent, body: JSON.stringify(body) });
    return { status: answer.status, body: await answer.json().catch(() => undefined) };
  }

  /** Begins at a provider; returns where the browser is sent. */
  async begin(name, body = {}, headers = {}) {
    const begun = await this.post(`/authoring/v1/session/oidc/${name}/start`, body, headers);
    assert.equal(begun.status, 200, JSON.stringify(begun.body));
    return begun.body.url;
  }

  /** Signs in at the provider; returns the address with which it sends the browser back. */
  async atProvider(url, login) {
    let next = url;
    for (let steps = 0; steps < 12; steps++) {
      if (next.startsWith(`${this.origin}/`)) return next;
      let answer = await this.ask(next);
      if (answer.status === 200) {
        const prompt = /name="prompt" value="(\w+)"/.exec(await answer.text())[1];
        const form = prompt === "login" ? { prompt, login, password: "x" } : { prompt };
        answer = await this.ask(next, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams(form) });
      }
      next = new URL(answer.headers.get("location"), next).href;
    }
    throw new Error("the provider never came back");
  }

  async whole(name, login, body = {}, headers = {}) {
    const back = await this.atProvider(await this.begin(name, body, headers), login);
    const answer = await this.ask(back);
    return { back, answer, to: answer.headers.get("location") };
  }

  async me() {
    const answer = await this.ask("/authoring/v1/session");
    return { status: answer.status, body: await answer.json() };
  }
}

const people = {
  alice: { email: "alice@example.test", email_verified: true, name: "Alice Staff", groups: ["staff"] },
  ana: { email: "ana@example.test", email_verified: false, name: "Not Ana", groups: ["staff"] },
  zoe: { email: "zoe@example.test", email_verified: true, name: "Zoe Elsewhere", groups: [] },
};

let server, origin, school;

before(async () => {
  school = await providerOf(people);
  server = await house(() => settingsOf(school.issuer, {}), `fetch_allow = ["127.0.0.1:${school.port}"]`);
  origin = server.origin;
  await school.opens(callbackOf(origin, "school"), "first");
});

after(async () => {
  await server?.stop();
  school?.stop();
});

test("somebody of the staff gets an account with the role of the group, and lands where they wanted to go", async () => {
  const alice = new Browser(origin);
  const { answer, to } = await alice.whole("school", "alice", { return_to: "/admin/?at=1" });
  assert.equal(answer.status, 303);
  assert.equal(to, "/admin/?at=1");
  const me = await alice.me();
  assert.equal(me.status, 200, JSON.stringify(me.body));
  assert.deepEqual([me.body.name, me.body.role, me.body.factors], ["Alice Staff", "author", ["provider"]]);
  const again = new Browser(origin);
  await again.whole("school", "alice");
  assert.equal((await again.me()).body.person, me.body.person, "the same person");
});

test("who is in no group with a role gets no account", async () => {
  const zoe = new Browser(origin);
  assert.equal((await zoe.whole("school", "zoe")).to, "/sign-in#problem=sign-in-refused");
  assert.notEqual((await zoe.me()).status, 200);
});

test("an address that the provider has not verified leads to nobody's account", async () => {
  const secret = new URL(server.welcome).hash.slice(1);
  const ana = new Browser(origin);
  const made = await ana.post("/authoring/v1/links/accept", { secret, name: "Ana", email: "ana@example.test", password: "seventeen green bottles" });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const stranger = new Browser(origin);
  await stranger.whole("school", "ana");
  const me = (await stranger.me()).body;
  assert.notEqual(me.person, made.body.person);
  assert.equal(me.role, "author");
  // Whoever is signed in adds an identity to their own account, on purpose.
  const linked = await ana.whole("school", "zoe", { link: true, return_to: "/account" }, { "x-csrf-token": made.body.csrf_token });
  assert.equal(linked.to, "/account");
  const elsewhere = new Browser(origin);
  await elsewhere.whole("school", "zoe");
  assert.equal((await elsewhere.me()).body.person, made.body.person);
  assert.equal((await elsewhere.me()).body.role, "administrator");
});

test("an answer is taken once, in the browser where it began, for the state under which it began", async () => {
  const alice = new Browser(origin);
  const back = await alice.atProvider(await alice.begin("school"), "alice");
  const refused = "/sign-in#problem=sign-in-refused";
  // The attacker sends the victim the attacker's own answer.
  const victim = new Browser(origin);
  assert.equal((await victim.ask(back)).headers.get("location"), refused);
  // That has used it up, even for whoever began.
  assert.equal((await alice.ask(back)).headers.get("location"), refused, "once");
  const second = await alice.atProvider(await alice.begin("school"), "alice");
  assert.equal((await alice.ask(second)).headers.get("location"), "/");
  assert.equal((await alice.ask(second)).headers.get("location"), refused, "a replay");
  for (const change of [
    (url) => url.searchParams.set("state", "state_forged"),
    (url) => url.searchParams.set("iss", "https://evil.example"),
    (url) => url.searchParams.set("code", "forged"),
    (url) => url.searchParams.delete("code"),
    (url) => { url.pathname = url.pathname.replace("school", "other"); },
  ]) {
    const other = new Browser(origin);
    const url = new URL(await other.atProvider(await other.begin("school"), "alice"));
    change(url);
    assert.equal((await other.ask(url.href)).headers.get("location"), refused, url.href);
    assert.notEqual((await other.me()).status, 200);
  }
  // The code of one beginning under the state of another: its nonce and its verifier differ.
  const mixed = new Browser(origin);
  const one = new URL(await mixed.atProvider(await mixed.begin("school"), "alice"));
  const two = new URL(await mixed.atProvider(await mixed.begin("school"), "alice"));
  two.searchParams.set("code", one.searchParams.get("code"));
  assert.equal((await mixed.ask(two.href)).headers.get("location"), refused);
});

test("a way back that leads to another server is refused before anything begins", async () => {
  for (const place of ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "/a\nb"]) {
    const begun = await new Browser(origin).post("/authoring/v1/session/oidc/school/start", { return_to: place });
    assert.deepEqual([begun.status, begun.body.pointer], [422, "/return_to"], place);
  }
});

test("a provider that signs with another key is read again, and one whose key it is not is refused", async () => {
  await school.opens(callbackOf(origin, "school"), "second");
  const alice = new Browser(origin);
  assert.equal((await alice.whole("school", "alice")).to, "/", "keys rotate");
});

test("when the provider is away the problem says so, and passwords work", async () => {
  const away = await new Browser(origin).post("/authoring/v1/session/oidc/other/start", {});
  assert.deepEqual([away.status, away.body.code], [503, "provider-unavailable"]);
  // It went away while somebody was there.
  const alice = new Browser(origin);
  const back = await alice.atProvider(await alice.begin("school"), "alice");
  const comesBack = school.leaves();
  assert.equal((await alice.ask(back)).headers.get("location"), "/sign-in#problem=provider-unavailable");
  comesBack();
  const ana = new Browser(origin);
  const signed = await ana.post("/authoring/v1/session", { name: "ana@example.test", password: "seventeen green bottles" });
  assert.equal(signed.status, 200);
});
