/** Names of solvers, after `method`, with the setting that each takes. */
import {
  CompletionItemKind,
  InsertTextFormat,
  type CompletionItem,
  type Range,
} from 'vscode-languageserver-types';

const METHODS: readonly (readonly [name: string, setting: string, doc: string])[] = [
  ['auto', ' tolerance ${1:1e-6}', 'Chooses its steps: tsit5, and rodas5p or bdf where the system is stiff.'],
  ['tsit5', ' tolerance ${1:1e-8}', 'Chooses its steps; explicit, of order 5.'],
  ['rodas5p', ' tolerance ${1:1e-6}', 'Chooses its steps; for stiff systems, of order 5.'],
  ['bdf', ' tolerance ${1:1e-6}', 'Chooses its steps; for large stiff systems, of order 1 to 5.'],
  ['rk4', ' step ${1:10 ms}', 'Steps of one length; explicit, of order 4.'],
  ['euler', ' step ${1:1 ms}', 'Steps of one length; explicit, of order 1.'],
  ['implicitEuler', ' step ${1:10 ms}', 'Steps of one length; for stiff systems, of order 1.'],
];

export function methodItems(range: Range): CompletionItem[] {
  return METHODS.map(([label, setting, documentation], index) => ({
    label,
    kind: CompletionItemKind.EnumMember,
    detail: `method ${label}${setting.replace(/\$\{1:(.*?)\}/, '$1')}`,
    documentation,
    sortText: String(index),
    insertTextFormat: InsertTextFormat.Snippet,
    textEdit: { range, newText: `${label}${setting}$0` },
  }));
}
