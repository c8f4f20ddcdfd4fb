import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMoment, writeMoment } from '../../preview/session/moment.ts';

const number = fc
  .double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 })
  .map((value) => value + 0);

describe('a link to a moment', () => {
  it('says what it was made of', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e9 }),
        fc.nat(20),
        fc.option(fc.tuple(number, number).filter(([a, b]) => a < b)),
        fc.option(fc.string({ minLength: 1 })),
        fc.option(number.map(Math.abs).filter((seconds) => seconds > 0)),
        fc.array(fc.tuple(fc.string({ minLength: 1 }), number)),
        (time, view, zoom, scenario, duration, settings) => {
          const moment = {
            time: time / 1000,
            view,
            zoom: zoom && { from: zoom[0], to: zoom[1] },
            scenario,
            duration,
            settings: new Map(settings),
          };
          const address = new URL(writeMoment(moment), 'http://localhost/');
          expect(readMoment(address.hash)).toEqual(moment);
        },
      ),
    );
  });

  it('is none without a time, whatever else stands there', () => {
    for (const hash of ['', '#', '#t=', '#t=soon', '#view=1', '#t=NaN', '#%%%', '#t=Infinity'])
      expect(readMoment(hash), hash).toBeUndefined();
    expect(readMoment('#t=5&zoom=9..1&view=-3&set.a=x&set.b=')).toEqual({
      time: 5,
      view: 0,
      zoom: null,
      scenario: null,
      duration: null,
      settings: new Map(),
    });
  });
});
