/** The flat systems of the examples as text: a changed golden file shows what a change of the compiler did. */
import { describe, expect, it } from 'vitest';
import { printFlat } from '../../compiler/3-flatten/index.ts';
import { example, flat } from './systems.ts';

describe('it should flatten as before', () => {
  it.each(['bouncing-ball', 'epidemic', 'heater-board', 'pump-station'])('%s', async (folder) => {
    const { systems } = example(folder);
    expect(systems.length).toBeGreaterThan(0);
    await expect(systems.map(({ system }) => printFlat(system)).join('\n')).toMatchFileSnapshot(
      `golden/${folder}.txt`,
    );
  });

  it('a rod of nodes that its parent connects', async () => {
    const system = flat(`
      asset Node {
        param capacity = 2 J/K
        input heat: Power = 0 W
        state T = 20 degC
        der(T) = heat / capacity
        alarm hot: warning "hot" { raise when T > 60 degC for 5 s }
      }
      asset A {
        fixed n = 5
        param conductance = 1 W/K
        param outside = 100 degC
        part node[n]: Node(capacity = 3 J/K)
        let q[n + 1]: Power
        q[1] = conductance * (outside - node[1].T)
        for i in 2..n { q[i] = conductance * (node[i - 1].T - node[i].T) }
        q[n + 1] = 0 W
        for i in 1..n { node[i].heat = q[i] - q[i + 1] }
        let hottest = max(node[*].T)
        let alarms = count(node[*].hot)
      }`);
    await expect(printFlat(system)).toMatchFileSnapshot('golden/rod.txt');
  });

  it('coupled equations, recurrences and reductions', async () => {
    const system = flat(`
      asset A {
        param voltage = 12 V
        param first = 10 ohm
        param second = 20 ohm
        let current: Current
        let drop1: Voltage
        let drop2: Voltage
        drop1 = first * current
        second * current = drop2
        drop1 + drop2 = voltage

        let x: Number
        let y: Number
        x ^ 2 + y ^ 2 = 25
        x * y = 12

        let up[4]: Number
        up[1] = 1
        for i in 2..4 { up[i] = 2 * up[i - 1] }
        let down[4]: Number
        down[4] = 1
        for i in 1..3 { down[i] = down[i + 1] + up[i] }
        let total = sum(up[*]) + mean(down[*])

        let pair[3]: Number
        let other[3]: Number
        for i in 1..3 { exp(pair[i]) + other[i] = 3
                        pair[i] - other[i] ^ 3 = 0 }
      }`);
    await expect(printFlat(system)).toMatchFileSnapshot('golden/coupled.txt');
  });
});
