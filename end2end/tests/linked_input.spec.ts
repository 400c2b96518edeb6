// Responses of a provider, or forged ones, that must be rejected: a clear page, a way back, nothing linked.
import type { Page, Request } from '@playwright/test';
import { test, expect } from '../fixtures/providers';
import { consent, randomLogin, interceptCallback, signInWith, expectProviderError, expectLinked, expectNotLinked, expectPendingLink, goToProvider, link, masked, authenticateWith } from '../flows/linked';
import { expectSignedIn, expectSignedOut } from '../flows/sign_in';
import { withForeignPage } from '../flows/wire';
import { FORMS, PAGES, fromProvider, toProvider } from '../screens/addresses';
import { LinkedScreen, providerButton } from '../screens/linked';
import { expectDone, expectPath, formTo, linkTo, Shell } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

/** Members see the message on the page of linked accounts: ログイン would redirect to ホーム and show nothing. */
async function expectOver(page: Page): Promise<void> {
  await expectPath(page, PAGES.linked);
  await expect(page).toHaveURL(/provider_error=over/);
  await expect(new Shell(page).warning.first()).toBeVisible();
}

const REJECTED = {
  bad_signature: 'signed with a key that is not the provider’s',
  wrong_nonce: 'with the nonce of another request',
  alg_none: 'with `alg: none`',
  hmac_with_secret: 'signed with an algorithm that was not agreed upon',
  other_issuer: 'of another issuer',
  other_audience: 'for another site',
  expired: 'that is over',
  not_yet: 'from the future',
  no_token: 'without a token',
  error_page: 'that is an error page',
  huge: 'of many megabytes',
  wrong_iss: 'that names another provider in its address',
} as const;

const ANSWERS = Object.entries(REJECTED) as [keyof typeof REJECTED, string][];

test('a rejected answer links nothing, and linking works afterwards', async ({ page, providers, makeMember, resumeSession }) => {
  const login = randomLogin();
  await resumeSession(await makeMember());
  for (const [how, what] of ANSWERS) {
    await test.step(`an answer ${what} (${how})`, async () => {
      await LinkedScreen.open(page);
      providers.google.misbehave(how);
      await authenticateWith(page, 'google', login);
      await expectProviderError(page, PAGES.linked, 'not_accepted', 'google');
      providers.google.misbehave('none');
      await expectNotLinked(page, 'google');
    });
  }
  await link(page, 'google', login);
});

test('a rejected answer signs nobody in, though the account is linked', async ({ page, providers, makeMember, resumeSession, anotherBrowser }) => {
  const login = randomLogin();
  await resumeSession(await makeMember());
  await link(page, 'google', login);
  const elsewhere = await anotherBrowser();
  for (const [how, what] of ANSWERS) {
    await test.step(`an answer ${what} (${how})`, async () => {
      await SignInScreen.open(elsewhere);
      providers.google.misbehave(how);
      await authenticateWith(elsewhere, 'google', login);
      await expectProviderError(elsewhere, PAGES.signIn, 'not_accepted', 'google');
      providers.google.misbehave('none');
      await expectSignedOut(elsewhere);
    });
  }
});

test('a rejected answer of Facebook links nothing', async ({ page, providers, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  for (const how of ['no_token', 'error_page', 'huge'] as const) {
    await test.step(`an answer ${REJECTED[how]} (${how})`, async () => {
      await LinkedScreen.open(page);
      providers.facebook.misbehave(how);
      await authenticateWith(page, 'facebook', randomLogin());
      await expectProviderError(page, PAGES.linked, 'not_accepted', 'facebook');
      await expectNotLinked(page, 'facebook');
    });
  }
});

test('replay: the answer of a provider, opened again, does nothing', async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const answers: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === fromProvider('google')) answers.push(request.url());
  });
  const login = randomLogin();
  await resumeSession(await makeMember());
  await link(page, 'google', login);
  expect(answers).toHaveLength(1);
  await page.goto(answers[0]!);
  await expectOver(page);
  await expect(new Shell(page).done).toHaveCount(0);
  const elsewhere = await anotherBrowser();
  await elsewhere.goto(answers[0]!);
  await expectPath(elsewhere, PAGES.signIn);
  await expect(elsewhere).toHaveURL(/provider_error=over/);
  await expectSignedOut(elsewhere);
});

test('replay at the same time: one answer in two tabs links once', async ({ page, context, providers, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  await LinkedScreen.open(page);
  const answer = await interceptCallback(page, providers.google, 'google', randomLogin());
  const other = await context.newPage();
  await Promise.all([page.goto(answer.href), other.goto(answer.href)]);
  const done = [page, other].map((each) => new URL(each.url()).searchParams.get('done'));
  expect(done.filter(Boolean)).toEqual(['linked']);
});

test('login CSRF: an answer of another browser signs nobody in, and its own browser can still use it', async ({ page, providers, makeMember, resumeSession, anotherBrowser }) => {
  const login = randomLogin();
  await resumeSession(await makeMember());
  await link(page, 'google', login);
  const attacker = await anotherBrowser();
  await SignInScreen.open(attacker);
  const answer = await interceptCallback(attacker, providers.google, 'google', login);

  const victim = await anotherBrowser();
  await victim.goto(answer.href);
  await expect(victim).toHaveURL(/\/sign-in\?.*provider_error=over/);
  await expect(new Shell(victim).warning.or(new Shell(victim).errorSummary).first()).toBeVisible();
  await expectSignedOut(victim);
  // Opening the address elsewhere must not use the request up.
  await attacker.goto(answer.href);
  await expectSignedIn(attacker);
});

test('link CSRF: an attacker’s answer, opened by a member, is not linked to the member', async ({ page, providers, makeMember, resumeSession, anotherBrowser }) => {
  const login = randomLogin();
  const attacker = await anotherBrowser();
  await attacker.context().addCookies((await makeMember()).cookies);
  await LinkedScreen.open(attacker);
  const linking = await interceptCallback(attacker, providers.google, 'google', login);
  await SignInScreen.open(await anotherBrowser());

  await resumeSession(await makeMember());
  await page.goto(linking.href);
  await expectOver(page);
  await expectNotLinked(page, 'google');
});

test('a sign-in as another member on the way links nothing to that account', async ({ page, context, providers, makeMember, resumeSession }) => {
  const first = await makeMember();
  const second = await makeMember();
  await resumeSession(first);
  await LinkedScreen.open(page);
  const answer = await interceptCallback(page, providers.google, 'google', randomLogin());
  await context.clearCookies({ name: 'session' });
  await resumeSession(second);
  await page.goto(answer.href);
  await expect(page).not.toHaveURL(/done=linked/);
  await expectNotLinked(page, 'google');
});

test('mix-up: the answer of one provider at the address of another is refused', async ({ page, providers, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  await LinkedScreen.open(page);
  const answer = await interceptCallback(page, providers.google, 'google', randomLogin());
  answer.pathname = fromProvider('yahoo');
  await page.goto(answer.href);
  await expectOver(page);
  await expectNotLinked(page, 'google');
  await expectNotLinked(page, 'yahoo');
});

test('code injection: a code of another request, with the state of this one, is refused', async ({ page, providers, makeMember, resumeSession, anotherBrowser }) => {
  const attacker = await anotherBrowser();
  await SignInScreen.open(attacker);
  const stolen = await interceptCallback(attacker, providers.google, 'google', randomLogin());
  await resumeSession(await makeMember());
  await LinkedScreen.open(page);
  const own = await interceptCallback(page, providers.google, 'google', randomLogin());
  own.searchParams.set('code', stolen.searchParams.get('code') ?? '');
  await page.goto(own.href);
  await expectProviderError(page, PAGES.linked, 'not_accepted', 'google');
  await expectNotLinked(page, 'google');
});

const RETURNS = {
  'nothing at all': '',
  'no code': '?state=none',
  'an unknown state': '?code=abc&state=none',
  'a state of 5 kB': `?code=abc&state=${'x'.repeat(5_000)}`,
  'two states': '?code=abc&state=a&state=b',
  'markup': `?error=${encodeURIComponent('<script>alert(1)</script>')}&state=none`,
  'broken percent signs': '?code=%E3%81&state=%ff%fe',
};

test('a bad callback leads to ログイン with a message', { tag: '@nojs' }, async ({ page }) => {
  for (const [what, query] of Object.entries(RETURNS)) {
    await test.step(what, async () => {
      await page.goto(`${fromProvider('google')}${query}`);
      await expectPath(page, PAGES.signIn);
      await expect(page).toHaveURL(/provider_error=over/);
      await expect(new Shell(page).warning.or(new Shell(page).errorSummary).first()).toBeVisible();
      await expect(providerButton(page, 'google')).toBeVisible();
      await expectSignedOut(page);
    });
  }
});

test('unknown codes and providers in the address say nothing', async ({ page }) => {
  for (const query of ['provider_error=nonsense&with=google', 'provider_error=cancelled&with=nobody', `provider_error=${encodeURIComponent('<b>')}&with=${encodeURIComponent('<b>x</b>')}`]) {
    await page.goto(`${PAGES.signIn}?${query}`);
    await expect(new Shell(page).heading).toBeVisible();
    await expect(page.locator('main')).not.toContainText(/nonsense|nobody|<b>/);
    await expect(providerButton(page, 'google')).toBeVisible();
  }
});

test('a provider that is not offered has no address', async ({ client }) => {
  expect((await client.post(toProvider('line'), { for: 'sign_in' })).status()).toBe(404);
  const answer = await client.get(`${fromProvider('line')}?code=a&state=b`);
  expect([answer.status(), answer.headers().location]).toEqual([303, `${PAGES.signIn}?provider_error=over&with=line`]);
  expect((await client.post(toProvider('google'), { for: 'nonsense' })).status()).toBeGreaterThanOrEqual(400);
});

test('linking needs a sign-in', async ({ client }) => {
  const answer = await client.post(toProvider('google'), { for: 'link' });
  expect(answer.status()).toBe(303);
  expect(answer.headers().location).toMatch(/^\/sign-in/);
});

test('a form on another site cannot start a request to a provider', async ({ page, site, makeMember, resumeSession, guard }) => {
  guard.allow(/status of 403/);
  await resumeSession(await makeMember());
  const action = `${site.url}${toProvider('google')}`;
  const html = `<!doctype html><title>elsewhere</title><form method="post" action="${action}"><input name="for" value="link"><button>win a prize</button></form>`;
  await withForeignPage(html, async (address) => {
    await page.goto(address);
    const answered = page.waitForResponse((answer) => answer.url() === action && answer.request().method() === 'POST');
    await page.getByRole('button').click();
    expect((await answered).status()).toBe(403);
  });
});

test('after a provider, ?next= never leads away from the site', async ({ page, site, makeMember, resumeSession, anotherBrowser }) => {
  const login = randomLogin();
  await resumeSession(await makeMember());
  await link(page, 'google', login);
  const elsewhere = await anotherBrowser();
  for (const next of ['//evil.example/', 'https://evil.example/', '/\\evil.example/', '/%09/evil.example/', 'javascript:alert(1)']) {
    await SignInScreen.open(elsewhere, `?next=${encodeURIComponent(next)}`);
    await authenticateWith(elsewhere, 'google', login);
    await expect(elsewhere, next).toHaveURL((address) => address.origin === site.url && address.pathname === PAGES.home);
    await expectSignedIn(elsewhere);
    await elsewhere.context().clearCookies();
  }
});

test('session fixation: a sign-in by a provider gives a new session token', async ({ page, site, makeMember, resumeSession, anotherBrowser }) => {
  const login = randomLogin();
  await resumeSession(await makeMember());
  await link(page, 'google', login);
  const elsewhere = await anotherBrowser();
  const planted = 'planted-before-the-sign-in';
  await elsewhere.context().addCookies([{ name: 'session', value: planted, url: site.url }]);
  await signInWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
  const session = (await elsewhere.context().cookies()).filter(({ name }) => name === 'session').map(({ value }) => value);
  expect(session).toHaveLength(1);
  expect(session[0]).not.toBe(planted);
});

test('nothing of the provider’s answer is left in the address, and nothing of it in what is sent on', async ({ page, makeMember, resumeSession }) => {
  const sent: Request[] = [];
  page.on('request', (request) => sent.push(request));
  await resumeSession(await makeMember());
  const screen = await link(page, 'google', randomLogin());
  expect([...new URL(page.url()).searchParams.keys()]).toEqual(['done']);
  await screen.main.locator(linkTo(PAGES.account)).first().click();
  await expectPath(page, PAGES.account);
  expect(sent.filter((request) => /[?&]code=/.test(request.url()))).toHaveLength(1);
  const referers = await Promise.all(sent.map((request) => request.headerValue('referer')));
  expect(referers.filter((referer) => /[?&](code|state)=/.test(referer ?? ''))).toEqual([]);
});

test('an unlink sent twice is done once', async ({ page, context, makeMember, resumeSession, anotherBrowser }) => {
  await resumeSession(await makeMember());
  const login = randomLogin();
  const screen = await link(page, 'google', login);
  const late = await context.newPage();
  const old = await LinkedScreen.open(late);
  await screen.ask('google').click();
  await screen.unlink('google').click();
  await expectDone(page, PAGES.linked, 'unlinked');
  await old.ask('google').click();
  await old.unlink('google').click();
  await expectPath(late, PAGES.linked);
  await expectNotLinked(late, 'google');
  const elsewhere = await anotherBrowser();
  await signInWith(elsewhere, 'google', login);
  await expectPendingLink(elsewhere, 'google');
});

test('the form that unlinks, sent by another member, takes that one’s own link and no other', async ({ page, site, makeMember, resumeSession, anotherBrowser }) => {
  await resumeSession(await makeMember());
  const screen = await link(page, 'google', randomLogin());
  const other = await anotherBrowser();
  await other.context().addCookies((await makeMember()).cookies);
  await link(other, 'google', randomLogin());

  const form = screen.row('google').locator(formTo(FORMS.linkedUnlink));
  const fields = await form.locator('input').evaluateAll((inputs) => inputs.map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']));
  const headers = { accept: 'text/html', origin: site.url, 'sec-fetch-site': 'same-origin' };
  const answer = await other.request.post(FORMS.linkedUnlink, { form: Object.fromEntries(fields), headers, maxRedirects: 0 });
  expect([answer.status(), answer.headers().location]).toEqual([303, `${PAGES.linked}?done=unlinked`]);
  await expectNotLinked(other, 'google');
  await expectLinked(page, 'google');
});

test('two requests in one browser: the older answer still counts once', async ({ page, providers }) => {
  const [older, newer] = [`z${randomLogin()}`, randomLogin()];
  await SignInScreen.open(page);
  const first = await interceptCallback(page, providers.google, 'google', older);
  await SignInScreen.open(page);
  await consent(await goToProvider(page, 'google'), newer);
  const screen = await expectPendingLink(page, 'google');
  await expect(screen.main).toContainText(masked(newer));
  // The last callback is the pending one.
  await page.goto(first.href);
  await expect(page).toHaveURL(PAGES.signIn);
  await expect(screen.main).toContainText(masked(older));
  await expect(screen.main).not.toContainText(masked(newer));
  await page.goto(first.href);
  await expect(page).toHaveURL(/provider_error=over/);
  await expect(screen.main, 'and stays pending').toContainText(masked(older));
});
