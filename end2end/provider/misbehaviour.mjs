// How a provider can misbehave or be impersonated: its true answers, rewritten on their way out.
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';

/**
 * `silent` never answers the site (its page still works); `holds_back` shows the callback instead of redirecting to it;
 * the others send answers that must be rejected.
 * @typedef {'none' | 'silent' | 'holds_back' | 'bad_signature' | 'wrong_nonce' | 'alg_none' | 'hmac_with_secret' | 'other_issuer'
 *   | 'other_audience' | 'expired' | 'not_yet' | 'no_token' | 'error_page' | 'huge' | 'wrong_iss'} Misbehaviour
 */

/**
 * @typedef {object} Keys
 * @property {CryptoKey} own
 * @property {CryptoKey} foreign of nobody the site trusts
 * @property {string} secret the client's
 */

const HOUR_S = 3600;

/** @typedef {(claims: import('jose').JWTPayload) => import('jose').JWTPayload} Twist */

/** Signed with the true key all the same. @type {Record<string, Twist>} */
const TWISTS = {
  wrong_nonce: (claims) => ({ ...claims, nonce: 'of-another-sign-in' }),
  other_issuer: (claims) => ({ ...claims, iss: 'https://issuer.example' }),
  other_audience: (claims) => ({ ...claims, aud: 'another-client', azp: 'another-client' }),
  expired: (claims) => ({ ...claims, iat: now() - 2 * HOUR_S, auth_time: now() - 2 * HOUR_S, exp: now() - HOUR_S }),
  not_yet: (claims) => ({ ...claims, iat: now() + HOUR_S, nbf: now() + HOUR_S, exp: now() + 2 * HOUR_S }),
};

/**
 * @param {string} token
 * @param {Misbehaviour} how
 * @param {Keys} keys
 */
async function rewritten(token, how, keys) {
  const claims = decodeJwt(token);
  const header = /** @type {import('jose').JWTHeaderParameters} */ (decodeProtectedHeader(token));
  const twist = TWISTS[how];
  if (twist) return new SignJWT(twist(claims)).setProtectedHeader(header).sign(keys.own);
  if (how === 'bad_signature') return new SignJWT(claims).setProtectedHeader(header).sign(keys.foreign);
  if (how === 'hmac_with_secret') {
    return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(keys.secret));
  }
  if (how === 'alg_none') {
    const part = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg: 'none' })}.${part(claims)}.`;
  }
  return token;
}

/**
 * @param {() => Misbehaviour} how what goes wrong now
 * @param {Keys} keys
 * @param {string} tokenPath
 * @returns {import('koa').Middleware}
 */
export function misbehaviour(how, keys, tokenPath) {
  return async (ctx, next) => {
    const wrong = how();
    const forPeople = ctx.path.startsWith('/auth') || ctx.path.startsWith('/dialog') || ctx.path.startsWith('/choose');
    if (wrong === 'silent' && !forPeople) await new Promise(() => undefined);
    await next();
    const leadsTo = ctx.response.get('location');
    if (wrong === 'holds_back' && /\/linked\/[a-z]+\/return\?/.test(leadsTo)) {
      ctx.status = 200;
      ctx.remove('location');
      ctx.body = { leadsTo };
    }
    if (ctx.path !== tokenPath || ctx.status !== 200) return;
    const answer = /** @type {{ id_token?: string }} */ (ctx.body);
    if (wrong === 'error_page') {
      ctx.status = 500;
      ctx.type = 'html';
      ctx.body = '<!doctype html><title>Oops</title><h1>Something went wrong</h1><script>alert(1)</script>';
    } else if (wrong === 'huge') {
      ctx.body = { ...answer, padding: 'x'.repeat(8 * 1024 * 1024) };
    } else if (wrong === 'no_token') {
      ctx.body = { ...answer, id_token: undefined, access_token: undefined };
    } else if (answer.id_token) {
      ctx.body = { ...answer, id_token: await rewritten(answer.id_token, wrong, keys) };
    }
  };
}

function now() {
  return Math.floor(Date.now() / 1000);
}
