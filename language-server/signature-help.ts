/** What a function takes, while its arguments are written. */
import type { SignatureHelp } from 'vscode-languageserver-types';
import type { ParsedFile } from '../compiler/1-parse/index.ts';
import { callable, signatureOf } from './callables.ts';

const FARTHEST = 2000;

export function signatureHelp(file: ParsedFile, offset: number): SignatureHelp | undefined {
  const call = callAround(file.text.slice(Math.max(0, offset - FARTHEST), offset));
  const info = call === undefined ? undefined : callable(call.name);
  if (call === undefined || info === undefined) return undefined;
  const { parameters } = info;
  return {
    signatures: [
      {
        label: signatureOf(info),
        documentation: { kind: 'markdown', value: info.doc },
        parameters: parameters.map((label) => ({ label })),
      },
    ],
    activeSignature: 0,
    activeParameter: Math.min(call.argument, parameters.length - 1),
  };
}

/** The call whose brackets are open at the end of the text. */
function callAround(text: string): { name: string; argument: number } | undefined {
  let depth = 0;
  let argument = 0;
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const character = text[at];
    if (character === ')' || character === ']') depth += 1;
    else if (character === '[') {
      if (depth === 0) return undefined;
      depth -= 1;
    } else if (character === '{' || character === '}') return undefined;
    else if (character === ',' && depth === 0) argument += 1;
    else if (character === '(') {
      const name = /([_a-zA-Z]\w*)$/.exec(text.slice(0, at))?.[1];
      if (depth === 0 && name !== undefined) return { name, argument };
      if (depth === 0) argument = 0;
      else depth -= 1;
    }
  }
  return undefined;
}
