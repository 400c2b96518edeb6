// The store of a demonstration provider: in memory, separate for each, gone with the process.

/** @typedef {import('oidc-provider').AdapterPayload} Payload */

/** An adapter as `oidc-provider` asks for one: for each kind of thing it makes one of these. */
export function memory() {
  /** @type {Map<string, Payload>} */
  const things = new Map();

  return class Memory {
    /** @param {string} kind */
    constructor(kind) {
      this.key = (/** @type {string} */ id) => `${kind} ${id}`;
    }

    /**
     * @param {string} id
     * @param {Payload} payload
     */
    async upsert(id, payload) {
      things.set(this.key(id), payload);
    }

    /** @param {string} id */
    async find(id) {
      return things.get(this.key(id));
    }

    /** @param {string} id */
    async consume(id) {
      const thing = things.get(this.key(id));
      if (thing) thing.consumed = Math.floor(Date.now() / 1000);
    }

    /** @param {string} id */
    async destroy(id) {
      things.delete(this.key(id));
    }

    /** @param {string} uid */
    async findByUid(uid) {
      return [...things.values()].find((thing) => thing.uid === uid);
    }

    /** Of no flow that is spoken here. */
    async findByUserCode() {
      return undefined;
    }

    /** A code used twice takes back what it gave. @param {string} grantId */
    async revokeByGrantId(grantId) {
      for (const [key, thing] of things) if (thing.grantId === grantId) things.delete(key);
    }
  };
}
