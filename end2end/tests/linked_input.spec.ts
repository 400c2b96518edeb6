// What comes from a provider, or pretends to, and must not be believed: a clear page, a way back, nothing linked.
import type { Page, Request } from '@playwright/test';
import { test, expect } from '../fixtures/providers';
import { agree, aLogin, answerHeldBack, enterWith, expectLedToNothing, expectLinked, expectNotLinked, expectWaiting, goTo, link, masked, throughProvider } from '../deeds/linked';
import { expectSignedIn, expectSignedOut } from '../deeds/sign_in';
import { withForeignPage } from '../deeds/wire';
import { LinkedScreen, providerButton } from '../screens/linked';
import { expectDone, expectPath, Shell } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

/** A member is told on the page of the links; ログイン would lead on to ホーム, and say nothing. */
async function expectOver(page: Page): Promise<void> {
  await expectPath(page, '/account/linked');
  await expect(page).toHaveURL(/sns=over/);
  await expect(new Shell(page).warning.first()).toBeVisible();
}

const NOT_BELIEVED = {
  bad_signature: 'signed with a key that is not the provider’s',
  wrong_nonce: 'with the nonce of another visit',
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

for (const [how, what] of Object.entries(NOT_BELIEVED) as [keyof typeof NOT_BELIEVED, string][]) {
  test(`an answer ${what} links nothing and lets nobody in (${how})`, async ({ page, providers, makeMember, enterAs, anotherBrowser }) => {
    const login = aLogin();
    await enterAs(await makeMember());
    await LinkedScreen.open(page);
    providers.google.misbehaves(how);
    await throughProvider(page, 'google', login);
    await expectLedToNothing(page, '/account/linked', 'not_accepted', 'google');
    providers.google.misbehaves('none');
    await expectNotLinked(page, 'google');
    // The way is open again, and then the same answer does not let anybody in.
    await link(page, 'google', login);
    const elsewhere = await anotherBrowser();
    await SignInScreen.open(elsewhere);
    providers.google.misbehaves(how);
    await throughProvider(elsewhere, 'google', login);
    await expectLedToNothing(elsewhere, '/sign-in', 'not_accepted', 'google');
    await expectSignedOut(elsewhere);
  });
}

for (const how of ['no_token', 'error_page', 'huge'] as const) {
  test(`an answer of Facebook ${NOT_BELIEVED[how]} links nothing (${how})`, async ({ page, providers, makeMember, enterAs }) => {
    await enterAs(await makeMember());
    await LinkedScreen.open(page);
    providers.facebook.misbehaves(how);
    await throughProvider(page, 'facebook', aLogin());
    await expectLedToNothing(page, '/account/linked', 'not_accepted', 'facebook');
    await expectNotLinked(page, 'facebook');
  });
}

test('replay: the answer of a provider, opened again, does nothing', async ({ page, makeMember, enterAs, anotherBrowser }) => {
  const answers: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/linked/google/return') answers.push(request.url());
  });
  const login = aLogin();
  await enterAs(await makeMember());
  await link(page, 'google', login);
  expect(answers).toHaveLength(1);
  await page.goto(answers[0]!);
  await expectOver(page);
  await expect(new Shell(page).done).toHaveCount(0);
  const elsewhere = await anotherBrowser();
  await elsewhere.goto(answers[0]!);
  await expectPath(elsewhere, '/sign-in');
  await expect(elsewhere).toHaveURL(/sns=over/);
  await expectSignedOut(elsewhere);
});

test('replay at the same time: one answer in two tabs links once', async ({ page, context, providers, makeMember, enterAs }) => {
  await enterAs(await makeMember());
  await LinkedScreen.open(page);
  const answer = await answerHeldBack(page, providers.google, 'google', aLogin());
  const other = await context.newPage();
  await Promise.all([page.goto(answer.href), other.goto(answer.href)]);
  const done = [page, other].map((each) => new URL(each.url()).searchParams.get('done'));
  expect(done.filter(Boolean)).toEqual(['linked']);
});

test('login CSRF: an answer of another browser signs nobody in, and its own browser can still use it', async ({ page, providers, makeMember, enterAs, anotherBrowser }) => {
  const login = aLogin();
  await enterAs(await makeMember());
  await link(page, 'google', login);
  const attacker = await anotherBrowser();
  await SignInScreen.open(attacker);
  const answer = await answerHeldBack(attacker, providers.google, 'google', login);

  const victim = await anotherBrowser();
  await victim.goto(answer.href);
  await expect(victim).toHaveURL(/\/sign-in\?.*sns=over/);
  await expect(new Shell(victim).warning.or(new Shell(victim).errorSummary).first()).toBeVisible();
  await expectSignedOut(victim);
  // So that nobody can spoil a visit by opening an address they saw.
  await attacker.goto(answer.href);
  await expectSignedIn(attacker);
});

test('link CSRF: an attacker’s answer, opened by a member, is not linked to the member', async ({ page, providers, makeMember, enterAs, anotherBrowser }) => {
  const login = aLogin();
  const attacker = await anotherBrowser();
  await attacker.context().addCookies((await makeMember()).cookies);
  await LinkedScreen.open(attacker);
  const linking = await answerHeldBack(attacker, providers.google, 'google', login);
  await SignInScreen.open(await anotherBrowser());

  await enterAs(await makeMember());
  await page.goto(linking.href);
  await expectOver(page);
  await expectNotLinked(page, 'google');
});

test('a member who signs in as somebody else on the way links nothing to that one', async ({ page, context, providers, makeMember, enterAs }) => {
  const first = await makeMember();
  const second = await makeMember();
  await enterAs(first);
  await LinkedScreen.open(page);
  const answer = await answerHeldBack(page, providers.google, 'google', aLogin());
  await context.clearCookies({ name: 'session' });
  await enterAs(second);
  await page.goto(answer.href);
  await expect(page).not.toHaveURL(/done=linked/);
  await expectNotLinked(page, 'google');
});

test('mix-up: the answer of one provider at the address of another is refused', async ({ page, providers, makeMember, enterAs }) => {
  await enterAs(await makeMember());
  await LinkedScreen.open(page);
  const answer = await answerHeldBack(page, providers.google, 'google', aLogin());
  answer.pathname = '/linked/yahoo/return';
  await page.goto(answer.href);
  await expectOver(page);
  await expectNotLinked(page, 'google');
  await expectNotLinked(page, 'yahoo');
});

test('code injection: a code of another visit, with the state of this one, is refused', async ({ page, providers, makeMember, enterAs, anotherBrowser }) => {
  const attacker = await anotherBrowser();
  await SignInScreen.open(attacker);
  const stolen = await answerHeldBack(attacker, providers.google, 'google', aLogin());
  await enterAs(await makeMember());
  await LinkedScreen.open(page);
  const own = await answerHeldBack(page, providers.google, 'google', aLogin());
  own.searchParams.set('code', stolen.searchParams.get('code') ?? '');
  await page.goto(own.href);
  await expectLedToNothing(page, '/account/linked', 'not_accepted', 'google');
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

for (const [what, query] of Object.entries(RETURNS)) {
  test(`a return address with ${what} leads to ログイン with a message`, async ({ page }) => {
    await page.goto(`/linked/google/return${query}`);
    await expectPath(page, '/sign-in');
    await expect(page).toHaveURL(/sns=over/);
    await expect(new Shell(page).warning.or(new Shell(page).errorSummary).first()).toBeVisible();
    await expect(providerButton(page, 'google')).toBeVisible();
    await expectSignedOut(page);
  });
}

test('unknown codes and providers in the address say nothing', async ({ page }) => {
  for (const query of ['sns=nonsense&with=google', 'sns=cancelled&with=nobody', `sns=${encodeURIComponent('<b>')}&with=${encodeURIComponent('<b>x</b>')}`]) {
    await page.goto(`/sign-in?${query}`);
    await expect(new Shell(page).heading).toBeVisible();
    await expect(page.locator('main')).not.toContainText(/nonsense|nobody|<b>/);
    await expect(providerButton(page, 'google')).toBeVisible();
  }
});

test('a provider that is not offered has no address', async ({ visitor }) => {
  expect((await visitor.post('/linked/line', { for: 'sign_in' })).status()).toBe(404);
  const answer = await visitor.get('/linked/line/return?code=a&state=b');
  expect([answer.status(), answer.headers().location]).toEqual([303, '/sign-in?sns=over&with=line']);
  expect((await visitor.post('/linked/google', { for: 'nonsense' })).status()).toBeGreaterThanOrEqual(400);
});

test('who is not signed in cannot begin to link', async ({ visitor }) => {
  const answer = await visitor.post('/linked/google', { for: 'link' });
  expect(answer.status()).toBe(303);
  expect(answer.headers().location).toMatch(/^\/sign-in/);
});

test('a form of another site cannot begin a visit', async ({ page, site, makeMember, enterAs, guard }) => {
  guard.allow(/status of 403/);
  await enterAs(await makeMember());
  const action = `${site.url}/linked/google`;
  const html = `<!doctype html><title>elsewhere</title><form method="post" action="${action}"><input name="for" value="link"><button>win a prize</button></form>`;
  await withForeignPage(html, async (address) => {
    await page.goto(address);
    const answered = page.waitForResponse((answer) => answer.url() === action && answer.request().method() === 'POST');
    await page.getByRole('button').click();
    expect((await answered).status()).toBe(403);
  });
});

for (const next of ['//evil.example/', 'https://evil.example/', '/\\evil.example/', '/%09/evil.example/', 'javascript:alert(1)']) {
  test(`after a provider, ?next=${next} never leads away from the site`, async ({ page, site, makeMember, enterAs, anotherBrowser }) => {
    const login = aLogin();
    await enterAs(await makeMember());
    await link(page, 'google', login);
    const elsewhere = await anotherBrowser();
    await SignInScreen.open(elsewhere, `?next=${encodeURIComponent(next)}`);
    await throughProvider(elsewhere, 'google', login);
    await expect(elsewhere).toHaveURL((address) => address.origin === site.url && address.pathname === '/');
  });
}

test('session fixation: a sign-in by a provider gives a new session token', async ({ page, site, makeMember, enterAs, anotherBrowser }) => {
  const login = aLogin();
  await enterAs(await makeMember());
  await link(page, 'google', login);
  const elsewhere = await anotherBrowser();
  const planted = 'planted-before-the-sign-in';
  await elsewhere.context().addCookies([{ name: 'session', value: planted, url: site.url }]);
  await enterWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
  const session = (await elsewhere.context().cookies()).filter(({ name }) => name === 'session').map(({ value }) => value);
  expect(session).toHaveLength(1);
  expect(session[0]).not.toBe(planted);
});

test('nothing of the provider’s answer is left in the address, and nothing of it in what is sent on', async ({ page, makeMember, enterAs }) => {
  const sent: Request[] = [];
  page.on('request', (request) => sent.push(request));
  await enterAs(await makeMember());
  const screen = await link(page, 'google', aLogin());
  expect([...new URL(page.url()).searchParams.keys()]).toEqual(['done']);
  await screen.main.locator('a[href="/account"]').first().click();
  await expectPath(page, '/account');
  expect(sent.filter((request) => /[?&]code=/.test(request.url()))).toHaveLength(1);
  const referers = await Promise.all(sent.map((request) => request.headerValue('referer')));
  expect(referers.filter((referer) => /[?&](code|state)=/.test(referer ?? ''))).toEqual([]);
});

test('an unlink sent twice is done once', async ({ page, context, makeMember, enterAs, anotherBrowser }) => {
  await enterAs(await makeMember());
  const login = aLogin();
  const screen = await link(page, 'google', login);
  const late = await context.newPage();
  const old = await LinkedScreen.open(late);
  await screen.ask('google').click();
  await screen.unlink('google').click();
  await expectDone(page, '/account/linked', 'unlinked');
  await old.ask('google').click();
  await old.unlink('google').click();
  await expectPath(late, '/account/linked');
  await expectNotLinked(late, 'google');
  const elsewhere = await anotherBrowser();
  await enterWith(elsewhere, 'google', login);
  await expectWaiting(elsewhere, 'google');
});

test('the form that unlinks, sent by another member, takes that one’s own link and no other', async ({ page, site, makeMember, enterAs, anotherBrowser }) => {
  await enterAs(await makeMember());
  const screen = await link(page, 'google', aLogin());
  const other = await anotherBrowser();
  await other.context().addCookies((await makeMember()).cookies);
  await link(other, 'google', aLogin());

  const form = screen.row('google').locator('form[action="/account/linked/unlink"]');
  const fields = await form.locator('input').evaluateAll((inputs) => inputs.map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']));
  const headers = { accept: 'text/html', origin: site.url, 'sec-fetch-site': 'same-origin' };
  const answer = await other.request.post('/account/linked/unlink', { form: Object.fromEntries(fields), headers, maxRedirects: 0 });
  expect([answer.status(), answer.headers().location]).toEqual([303, '/account/linked?done=unlinked']);
  await expectNotLinked(other, 'google');
  await expectLinked(page, 'google');
});

test('two visits in one browser: the older answer still counts once', async ({ page, providers }) => {
  const [older, newer] = [`z${aLogin()}`, aLogin()];
  await SignInScreen.open(page);
  const first = await answerHeldBack(page, providers.google, 'google', older);
  await SignInScreen.open(page);
  await agree(await goTo(page, 'google'), newer);
  const screen = await expectWaiting(page, 'google');
  await expect(screen.main).toContainText(masked(newer));
  // The answer that came last is the one that waits.
  await page.goto(first.href);
  await expect(page).toHaveURL('/sign-in');
  await expect(screen.main).toContainText(masked(older));
  await expect(screen.main).not.toContainText(masked(newer));
  await page.goto(first.href);
  await expect(page).toHaveURL(/sns=over/);
  await expect(screen.main, 'and goes on waiting').toContainText(masked(older));
});
