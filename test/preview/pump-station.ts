import type { ManifestView } from '../../runtime/contract/shown.ts';
import type { Hello, Mode, SeriesInfo, TwinEvent } from '../../preview/protocol.ts';
import { aliases, gauss, probe, series, source, structure, unit } from './fake-twin.ts';
import type { FakeTwin } from './fake-twin.ts';

/** Two pumps that fill a tank; the second one's bearing wears out from `fault` (s) on. */
export function pumpStation({
  fault = 60,
  duration = 3600,
  modes = ['simulate', 'replay', 'live'] as Mode[],
} = {}): FakeTwin {
  const numbers = [1, 2] as const;
  const all: SeriesInfo[] = [
    series('tank.level', unit.m, { low: 0.5, high: 4, doc: 'Level of the water in the tank.' }),
  ];
  for (const n of numbers) {
    const pump = `pump[${n}]`;
    all.push(
      series(`${pump}.temperature`, unit.degC, {
        doc: 'Temperature of the casing, as the model has it.',
        high: 358.15,
      }),
      series(`${pump}.flow`, unit.m3h),
      series(`${pump}.power`, unit.kW),
      series(`${pump}.running`, unit.one, { base: 'boolean', held: true }),
      series(`${pump}.casing.measured`, unit.degC, { label: `${pump}.casing measured`, held: true }),
      series(`${pump}.casing.predicted`, unit.degC),
      series(`${pump}.vibration.measured`, unit.mms, { label: `${pump}.vibration measured`, held: true }),
      series(`${pump}.vibration.predicted`, unit.mms, { label: `${pump}.vibration.predicted` }),
    );
  }
  const sensors = numbers.flatMap((n) =>
    (
      [
        ['casing', unit.degC, undefined, 'opcua ns=2;s=P10'],
        ['vibration', unit.mms, 0.0071, 'mqtt plant/P10'],
      ] as const
    ).map(([name, of, high, binding]) => ({
      id: `pump[${n}].${name}`,
      label: `pump[${n}].${name}`,
      doc: '',
      unit: of,
      measured: `pump[${n}].${name}.measured`,
      predicted: `pump[${n}].${name}.predicted`,
      residual: `pump[${n}].${name}.residual`,
      binding: `${binding}${n}`,
      ...(high === undefined ? {} : { low: 0, high }),
    })),
  );
  const view: ManifestView = {
    title: 'Pumping station',
    derived: false,
    widgets: [
      {
        kind: 'row',
        title: '',
        widgets: [
          { kind: 'gauge', value: 0, low: 273.15, high: 393.15 },
          { kind: 'number', value: 1 },
          { kind: 'number', value: 2 },
        ],
      },
      { kind: 'chart', title: 'Casing temperature', series: [{ probe: 3 }, { probe: 0 }], window: 600 },
      {
        kind: 'row',
        title: '',
        widgets: [
          { kind: 'chart', title: 'Vibration', series: [{ probe: 4 }, { probe: 5 }], window: 600 },
          { kind: 'chart', title: 'Tank', series: [{ probe: 2 }] },
        ],
      },
      { kind: 'schematic' },
      { kind: 'row', title: '', widgets: [{ kind: 'alarms' }, { kind: 'events' }] },
    ],
  };
  const of = (ids: readonly string[]) => ids.map((id) => all.find((info) => info.id === id)!);
  const each = (name: string) => of(numbers.map((n) => `pump[${n}].${name}`));
  const probes = [
    probe(0, 'pump[*].temperature', each('temperature')),
    probe(1, 'pump[*].flow', each('flow')),
    probe(2, 'tank.level', of(['tank.level'])),
    probe(3, 'pump[*].casing', each('casing.measured')),
    probe(4, 'pump[*].vibration', each('vibration.measured')),
    probe(5, 'pump[*].running', each('running')),
    probe(6, 'pump[*].power', each('power')),
  ];
  const parameters: Hello['parameters'] = [
    ...numbers.map((n) => ({
      id: `pump[${n}].enabled`,
      label: `pump[${n}].enabled`,
      doc: 'Switches the motor.',
      role: 'input' as const,
      base: 'boolean' as const,
      unit: unit.one,
      value: 1,
      initial: 1,
    })),
    {
      id: 'ambient',
      label: 'ambient',
      doc: 'Temperature of the room.',
      role: 'input',
      base: 'number',
      unit: unit.degC,
      value: 293.15,
      initial: 293.15,
      low: 253.15,
      high: 318.15,
    },
    {
      id: 'ratedFlow',
      label: 'ratedFlow',
      doc: '',
      role: 'parameter',
      base: 'number',
      unit: unit.m3h,
      value: 120 / 3600,
      initial: 120 / 3600,
      low: 0,
      high: 400 / 3600,
    },
    {
      id: 'cooling',
      label: 'cooling',
      doc: '',
      role: 'parameter',
      base: 'number',
      unit: unit.WK,
      value: 45,
      initial: 45,
      low: 10,
      high: 200,
    },
    {
      id: 'stages',
      label: 'stages',
      doc: '',
      role: 'parameter',
      base: 'integer',
      unit: unit.one,
      value: 2,
      initial: 2,
    },
  ];
  return {
    step: 1,
    aliases: aliases(probes),
    duration,
    hello: {
      type: 'hello',
      name: 'station',
      title: 'Pumping station',
      doc: 'Two pumps that fill a tank.',
      scenarios: [
        { name: 'heatWave', doc: 'A hot day.', duration },
        { name: 'nominal', doc: '', duration },
      ],
      modes,
      series: [...all, ...probes.flatMap((each) => each.series)],
      views: [
        view,
        {
          title: 'Sensors',
          derived: false,
          widgets: [
            { kind: 'text', content: '## Sensors\n\nWhat is **measured** beside what the model *predicts*.' },
            { kind: 'sensors' },
            { kind: 'slider', variable: 7, index: [], low: 253.15, high: 318.15 },
            { kind: 'chart', title: '', series: [{ probe: 6 }, { probe: 1 }] },
          ],
        },
      ],
      probes: probes.map((each) => each.probe),
      sensors,
      alarms: numbers.flatMap((n) => [
        {
          id: `pump[${n}].overheating`,
          label: `pump[${n}].overheating`,
          message: 'Casing too hot: stop and inspect the seal',
          severity: 'critical' as const,
          active: false,
          since: null,
          acknowledged: false,
        },
        {
          id: `pump[${n}].bearingWorn`,
          label: `pump[${n}].bearingWorn`,
          message: 'Vibration above 7.1 mm/s: plan a change of the bearing',
          severity: 'warning' as const,
          active: false,
          since: null,
          acknowledged: false,
        },
      ]),
      parameters: parameters.map((each) =>
        each.id === 'ambient' ? { ...each, variable: 7, index: [] } : each,
      ),
      structure: structure('station', '', 'Station', {
        doc: 'Two pumps that fill a tank.',
        children: [
          structure('tank', 'tank', 'Tank', { series: ['tank.level'] }),
          ...numbers.map((n) =>
            structure(`pump[${n}]`, `pump[${n}]`, 'Pump', {
              doc: 'A centrifugal pump driven by a fixed-speed motor.',
              series: [`pump[${n}].temperature`, `pump[${n}].flow`, `pump[${n}].power`, `pump[${n}].running`],
              sensors: [`pump[${n}].casing`, `pump[${n}].vibration`],
              alarms: [`pump[${n}].overheating`, `pump[${n}].bearingWorn`],
            }),
          ),
        ],
      }),
    },
    start() {
      const values: Record<string, number> = { 'tank.level': 2 };
      for (const n of numbers) {
        values[`pump[${n}].temperature`] = 293.15;
        values[`pump[${n}].flow`] = 0;
        values[`pump[${n}].power`] = 0;
        values[`pump[${n}].running`] = n === 1 ? 1 : 0;
      }
      return values;
    },
    next(now, time, settings, draw) {
      const values: Record<string, number> = {};
      const events: Omit<TwinEvent, 'id' | 'time' | 'microstep'>[] = [];
      const alarms: Record<string, boolean> = {};
      const ambient = settings.get('ambient')!;
      let inflow = 0;
      const level = now['tank.level']!;
      for (const n of numbers) {
        const pump = `pump[${n}]`;
        const was = now[`${pump}.running`]! > 0.5;
        const trip = now[`${pump}.temperature`]! > 273.15 + 97;
        const start = n === 1 ? 2.6 : 2.2;
        const stop = n === 1 ? 3.4 : 3.1;
        const running =
          settings.get(`${pump}.enabled`)! > 0.5 && !trip && (was ? level < stop : level < start);
        if (running !== was)
          events.push({
            kind: 'rule',
            name: `${pump}.${running ? 'start' : trip ? 'tripHot' : 'stop'}`,
            text: trip
              ? 'temperature > 95 °C: running = false'
              : `level ${running ? '<' : '>'} ${running ? start : stop} m: running = ${running}`,
            severity: trip ? 'warning' : 'info',
            source: source(24 + n),
          });
        const wear = n === 2 ? Math.max(0, time - fault) / 600 : 0;
        const flow = running ? settings.get('ratedFlow')! * (1 - 0.1 * (level - 2)) : 0;
        const power = flow * 32 * 998 * 9.81 * (1.35 + 0.35 * wear);
        const heat = power * 0.18 - settings.get('cooling')! * (now[`${pump}.temperature`]! - ambient);
        const temperature = now[`${pump}.temperature`]! + heat / 18_000;
        const vibration = running ? 0.0024 + 0.0035 * wear : 0.0001;
        values[`${pump}.running`] = running ? 1 : 0;
        values[`${pump}.flow`] = flow;
        values[`${pump}.power`] = power;
        values[`${pump}.temperature`] = temperature;
        const sampled = time % 10 === 0;
        values[`${pump}.casing.measured`] = sampled
          ? temperature + 0.6 * gauss(draw)
          : now[`${pump}.casing.measured`]!;
        values[`${pump}.casing.predicted`] = temperature - 1.5 * wear;
        values[`${pump}.vibration.measured`] = Math.max(0, vibration + 0.0002 * gauss(draw));
        values[`${pump}.vibration.predicted`] = running ? 0.0024 : 0.0001;
        alarms[`${pump}.overheating`] = temperature > 273.15 + 85;
        alarms[`${pump}.bearingWorn`] = vibration > 0.0071;
        inflow += flow;
      }
      values['tank.level'] = level + (inflow - 0.06 - 0.012 * Math.sin(time / 140)) / 14;
      return { values, events, alarms };
    },
  };
}
