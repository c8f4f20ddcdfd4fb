/** Every class of construct in a small twin: what the editor is asked about it, by `every-construct.test.ts`. */
export interface Construct {
  about: string;
  /** As the formatter leaves it, without its package. */
  text: string;
  /** What a hover says: on the first such word of the text, something with these words. */
  says: Readonly<Record<string, RegExp>>;
  /** What completion offers at ‸. */
  offers?: readonly (readonly [string, readonly string[]])[];
  /** Names in the outline. */
  outline?: readonly string[];
  /** Types of semantic tokens, by name. */
  tokens?: Readonly<Record<string, string>>;
  /** Diagnostics that speak of it. */
  codes: readonly string[];
}

export const CONSTRUCTS: readonly Construct[] = [
  {
    about: 'ports and joins',
    text: `port Pin { across voltage: Voltage    through current: Current }

asset Resistor {
  port a: Pin
  port b: Pin
  a.voltage - b.voltage = 1 ohm * a.current
  a.current + b.current = 0 A
}

asset Chain {
  port a: Pin
  port b: Pin
  part first: Resistor
  part last: Resistor
  join a, first.a
  join first.b, last.a
  join last.b, b
}
`,
    says: { port: /joined/, across: /Equal/, through: /sums to zero/, join: /one/, part: /owned/ },
    offers: [
      ['asset A {\n  ‸\n}', ['port', 'part', 'join', 'link']],
      ['asset A {\n  port a: Pin\n  join ‸\n}', ['a']],
    ],
    outline: ['Pin', 'Resistor', 'Chain', 'a', 'first'],
    tokens: { Pin: 'class', first: 'property' },
    codes: ['PX4101', 'PX4221'],
  },
  {
    about: 'starts, equations by a condition, smooth values, tables and delays',
    text: `table curve(x: Length): Number {
  points 0 m: 0, 1 m: 2
  between linear
  outside hold
}

asset Tank {
  param size = 1 m  in 0.5 m..2 m
  input open: Boolean = true
  state level guess 0.5 m  in 0 m..2 m
  let flow: Velocity
  let late  = delay(level, 2 s)
  let shape = curve(level) + smooth(if level > size then 1 else 0)

  der(level) = flow - late / 10 s * shape

  if open {
    flow = 1 mm/s
  } else {
    flow = 0 mm/s
  }

  initially level = size / 2
}
`,
    says: {
      table: /CSV/,
      points: /Pairs/,
      between: /cubic/,
      outside: /hold/,
      param: /whole run/,
      input: /outside/,
      state: /integrated/,
      let: /solved/,
      in: /bounds/,
      initially: /start/,
      guess: /search/,
      if: /step ends/,
      else: /otherwise/,
      delay: /ago/,
      smooth: /located|smooth/,
      der: /rate|derivative/i,
    },
    offers: [
      ['asset A {\n  ‸\n}', ['initially', 'if', 'let', 'state', 'param', 'input', 'fixed', 'kpi']],
      ['table t(x: Length): Number {\n  ‸\n}', ['points', 'columns', 'between', 'outside']],
      ['asset A {\n  state x = 1 m\n  let y = d‸\n}', ['delay']],
      ['asset A {\n  state x = 1 m\n  initially ‸\n}', ['steady']],
    ],
    outline: ['curve', 'Tank', 'level', 'flow'],
    tokens: { curve: 'function', level: 'variable' },
    codes: ['PX4311', 'PX4302', 'PX3210', 'PX3212', 'PX3102'],
  },
  {
    about: 'vectors, matrices, functions',
    text: `function length1(v[*]: Length): Length = sqrt(sum(v[*]^2))

function doubled(x: Length): Length {
  let twice = 2 * x
  return twice
}

asset Body {
  fixed n   = 3
  let place = [1 m, 2 m, 2 m]
  let turn  = [[0, -1], [1, 0]]
  let away  = length1(place)
  let sum1  = doubled(place[1])
  let size  = transpose(turn)
}
`,
    says: {
      function: /formula/,
      return: /gives/,
      fixed: /compiler/,
      transpose: /exchanged/,
      sqrt: /square/i,
      sum: /sum/i,
    },
    offers: [
      ['‸', ['function', 'asset', 'table', 'unit', 'quantity', 'const']],
      ['asset A {\n  let x = ‸\n}', ['transpose', 'zeros', 'dot']],
      ['function f(x: Length): Length {\n  ‸\n}', ['let', 'return']],
    ],
    outline: ['length1', 'doubled', 'Body', 'place'],
    tokens: { length1: 'function', twice: 'variable', x: 'parameter' },
    codes: ['PX3230', 'PX3231', 'PX3234'],
  },
  {
    about: 'modes',
    text: `asset Machine {
  input wanted: Boolean = false
  state wear   = 0
  state starts = 0

  modes operation {
    initial Idle {
      when wanted -> Running
    }
    Running {
      entry { set starts = pre(starts) + 1 }
      exit { set wear = pre(wear) + 1 }
      after 5 s -> Idle
      when wear > 10 -> Broken
      when not wanted -> history(Running)

      modes speed {
        initial Slow {
          after 1 s -> Fast
        }
        Fast {}
      }
    }
    final Broken {}
  }
}
`,
    says: {
      modes: /exactly one/,
      initial: /begins/,
      entry: /entered/,
      exit: /left/,
      after: /entered/,
      history: /last/,
      final: /out of/,
      pre: /before/,
    },
    offers: [
      [
        'asset A {\n  modes m {\n    initial Off {\n      ‸\n    }\n  }\n}',
        ['when', 'after', 'entry', 'exit', 'every', 'on', 'at'],
      ],
      ['asset A {\n  modes m {\n    initial Off { after 1 s -> ‸ }\n    On {}\n  }\n}', ['On']],
    ],
    outline: ['operation', 'Idle', 'Running', 'Broken', 'speed', 'Fast'],
    tokens: { operation: 'property', Idle: 'enumMember' },
    codes: ['PX5201', 'PX5202', 'PX5204', 'PX5310'],
  },
  {
    about: 'reactions, events, commands, rules and alarms',
    text: `asset Press {
  state jams = 0
  state x    = 0 m
  state v    = 1 m/s

  event jam(position: Length)
  command reset(to1: Length)

  der(x) = v

  when x > 1 m for 2 s { emit jam(position = x) }
  else when x < -1 m -> set jams = 0
  at x > 2 m rising -> set v = -pre(v)
  every 10 s after 1 s -> set jams = pre(jams) + 1
  on jam(position) when position > 0 m -> set jams = pre(jams) + 1
  on reset(to1) -> set x = to1

  rule calm {
    when jams > 5
    set jams = 0
  }

  alarm stuck: critical "Open the press" {
    raise when x > 3 m for 1 s
    clear when x < 2 m
  }
}
`,
    says: {
      event: /emit/,
      command: /outside/,
      when: /becomes true/,
      for: /stayed true/,
      emit: /microstep/,
      else: /first/,
      at: /crossed/,
      rising: /below to above/,
      every: /multiples/,
      after: /multiple/,
      on: /Reacts/,
      set: /new value/,
      rule: /name/,
      alarm: /raised/,
      critical: /act/,
      raise: /raised/,
      clear: /cleared/,
      pre: /before/,
    },
    offers: [
      ['asset A {\n  ‸\n}', ['when', 'at', 'every', 'on', 'event', 'command', 'rule', 'alarm', 'modes']],
      ['asset A {\n  state x = 0\n  event e(y: Length)\n  when x > 1 { ‸ }\n}', ['set', 'emit']],
      ['asset A {\n  state x = 0\n  event e\n  on ‸\n}', ['e']],
      ['asset A {\n  state x = 0\n  alarm a: ‸\n}', ['critical', 'warning', 'info']],
    ],
    outline: ['Press', 'jam', 'reset', 'calm', 'stuck'],
    tokens: { jam: 'event', calm: 'method', stuck: 'event', position: 'parameter' },
    codes: ['PX5101', 'PX5104', 'PX5220', 'PX5222', 'PX5224', 'PX9001'],
  },
  {
    about: 'process flow',
    text: `calendar plant {
  begins 2026-11-30
  weekdays 06:00..22:00 with 2
  except 2026-12-24..2026-12-26 closed
}

asset Line {
  resource filler[2] {
    breaks after exponential(40 h) of busy
    repair lognormal(20 min, 10 min) by fitter
    interrupted: resume
    shifts plant
  }
  resource fitter[1]
  resource packer[1]

  process lid {
    arrive on demand
    store lids[10]
  }

  process bottle {
    items at most 500
    item weight = draw normal(1 kg, 0.1 kg)
    arrive every exponential(3 s) in groups of 2 at most 1000
    queue line[20] order lowest weight when full: balk patience 5 min -> lost
    use filler for triangular(2 s, 2.5 s, 4 s) setup 1 s when weight changes priority 2 preempting
    convey belt 12 m at 0.5 m/s spacing 0.4 m
    make lid
    take lids
    seize packer
    wait 1 s
    wait until weight > 0 kg
    release packer
    choose 2 % -> lost, weight > 2 kg -> again, else -> rest
    station again
    batch 6
    unbatch
    split 2
    go to rest
    station rest
    leave
    exit lost
  }

  let stays = mean(bottle.stay)
  let load  = utilisation(filler)
  let tail  = quantile(bottle.stay, 95 %)
  let flow  = rate(bottle.left over 1 h)
}
`,
    says: {
      calendar: /hours/,
      begins: /day/,
      except: /Days/,
      closed: /No hours/,
      resource: /machines/,
      breaks: /break down/,
      busy: /works/,
      repair: /breakdown/,
      interrupted: /anew/,
      shifts: /duty/,
      process: /live/,
      store: /take/,
      arrive: /come/,
      demand: /make/,
      items: /inside/,
      item: /carries/,
      groups: /together/,
      queue: /wait/,
      order: /first/,
      lowest: /least/,
      full: /place/,
      balk: /away/,
      patience: /gives up/,
      use: /at once/,
      setup: /kind/,
      changes: /last time/,
      priority: /first/,
      preempting: /less priority/,
      convey: /belt/,
      spacing: /distance/,
      make: /begin/,
      take: /store/,
      seize: /until/,
      release: /back/,
      wait: /pass/,
      choose: /probability/,
      station: /place/,
      batch: /as one/,
      unbatch: /themselves/,
      split: /so many/,
      go: /place/,
      leave: /leaves/,
      exit: /way out/,
      draw: /distribution/,
      exponential: /mean/,
      utilisation: /busy|share/i,
      quantile: /share|below|value/i,
    },
    offers: [
      [
        'asset A {\n  process p {\n    ‸\n  }\n}',
        [
          'arrive',
          'queue',
          'store',
          'use',
          'seize',
          'release',
          'wait',
          'choose',
          'batch',
          'split',
          'convey',
          'take',
          'make',
          'exit',
          'station',
          'go',
          'leave',
          'item',
          'items',
        ],
      ],
      ['asset A {\n  resource r[2] {\n    ‸\n  }\n}', ['breaks', 'repair', 'interrupted', 'shifts']],
      ['asset A {\n  resource r[2]\n  process p {\n    arrive every 1 s\n    use ‸\n  }\n}', ['r']],
      ['calendar c {\n  ‸\n}', ['begins', 'except']],
    ],
    outline: ['plant', 'Line', 'filler', 'lid', 'bottle', 'line', 'belt', 'lost', 'again'],
    tokens: { filler: 'property', bottle: 'class', line: 'property', lost: 'enumMember', weight: 'variable' },
    codes: ['PX5401', 'PX5406', 'PX5408', 'PX5421', 'PX5429', 'PX9020'],
  },
  {
    about: 'distributions and what is drawn together',
    text: `asset Part {
  param strength  = draw normal(10 N, 1 N) in 8 N..12 N
  param stiffness = draw weibull(2, 5 N/m)
  param weight    = draw empirical([1 kg, 2 kg])
  state worn      = 0

  correlated { strength, stiffness } by 0.6

  every exponential(3 s) -> set worn = draw uniform(0, 1)
}
`,
    says: {
      draw: /seed/,
      correlated: /copula/,
      by: /correlation/,
      normal: /mean|deviation/i,
      weibull: /shape/i,
      empirical: /values/i,
      exponential: /mean/i,
      uniform: /alike|likely|between|low/i,
    },
    offers: [
      [
        'asset A {\n  param x = draw ‸\n}',
        [
          'uniform',
          'normal',
          'lognormal',
          'exponential',
          'gamma',
          'erlang',
          'weibull',
          'triangular',
          'pert',
          'beta',
          'poisson',
          'binomial',
          'empirical',
        ],
      ],
      ['asset A {\n  ‸\n}', ['correlated']],
    ],
    outline: ['Part', 'strength'],
    tokens: { normal: 'function', strength: 'parameter' },
    codes: ['PX3301', 'PX3303', 'PX3306', 'PX3307'],
  },
  {
    about: 'sensors and looks over time',
    text: `asset Watched {
  state x     = 0 m
  let recent  = mean(x over 5 min every 1 s)
  let spread  = deviation(x over 5 min every 1 s)
  let trend   = slope(x over 5 min every 1 s)
  let steady1 = ewma(x, 30 s every 1 s)
  let drift   = cusum(x / 1 m, 0, 1 every 1 s)
  let hot     = hysteresis(x, 2 m, 1 m)
  let was     = once(x > 1 m within 5 s)

  sensor gauge1 measures x every 1 s  noise normal(1 mm)  range 0 m..3 m

  der(x) = 1 mm/s

  when gauge1.stale -> set x = 0 m
}
`,
    says: {
      mean: /mean/i,
      deviation: /deviation/i,
      slope: /slope|least squares/i,
      ewma: /weigh/i,
      cusum: /sum/i,
      hysteresis: /until|off/i,
      once: /some time|was|ago|held/i,
      over: /back over/,
      within: /span/,
      sensor: /Measures/,
      measures: /noise/,
      noise: /error/,
      range: /outOfRange/,
      every: /how often/i,
    },
    offers: [
      [
        'asset A {\n  state x = 0 m\n  let y = ‸\n}',
        [
          'mean',
          'ewma',
          'cusum',
          'hysteresis',
          'once',
          'since',
          'historically',
          'slope',
          'quantile',
          'duration',
          'elapsed',
        ],
      ],
      ['asset A {\n  state x = 0 m\n  sensor s measures x ‸\n}', ['every', 'noise', 'range']],
      [
        'asset A {\n  state x = 0 m\n  sensor s measures x\n  when s.‸\n}',
        ['stale', 'outOfRange', 'residual', 'measured'],
      ],
    ],
    outline: ['Watched', 'gauge1', 'recent'],
    tokens: { gauge1: 'property' },
    codes: ['PX5302', 'PX5303', 'PX5306', 'PX6101'],
  },
  {
    about: 'twins, bindings, scenarios and tests',
    text: `asset House {
  param loss     = 200 W/K
  input outside1 = 5 degC
  input wished   = 20 degC
  state inside   = 20 degC
  state heating: Boolean = false

  command heat(on1: Boolean)
  sensor gauge1 measures inside every 1 min

  der(inside) = (outside1 - inside) / 10 h

  on heat(on1) -> set heating = on1
}

twin mine: House(loss = 150 W/K)

bind mine {
  gauge1  from mqtt("house/t") as degC  late 5 s: revise  stale 30 s
  heating to mqtt("house/h")
}

scenario winter for House {
  ramp outside1 from 5 degC to -10 degC over 6 h
  profile wished daily {
    6:00: 21 degC, 22:00: 16 degC
  }
  at 1 h: heat(on1 = true)
  method rk4 step 1 min
  output every 10 min
  seed 7
  run 24 h after warmup 1 h
}

scenario precise for mine {
  method tsit5 tolerance 1e-8
  run 1 h
}

test "it stays warm" on winter {
  require always inside > 0 degC after 1 h within 20 h
  require eventually inside > 10 degC
  require never inside > 40 degC
  require when heating becomes true: within 1 h inside > 1 degC
  expect inside > 0 degC
  expect at 2 h: inside > 0 degC
  expect P[within 10 h](eventually inside < 0 degC) < 5 % at 95 % with 100 runs
}
`,
    says: {
      twin: /real thing/,
      bind: /data/,
      as: /unit/,
      late: /late/,
      revise: /again/,
      stale: /stale/,
      scenario: /One run/,
      for: /runs/,
      ramp: /line/,
      over: /How long/,
      profile: /clock/,
      daily: /each day/,
      method: /rodas5p/,
      step: /length/,
      output: /row/,
      seed: /draws/,
      run: /How long/,
      warmup: /statistics/i,
      tolerance: /error/,
      test: /must hold/,
      require: /margin/,
      always: /all times/,
      eventually: /some time/,
      never: /no time/,
      becomes: /value/,
      expect: /end of the run/,
    },
    offers: [
      [
        'asset A { input u = 1 }\n\nscenario s for A {\n  ‸\n}',
        ['run', 'method', 'output', 'seed', 'at', 'ramp', 'profile', 'inputs'],
      ],
      [
        'asset A { input u = 1 }\n\nscenario s for A {\n  method ‸\n}',
        ['auto', 'tsit5', 'rodas5p', 'bdf', 'rk4', 'euler', 'implicitEuler'],
      ],
      ['asset A { input u = 1 }\n\nscenario s for A {\n  ramp ‸\n}', ['u']],
      [
        'asset A { input u = 1 }\n\nscenario s for A { run 1 s }\n\ntest "t" on s {\n  ‸\n}',
        ['require', 'expect'],
      ],
      [
        'asset A { input u = 1 }\n\nscenario s for A { run 1 s }\n\ntest "t" on s {\n  require ‸\n}',
        ['always', 'eventually', 'never', 'when'],
      ],
    ],
    outline: ['House', 'mine', 'bind mine', 'winter', 'precise', 'it stays warm'],
    tokens: { mine: 'class', winter: 'function', loss: 'parameter', heat: 'event' },
    codes: ['PX6103', 'PX6112', 'PX7101', 'PX7103', 'PX6223'],
  },
  {
    about: 'experiments, the best, and calibration',
    text: `asset Store {
  param buffer = 10
  param loss   = 1 1/h
  input inflow = 1 1/h
  state stock  = 10
  let late     = max(5 - stock, 0)

  sensor count1 measures stock every 1 min

  der(stock) = inflow - loss * stock / buffer
}

experiment sizes on Store {
  vary buffer in 5..40 step 5
  vary loss in [1 1/h, 2 1/h]
  vary inflow in 1 1/h..2 1/h
  sample 16 by sobol
  repeat 10
  run 10 h after warmup 1 h
  report mean of stock, quantile 95 % of late, time of stock < 1 at 95 %
}

experiment best on Store {
  choose buffer in 5..40, loss in 1 1/h..3 1/h
  subject to stock > 1
  maximise stock
  search by cmaes with 50 runs
  run 10 h
}

calibrate fitted on Store from "stock.csv" {
  fit loss in 0.1 1/h..5 1/h
  compare count1
  input inflow from "in" as 1/h
}
`,
    says: {
      experiment: /Many runs/,
      vary: /combinations/,
      step: /next/,
      sample: /points/,
      by: /sobol/,
      sobol: /Joe/,
      repeat: /seeds/,
      report: /confidence/,
      time: /how long/i,
      choose: /search/,
      subject: /constraint/,
      maximise: /large/,
      search: /best/,
      cmaes: /CMA-ES/,
      mean: /weighed/,
      quantile: /share/,
      calibrate: /recording/,
      fit: /looked for/,
      compare: /recording/,
    },
    offers: [
      [
        'asset A { param p = 1 }\n\nexperiment e on A {\n  ‸\n}',
        [
          'vary',
          'sample',
          'repeat',
          'run',
          'report',
          'choose',
          'subject',
          'maximise',
          'minimise',
          'search',
          'method',
          'seed',
        ],
      ],
      ['asset A { param p = 1 }\n\nexperiment e on A {\n  vary ‸\n}', ['p']],
      [
        'asset A { param p = 1 }\n\nexperiment e on A {\n  search by ‸\n}',
        ['cmaes', 'differentialEvolution', 'nelderMead', 'gradient'],
      ],
      [
        'asset A { param p = 1 }\n\nexperiment e on A {\n  sample 16 by ‸\n}',
        ['sobol', 'latinHypercube', 'random'],
      ],
      [
        'asset A { param p = 1 }\n\nexperiment e on A {\n  report ‸\n}',
        ['mean of', 'quantile of', 'share of', 'time of', 'count of', 'sd of', 'min of', 'max of'],
      ],
      [
        'asset A { param p = 1 }\n\ncalibrate A from "a.csv" {\n  ‸\n}',
        ['fit', 'compare', 'input', 'method'],
      ],
    ],
    outline: ['Store', 'sizes', 'best', 'fitted'],
    tokens: { sizes: 'function', best: 'function', fitted: 'function' },
    codes: ['PX6201', 'PX6203', 'PX6207', 'PX6215', 'PX6220'],
  },
];
