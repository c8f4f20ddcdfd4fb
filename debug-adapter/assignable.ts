/** What somebody writes to set a value by hand → the number that it becomes, or what is wrong with it. */
import type { Manifest } from '../runtime/contract/manifest.ts';
import { indexOf } from '../runtime/contract/elements.ts';
import { elementName } from '../runtime/names.ts';
import type { Asked } from './program.ts';
import { isEditable, ownerOf, textOf } from './variables.ts';
import type { Element } from './variables.ts';

/** What an expression is at this moment. */
export interface Evaluated {
  /** For people, with the unit. */
  text: string;
  /** SI; one for each element. */
  numbers: number[];
  base: string;
}

/** A text in the twin language, as a value (SI) of the element: one of its names, or of its quantity and in its range. Else a sentence. */
export function assignable(
  manifest: Manifest,
  element: Element,
  text: string,
  evaluate: (asked: Asked) => Evaluated | string,
): number | string {
  const described = manifest.variables[element.variable]!;
  const { name, dims, labels, low = -Infinity, high = Infinity } = described;
  const own = elementName(name, dims, element.element);
  if (!isEditable(manifest, element.variable))
    return `${own} cannot be set: ${described.role === 'algebraic' ? 'an equation says what it is. Set what that depends on' : 'it is fixed'}.`;
  let value: number;
  if (labels === undefined) {
    const { path } = ownerOf(manifest, name, indexOf(dims, element.element));
    // Both branches of an if have the same quantity, so this is how the compiler is asked whether the value fits.
    const answer = evaluate({
      text: described.visible ? `if true then (${text}) else (${own})` : text,
      owner: '',
    });
    const inOwner =
      typeof answer === 'string' && path !== ''
        ? evaluate({
            text: `if true then (${text}) else (${name.slice(name.lastIndexOf('.') + 1)})`,
            owner: path,
          })
        : answer;
    if (typeof inOwner === 'string') return inOwner;
    if (inOwner.numbers.length !== 1) return `${own} is one value, not ${inOwner.numbers.length}.`;
    value = inOwner.numbers[0]!;
  } else {
    value = labels.indexOf(text.trim());
    if (value < 0) return `${own} is one of ${labels.filter((one) => one !== '').join(', ')}.`;
  }
  return value < low || value > high
    ? `${own} = ${textOf(manifest, element.variable, value)} is outside its range.`
    : value;
}
