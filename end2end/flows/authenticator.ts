// An authenticator app (RFC 6238), written independently of the site's library, so that each checks the other.
import { createHmac } from 'node:crypto';

const STEP_MS = 30_000;

export class Authenticator {
  private readonly seed: Buffer;
  private last = 0;

  /** `key` is the base32 key as the page shows it, spaces and all. */
  constructor(key: string) {
    const bits = [...key.replace(/\s/g, '').toUpperCase()]
      .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
      .join('');
    this.seed = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  }

  /**
   * The next code that was not given yet. The site takes each step once, and one step early or late: whichever it is, it is
   * good for half a minute at least.
   */
  code(): string {
    const now = Math.floor(Date.now() / STEP_MS);
    this.last = Math.max(this.last + 1, now);
    if (this.last > now + 1) throw new Error('no more codes to give within this half minute');
    return this.at(this.last);
  }

  /** Six digits that are none of the accepted ones. */
  wrongCode(): string {
    const now = Math.floor(Date.now() / STEP_MS);
    const good = [-2, -1, 0, 1, 2].map((by) => this.at(now + by));
    return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !good.includes(code)) ?? '';
  }

  private at(step: number): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const mac = createHmac('sha1', this.seed).update(counter).digest();
    const offset = mac[mac.length - 1]! & 15;
    return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
  }
}
