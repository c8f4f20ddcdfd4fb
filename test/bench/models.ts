/** The twins that are measured against programs in `peers/`, which do the same work. */

export const HEAT_NODES = 1000;

export const heat = `package bench
asset Chain {
  param conduct[${HEAT_NODES + 1}] = 1 W/K
  param ease[${HEAT_NODES}] = 1 K/J
  param left  = 100 degC
  param right = 0 degC
  state T[${HEAT_NODES}] = 20 degC
  der(T[1]) = (conduct[1] * (left - T[1]) + conduct[2] * (T[2] - T[1])) * ease[1]
  for i in 2..${HEAT_NODES - 1} {
    der(T[i]) = (conduct[i] * (T[i - 1] - T[i]) + conduct[i + 1] * (T[i + 1] - T[i])) * ease[i]
  }
  der(T[${HEAT_NODES}]) = (conduct[${HEAT_NODES}] * (T[${HEAT_NODES - 1}] - T[${HEAT_NODES}]) + conduct[${HEAT_NODES + 1}] * (right - T[${HEAT_NODES}])) * ease[${HEAT_NODES}]
}
scenario run1 for Chain { run 1e9 s  method rk4 step 100 ms }
`;

export const ball = `package bench
asset Ball {
  param drag        = 0.02 1/m
  param restitution = 0.85
  state height   = 10 m
  state velocity = 0 m/s
  der(height)   = velocity
  der(velocity) = -gravity - drag * velocity * abs(velocity)
  at height <= 0 m falling {
    set velocity = if -restitution * pre(velocity) < 0.5 m/s then 10 m/s else -restitution * pre(velocity)
  }
}
scenario run1 for Ball { run 1e6 s  method rk4 step 10 ms }
`;

export const PUMPS = 200;

const SAMPLED = `
  every 10 ms {
    set tripped = if pre(tripped) then T >= 60 else T > 80
    set throttled = if pre(throttled) then p >= 2 else p > 4
    set b = if pre(b) > 0.5 then 0 else pre(b)
    set services = if pre(b) > 0.5 then pre(services) + 1 else pre(services)
  }
`;
const LOCATED = `
  rule hot { when T > 80  set tripped = true }
  rule cool { when T < 60  set tripped = false }
  rule high { when p > 4  set throttled = true }
  rule low { when p < 2  set throttled = false }
  rule worn { when b > 0.5  set b = 0  set services = pre(services) + 1 }
`;

/** Rules that look at each step of 10 ms, as the program in C does; or whose crossings are located. */
export const pumps = (located: boolean): string => `package bench
asset Pump {
  param torque = 0.05
  param s = 1 1/s
  state w = 1
  state i = 0
  state q = 0
  state p = 0.1
  state T = 25
  state b = 0
  state tripped: Boolean = false
  state throttled: Boolean = false
  state services: Integer = 0
  let u = if tripped then 0 else if throttled then 0.7 else 1
  der(i) = (24 * u - 0.5 * i - 0.05 * w) * 2 * s
  der(w) = (torque * i - 0.02 * tanh(w * 0.1) - 0.0004 * q * w) * 10 * s
  der(q) = (0.0004 * w * w - p - 0.8 * q * abs(q)) * 1.5 * s
  der(p) = (q - 0.9 * sqrt(max(p, 0) + 1e-6)) * 0.2 * s
  der(T) = (0.5 * i * i - (T - 25) * 1.2) * 0.05 * s
  der(b) = (50 * exp(-3000 / (T + 273.15)) * w * 0.01 - 0.001 * b) * s
${located ? LOCATED : SAMPLED}}
asset Station {
  part pump[${PUMPS}]: Pump
}
scenario run1 for Station { run 1e4 s  method rk4 step 10 ms }
`;

export const single = `package bench
asset Desk {
  resource clerk
  process customer {
    arrive every exponential(1.1111111111 s)
    queue waiting[900]
    use clerk for exponential(1 s)
  }
}
scenario run1 for Desk { run 1e9 s }
`;

export const line = `package bench
asset Line {
${Array.from({ length: 10 }, (_, i) => `  resource station${i + 1} { breaks after exponential(100 s) of busy  repair exponential(5 s) }`).join('\n')}
  process part_ {
    arrive on demand
${Array.from({ length: 10 }, (_, i) => `${i === 0 ? '' : `    queue buffer${i + 1}[5] when full: block\n`}    use station${i + 1} for exponential(1 s)`).join('\n')}
  }
}
scenario run1 for Line { run 1e9 s }
`;

export const predation = `package bench
asset Predation {
  param a = 1.5 1/s
  param b = 1 1/s
  param c = 3 1/s
  param d = 1 1/s
  state x = 1
  state y = 1
  der(x) = a * x - x * y * b
  der(y) = x * y * d - c * y
}
experiment onGrid on Predation {
  vary a in 1.5 1/s..1.6 1/s
  sample 1024 by sobol
  method rk4 step 1 ms
  run 20 s
  report x, y
}
experiment adaptive on Predation {
  vary a in 1.5 1/s..1.6 1/s
  sample 64 by sobol
  method tsit5 tolerance 1e-9
  run 1000 s
  report x, y
}
`;
export const SENSORS = 10_000;

export const sensors = `package bench
asset Sensor {
  input v = 50
  state high: Boolean = false
  state since = -1 s
  state held: Boolean = false
  state mean = 50
  state variance = 10
  state raised: Integer = 0
  state kept: Integer = 0
  state unlike: Integer = 0
  every 1 s {
    set high = if pre(high) then v >= 65 else v > 70
    set raised = if v > 70 and not pre(high) then pre(raised) + 1 else pre(raised)
    set since = if v > 60 then (if pre(since) < 0 s then time else pre(since)) else -1 s
    set held = v > 60 and (pre(held) or (pre(since) >= 0 s and time - pre(since) >= 30 s))
    set kept = if v > 60 and not pre(held) and pre(since) >= 0 s and time - pre(since) >= 30 s then pre(kept) + 1 else pre(kept)
    set mean = pre(mean) + 0.05 * (v - pre(mean))
    set unlike = if (v - pre(mean)) * (v - pre(mean)) > 9 * pre(variance) + 25 then pre(unlike) + 1 else pre(unlike)
    set variance = 0.95 * pre(variance) + 0.05 * ((v - pre(mean)) * (v - pre(mean)))
  }
}
asset Plant {
  part sensor_[${SENSORS}]: Sensor
}
scenario run1 for Plant { run 1e6 s }
`;

/** Equations that are all written out, eight operations each. */
export const unrolled = (equations: number): string => `package bench
asset Many {
  param rate = 1 1/s
${Array.from({ length: equations }, (_, i) => `  state x${i} = ${i % 7}`).join('\n')}
${Array.from({ length: equations }, (_, i) => `  der(x${i}) = rate * (0.5 * x${(i + 1) % equations} - 0.25 * x${i} * x${(i + 7) % equations} + 0.125 * x${i})`).join('\n')}
}
`;

/** States of an array that decay, each at its own rate: no two have one value. */
export const apart = (states: number): string => `package bench
asset Large {
  param rate = 1e-6 1/h
  state x[${states}] = 1
  for i in 1..${states} { der(x[i]) = -rate * i * x[i] }
}
scenario run1 for Large { run 100 s  method rk4 step 1 s }
`;

/** States of an array that decay. */
export const large = (states: number): string => `package bench
asset Large {
  param rate = 1 1/h
  state x[${states}] = 1
  for i in 1..${states} { der(x[i]) = -rate * x[i] }
}
scenario run1 for Large { run 100 s  method rk4 step 1 s }
`;
