// Reading an email: the link and the code in it.
import type { Email } from '../fixtures/mail';

/** The first link to a page with a token. It must lead to the site and nowhere else. */
export function linkIn(email: Email, site: string): URL {
  const found = email.text.match(/https?:\/\/\S+[?&]t=[A-Za-z0-9_.~%-]+/)?.[0];
  if (!found) throw new Error(`no link in the email "${email.subject}":\n${email.text}`);
  const link = new URL(found);
  if (link.origin !== site) throw new Error(`the email links to ${link.origin}, not to ${site}`);
  return link;
}

/** The code stands on a line of its own. */
export function codeIn(email: Email): string {
  const found = email.text.match(/^[ \t\u3000]*(\d{6})[ \t]*\r?$/m)?.[1];
  if (!found) throw new Error(`no code in the email "${email.subject}":\n${email.text}`);
  return found;
}

/** Characters to be typed, in groups of four, on a line of their own. */
export function groupedCodeIn(email: Email): string {
  const found = email.text.match(/^[ \t\u3000]*([0-9a-z]{4}(?:-[0-9a-z]{4})+)[ \t]*\r?$/m)?.[1];
  if (!found) throw new Error(`no code in the email "${email.subject}":\n${email.text}`);
  return found;
}

/** A code of the right form that is not the one in the email. */
export function anotherCode(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

/** 123456 as a Japanese keyboard may give it: １２３－４５６. */
export function fullWidth(text: string): string {
  return [...text].map((one) => (one >= '!' && one <= '~' ? String.fromCodePoint(one.codePointAt(0)! + 0xfee0) : one)).join('');
}
