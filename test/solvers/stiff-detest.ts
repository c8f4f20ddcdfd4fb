/**
 * Stiff DETEST: W. H. Enright, T. E. Hull and B. Lindberg, “Comparing numerical methods for stiff systems of O.D.E:s”, BIT 15 (1975), classes A to E (E5 is among
 * those of the Test Set), and F of W. H. Enright and J. D. Pryce, “Two FORTRAN packages for assessing initial value methods”, ACM TOMS 13 (1987). There is no table of
 * end values of A to E3: these were found with SciPy's Radau IIA at tolerances of 1e-11 and 1e-12, which agree in all digits that are compared; A1, A4, B2 to B5 are exponentials
 * besides, and E4 has a closed form. Those of F are the reference solutions of odeToJava (A. Kroshko and R. J. Spiteri, University of Saskatchewan), with which SciPy's agree
 * to 1e-9; but for F3, of which the first and third values there are off by 5e-5 and 5e-8 (the third reaction is in equilibrium by then, and they are not): SciPy's are taken.
 */
import type { Detest } from './detest.ts';

export interface StiffDetest extends Detest {
  /** s */
  end: number;
  /** Values of very different sizes, each of which is compared by itself. */
  each?: true;
}

function problem(
  name: string,
  end: number,
  starts: readonly number[],
  rates: readonly string[],
  values: readonly number[],
): StiffDetest {
  const text = `asset Problem {
  param pace = 1 1/s
  state y[${starts.length}] = [${starts.join(', ')}]
${rates.map((rate, index) => `  der(y[${index + 1}]) = (${rate}) * pace\n`).join('')}}
`;
  return { name, text, end, values };
}

const ones = (count: number): number[] => Array.from({ length: count }, () => 1);

/** Two that turn around each other while they fade, beside others that fade. */
const turning = (name: string, speed: number): StiffDetest =>
  problem(
    name,
    20,
    ones(6),
    [
      `-10 * y[1] + ${speed} * y[2]`,
      `-${speed} * y[1] - 10 * y[2]`,
      '-4 * y[3]',
      '-y[4]',
      '-0.5 * y[5]',
      '-0.1 * y[6]',
    ],
    [0, 0, Math.exp(-80), Math.exp(-20), Math.exp(-10), Math.exp(-2)],
  );

/** Each follows the squares of those before. */
const following = (name: string, strength: number, values: readonly number[]): StiffDetest =>
  problem(
    name,
    20,
    ones(4),
    [
      '2 - y[1]',
      `-10 * y[2] + ${strength} * y[1]^2`,
      `-40 * y[3] + ${4 * strength} * (y[1]^2 + y[2]^2)`,
      `-100 * y[4] + ${10 * strength} * (y[1]^2 + y[2]^2 + y[3]^2)`,
    ],
    values,
  );

/**
 * E4 is y' = U (g(z) - D z) with z = U y, where U is its own inverse: logistic equations of z, so that z has a closed form. At the end z is -20, 20, 0 and less of this.
 */
const E4_LEFT = 0.01 / (1.01 * Math.exp(10) - 1);

export const stiffDetest: readonly StiffDetest[] = [
  problem(
    'A1',
    20,
    ones(4),
    ['-0.5 * y[1]', '-y[2]', '-100 * y[3]', '-90 * y[4]'],
    [Math.exp(-10), Math.exp(-20), 0, 0],
  ),
  problem(
    'A2',
    120,
    ones(9).fill(0),
    [
      '-1800 * y[1] + 900 * y[2]',
      ...Array.from({ length: 7 }, (_, i) => `y[${i + 1}] - 2 * y[${i + 2}] + y[${i + 3}]`),
      '1000 * y[8] - 2000 * y[9] + 1000',
    ],
    [
      0.09999912552938285, 0.19999825115740075, 0.2999975543185244, 0.3999971057520929, 0.49999695099416075,
      0.5999971057549218, 0.699997554323895, 0.799998251164768, 0.8999991255379987,
    ],
  ),
  problem(
    'A3',
    20,
    ones(4),
    [
      '-1e4 * y[1] + 100 * y[2] - 10 * y[3] + y[4]',
      '-1000 * y[2] + 10 * y[3] - 10 * y[4]',
      '-y[3] + 10 * y[4]',
      '-0.1 * y[4]',
    ],
    [-0.0013533526618672576, 0.013685269178915438, 1.5037253484551425, 0.13533528323661262],
  ),
  problem(
    'A4',
    1,
    ones(10),
    Array.from({ length: 10 }, (_, i) => `-${(i + 1) ** 5} * y[${i + 1}]`),
    Array.from({ length: 10 }, (_, i) => Math.exp(-((i + 1) ** 5))),
  ),
  problem(
    'B1',
    20,
    [1, 0, 1, 0],
    ['-y[1] + y[2]', '-100 * y[1] - y[2]', '-100 * y[3] + y[4]', '-1e4 * y[3] - 100 * y[4]'],
    [1.0041686411474172e-9, 1.7999998876181308e-8, 0, 0],
  ),
  turning('B2', 3),
  turning('B3', 8),
  turning('B4', 25),
  turning('B5', 100),
  problem(
    'C1',
    20,
    ones(4),
    [
      '-y[1] + y[2]^2 + y[3]^2 + y[4]^2',
      '-10 * y[2] + 10 * (y[3]^2 + y[4]^2)',
      '-40 * y[3] + 40 * y[4]^2',
      '-100 * y[4] + 2',
    ],
    [0.00040032239269392436, 0.00040016, 0.0004, 0.02],
  ),
  following('C2', 0.1, [1.9999999979388434, 0.03999999990839304, 0.04001599991536457, 0.0400320127191385]),
  following('C3', 1, [1.9999999979388436, 0.3999999990839305, 0.41599999907923274, 0.4333055990158021]),
  following('C4', 10, [1.9999999979388454, 3.9999999908393122, 19.999999916379362, 419.99999653903484]),
  following('C5', 20, [1.9999999979388454, 7.9999999816786245, 135.999999381771, 37127.99965967743]),
  problem(
    'D1',
    400,
    [0, 0, 0],
    ['0.2 * (y[2] - y[1])', '10 * y[1] - (60 - 0.125 * y[3]) * y[2] + 0.125 * y[3]', '1'],
    [22.24222010617206, 27.110713344844523, 400],
  ),
  problem(
    'D2',
    40,
    [1, 0, 0],
    ['-0.04 * y[1] + 0.01 * y[2] * y[3]', '400 * y[1] - 100 * y[2] * y[3] - 3000 * y[2]^2', '30 * y[2]^2'],
    [0.7158270687194052, 0.09185534764557772, 28.416374574583006],
  ),
  problem(
    'D3',
    20,
    [1, 1, 0, 0],
    [
      'y[3] - 100 * y[1] * y[2]',
      'y[3] + 2 * y[4] - 100 * y[1] * y[2] - 2e4 * y[2]^2',
      '-y[3] + 100 * y[1] * y[2]',
      '-y[4] + 1e4 * y[2]^2',
    ],
    [0.6397604446890041, 0.005630850708287974, 0.36023955531100016, 0.3170647969903565],
  ),
  problem(
    'D4',
    50,
    [1, 1, 0],
    [
      '-0.013 * y[1] - 1000 * y[1] * y[3]',
      '-2500 * y[2] * y[3]',
      '-0.013 * y[1] - 1000 * y[1] * y[3] - 2500 * y[2] * y[3]',
    ],
    [0.5976546980655807, 1.402343408547879, -1.8933865404351935e-6],
  ),
  problem(
    'D5',
    100,
    [0, 0],
    [
      '0.01 - (1 + (y[1] + 1000) * (y[1] + 1)) * (0.01 + y[1] + y[2])',
      '0.01 - (1 + y[2]^2) * (0.01 + y[1] + y[2])',
    ],
    [-0.9916420698488865, 0.9833363588287515],
  ),
  problem(
    'D6',
    1,
    [1, 0, 0],
    [
      '-y[1] + 1e8 * y[3] * (1 - y[1])',
      '-10 * y[2] + 3e7 * y[3] * (1 - y[2])',
      'y[1] - 1e8 * y[3] * (1 - y[1]) + 10 * y[2] - 3e7 * y[3] * (1 - y[2])',
    ],
    [0.8523995440749914, 0.14760039819413892, 5.773087333950025e-8],
  ),
  problem(
    'E1',
    1,
    [0, 0, 0, 0],
    [
      'y[2]',
      'y[3]',
      'y[4]',
      '(y[1]^2 - sin(y[1]) - 1e8) * y[1] + (y[2] * y[3] / (y[1]^2 + 1) - 4e6) * y[2] + (1 - 6e4) * y[3] + (10 * exp(-y[4]^2) - 400) * y[4] + 1',
    ],
    [1e-8, 0, 0, 0],
  ),
  problem(
    'E2',
    1,
    [2, 0],
    ['y[2]', '5 * (1 - y[1]^2) * y[2] - y[1]'],
    [1.869438853393124, -0.1482358753771447],
  ),
  problem(
    'E3',
    500,
    [1, 1, 0],
    ['-(55 + y[3]) * y[1] + 65 * y[2]', '0.0785 * (y[1] - y[2])', '0.1 * y[1]'],
    [0.004253052196880167, 0.005317019547493447, 26.276477487491054],
  ),
  {
    name: 'E4',
    end: 1000,
    values: [20 - E4_LEFT / 2, -20 - E4_LEFT / 2, -E4_LEFT / 2, E4_LEFT / 2],
    text: `asset Problem {
  param pace = 1 1/s
  state y[4] = [0, -2, -1, -1]
  let half = sum(y[*]) / 2
  let z1 = half - y[1]
  let z2 = half - y[2]
  let z3 = half - y[3]
  let z4 = half - y[4]
  let r1 = (z1^2 - z2^2) / 2 + 10 * z1 + 10 * z2
  let r2 = z1 * z2 - 10 * z1 + 10 * z2
  let r3 = z3^2 - 1000 * z3
  let r4 = z4^2 - 0.01 * z4
  let rest = (r1 + r2 + r3 + r4) / 2
  der(y[1]) = (rest - r1) * pace
  der(y[2]) = (rest - r2) * pace
  der(y[3]) = (rest - r3) * pace
  der(y[4]) = (rest - r4) * pace
}
`,
  },
  {
    ...problem(
      'F1',
      1000,
      [761, 0, 600, 0.1],
      [
        '1.3 * (y[3] - y[1]) + 10400 * 6e-3 * exp(20.7 - 15000 / y[1]) * y[2]',
        '1880 * (y[4] - y[2] * (1 + 6e-3 * exp(20.7 - 15000 / y[1])))',
        '1752 - 269 * y[3] + 267 * y[1]',
        '0.1 + 320 * y[2] - 321 * y[4]',
      ],
      [1.211129474696585e3, 1.271123619113051e-5, 1.208637804660361e3, 3.241981171933418e-4],
    ),
    each: true,
  },
  {
    ...problem(
      'F2',
      240,
      [1, 0],
      ['-y[1] - y[1] * y[2] + 294 * y[2]', 'y[1] * (1 - y[2]) / 98 - 3 * y[2]'],
      [3.912699122292088e-1, 1.329964166084866e-3],
    ),
    each: true,
  },
  {
    ...problem(
      'F3',
      100,
      [4e-6, 1e-6, 0, 0, 0],
      [
        '-1e7 * y[2] * y[1] + 10 * y[3]',
        '-1e7 * y[2] * y[1] - 1e7 * y[2] * y[5] + 10 * y[3] + 10 * y[4]',
        '1e7 * y[2] * y[1] - 1.001e4 * y[3] + 1e-3 * y[4]',
        '1e4 * y[3] - 10.001 * y[4] + 1e7 * y[2] * y[5]',
        '10 * y[4] - 1e7 * y[2] * y[5]',
      ],
      [
        3.236067653893032e-13, 2.360679774997902e-7, 7.639319461070174e-14, 7.639319461070175e-7,
        3.236067653893026e-6,
      ],
    ),
    each: true,
  },
  {
    ...problem(
      'F4',
      300,
      [4, 1.1, 4],
      [
        '77.27 * (y[2] - y[1] * y[2] + y[1] - 8.375e-6 * y[1]^2)',
        '(-y[2] - y[1] * y[2] + y[3]) / 77.27',
        '0.161 * (y[1] - y[3])',
      ],
      [4.41830332402259, 1.290244712916425, 3.01928258405049],
    ),
    each: true,
  },
  {
    ...problem(
      'F5',
      100,
      [3.365e-7, 8.261e-3, 1.642e-3, 9.38e-6],
      [
        '-3e11 * y[1] * y[2] + 1.2e8 * y[4] - 9e11 * y[1] * y[3]',
        '-3e11 * y[1] * y[2] + 2e7 * y[4]',
        '-9e11 * y[1] * y[3] + 1e8 * y[4]',
        '3e11 * y[1] * y[2] - 1.2e8 * y[4] + 9e11 * y[1] * y[3]',
      ],
      [1.713564284690712e-7, 3.713563071160676e-3, 6.189271785267793e-3, 9.545143571530929e-6],
    ),
    each: true,
  },
];
