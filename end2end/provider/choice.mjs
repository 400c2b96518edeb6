// The choice of an account at a demonstration provider: shows the page, and completes the interaction.
import { text } from 'node:stream/consumers';
import { choicePage, overPage } from './page.mjs';
import { subOf } from './persons.mjs';

/**
 * @param {import('oidc-provider').Provider} provider
 * @param {import('./faces.mjs').Face} face
 * @param {import('./persons.mjs').Persons} persons
 * @returns {import('koa').Middleware}
 */
export function choice(provider, face, persons) {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/choose/')) return next();
    // A completed interaction is gone, as after the browser's "Back".
    const asked = await provider.interactionDetails(ctx.req, ctx.res).catch(() => undefined);
    ctx.type = 'html';
    ctx.set('cache-control', 'no-store');
    if (!asked) {
      ctx.status = 410;
      ctx.body = overPage(face.name, ctx.acceptsLanguages()[0]);
      return;
    }
    const form = new URLSearchParams(ctx.method === 'POST' ? await text(ctx.req) : '');
    const person = persons.signIn(form.get('who') || form.get('typed') || '', form.has('verified'));
    if (form.get('answer') === 'no') {
      const error_description = 'The person did not agree';
      ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { error: 'access_denied', error_description }));
    } else if (person) {
      const login = { accountId: subOf(face.id, person), remember: false };
      ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { select_account: {}, login, consent: {} }));
    } else {
      const language = String(asked.params.ui_locales ?? ctx.acceptsLanguages()[0]);
      ctx.body = choicePage({ name: face.name, site: new URL(String(asked.params.redirect_uri)).host, language });
    }
  };
}
