// Having passkeys: a device that the browser believes to have.
import type { CDPSession, Page } from '@playwright/test';
import { PasskeysScreen } from '../screens/passkeys';
import { expectDone } from '../screens/shell';

export interface Device {
  /** Whether its owner's finger is found to be theirs. */
  verifies(yes: boolean): Promise<void>;
  /** How many passkeys it keeps. */
  passkeys(): Promise<number>;
}

/**
 * A phone with a fingerprint reader, whose owner always says yes: also to the first suggestion where a user ID is typed, as
 * soon as there is one, unless the browser makes none (`suggests: false`).
 */
export async function aDevice(page: Page, { suggests = false } = {}): Promise<Device> {
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
  await expectDone(page, '/account/passkeys', 'added');
  return screen;
}
