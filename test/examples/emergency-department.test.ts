/** The emergency department: staff by date, who is worked on how long, and what the interventions change. */
import { describe, expect, it } from 'vitest';
import { reportsOf, reusing, runOnce } from '../../runtime/experiments/one-run.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { artefactOf, twinOf, valueOf } from './example.ts';

const artefact = artefactOf('emergency-department', 'Department');
const HOUR = 3600;

it('is staffed by date: two doctors at night and over Christmas, three by day', () => {
  const twin = twinOf(artefact, { scenario: 'december' });
  const start = Date.UTC(2026, 11, 14);
  for (let hour = 1; hour < 14 * 24; hour += 3) {
    twin.advance((hour + 0.5) * HOUR);
    const date = new Date(start + hour * HOUR * 1000);
    const christmas = date.getUTCDate() >= 24 && date.getUTCDate() <= 26;
    expect(valueOf(twin, 'doctor.onDuty'), date.toISOString()).toBe(
      christmas || date.getUTCHours() < 8 ? 2 : 3,
    );
    expect(valueOf(twin, 'bed.busy')).toBeLessThanOrEqual(14);
  }
});

describe('interventions', () => {
  const experiment = artefact.manifest.experiments![0]!;
  const names = reportsOf(artefact.manifest, experiment).map(({ name }) => name);
  const kernel = reusing(kernelFactory(artefact));
  const run = (fastTrack: number, extraDoctors: number, seed: number): Record<string, number> => {
    const { values } = runOnce(artefact.manifest, kernel, experiment, [fastTrack, extraDoctors], seed);
    return Object.fromEntries(names.map((name, at) => [name, values[at]!]));
  };

  it.each([1, 2, 3])(
    'one more doctor shortens every wait, a fast track the stay of most: seed %d',
    (seed) => {
      const [now, doctor, track] = [run(0, 0, seed), run(0, 1, seed), run(1, 0, seed)];
      expect(doctor['toDoctor']).toBeLessThan(now['toDoctor']!);
      expect(doctor['unseen']).toBeLessThan(now['unseen']!);
      expect(track['stay']).toBeLessThan(0.8 * now['stay']!);
      expect(track['doctorBusy']).toBeLessThan(now['doctorBusy']!);
    },
  );
});
