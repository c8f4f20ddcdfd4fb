/** What a function takes, while its arguments are written. */
import type { SignatureHelp } from 'vscode-languageserver-types';
import { documentationOf, type ParsedFile } from '../compiler/1-parse/index.ts';
import {
  isFunctionDecl,
  isTableDecl,
  type Callable,
  type FunctionParameter,
} from '../grammar/generated/ast.ts';
import { callable, signatureOf } from './callables.ts';
import type { Project } from './project.ts';

const FARTHEST = 2000;

export function signatureHelp(project: Project, file: ParsedFile, offset: number): SignatureHelp | undefined {
  const call = callAround(file.text.slice(Math.max(0, offset - FARTHEST), offset));
  if (call === undefined) return undefined;
  const info = callable(call.name);
  const declared =
    info === undefined
      ? project.workspace.services.twin.Scopes.resolve(file.tree, call.name, 'Callable')
      : undefined;
  if (isFunctionDecl(declared) || isTableDecl(declared)) return helpOf(project, declared, call.argument);
  if (info === undefined) return undefined;
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

function helpOf(project: Project, declared: Callable, argument: number): SignatureHelp {
  const parameters = declared.parameters.map(textOfParameter);
  return {
    signatures: [
      {
        label: signatureOfDeclared(project, declared),
        documentation: { kind: 'markdown', value: documentationOf(declared) },
        parameters: parameters.map((label) => ({ label })),
      },
    ],
    activeSignature: 0,
    activeParameter: Math.max(0, Math.min(argument, parameters.length - 1)),
  };
}

/** `function windSpeedAt(v: Velocity, z: Length): Velocity`, with the result's quantity where it was not written. */
export function signatureOfDeclared(project: Project, declared: Callable): string {
  const { quantity } = project.checker.declaredType(declared);
  const result = quantity === '' ? '' : `: ${quantity}`;
  const word = isTableDecl(declared) ? 'table' : 'function';
  return `${word} ${declared.name}(${declared.parameters.map(textOfParameter).join(', ')})${result}`;
}

function textOfParameter(parameter: FunctionParameter): string {
  return (parameter.$cstNode?.text ?? parameter.name).replace(/\s+/g, ' ');
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
