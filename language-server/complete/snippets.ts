/** Whole constructs to fill in, by the keyword that begins them. Written as LSP snippets. */
export const SNIPPETS: Readonly<Record<string, { about: string; text: string }>> = {
  asset: { about: 'a kind of thing', text: 'asset ${1:Name} {\n  param ${2:size} = ${3:1 m}\n  $0\n}' },
  function: {
    about: 'a formula with a name',
    text: 'function ${1:name}(${2:x}: ${3:Length}) = $0',
  },
  twin: { about: 'one real thing', text: 'twin ${1:name}: ${2:Asset}(${3})' },
  bind: {
    about: 'a twin and its data',
    text: 'bind ${1:twin} {\n  ${2:sensor} from mqtt("${3:topic}") as ${4:unit}\n}',
  },
  scenario: { about: 'an experiment', text: 'scenario ${1:name} for ${2:Asset} {\n  $0\n  run ${3:1 h}\n}' },
  ramp: { about: 'an input along a line', text: 'ramp ${1:input} to ${2:5 degC} over ${3:1 h}' },
  profile: {
    about: 'an input by the clock',
    text: 'profile ${1:input} daily {\n  ${2:6:00}: ${3:21 degC}, ${4:22:00}: ${5:16 degC}\n}',
  },
  inputs: { about: 'inputs as they were recorded', text: 'inputs from "${1:data.csv}" between linear' },
  test: {
    about: 'what must hold',
    text: 'test "${1:what must hold}" on ${2:scenario} {\n  require always $0\n}',
  },
  calibrate: {
    about: 'parameters fitted to a recording',
    text: 'calibrate ${1:Asset} from "${2:data.csv}" {\n  fit ${3:parameter}\n  compare $0\n}',
  },
  experiment: {
    about: 'many runs and what they show',
    text: 'experiment ${1:name} on ${2:Asset} {\n  vary ${3:parameter} in ${4:1}..${5:5} step ${6:1}\n  repeat ${7:10}\n  run ${8:1 h}\n  report $0 at 95 %\n}',
  },
  view: { about: 'a dashboard', text: 'view ${1:Asset} "${2:Title}" {\n  $0\n}' },
  port: { about: 'what can be joined', text: 'port ${1:inlet}: ${2:Fluid}' },
  link: { about: 'another asset that it knows', text: 'link ${1:feeds}: ${2:Tank}[${3:0..2}]' },
  join: { about: 'ports that are one', text: 'join ${1:a.outlet}, ${2:b.inlet}' },
  rule: { about: 'a reaction', text: 'rule ${1:name} {\n  when ${2:condition} for ${3:30 s}\n  set $0\n}' },
  alarm: {
    about: 'a warning to people',
    text: 'alarm ${1:name}: ${2|critical,warning,info|} "${3:what to do}" {\n  raise when ${4:condition} for ${5:1 min}\n  clear when $0\n}',
  },
  sensor: {
    about: 'a measurement',
    text: 'sensor ${1:name} measures ${2:variable} every ${3:1 s} noise normal(${4:0.1 K})',
  },
  modes: {
    about: 'what it can be in',
    text: 'modes ${1:operation} {\n  initial ${2:Idle} { when ${3:condition} -> ${4:Running} }\n  ${4:Running} { after ${5:1 h} -> ${2:Idle} }\n}',
  },
  event: { about: 'something that happens', text: 'event ${1:jam}(${2:position}: ${3:Length})' },
  command: {
    about: 'what can be called from outside',
    text: 'command ${1:start}(${2:target}: ${3:Temperature})',
  },
  on: { about: 'a reaction to an event', text: 'on ${1:event} -> set $0' },
  after: { about: 'a timer of this mode', text: 'after ${1:5 min} -> ${2:Mode}' },
  process: {
    about: 'what items live through',
    text: 'process ${1:job} {\n  arrive every exponential(${2:3 s})\n  queue ${3:line}[${4:20}] when full: ${5|balk,block|}\n  use ${6:machine} for ${7:triangular(2 s, 2.5 s, 4 s)}\n  $0\n}',
  },
  store: { about: 'where items stay until others take them', text: 'store ${1:rack}[${2:20}]' },
  take: { about: 'waits for items of a store, and takes them', text: 'take ${1:2} of ${2:rack}' },
  calendar: {
    about: 'working hours, and days that are otherwise',
    text: 'calendar ${1:plant} {\n  begins ${2:2026-11-30}\n  weekdays ${3:06:00..22:00}\n  except ${4:2026-12-24..2026-12-26} closed\n}',
  },
  resource: {
    about: 'machines, people or places that items use',
    text: 'resource ${1:machine}[${2:1}] {\n  breaks after ${3:exponential(40 h)} of busy\n  repair ${4:lognormal(20 min, 10 min)}\n}',
  },
  when: { about: 'a reaction to a condition', text: 'when ${1:condition} -> set $0' },
  state: { about: 'a state and its equation', text: 'state ${1:x} = ${2:0 m}\nder(${1:x}) = $0' },
  initially: { about: 'what holds at the start', text: 'initially ${1:steady}' },
  for: { about: 'equations over indexes', text: 'for ${1:i} in 1..${2:n} {\n  $0\n}' },
  if: { about: 'a choice', text: 'if ${1:condition} then $2 else $0' },
};

/** What stands in a view. */
export const WIDGETS: typeof SNIPPETS = {
  gauge: { about: 'a value on a scale', text: 'gauge ${1:value} in ${2:0 m}..${3:3 m}' },
  chart: { about: 'values over time', text: 'chart "${1:Title}" ${2:value} over ${3:10 min}' },
  phase: { about: 'one value over another', text: 'phase "${1:Title}" ${2:speed} against ${3:position}' },
  histogram: {
    about: 'how a value differs from run to run',
    text: 'histogram "${1:Title}" ${2:value} over ${3:200} runs',
  },
  button: { about: 'calls a command', text: 'button "${1:Start}" ${2:start}' },
  row: { about: 'widgets beside each other', text: 'row {\n  $0\n}' },
  column: { about: 'widgets below each other', text: 'column {\n  $0\n}' },
};
