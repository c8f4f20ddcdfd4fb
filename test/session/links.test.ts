import { describe, expect, it } from 'vitest';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { createSession } from '../../live/session/session.ts';
import type { ToPreview } from '../../preview/protocol.ts';
import { kernelFactory } from '../../runtime/load.ts';

const text = `package t
port Heat { across temperature: Temperature    through heat: Power }

asset Slice {
  param capacity = 2 kJ/K
  port left: Heat
  port right: Heat
  state temperature = 20 degC
  left.heat  = 5 W/K * (left.temperature - temperature)
  right.heat = 5 W/K * (right.temperature - temperature)
  capacity * der(temperature) = left.heat + right.heat
}

asset Bundle {
  port left: Heat
  port right: Heat
  part slice[3]: Slice
  join left, slice[*].left
  join slice[*].right, right
}

asset A {
  part bundle[2]: Bundle
  part end: Slice
  for i in 1..1 { join bundle[i].right, bundle[i + 1].left }
  join bundle[2].right, end.left
}
`;

describe('what a preview is told of joins', () => {
  const { model, roots } = analyse([{ uri: 'file:///a.twin', text }], readLibraryFiles());
  const { artefact } = compile(
    model!,
    roots.find(({ name }) => name === 't.A')!,
  ).value!;
  const sent: ToPreview[] = [];
  const session = createSession({
    send: (message) => sent.push(message),
    now: () => 0,
    schedule: () => () => {},
  });
  session.load({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
  const hello = sent.find((message) => message.type === 'hello')!;
  const texts = (links: { part: string; port: string }[][] | undefined): string[] =>
    (links ?? [])
      .map((ends) =>
        ends
          .map(({ part, port }) => `${part}/${port}`)
          .toSorted()
          .join(' '),
      )
      .toSorted();

  it('names each connection of an array', () => {
    expect(texts(hello.structure.links)).toEqual([
      'bundle[1]/right bundle[2]/left',
      'bundle[2]/right end/left',
    ]);
  });

  it('names all elements that meet, in each instance of the part', () => {
    const second = hello.structure.children.find(({ path }) => path === 'bundle[2]')!;
    expect(second.ports).toEqual(['left', 'right']);
    expect(texts(second.links)).toEqual(
      ['left', 'right'].map((port) =>
        [`bundle[2]/${port}`, ...[1, 2, 3].map((i) => `bundle[2].slice[${i}]/${port}`)].toSorted().join(' '),
      ),
    );
  });
});
