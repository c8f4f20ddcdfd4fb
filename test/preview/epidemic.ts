import { aliases, probe, series, source, structure, unit } from './fake-twin.ts';
import type { FakeTwin } from './fake-twin.ts';

/** Susceptible, infected, recovered: one hundred days. */
export function epidemic(): FakeTwin {
  const names = ['susceptible', 'infected', 'recovered'] as const;
  const all = [
    ...names.map((name) => series(name, unit.one, { doc: `People who are ${name}.` })),
    series('prevalence', unit.percent, { high: 0.2 }),
    series('lockdown', unit.one, { base: 'boolean', held: true }),
  ];
  const probes = all.map((info, i) => probe(i, info.id, [info]));
  return {
    step: 21_600,
    aliases: aliases(probes),
    duration: 100 * 86_400,
    hello: {
      type: 'hello',
      name: 'epidemic',
      title: 'Epidemic',
      doc: 'An infection in a closed population of a thousand (SIR).',
      scenarios: [{ name: 'outbreak', doc: 'One infected person arrives.', duration: 100 * 86_400 }],
      modes: ['simulate'],
      series: [...all, ...probes.flatMap((each) => each.series)],
      views: [
        {
          title: 'Epidemic',
          derived: true,
          widgets: [
            { kind: 'gauge', value: 3, low: 0, high: 0.5 },
            { kind: 'number', value: 0 },
            { kind: 'number', value: 1 },
            { kind: 'number', value: 2 },
            {
              kind: 'chart',
              title: 'Population',
              series: [{ probe: 0 }, { probe: 1 }, { probe: 2 }, { probe: 4 }],
            },
            { kind: 'events' },
          ],
        },
      ],
      probes: probes.map((each) => each.probe),
      sensors: [],
      alarms: [
        {
          id: 'overload',
          label: 'overload',
          message: 'More than a fifth is ill: beds run short',
          severity: 'warning',
          active: false,
          since: null,
          acknowledged: false,
        },
      ],
      parameters: [
        {
          id: 'contact',
          label: 'contact',
          doc: 'Contacts that infect.',
          role: 'parameter',
          base: 'number',
          unit: unit.perDay,
          value: 0.4 / 86_400,
          initial: 0.4 / 86_400,
          low: 0,
          high: 1 / 86_400,
        },
        {
          id: 'recovery',
          label: 'recovery',
          doc: '',
          role: 'parameter',
          base: 'number',
          unit: unit.perDay,
          value: 0.1 / 86_400,
          initial: 0.1 / 86_400,
          low: 0,
          high: 1 / 86_400,
        },
      ],
      structure: structure('epidemic', '', 'Epidemic', {
        series: ['infected', 'prevalence'],
        alarms: ['overload'],
      }),
    },
    start: () => ({ susceptible: 999, infected: 1, recovered: 0, prevalence: 0.001, lockdown: 0 }),
    next(now, _time, settings) {
      const { susceptible: s, infected: i, recovered: r, lockdown } = now as Record<string, number>;
      const catching = (settings.get('contact')! * (lockdown! > 0.5 ? 0.6 : 1) * s! * i! * 21_600) / 1000;
      const healing = settings.get('recovery')! * i! * 21_600;
      const infected = i! + catching - healing;
      const closed = lockdown! > 0.5 ? infected > 60 : infected > 250;
      return {
        values: {
          susceptible: s! - catching,
          infected,
          recovered: r! + healing,
          prevalence: infected / 1000,
          lockdown: closed ? 1 : 0,
        },
        events:
          closed === lockdown! > 0.5
            ? []
            : [
                {
                  kind: 'rule',
                  name: closed ? 'close' : 'open',
                  text: `lockdown = ${closed}`,
                  severity: 'info',
                  source: source(12),
                },
              ],
        alarms: { overload: infected > 200 },
      };
    },
  };
}
