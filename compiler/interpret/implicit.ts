/** Implicit steps by plain loops, in the order of operations of `4-generate/linear.ts` and `4-generate/integrate/implicit.ts`. */
import { BLUR, EULER_ROUNDS, NUDGE } from '../4-generate/integrate/implicit.ts';
import {
  couplings,
  gamma,
  interpolant,
  nodes,
  slopes,
  stages,
  weights,
} from '../4-generate/integrate/rodas5p.ts';
import { instancesOf } from '../ir/loops.ts';
import type { FlatLinear } from '../ir/linear.ts';
import { CANCELLED } from '../ir/sparse.ts';
import type { Sparse } from '../ir/sparse.ts';
import { rowSolver } from './linear-rows.ts';
import type { FlatExpression } from '../ir/flat-expression.ts';
import type { Kernel } from '../../runtime/contract/kernel.ts';
import type { Counters } from '../ir/loops.ts';
import { lookIn } from './steps.ts';
import type { Continuous } from './steps.ts';

type Steps = Pick<
  Kernel,
  'rodasTry' | 'rodasInterpolate' | 'rodasRestore' | 'implicitEuler' | 'matrix' | 'factor' | 'solve'
>;

/** Those that a host sees. */
export interface Places {
  entries: Float64Array;
  vector: Float64Array;
  /** `Cell.blur` and the relative one. */
  setBlur(tolerances: number, relative: number): void;
}

export function implicitStepsOf(
  { x, dx, tolerances, before: old, setTime, derivatives, beyond }: Continuous,
  linear: FlatLinear,
  sparse: Sparse,
  value: (expression: FlatExpression, counters: Counters) => number,
  { entries, vector, setBlur }: Places,
): Steps {
  const n = x.length;
  const matrix = matrixOf(linear, sparse, value, entries);
  const { byTime } = matrix;
  const stage = Array.from({ length: stages }, () => new Float64Array(sparse.size));
  const [first, end] = [new Float64Array(n), new Float64Array(n)];
  const timed = [...new Set(sparse.byTime.flatMap((numbers) => [...numbers]))].filter((u) => u >= n);
  const isTimed = linear.delays || linear.byTime.length > 0;
  const right = new Float64Array(sparse.size);
  let start = 0;
  let length = 0;

  const fillBlurred = (rtol: number): void => {
    setBlur(BLUR * Math.sqrt(n), rtol);
    matrix.fill();
    setBlur(0, 0);
  };
  const evaluateAt = (time: number): void => {
    setTime(time);
    derivatives();
  };
  const combine = (row: readonly number[], at: number): number => {
    let sum = row[0]! * stage[0]![at]!;
    for (let i = 1; i < row.length; i += 1) sum += row[i]! * stage[i]![at]!;
    return sum;
  };
  const norm = (error: (at: number) => number, rtol: number): number => {
    const sums = [0, 0];
    for (let at = 0; at < n; at += 1) {
      const larger = Math.max(Math.abs(old[at]!), Math.abs(x[at]!));
      const scaled = error(at) / (tolerances[at]! + rtol * larger);
      sums[at % 2]! += scaled * scaled;
    }
    return (sums[0]! + sums[1]!) * (1 / n);
  };
  const byTrying = (t: number, h: number): void => {
    const nudged = t + h * NUDGE;
    const perNudge = nudged > t ? 1 / (nudged - t) : 0;
    evaluateAt(nudged);
    for (let at = 0; at < n; at += 1) byTime[at] = dx[at]!;
    evaluateAt(t);
    for (let at = 0; at < n; at += 1) byTime[at] = (byTime[at]! - dx[at]!) * perNudge;
  };
  const bySlopesAtEnd = (t: number, h: number, rtol: number, error: number): number => {
    const last = stage[stages - 1]!;
    const part = h * gamma;
    const undamped = norm((at) => part * right[at]!, rtol);
    if (!(undamped > 1)) return error;
    for (let at = 0; at < n; at += 1) x[at] = end[at]! + last[at]!;
    derivatives();
    const beyond = dx.slice();
    x.set(end);
    derivatives();
    const along = norm((at) => last[at]! - part * (beyond[at]! - dx[at]!), rtol);
    if (!(error * undamped > along)) return error;
    matrix.fill();
    const singular = matrix.factor(1 / part);
    for (const unknown of timed) right[unknown] = 0;
    matrix.solve(right);
    const exact = norm((at) => right[at]!, rtol);
    x.set(old);
    evaluateAt(t);
    fillBlurred(rtol);
    x.set(end);
    setTime(t + h);
    return !singular && exact > error ? exact : error;
  };

  return {
    rodasTry(t, h, rtol, fresh) {
      start = t;
      length = h;
      if (beyond) beyond.seen = false;
      if (fresh) {
        if (linear.delays) byTrying(t, h);
        else if (fresh === 1) evaluateAt(t);
        first.set(dx);
        old.set(x);
        fillBlurred(rtol);
      }
      const singular = matrix.factor(1 / (h * gamma));
      if (singular) return -singular;
      weights.forEach((row, s) => {
        const own = stage[s]!;
        if (s > 0) {
          for (let at = 0; at < n; at += 1)
            x[at] = s > 5 ? x[at]! + stage[s - 1]![at]! : old[at]! + combine(row, at);
          const node = nodes[s]!;
          evaluateAt(node === 1 ? t + h : t + node * h);
          lookIn(beyond);
        }
        const coupled = couplings[s]!.map((weight) => weight / h);
        const inTime = h * slopes[s]!;
        for (let at = 0; at < n; at += 1) {
          const rate = s === 0 ? first[at]! : dx[at]! + combine(coupled, at);
          own[at] = isTimed && slopes[s] !== 0 ? rate + inTime * byTime[at]! : rate;
        }
        for (const unknown of timed) own[unknown] = inTime * byTime[unknown]!;
        if (s === stages - 1) right.set(own);
        matrix.solve(own);
      });
      setTime(t + h);
      const last = stage[stages - 1]!;
      for (let at = 0; at < n; at += 1) x[at] = end[at] = x[at]! + last[at]!;
      const error = norm((at) => last[at]!, rtol);
      return error <= 1 ? bySlopesAtEnd(t, h, rtol, error) : error;
    },
    rodasInterpolate(theta) {
      const rest = 1 - theta;
      const [k1, k2, k3] = interpolant as [readonly number[], readonly number[], readonly number[]];
      const row = k1.map((_, s) => theta * rest * (k1[s]! + theta * (k2[s]! + theta * k3[s]!)));
      setTime(start + theta * length);
      for (let at = 0; at < n; at += 1) x[at] = old[at]! + (theta * (end[at]! - old[at]!) + combine(row, at));
    },
    rodasRestore() {
      x.set(old);
      setTime(start);
    },
    implicitEuler(t, h, next, rtol) {
      const over = 1 / h;
      old.set(x);
      setTime(next);
      let left = 0;
      for (let round = 0; round < EULER_ROUNDS; round += 1) {
        derivatives();
        matrix.fill();
        const singular = matrix.factor(over);
        if (singular) return -singular;
        const change = stage[0]!;
        for (let at = 0; at < n; at += 1) change[at] = dx[at]! - over * (x[at]! - old[at]!);
        for (const unknown of timed) change[unknown] = 0;
        matrix.solve(change);
        for (let at = 0; at < n; at += 1) x[at] = x[at]! + change[at]!;
        left = norm((at) => change[at]!, rtol);
        if (left <= 1) return left;
      }
      return left;
    },
    matrix: matrix.fill,
    factor: matrix.factor,
    solve() {
      for (const unknown of timed) vector[unknown] = 0;
      matrix.solve(vector);
    },
  };
}

function matrixOf(
  linear: FlatLinear,
  sparse: Sparse,
  value: (expression: FlatExpression, counters: Counters) => number,
  entries: Float64Array,
) {
  const slots = new Float64Array(sparse.slots);
  const byTime = new Float64Array(sparse.size);
  const rows = sparse.rows && rowSolver(sparse.rows);
  return {
    byTime,
    fill(): void {
      linear.entries.forEach((entry, family) => {
        let slot = sparse.firstEntry[family]!;
        for (const counters of instancesOf(entry.loops)) entries[slot++] = value(entry.value, counters);
      });
      linear.byTime.forEach((one, family) => {
        let instance = 0;
        for (const counters of instancesOf(one.loops))
          byTime[sparse.byTime[family]![instance++]!] = value(one.value, counters);
      });
    },
    /** 0, or 1 + the unknown at which it fails. */
    factor(c: number): number {
      slots.set(entries);
      for (const { kind, to, by } of sparse.form) {
        if (kind === 'add') slots[to]! += slots[by]!;
        else if (kind === 'rate') slots[to]! += c;
        else if (kind === 'one') slots[to]! += 1;
        else slots[to] = kind === 'setRate' ? c : 1;
      }
      if (rows) return rows.factor(slots);
      let lost = false;
      for (const { unknown, slot, unit, rows: below } of sparse.pivots) {
        const inverse = 1 / slots[slot]!;
        if (!unit) {
          if (lost || !Number.isFinite(inverse)) return 1 + unknown;
          slots[slot] = inverse;
        }
        for (const row of below) {
          if (!unit) slots[row.slot]! *= inverse;
          const factor = slots[row.slot]!;
          for (const { kind, to, by } of row.updates) {
            const taken = factor * slots[by]!;
            slots[to] = kind === 'fresh' ? -taken : slots[to]! - taken;
            if (kind === 'diagonal' && Math.abs(slots[to]!) < CANCELLED * Math.abs(taken)) lost = true;
          }
        }
      }
      return lost ? 1 : 0;
    },
    solve(vector: Float64Array): void {
      if (rows) {
        rows.solve(vector);
        return;
      }
      for (const { unknown, rows: below } of sparse.forward)
        for (const row of below) {
          const taken = slots[row.slot]! * vector[unknown]!;
          vector[row.unknown] = row.fresh ? -taken : vector[row.unknown]! - taken;
        }
      for (const { unknown, slot, unit, empty, others } of sparse.backward) {
        let sum = empty ? 0 : vector[unknown]!;
        others.forEach((other, k) => {
          const term = slots[other.slot]! * vector[other.unknown]!;
          sum = empty && k === 0 ? -term : sum - term;
        });
        vector[unknown] = unit ? sum : sum * slots[slot]!;
      }
    },
  };
}
