/** Texts → an artefact to debug, and expressions in the twin language → their values at a moment of its run. */
import { AstUtils } from 'langium';
import { isMemberAccess, isNameRef, isViewDecl } from '../grammar/generated/ast.ts';
import { checkerOf, compile, rootsOf } from '../compiler/index.ts';
import type { Absence, Diagnostic, Root, SourceText } from '../compiler/index.ts';
import { parse } from '../compiler/1-parse/index.ts';
import type { Workspace } from '../compiler/1-parse/index.ts';
import type { Checker, ReadData } from '../compiler/2-check/index.ts';
import { balance } from '../compiler/3-flatten/equations/balance.ts';
import type { FlatSystem } from '../compiler/ir/flat-system.ts';
import type { CheckedModel } from '../compiler/model/checked-model.ts';
import { privateShown } from '../compiler/diagnostics/private.ts';
import { libraryFiles } from '../library/embedded.ts';
import type { Artefact, ManifestProbe } from '../runtime/contract/manifest.ts';
import { valueText } from '../runtime/describe.ts';
import { kernelFactory } from '../runtime/load.ts';
import { createMachine } from '../runtime/machine.ts';
import type { Machine } from '../runtime/machine.ts';
import { count } from '../runtime/contract/elements.ts';
import { elementName } from '../runtime/names.ts';
import { PRIVATE_TEXT } from '../runtime/private.ts';

export interface ProgramTexts {
  texts: readonly SourceText[];
  absentPackages?: ReadonlyMap<string, Absence>;
  readData?: ReadData;
}

/** What cannot be started, in words for the person who asked. */
export class CannotDebug extends Error {}

/** An expression, seen from an asset of the twin: `temperature` of `pump[2]`. */
export interface Asked {
  text: string;
  /** Path of the asset from the root; '' for the root. */
  owner: string;
}

/** The state of a run at a moment: the saved region, and where its iterations start from. */
export interface Moment {
  saved: Uint8Array;
  iterated: Float64Array;
}

export interface Value {
  /** SI; one for each element. */
  numbers: number[];
  /** For people, with the unit. */
  text: string;
  probe: ManifestProbe;
}

/** Expressions compiled together: their values at a moment. */
export interface Observer {
  at(moment: Moment): void;
  /** Of the expression at a position of the list, at the moment given last. */
  value(expression: number): Value;
  /** SI, of one that depends on no state. */
  constant(expression: number): number;
}

const MOST_SHOWN = 12;

export class Program {
  readonly root: Root;
  readonly system: FlatSystem;
  readonly artefact: Artefact;
  readonly texts: ReadonlyMap<string, string>;
  private readonly workspace: Workspace;
  private readonly checker: Checker;
  private readonly own: readonly string[];
  /** The file in which the root is declared: expressions are seen from there. */
  private readonly home: string;
  private readonly observers = new Map<string, Observer | string>();

  constructor(
    { texts, absentPackages, readData }: ProgramTexts,
    choose: (model: CheckedModel, roots: Root[]) => Root,
  ) {
    const { files, diagnostics, workspace } = parse(texts, { library: libraryFiles, absentPackages });
    this.workspace = workspace;
    this.own = texts.map(({ uri }) => uri);
    this.texts = new Map(texts.map(({ uri, text }) => [uri, text]));
    this.checker = checkerOf(workspace, readData);
    const checked = this.checker.model(files.slice(0, texts.length));
    const model = sound([...diagnostics, ...checked.diagnostics], checked.value);
    sound(balance(model), model);
    this.root = choose(model, rootsOf(model));
    // With marks at steps of processes, which stand outside of the state.
    const { value, diagnostics: found } = compile(model, this.root, [], () => false);
    const compiled = sound(found, value);
    this.system = compiled.system;
    this.artefact = compiled.artefact;
    const { kind, name } = this.root;
    const declared = kind === 'twin' ? model.twins.find((each) => each.name === name) : model.assets[name];
    this.home = declared!.source.uri;
    workspace.takeChanges();
  }

  kernel(): ReturnType<typeof kernelFactory> {
    return kernelFactory(this.artefact);
  }

  /** The expressions, compiled; or what is wrong with them, in words. */
  observe(asked: readonly Asked[]): Observer | string {
    const key = JSON.stringify(asked);
    let known = this.observers.get(key);
    if (known !== undefined) return known;
    known = this.compileObserver(asked);
    if (this.observers.size > 60) this.observers.delete(this.observers.keys().next().value!);
    this.observers.set(key, known);
    return known;
  }

  private compileObserver(asked: readonly Asked[]): Observer | string {
    const views: string[] = [];
    for (const one of asked) {
      if (one.text.trim() === '') return 'There is nothing to evaluate.';
      const seen = this.fromRoot(one);
      if (seen === undefined) return `'${one.text}' is not one expression of the twin language.`;
      views.push(seen);
    }
    const { name } = this.root;
    const subject = name.slice(name.lastIndexOf('.') + 1);
    const before = this.texts.get(this.home)!;
    const text = `${before}\n${views.map((view, at) => `view ${subject} "${marked(at)}" {\n  number (${view})\n}\n`).join('')}`;
    try {
      const found = this.change(text);
      const wrong = found.find(
        ({ severity, source }) => severity === 'error' && source.start >= before.length,
      );
      if (wrong !== undefined) return sentence(wrong);
      const trees = this.own.map((uri) => this.workspace.file(uri)!.tree);
      const checked = this.checker.model(trees);
      const broken = checked.diagnostics.find(({ severity }) => severity === 'error');
      if (checked.value === undefined)
        return broken === undefined ? 'It cannot be evaluated.' : sentence(broken);
      const { value, diagnostics } = compile(checked.value, this.root);
      if (value === undefined) {
        const error = diagnostics.find(({ severity }) => severity === 'error');
        return error === undefined ? 'It cannot be evaluated.' : sentence(error);
      }
      return observerOf(value.artefact, this.artefact, asked.length);
    } finally {
      this.change(before);
    }
  }

  private change(text: string): readonly Diagnostic[] {
    this.workspace.set(this.home, text);
    this.workspace.link();
    this.checker.change(this.workspace.takeChanges());
    const { syntax, names } = this.workspace.file(this.home)!;
    return [...syntax, ...names];
  }

  /** The expression with names of the owner's written as paths from the root; undefined where it is none. */
  private fromRoot({ text, owner }: Asked): string | undefined {
    const prefix = 'view X "" { number (';
    const { services } = this.workspace;
    const { value, parserErrors, lexerErrors } = services.parser.LangiumParser.parse(`${prefix}${text}) }`);
    if (parserErrors.length > 0 || lexerErrors.length > 0) return undefined;
    const view = (value as unknown as { elements?: unknown[] }).elements;
    if (view?.length !== 1 || !isViewDecl(view[0]) || view[0].widgets.length !== 1) return undefined;
    if (owner === '') return text;
    const places: number[] = [];
    for (const node of AstUtils.streamAllContents(view[0])) {
      if (!isNameRef(node) || node.$cstNode === undefined) continue;
      // What stands behind a dot is found in what stands before it.
      if (isMemberAccess(node.$container) && node.$containerProperty !== 'receiver') continue;
      if (this.isOf(owner, node.target.$refText)) places.push(node.$cstNode.offset - prefix.length);
    }
    let seen = text;
    for (const place of places.toSorted((a, b) => b - a))
      seen = `${seen.slice(0, place)}${owner}.${seen.slice(place)}`;
    return seen;
  }

  /** Whether an asset of the twin has something of this name. */
  private isOf(owner: string, name: string): boolean {
    const bare = `${owner.replaceAll(/\[[\d,]+\]/g, '[]')}.${name}`;
    const { variables, sensors, alarms } = this.artefact.manifest;
    const begins = ({ name: other }: { name: string }): boolean =>
      other === bare || other.startsWith(`${bare}.`) || other.startsWith(`${bare}[`);
    return variables.some(begins) || sensors.some(begins) || alarms.some(begins);
  }
}

const marked = (at: number): string => `debugger ${at}`;
const sentence = ({ code, message, help }: Diagnostic): string =>
  code === privateShown.code
    ? `That is private, or computed from what is, and is shown nowhere. [${code}]`
    : `${message}${help === undefined ? '' : ` ${help}`}${code === '' ? '' : ` [${code}]`}`;

function sound<T>(diagnostics: readonly Diagnostic[], value: T | undefined): T {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (value !== undefined && errors.length === 0) return value;
  const [first] = errors;
  if (first === undefined) throw new CannotDebug('There is nothing here that can run.');
  const { uri, line, column } = first.source;
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  throw new CannotDebug(
    `The text has errors${more}; the first is in ${uri.split('/').at(-1)}:${line}:${column}: ${sentence(first)}`,
  );
}

function observerOf(artefact: Artefact, of: Artefact, expressions: number): Observer | string {
  const { manifest } = artefact;
  if (manifest.stateFingerprint !== of.manifest.stateFingerprint)
    return 'This cannot be evaluated while the twin runs: it would have to remember something of its own.';
  const machine = createMachine(manifest, kernelFactory(artefact)());
  const probes = Array.from({ length: expressions }, (_, at) => {
    const widget = manifest.views.find(({ title }) => title === marked(at))!.widgets[0]!;
    return widget.kind === 'number' ? widget.value : 0;
  });
  return {
    at: (moment: Moment) => putInto(machine, moment),
    value: (expression) => valueOf(machine, probes[expression]!),
    constant: (expression) => {
      machine.kernel.parameters();
      machine.kernel.start();
      machine.evaluate();
      machine.status.fill(0);
      return machine.kernel.probe(probes[expression]!, 0);
    },
  };
}

/** Puts a moment's state into a machine of the same layout of state, and evaluates everything. */
export function putInto(machine: Machine, { saved, iterated }: Moment): void {
  machine.bytes.set(saved);
  if (iterated.length === machine.iterated.length) machine.iterated.set(iterated);
  machine.evaluate();
  machine.status.fill(0);
}

function valueOf(machine: Machine, probe: number): Value {
  const described = machine.manifest.probes[probe]!;
  const { dims, first, unit, base, labels } = described;
  const size = count(dims);
  const numbers = Array.from({ length: size }, (_, instance) => machine.kernel.probe(probe, instance));
  if (described.private === true) return { numbers, text: PRIVATE_TEXT, probe: described };
  const texts = numbers.slice(0, MOST_SHOWN).map((value, instance) => {
    const text = valueText(value, unit, base, 7, labels);
    return dims.length === 0
      ? text
      : `${elementName('[]'.repeat(dims.length), dims, instance, first)} ${text}`;
  });
  const more = size > MOST_SHOWN ? `, … (${size} in all)` : '';
  return { numbers, text: `${texts.join(', ')}${more}`, probe: described };
}
