/** What a function takes, while its arguments are written. */
import type { SignatureHelp } from 'vscode-languageserver-types';
import { documentationOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import {
  isAssetDecl,
  isFunctionDecl,
  isTableDecl,
  isVariableDecl,
  type AssetDecl,
  type Callable,
  type FunctionParameter,
  type VariableDecl,
} from '../../grammar/generated/ast.ts';
import { callable, signatureOf } from './callables.ts';
import type { Project } from '../workspace/project.ts';

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
  if (info === undefined) return assetHelp(project, file, call);
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

/** What an asset can be made with: its parameters and inputs, the one being written marked. */
function assetHelp(project: Project, file: ParsedFile, call: Call): SignatureHelp | undefined {
  const asset = project.workspace.services.twin.Scopes.resolve(file.tree, call.name, 'AssetDecl');
  if (!isAssetDecl(asset)) return undefined;
  const settable = [...membersOf(project, asset)];
  if (settable.length === 0) return undefined;
  const parameters = settable.map((each) => textOfMember(each));
  const written = /^\s*([A-Za-z_]\w*)/.exec(call.text)?.[1];
  const named = settable.findIndex(({ name }) => name === written);
  return {
    signatures: [
      {
        label: `asset ${asset.name}(${parameters.join(', ')})`,
        documentation: { kind: 'markdown', value: documentationOf(asset) },
        parameters: settable.map((each, index) => ({
          label: parameters[index]!,
          documentation: { kind: 'markdown', value: documentationOf(each) },
        })),
      },
    ],
    activeSignature: 0,
    activeParameter: named >= 0 ? named : Math.min(call.argument, settable.length - 1),
  };
}

function* membersOf(project: Project, asset: AssetDecl): Iterable<VariableDecl> {
  for (const member of project.workspace.services.twin.Members.of(asset).values())
    if (isVariableDecl(member) && /^(?:param|fixed|input)$/.test(member.role)) yield member;
}

/** `area = 2 m2`: the declaration without its word, its range and what makes it private. */
function textOfMember({ name, type, value }: VariableDecl): string {
  const quantity = type?.$cstNode === undefined ? '' : `: ${type.$cstNode.text}`;
  const start = value?.$cstNode === undefined ? '' : ` = ${value.$cstNode.text.replace(/\s+/g, ' ')}`;
  return `${name}${quantity}${start}`;
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

interface Call {
  name: string;
  argument: number;
  /** Of the argument, as far as it is written. */
  text: string;
}

/** The call whose brackets are open at the end of the text. */
function callAround(text: string): Call | undefined {
  let depth = 0;
  let argument = 0;
  let from: number | undefined;
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const character = text[at];
    if (character === ')' || character === ']') depth += 1;
    else if (character === '[') {
      if (depth === 0) return undefined;
      depth -= 1;
    } else if (character === '{' || character === '}') return undefined;
    else if (character === ',' && depth === 0) {
      argument += 1;
      from ??= at + 1;
    } else if (character === '(') {
      const name = /([_a-zA-Z]\w*)$/.exec(text.slice(0, at))?.[1];
      if (depth === 0 && name !== undefined) return { name, argument, text: text.slice(from ?? at + 1) };
      if (depth > 0) depth -= 1;
      else {
        argument = 0;
        from = undefined;
      }
    }
  }
  return undefined;
}
