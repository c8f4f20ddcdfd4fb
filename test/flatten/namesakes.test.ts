/** A twin that is an asset as it stands has its equations: they are looked at once, and all is said that was said of both. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { flatten, printFlat } from '../../compiler/3-flatten/index.ts';
import { analysed, said } from './systems.ts';

const tank = (more: string): string => `
  asset Valve { input opening: Number = 1   sensor shown measures opening }
  asset Tank { input inflow: Number = 2   state level = 1   der(level) = (inflow - level) * 1 1/s   part valve: Valve   valve.opening = level }
  ${more}`;

describe('it should treat a twin that adds nothing as its asset', () => {
  it('and say of what it is bound to what is wrong with that', () => {
    const bound = 'twin East: Tank   twin West: Tank   bind West { valve.opening from mqtt("x") }';
    const wrong = ["PX4017 'valve.opening' cannot be set by a scenario: it is no free input."];
    expect(said(tank(bound))).toEqual(wrong);
    expect(said(tank(`scenario run for East { run 1 s }   ${bound}`))).toEqual(wrong);
    expect(said(tank(bound.replace('valve.opening', 'inflow')))).toEqual([]);
  });

  it('and compile it under its own name, with what it is bound to and without what is studied of the asset', () => {
    const { model } = analysed(
      tank(`twin East: Tank   bind East { inflow from mqtt("x") }
        scenario run for Tank { at 1 s: set inflow = 3   run 2 s }`),
    );
    const root = { kind: 'twin', name: 't.East' } as const;
    const { system, artefact } = compile(model!, root).value!;
    expect(system.name).toBe('t.East');
    expect(system.bindings.map(({ target }) => target.kind)).toEqual(['input']);
    expect(system.handlers).toEqual([]);
    expect(artefact.manifest.scenarios).toEqual([]);
    const again = flatten(model!, { twin: 't.East' }).value!;
    expect(printFlat({ ...system, linear: undefined })).toBe(printFlat(again));
  });

  it('and say once that an equation is lacking', () => {
    expect(said('asset A { let a: Number   let b = 2 * a }   twin P: A   twin Q: A')).toEqual([
      'PX4001 Nothing in A determines a.',
    ]);
  });
});

describe('it should say which type lacks an equation, and nothing of what that leads to', () => {
  const ports = `port Pin { across v: Voltage   through i: Current }
    asset Ground { port a: Pin   a.v = 0 V }
    asset Load { port a: Pin   a.v = 2 ohm * a.i }`;

  it('a part', () => {
    expect(
      said(`${ports}
        asset Half { port a: Pin   port b: Pin   a.i + b.i = 0 A }
        asset Whole { part half: Half   part ground: Ground   part load: Load   join half.a, ground.a   join half.b, load.a }
        twin Plant: Whole`),
    ).toEqual([
      'PX4210 Half lacks an equation: 4 unknowns (a.v, a.i, b.v and b.i), 1 equation, and 2 from what its ports are joined to.',
    ]);
  });

  it('a whole that ends in no port, beside others', () => {
    expect(
      said(`${ports}
        asset Whole { part ground: Ground   part load: Load   join ground.a, load.a   let x: Number   let y: Number   x + y = 3 }
        asset Other { part ground: Ground   part load: Load   join ground.a, load.a   let z: Number }
        asset Lone { let z: Number }
        twin Plant: Whole`),
    ).toEqual([
      'PX4210 Whole lacks an equation: 2 unknowns (x and y), 1 equation.',
      'PX4210 Other lacks an equation: 1 unknown (z), 0 equations.',
    ]);
  });
});
