// Passkeys on a virtual authenticator of the browser.
import type { CDPSession, Page } from '@playwright/test';
import { PAGES } from '../screens/addresses';
import { PasskeysScreen } from '../screens/passkeys';
import { expectDone } from '../screens/shell';

export interface Device {
  /** Whether user verification succeeds. */
  verifies(yes: boolean): Promise<void>;
  /** The number of stored passkeys. */
  passkeys(): Promise<number>;
}

/**
 * A platform authenticator that confirms every request at once. With `suggests` it also accepts the first suggestion in
 * the field of the user ID (conditional UI).
 */
export async function virtualDevice(page: Page, { suggests = false } = {}): Promise<Device> {
  if (!suggests) {
    await page.addInitScript(() => {
      if ('PublicKeyCredential' in window) PublicKeyCredential.isConditionalMediationAvailable = async () => false;
    });
  }
  const browser: CDPSession = await page.context().newCDPSession(page);
  await browser.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await browser.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    verifies: async (yes) => void (await browser.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: yes })),
    passkeys: async () => (await browser.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
  };
}

/** Adds a passkey by name. */
export async function addPasskey(page: Page, name: string): Promise<PasskeysScreen> {
  const screen = await PasskeysScreen.open(page);
  await screen.label.fill(name);
  await screen.add.click();
  await expectDone(page, PAGES.passkeys, 'added');
  return screen;
}
