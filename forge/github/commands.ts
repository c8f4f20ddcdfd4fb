/** Files and lines by which a step talks to the runner (docs.github.com: workflow commands). */

/** A line that is an annotation, whatever the text holds. */
export function annotation(kind: 'error' | 'warning' | 'notice', text: string): string {
  const data = text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  return `::${kind} title=Pollux::${data}\n`;
}

/** Text in which nothing is a command, as long as it does not know the word. */
export const uncommanded = (text: string, word: string): string =>
  `::stop-commands::${word}\n${text.endsWith('\n') ? text : `${text}\n`}::${word}::\n`;

/** An entry of the file that GITHUB_OUTPUT names; `word` stands in none of the values. */
export const output = (name: string, value: string, word: string): string =>
  `${name}<<${word}\n${value}\n${word}\n`;
