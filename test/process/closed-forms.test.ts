/**
 * Queues whose long-run behaviour is known in closed form. Sources: L. Kleinrock, Queueing Systems I (1975), ch. 3 and 5;
 * D. Gross et al., Fundamentals of Queueing Theory (4th ed., 2008).
 */
import { describe, it } from 'vitest';
import { compiled, expectNear } from './flows.ts';

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
const RUN = 'run 30000 s after warmup 1000 s';

describe('it should behave as queueing theory says', () => {
  it('M/M/1: mean number, time and 90 % quantile of the time inside', () => {
    const rho = 0.8;
    expectNear(
      compiled(
        `resource server
         process job {
           arrive every exponential(1 s)
           queue line
           use server for exponential(${rho} s)
         }
         kpi inside = mean(job.inside)
         kpi waiting = mean(line.length)
         kpi stay = mean(job.stay)
         kpi wait = mean(line.wait)
         kpi busy = utilisation(server)
         kpi rateOut = rate(job.left)
         kpi late = quantile(job.stay, 90 %)`,
        RUN,
      ),
      {
        inside: rho / (1 - rho),
        waiting: rho ** 2 / (1 - rho),
        stay: rho / (1 - rho),
        wait: rho ** 2 / (1 - rho),
        busy: rho,
        rateOut: 1,
        late: (-Math.log(0.1) * rho) / (1 - rho),
      },
    );
  });

  it('M/M/3: Erlang C', () => {
    const [servers, offered] = [3, 2.4];
    const top = (offered ** servers / factorial(servers)) * (servers / (servers - offered));
    const below = [0, 1, 2].reduce((sum, k) => sum + offered ** k / factorial(k), 0);
    const waits = top / (below + top);
    const wait = (waits * 2.4) / (servers - offered);
    expectNear(
      compiled(
        `resource server[3]
         process job {
           arrive every exponential(1 s)
           queue line
           use server for exponential(2.4 s)
         }
         kpi wait = mean(line.wait)
         kpi busy = utilisation(server)`,
        RUN,
      ),
      { wait, busy: offered / servers },
    );
  });

  it.each([
    ['D', '0.7 s', 0],
    ['U', 'uniform(0.2 s, 1.2 s)', 1 / 12],
    ['G', 'gamma(2, 0.35 s)', 2 * 0.35 ** 2],
    ['triangular', 'triangular(0.1 s, 0.5 s, 1.5 s)', (0.01 + 0.25 + 2.25 - 0.05 - 0.15 - 0.75) / 18],
  ])('M/%s/1: Pollaczek and Khinchine', (_, service, variance) => {
    const rho = 0.7;
    expectNear(
      compiled(
        `resource server
         process job {
           arrive every exponential(1 s)
           queue line
           use server for ${service}
         }
         kpi wait = mean(line.wait)`,
        RUN,
      ),
      { wait: (rho ** 2 + variance) / (2 * (1 - rho)) },
    );
  });

  it('M/M/4/4: Erlang B, calls that find all lines busy are lost', () => {
    const [lines, offered] = [4, 3];
    const terms = Array.from({ length: lines + 1 }, (_, k) => offered ** k / factorial(k));
    const blocked = terms[lines]! / terms.reduce((a, b) => a + b, 0);
    expectNear(
      compiled(
        `resource line[4]
         process call {
           arrive every exponential(1 s)
           queue door[0] when full: balk
           use line for exponential(3 s)
         }
         kpi lost = rate(call.balked)
         kpi busy = mean(line.busy)`,
        RUN,
      ),
      { lost: blocked, busy: offered * (1 - blocked) },
    );
  });

  it('M/M/1/K: a queue with an end', () => {
    const [rho, most] = [1.2, 6];
    const full = (rho ** most * (1 - rho)) / (1 - rho ** (most + 1));
    expectNear(
      compiled(
        `resource server
         process job {
           arrive every exponential(1 s)
           queue line[5] when full: balk
           use server for exponential(1.2 s)
         }
         kpi lost = rate(job.balked)
         kpi busy = utilisation(server)`,
        RUN,
      ),
      { lost: full, busy: rho * (1 - full) },
    );
  });
});
