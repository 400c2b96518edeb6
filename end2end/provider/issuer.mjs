// One demonstration provider: `oidc-provider` with a profile, on a port of its own, that can be made to misbehave.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider, interactionPolicy } from 'oidc-provider';
import { choice } from './choice.mjs';
import { client } from './faces.mjs';
import { graph } from './graph.mjs';
import { memory } from './memory.mjs';
import { misbehaviour } from './misbehaviour.mjs';
import { overPage } from './page.mjs';

/** @typedef {import('./faces.mjs').Face} Face */
/** @typedef {import('./persons.mjs').Persons} Persons */
/** @typedef {import('./misbehaviour.mjs').Misbehaviour} Misbehaviour */

/** Of nobody that a site trusts. */
const foreign = generateKeyPair('RS256');

export class Issuer {
  /** @type {import('node:http').Server | undefined} */
  #server;
  /** @type {Misbehaviour} */
  #how = 'none';
  /** @type {import('node:http').RequestListener} */
  #answer;

  /**
   * @param {Face} face
   * @param {import('node:http').Server} server listening already, so that the address is sure
   * @param {(url: string, how: () => Misbehaviour) => Provider} make
   */
  constructor(face, server, make) {
    this.face = face;
    this.port = /** @type {import('node:net').AddressInfo} */ (server.address()).port;
    this.#server = server;
    this.#answer = make(this.url, () => this.#how).callback();
    server.on('request', this.#answer);
  }

  get url() {
    return `http://localhost:${this.port}`;
  }

  /**
   * From the next answer on.
   * @param {Misbehaviour} how
   */
  misbehave(how) {
    this.#how = how;
  }

  /** After `down`. */
  async up() {
    if (this.#server) return;
    this.#server = await listening(this.port);
    this.#server.on('request', this.#answer);
  }

  /** Connections are refused until `up`. @returns {Promise<void>} */
  down() {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return Promise.resolve();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  }
}

/**
 * @param {number} port
 * @returns {Promise<import('node:http').Server>}
 */
function listening(port) {
  const server = createServer();
  return new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server)));
}

/**
 * @param {Face} face
 * @param {number} port 0: any that is free
 * @param {string} site where people come from and go back to
 * @param {Persons} persons
 */
export async function issuer(face, port, site, persons) {
  const { id, secret } = client(face);
  const own = await generateKeyPair('RS256', { extractable: true });
  const keys = { own: own.privateKey, foreign: (await foreign).privateKey, secret };
  const key = { ...(await exportJWK(own.privateKey)), kid: `${face.id}-1`, use: 'sig', alg: 'RS256' };
  return new Issuer(face, await listening(port), (url, how) => {
    const provider = new Provider(url, {
      ...whatItSpeaks(face),
      ...howItKeeps(face),
      adapter: memory(),
      jwks: { keys: [key] },
      clients: [
        {
          client_id: id,
          client_secret: secret,
          redirect_uris: [`${site}/linked/${face.id}/return`],
          grant_types: ['authorization_code'],
          response_types: ['code'],
          token_endpoint_auth_method: face.auth,
        },
      ],
      findAccount: (_, sub) => {
        const person = persons.bySub(face.id, sub);
        if (!person) return undefined;
        const { login, ...claims } = person;
        const name = `${person.family_name} ${person.given_name}`;
        return { accountId: sub, claims: () => ({ sub, name, ...claims }) };
      },
      renderError: (ctx) => {
        ctx.type = 'html';
        ctx.body = overPage(face.name, ctx.acceptsLanguages()[0]);
      },
    });
    provider.use(noIcon);
    provider.use(misbehaviour(how, keys, face.routes.token ?? '/token'));
    provider.use(forgetful);
    provider.use(graph(provider, face, persons));
    provider.use(choice(provider, face, persons));
    provider.on('authorization.success', (_, out) => {
      if (!out) return;
      if (!face.openid) delete out.iss;
      if (how() === 'wrong_iss') out.iss = 'https://issuer.example';
    });
    return provider;
  });
}

/**
 * @param {Face} face
 * @returns {import('oidc-provider').Configuration}
 */
function whatItSpeaks(face) {
  return {
    scopes: face.scopes,
    claims: { email: ['email', 'email_verified'], profile: ['name', 'family_name', 'given_name'] },
    conformIdTokenClaims: !face.claimsInToken,
    clientAuthMethods: [face.auth],
    pkce: { required: () => true },
    routes: face.routes,
    features: { devInteractions: { enabled: false } },
    interactions: { policy: questions(), url: (_, { uid }) => `/choose/${uid}` },
    // The button of the page is the consent to what was requested.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client?.clientId, accountId: oidc.session?.accountId });
      grant.addOIDCScope(String(oidc.params?.scope ?? ''));
      await grant.save();
      return grant;
    },
  };
}

/** The usual prompts and the choice of an account, as Google has it. */
function questions() {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return policy;
}

/**
 * Cookies ignore ports, so their names must differ.
 * @param {Face} face
 * @returns {import('oidc-provider').Configuration}
 */
function howItKeeps(face) {
  const names = { session: `${face.id}-session`, interaction: `${face.id}-choice`, resume: `${face.id}-resume` };
  const ttl = { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 };
  return { cookies: { keys: [randomBytes(16).toString('hex')], names }, ttl };
}

/**
 * There is no lasting session here: every visit asks for the account.
 * @type {import('koa').Middleware}
 */
async function forgetful(ctx, next) {
  const cookies = ctx.req.headers.cookie?.split('; ').filter((cookie) => !/^[a-z]+-session(\.sig)?=/.test(cookie));
  if (cookies) ctx.req.headers.cookie = cookies.join('; ');
  await next();
}

/**
 * Its answers in plain text have no icon, and browsers ask for one.
 * @type {import('koa').Middleware}
 */
async function noIcon(ctx, next) {
  if (ctx.path === '/favicon.ico') ctx.status = 204;
  else await next();
}
