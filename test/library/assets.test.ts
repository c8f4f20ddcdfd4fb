/** The library's assets against solutions in closed form. */
import { describe, expect, it } from 'vitest';
import { flat, running } from '../flatten/systems.ts';

const run = (text: string, root = 'A') => running(flat(text, root));
const expectNear = (value: number, wanted: number, relative = 1e-9) =>
  expect(Math.abs(value - wanted)).toBeLessThanOrEqual(relative * Math.max(Math.abs(wanted), 1e-12));

describe('pollux.electrical', () => {
  const use = 'use pollux.electrical\n';

  it('a capacitor discharges over a resistor: u = U exp(-t / RC)', () => {
    const twin = run(`${use} asset A {
      part c: Capacitor(capacitance = 10 uF, charged = 5 V)   part r: Resistor(resistance = 20 kohm)   part g: Ground
      join c.p, r.p
      join c.n, r.n, g.p }`);
    twin.run(0.3, 600);
    expectNear(twin.get('c.charged'), 5 * Math.exp(-1.5));
    expectNear(twin.get('r.current'), (5 * Math.exp(-1.5)) / 20_000);
  });

  it('resistors in series and beside each other', () => {
    const twin = run(`${use} asset A {
      part u: VoltageSource(level = 22 V)   part g: Ground   part total: Ammeter   part across: Voltmeter
      part a: Resistor(resistance = 10 ohm)   part b: Resistor(resistance = 20 ohm)   part c: Resistor(resistance = 30 ohm)
      join u.p, total.p
      join total.n, a.p
      join a.n, b.p, c.p, across.p
      join b.n, c.n, across.n, u.n, g.p }`);
    // 10 Ω + 20 Ω ∥ 30 Ω = 22 Ω
    expectNear(twin.get('total.current'), 1);
    expectNear(twin.get('across.voltage'), 12);
    expectNear(twin.get('c.current'), 0.4);
    expectNear(twin.get('a.loss') + twin.get('b.loss') + twin.get('c.loss'), 22);
    expectNear(twin.get('u.current'), -1);
  });

  it('a circuit of coil and capacitor swings at 1 / sqrt(LC), damped by R / 2L', () => {
    const twin = run(`${use} asset A {
      part c: Capacitor(capacitance = 1 mF, charged = 10 V)   part l: Inductor(inductance = 100 mH)   part r: Resistor(resistance = 2 ohm)   part g: Ground
      join c.p, l.p
      join l.n, r.p
      join r.n, c.n, g.p }`);
    const [damping, t] = [2 / 0.2, 0.12];
    const w = Math.sqrt(1 / 1e-4 - damping ** 2);
    twin.run(t, 6000);
    const wanted = 10 * Math.exp(-damping * t) * (Math.cos(w * t) + (damping / w) * Math.sin(w * t));
    expectNear(twin.get('c.charged'), wanted, 1e-8);
  });

  it('at resonance a driven circuit has the voltage of its source at its resistor alone', () => {
    // f = 1 / (2 pi sqrt(LC)); after 10 periods the swing is steady, and in phase with the source.
    const period = 1 / 50.32921210448704;
    const quarter = run(`${use} asset A {
      part u: SineVoltage(amplitude = 3 V, frequency = 50.32921210448704 Hz)   part c: Capacitor(capacitance = 100 uF)
      part l: Inductor(inductance = 100 mH)   part r: Resistor(resistance = 50 ohm)   part g: Ground
      join u.p, l.p
      join l.n, c.p
      join c.n, r.p
      join r.n, u.n, g.p }`);
    quarter.run(10.25 * period, 20_500);
    expectNear(quarter.get('r.voltage'), 3, 1e-4);
  });

  it('a bridge rectifier: of four diodes two conduct', () => {
    const bridge = (level: number) =>
      run(`${use} asset A {
        part u: VoltageSource(level = ${level} V)   part d[4]: Diode   part r: Resistor(resistance = 100 ohm)   part g: Ground
        join u.p, d[1].p, d[2].n
        join u.n, d[3].p, d[4].n
        join d[1].n, d[3].n, r.p
        join d[2].p, d[4].p, r.n, g.p }`);
    for (const level of [12, -12]) {
      const twin = bridge(level);
      // Two forward voltages and 2 / 100 S in series with the load.
      expectNear(twin.get('r.voltage'), ((12 - 1.4) * 100) / 100.02, 1e-4);
    }
    expect(bridge(1).get('r.voltage')).toBeLessThan(1e-3);
  });

  it('a switch and a battery that empties', () => {
    const twin = run(`${use} asset A {
      part b: Battery(capacity = 10 A*h)   part s: Switch   part load: CurrentSource(level = -2 A)   part g: Ground   part r: Resistor(resistance = 1 ohm)
      join b.p, load.p, s.p
      join s.n, r.p
      join b.n, load.n, r.n, g.p }`);
    twin.set('s.closed', 0);
    twin.run(3600, 60);
    // 2 A for an hour out of 10 A h, and next to nothing through the open switch.
    expect(twin.get('b.charge')).toBeCloseTo(0.8, 5);
    expectNear(twin.get('b.voltage'), 11.4 + 1.8 * twin.get('b.charge') - 0.01 * 2, 1e-5);
  });

  it('a transformer passes on the power', () => {
    const twin = run(`${use} asset A {
      part u: VoltageSource(level = 230 V)   part t: IdealTransformer(ratio = 10)   part r: Resistor(resistance = 5 ohm)   part g[2]: Ground
      join u.p, t.p1
      join u.n, t.n1, g[1].p
      join t.p2, r.p
      join t.n2, r.n, g[2].p }`);
    expectNear(twin.get('r.voltage'), 23);
    expectNear(twin.get('u.current'), -0.46);
  });
});

describe('pollux.thermal', () => {
  const use = 'use pollux.thermal\n';

  it('two bodies even out: the difference falls by exp(-t G (1/C1 + 1/C2))', () => {
    const twin = run(`${use} asset A {
      part hot: HeatCapacitor(capacity = 2 kJ/K, temperature = 80 degC)   part cold: HeatCapacitor(capacity = 3 kJ/K, temperature = 20 degC)   part wall: ThermalConductor(conductance = 6 W/K)
      join hot.surface, wall.a
      join wall.b, cold.surface }`);
    twin.run(500, 500);
    const difference = 60 * Math.exp(-500 * 6 * (1 / 2000 + 1 / 3000));
    expectNear(twin.get('hot.temperature') - twin.get('cold.temperature'), difference, 1e-8);
    expectNear(2 * twin.get('hot.temperature') + 3 * twin.get('cold.temperature'), 2 * 353.15 + 3 * 293.15);
  });

  it('a wall of three layers between a source and the weather', () => {
    const twin = run(`${use} asset A {
      part heater: HeatSource(power = 200 W)   part inner: ThermalResistor(resistance = 0.05 K/W)   part outer: Convection(area = 4 m2, coefficient = 25 W/(m2*K))   part weather: TemperatureSource(temperature = 5 degC)
      join heater.outlet, inner.a
      join inner.b, outer.a
      join outer.b, weather.outlet }`);
    expectNear(twin.get('heater.outlet.temperature'), 278.15 + 200 * (0.05 + 0.01));
    expectNear(twin.get('weather.outlet.heat'), 200);
  });

  it('radiates by the fourth power', () => {
    const twin = run(`${use} asset A {
      part plate: TemperatureSource(temperature = 600 K)   part r: Radiation(area = 2 m2, emissivity = 0.5)   part room: TemperatureSource(temperature = 300 K)
      join plate.outlet, r.a
      join r.b, room.outlet }`);
    expectNear(twin.get('r.heat'), 5.670374419184429e-8 * (600 ** 4 - 300 ** 4));
  });
});

describe('pollux.rotating', () => {
  const use = 'use pollux.rotating\nuse pollux.electrical: VoltageSource, Ground\n';

  it('a torsional pendulum swings at sqrt(k / J)', () => {
    const twin = run(`${use} asset A {
      part wheel: Inertia(inertia = 0.5 kg*m2, speed = 2 rad/s)   part wire: Spring(stiffness = 8 N*m/rad)   part wall: Housing
      join wheel.a, wire.a
      join wire.b, wall.shaft }`);
    twin.run(1.3, 2600);
    expectNear(twin.get('wheel.speed'), 2 * Math.cos(4 * 1.3), 1e-9);
    expectNear(twin.get('wire.twist'), 0.5 * Math.sin(4 * 1.3), 1e-9);
  });

  it('two wheels on a spring turn on together: total momentum stays, the relative swing has both inertias', () => {
    const twin = run(`${use} asset A {
      part a: Inertia(inertia = 2 kg*m2, speed = 3 rad/s)   part b: Inertia(inertia = 1 kg*m2)   part shaft: Spring(stiffness = 6 N*m/rad)   part oil: Damper(damping = 0 N*m*s/rad)
      join a.b, shaft.a, oil.a
      join shaft.b, oil.b, b.a }`);
    twin.run(2, 4000);
    expectNear(2 * twin.get('a.speed') + twin.get('b.speed'), 6, 1e-10);
    expectNear(twin.get('a.speed') - twin.get('b.speed'), 3 * Math.cos(Math.sqrt(6 * 1.5) * 2), 1e-8);
  });

  it('a wheel behind a gear counts with the square of the ratio, though its speed is no state of its own', () => {
    const twin = run(`${use} asset A {
      part drive: TorqueSource(torque = 4 N*m)   part motor: Inertia(inertia = 1 kg*m2)   part gear: Gear(ratio = 3)   part drum: Inertia(inertia = 9 kg*m2)
      join drive.shaft, motor.a
      join motor.b, gear.a
      join gear.b, drum.a }`);
    twin.run(5, 500);
    // J = 1 + 9 / 3²
    expectNear(twin.get('motor.speed'), (4 / 2) * 5);
    expectNear(twin.get('drum.speed'), ((4 / 2) * 5) / 3);
  });

  it('a motor settles where its torque is what the bearing takes', () => {
    const twin = run(`${use} asset A {
      part u: VoltageSource(level = 24 V)   part g: Ground   part m: DCMotor   part rotor: Inertia(inertia = 1 g*m2)   part bearing: Bearing(viscous = 0.01 N*m*s/rad)
      join u.p, m.p
      join u.n, m.n, g.p
      join m.shaft, rotor.a
      join rotor.b, bearing.shaft }`);
    twin.run(2, 4000);
    // U = R d w / k + k w
    expectNear(twin.get('rotor.speed'), 24 / ((0.5 * 0.01) / 0.05 + 0.05), 1e-8);
    expectNear(twin.get('bearing.loss'), 0.01 * twin.get('rotor.speed') ** 2);
  });
});

describe('pollux.fluid', () => {
  const use = 'use pollux.fluid\n';

  it('a tank drains after Torricelli: sqrt(h) falls in a straight line', () => {
    const twin = run(`${use} asset A {
      part tank: Tank(level = 2 m, area = 0.5 m2)   part hole: Orifice(area = 4 cm2, laminar = 1e-3 Pa)   part air: Reservoir
      join tank.bottom, hole.inlet
      join hole.outlet, air.outlet }`);
    twin.run(600, 600);
    const root = Math.sqrt(2) - ((0.61 * 4e-4) / 0.5) * Math.sqrt(9.80665 / 2) * 600;
    expectNear(twin.get('tank.level'), root ** 2, 1e-7);
  });

  it('two tanks even out', () => {
    const twin = run(`${use} asset A {
      part a: Tank(level = 3 m, area = 1 m2)   part b: Tank(level = 1 m, area = 3 m2)   part pipe: Pipe(length = 5 m, diameter = 100 mm)
      join a.bottom, pipe.inlet
      join pipe.outlet, b.bottom }`);
    twin.run(20_000, 20_000);
    expect(twin.get('a.level')).toBeCloseTo(1.5, 3);
    expectNear(twin.get('a.volume') + twin.get('b.volume'), 6);
  });

  it('a pipe: laminar after Hagen and Poiseuille, and with both losses the root of their sum', () => {
    const thin = run(`${use} asset A {
      part a: Reservoir(pressure = 101425 Pa)   part b: Reservoir   part pipe: Pipe(length = 1 m, diameter = 2 mm, friction = 0)
      join a.outlet, pipe.inlet
      join pipe.outlet, b.outlet }`);
    expectNear(thin.get('pipe.flow'), (998.2 * Math.PI * 0.002 ** 4 * 100) / (128 * 1e-3 * 1));
    const wide = run(`${use} asset A {
      part a: Reservoir(pressure = 3 bar)   part b: Reservoir(pressure = 1 bar)   part pipe: Pipe(length = 40 m, rise = 5 m)
      join a.outlet, pipe.inlet
      join pipe.outlet, b.outlet }`);
    const flow = wide.get('pipe.flow');
    const [area, d] = [(Math.PI / 4) * 0.05 ** 2, 0.05];
    const loss =
      (0.02 * 40 * flow ** 2) / (2 * d * 998.2 * area ** 2) +
      (128 * 1e-3 * 40 * flow) / (Math.PI * 998.2 * d ** 4);
    expectNear(loss, 2e5 - 998.2 * 9.80665 * 5, 1e-9);
  });

  it('a pump works where its curve meets that of the valve, and lets nothing back', () => {
    const pumping = (opening: number) =>
      run(`${use} asset A {
        part suction: Reservoir   part pump: Pump   part valve: Valve(opening = ${opening}, laminar = 1e-6 Pa)   part back: Reservoir
        join suction.outlet, pump.inlet
        join pump.outlet, valve.inlet
        join valve.outlet, back.outlet }`);
    const twin = pumping(1);
    // 3 bar (1 - (q/10)²) = q² / (2 rho (0.7 A)²)
    const k = 1 / (2 * 998.2 * (0.7 * 5e-4) ** 2);
    expectNear(twin.get('valve.flow'), Math.sqrt(3e5 / (k + 3e5 / 100)), 1e-6);
    expectNear(twin.get('pump.drop'), -k * twin.get('valve.flow') ** 2, 1e-6);
    const stopped = run(`${use} asset A {
      part a: Reservoir   part pump: Pump(speed = 0)   part b: Reservoir(pressure = 4 bar)
      join a.outlet, pump.inlet
      join pump.outlet, b.outlet }`);
    expect(stopped.get('pump.flow')).toBe(0);
  });
});

describe('pollux.control', () => {
  const use = 'use pollux.control\n';

  it('a lag of the first order answers a step by 1 - exp(-t / lag)', () => {
    const twin = run(`${use} asset A { part lag: FirstOrderLag(signal = 1, gain = 2, lag = 4 s) }`);
    twin.run(6, 600);
    expectNear(twin.get('lag.output'), 2 * (1 - Math.exp(-1.5)));
  });

  it('a controller of a lag: the step response of a system of the second order', () => {
    // Plant 1 / (1 + 10 s), PI with gain 4 and reset 10 s: the pole of the plant is cancelled, and 1 / (1 + 2.5 s) is left.
    const twin = run(`${use} asset A {
      part pid: PID(setpoint = 1, measured = plant.output, gain = 4, reset = 10 s, low = -100, high = 100)   part plant: FirstOrderLag(signal = pid.output, lag = 10 s) }`);
    twin.run(5, 1000);
    expectNear(twin.get('plant.output'), 1 - Math.exp(-2), 1e-8);
  });

  it('winds up little: it leaves its limit soon after the measured value has come', () => {
    const system = (tracking: string) =>
      run(`${use} asset A {
        part pid: PID(setpoint = 1, measured = plant.output, gain = 4, reset = 2 s, tracking = ${tracking}, high = 1.2)   part plant: FirstOrderLag(signal = pid.output, lag = 10 s) }`);
    const peak = (tracking: string) => {
      const twin = system(tracking);
      let most = 0;
      for (let step = 0; step < 6000; step += 1) {
        twin.kernel.rk4(step * 0.01, 0.01, (step + 1) * 0.01);
        twin.kernel.derivatives();
        most = Math.max(most, twin.get('plant.output'));
      }
      return most;
    };
    expect(peak('1 s')).toBeLessThan(1.05);
    expect(peak('1e9 s')).toBeGreaterThan(1.15);
  });

  it('limits, rates and sums', () => {
    const twin = run(`${use} asset A {
      part limiter: Limiter(signal = 3)   part ramp: RateLimiter(signal = 10, rising = 2 1/s)   part sum: Integrator(signal = limiter.output) }`);
    twin.run(2, 200);
    expectNear(twin.get('limiter.output'), 1);
    expectNear(twin.get('ramp.output'), 4);
    expectNear(twin.get('sum.output'), 2);
  });
});

describe('pollux.flow', () => {
  const use = 'use pollux.flow\n';

  it('two stocks in a row: after Bateman', () => {
    const twin = run(`${use} asset A {
      part gut: Stock(amount = 100)   part absorption: Transfer(residence = 1 h)   part blood: Stock   part clearance: Removal(residence = 4 h)
      join gut.gate, absorption.inlet
      join absorption.outlet, blood.gate, clearance.inlet }`);
    twin.run(3 * 3600, 3000);
    const [ka, ke] = [1, 0.25];
    expectNear(
      twin.get('blood.amount'),
      ((100 * ka) / (ka - ke)) * (Math.exp(-ke * 3) - Math.exp(-ka * 3)),
      1e-9,
    );
  });

  it('exchange and streams keep the sum', () => {
    const twin = run(`${use} asset A {
      part a: Stock(amount = 30)   part b: Stock   part c: Stock   part e: Exchange(exchange = 0.5 1/h)   part s: Conveyed(speed = 2 1/h)
      join a.gate, e.inlet
      join e.outlet, b.gate, s.inlet
      join s.outlet, c.gate }`);
    twin.run(4 * 3600, 800);
    expectNear(twin.get('c.amount'), 8);
    expectNear(twin.get('a.amount') + twin.get('b.amount') + twin.get('c.amount'), 30);
  });

  it('a delay of three stages answers a step after Erlang', () => {
    const twin = run(`${use} asset A { part d: Delay(arriving = 6 1/h) }`);
    twin.run(2 * 3600, 2000);
    // Three stages of 1 h each, after 2 h: 1 - exp(-2) (1 + 2 + 2)
    expectNear(twin.get('d.leaving') * 3600, 6 * (1 - Math.exp(-2) * 5), 1e-9);
  });
});

describe('pollux.population', () => {
  const use = 'use pollux.population\n';
  const year = 365.25 * 86_400;

  it('grows after Verhulst', () => {
    const twin = run(`${use} asset A { part p: Logistic(growth = 0.5 1/yr, capacity = 900, size = 100) }`);
    twin.run(6 * year, 600);
    expectNear(twin.get('p.size'), 900 / (1 + 8 * Math.exp(-3)), 1e-4);
  });

  it('ends an epidemic where s = exp(-R (1 - s))', () => {
    const twin = run(`${use} asset A { part e: SIR   part late: SEIR }`);
    twin.run(400 * 86_400, 4000);
    let s = 0.1;
    for (let step = 0; step < 200; step += 1) s = Math.exp(-2.5 * (1 - s));
    expectNear(twin.get('e.susceptible'), 1e6 * s, 1e-3);
    expectNear(twin.get('late.susceptible'), 1e6 * s, 1e-3);
  });

  it('keeps what predators and prey keep', () => {
    const twin = run(`${use} asset A { part p: PredatorPrey }`);
    const kept = () => {
      const [x, y] = [twin.get('p.prey'), twin.get('p.predators')];
      return 0.01 * x - 0.8 * Math.log(x) + 0.02 * y - Math.log(y);
    };
    const before = kept();
    twin.run(20 * year, 8000);
    expectNear(kept(), before, 1e-7);
    expect(twin.get('p.prey')).not.toBeCloseTo(60, 1);
  });
});
