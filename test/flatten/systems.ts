/** Texts → flat systems, and flat systems → numbers by the interpreter. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { analyse } from '../../compiler/index.ts';
import type { Analysis, Root } from '../../compiler/index.ts';
import { flatten } from '../../compiler/3-flatten/index.ts';
import { interpret } from '../../compiler/interpret/index.ts';
import type { FlatSystem } from '../../compiler/ir/flat-system.ts';
import { libraryFiles } from '../../library/embedded.ts';

/** `data`: files beside the text, by name. */
export function analysed(text: string, data: Readonly<Record<string, string>> = {}): Analysis {
  const readData = (uri: string): string | undefined => data[uri.replace('file:///plant/', '')];
  return analyse(
    [{ uri: 'file:///plant/a.twin', text: `package t\n${text}` }],
    libraryFiles,
    undefined,
    readData,
  );
}

/** What is said about a text: `PX4001 Lack has 1 equation …`. */
export function said(text: string, data?: Readonly<Record<string, string>>): string[] {
  return analysed(text, data).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

/** The system of an asset or twin of a text that must have no error. */
export function flat(text: string, root = 'A', data?: Readonly<Record<string, string>>): FlatSystem {
  const { model, diagnostics } = analysed(text, data);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (!model) throw new Error(errors.map(({ code, message }) => `${code} ${message}`).join('\n'));
  const name = `t.${root}`;
  const { value } = flatten(
    model,
    model.twins.some((twin) => twin.name === name) ? { twin: name } : { asset: name },
  );
  return value!;
}

export function example(folder: string): {
  analysis: Analysis;
  systems: { root: Root; system: FlatSystem }[];
} {
  const place = new URL(`../../examples/${folder}/`, import.meta.url);
  const texts = readdirSync(place)
    .filter((name) => name.endsWith('.twin'))
    .sort()
    .map((name) => ({
      uri: `file:///examples/${folder}/${name}`,
      text: readFileSync(new URL(name, place), 'utf8'),
    }));
  const readData = (uri: string): string | undefined => {
    const path = new URL(uri.slice(uri.lastIndexOf('/') + 1), place);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };
  const analysis = analyse(texts, libraryFiles, undefined, readData);
  const systems = analysis.roots.flatMap((root) => {
    const { value } = flatten(
      analysis.model!,
      root.kind === 'twin' ? { twin: root.name } : { asset: root.name },
    );
    return value ? [{ root, system: value }] : [];
  });
  return { analysis, systems };
}

/** A system that has started, with its variables by name (`node[3].T`). */
export function running(system: FlatSystem) {
  const kernel = interpret(system);
  const { layout, variables } = kernel.manifest;
  const view = new DataView(kernel.memory);
  const addressOf = (name: string): number => {
    const plain = name.replaceAll(/\[\d+\]/g, '[]');
    const variable = variables.find((one) => one.name === plain);
    if (!variable) throw new Error(`No variable ${plain}`);
    const index = [...name.matchAll(/\[(\d+)\]/g)].map((found) => Number(found[1]) - 1);
    return variable.address + 8 * index.reduce((at, one, dim) => at * variable.dims[dim]! + one, 0);
  };
  const evaluate = () => {
    kernel.derivatives();
    kernel.outputs();
  };
  kernel.parameters();
  kernel.start();
  evaluate();
  return {
    kernel,
    get: (name: string) => view.getFloat64(addressOf(name), true),
    set(name: string, value: number) {
      view.setFloat64(addressOf(name), value, true);
      evaluate();
    },
    status: () => view.getInt32(layout.status, true),
    /** Runge–Kutta steps of equal length up to a time. */
    run(until: number, steps: number) {
      const h = until / steps;
      for (let step = 0; step < steps; step += 1) kernel.rk4(step * h, h, (step + 1) * h);
      evaluate();
    },
  };
}
