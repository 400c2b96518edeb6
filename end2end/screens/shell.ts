// What all screens share: heading, notices, messages beside fields.
import { expect, type Locator, type Page } from '@playwright/test';

/** Selects the form that posts to an address, whatever query follows it. */
export const formTo = (address: string) => `form:is([action="${address}"], [action^="${address}?"])`;

/** Selects the button of that form. */
export const buttonTo = (address: string) => `${formTo(address)} button[type="submit"]`;

/** Selects links to exactly this address. */
export const linkTo = (address: string) => `a[href="${address}"]`;

export class Shell {
  readonly heading: Locator;
  readonly main: Locator;
  /** The notice about the action just completed (`?done=`). */
  readonly done: Locator;
  readonly warning: Locator;
  readonly errorSummary: Locator;

  constructor(readonly page: Page) {
    this.main = page.locator('main');
    this.heading = this.main.getByRole('heading', { level: 1 });
    this.done = page.locator('.notice--success');
    this.warning = page.locator('.notice--error, .notice--warning');
    this.errorSummary = page.locator('.error-summary');
  }

  /** An input by the name it has in the form: the names are contracts. */
  field(name: string): Locator {
    return this.main.locator(`[name="${name}"]`);
  }

  /** The message of a field; of its group for the three parts of a date. */
  errorOf(name: string): Locator {
    const around = this.main.locator('.field, .field--group, .check').filter({ has: this.page.locator(`[name="${name}"]`) });
    return around.locator('.error').filter({ hasText: /\S/ }).first();
  }
}

/** The message is beside the field, the field says that it is wrong, and assistive technology reads the message with it. */
export async function expectRefused(shell: Shell, name: string, message: string | RegExp = /\S{3,}/): Promise<void> {
  await expect(shell.errorOf(name)).toBeVisible();
  await expect(shell.errorOf(name)).toContainText(message);
  if (name === 'birth_year') {
    const group = shell.main.getByRole('group').filter({ has: shell.page.locator(`[name="${name}"]`) });
    await expect(group.first()).toHaveAccessibleDescription(message);
    return;
  }
  await expect(shell.field(name)).toHaveAttribute('aria-invalid', 'true');
  // The message comes first; help and rules may follow it.
  const first = typeof message === 'string' ? new RegExp(`^${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`) : message;
  await expect(shell.field(name)).toHaveAccessibleDescription(first);
}

/** The year that times on a page are of: Japan's, wherever the stories run. */
export function thisYear(): string {
  return new Date().toLocaleDateString('en', { timeZone: 'Asia/Tokyo', year: 'numeric' });
}

export async function expectPath(page: Page, path: string): Promise<void> {
  await expect(page).toHaveURL((address) => address.pathname === path);
}

/** `?done=` names the completed action, and the page shows a notice. */
export async function expectDone(page: Page, path: string | RegExp, done?: string): Promise<void> {
  const fits = (here: string) => (typeof path === 'string' ? here === path : path.test(here));
  await expect(page).toHaveURL(({ pathname, searchParams }) => {
    const said = searchParams.get('done');
    return fits(pathname) && (done === undefined ? Boolean(said) : said === done);
  });
  await expect(new Shell(page).done.first()).toContainText(/\S{3,}/);
}

/** Puts a value in without the keyboard's limits: what `maxlength` would cut, a hostile client still sends. */
export async function setValue(field: Locator, value: string): Promise<void> {
  await field.evaluate((input, text) => {
    (input as HTMLInputElement).value = text;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, value);
}

export async function expectNoSidewaysScroll(page: Page, what: string): Promise<void> {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth] as const);
  expect(content, `${what} is wider than its window`).toBeLessThanOrEqual(window);
}
