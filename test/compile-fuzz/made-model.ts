/** A number → a model with states, arrays, events, modes, statistics, sensors and processes, all of it meaningless and well formed. */

/** Mulberry32: the same numbers everywhere. */
export function numbers(seed: number): () => number {
  let state = Math.imul(seed, 2654435761) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function madeModel(seed: number): string {
  const random = numbers(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  const often = (share: number): boolean => random() < share;
  const some = (most: number, one: (at: number) => string[]): string[] =>
    Array.from({ length: below(most + 1) }, (_, at) => one(at)).flat();
  const number = (): string => pick(['0.1', '0.3', '0.5', '0.7', '1', '1.5', '2', '3', '1e-3', '0.25', '10']);
  const values = ['time / 1 s'];
  const named = (name: string): string => {
    values.push(name);
    return name;
  };
  const of = (depth: number): string => {
    if (depth === 0) return often(0.6) ? pick(values) : number();
    const x = (): string => of(depth - 1);
    return pick([
      () => `(${x()} ${pick(['+', '-'])} ${x()})`,
      () => `(${number()} * ${x()})`,
      () => `${pick(['sin', 'tanh', 'abs', 'floor', 'sign'])}(${x()})`,
      () => `exp(-abs(${x()}))`,
      () => `${pick(['max', 'min', 'atan2'])}(${x()}, ${x()})`,
      () => `sqrt(1 + (${x()})^2)`,
      () => `(if ${condition(depth - 1)} then ${x()} else ${x()})`,
      () => `${x()} / (1 + abs(${x()}))`,
      () => `mod(${x()}, ${pick(['0.5', '2', '3'])})`,
      () => `cos(${number()} * time / 1 s)`,
      () => pick(values),
    ])();
  };
  const condition = (depth = 1): string =>
    pick([
      () => `${of(depth)} > ${of(0)}`,
      () => `${of(depth)} < ${number()}`,
      () => `(${of(0)} > ${number()} and ${of(0)} < ${number()})`,
      () => `not (${of(0)} >= ${of(0)})`,
    ])();

  const size = 1 + below(5);
  const states = 1 + below(4);
  const discretes = below(3);
  const hasArray = often(0.6);
  const lines = some(2, (at) => [`param ${named(`p${at}`)} = ${number()}`]);
  for (let at = 0; at < states; at += 1)
    lines.push(`state ${named(`x${at}`)} = ${pick(['', '-'])}${number()}`);
  if (hasArray) {
    lines.push(`state a[${size}] = ${number()}`);
    values.push('sum(a[*])', 'max(a[*])', 'a[1]', `a[${size}]`);
  }
  for (let at = 0; at < discretes; at += 1) lines.push(`state ${named(`d${at}`)} = ${number()}`);
  lines.push(
    ...some(3, (at) => {
      const value = of(2);
      return [`let ${named(`y${at}`)} = ${value}`];
    }),
  );
  if (often(0.25)) {
    lines.push('let z: Number', `z + 0.3 * tanh(z) = ${of(1)}`);
    values.push('z');
  }
  if (often(0.2)) lines.push(`let ${named('lag')} = delay(x0, ${pick(['0.3 s', '1 s', '0.05 s'])})`);
  if (often(0.2)) lines.push(`let ${named('average')} = mean(x0 over 2 s every 100 ms)`);
  if (often(0.2)) lines.push(`let ${named('smoothed')} = ewma(x0, 1 s)`);
  for (let at = 0; at < states; at += 1)
    lines.push(
      `der(x${at}) = (${of(2)} - ${often(0.2) ? '100 * ' : ''}x${at}) / ${pick(['1 s', '2 s', '0.5 s'])}`,
    );
  const again = often(0.5) ? `\n when a[i] > ${number()} -> set a[i] = 0.5 * a[i]` : '';
  if (hasArray) lines.push(`for i in 1..${size} {\n der(a[i]) = (${of(1)} - i * a[i]) / 1 s${again}\n}`);
  const targets = [
    ...Array.from({ length: discretes }, (_, at) => `d${at}`),
    ...Array.from({ length: states }, (_, at) => `x${at}`),
  ];
  const set = (): string => {
    const target = pick(targets);
    const other = target.startsWith('d') ? `mod(${target} + ${number()}, 7)` : `0.5 * ${target}`;
    return `set ${target} = ${often(0.5) ? `tanh(${of(1)})` : other}`;
  };
  lines.push(
    ...some(4, (at) => [
      pick([
        () => `when ${condition()} -> ${set()}`,
        () => `at ${pick(values)} > ${number()} ${pick(['rising', 'falling', ''])} -> ${set()}`,
        () => `every ${pick(['100 ms', '0.3 s', '1 s after 200 ms', 'exponential(0.7 s)'])} { ${set()} }`,
        () => `rule r${at} {\n when ${condition()} for ${pick(['0.1 s', '0.33 s'])}\n ${set()}\n}`,
        () => `every 0.5 s { set ${pick(targets)} = draw normal(0, 1) }`,
        () =>
          `alarm al${at}: warning "w" {\n raise when ${condition()} for 0.5 s\n clear when ${condition()}\n}`,
      ])(),
    ]),
  );
  if (often(0.35))
    lines.push(
      `modes m {\n initial A {\n when ${condition()} -> B { ${set()} }\n }\n B {\n after ${pick(['0.5 s', 'gamma(2, 0.4 s)'])} -> A\n` +
        ` at x0 > ${number()} rising -> C\n }\n C {\n when ${condition()} -> A\n after 1 s -> B { ${set()} }\n }\n}`,
    );
  if (often(0.3)) lines.push('sensor gauge measures x0 every 250 ms noise normal(0.1)');
  if (often(0.35))
    lines.push(
      `resource machine[${1 + below(2)}]${pick(['', ' {\n breaks after exponential(5 s) of busy\n repair exponential(1 s)\n}'])}`,
      `process line {\n arrive every exponential(0.7 s)\n queue q[3] when full: balk\n use machine for uniform(0.3 s, 0.9 s)\n` +
        ` ${pick(['leave', 'choose 0.3 -> q, else -> leave', 'wait 0.4 s\n leave'])}\n}`,
      'let passed = line.left',
    );
  return `package fuzz\nasset A {\n${lines.join('\n')}\n}\n`;
}
