/** What the names of the last completion stand for: what is said of one is made when it is looked at, as of thousands it takes seconds. */
import type { AstNode } from 'langium';
import type { CompletionItem } from 'vscode-languageserver-types';
import { isAssetDecl } from '../../grammar/generated/ast.ts';
import { uriOf } from '../../compiler/1-parse/index.ts';
import { describeNode } from '../read/hover.ts';
import type { Project } from '../workspace/project.ts';

export class Offered {
  private completion = 0;
  private nodes = new Map<string, AstNode>();

  /** Names are those of another completion from now on. */
  begin(): void {
    this.completion += 1;
    this.nodes = new Map();
  }

  /** @returns the `data` by which the name's entry is known again */
  note(name: string, node: AstNode): number {
    this.nodes.set(name, node);
    return this.completion;
  }

  /** Nothing when another completion has been asked for since. */
  nodeOf({ label, data }: CompletionItem): AstNode | undefined {
    return data === this.completion ? this.nodes.get(label) : undefined;
  }
}

/** The entry with what is said of it, for who looks at it. */
export function resolved(project: Project, item: CompletionItem): CompletionItem {
  const node = project.offered.nodeOf(item);
  if (node === undefined) return item;
  const [, ...about] = describeNode(project, inFile(project, node));
  const value = about.filter((each) => each !== '').join('\n\n');
  return value === '' ? item : { ...item, documentation: { kind: 'markdown', value } };
}

/** What was read with a probe in it stands in the file too, unless it is new: there it has all that is about it. */
function inFile(project: Project, node: AstNode): AstNode {
  const asset = node.$container;
  if (!isAssetDecl(asset) || !('name' in node)) return node;
  const own = project
    .file(uriOf(node))
    ?.tree.elements.find((each) => isAssetDecl(each) && each.name === asset.name);
  const same = isAssetDecl(own)
    ? own.members.find((each) => each?.$type === node.$type && 'name' in each && each.name === node.name)
    : undefined;
  return same ?? node;
}
