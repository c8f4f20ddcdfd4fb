/** Vectors and matrices in the editor. */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { expect, it } from 'vitest';
import { completion } from '../../language-server/complete/completion.ts';
import { definition } from '../../language-server/navigate/definition.ts';
import { hover } from '../../language-server/read/hover.ts';
import { Project } from '../../language-server/workspace/project.ts';
import { semanticTokens } from '../../language-server/read/semantic-tokens.ts';
import { signatureHelp } from '../../language-server/read/signature-help.ts';
import { libraryFiles } from '../../library/embedded.ts';

const URI = 'file:///plant/a.twin';
const TEXT = `package plant

function hat(w[3]: AngularVelocity) = [[0, -w[3], w[2]], [w[3], 0, -w[1]], [-w[2], w[1], 0]]

asset Body {
  fixed n = 4
  param inertia = diagonal([1 kg*m2, 2 kg*m2, 3 kg*m2])
  param gain[n, 2] = 1
  state omega = [0.1 rad/s, 2 rad/s, 0.1 rad/s]
  let momentum = inertia * omega
  let spin = hat(omega) * momentum
  inertia * der(omega) = -cross(omega, momentum)
}
`;
const project = new Project(libraryFiles, () => undefined);
project.edit(TextDocument.create(URI, 'twin', 1, TEXT));
const file = project.file(URI)!;
const at = (part: string, move = 0): number => TEXT.indexOf(part) + move;
const told = (part: string, move = 0) => JSON.stringify(hover(project, file, at(part, move)));

it('a hover says the shape beside the quantity', () => {
  expect(project.findings(file)).toEqual([]);
  expect(told('omega =')).toMatch(/Rate.*a vector of 3/);
  expect(told('inertia =')).toContain('a 3 × 3 matrix');
  expect(told('gain')).toContain('an n × 2 matrix');
  expect(told('momentum =')).toContain('a vector of 3');
  expect(told('hat(omega)')).toContain('a 3 × 3 matrix');
  expect(told('cross(omega', 1)).toContain('cross(a, b)');
});

it('functions of vectors are offered, and say what they take', () => {
  const labels = completion(project, file, at('cross(omega', 2)).items.map(({ label }) => label);
  expect(labels).toEqual(expect.arrayContaining(['cross', 'dot', 'transpose', 'identity', 'hat']));
  const help = signatureHelp(project, file, at('omega, momentum)', 8));
  expect(help?.signatures[0]?.label).toBe('cross(a, b)');
  expect(help?.activeParameter).toBe(1);
});

it('a parameter of a function is found from its elements, and names between brackets are coloured', () => {
  expect(JSON.stringify(definition(project, file, at('-w[3]', 1)))).toContain('"line":2');
  expect(semanticTokens(project, file).data.length).toBeGreaterThan(100);
});
