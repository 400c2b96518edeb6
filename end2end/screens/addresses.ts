// Every address of the site that the suite uses, and nothing else. Stories, flows and screens take addresses from here;
// the pages and the forms on them are the site's own table.
import { FORMS_OF_THE_FRAME, ROUTES } from '../routes';

type Routes = typeof ROUTES;
type Form = Routes[keyof Routes]['forms'][number] | (typeof FORMS_OF_THE_FRAME)[number];

/** Pages, named as in `crates/domain/src/route.rs`. */
export const PAGES = Object.fromEntries(Object.entries(ROUTES).map(([name, { path }]) => [name, path])) as {
  [Name in keyof Routes]: Routes[Name]['path'];
};

/** What help developers: not among the site's pages. */
export const DEVELOPMENT = { components: '/dev/components' } as const;

/** What forms post to. Without script a refused form is answered at its own address. */
export const FORMS = {
  signIn: '/sign-in',
  signInSecondFactor: '/sign-in/second-step',
  signInResend: '/sign-in/second-step/resend',
  signInSecondFactorPasskey: '/sign-in/second-step/passkey',
  signInPasskey: '/sign-in/passkey',
  signInLinkedCancel: '/sign-in/linked/cancel',
  signOut: '/sign-out',
  language: '/language',
  register: '/register',
  registerCode: '/register/code',
  registerResend: '/register/resend',
  registerComplete: '/register/complete',
  passwordReset: '/password/reset',
  passwordResetCode: '/password/reset/code',
  passwordResetAgain: '/password/reset/again',
  passwordResetNew: '/password/reset/new',
  profile: '/account/profile',
  profilePassword: '/account/profile/password',
  email: '/account/email',
  emailCode: '/account/email/code',
  emailResend: '/account/email/resend',
  emailCancel: '/account/email/cancel',
  emailConfirm: '/account/email/confirm',
  emailUndo: '/email-change/undo',
  linkedUnlink: '/account/linked/unlink',
  securitySecondFactor: '/account/security/second-step',
  securityEndSession: '/account/security/end-session',
  securityEndOthers: '/account/security/end-others',
  securityLock: '/account/security/lock',
  secondFactorApp: '/account/second-step/app',
  secondFactorRemoveApp: '/account/second-step/remove-app',
  secondFactorMail: '/account/second-step/mail',
  secondFactorMailSend: '/account/second-step/mail/send',
  secondFactorRemoveMail: '/account/second-step/remove-mail',
  secondFactorForgetBrowser: '/account/second-step/forget-browser',
  secondFactorForgetBrowsers: '/account/second-step/forget-browsers',
  backupCodes: '/account/second-step/backup-codes',
  confirm: '/account/confirm',
  confirmPasskey: '/account/confirm/passkey',
  myData: '/account/data',
  withdraw: '/account/withdraw',
  alertMine: '/alert/mine',
  alertNotMine: '/alert/not-mine',
  alertLock: '/alert/lock',
} as const satisfies Record<string, Form>;

/** What a form posts to on the way to a provider. */
export const toProvider = (id: string) => `/linked/${id}`;

/** Where a provider sends the browser back to. */
export const fromProvider = (id: string) => `/linked/${id}/return`;

/** Neither pages nor forms. */
export const ENDPOINTS = {
  health: '/healthz',
  readiness: '/readyz',
  changePassword: '/.well-known/change-password',
} as const;

/** Addresses that nothing answers. */
export const UNKNOWN = {
  page: '/no-such-page',
  accountPage: '/account/no-such-page',
  encoded: '/%F0%A0%AE%B7',
  wellKnown: '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200',
} as const;
