/**
 * Properties draw the same examples in each run, so that a change is judged by what it changes. `POLLUX_SEED=random`
 * draws new ones, `POLLUX_SEED=<number>` those of a report.
 */
import fc from 'fast-check';

const wanted = process.env['POLLUX_SEED'] ?? '1978';
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) });
