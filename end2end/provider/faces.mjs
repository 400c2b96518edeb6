// The profiles of the demonstration providers: ids, names, endpoints and client authentication.
// The server behind them is `issuer.mjs`.

/**
 * @typedef {object} Face
 * @property {'google' | 'yahoo' | 'facebook'} id in the site's addresses and settings
 * @property {string} kind what the site's settings call it
 * @property {string} name
 * @property {boolean} openid whether it speaks OpenID Connect, or OAuth 2 and a profile of its own
 * @property {boolean} claimsInToken whether name and address are in the ID token, or only at the userinfo address
 * @property {'client_secret_basic' | 'client_secret_post'} auth
 * @property {string[]} scopes
 * @property {Record<string, string>} routes where they differ from the usual ones
 */

/** @type {Face} */
export const GOOGLE = {
  id: 'google',
  kind: 'google',
  name: 'Google',
  openid: true,
  claimsInToken: true,
  auth: 'client_secret_basic',
  scopes: ['openid', 'profile', 'email'],
  routes: {},
};

/** @type {Face} */
export const YAHOO = { ...GOOGLE, id: 'yahoo', kind: 'yahoo-japan', name: 'Yahoo! JAPAN', claimsInToken: false };

/** @type {Face} */
export const FACEBOOK = {
  id: 'facebook',
  kind: 'facebook',
  name: 'Facebook',
  openid: false,
  claimsInToken: false,
  auth: 'client_secret_post',
  scopes: ['public_profile', 'email'],
  routes: { authorization: '/dialog/oauth', token: '/oauth/access_token' },
};

/**
 * How the site is known to a provider. The secret has characters that must be encoded on their way.
 * @param {Face} face
 */
export function client(face) {
  return { id: `tegata-at-${face.id}`, secret: `not:a+real%secret&of/${face.id}` };
}
