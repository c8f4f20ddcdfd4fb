/** A checked model → its declarations, each once, where it is written. */
import type { AssetType, DisplayUnit } from '../compiler/model/asset.ts';
import type { CheckedModel } from '../compiler/model/checked-model.ts';
import type { SourceRange } from '../compiler/model/source.ts';
import { PRIVATE_TEXT } from '../runtime/private.ts';
import { canonical } from './canonical.ts';
import type { Names } from './canonical.ts';

export interface Declaration {
  /** `asset`, `param`, `state`, `equation`, `sensor`, `scenario`, …: what a reader calls it. */
  kind: string;
  /** Qualified name of the asset that it is a member of; of the twin for a binding; '' at the top. */
  owner: string;
  /** Its own name; the left side for an equation; as written for a `when`. */
  name: string;
  /** What it is about, for one without a name of its own: the left side or the target, equal when the meaning is. */
  about?: string;
  /** For people: `Pump.cooling`. */
  path: string;
  /** Equal when the meaning is. */
  key: string;
  /** As written, without comments and line breaks. */
  text: string;
  /** Of a variable: the unit in which people are shown its values, and whether the text says it (`as L/s`). */
  shown?: { unit: string; said: boolean };
  /** The piece of the model. */
  node: object;
  source: SourceRange;
}

/** What lists of an asset or a model hold, where the list's name without its s does not say it. */
const KINDS: Record<string, (node: object) => string> = {
  variables: (node) => ('role' in node ? String(node.role) : 'variable'),
  handlers: (node) => ('kind' in node ? String(node.kind) : 'event'),
};
const kindOf = (list: string, node: object): string =>
  KINDS[list]?.(node) ??
  list
    .replace(/ies$/, 'y')
    .replace(/(ss|sh|ch|x)es$/, '$1')
    .replace(/(?<!s)s$/, '');

/** Lists of a declaration that are declarations of their own to a reader. */
const OWN_LISTS: Record<string, readonly string[]> = {
  twin: ['bindings', 'estimates'],
  test: ['requirements'],
};

/** @param own whether a text belongs to the versions that are compared, and not to a library */
export function declarationsOf(
  model: CheckedModel,
  names: Names,
  textOf: (uri: string) => string | undefined,
  own: (uri: string) => boolean,
): Declaration[] {
  const secret = new Set(
    Object.values(model.assets).flatMap(({ variables }) =>
      variables.filter(({ exposure }) => exposure === 'private').map(({ name }) => name),
    ),
  );
  const found: Declaration[] = [];
  const seen = new Set<string>();
  const add = (kind: string, owner: string, context: string, node: object, parent: string): void => {
    const source = sourceOf(node);
    // What the compiler made for itself nobody has written.
    if (source === undefined || !own(source.uri) || 'hidden' in node) return;
    const place = `${kind} ${source.uri} ${source.start} ${nameIn(node) ?? ''}`;
    // Inherited members stand in each asset; they are declared once.
    if (seen.has(place)) return;
    seen.add(place);
    const name = nameIn(node) ?? leftSide(node, textOf) ?? textAt(source, textOf);
    const lists = OWN_LISTS[kind] ?? [];
    const rest = Object.fromEntries(
      Object.entries(node).filter(
        ([field]) =>
          field !== 'name' &&
          !lists.includes(field) &&
          !((kind === 'asset' || kind === 'port') && Array.isArray(node[field as never])),
      ),
    );
    // A title may have a dot in it: `below 2.5 m`.
    const shortName = TITLED.has(kind) ? name : name.slice(name.lastIndexOf('.') + 1);
    const side = nameIn(node) === undefined ? sideOf(node) : undefined;
    const text = textAt(source, textOf, secretsIn(node, secret));
    found.push({
      kind,
      owner,
      name,
      ...(side === undefined ? {} : { about: canonical(side, context, names) }),
      // A requirement is its own text: it stands beside the path wherever that is shown.
      path: parent === '' ? shortName : kind === 'requirement' ? parent : `${parent}.${name}`,
      key: canonical(rest, context, names) + shownUnits(kind, text),
      text,
      ...shownIn(node, text),
      node,
      source,
    });
    for (const list of lists)
      for (const each of asList(node[list as never])) add(kindOf(list, each), name, context, each, shortName);
  };
  for (const asset of Object.values(model.assets)) {
    if (!own(asset.source.uri)) continue;
    const short = asset.name.slice(asset.name.lastIndexOf('.') + 1);
    add(asset.port === true ? 'port' : 'asset', '', asset.name, asset, '');
    for (const [list, value] of Object.entries(asset))
      for (const node of asList(value)) {
        const home = homeOf(node, asset, model);
        const at = home === asset ? short : home.name.slice(home.name.lastIndexOf('.') + 1);
        add(kindOf(list, node), home.name, home.name, node, at);
      }
  }
  for (const [list, value] of Object.entries(model)) {
    if (list === 'assets') continue;
    for (const node of asList(value)) add(kindOf(list, node), '', contextOf(node, model), node, '');
  }
  return found;
}

/** The asset in whose text a member stands: a base, for one that is inherited. */
function homeOf(node: object, asset: AssetType, model: CheckedModel): AssetType {
  const source = sourceOf(node);
  if (source === undefined || contains(asset.source, source)) return asset;
  return Object.values(model.assets).find((other) => contains(other.source, source)) ?? asset;
}

const contains = (outer: SourceRange, inner: SourceRange): boolean =>
  outer.uri === inner.uri && outer.start <= inner.start && inner.end <= outer.end;

/** The asset by whose members a scenario, test, view or twin names things. */
function contextOf(node: object, model: CheckedModel): string {
  if ('asset' in node && typeof node.asset === 'string') return node.asset;
  const scenario =
    'scenario' in node ? model.scenarios.find(({ name }) => name === node.scenario) : undefined;
  return scenario?.asset ?? '';
}

const asList = (value: unknown): object[] =>
  (Array.isArray(value) ? value : []).filter(
    (each): each is object => typeof each === 'object' && each !== null,
  );

function sourceOf(node: object): SourceRange | undefined {
  return 'source' in node ? (node.source as SourceRange) : undefined;
}

function nameIn(node: object): string | undefined {
  if ('name' in node && typeof node.name === 'string') return node.name;
  return 'title' in node && typeof node.title === 'string' && node.title !== '' ? node.title : undefined;
}

/** Declarations that have a title in place of a name. */
const TITLED = new Set(['test', 'view', 'requirement']);

/** In which units people are shown something is what a view and a report of an experiment say; elsewhere it is only how a number is written. */
function shownUnits(kind: string, text: string): string {
  if (kind !== 'view' && kind !== 'experiment') return '';
  const untitled = text.replaceAll(/"(?:\\.|[^"\\])*"/g, '');
  return [...untitled.matchAll(/\bas ([^\s,}]+)/g)].map(([, unit]) => ` as ${unit}`).join('');
}

/** `as` stands at the end of a variable's declaration. */
function shownIn(node: object, text: string): Pick<Declaration, 'shown'> {
  if (!('role' in node && 'unit' in node)) return {};
  const { label } = node.unit as DisplayUnit;
  return { shown: { unit: label, said: /\sas [^\s"]+$/.test(text) } };
}

function sideOf(node: object): object | undefined {
  const side = 'left' in node ? node.left : 'target' in node && !('key' in node) ? node.target : undefined;
  return typeof side === 'object' && side !== null ? side : undefined;
}

function leftSide(node: object, textOf: (uri: string) => string | undefined): string | undefined {
  const side = sideOf(node);
  if (side === undefined) return undefined;
  const source = sourceOf(side);
  if (source !== undefined) return textAt(source, textOf);
  return 'segments' in side && Array.isArray(side.segments)
    ? (side.segments as Segment[])
        .map(({ name, index, column }) => {
          const indexes = [index, column].flatMap((each) => (each?.kind === 'constant' ? [each.value] : []));
          return indexes.length === 0 ? name : `${name}[${indexes.join(', ')}]`;
        })
        .join('.')
    : undefined;
}
interface Segment {
  name: string;
  index?: { kind: string; value?: unknown };
  column?: { kind: string; value?: unknown };
}

/** Where the values stand that something private is given: its own, and those that others set it to. */
function secretsIn(node: object, secret: ReadonlySet<string>): SourceRange[] {
  if (secret.size === 0) return [];
  const found: SourceRange[] = [];
  const walk = (each: unknown): void => {
    if (typeof each !== 'object' || each === null) return;
    if (Array.isArray(each)) {
      each.forEach(walk);
      return;
    }
    const { exposure, target, value } = each as { exposure?: unknown; target?: unknown; value?: unknown };
    const { segments } = (target ?? {}) as { segments?: { name: string }[] };
    if (exposure === 'private' || secret.has(segments?.at(-1)?.name ?? '')) {
      const source = typeof value === 'object' && value !== null ? sourceOf(value) : undefined;
      if (source !== undefined) found.push(source);
    }
    for (const inner of Object.values(each)) walk(inner);
  };
  walk(node);
  return found;
}

/** @param hidden what is not shown of it */
function textAt(
  { uri, start, end }: SourceRange,
  textOf: (uri: string) => string | undefined,
  hidden: readonly SourceRange[] = [],
): string {
  let text = textOf(uri)?.slice(start, end) ?? '';
  for (const range of hidden.toSorted((a, b) => b.start - a.start))
    if (range.uri === uri && range.start >= start && range.end <= end)
      text = `${text.slice(0, range.start - start)}${PRIVATE_TEXT}${text.slice(range.end - start)}`;
  // Texts in quotation marks keep what they hold.
  return text
    .replaceAll(/"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (piece) =>
      piece.startsWith('"') ? piece : '',
    )
    .replaceAll(/\s+/g, ' ')
    .trim();
}
