/**
 * Stiff problems with end values that are published: F. Mazzia and C. Magherini, “Test Set for Initial Value Problem Solvers”, release 2.4,
 * University of Bari (2008), whose values were computed with tolerances of 1e-18 and below in quadruple precision.
 */
export interface Problem {
  name: string;
  text: string;
  /** s */
  end: number;
  /** Of the states in the order in which they are declared. */
  values: readonly number[];
}

const robertson = `asset Problem {
  state a = 1
  state b = 0
  state c = 0
  let slow = a * 0.04 1/s
  let back = b * c * 1e4 1/s
  let fast = b * b * 3e7 1/s
  der(a) = back - slow
  der(b) = slow - back - fast
  der(c) = fast
}
`;

const vanDerPol = `asset Problem {
  param mu = 1000
  state x = 2
  state v = 0
  der(x) = v * 1 1/s
  der(v) = (mu * (1 - x * x) * v - x) * 1 1/s
}
`;

const hires = `asset Problem {
  state y[8] = [1, 0, 0, 0, 0, 0, 0, 0.0057]
  let r = 280 * y[6] * y[8]
  param pace = 1 1/s
  der(y[1]) = (-1.71 * y[1] + 0.43 * y[2] + 8.32 * y[3] + 0.0007) * pace
  der(y[2]) = (1.71 * y[1] - 8.75 * y[2]) * pace
  der(y[3]) = (-10.03 * y[3] + 0.43 * y[4] + 0.035 * y[5]) * pace
  der(y[4]) = (8.32 * y[2] + 1.71 * y[3] - 1.12 * y[4]) * pace
  der(y[5]) = (-1.745 * y[5] + 0.43 * y[6] + 0.43 * y[7]) * pace
  der(y[6]) = (-r + 0.69 * y[4] + 1.71 * y[5] - 0.43 * y[6] + 0.69 * y[7]) * pace
  der(y[7]) = (r - 1.81 * y[7]) * pace
  der(y[8]) = (1.81 * y[7] - r) * pace
}
`;

const pollution = `asset Problem {
  state y[20] = [0, 0.2, 0, 0.04, 0, 0, 0.1, 0.3, 0.01, 0, 0, 0, 0, 0, 0, 0, 0.007, 0, 0, 0]
  let r1  = 0.35 * y[1]
  let r2  = 26.6 * y[2] * y[4]
  let r3  = 12300 * y[5] * y[2]
  let r4  = 0.00086 * y[7]
  let r5  = 0.00082 * y[7]
  let r6  = 15000 * y[7] * y[6]
  let r7  = 0.00013 * y[9]
  let r8  = 24000 * y[9] * y[6]
  let r9  = 16500 * y[11] * y[2]
  let r10 = 9000 * y[11] * y[1]
  let r11 = 0.022 * y[13]
  let r12 = 12000 * y[10] * y[2]
  let r13 = 1.88 * y[14]
  let r14 = 16300 * y[1] * y[6]
  let r15 = 4.8e6 * y[3]
  let r16 = 0.00035 * y[4]
  let r17 = 0.0175 * y[4]
  let r18 = 1e8 * y[16]
  let r19 = 4.44e11 * y[16]
  let r20 = 1240 * y[17] * y[6]
  let r21 = 2.1 * y[19]
  let r22 = 5.78 * y[19]
  let r23 = 0.0474 * y[1] * y[4]
  let r24 = 1780 * y[19] * y[1]
  let r25 = 3.12 * y[20]
  param pace = 1 1/s
  der(y[1])  = (-r1 - r10 - r14 - r23 - r24 + r2 + r3 + r9 + r11 + r12 + r22 + r25) * pace
  der(y[2])  = (-r2 - r3 - r9 - r12 + r1 + r21) * pace
  der(y[3])  = (-r15 + r1 + r17 + r19 + r22) * pace
  der(y[4])  = (-r2 - r16 - r17 - r23 + r15) * pace
  der(y[5])  = (-r3 + 2 * r4 + r6 + r7 + r13 + r20) * pace
  der(y[6])  = (-r6 - r8 - r14 - r20 + r3 + 2 * r18) * pace
  der(y[7])  = (-r4 - r5 - r6 + r13) * pace
  der(y[8])  = (r4 + r5 + r6 + r7) * pace
  der(y[9])  = (-r7 - r8) * pace
  der(y[10]) = (-r12 + r7 + r9) * pace
  der(y[11]) = (-r9 - r10 + r8 + r11) * pace
  der(y[12]) = r9 * pace
  der(y[13]) = (-r11 + r10) * pace
  der(y[14]) = (-r13 + r12) * pace
  der(y[15]) = r14 * pace
  der(y[16]) = (-r18 - r19 + r16) * pace
  der(y[17]) = -r20 * pace
  der(y[18]) = r20 * pace
  der(y[19]) = (-r21 - r22 - r24 + r23 + r25) * pace
  der(y[20]) = (-r25 + r24) * pace
}
`;

const orego = `asset Problem {
  state a = 1
  state b = 2
  state c = 3
  param pace = 1 1/s
  der(a) = 77.27 * (b + a * (1 - 8.375e-6 * a - b)) * pace
  der(b) = (c - (1 + a) * b) / 77.27 * pace
  der(c) = 0.161 * (a - c) * pace
}
`;

const e5 = `asset Problem {
  param A = 7.89e-10 1/s
  param B = 1.1e7 1/s
  param C = 1.13e3 1/s
  param M = 1e6
  state y1 = 1.76e-3
  state y2 = 0
  state y3 = 0
  state y4 = 0
  der(y1) = -A * y1 - B * y1 * y3
  der(y2) = A * y1 - M * C * y2 * y3
  der(y4) = B * y1 * y3 - C * y4
  der(y3) = A * y1 - M * C * y2 * y3 - (B * y1 * y3 - C * y4)
}
`;

const akzoNobel = `asset Problem {
  param pace = 1 1/s
  state y1 = 0.444
  state y2 = 0.00123
  state y3 = 0
  state y4 = 0.007
  state y5 = 0
  let y6 = 115.83 * y1 * y4
  let r1 = 18.7 * y1^4 * sqrt(y2)
  let r2 = 0.58 * y3 * y4
  let r3 = 0.58 / 34.4 * y1 * y5
  let r4 = 0.09 * y1 * y4^2
  let r5 = 0.42 * y6^2 * sqrt(y2)
  let inflow = 3.3 * (0.9 / 737 - y2)
  der(y1) = (-2 * r1 + r2 - r3 - r4) * pace
  der(y2) = (-0.5 * r1 - r4 - 0.5 * r5 + inflow) * pace
  der(y3) = (r1 - r2 + r3) * pace
  der(y4) = (-r2 + r3 - 2 * r4) * pace
  der(y5) = (r2 - r3 + r5) * pace
}
`;

const ringModulator = `function diode(u: Number): Number = 40.67286402e-9 * (exp(17.7493332 * u) - 1)

asset Problem {
  param pace = 1 1/s
  let t = time * pace
  let signal = 0.5 * sin(2e3 * pi * t)
  let carrier = 2 * sin(2e4 * pi * t)
  state y[15] = 0
  let q1 = diode(y[3] - y[5] - y[7] - carrier)
  let q2 = diode(-y[4] + y[6] - y[7] - carrier)
  let q3 = diode(y[4] + y[5] + y[7] + carrier)
  let q4 = diode(-y[3] - y[6] + y[7] + carrier)
  der(y[1]) = (y[8] - y[10] / 2 + y[11] / 2 + y[14] - y[1] / 25e3) / 1.6e-8 * pace
  der(y[2]) = (y[9] - y[12] / 2 + y[13] / 2 + y[15] - y[2] / 25e3) / 1.6e-8 * pace
  der(y[3]) = (y[10] - q1 + q4) / 2e-12 * pace
  der(y[4]) = (-y[11] + q2 - q3) / 2e-12 * pace
  der(y[5]) = (y[12] + q1 - q3) / 2e-12 * pace
  der(y[6]) = (-y[13] - q2 + q4) / 2e-12 * pace
  der(y[7]) = (-y[7] / 50 + q1 + q2 - q3 - q4) / 1e-8 * pace
  der(y[8]) = -y[1] / 4.45 * pace
  der(y[9]) = -y[2] / 4.45 * pace
  der(y[10]) = (y[1] / 2 - y[3] - 17.3 * y[10]) / 5e-4 * pace
  der(y[11]) = (-y[1] / 2 + y[4] - 17.3 * y[11]) / 5e-4 * pace
  der(y[12]) = (y[2] / 2 - y[5] - 17.3 * y[12]) / 5e-4 * pace
  der(y[13]) = (-y[2] / 2 + y[6] - 17.3 * y[13]) / 5e-4 * pace
  der(y[14]) = (-y[1] + signal - 86.3 * y[14]) / 2e-3 * pace
  der(y[15]) = (-y[2] - 636.3 * y[15]) / 2e-3 * pace
}
`;

export const problems: readonly Problem[] = [
  {
    name: 'Robertson',
    text: robertson,
    end: 1e11,
    values: [0.2083340149701255e-7, 0.8333360770334713e-13, 0.999999979166505],
  },
  {
    name: 'van der Pol, μ = 1000',
    text: vanDerPol,
    end: 2000,
    values: [1.706167732170469, -0.8928097010248125e-3],
  },
  {
    name: 'HIRES',
    text: hires,
    end: 321.8122,
    values: [
      0.7371312573325668e-3, 0.1442485726316185e-3, 0.5888729740967575e-4, 0.1175651343283149e-2,
      0.2386356198831331e-2, 0.6238968252742796e-2, 0.2849998395185769e-2, 0.2850001604814231e-2,
    ],
  },
  {
    name: 'Pollution',
    text: pollution,
    end: 60,
    values: [
      0.5646255480022769e-1, 0.1342484130422339, 0.4139734331099427e-8, 0.5523140207484359e-2,
      0.2018977262302196e-6, 0.1464541863493966e-6, 0.7784249118997964e-1, 0.3245075353396018,
      0.7494013383880406e-2, 0.1622293157301561e-7, 0.1135863833257075e-7, 0.2230505975721359e-2,
      0.208716288279863e-3, 0.1396921016840158e-4, 0.8964884856898295e-2, 0.4352846369330103e-17,
      0.6899219696263405e-2, 0.1007803037365946e-3, 0.1772146513969984e-5, 0.5682943292316392e-4,
    ],
  },
  {
    name: 'OREGO',
    text: orego,
    end: 360,
    values: [1.000814870318523, 1228.178521549917, 132.0554942846706],
  },
  {
    name: 'E5',
    text: e5,
    end: 1e13,
    // The first has come below what numbers hold.
    values: [0, 0.886765551764212e-22, 0.8854814626268838e-22, 0],
  },
  {
    name: 'Akzo Nobel',
    text: akzoNobel,
    end: 180,
    values: [
      0.1150794920661702, 0.1203831471567715e-2, 0.1611562887407974, 0.3656156421249283e-3,
      0.1708010885264404e-1,
    ],
  },
  {
    name: 'ring modulator',
    text: ringModulator,
    end: 1e-3,
    values: [
      -0.2339057358486745e-1, -0.7367485485540825e-2, 0.2582956709291169, -0.406446572128345,
      -0.4039455665149794, 0.2607966765422943, 0.1106761861269975, 0.2939904342435596e-6,
      -0.2840029933642329e-7, 0.7267198267264553e-3, 0.792949719696084e-3, -0.7255283495698965e-3,
      -0.7941401968526521e-3, 0.7088495416976114e-4, 0.239005907523657e-4,
    ],
  },
];
