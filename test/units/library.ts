/**
 * Reads the declarations of the library's .twin files by regular expression, so that these tests need no
 * grammar. The compiler reads the same files through its own parser.
 */
import { readFileSync } from 'node:fs';
import type {
  Declarations,
  QuantityDeclaration,
  UnitDeclaration,
} from '../../compiler/2-check/units/index.ts';
import { UnitTable } from '../../compiler/2-check/units/index.ts';

export interface ConstantDeclaration {
  readonly name: string;
  readonly value: string;
  readonly unit: string;
}

export interface Reading extends Declarations {
  readonly units: readonly UnitDeclaration[];
  readonly quantities: readonly QuantityDeclaration[];
  readonly constants: readonly ConstantDeclaration[];
}

const UNIT = /^unit\s+(\S+)(?:\s*=\s*(.*?))?(?:\s+offset\s+(\S+))?(?:\s+with\s+(binary\s+)?(prefixes))?$/;
const QUANTITY = /^quantity\s+(\w+)\s*=\s*(\S+)(\s+absolute)?$/;
const CONSTANT = /^const\s+(\w+)\s*=\s*(\S+)(?:\s+(\S+))?$/;
const FACTOR = /^([\d.]+(?:e[+-]?\d+)?(?:\/\d+)?)(?:\s+(\S+))?$/;

export function readDeclarations(text: string): Reading {
  const units: UnitDeclaration[] = [];
  const quantities: QuantityDeclaration[] = [];
  const constants: ConstantDeclaration[] = [];
  let packageName = '';
  let doc: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line.startsWith('///')) {
      doc.push(line.slice(3).trim());
      continue;
    }
    const code = line.replace(/\/\/.*$/, '').trim();
    if (code === '') continue;
    const common = { package: packageName, doc: doc.join('\n'), position: index + 1 };
    doc = [];
    let match: RegExpExecArray | null;
    if ((match = /^package\s+(\S+)$/.exec(code)) !== null) {
      packageName = match[1] ?? '';
    } else if ((match = UNIT.exec(code)) !== null) {
      const [, name = '', text_, offset, binary, prefixes] = match;
      units.push({
        name,
        ...common,
        ...(text_ === undefined ? {} : { definition: definition(text_) }),
        ...(offset === undefined ? {} : { offset }),
        ...(prefixes === undefined ? {} : { prefixes: binary === undefined ? 'si' : 'binary' }),
      });
    } else if ((match = QUANTITY.exec(code)) !== null) {
      quantities.push({
        name: match[1] ?? '',
        unit: match[2] ?? '',
        absolute: match[3] !== undefined,
        ...common,
      });
    } else if ((match = CONSTANT.exec(code)) !== null) {
      constants.push({ name: match[1] ?? '', value: match[2] ?? '', unit: match[3] ?? '1' });
    } else {
      throw new Error(`line ${index + 1} is no declaration: ${code}`);
    }
  }
  return { units, quantities, constants };
}

function definition(text: string): { factor?: string; unit?: string } {
  const match = FACTOR.exec(text);
  if (match === null) return { unit: text };
  return match[2] === undefined ? { factor: match[1] ?? '' } : { factor: match[1] ?? '', unit: match[2] };
}

const folder = new URL('../../library/', import.meta.url);

/** The three library files together. */
export function readLibrary(): Reading {
  const parts = ['units', 'quantities', 'constants'].map((name) =>
    readDeclarations(readFileSync(new URL(`${name}.twin`, folder), 'utf8')),
  );
  return {
    units: parts.flatMap((part) => part.units),
    quantities: parts.flatMap((part) => part.quantities),
    constants: parts.flatMap((part) => part.constants),
  };
}

export function libraryTable(): UnitTable {
  return UnitTable.from(readLibrary());
}

/** The table of a user's package over the library, from its .twin text. */
export function userTable(text: string, library = libraryTable()): UnitTable {
  return library.extend(readDeclarations(text));
}
