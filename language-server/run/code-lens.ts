/** Run, Preview and Test above what can be run. */
import type { CodeLens } from 'vscode-languageserver-types';
import type { ParsedFile } from '../../compiler/1-parse/index.ts';
import type { Project } from '../workspace/project.ts';
import {
  CALIBRATE_COMMAND,
  DEBUG_COMMAND,
  EXPERIMENT_COMMAND,
  PREVIEW_COMMAND,
  RUN_COMMAND,
  TEST_COMMAND,
  type Root,
} from '../protocol.ts';
import { roots } from './roots.ts';

const LENSES: Record<Root['kind'], { title: string; command: string }[]> = {
  asset: [{ title: '$(graph) Preview', command: PREVIEW_COMMAND }],
  twin: [
    { title: '$(play) Run', command: RUN_COMMAND },
    { title: '$(graph) Preview', command: PREVIEW_COMMAND },
  ],
  scenario: [
    { title: '$(play) Run', command: RUN_COMMAND },
    { title: '$(debug-alt) Debug', command: DEBUG_COMMAND },
    { title: '$(graph) Preview', command: PREVIEW_COMMAND },
  ],
  calibration: [{ title: '$(symbol-ruler) Fit', command: CALIBRATE_COMMAND }],
  experiment: [{ title: '$(beaker) Run experiment', command: EXPERIMENT_COMMAND }],
  test: [
    { title: '$(beaker) Test', command: TEST_COMMAND },
    { title: '$(debug-alt) Debug', command: DEBUG_COMMAND },
  ],
};

export function codeLenses(project: Project, file: ParsedFile): CodeLens[] {
  if (file.library) return [];
  return roots(project, file).flatMap((root) =>
    LENSES[root.kind].map(({ title, command }) => ({
      range: root.selection,
      command: { title, command, arguments: [file.uri, root.name, root.kind] },
    })),
  );
}
