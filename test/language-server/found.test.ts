/** What is found across a workspace and in newer constructs: names by their letters, equations wherever they stand, who brings a mode or an event about. */
import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { completion } from '../../language-server/complete/completion.ts';
import { implementations, typeItem } from '../../language-server/navigate/hierarchies.ts';
import { hover } from '../../language-server/read/hover.ts';
import { Project } from '../../language-server/workspace/project.ts';
import { rankOf, workspaceSymbols } from '../../language-server/navigate/workspace-symbols.ts';
import { libraryFiles } from '../../library/embedded.ts';

const TEXT = `package plant

port Heat { across temperature: Temperature  through flow: Power }

asset Pump {
  port casing: Heat
  fixed size = 3
  input order = false
  state wear[size] = 0
  let power: Power
  let shown: Power
  event jam
  casing.temperature = 300 K
  for i in 1..size { der(wear[i]) = power / 1 MJ }
  if order { shown = power } else { shown = 0 }
  when sum(wear[*]) > 5 -> emit jam
  modes operation {
    initial Idle { power = 0  when order -> Running }
    Running { power = 2 kW  on jam -> Idle }
  }
}

asset Station {
  part lead: Pump
}
`;
const uri = 'file:///plant/plant.twin';

function open(text = TEXT) {
  const project = new Project(libraryFiles);
  project.edit(TextDocument.create(uri, 'twin', 1, text));
  return { project, file: project.file(uri)! };
}

describe('hovers', () => {
  const shown = (part: string): string => {
    const { project, file } = open();
    expect(project.findings(file)).toEqual([]);
    return JSON.stringify(hover(project, file, TEXT.indexOf(part))?.contents);
  };
  it('show the equations of each mode', () => {
    expect(shown('power: Power')).toContain('power = 0, in Idle');
    expect(shown('power: Power')).toContain('power = 2 kW, in Running');
  });
  it('show those in loops and in branches', () => {
    expect(shown('wear[size]')).toMatch(/i = 1 … size/);
    expect(shown('shown: Power')).toContain('shown = 0, if not order');
  });
});

it('hovers show which mode is active while a twin runs', () => {
  const { project, file } = open();
  const shown = (part: string): string => JSON.stringify(hover(project, file, TEXT.indexOf(part))?.contents);
  expect(shown('operation {')).not.toContain('Now');
  project.values.set('plant.Pump', { operation: 'Running', order: 1, power: 2000 });
  expect(shown('operation {')).toContain('`operation` = **Running**');
  expect(shown('Idle {')).toContain('`operation` = **Running**');
  project.values.set('plant.Station', { 'lead.operation': 'Idle' });
  expect(shown('operation {')).toContain('`lead.operation` = **Idle**');
});

it('hovers say how a scenario that runs is integrated, at its name and at its method', () => {
  const text = `${TEXT}
scenario plain for Station { run 1 h }
scenario day for Station { run 1 h  method auto tolerance 1e-6 }
`;
  const { project, file } = open(text);
  const shown = (part: string): string => JSON.stringify(hover(project, file, text.indexOf(part))?.contents);
  expect(shown('auto tolerance')).not.toContain('Now');
  project.methods.set('plant.day', 'method rodas5p since 31 ms, as the system is stiff');
  for (const part of ['day for', 'method auto', 'auto tolerance'])
    expect(shown(part)).toContain('Now: method rodas5p since 31 ms, as the system is stiff');
  expect(shown('plain for')).not.toContain('Now');
});

describe('implementations', () => {
  const lines = (part: string): number[] => {
    const { project, file } = open();
    return implementations(project, file, TEXT.indexOf(part)).map(({ range }) => range.start.line);
  };
  const line = (part: string): number => TEXT.slice(0, TEXT.indexOf(part)).split('\n').length - 1;
  it('of an event are what emits it', () => expect(lines('jam\n  casing')).toEqual([line('emit jam')]));
  it('of a mode are what leads there', () => expect(lines('Running {')).toEqual([line('-> Running')]));
});

it('the type of a part has a hierarchy, too', () => {
  const { project, file } = open();
  expect(typeItem(project, file, TEXT.indexOf('lead')).map(({ name }) => name)).toEqual(['Pump']);
});

describe('names across the workspace', () => {
  it('come with the best first', () => {
    const names = ['HeatPump', 'Pump', 'PumpHouse', 'SparePump', 'pimpup', 'Tank'];
    const ranked = names.filter((name) => rankOf(name, 'pump') !== undefined);
    expect(ranked.toSorted((a, b) => rankOf(a, 'pump')! - rankOf(b, 'pump')!)).toEqual(
      ['Pump', 'PumpHouse', 'HeatPump', 'SparePump', 'pimpup'].filter((name) => ranked.includes(name)),
    );
    expect(rankOf('HeatPump', 'hp')).toBeLessThan(rankOf('shop', 'hp') ?? Infinity);
  });

  it('are found where they are declared, also in files that nobody has read', () => {
    const { project } = open();
    project.disk(
      'file:///plant/other.twin',
      '// Boiler here\npackage other\nuse plant\nabstract asset Boiler {\n}\n',
    );
    project.refresh();
    const [first] = workspaceSymbols(project, 'boil');
    expect(first).toMatchObject({
      name: 'Boiler',
      containerName: 'other',
      location: { range: { start: { line: 3, character: 15 } } },
    });
    expect(workspaceSymbols(project, 'running').map(({ name }) => name)).toContain('Running');
  });
});

describe('completion among many closed files', () => {
  it('offers those that begin as what is typed, and asks again where there are too many', () => {
    const text = 'package plant\n\nasset Plant {\n  part unit: Boi\n}\n';
    const { project, file } = open(text);
    for (let index = 0; index < 300; index += 1)
      project.disk(`file:///plant/area${index}.twin`, `package area${index}\n\nasset Boiler${index} {\n}\n`);
    project.disk('file:///plant/lid.twin', 'package lid\n\nasset Lid {\n}\n');
    project.refresh();
    const offered = completion(project, file, text.indexOf('Boi') + 3);
    expect(offered.isIncomplete).toBe(true);
    expect(offered.items.filter(({ label }) => label.startsWith('Boiler'))).toHaveLength(200);
    expect(offered.items.map(({ label }) => label)).not.toContain('Lid');
  });

  it('offers no name of its own package twice', () => {
    const text =
      'package plant\n\nfunction twice(x: Number): Number = 2 * x\n\nasset Plant {\n  let a = twi\n}\n';
    const { project, file } = open(text);
    const { items } = completion(project, file, text.indexOf('twi\n') + 3);
    const own = items.filter(({ label }) => label === 'twice');
    expect(own).toHaveLength(1);
    expect(own[0]?.additionalTextEdits).toBeUndefined();
  });
});
