/** Another version of a twin goes on with what was known of its states, where it estimates the same ones. */
import { expect, it } from 'vitest';
import { carry } from '../../runtime/carry.ts';
import type { Version } from '../../runtime/carry.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { compiled } from '../solvers/compiled.ts';
import { covarianceOf, live, ROOM } from './helper.ts';

const room = compiled(ROOM);
const version = ({ artefact }: typeof room): Version => ({
  manifest: artefact.manifest,
  kernel: kernelFactory(artefact),
});
const began = (): ReturnType<typeof live> => {
  const twin = live(room);
  for (let time = 1; time <= 30; time += 1) twin.offer(0, 0, time, 294 + time / 30);
  twin.advance(30);
  return twin;
};
function goneOn(text: string): ReturnType<typeof live> {
  const next = compiled(text);
  const result = carry(version(room), version(next), began().save());
  if ('problem' in result) throw new Error(result.problem);
  const twin = live(next);
  expect(twin.restore(result.state)).toBeUndefined();
  return twin;
}

it('goes on where the same states are estimated', () => {
  const twin = goneOn(ROOM.replace('state alarms = 0', 'state alarms = 0\n  state more = 0'));
  expect(covarianceOf(twin)).toEqual(covarianceOf(began()));
  expect(twin.value('heating.sd')).toBe(began().value('heating.sd'));
});

it('begins anew with the next sample where others are', () => {
  const less = ROOM.split('\n')
    .filter((line) => !line.includes('estimate heating'))
    .join('\n');
  const other = ROOM.replace('estimate T', 'estimate second').replace('estimate heating', 'estimate T');
  const turned = other
    .replace('estimate second', 'estimate heating')
    .replaceAll('within 5 K drifts 0.3 K', 'within 5 K/s drifts 0.3 K/s')
    .replace('within 0.1 K/s drifts 0.01 K/s', 'within 0.1 K drifts 0.01 K');
  for (const text of [less, turned]) {
    const twin = goneOn(text);
    expect(twin.value('T')).toBe(began().value('T'));
    twin.offer(0, 0, 31, 295);
    twin.advance(31);
    const { spread } = twin.manifest.estimator!.states.at(-1)!;
    // As after one sample with a deviation of 0.5 K: 1 / (1 / spread^2 + 1 / 0.25).
    expect(twin.value('T.sd')).toBeCloseTo(Math.sqrt(1 / (1 / spread ** 2 + 4)), 9);
  }
});
