/** The page on which a person signs in, in the language of the browser. It works without a script, so the policy needs to allow none. */

export interface SignInWords {
  title: string;
  token: string;
  button: string;
  wrong: string;
  tooOften: string;
  notAudited: string;
}

export const signInWords: Readonly<Record<'en' | 'de', SignInWords>> = {
  en: {
    title: 'Sign in',
    token: 'Token',
    button: 'Sign in',
    wrong: 'This token is not known, or has expired.',
    tooOften: 'Too many wrong tokens: wait a moment.',
    notAudited: 'Nobody can sign in now: the server cannot write down who does.',
  },
  de: {
    title: 'Anmelden',
    token: 'Zugangswort',
    button: 'Anmelden',
    wrong: 'Dieses Zugangswort ist nicht bekannt oder abgelaufen.',
    tooOften: 'Zu viele falsche Zugangswörter: bitte einen Augenblick warten.',
    notAudited: 'Zur Zeit kann sich niemand anmelden: Der Server kann nicht aufschreiben, wer es tut.',
  },
};

/** The first language of `Accept-Language` that there is a table for, by their weights; English else. */
function languageOf(accepted: string | undefined): 'en' | 'de' {
  const wanted = (accepted ?? '').split(',').map((each) => {
    const [tag = '', ...parameters] = each.trim().toLowerCase().split(';');
    const weight = /^\s*q=([\d.]+)/.exec(parameters.join(';'))?.[1];
    return { language: tag.split('-')[0], weight: weight === undefined ? 1 : Number(weight) };
  });
  const found = wanted
    .filter(({ language, weight }) => (language === 'en' || language === 'de') && weight > 0)
    .sort((a, b) => b.weight - a.weight)[0];
  return found?.language === 'de' ? 'de' : 'en';
}

export function signInPage(
  accepted: string | undefined,
  problem?: 'wrong' | 'tooOften' | 'notAudited',
): string {
  const language = languageOf(accepted);
  const words = signInWords[language];
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${words.title}</title>
<h1>${words.title}</h1>
${problem === undefined ? '' : `<p role="alert">${words[problem]}</p>\n`}<form method="post" action="/sign-in">
<p><label>${words.token} <input name="token" type="password" autocomplete="current-password" required autofocus></label></p>
<p><button>${words.button}</button></p>
</form>
</html>
`;
}
