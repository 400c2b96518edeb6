// The one page of a demonstration provider: the choice of an account, and the consent. Plain HTML, no script, Japanese and English.
import { DEMONSTRATED } from './persons.mjs';

const WORDS = {
  ja: {
    /** @param {string} name */
    title: (name) => `${name} の見本`,
    notReal: 'これはテスト用の見本です。本物のサービスではありません。本物のパスワードは入力しないでください。',
    /** @param {string} site */
    asks: (site) => `${site} が、あなたのお名前とメールアドレスの提供を求めています。`,
    who: 'どなたとしてログインしますか。',
    other: 'ほかの人',
    typed: 'メールアドレス（または名前）',
    verified: 'メールアドレスは確認済み',
    unverified: 'メールアドレスは未確認',
    none: 'メールアドレスなし',
    yes: '同意して続ける',
    no: 'キャンセル',
    over: 'この手続きは終了しました。元のサイトからやり直してください。',
  },
  en: {
    /** @param {string} name */
    title: (name) => `Demonstration of ${name}`,
    notReal: 'This is a demonstration for tests, not the real service. Do not type a real password.',
    /** @param {string} site */
    asks: (site) => `${site} asks for your name and email address.`,
    who: 'Who do you sign in as?',
    other: 'Somebody else',
    typed: 'Email address (or a name)',
    verified: 'the address is verified',
    unverified: 'the address is not verified',
    none: 'no address',
    yes: 'Agree and continue',
    no: 'Cancel',
    over: 'This is over. Please begin again at the site you came from.',
  },
};

const STYLE = `
  body { margin: 0; font: 1.0625rem/1.7 system-ui, sans-serif; color: #1a1a1a; background: #f2f2f2; }
  main { max-width: 30rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; background: #fff; }
  h1 { font-size: 1.5rem; }
  .label { padding: .75rem 1rem; border: 2px dashed #7a4b00; background: #fff6e0; }
  fieldset { margin: 1.5rem 0; padding: 0; border: 0; }
  .who { display: block; padding: .75rem; border: 1px solid #767676; border-radius: .5rem; margin-top: .5rem; }
  .who small { display: block; padding-left: 1.6rem; }
  input[type=text] { box-sizing: border-box; width: 100%; padding: .6rem; font: inherit; }
  button { width: 100%; padding: .8rem; margin-top: .75rem; font: inherit; border-radius: .5rem; border: 2px solid #00447c; }
  button[value=yes] { color: #fff; background: #00447c; }
  button[value=no] { color: #00447c; background: #fff; }
`;

/**
 * @param {object} asked
 * @param {string} asked.name whose page it is
 * @param {string} asked.site
 * @param {string | undefined} asked.language
 */
export function choicePage({ name, site, language }) {
  const { lang, words } = inLanguage(language);
  const rows = DEMONSTRATED.map((person, n) => {
    const address = person.email ? `${person.email} · ${person.email_verified ? words.verified : words.unverified}` : words.none;
    return `<label class="who"><input type="radio" name="who" value="${escaped(person.login)}"${n === 0 ? ' checked' : ''}>
      ${escaped(`${person.family_name} ${person.given_name}`)}<small>${escaped(address)}</small></label>`;
  });
  return document(lang, words.title(name), `
    <p class="label">${words.notReal}</p>
    <p>${escaped(words.asks(site))}</p>
    <form method="post">
      <fieldset><legend>${words.who}</legend>
        ${rows.join('\n')}
        <label class="who"><input type="radio" name="who" value=""> ${words.other}</label>
        <p><label for="typed">${words.typed}</label><input type="text" id="typed" name="typed" autocapitalize="none"></p>
        <p><label><input type="checkbox" name="verified" checked> ${words.verified}</label></p>
      </fieldset>
      <button name="answer" value="yes">${words.yes}</button>
      <button name="answer" value="no" formnovalidate>${words.no}</button>
    </form>`);
}

/**
 * @param {string} name
 * @param {string | undefined} language
 */
export function overPage(name, language) {
  const { lang, words } = inLanguage(language);
  return document(lang, words.title(name), `<p class="label">${words.notReal}</p><p>${words.over}</p>`);
}

/** @param {string | undefined} language */
function inLanguage(language) {
  return language?.startsWith('ja') ? { lang: 'ja', words: WORDS.ja } : { lang: 'en', words: WORDS.en };
}

/**
 * @param {string} lang
 * @param {string} title
 * @param {string} body
 */
function document(lang, title, body) {
  return `<!doctype html><html lang="${lang}"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
    <title>${escaped(title)}</title><style>${STYLE}</style></head>
    <body><main><h1>${escaped(title)}</h1>${body}</main></body></html>`;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}
