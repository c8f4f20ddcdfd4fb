/** Vectors and matrices against closed forms, and against mathjs. */
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { cross, dot, expm, inv, matrix, multiply, norm, transpose } from 'mathjs';
import { expectClose, matrixOf, ran, vectorOf } from './both.ts';

const numbers = (values: readonly number[]) => `[${values.join(', ')}]`;
const rows = (values: readonly (readonly number[])[]) => `[${values.map(numbers).join(', ')}]`;

describe('a linear system of states', () => {
  const cases: [string, number[][], number[]][] = [
    [
      'an oscillator',
      [
        [0, 1],
        [-4, 0],
      ],
      [1, 0],
    ],
    [
      'a damped one',
      [
        [0, 1],
        [-4, -0.4],
      ],
      [1, -1],
    ],
    [
      'three in a chain',
      [
        [-1, 0, 0],
        [1, -2, 0],
        [0, 2, -0.5],
      ],
      [3, 0, 1],
    ],
    [
      'a defective one',
      [
        [-1, 1, 0],
        [0, -1, 1],
        [0, 0, -1],
      ],
      [0, 0, 1],
    ],
  ];
  it.each(cases)('is the matrix exponential: %s', (_, A, x0) => {
    const twin = ran(
      `asset A {
        param A = ${rows(A)}
        state x = ${numbers(x0)}
        der(x) = A * x / 1 s
      }
      scenario go for A { run 2 s  method tsit5 tolerance 1e-11 }`,
      2,
      'go',
    );
    const exact = multiply(expm(matrix(A.map((row) => row.map((x) => 2 * x)))), x0).toArray() as number[];
    expectClose(vectorOf(twin, 'x', x0.length), exact, 8);
  });

  it('with an input tends to -inv(A) B u', () => {
    const A = [
      [-2, 1],
      [0.5, -3],
    ];
    const twin = ran(
      `asset A {
        param A = ${rows(A)}
        param B = [[1, 0], [1, 2]]
        param u = [3, -1]
        state x[2] = 0
        der(x) = (A * x + B * u) / 1 s
        initially steady
      }`,
      0,
    );
    const steady = multiply(
      -1,
      multiply(
        inv(A),
        multiply(
          [
            [1, 0],
            [1, 2],
          ],
          [3, -1],
        ),
      ),
    ) as unknown as number[];
    expectClose(vectorOf(twin, 'x', 2), steady, 10);
  });

  it('of an algebraic vector is solved', () => {
    const twin = ran(
      `asset A {
        param K = [[4 N/m, -1 N/m, 0 N/m], [-1 N/m, 4 N/m, -1 N/m], [0 N/m, -1 N/m, 3 N/m]]
        param load = [1 N, 2 N, 3 N]
        let x[3]: Length
        K * x = load
      }`,
      0,
    );
    const exact = multiply(
      inv([
        [4, -1, 0],
        [-1, 4, -1],
        [0, -1, 3],
      ]),
      [1, 2, 3],
    );
    expectClose(vectorOf(twin, 'x', 3), exact, 12);
  });
});

describe('a rigid body', () => {
  it('without torque keeps its energy and its angular momentum', () => {
    const twin = ran(
      `asset A {
        param inertia = [1 kg*m2, 2 kg*m2, 3 kg*m2]
        param J = diagonal(inertia)
        state omega = [0.1 rad/s, 2 rad/s, 0.1 rad/s]
        let L = J * omega
        J * der(omega) = -cross(omega, L)
        let energy = dot(omega, L) / 2
        let size = norm(L)
      }
      scenario go for A { run 30 s  method tsit5 tolerance 1e-11 }`,
      30,
      'go',
    );
    const [a, b, c] = [0.1, 2, 0.1];
    expect(twin.value('energy')).toBeCloseTo((a ** 2 + 2 * b ** 2 + 3 * c ** 2) / 2, 7);
    expect(twin.value('size')).toBeCloseTo(Math.hypot(a, 2 * b, 3 * c), 7);
    // About its middle axis it tumbles (the theorem of the tennis racket).
    expect(Math.abs((twin.value('omega[2]') ?? NaN) - 2)).toBeGreaterThan(0.01);
  });

  it('that turns about an axis has a matrix of rotation that stays orthogonal', () => {
    const twin = ran(
      `function hat(w[3]: AngularVelocity) =
        [[0, -w[3], w[2]], [w[3], 0, -w[1]], [-w[2], w[1], 0]]
      asset A {
        param w = [0 rad/s, 0 rad/s, 0.5 rad/s]
        state R = identity(3)
        der(R) = hat(w) * R
        let one = transpose(R) * R
        let off = max(abs(one[*, *] - E[*, *]))
        let E   = identity(3)
      }
      scenario go for A { run 3 s  method tsit5 tolerance 1e-11 }`,
      3,
      'go',
    );
    expect(twin.value('off')).toBeLessThan(1e-9);
    const [c, s] = [Math.cos(1.5), Math.sin(1.5)];
    expectClose(matrixOf(twin, 'R', 3, 3).flat(), [c, -s, 0, s, c, 0, 0, 0, 1], 8);
  });
});

describe('an observer', () => {
  it('converges to the state with the poles it was given', () => {
    // Poles of A - L C at -4 and -5; the error is that of the matrix exponential.
    const twin = ran(
      `asset A {
        param A = [[0, 1], [-2, -0.5]]
        param C = [1, 0]
        param L = [8.5, 13.75]
        state x = [1, 0]
        state seen = [0, 0]
        let y = dot(C, x)
        der(x) = A * x / 1 s
        der(seen) = (A * seen + L * (y - dot(C, seen))) / 1 s
        let error = norm(x - seen)
      }
      scenario go for A { run 2 s  method tsit5 tolerance 1e-11 }`,
      2,
      'go',
    );
    const closed = [
      [-8.5, 1],
      [-15.75, -0.5],
    ];
    const exact = multiply(
      expm(matrix(closed.map((row) => row.map((x) => 2 * x)))),
      [1, 0],
    ).toArray() as number[];
    expect(twin.value('error')).toBeCloseTo(norm(exact) as number, 9);
  });

  it('of Kalman and Bucy: the covariance tends to the solution of Riccati', () => {
    // For x' = -a x + w, y = x + v, the stationary P solves -2 a P + q - P^2 / r = 0.
    const [a, q, r] = [0.5, 2, 0.1];
    const twin = ran(
      `asset A {
        param A = [[-${a}, 0], [0, -2]]
        param H = [[1, 0]]
        param Q = [[${q}, 0], [0, 1]]
        param Rinv = [[${1 / r}]]
        state P = identity(2)
        der(P) = (A * P + P * transpose(A) + Q - P * transpose(H) * Rinv * H * P) / 1 s
      }`,
      40,
    );
    const P = matrixOf(twin, 'P', 2, 2);
    expect(P[0]![0]).toBeCloseTo(r * (-a + Math.sqrt(a * a + q / r)), 5);
    expect(P[1]![1]).toBeCloseTo(1 / 4, 5);
    expect(P[0]![1]).toBeCloseTo(0, 9);
  });
});

const real = fc
  .double({ min: -10, max: 10, noNaN: true, noDefaultInfinity: true })
  .map((x) => Number(x.toFixed(3)));
const vector = (size: number) => fc.array(real, { minLength: size, maxLength: size });
const table = (n: number, m: number) => fc.array(vector(m), { minLength: n, maxLength: n });

describe('products', () => {
  it('are those of mathjs', () => {
    fc.assert(
      fc.property(vector(3), vector(3), table(2, 3), table(3, 2), (a, b, M, N) => {
        const twin = ran(
          `asset A {
            param a = ${numbers(a)}
            param b = ${numbers(b)}
            param M = ${rows(M)}
            param N = ${rows(N)}
            let dotted = dot(a, b)
            let crossed = cross(a, b)
            let length = norm(a)
            let mapped = M * a
            let MN = M * N
            let NM = N * M
            let turned = transpose(M)
            let same = transpose(M * N) - transpose(N) * transpose(M)
            let ab = outer(a, b)
            let scaled = diagonal(a) * N
            let each = a[*] * b[*]
            let piece = M[1..2, 2..3] * b[1..2]
            let total = sum(M) + max(a) + min([b[1], b[2], 3]) + mean(b) + trace(M * N)
          }`,
          0,
        );
        expect(twin.value('dotted')).toBeCloseTo(dot(a, b), 9);
        expectClose(vectorOf(twin, 'crossed', 3), cross(a, b) as number[]);
        expect(twin.value('length')).toBeCloseTo(norm(a) as number, 9);
        expectClose(vectorOf(twin, 'mapped', 2), multiply(M, a));
        expectClose(matrixOf(twin, 'MN', 2, 2).flat(), multiply(M, N).flat());
        expectClose(matrixOf(twin, 'NM', 3, 3).flat(), multiply(N, M).flat());
        expectClose(matrixOf(twin, 'turned', 3, 2).flat(), transpose(M).flat());
        expectClose(matrixOf(twin, 'same', 2, 2).flat(), [0, 0, 0, 0]);
        expectClose(
          matrixOf(twin, 'ab', 3, 3).flat(),
          a.flatMap((x) => b.map((y) => x * y)),
        );
        expectClose(
          matrixOf(twin, 'scaled', 3, 2).flat(),
          N.flatMap((row, i) => row.map((x) => a[i]! * x)),
        );
        expectClose(
          vectorOf(twin, 'each', 3),
          a.map((x, i) => x * b[i]!),
        );
        expectClose(
          vectorOf(twin, 'piece', 2),
          multiply(
            M.map((row) => row.slice(1)),
            b.slice(0, 2),
          ),
        );
        const MN = multiply(M, N);
        const total =
          M.flat().reduce((x, y) => x + y, 0) +
          Math.max(...a) +
          Math.min(b[0]!, b[1]!, 3) +
          (b[0]! + b[1]! + b[2]!) / 3 +
          MN[0]![0]! +
          MN[1]![1]!;
        expect(twin.value('total')).toBeCloseTo(total, 8);
      }),
      { numRuns: 8 },
    );
  });
});
