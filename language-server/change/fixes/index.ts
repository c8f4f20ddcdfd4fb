/**
 * What mends a finding, beyond the fixes that it carries itself: a table by code. An editor sees more of the text than a
 * rule does, so what is missing is created here, and what cannot be is left out.
 */
import type { ParsedFile } from '../../../compiler/1-parse/index.ts';
import type { Diagnostic, Fix } from '../../../compiler/diagnostics/diagnostic.ts';
import type { Project } from '../../workspace/project.ts';
import { At, type Mend } from './at.ts';
import { BEHAVIOUR } from './behaviour.ts';
import { CREATED } from './created.ts';
import { EQUATIONS } from './equations.ts';
import { NAMES } from './names.ts';
import { STUDIES } from './studies.ts';
import { VALUES } from './values.ts';

export function evidentFixes(project: Project, file: ParsedFile, finding: Diagnostic): Fix[] {
  return BY_CODE.get(finding.code)?.(new At<unknown>(project, file, finding)) ?? [];
}

const BY_CODE: ReadonlyMap<string, Mend[1]> = new Map(
  [CREATED, NAMES, VALUES, EQUATIONS, BEHAVIOUR, STUDIES].flat(),
);
