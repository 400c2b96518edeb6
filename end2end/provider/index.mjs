// The demonstration providers of a site: stand-ins for Google, Yahoo! JAPAN and Facebook that speak the real protocols.
// The browser suite starts them beside each site, `run.mjs` for a look by hand.
import { client, FACEBOOK, GOOGLE, YAHOO } from './faces.mjs';
import { issuer } from './issuer.mjs';
import { Persons } from './persons.mjs';

/** @typedef {import('./issuer.mjs').Issuer} Issuer */
/** @typedef {import('./persons.mjs').Person} Person */
/** @typedef {import('./misbehaviour.mjs').Misbehaviour} Misbehaviour */

/**
 * @typedef {object} Providers
 * @property {Issuer} google
 * @property {Issuer} yahoo
 * @property {Issuer} facebook
 * @property {Persons} persons the same people have accounts at all of them
 * @property {Record<string, string>} settings the environment of a site that offers them
 * @property {() => Promise<void>} stop
 */

/**
 * @param {string} site its scheme, host and port
 * @param {[number, number, number]} [ports] any that are free, if not given
 * @returns {Promise<Providers>}
 */
export async function startProviders(site, ports = [0, 0, 0]) {
  const persons = new Persons();
  const [google, yahoo, facebook] = await Promise.all([
    issuer(GOOGLE, ports[0], site, persons),
    issuer(YAHOO, ports[1], site, persons),
    issuer(FACEBOOK, ports[2], site, persons),
  ]);
  const all = [google, yahoo, facebook];
  return {
    google,
    yahoo,
    facebook,
    persons,
    settings: Object.assign({ TEGATA_OUTBOUND__PRIVATE_NETWORKS: 'true' }, ...all.map(settings)),
    stop: async () => void (await Promise.all(all.map((one) => one.down()))),
  };
}

/**
 * @param {Issuer} one
 * @returns {Record<string, string>}
 */
function settings({ face, url }) {
  const { id, secret } = client(face);
  const prefix = `TEGATA_PROVIDERS__${face.id.toUpperCase()}__`;
  return { [`${prefix}KIND`]: face.kind, [`${prefix}CLIENT_ID`]: id, [`${prefix}CLIENT_SECRET`]: secret, [`${prefix}ISSUER`]: url };
}
