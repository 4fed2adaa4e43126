/** A provider of identities (`oidc-provider`), such as a school has: it can take another key, be away, and come back. */

import { createServer } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

async function key(kid) {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, use: "sig", alg: "RS256" };
}

/** @param {Record<string, object>} people what the provider says of each, by their login */
export async function providerOf(people) {
  let handler = (_, response) => response.destroy();
  const listening = createServer((request, response) => handler(request, response));
  await new Promise((ready) => listening.listen(0, "127.0.0.1", ready));
  const { port } = listening.address();
  const issuer = `http://127.0.0.1:${port}`;
  return {
    port, issuer,
    /** Lets a client in under a key of this name. */
    async opens(redirect, kid) {
      handler = new Provider(issuer, {
        clients: [{ client_id: "cms", client_secret: "secret-of-the-client", redirect_uris: [redirect], grant_types: ["authorization_code"] }],
        jwks: { keys: [await key(kid)] },
        cookies: { keys: ["only for tests"] },
        pkce: { required: () => true },
        findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
        claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
        features: { devInteractions: { enabled: true } },
      }).callback();
    },
    /** Goes away; returns what brings it back. */
    leaves() {
      const before = handler;
      handler = (_, response) => response.destroy();
      return () => { handler = before; };
    },
    /** The same, once it has sent somebody back. */
    leavesAfterSendingBack() {
      const before = handler;
      handler = (request, response) => {
        response.once("finish", () => { if (/\/callback\?/.test(response.getHeader("location") ?? "")) handler = (_, other) => other.destroy(); });
        return before(request, response);
      };
      return () => { handler = before; };
    },
    stop() {
      listening.close();
      listening.closeAllConnections();
    },
  };
}

export const callbackOf = (origin, name) => `${origin}/authoring/v1/session/oidc/${name}/callback`;

/** Settings of a server with a provider, and with another one that was never there. */
export const settingsOf = (issuer, { title, away }) => `
[[provider]]
name = "school"
${title ? `title = "${title}"` : ""}
issuer = "${issuer}"
client_id = "cms"
client_secret = "secret-of-the-client"
creates_accounts = true
roles = { staff = "author" }
[[provider]]
name = "other"
${away ? `title = "${away}"` : ""}
issuer = "http://127.0.0.1:9"
client_id = "cms"
`;
