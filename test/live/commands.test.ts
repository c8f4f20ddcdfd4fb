/** Messages that call commands of a model. */
import { describe, expect, it } from 'vitest';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { createFaults } from '../../live/faults.ts';
import { createIncoming, readersOf } from '../../live/mqtt/incoming.ts';
import type { Arrival } from '../../live/receiver.ts';

const text = `package t
asset Oven {
  command start(target: Temperature, fast: Boolean)
  command dose(mass: Mass)
  command stop
  state setpoint = 20 degC
  on start(target) -> set setpoint = target
  on dose -> set setpoint = 21 degC
  on stop -> set setpoint = 20 degC
  modes m {
    initial Off { on start -> On }
    On { on stop -> Off }
  }
}
twin O: Oven
bind O {
  start from mqtt("oven/start")
  dose  from mqtt("oven/dose")
  stop  from mqtt("oven/stop")
  m to mqtt("oven/mode")
}
`;

function messages() {
  const { model, roots, diagnostics } = analyse([{ uri: 'file:///a.twin', text }], readLibraryFiles());
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { manifest } = compile(
    model,
    roots.find(({ name }) => name === 't.O')!,
  ).value!.artefact;
  const arrived: Arrival[] = [];
  const incoming = createIncoming({
    readers: readersOf(manifest),
    faults: createFaults(() => {}),
    receiver: {
      now: () => 1000,
      arrive: (arrival) => {
        arrived.push(arrival);
        return 'onTime';
      },
    },
  });
  const send = (topic: string, payload: string, retain = false): void =>
    incoming.message(topic, { payload, qos: 0, dup: false, retain } as never);
  return { manifest, arrived, send };
}

describe('a message to a bound command', () => {
  it('calls it with its values, in their units', () => {
    const { arrived, send } = messages();
    send('oven/start', '{"target": 180, "fast": true}');
    send('oven/dose', '250');
    send('oven/dose', '{"mass": 250}');
    send('oven/stop', 'now');
    expect(arrived.map(({ binding, values }) => [binding, values])).toEqual([
      [0, [453.15, 1]],
      [1, [250]],
      [1, [250]],
      [2, []],
    ]);
  });

  it('is left alone when a value is missing, or when the broker kept it', () => {
    const { arrived, send } = messages();
    send('oven/start', '{"target": 180}');
    send('oven/start', '{"target": 180, "fast": true}', true);
    expect(arrived).toEqual([]);
  });
});
