/**
 * A large project as people write them: packages of several files that use each other, assets with equations, ports, parts,
 * rules, modes and processes, and the scenarios, tests and views of them. Nothing is wrong in it.
 */

export interface ProjectFile {
  /** From the folder of the project on. */
  path: string;
  text: string;
}

/** What all other files use, and a file that uses others and that nobody uses. */
export const COMMON = 'common/common.twin';
export const leafOf = (packages: number): string => `area${packages}/cell0.twin`;

/** So many packages of so many files of some 250 lines each, and one that all others use. */
export function project(packages: number, files: number): ProjectFile[] {
  const cells = Array.from({ length: packages }, (_, own) =>
    Array.from({ length: files }, (_each, file) => ({
      path: `area${own + 1}/cell${file}.twin`,
      text: cell(own + 1, file, files),
    })),
  );
  return [{ path: COMMON, text: common }, ...cells.flat()];
}

const common = `package plant.common

/// Water at 20 degC.
const density = 998.2 kg/m3
/// Share of the power of a motor that does not become heat.
const usual = 0.74

port Fluid { across pressure: Pressure    through flow: MassFlow }

/// What a pump lifts.
table headOf(flow: VolumeFlow): Length {
  points 0 m3/h: 40 m, 60 m3/h: 36 m, 120 m3/h: 24 m
  outside linear
}

/// Heat that goes through a wall.
function lost(conductance: ThermalConductance, inside: Temperature, outside: Temperature): Power = conductance * (inside - outside)

function wear(left: Number, life: Time) {
  let share = left^3
  return share / life
}

/// All that has a casing, which warms up.
abstract asset Machine {
  /// Of the casing.
  param capacity = 6 kJ/K   in 0.1..200 kJ/K
  param cooling  = 75 W/K   in 1..1000 W/K
  param life     = 20000 h  in 100..200000 h
  input running: Boolean = false
  input ambient: Temperature = 20 degC in -20 degC..45 degC
  state temperature = 20 degC  in -20 degC..150 degC
  state worn        = 0        in 0..1.001
  state energy      = 0 kWh
  let power: Power
  let losses = power * (1 - usual)
  der(temperature) = (losses - lost(cooling, temperature, ambient)) / capacity
  der(worn)        = if running then wear(1 - worn, life) else 0
  der(energy)      = power
  sensor casing measures temperature every 2 s  noise normal(0.3 K)
  alarm overheating: critical "Casing too hot" {
    raise when temperature > 85 degC for 1 min
    clear when temperature < 75 degC for 2 min
  }
}

asset Pipe {
  param conductance = 0.02 kg/(s*Pa)
  port inlet: Fluid
  port outlet: Fluid
  inlet.flow               = conductance * (inlet.pressure - outlet.pressure)
  inlet.flow + outlet.flow = 0
}

asset Reservoir {
  param height = 10 m
  port outlet: Fluid
  outlet.pressure = density * gravity * height
}
`;

/** Types, and an asset that has them and types of other packages as parts; how it is run, tested and shown. */
function cell(own: number, file: number, files: number): string {
  // The package before it, and one that is far from it.
  const others = own === 1 ? [] : own < 5 ? [own - 1] : [own - 1, Math.floor(own / 2)];
  const borrowed = others.map((each) => [each, `${each}x${(file + each) % files}`] as const);
  return `package plant.area${own}

use plant.common
${borrowed.map(([each, id]) => `use plant.area${each}: Pump${id}, Tank${id}, Line${id}\n`).join('')}
${types(`${own}x${file}`)}
${whole(
  `${own}x${file}`,
  borrowed.map(([, id]) => id),
)}`;
}

function types(id: string): string {
  const pumps = ['', 'b', 'c'].map(
    (kind) => `/// A pump with a motor of a fixed speed, of the make ${id}${kind}.
asset Pump${id}${kind} extends Machine(capacity = 5 kJ/K) {
  param ratedFlow  = 120 m3/h  in 0..400 m3/h
  param efficiency = 0.74      in 0.01..1
  let flow = if running then ratedFlow else 0
  let head = headOf(flow)
  power = flow * head * density * gravity / efficiency
  sensor meter measures flow every 1 s  noise normal(1 m3/h)
  rule tripHot {
    when temperature > 95 degC for 30 s
    set running = false
  }
  alarm worn${kind}Out: warning "Plan its replacement" {
    raise when worn > 0.8 for 5 s
    clear when worn < 0.3 for 30 s
  }
}
`,
  );
  return `${pumps.join('\n')}
/// A tank with a free surface, and a valve that closes when it is full.
asset Tank${id} {
  param area  = 12 m2  in 1..200 m2
  param high  = 2.4 m  in 0..5 m
  param low   = 1.2 m  in 0..5 m
  input inflow: VolumeFlow = 90 m3/h in 0..600 m3/h
  input outflow: VolumeFlow = 0 m3/h in 0..600 m3/h
  state level = 1.95 m  in -1..5 m
  let through_ = if valve == Open then inflow else 0
  let volume   = area * level
  let filled   = level / (5 m)
  der(level) = (through_ - outflow) / area
  sensor gauge_ measures level every 1 s  noise normal(4 mm)  range 0..5 m
  modes valve {
    initial Open {
      when level > 4.5 m -> Shut
    }
    Shut {
      when level < 4 m -> Open
    }
  }
  alarm overflow: critical "Close to overflowing" {
    raise when level > 4.7 m
    clear when level < 4 m
  }
}

/// A heater that holds what flows through it at a temperature.
asset Heater${id} {
  param setpoint = 60 degC
  param gain     = 2 kW/K
  param most_    = 20 kW
  input supply: Temperature = 20 degC
  state bulk  = 20 degC
  state spent = 0 kWh
  let wanted = gain * (setpoint - bulk)
  let heat   = min(max(wanted, 0 W), most_)
  let given  = lost(90 W/K, bulk, supply)
  der(bulk)  = (heat - given) / (40 kJ/K)
  der(spent) = heat
  kpi mean_ = mean(heat over 10 min)
  rule boost {
    when bulk < 15 degC for 1 min
    set setpoint_ = 65 degC
  }
  state setpoint_ = 60 degC
}

/// What comes in is filled, waits and is closed.
asset Line${id} {
  param places = 10  in 0..100
  resource filler[2] {
    breaks after exponential(20 min) of busy
    repair lognormal(2 min, 1 min) by fitter
  }
  resource capper
  resource fitter
  process bottle {
    arrive every exponential(2.3 s)
    queue infeed[50] when full: balk
    use filler for triangular(3 s, 4 s, 6 s)
    queue buffer[places] when full: block
    use capper for normal(1.9 s, 0.2 s)
    choose 2 % -> scrap, else -> leave
    exit scrap
  }
  kpi throughput = rate(bottle.left)       as 1/h
  kpi busy       = utilisation(filler) / 2 as %
  kpi late       = quantile(bottle.stay, 95 %) as min
}

/// Two reservoirs and what flows between them.
asset Network${id} {
  part upper: Reservoir(height = 12 m)
  part lower: Reservoir(height = 4 m)
  part pipe[4]: Pipe
  join upper.outlet, pipe[1].inlet
  for i in 1..3 { join pipe[i].outlet, pipe[i + 1].inlet }
  join pipe[4].outlet, lower.outlet
  let flow = pipe[1].inlet.flow
}
`;
}

function whole(id: string, borrowed: readonly string[]): string {
  const parts = borrowed.map(
    (each) => `  part lent${each}: Pump${each}(ambient = ambient)
  part basin${each}: Tank${each}(inflow = lent${each}.flow)
  part side${each}: Line${each}
`,
  );
  const reads = borrowed.map((each) => ` + lent${each}.power`).join('');
  return `/// All of the above, one after the other.
asset Cell${id} {
  input inflow = 90 m3/h  in 0..400 m3/h
  input ambient: Temperature = 20 degC in -20 degC..45 degC
  part tank: Tank${id}(inflow = inflow, outflow = sum(pump[*].flow) + spare.flow)
  part pump[2]: Pump${id}(ambient = ambient)
  part spare: Pump${id}b(ambient = ambient, ratedFlow = 80 m3/h)
  part third: Pump${id}c(ambient = ambient)
  part heater: Heater${id}(supply = ambient)
  part line_: Line${id}
  part network: Network${id}
${parts.join('')}  let power = sum(pump[*].power) + spare.power + third.power + heater.heat${reads}
  let warmest = max(pump[1].temperature, pump[2].temperature, spare.temperature)
  state energy = 0 kWh
  der(energy) = power
  rule startLead {
    when tank.level > 2 m
    set pump[1].running = true
  }
  rule stopLead {
    when tank.level < 1.2 m
    set pump[1].running = false
  }
  rule startHelp {
    when tank.level > 2.4 m
    set spare.running = true
  }
  rule stopHelp {
    when tank.level < 1.6 m
    set spare.running = false
  }
}

twin Plant${id}: Cell${id}

bind Plant${id} {
  tank.gauge_    from mqtt("plant/${id}/level") as m  late 5 s: revise  stale 30 s
  pump[1].casing from mqtt("plant/${id}/pump1") as degC
  inflow         from mqtt("plant/${id}/inflow") as m3/h
}

scenario calm${id} for Cell${id} {
  run 30 min
}

scenario storm${id} for Cell${id} {
  at 2 min: set inflow = 210 m3/h
  at 20 min: set inflow = 120 m3/h
  run 40 min
}

test "the tank of ${id} stays between its marks" on calm${id} {
  require always tank.level < 4.8 m
  require never pump[2].running
  expect heater.bulk > 20 degC
}

test "a storm takes help in ${id}" on storm${id} {
  require eventually spare.running
  require always warmest < 95 degC
  require when inflow > 200 m3/h: within 20 min spare.running
}

experiment sizes${id} on Cell${id} {
  vary tank.area in [8 m2, 12 m2, 20 m2]
  vary line_.places in [5, 10]
  repeat 4
  run 1 h
  report power, tank.level as m
}

view Cell${id} "Cell ${id}" {
  row {
    gauge tank.level in 0 m..5 m
    gauge pump[*].temperature in 0 degC..120 degC
    number inflow as m3/h
    number power as kW
  }
  chart "Level" tank.level over 10 min
  chart "Casings" pump[*].casing, spare.casing over 10 min
  alarms
  slider inflow
}
`;
}
