// The profile endpoint of the Facebook stand-in. It is not OpenID Connect: the token is looked up, with an app secret proof.
import { createHmac } from 'node:crypto';
import { client } from './faces.mjs';

/**
 * @param {import('oidc-provider').Provider} provider
 * @param {import('./faces.mjs').Face} face
 * @param {import('./persons.mjs').Persons} persons
 * @returns {import('koa').Middleware}
 */
export function graph(provider, face, persons) {
  return async (ctx, next) => {
    if (face.openid || ctx.path !== '/me') return next();
    const bearer = ctx.get('authorization').replace(/^Bearer /i, '') || String(ctx.query.access_token ?? '');
    const token = await provider.AccessToken.find(bearer);
    const person = token && persons.bySub(face.id, token.accountId);
    const proof = createHmac('sha256', client(face).secret).update(bearer).digest('hex');
    if (!person || ctx.query.appsecret_proof !== proof) {
      ctx.status = 400;
      const message = person ? 'Invalid appsecret_proof provided in the API argument' : 'Invalid OAuth access token.';
      ctx.body = { error: { message, type: 'OAuthException', code: person ? 100 : 190 } };
      return;
    }
    /** @type {Record<string, string | undefined>} */
    const all = {
      id: token.accountId,
      name: `${person.family_name} ${person.given_name}`,
      first_name: person.given_name,
      last_name: person.family_name,
      email: token.scope?.split(' ').includes('email') ? person.email : undefined,
    };
    const fields = String(ctx.query.fields ?? 'id,name').split(',');
    ctx.body = Object.fromEntries(Object.entries(all).filter(([key, value]) => value && fields.includes(key)));
  };
}
