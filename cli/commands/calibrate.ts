import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUNDLE_EXTENSION } from '../../bundles/names.ts';
import { writeBack } from '../../compiler/fitted-values.ts';
import { jacobianOf } from '../../compiler/gradients.ts';
import { compile } from '../../compiler/index.ts';
import type { FlatSystem } from '../../compiler/ir/flat-system.ts';
import type { Root } from '../../compiler/index.ts';
import { libraryFiles } from '../../library/embedded.ts';
import type { Unit } from '../../runtime/contract/manifest.ts';
import { calibrate as fit, parted } from '../../runtime/experiments/calibrate.ts';
import type { Calibrated, Slopes } from '../../runtime/experiments/calibrate.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { PRIVATE_TEXT } from '../../runtime/private.ts';
import { analyseProject, named } from '../analyse.ts';
import { modelOf, writeErrors } from '../sound-texts.ts';
import { readData } from '../calibrations/data.ts';
import { tellCalibration } from '../calibrations/events.ts';
import { notesOf } from '../calibrations/notes.ts';
import { aside, writer } from '../experiments/events.ts';
import { pageFile } from '../experiments/page-file.ts';
import type { BadRows } from '../calibrations/data.ts';
import { offered } from '../offered.ts';
import { pathOf } from '../terminal/diagnostics.ts';
import { inColumns } from '../terminal/table.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { writeWhole } from '../whole-file.ts';

export interface CalibrateOptions {
  data?: string;
  write?: boolean;
  json?: boolean;
  /** What happens, as it does, for whoever shows it. */
  events?: boolean;
  /** A page with what was found. */
  html?: string;
}

export async function calibrate(
  path: string,
  name: string | undefined,
  options: CalibrateOptions,
  outer: Terminal,
): Promise<ExitCode> {
  if (options.json === true && options.events === true)
    throw new Refusal('choose one of --json and --events');
  const terminal = options.events === true ? aside(outer) : outer;
  const page = options.html === undefined ? undefined : pageFile(options.html);
  if (path.endsWith(BUNDLE_EXTENSION))
    throw new Refusal(`${path} is a bundle: what is fitted is written into the text, so name that`);
  const analysed = modelOf(analyseProject([path]), options, terminal);
  if (analysed === undefined) return Exit.findings;
  const { model, project } = analysed;
  const chosen = choose(model.calibrations, name);
  const root: Root =
    chosen.twin === undefined ? { kind: 'asset', name: chosen.asset } : { kind: 'twin', name: chosen.twin };
  const { value, diagnostics } = compile(model, root);
  if (value === undefined) {
    writeErrors(diagnostics, project, options, terminal);
    return Exit.findings;
  }
  const { manifest } = value.artefact;
  const at = manifest.calibrations!.findIndex(
    ({ source }) => source.uri === chosen.source.uri && source.start === chosen.source.start,
  );
  const calibration = manifest.calibrations![at]!;
  const file = options.data ?? resolve(dirname(fileURLToPath(chosen.source.uri)), chosen.file);
  const data = await readData(file, manifest, calibration);
  const points = parted(calibration, data).fitted.compared.reduce((sum, { times }) => sum + times.length, 0);
  if (points < calibration.parameters.length)
    throw new Refusal(
      `${file} has ${points} values to compare with${calibration.heldOut === undefined ? '' : ' and to fit'}, fewer than the ${calibration.parameters.length} parameters to fit`,
    );
  const started = performance.now();
  let shown = started;
  const kernel = kernelFactory(value.artefact);
  const of = { manifest, kernel, calibration, data, file, root: root.name };
  const told = options.events === true ? tellCalibration(of, writer(outer)) : undefined;
  const tell = (simulations: number): void => {
    told?.fitting(simulations);
    const now = performance.now();
    if (!terminal.interactive || now - shown < 200) return;
    shown = now;
    terminal.err(`\rfitting ${calibration.name}: ${simulations} runs \x1b[K`);
  };
  const slopes = slopesOf(value.system, at);
  const result = fit(manifest, kernel, calibration, data, tell, slopes);
  if (shown > started) terminal.err('\r\x1b[K');
  if ('problem' in result) throw new Refusal(`${calibration.name} cannot be fitted: ${result.problem}`);
  const texts = result.parameters.map((one) => (one.private ? '' : literal(one)));
  const notes = notesOf(result, data);
  if (page !== undefined) {
    tellCalibration({ ...of, file: basename(file) }, page.take, () => null).fit(result, notes, texts);
    page.write(calibration.name, terminal);
  }
  if (options.json === true) terminal.out(asJson(calibration.name, file, result) + '\n');
  else if (told !== undefined) told.fit(result, notes, texts);
  else write(calibration.name, result, data, terminal);
  if (options.write === true) {
    const values = result.parameters.map((one) => literal(one));
    const { texts, left } = writeBack(project.texts, calibration.source, values, libraryFiles);
    for (const [uri, text] of texts) {
      writeWhole(fileURLToPath(uri), text);
      terminal.err(`Wrote ${pathOf(uri)}\n`);
    }
    for (const { text, why } of left) terminal.err(`${text} was not written: ${why}\n`);
  }
  return result.converged ? Exit.fine : Exit.findings;
}

function slopesOf(system: FlatSystem, at: number): Slopes {
  const found = jacobianOf(system, at);
  if ('because' in found) return found;
  const { manifest } = found.artefact;
  return { manifest, kernel: kernelFactory(found.artefact), calibration: manifest.calibrations![0]! };
}

function choose<T extends { name: string }>(all: readonly T[], name: string | undefined): T {
  const names = offered(
    all.map((one) => one.name),
    name,
  );
  const found = name === undefined ? all : named(all, name);
  if (found.length === 1) return found[0]!;
  if (all.length === 0) throw new Refusal('there is no calibration here');
  throw new Refusal(
    found.length === 0
      ? `there is no calibration ${name}; there are ${names}`
      : `say which calibration: there are ${names}; give those of one subject names: calibrate NAME on …`,
  );
}

const inUnit = (value: number, { factor, offset }: Unit): number => value / factor - offset;

/** As many digits as the error leaves a meaning to, and two more. */
function digitsOf(shown: number, error: number): number {
  if (!(error > 0) || shown === 0) return 7;
  return Math.min(15, Math.max(3, Math.ceil(Math.log10(Math.abs(shown) / error)) + 3));
}

/** As it would be written into the text. */
function literal({ value, error, unit }: Calibrated['parameters'][number]): string {
  const shown = inUnit(value, unit);
  const text = String(Number(shown.toPrecision(digitsOf(shown, error / unit.factor))));
  return unit.text === '' ? text : `${text} ${unit.text}`;
}

function write(
  name: string,
  result: Calibrated,
  { unused, bad }: { unused: string[]; bad: BadRows },
  terminal: Terminal,
): void {
  const bold = (text: string): string => terminal.style('bold', text);
  const short = (value: number, digits = 4): string =>
    Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : '–';
  const head = (text: string, { label }: Unit): string => (label === '' ? text : `${text} [${label}]`);
  const { slopes } = result;
  const how = slopes.by === 'exact' ? 'slopes exact' : `slopes by differences, because ${slopes.because}`;
  terminal.out(`${bold(name)}: ${result.iterations} iterations, ${result.simulations} runs\n`);
  terminal.out(`${terminal.style('dim', how)}\n\n`);
  terminal.out(
    inColumns([
      ['', 'fitted', 'standard error', 'before', ''].map(bold),
      ...result.parameters.map(({ text, unit, value, error, start, atBound, private: secret }) => [
        head(text, unit),
        ...(secret ? [PRIVATE_TEXT, '–', PRIVATE_TEXT, ''] : []),
        ...(secret
          ? []
          : [
              short(inUnit(value, unit), digitsOf(inUnit(value, unit), error / unit.factor)),
              Number.isFinite(error) ? `± ${short(error / unit.factor, 2)}` : '–',
              short(inUnit(start, unit), 6),
              atBound === undefined ? '' : `at its ${atBound === 'low' ? 'lower' : 'upper'} bound`,
            ]),
      ]),
    ]),
  );
  terminal.out('\n');
  terminal.out(
    inColumns([
      ['compared', 'points', 'off by (rms)', 'mean difference'].map(bold),
      ...result.compared.map(({ text, unit, count, rms, bias, private: secret }) => [
        head(text, { ...unit, label: unit.offset === 0 ? unit.label : 'K' }),
        String(count),
        secret ? PRIVATE_TEXT : short(rms / unit.factor, 3),
        secret ? PRIVATE_TEXT : short(bias / unit.factor, 2),
      ]),
    ]),
  );
  const tested = result.tested === undefined || 'problem' in result.tested ? [] : result.tested;
  if (tested.length > 0) {
    terminal.out('\n');
    terminal.out(
      inColumns([
        ['held out', 'points', 'off by (rms)', 'mean difference', 'against the fit'].map(bold),
        ...tested.map(({ count, rms, bias }, at) => {
          const { text, unit, rms: fitted, private: secret } = result.compared[at]!;
          return [
            head(text, { ...unit, label: unit.offset === 0 ? unit.label : 'K' }),
            String(count),
            secret ? PRIVATE_TEXT : short(rms / unit.factor, 3),
            secret ? PRIVATE_TEXT : short(bias / unit.factor, 2),
            secret ? PRIVATE_TEXT : `${short(rms / fitted, 3)} ×`,
          ];
        }),
      ]),
    );
  }
  if (result.parameters.length > 1) {
    terminal.out(`\n${bold('correlation')}\n`);
    terminal.out(
      inColumns(
        result.parameters.map(({ text }, i) => [
          text,
          ...result.correlations[i]!.slice(0, i + 1).map((value) =>
            Number.isFinite(value) ? value.toFixed(2).replace('-', '−') : '–',
          ),
        ]),
      ),
    );
  }
  for (const text of notesOf(result, { bad }))
    terminal.out(`\n${terminal.style('yellow', 'note')}: ${text}\n`);
  if (unused.length > 0) terminal.err(`columns not used: ${unused.join(', ')}\n`);
}

function asJson(name: string, data: string, result: Calibrated): string {
  const number = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return JSON.stringify(
    {
      name,
      data,
      converged: result.converged,
      iterations: result.iterations,
      simulations: result.simulations,
      slopes: result.slopes,
      condition: number(result.condition),
      weakest: result.weakest,
      parameters: result.parameters.map(({ text, unit, start, value, error, atBound, private: secret }) => ({
        name: text,
        unit: unit.text,
        ...(secret ? { private: true } : {}),
        value: secret ? null : inUnit(value, unit),
        error: secret ? null : number(error / unit.factor),
        before: secret ? null : inUnit(start, unit),
        atBound: secret ? null : (atBound ?? null),
      })),
      correlations: result.correlations.map((row) => row.map(number)),
      compared: result.compared.map(({ text, unit, count, rms, bias, private: secret }) => ({
        name: text,
        unit: unit.offset === 0 ? unit.text : 'K',
        points: count,
        ...(secret ? { private: true } : {}),
        rms: secret ? null : rms / unit.factor,
        bias: secret ? null : bias / unit.factor,
      })),
      ...(result.tested === undefined ? {} : { tested: testedAsJson(result.tested, result.compared) }),
    },
    undefined,
    2,
  );
}

function testedAsJson(tested: NonNullable<Calibrated['tested']>, compared: Calibrated['compared']): unknown {
  if ('problem' in tested) return tested;
  return tested.map(({ count, rms, bias }, at) => {
    const { text, unit, private: secret } = compared[at]!;
    const shown = (value: number): number | null =>
      secret || !Number.isFinite(value) ? null : value / unit.factor;
    return {
      name: text,
      unit: unit.offset === 0 ? unit.text : 'K',
      points: count,
      ...(secret ? { private: true } : {}),
      rms: shown(rms),
      bias: shown(bias),
    };
  });
}
