/** A unit's text, as a device or a recording writes it → the unit, by the language's own table. */
import { analyse, compile } from '../compiler/index.ts';
import { libraryFiles } from '../library/embedded.ts';
import type { KnownUnit, ReadUnit } from '../live/units.ts';

/** Only what can be a unit reaches the compiler: the text comes from outside. */
const UNIT = /^[\p{L}°%‰µ€$£¥/*·^()\d]{1,40}$/u;
const MOST_REMEMBERED = 1000;

export function unitReader(): ReadUnit {
  const known = new Map<string, KnownUnit | undefined>();
  return (text) => {
    if (!UNIT.test(text)) return undefined;
    if (!known.has(text)) {
      if (known.size >= MOST_REMEMBERED) return undefined;
      known.set(text, look(text));
    }
    return known.get(text);
  };
}

function look(text: string): KnownUnit | undefined {
  const source = `package pollux_unit\nasset Given {\n  param it = 1 ${text}\n}\n`;
  const { model, roots } = analyse([{ uri: 'file:///unit.twin', text: source }], libraryFiles);
  const artefact = model && roots[0] && compile(model, roots[0]).value?.artefact;
  const given = artefact?.manifest.variables.find(({ name }) => name === 'it');
  return given === undefined || given.unit.text !== text
    ? undefined
    : { ...given.unit, dimension: given.dimension };
}
