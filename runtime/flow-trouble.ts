/** What a flow wrote down when it stopped → what went wrong, in words. */
import type { ManifestFlowValue } from './contract/flow.ts';
import { FlowCell, FlowTrouble } from './contract/kernel.ts';
import type { SourceRange } from './contract/manifest.ts';
import type { Machine } from './machine.ts';
import { elementName } from './names.ts';
import { notTold, plain, timeText } from './trouble.ts';
import type { Trouble } from './trouble.ts';

const cellsOf = ({ manifest, kernel }: Machine): Int32Array =>
  new Int32Array(kernel.memory, manifest.layout.flow!.address, 12);

/** Whether the flow cannot go on. */
export const isStopped = (machine: Machine): boolean => cellsOf(machine)[FlowCell.trouble] !== 0;

/** Why not, in words of the model. */
export function troubleOf(machine: Machine): Trouble {
  const { manifest } = machine;
  const cells = cellsOf(machine);
  const [code, detail, instance] = [
    cells[FlowCell.trouble],
    cells[FlowCell.detail]!,
    cells[FlowCell.instance]!,
  ];
  cells[FlowCell.trouble] = 0;
  const time = machine.time();
  const value = new Float64Array(machine.kernel.memory, manifest.layout.flow!.address)[FlowCell.value]!;
  if (code === FlowTrouble.value) return wrongValue(manifest.flow!.values[detail]!, instance, value, time);
  const { processes } = manifest.flow!;
  if (code === FlowTrouble.tooMany) {
    const { name, dims, limit, source } = processes[detail]!;
    return {
      code: 'PX9020',
      message:
        `${elementName(name, dims, instance)} has ${limit} items inside at t = ${timeText(time)}, and no more are allowed. ` +
        'More arrive than leave: add units or places, let items balk, or allow more with a line such as items at most 10_000.',
      time,
      source,
    };
  }
  const process = processes.findLast(({ firstCode }) => firstCode <= detail) ?? processes[0]!;
  const step = process.steps[detail - process.firstCode] ?? process.steps[0]!;
  const name = elementName(process.name, process.dims, instance);
  if (code === FlowTrouble.endless)
    return {
      code: 'PX9021',
      message:
        `Items of ${name} go round in circles at t = ${timeText(time)} without time passing, last at '${step.text}'. ` +
        (process.steps.some(({ kind, text }) => kind === 'arrive' && text.includes('on demand'))
          ? 'On demand the next item comes as soon as the one before has a place or is gone: let it wait for a place (when full: block) or for some time (wait 1 s).'
          : 'Let some time pass on the way (wait 1 s), or let them leave.'),
      time,
      source: step.source,
    };
  if (code === FlowTrouble.notHeld || code === FlowTrouble.held) {
    const resource = manifest.flow!.resources[value]!.name.split('.').at(-1)!;
    const message =
      code === FlowTrouble.held
        ? `An item of ${name} leaves at t = ${timeText(time)} by '${step.text}' and still holds units of ${resource}, which would be gone for good. ` +
          `Release them on each way out: those who give up or find no place can go to a station (patience 1 min -> away), with release ${resource} and leave behind it.`
        : `An item of ${name} comes to '${step.text}' at t = ${timeText(time)} and does not hold so many units of ${resource}: there would be more than there are. ` +
          'An item holds what it has seized itself, until it releases it. Copies of a split hold nothing, and each item of a batch keeps its own: release before batch, or after unbatch.';
    return { code: 'PX9056', message, time, source: step.source };
  }
  if (Number.isNaN(value)) return notNumber(`The time of '${step.text}' of ${name}`, time, step.source);
  return {
    code: 'PX9022',
    message:
      `'${step.text}' of ${name} takes a negative time at t = ${timeText(time)}. ` +
      'Take a distribution without negative values, such as lognormal or triangular, or max(…, 0 s).',
    time,
    source: step.source,
  };
}

const notNumber = (what: string, time: number, source: SourceRange): Trouble => ({
  code: 'PX9003',
  message:
    `${what} is not a number at t = ${timeText(time)}. ` +
    'Look for a division by zero, or a root or logarithm of a negative number, in it.',
  time,
  source,
});

function wrongValue(
  { what, name, dims, low, high, is, source }: ManifestFlowValue,
  instance: number,
  value: number,
  time: number,
): Trouble {
  const place = `${what} of ${elementName(name, dims, instance)}`;
  if (is === 'condition') return notTold(place, time, source);
  if (Number.isNaN(value)) return notNumber(place, time, source);
  const text = (of: number): string => (is === 'time' ? timeText(of) : plain(of));
  const most = high === undefined || high === Number.MAX_VALUE ? undefined : Math.round(high);
  const least = low === undefined || low === -Number.MAX_VALUE ? undefined : Math.round(low);
  const must = !Number.isFinite(value)
    ? 'It must be finite'
    : most === undefined
      ? `It must not be less than ${text(least!)}`
      : `It must lie within ${text(least!)} and ${text(most)}`;
  return {
    code: is === 'time' && value < 0 ? 'PX9022' : 'PX9055',
    message: `${place} is ${text(value)} at t = ${timeText(time)}. ${must}: give what it is computed from a range, or guard it with max and min.`,
    time,
    source,
  };
}
