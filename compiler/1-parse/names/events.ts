/** Events and the names that their values have where they are listened to. */
import type { AstNode } from 'langium';
import {
  isEventDecl,
  type EventDecl,
  type EventParameter,
  type EventValue,
  type OnStatement,
  type Expression,
} from '../../../grammar/generated/ast.ts';
import { featureOf } from './members.ts';

export function eventOf(path: Expression | undefined): EventDecl | undefined {
  const feature = featureOf(path);
  return isEventDecl(feature) ? feature : undefined;
}

/** What a value of `on jam(position)` is by the event's declaration. */
export function parameterOf(value: EventValue): EventParameter | undefined {
  return eventOf(value.$container.event)?.parameters.find((each) => each?.name === value.name);
}

/** The values that can be named at a place: those of the `on` around it. */
export function eventValuesAt(place: AstNode): readonly EventValue[] {
  let around: AstNode | undefined = place;
  while (around !== undefined && around.$type !== 'OnStatement') around = around.$container;
  if (around === undefined) return [];
  const on = around as OnStatement;
  // The event itself is looked up outside.
  for (let node: AstNode | undefined = place; node !== undefined && node !== on; node = node.$container)
    if (node.$container === on && node.$containerProperty === 'event') return [];
  return on.values.filter((value) => (value as EventValue | undefined)?.name);
}
