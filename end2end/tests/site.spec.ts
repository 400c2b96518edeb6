// What holds for the whole site: unknown pages, headers, hostile requests, documents of the operator.
import { test, expect, randomPerson } from '../fixtures';
import { randomPassword, registrationFields } from '../fixtures/member';
import { linkIn } from '../flows/emails';
import { expectSignedIn, signIn } from '../flows/sign_in';
import { sendRaw, withForeignPage } from '../flows/wire';
import { ENDPOINTS, FORMS, PAGES, UNKNOWN } from '../screens/addresses';
import { AccountScreen } from '../screens/account';
import { expectPath, linkTo, Shell } from '../screens/shell';

test('an unknown page is a real 404 with a way on', async ({ page, guard }) => {
  guard.allow(/status of 404/);
  for (const address of [UNKNOWN.page, UNKNOWN.accountPage, UNKNOWN.encoded, UNKNOWN.wellKnown]) {
    const answer = await page.request.get(address, { maxRedirects: 0 });
    expect(answer.status(), address).toBe(404);
  }
  expect((await page.goto(UNKNOWN.page))?.status()).toBe(404);
  const shell = new Shell(page);
  await expect(shell.heading).toBeVisible();
  await shell.main.locator(`${linkTo(PAGES.home)}, ${linkTo(PAGES.signIn)}`).first().click();
  await expectPath(page, PAGES.signIn);
});

for (const address of [PAGES.terms, PAGES.privacy]) {
  test(`MP-04 ${address} is public, in both languages`, async ({ page, client }) => {
    expect((await page.goto(address))?.status()).toBe(200);
    const shell = new Shell(page);
    await expect(shell.heading).toHaveCount(1);
    await expect(shell.main).toContainText(/\S{20,}/);
    expect((await client.get(address, { 'accept-language': 'en' })).status()).toBe(200);
  });
}

test('every page carries the safety headers, with a new nonce each time', async ({ page, client, makeMember, resumeSession }) => {
  const nonces = new Set<string>();
  for (const address of [PAGES.signIn, PAGES.signIn, PAGES.register, PAGES.terms, UNKNOWN.page]) {
    const answer = await client.get(address);
    const headers = answer.headers();
    const policy = headers['content-security-policy'] ?? '';
    const nonce = policy.match(/script-src[^;]*'nonce-([^']{16,})'/)?.[1] ?? '';
    expect(nonce, `${address}: ${policy}`).not.toBe('');
    nonces.add(nonce);
    expect(policy).not.toMatch(/'unsafe-inline'|'unsafe-eval'/);
    for (const part of ["default-src 'none'", "style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      expect(policy, address).toContain(part);
    }
    expect(headers['x-content-type-options'], address).toBe('nosniff');
    expect(headers['referrer-policy'], address).toMatch(/no-referrer|same-origin|strict-origin/);
    const scripts = [...(await answer.text()).matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
    expect(scripts.filter((tag) => !tag.includes(`nonce="${nonce}"`)), address).toEqual([]);
  }
  expect(nonces.size).toBe(5);

  await resumeSession(await makeMember());
  for (const address of [PAGES.home, PAGES.account, PAGES.profile]) {
    const answer = await page.request.get(address);
    expect(answer.headers()['cache-control'], address).toContain('no-store');
  }
});

test('a hostile Host changes nothing: not the page, not a redirect, not an email', async ({ site, mail }) => {
  const hostile = { host: 'evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
  const page = await sendRaw(`${site.url}${PAGES.signIn}`, { headers: hostile });
  expect(page.status).toBe(200);
  expect(page.body).not.toContain('evil.example');
  const redirect = await sendRaw(`${site.url}${PAGES.account}`, { headers: hostile });
  expect(redirect.headers.location ?? '').not.toContain('evil.example');

  const person = randomPerson();
  const body = new URLSearchParams(registrationFields(person, 'ja')).toString();
  const sent = await sendRaw(`${site.url}${FORMS.register}`, {
    method: 'POST',
    headers: { ...hostile, origin: site.url, 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(body)), accept: 'text/html', 'accept-language': 'ja' },
    body,
  });
  expect(sent.status).toBe(303);
  const email = await mail.emailTo(person.email);
  expect(linkIn(email, site.url).origin).toBe(site.url);
  expect(`${email.text}${email.html}`).not.toContain('evil.example');
});

test('a post from another site is refused before anything happens', async ({ client, expectNoEmailTo }) => {
  const person = randomPerson();
  const foreign = [
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example', 'sec-fetch-site': '' },
    { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' },
  ];
  const forms = [FORMS.register, FORMS.registerCode, FORMS.registerResend, FORMS.registerComplete, FORMS.signIn, FORMS.signOut, FORMS.language, FORMS.profile, FORMS.profilePassword];
  for (const headers of foreign) {
    for (const address of forms) {
      const answer = await client.post(address, registrationFields(person, 'ja'), headers);
      expect(answer.status(), `${address} ${JSON.stringify(headers)}`).toBe(403);
      expect(answer.headers()['set-cookie'] ?? '').toBe('');
    }
  }
  await expectNoEmailTo(person.email);
});

test('a form on another site cannot sign a member out or change anything', async ({ page, guard, site, makeMember }) => {
  guard.allow(/status of 403/, /favicon/);
  const member = await makeMember();
  await signIn(page, member);
  for (const action of [FORMS.signOut, FORMS.profile]) {
    const html = `<!doctype html><title>elsewhere</title><form method="post" action="${site.url}${action}"><input name="family_name" value="X"><button>win a prize</button></form>`;
    await withForeignPage(html, async (address) => {
      await page.goto(address);
      const answered = page.waitForResponse((answer) => answer.url() === `${site.url}${action}` && answer.request().method() === 'POST');
      await page.getByRole('button').click();
      expect((await answered).status()).toBe(403);
    });
  }
  await page.goto(PAGES.home);
  await expectSignedIn(page);
  await expect((await AccountScreen.open(page)).facts).toContainText(member.familyName);
});

test('a malformed request is refused without internal details', async ({ site, client }) => {
  const post = (address: string, type: string, body: string) =>
    sendRaw(`${site.url}${address}`, {
      method: 'POST',
      headers: { host: new URL(site.url).host, origin: site.url, 'sec-fetch-site': 'same-origin', 'content-type': type, 'content-length': String(Buffer.byteLength(body)), accept: 'text/html' },
      body,
    });
  const answers = [
    await post(FORMS.register, 'application/json', '{"email":'),
    await post(FORMS.register, 'application/x-www-form-urlencoded', '%ff%fe=%c3%28&&&='),
    await post(FORMS.register, 'application/x-www-form-urlencoded', `email=a&email=b&${'x=1&'.repeat(2_000)}`),
    await post(FORMS.signIn, 'application/x-www-form-urlencoded', `email=${'a'.repeat(3_000_000)}`).catch(() => undefined),
  ];
  for (const answer of answers) {
    if (!answer) continue; // the connection may be closed on a body that is too large
    expect(answer.status).toBeLessThan(500);
    expect(answer.body).not.toMatch(/panicked|\.rs:\d|sqlx|stack backtrace/i);
  }
  expect(answers.at(-1)?.status ?? 413).toBe(413);
  expect((await client.get(PAGES.signIn)).status()).toBe(200);
});

test('well-known change-password leads to the password form', { tag: '@nojs' }, async ({ client, page, makeMember, resumeSession }) => {
  const answer = await client.get(ENDPOINTS.changePassword);
  expect([302, 303]).toContain(answer.status());
  expect(new URL(answer.headers().location ?? '', client.url).pathname).toBe(PAGES.profile);
  await resumeSession(await makeMember());
  await page.goto(ENDPOINTS.changePassword);
  await expectPath(page, PAGES.profile);
});

test('built files are immutable and compressed', async ({ client }) => {
  const html = await (await client.get(PAGES.signIn)).text();
  const files = [...html.matchAll(/(?:href|src)="(\/[^"]+\.(?:css|js|wasm))"/g)].flatMap(([, file]) => file ?? []);
  expect(files.length).toBeGreaterThan(0);
  for (const file of new Set(files)) {
    const answer = await client.get(file, { 'accept-encoding': 'br' });
    expect(answer.status(), file).toBe(200);
    expect(answer.headers()['cache-control'], file).toContain('immutable');
    expect(answer.headers()['content-encoding'], file).toBe('br');
  }
});

test('health and readiness are separate, and neither reveals more', async ({ client }) => {
  for (const address of [ENDPOINTS.health, ENDPOINTS.readiness]) {
    const answer = await client.get(address);
    expect(answer.status()).toBe(200);
    expect((await answer.text()).length).toBeLessThan(200);
  }
});

test('session fixation: a planted session token does not become a session', async ({ page, context, site, client, makeMember }) => {
  const member = await makeMember();
  const planted = member.cookies.filter((cookie) => cookie.httpOnly).map((cookie) => ({ name: cookie.name, value: randomPassword(), url: site.url }));
  expect(planted.length).toBeGreaterThan(0);
  await context.addCookies(planted);
  await signIn(page, member);
  const cookie = planted.map(({ name, value }) => `${name}=${value}`).join('; ');
  const answer = await client.get(PAGES.account, { cookie });
  expect([302, 303]).toContain(answer.status());
  expect(answer.headers().location).toContain(PAGES.signIn);
});
