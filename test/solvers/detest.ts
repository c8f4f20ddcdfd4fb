/**
 * The non-stiff problems of T. E. Hull, W. H. Enright, B. M. Fellen and A. E. Sedgwick, “Comparing numerical methods for ordinary
 * differential equations”, SIAM J. Numer. Anal. 9 (1972), and those with kinks and jumps (F) of W. H. Enright and J. D. Pryce,
 * “Two FORTRAN packages for assessing initial value methods”, ACM TOMS 13 (1987), whose values at t = 20 these are.
 */
export interface Detest {
  name: string;
  text: string;
  /** Of the states, in the order in which they are declared, at t = 20 s; the first ones where there are many. */
  values: readonly number[];
}

const system = (lines: readonly string[]): string =>
  `asset Problem {\n  param pace = 1 1/s\n  let t = time * pace\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;

/** States `y[1]` … with these starts and rates. */
function equations(
  starts: readonly number[],
  rates: readonly string[],
  lets: readonly string[] = [],
): string {
  return system([
    `state y[${starts.length}] = [${starts.join(', ')}]`,
    ...lets,
    ...rates.map((rate, index) => `der(y[${index + 1}]) = (${rate}) * pace`),
  ]);
}

/** A chain of so many: the rate of the one in the middle, and of the last. */
function chain(count: number, middle: (i: number) => string, last: string): string {
  const rates = Array.from({ length: count - 1 }, (_, index) => middle(index + 1));
  return equations([1, ...Array.from({ length: count - 1 }, () => 0)], [...rates, last]);
}

/** Heat in a rod: `y'[i] = y[i-1] - 2 y[i] + y[i+1]`, as a loop. */
const rod = (count: number): string =>
  system([
    `state y[${count}] = [1${', 0'.repeat(count - 1)}]`,
    'der(y[1]) = (y[2] - 2 * y[1]) * pace',
    `for i in 2..${count - 1} { der(y[i]) = (y[i - 1] - 2 * y[i] + y[i + 1]) * pace }`,
    `der(y[${count}]) = (y[${count - 1}] - 2 * y[${count}]) * pace`,
  ]);

function kepler(eccentricity: number): string {
  const speed = Math.sqrt((1 + eccentricity) / (1 - eccentricity));
  return equations(
    [1 - eccentricity, 0, 0, speed],
    ['y[3]', 'y[4]', '-y[1] / cube', '-y[2] / cube'],
    ['let cube = (y[1]^2 + y[2]^2)^1.5'],
  );
}

/** The outer planets, C5: places of five bodies relative to the sun, then their speeds. */
function planets(): string {
  const gravity = 2.95912208286;
  const sun = 1.00000597682;
  const masses = [
    0.000954786104043, 0.000285583733151, 0.0000437273164546, 0.0000517759138449, 0.00000277777777778,
  ];
  const starts = [
    3.42947415189, 3.35386959711, 1.35494901715, 6.6414554255, 5.97156957878, 2.18231499728, 11.2630437207,
    14.6952576794, 6.27960525067, -30.1552268759, 1.65699966404, 1.43785752721, -21.123835338, 28.4465098142,
    15.3882659679, -0.557160570446, 0.505696783289, 0.230578543901, -0.415570776342, 0.365682722812,
    0.169143213293, -0.325325669158, 0.189706021964, 0.087726532278, -0.024047625417, -0.287659532608,
    -0.117219543175, -0.176860753121, -0.216393453025, -0.014864789309,
  ];
  const place = (body: number, axis: number): string => `y[${3 * body + axis + 1}]`;
  const squares = (terms: readonly string[]): string => terms.map((term) => `(${term})^2`).join(' + ');
  const lets: string[] = [];
  for (let i = 0; i < 5; i += 1) {
    lets.push(`let r${i} = (${squares([0, 1, 2].map((axis) => place(i, axis)))})^1.5`);
    for (let j = 0; j < i; j += 1)
      lets.push(
        `let d${j}${i} = (${squares([0, 1, 2].map((axis) => `${place(i, axis)} - ${place(j, axis)}`))})^1.5`,
      );
  }
  const between = (i: number, j: number): string => (i < j ? `d${i}${j}` : `d${j}${i}`);
  const pulls = masses.flatMap((mass, j) =>
    [0, 1, 2].map((axis) => {
      const others = masses.flatMap((other, k) =>
        k === j
          ? []
          : [
              `${other} * ((${place(k, axis)} - ${place(j, axis)}) / ${between(j, k)} - ${place(k, axis)} / r${k})`,
            ],
      );
      return `${gravity} * (-${sun + mass} * ${place(j, axis)} / r${j} + ${others.join(' + ')})`;
    }),
  );
  const speeds = Array.from({ length: 15 }, (_, index) => `y[${index + 16}]`);
  return equations(starts, [...speeds, ...pulls], lets);
}

/** Terms of a Poisson distribution of mean 20: what a chain of equal steps has passed on by then. */
const poisson = (count: number): number[] =>
  Array.from({ length: count }, (_, n) =>
    Array.from({ length: n }, (_term, k) => 20 / (k + 1)).reduce(
      (product, factor) => product * factor,
      Math.exp(-20),
    ),
  );

export const detest: readonly Detest[] = [
  { name: 'A1, decay', text: equations([1], ['-y[1]']), values: [Math.exp(-20)] },
  { name: 'A2, a Riccati equation', text: equations([1], ['-y[1]^3 / 2']), values: [0.2182178902359887] },
  { name: 'A3, an oscillation', text: equations([1], ['y[1] * cos(t)']), values: [2.49165027185041] },
  {
    name: 'A4, a logistic curve',
    text: equations([1], ['y[1] / 4 * (1 - y[1] / 20)']),
    values: [17.73016648131483],
  },
  { name: 'A5, a spiral', text: equations([4], ['(y[1] - t) / (y[1] + t)']), values: [-0.7887826688964196] },
  {
    name: 'B1, two in conflict',
    text: equations([1, 3], ['2 * (y[1] - y[1] * y[2])', '-(y[2] - y[1] * y[2])']),
    values: [0.6761876008576667, 0.1860816099640036],
  },
  {
    name: 'B2, a linear reaction',
    text: equations([2, 0, 1], ['-y[1] + y[2]', 'y[1] - 2 * y[2] + y[3]', 'y[2] - y[3]']),
    values: [1.000000001030576, 1, 0.9999999989694235],
  },
  {
    name: 'B3, a reaction',
    text: equations([1, 0, 0], ['-y[1]', 'y[1] - y[2]^2', 'y[2]^2']),
    values: [2.061153488557776e-9, 5.257228022048349e-2, 0.947427717718363],
  },
  {
    name: 'B4, on a torus',
    text: equations(
      [3, 0, 0],
      ['-y[2] - y[1] * y[3] / r', 'y[1] - y[2] * y[3] / r', 'y[1] / r'],
      ['let r = sqrt(y[1]^2 + y[2]^2)'],
    ),
    values: [0.9826950928005993, 2.198447081694832, 0.9129452507276399],
  },
  {
    name: 'B5, a body that spins freely',
    text: equations([0, 1, 1], ['y[2] * y[3]', '-y[1] * y[3]', '-0.51 * y[1] * y[2]']),
    values: [-0.9396570798729192, -0.3421177754000779, 0.7414126596199957],
  },
  {
    name: 'C1, a chain of decays',
    text: chain(10, (i) => (i === 1 ? '-y[1]' : `y[${i - 1}] - y[${i}]`), 'y[9]'),
    values: [...poisson(9), 1 - poisson(9).reduce((a, b) => a + b)],
  },
  {
    name: 'C2, a chain that quickens',
    text: chain(10, (i) => (i === 1 ? '-y[1]' : `${i - 1} * y[${i - 1}] - ${i} * y[${i}]`), '9 * y[9]'),
    values: [2.06115357798493e-9, 2.061153573736588e-9, 2.061153569488245e-9],
  },
  {
    name: 'C3, ten of a rod',
    text: rod(10),
    values: [
      2.948119211022058e-3, 5.635380154844266e-3, 7.829072515926013e-3, 9.348257908594937e-3,
      1.00794361030197e-2, 9.982674171429909e-3, 9.088693332766085e-3, 7.489115195185912e-3,
      5.322964130953349e-3, 2.762434379029886e-3,
    ],
  },
  {
    name: 'C4, fifty-one of a rod',
    text: rod(51),
    values: [3.124111453721466e-3, 6.015416842150318e-3, 8.47002183484265e-3, 1.033682931733337e-2],
  },
  {
    name: 'C5, five planets',
    text: planets(),
    values: [
      -4.792730224323733, -2.420550725448973, -0.9212509306014886, -4.217310404035213, 7.35620294749897,
      3.223785985421212, 4.03555944326227, 17.19865528670555, 7.478910794233703, -29.98759326324844,
      -4.107310937550929, -0.9277008321754407, -24.42125302518482, 23.81459045746554, 14.92096306951359,
      0.3499208963063806, -0.5748487687912825, -0.2551694020879149,
    ],
  },
  {
    name: 'D1, an orbit of eccentricity 0.1',
    text: kepler(0.1),
    values: [0.2198835352008397, 0.9427076846341813, -0.9787659841058176, 0.3287977990962036],
  },
  {
    name: 'D2, 0.3',
    text: kepler(0.3),
    values: [-0.1777027357140412, 0.9467784719905892, -1.030294163192969, 0.1211074890053952],
  },
  {
    name: 'D3, 0.5',
    text: kepler(0.5),
    values: [-0.5780432953035361, 0.8633840009194193, -0.9595083730380727, -6.504915126712089e-2],
  },
  {
    name: 'D4, 0.7',
    text: kepler(0.7),
    values: [-0.9538990293416394, 0.6907409024219432, -0.8212674270877433, -0.1539574259125825],
  },
  {
    name: 'D5, 0.9',
    text: kepler(0.9),
    values: [-1.295266250987574, 0.4003938963792321, -0.6775390924707566, -0.1270838154278686],
  },
  {
    name: 'E1, a function of Bessel',
    text: equations(
      [0.7978845608028654 * 0.8414709848078965, 0.7978845608028654 * 0.11956681346419146],
      ['y[2]', '-(y[2] / (t + 1) + (1 - 0.25 / (t + 1)^2) * y[1])'],
    ),
    values: [0.1456723600728308, -9.883500195574063e-2],
  },
  {
    name: 'E2, van der Pol',
    text: equations([2, 0], ['y[2]', '(1 - y[1]^2) * y[2] - y[1]']),
    values: [2.008149762174948, -4.250887527320057e-2],
  },
  {
    name: 'E3, Duffing',
    text: equations([0, 0], ['y[2]', 'y[1]^3 / 6 - y[1] + 2 * sin(2.78535 * t)']),
    values: [-0.1004178858647128, 0.2411400132095954],
  },
  {
    name: 'E4, a fall through air',
    text: equations([30, 0], ['y[2]', '0.032 - 0.4 * y[2]^2']),
    values: [33.95091444646555, 0.2767822659672869],
  },
  {
    name: 'E5, a pursuit',
    text: equations([0, 0], ['y[2]', 'sqrt(1 + y[2]^2) / (25 - t)']),
    values: [14.11797390542629, 2.400000000000002],
  },
  {
    name: 'F1, pushed to and fro',
    text: equations(
      [0, 0],
      ['y[2]', '0.2 * y[2] - (pi^2 + 0.01) * y[1] + (if mod(floor(t), 2) == 0 then 1 else -1)'],
    ),
    values: [-12.9446062121347, -2.208575158908672e-15],
  },
  {
    name: 'F2, two rates in turn',
    text: equations([110], ['55 - (if mod(floor(t), 2) == 0 then 1.5 else 0.5) * y[1]']),
    values: [70.03731057008607],
  },
  {
    name: 'F3, with kinks',
    text: equations([0, 0], ['y[2]', '0.01 * y[2] * (1 - y[1]^2) - y[1] - abs(sin(pi * t))']),
    values: [-0.3726957553088175, -0.623013794923419],
  },
  {
    name: 'F4, a peak and then decay',
    text: equations([1], ['if t <= 10 then -2 / 21 - 120 * (t - 5) / (1 + 4 * (t - 5)^2)^16 else -2 * y[1]']),
    values: [9.815017249707434e-11],
  },
];
