// The accounts at the demonstration providers: three people, those added by a story, and any name that is typed.
import { createHash } from 'node:crypto';

/**
 * @typedef {object} Person
 * @property {string} login what is typed to sign in there
 * @property {string} family_name
 * @property {string} given_name
 * @property {string} [email]
 * @property {boolean} email_verified whether the provider has seen that the address is theirs
 */

/** @type {readonly Person[]} */
export const DEMONSTRATED = [
  { login: 'hanako@example.jp', family_name: '山田', given_name: '花子', email: 'hanako@example.jp', email_verified: true },
  { login: 'jiro@example.jp', family_name: '鈴木', given_name: '次郎', email: 'jiro@example.jp', email_verified: false },
  { login: 'sora', family_name: '青木', given_name: 'そら', email_verified: false },
];

export class Persons {
  /** @type {Map<string, Person>} */
  #known = new Map();

  constructor() {
    for (const person of DEMONSTRATED) this.know(person);
  }

  /**
   * Sets the person of a login: a new one, or the same with other values.
   * @param {Person} person
   */
  know(person) {
    this.#known.set(person.login, person);
  }

  /**
   * An unknown login gets an address if it looks like one.
   * @param {string} typed
   * @param {boolean} verified
   */
  signIn(typed, verified) {
    const login = typed.trim().toLowerCase();
    if (!login) return undefined;
    const known = this.#known.get(login);
    if (known) return known;
    const email = login.includes('@') ? { email: login } : {};
    const person = { login, family_name: '見本', given_name: '太郎', ...email, email_verified: verified && 'email' in email };
    this.know(person);
    return person;
  }

  /**
   * @param {string} face
   * @param {string} sub
   */
  bySub(face, sub) {
    return [...this.#known.values()].find((person) => subOf(face, person) === sub);
  }
}

/**
 * Digits, as such providers use them, and different at each provider.
 * @param {string} face
 * @param {Person} person
 */
export function subOf(face, person) {
  return BigInt(`0x${createHash('sha256').update(`${face} ${person.login}`).digest('hex').slice(0, 16)}`).toString();
}
