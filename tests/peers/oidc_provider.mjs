// OpenID providers on the loopback, made with a certified implementation: one for each entry of the file named on the command line.
// The accounts are read from that file at each sign-in, so that a test can change what a provider says of someone.
import { createHash, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import Provider from "oidc-provider";

const file = process.argv[2];
const read = () => JSON.parse(readFileSync(file, "utf8"));
const escaped = (text) => String(text).replace(/[&<>"]/g, (letter) => `&#${letter.codePointAt(0)};`);

function key(kind) {
  const { privateKey } = kind === "RS256" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = privateKey.export({ format: "jwk" });
  return { ...jwk, use: "sig", alg: kind, kid: createHash("sha256").update(JSON.stringify(jwk)).digest("hex").slice(0, 16) };
}

function accountsOf(issuer) {
  return read().find((one) => one.issuer === issuer).accounts;
}

async function open(set) {
  const { issuer, port, client, claims, name } = set;
  const provider = new Provider(issuer, {
    clients: [client],
    jwks: { keys: [key("RS256"), key("ES256")] },
    cookies: { keys: [createHash("sha256").update(file + issuer).digest("hex")] },
    claims: { openid: ["sub"], profile: ["name", ...claims], email: ["email", "email_verified"] },
    conformIdTokenClaims: false,
    acrValues: ["urn:example:two-factors"],
    pkce: { required: () => true },
    clientAuthMethods: ["client_secret_basic", "client_secret_post"],
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: true },
      jwtUserinfo: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.body = `<!DOCTYPE html><html lang="fr"><title>${escaped(name)}</title><h1>Se déconnecter de ${escaped(name)} ?</h1>${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">Oui</button></html>`;
        },
      },
    },
    findAccount: (ctx, sub) => {
      const account = accountsOf(issuer).find((one) => one.sub === sub);
      return account && { accountId: sub, claims: () => account };
    },
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
    interactions: { url: (ctx, interaction) => `/choisir/${interaction.uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 3600, Grant: 3600 },
  });
  provider.use(async (ctx, next) => {
    const [, place, uid] = ctx.path.split("/");
    if (place !== "choisir") return next();
    if (ctx.method === "GET") {
      const people = accountsOf(issuer).map((one) => `<p><button name="sub" value="${escaped(one.sub)}">${escaped(one.name)}</button> ${escaped(one.email)}</p>`);
      ctx.type = "html";
      ctx.body = `<!DOCTYPE html><html lang="fr"><meta charset="utf-8"><title>${escaped(name)}</title><h1>${escaped(name)} (simulé)</h1><form method="post" action="/choisir/${uid}">${people.join("")}</form></html>`;
      return undefined;
    }
    const chunks = [];
    for await (const chunk of ctx.req) chunks.push(chunk);
    const sub = new URLSearchParams(Buffer.concat(chunks).toString()).get("sub");
    const result = sub ? { login: { accountId: sub, acr: "urn:example:two-factors" } } : { error: "access_denied" };
    await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
    ctx.respond = false;
    return undefined;
  });
  await new Promise((done) => provider.listen(port, "127.0.0.1", done));
}

for (const set of read()) await open(set);
console.log("ready");
