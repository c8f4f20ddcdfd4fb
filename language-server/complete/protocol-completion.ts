/** Where data comes from and goes to, after `from` and `to` of a binding. */
import {
  CompletionItemKind,
  InsertTextFormat,
  type CompletionItem,
  type Range,
} from 'vscode-languageserver-types';

const PROTOCOLS: readonly (readonly [
  name: string,
  first: string,
  from: boolean,
  to: boolean,
  doc: string,
])[] = [
  ['mqtt', 'plant/P101/casing', true, true, 'Messages of an MQTT broker, by topic.'],
  ['opcua', 'ns=2;s=P101.CasingTemp', true, true, 'A variable of an OPC UA server, by node id.'],
  ['http', 'P101/casing', true, false, 'Samples that are sent to `pollux serve`, by name.'],
  ['csv', 'measured.csv', true, false, 'A column of a recording.'],
  ['parquet', 'measured.parquet', true, false, 'A column of a recording.'],
];

/** `before`: the declaration so far; undefined where no protocol is due. */
export function protocolItems(before: string, range: Range): CompletionItem[] | undefined {
  const direction = /^bind\b[^]*[{\s][\p{L}_][^\s{}"]*\s+(from|to)\s+$/u.exec(before)?.[1];
  if (direction === undefined) return undefined;
  return PROTOCOLS.filter(([, , from, to]) => (direction === 'from' ? from : to)).map(
    ([label, first, , , documentation], index) => ({
      label,
      kind: CompletionItemKind.Module,
      detail: `${label}("${first}")`,
      documentation,
      sortText: String(index),
      insertTextFormat: InsertTextFormat.Snippet,
      textEdit: { range, newText: `${label}("\${1:${first}}")$0` },
    }),
  );
}
