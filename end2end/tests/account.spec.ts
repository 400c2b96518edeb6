import { test, expect } from '../fixtures';
import { PAGES } from '../screens/addresses';
import { AccountScreen } from '../screens/account';
import { MenuScreen } from '../screens/menu';
import { expectPath } from '../screens/shell';

test('MP-73 会員情報参照 shows all facts and leads to every other account screen', { tag: '@journey' }, async ({ page, makeMember, resumeSession }) => {
  const member = await makeMember();
  await resumeSession(member);
  await (await MenuScreen.open(page)).accountLink.click();
  await expectPath(page, PAGES.account);
  const screen = new AccountScreen(page);
  for (const fact of [member.email, member.familyName, member.givenName, member.familyNameKana, member.givenNameKana, /1985年0?4月12日/]) {
    await expect(screen.facts).toContainText(fact);
  }
  await expect(screen.main).not.toContainText(member.password);
  const addresses = await screen.links.evaluateAll((links) => links.map((link) => new URL((link as HTMLAnchorElement).href).pathname));
  expect(addresses).toContain(PAGES.profile);
});

test('MP-73 the facts in English: given name first, no kana, an English date', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' }));
  const screen = await AccountScreen.open(page);
  await expect(screen.facts).toContainText(/12 Apr(il)? 1985/);
  await expect(screen.facts).toContainText('Okafor');
  const text = await screen.facts.innerText();
  expect(text.indexOf('Ada')).toBeLessThan(text.indexOf('Okafor'));
});
