/** Functions of other languages, and what stands in their place here. */

export interface FunctionHabit {
  /** Of the same meaning and arguments. */
  name?: string;
  advice?: string;
  /** The call anew, where its arguments stay whole. */
  rewrite?: (given: readonly string[]) => string | undefined;
}

const clamp: FunctionHabit = { name: 'clamp', advice: 'Write clamp(x, low, high).' };
const draws: FunctionHabit = {
  advice:
    'Numbers are drawn at an event or at the start: `set x = draw uniform(0, 1)`; what a sensor adds is its `noise`.',
};
const integral: FunctionHabit = {
  advice: 'An integral is a state: `state total = 0 m` and `der(total) = flow`.',
};
const power: FunctionHabit = {
  advice: 'Write x^y.',
  rewrite: ([base, exponent, ...more]) =>
    base === undefined || exponent === undefined || more.length > 0
      ? undefined
      : `${bracketed(base)}^${bracketed(exponent)}`,
};
const square: FunctionHabit = {
  advice: 'Write x^2.',
  rewrite: ([base, ...more]) => (base === undefined || more.length > 0 ? undefined : `${bracketed(base)}^2`),
};
const radians: FunctionHabit = {
  advice: 'An angle has its unit, so nothing is converted: sin(30 deg).',
  rewrite: ([angle]) => (angle !== undefined && /^[\d.]+$/.test(angle) ? `${angle} deg` : undefined),
};
const choice: FunctionHabit = {
  advice: 'Write if … then … else ….',
  rewrite: ([condition, yes, no]) =>
    no === undefined ? undefined : `(if ${condition} then ${yes} else ${no})`,
};
const quotient: FunctionHabit = {
  advice: 'Write floor(a / b).',
  rewrite: ([a, b, ...more]) =>
    b === undefined || more.length > 0 ? undefined : `floor(${bracketed(a!)} / ${bracketed(b)})`,
};
const edge: FunctionHabit = {
  advice: 'What happens as a condition becomes true stands in `when condition { … }`.',
};
const table: FunctionHabit = {
  advice: 'Declare it in the file, as in `table curve(v: Velocity): Power { points … }`, and call curve(v).',
};

/** Modelica, Simulink, Matlab, Python, C, Excel and their kin. */
const HABITS: ReadonlyMap<string, FunctionHabit> = new Map(
  Object.entries({
    ln: { name: 'log' },
    lg: { name: 'log10' },
    pow: power,
    power,
    square,
    limit: clamp,
    limiter: clamp,
    saturate: clamp,
    saturation: clamp,
    constrain: clamp,
    clip: clamp,
    bound: clamp,
    noEvent: { name: 'smooth' },
    fabs: { name: 'abs' },
    sgn: { name: 'sign' },
    ceiling: { name: 'ceil' },
    rem: { name: 'mod' },
    fmod: { name: 'mod' },
    modulo: { name: 'mod' },
    div: quotient,
    arcsin: { name: 'asin' },
    arccos: { name: 'acos' },
    arctan: { name: 'atan' },
    arctan2: { name: 'atan2' },
    average: { name: 'mean' },
    avg: { name: 'mean' },
    random: draws,
    rand: draws,
    randn: draws,
    integral,
    integrate: integral,
    integrator: integral,
    deg2rad: radians,
    radians,
    toRadians: radians,
    iif: choice,
    ifelse: choice,
    edge,
    change: edge,
    interp1: table,
    lookup: table,
    lookup1d: table,
    derivative: { name: 'der' },
    ddt: { name: 'der' },
    previous: { name: 'pre' },
  } satisfies Record<string, FunctionHabit>),
);

export function functionHabit(name: string): FunctionHabit | undefined {
  return HABITS.get(name);
}

/** An operand as it stands beside an operator that binds tightly. */
function bracketed(text: string): string {
  return /^[\w.]+$|^\w+\([^()]*\)$/.test(text) ? text : `(${text})`;
}
