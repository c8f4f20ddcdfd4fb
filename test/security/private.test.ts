/** What is private leaves by no way out, and neither does what is computed from it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { format } from '../../compiler/1-parse/format.ts';
import { analyse, compile } from '../../compiler/index.ts';
import { recordRows } from '../../cli/record.ts';
import { createFaults } from '../../live/faults.ts';
import type { Fault } from '../../live/faults.ts';
import { recordArrivals } from '../../live/recording/index.ts';
import { createSession } from '../../live/session/session.ts';
import type { ToPreview } from '../../preview/protocol.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { traceScenario } from '../../review/trace.ts';
import type { Artefact } from '../../runtime/contract/manifest.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { createIncoming, readersOf } from '../../live/mqtt/incoming.ts';
import { pollux, temporaryFolder } from '../cli/pollux.ts';

const folder = temporaryFolder();
const library = readLibraryFiles();

/** Digits that stand nowhere else: whatever shows them has let something out. */
const SECRET = '71.2345';
const clinic = (rest = ''): string => `asset Patient {
  private param weight = ${SECRET} kg in 0 kg..200 kg
  private state note = ${SECRET} m
  state dose = 0 kg
  state seen: Integer = 0
  let double = 2 * weight
  let half = double / 2
  released let size = if weight > 90 kg then 3 else 2
  let open = 5 m
  der(dose) = weight / 1 h
  when weight > 50 kg { set seen = seen + 1 }
  every 1 min { set note = note }
  sensor scale measures half every 10 s
  alarm heavy: warning "heavy" { raise when half > 71 kg }
${rest}}

scenario day for Patient { run 1 h }
`;
function artefact(text: string): Artefact {
  const { model, diagnostics } = analyse([{ uri: 'file:///c.twin', text }], library);
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return compile(model, { kind: 'asset', name: 'Patient' }).value!.artefact;
}
const codes = (text: string): string[] =>
  analyse([{ uri: 'file:///c.twin', text }], library).diagnostics.map(
    ({ code, message }) => `${code} ${message}`,
  );

describe('what becomes private', () => {
  const { manifest } = artefact(clinic());
  const hidden = manifest.variables.filter((each) => each.private).map(({ name }) => name);
  it('is all that is computed from it, through lets, derivatives and sensors', () => {
    for (const name of ['weight', 'note', 'double', 'half', 'dose', 'der(dose)', 'scale'])
      expect(
        hidden.some((each) => each === name || each.startsWith(`${name}.`)),
        name,
      ).toBe(true);
    for (const each of manifest.variables) if (each.private) expect(each.visible).toBe(false);
  });
  it('is not what is released, nor what has nothing to do with it', () => {
    for (const name of ['size', 'open', 'seen']) expect(hidden).not.toContain(name);
  });
  it('is written in the canonical format, and its words are still names', () => {
    const written = format(clinic()).text;
    expect(format(written).text).toBe(written);
    for (const word of ['private param weight', 'private state note', 'released let size'])
      expect(written).toContain(word);
    expect(codes('asset A { state private = 1 m  let released = private  der(private) = 0 m/s }')).toEqual(
      [],
    );
  });
});

describe('ways out', () => {
  const made = artefact(clinic());
  const { manifest } = made;
  const kernel = kernelFactory(made);
  /** Whether a number of those that are secret stands in a text, in SI or as shown. */
  const leaks = (text: string): boolean => /71\.234|142\.469|35\.617/.test(text);

  it('recordings', () => {
    const twin = createTwin({ manifest, kernel, scenario: 'day' });
    const recorded = recordRows(twin);
    twin.advance(3600);
    expect(recorded.columns.map(({ name }) => name).toSorted()).toEqual(['open', 'seen', 'size', 'time']);
    expect(leaks(JSON.stringify(recorded.rows))).toBe(false);
  });

  it('the log', () => {
    const twin = createTwin({ manifest, kernel, scenario: 'day' });
    const events: unknown[] = [];
    twin.listen({ event: (event) => events.push(event) });
    twin.advance(3600);
    expect(events.length).toBeGreaterThan(1);
    expect(leaks(JSON.stringify(events))).toBe(false);
  });

  it('frames, lists and histories of a session', () => {
    const sent: ToPreview[] = [];
    let later: (() => void)[] = [];
    let now = 0;
    const session = createSession({
      send: (message) => sent.push(message),
      now: () => now,
      schedule: (callback) => {
        later.push(callback);
        return () => undefined;
      },
      mode: 'simulate',
      scenario: 'day',
      speed: null,
    });
    session.load({ manifest, kernel });
    session.receive({ type: 'ready' });
    const names = ['weight', 'note', 'dose', 'half', 'scale.measured', 'scale.residual', 'probe:0', 'open'];
    session.receive({ type: 'subscribe', series: names });
    session.receive({ type: 'play' });
    for (let i = 0; i < 200; i += 1) {
      now += 50;
      for (const each of later.splice(0)) each();
    }
    session.receive({ type: 'history', request: 1, series: names, from: 0, to: 3600, points: 100 });
    later = [];
    const text = JSON.stringify(sent);
    expect(sent.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['hello', 'frame', 'events', 'history']),
    );
    expect(text).toContain('"open"');
    expect(leaks(text)).toBe(false);
    expect(leaks(JSON.stringify(session.values()))).toBe(false);
    session.dispose();
  });

  it('what is compared in a review', () => {
    const trace = traceScenario(made.manifest, kernelFactory(made), 0);
    expect([...trace.signals.keys()].toSorted()).toEqual(['open', 'seen', 'size']);
  });

  it('the command line, and the runner of a bundle', () => {
    writeFileSync(join(folder, 'c.twin'), clinic());
    const here = { cwd: folder };
    const said = [
      pollux(['run', 'c.twin', '-o', 'r.csv'], here),
      pollux(['run', 'c.twin', '--json'], here),
      pollux(['build', 'c.twin', '-o', 'out/', '--with-private'], here),
      pollux(['inspect', 'c.pollux'], here),
    ];
    expect(said.slice(0, 3).map(({ code }) => code)).toEqual([0, 0, 0]);
    for (const { out, err } of said) expect(leaks(out + err)).toBe(false);
    expect(leaks(readFileSync(join(folder, 'r.csv'), 'utf8'))).toBe(false);
  });

  it('recordings of what came in, and messages about what was wrong with it', async () => {
    const { model } = analyse(
      [
        {
          uri: 'file:///c.twin',
          text: `${clinic()}\ntwin P1: Patient\n\nbind P1 {\n  scale from mqtt("p/scale") as kg\n}\n`,
        },
      ],
      library,
    );
    const twin = compile(model!, { kind: 'twin', name: 'P1' }).value!.artefact.manifest;
    const file = join(folder, 'in.csv');
    const recorder = await recordArrivals(file, twin, 0);
    recorder.add({ binding: 0, time: 1000, value: 71.2345 });
    recorder.close();
    expect(leaks(readFileSync(file, 'utf8'))).toBe(false);
    const told: Fault[] = [];
    const incoming = createIncoming({
      readers: readersOf(twin),
      faults: createFaults((fault) => told.push(fault)),
      receiver: { now: () => 0, arrive: () => 'onTime' },
    });
    incoming.message('p/scale', {
      payload: Buffer.from(`is ${SECRET} kg or so`),
      qos: 0,
      dup: false,
      retain: false,
    });
    expect(told.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^mqtt p\/scale, for scale: .* it is private\.$/),
    ]);
  });
});

it.each([
  ['view Patient { number half }', 'PX2402 This view shows half, which is private.'],
  [
    'view Patient { row { gauge weight + 1 kg } }',
    'PX2402 This view shows weight + 1 kg, which is computed from weight, and that is private.',
  ],
  ['twin P: Patient\nbind P { dose to mqtt("x") }', 'PX2402 This binding sends dose, which is private.'],
  [
    'experiment e on Patient { vary weight in 50 kg..90 kg step 20 kg  run 1 h  report dose }',
    'PX2402 This experiment reports dose, which is private.',
  ],
])('%s is refused', (text, message) => {
  expect(
    codes(`${clinic()}\n${text}\n`).some((each) => each.startsWith(message.slice(0, 40))),
    codes(`${clinic()}\n${text}\n`).join(),
  ).toBe(true);
});
