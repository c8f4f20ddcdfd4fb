/** Parses a text with the embedded library; marks of a test source are `«…»`. */
import { parse, type ParseResult } from '../../compiler/1-parse/index.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { libraryFiles } from '../../library/embedded.ts';

export const URI = 'file:///plant/a.twin';

export function read(text: string, others: Record<string, string> = {}): ParseResult {
  const texts = Object.entries({ [URI]: text, ...others }).map(([uri, each]) => ({ uri, text: each }));
  return parse(texts, { library: libraryFiles });
}

/** `CODE at the text it marks`, for each diagnostic. */
export function said(text: string, others: Record<string, string> = {}): string[] {
  return read(text, others).diagnostics.map(
    (each) => `${each.code} ${marked(each, { [URI]: text, ...others })}`,
  );
}

export function marked({ source }: Diagnostic, texts: Record<string, string>): string {
  return (texts[source.uri] ?? '').slice(source.start, source.end);
}

export function applyFix(text: string, diagnostic: Diagnostic, index = 0): string {
  const edits = diagnostic.fixes[index]?.edits ?? [];
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
}

/** A file with everything of the language in it, without a mistake. */
export const EVERYTHING = `/// A station with pumps.
package water.station

use pollux.sensing: Reading

/// A bearing.
abstract asset Part {
  state wear = 0
  der(wear) = 0 /h
}
asset Bearing extends Part {
  param load = 4 kN
  state vibration = 0.1 mm/s
  der(vibration) = 0 mm/s2
}

/// A centrifugal pump.
///
/// Driven by a **fixed-speed** motor.
asset Pump {
  param ratedFlow    = 120 m3/h  in 0..400 m3/h
  param efficiency   = 0.74      in 0..1
  param heatCapacity = 18 kJ/K
  param cooling      = 45 W/K
  fixed stages       = 2                        // structural
  input running: Boolean = true
  input ambient: Temperature = 20 degC
  part bearing: Bearing(load = 4 kN)
  final state temperature = 20 degC
  state energy      = 0 kWh
  let flow  = if running and not (time > 3 h) then ratedFlow else 0
  let power = flow * 32 m * 1_000 kg/m3 * gravity^1 / efficiency
  der(temperature) = (power * (1 - efficiency) - cooling * (temperature - ambient)) / heatCapacity
  der(energy)      = power
  sensor casing    measures temperature       every 10 s  noise normal(0.3 K)
  sensor vibration measures bearing.vibration every 1 s   noise normal(0.2 mm/s)  range 0..50 mm/s
  rule tripHot {
    when temperature > 95 degC for 30 s
    set running = false
  }
  alarm overheating: critical "Casing too hot: stop and inspect the \\"seal\\"" {
    raise when temperature > 85 degC for 5 min
    clear when temperature < 75 degC for 10 min
  }
}

/* Two or more
   pumps. */
asset Station {
  fixed n = 3
  part pump[n]: Pump(bearing.load = 4 kN)
  param k[n] = [1 m, 2 m, -3 m]
  let total = sum(pump[*].power)
  let gap = pump[2].casing.residual
  for i in 1..n { pump[i].ambient = 20 degC + i * 1 K }
  for i in 2..n {
    when pump[i].running != pump[i - 1].running { set pump[i].running = true }
  }
  when total > 4 kW -> set pump[1].running = false
  at total <= 0 W falling { set pump[1].running = pre(pump[2].running) }
  every 100 ms { set pump[1].running = true }
  every exponential(3 s) { set pump[1].running = draw uniform(0, 1) < 0.5 }
  every 1 s after 20 ms { set pump[1].running = true }
  state wear = 0.0
  let loss: Power
  event jam
  /// Moves to a place.
  command move(place: Length, fast: Boolean)
  on jam -> set wear = 1
  on move(place, fast) when place > 2 m and fast { set wear = 2 }
  when wear > 2 -> emit jam
  else when wear > 1 { emit move(place = 3 m, fast = true) }
  else when wear > 0.5 { set wear = 3 }
  modes operation {
    initial Idle {
      loss = 0
      on jam -> Running
      when total > 2 kW -> Running { set wear = 0 }
      after normal(8 h, 1 h) -> Running
    }
    Running {
      loss      = 1 W
      der(wear) = 1 /h
      entry { set pump[1].running = true }
      exit { set pump[1].running = false }
      initial Slow { after 2 min -> Fast }
      Fast { at total <= 0 W falling -> deep history(Running) }
      modes light {
        initial On {}
      }
      rule stop {
        when wear > 1
        set wear = 0
      }
      when operation == Running.Fast and wear != 3 -> history(Running) { set wear = 1 }
      after 3 s { set wear = 1 }
    }
  }
}

twin P101: Pump(ratedFlow = 130 m3/h, bearing.load = 3 kN)
twin S: Station(pump[2].bearing.load = 4 kN)

bind P101 {
  vibration from mqtt("plant/P101/vib")         as mm/s   late 5 s: revise   stale 30 s
  casing    from opcua("ns=2;s=P101.CasingTemp") as degC
  running   from mqtt("plant/P101/state", path = "$.running", qos = 1, retained = true)
  overheating to mqtt("plant/P101/alarms")
}

scenario heatWave for Station {
  pump[1].ambient = 38 degC
  at 2 h: set pump[1].running = false
  at 3 h { set pump[1].running = true }
  at 4 h: move(place = 2 m, fast = false)
  method rk4 step 10 ms
  output every 1 min
  seed 7
  run 24 h
}

test "stays cool in a heat wave" on heatWave {
  require always pump[1].temperature < 90 degC after 1 h within 20 h
  require when pump[1].running becomes false: within 10 s pump[1].flow < 1 m3/h
  expect at 24 h: pump[1].energy < 900 kWh
}

experiment sizes on heatWave {
  pump[1].ambient = 38 degC
  vary pump[1].ratedFlow in 100..140 m3/h step 20 m3/h
  vary pump[2].ratedFlow in [100 m3/h, 120 m3/h]
  vary pump[2].efficiency in 0.5..0.8
  sample 128 by sobol
  repeat 200
  run 8 h after warmup 1 h
  report total, mean of total as kW, quantile 95 % of pump[*].flow, time of pump[1].running at 99 %
}

experiment best on heatWave {
  choose pump[*].ratedFlow in 100..140 m3/h, pump[1].efficiency in 0.5..0.8
  subject to pump[1].temperature < 90 degC
  maximise total as kW
  search by cmaes with 2000 runs
}
calibrate casingFit on heatWave from "data/p101.csv" {
  pump[1].ambient = 38 degC
  fit pump[1].efficiency in 0.5..0.9, pump[2].efficiency
  compare pump[1].casing, total with "P" as kW
  input pump[2].ambient from "T" as degC
}
calibrate P101 from "data/p101.csv" { fit efficiency  compare casing }

view Station "Pumping station" {
  row { gauge pump[*].temperature 0 degC..120 degC    number total as kW }
  column "More" { slider pump[1].ratedFlow in 0..400 m3/h text "hello" }
  chart "Casing" pump[*].casing, pump[*].temperature over 10 min      // measured against predicted
  schematic
  alarms
  button "Move" move(place = 2 m)
  button move
}

unit bottle
unit crate = 12 bottle
unit % = 0.01
unit degX = 5/9 K offset 459.67
unit kibi = 1 with binary prefixes
quantity Wear = 1
quantity SpecificEnergy = kWh/m3
quantity Hotness = K absolute
const dose: Frequency = 0.5 1/d
const area = 3 µm * 2 µm
const product = 3 N·m
`;
