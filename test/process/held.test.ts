/** What an item holds it gives back, no more and no less; batches of batches come apart as they were made; on demand nobody is waited for who is gone. */
import { describe, expect, it } from 'vitest';
import { compiled, expectAgreement, expectNear, finished, started } from './flows.ts';

describe('stops where units would be more, or less, than there are', () => {
  const stopped = (steps: string): string => {
    const members = `resource bed[3]\nresource doctor\nprocess p { arrive every exponential(2 s) at most 20\n queue door[2] when full: balk\n ${steps} }`;
    const twin = started(compiled(members, 'run 1000 s'));
    twin.advance(Infinity);
    const { code, message } = twin.trouble() ?? {};
    expectAgreement(members, 'run 1000 s');
    return `${code} ${message}`;
  };
  it.each([
    [
      'who gives up',
      'seize bed\n queue q patience 1 s\n use doctor for exponential(3 s)\n release bed',
      "by 'give up'",
    ],
    ['who leaves', 'seize bed\n choose 10 % -> leave\n wait 1 s\n release bed', "by 'leave'"],
    [
      'who finds no place',
      'seize bed\n queue q[1] when full: balk\n use doctor for 4 s\n release bed',
      "by 'balk'",
    ],
    [
      'a way out by name',
      'seize bed\n choose 50 % -> out, else -> on1\n station on1\n release bed\n leave\n exit out',
      "by 'exit out'",
    ],
    ['twice seized', 'seize bed\n seize bed\n wait 1 s\n release bed', "by 'leave'"],
    ['two of them', 'seize 2 of bed\n wait 1 s\n release bed', "by 'leave'"],
    ['each of a batch', 'seize bed\n batch 3\n wait 1 s\n release bed\n unbatch', "by 'leave'"],
    ['a batch that leaves', 'seize bed\n batch 2\n leave\n release bed', "by 'leave'"],
  ])('%s', (_, steps, by) => {
    const said = stopped(steps);
    expect(said).toMatch(/^PX9056 An item of p leaves at t = .* and still holds units of bed/);
    expect(said).toContain(by);
  });
  it.each([
    ['twice released', 'seize bed\n wait 1 s\n release bed\n release bed'],
    [
      'on one of two ways',
      'choose 50 % -> on1, else -> taking\n station taking\n seize bed\n wait 1 s\n station on1\n release bed',
    ],
    ['more than were seized', 'seize bed\n wait 1 s\n release 2 of bed'],
    ['copies', 'seize bed\n split 2\n wait 1 s\n release bed'],
  ])('%s', (_, steps) => {
    expect(stopped(steps)).toMatch(
      /^PX9056 An item of p comes to 'release .* does not hold so many units of bed/,
    );
  });
});

it('units seized in several steps, and given back on several ways, are all there in the end', () => {
  const members = `resource bed[5]
    resource cart[2]
    resource doctor
    process p {
      arrive every exponential(1 s) at most 300
      queue door
      seize 2 of bed
      wait exponential(1 s)
      choose 30 % -> home, else -> ward
      station ward
      seize cart
      queue q patience 2 s -> home2
      use doctor for exponential(0.5 s)
      release 2 of bed with cart
      leave
      station home
      release bed
      release bed
      leave
      station home2
      release cart
      release 2 of bed
    }`;
  const artefact = compiled(members, 'run 5000 s');
  expect(finished(artefact, ['bed.busy', 'cart.busy', 'p.inside', 'p.left'])).toEqual([0, 0, 0, 300]);
  expectAgreement(members, 'run 500 s');
});

describe('batches of batches', () => {
  it.each([
    // Twelve come, one a second. All six of a pallet leave 2 s after its last has come.
    ['of three, of two', 'batch 3\n batch 2\n wait 1 s\n unbatch\n wait 1 s\n unbatch', 4.5],
    ['three deep', 'batch 2\n batch 3\n batch 2\n wait 1 s\n unbatch\n unbatch\n wait 2 s\n unbatch', 8.5],
    ['that leave as they are', 'batch 2\n batch 3\n wait 2 s', 4.5],
    ['of one within', 'batch 3\n batch 1\n batch 2\n wait 1 s\n unbatch\n unbatch\n wait 1 s\n unbatch', 4.5],
    ['of one without', 'batch 3\n batch 2\n batch 1\n unbatch\n wait 2 s\n unbatch\n unbatch', 4.5],
  ])('%s: nobody is lost', (_, steps, stay) => {
    const members = `process p { arrive every 1 s at most 12\n ${steps} }\n kpi stay = mean(p.stay)`;
    expect(finished(compiled(members, 'run 100 s'), ['p.left', 'p.inside', 'stay'])).toEqual([12, 0, stay]);
    expectAgreement(members, 'run 9 s');
  });

  it('a batch of one is the last to be taken apart where it was the first to be made', () => {
    // The wait behind the first unbatch is of both triples, the one behind the second of six.
    const members = `state waits = 0
      process p { arrive every 1 s at most 6
        batch 3\n batch 1\n batch 2\n unbatch\n set waits = waits + 1\n unbatch\n set waits = waits + 10\n unbatch\n set waits = waits + 100 }`;
    expect(finished(compiled(members, 'run 100 s'), ['waits'])).toEqual([622]);
  });
});

describe('on demand', () => {
  it('the next one comes when the one before has left without a place', () => {
    expectNear(
      compiled(
        `resource m
         process p {
           arrive on demand
           choose 20 % -> scrap, else -> good
           station good
           use m for exponential(1 s)
           leave
           exit scrap
         }
         kpi scrap = rate(p.scrap)
         kpi good  = rate(p.left)`,
        'run 20000 s',
      ),
      { scrap: 0.25, good: 1 },
    );
  });

  it('who comes by the clock makes no room for others', () => {
    const names = ['p.arrived', 'p.left', 'p.inside'];
    const artefact = compiled(
      `resource m
       process p {
         arrive on demand at most 3
         arrive every 10 s
         use m for 1 s
       }`,
      'run 95 s',
    );
    expect(finished(artefact, names)).toEqual([12, 12, 0]);
  });

  it('and who leaves at once is told so', () => {
    const twin = started(
      compiled(
        'resource m\nprocess p { arrive on demand\n queue q[2] when full: balk\n use m for 1 s }',
        'run 9 s',
      ),
    );
    twin.advance(Infinity);
    expect(twin.trouble()).toMatchObject({
      code: 'PX9021',
      message: expect.stringContaining('when full: block') as string,
    });
  });
});
