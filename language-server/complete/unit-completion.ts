/** Units after a number: those of the quantity due first, then the common ones, each with what it is. */
import { CompletionItemKind, type CompletionItem } from 'vscode-languageserver-types';
import { isUnitDecl } from '../../grammar/generated/ast.ts';
import { documentationOf } from '../../compiler/1-parse/index.ts';
import {
  describe,
  prettyUnit,
  quantityName,
  type Unit,
  type UnitTable,
} from '../../compiler/2-check/units/index.ts';
import type { Place } from './probe.ts';

/** Prefixed units that people write without thinking. The table derives thousands more, which need no offering. */
const COMMON = [
  'mm', 'cm', 'km', 'ms', 'kg', 'mg', 'kW', 'MW', 'kWh', 'MWh', 'kJ', 'MJ', 'kPa', 'MPa', 'mbar', 'kN', 'mA', 'kA', 'mV', 'kV',
  'kHz', 'MHz', 'mL', 'mmol', 'µm', 'µs',
]; // prettier-ignore

export function unitItems(place: Place, isBinding: boolean): CompletionItem[] {
  const { project, file, range, due } = place;
  const table = project.checker.unitsOf(file.tree);
  const docs = new Map<string, string>();
  for (const { tree } of project.files()) {
    for (const each of tree.elements) if (isUnitDecl(each)) docs.set(each.name, documentationOf(each));
  }
  const names = [
    ...table.allUnits().map((unit) => unit.name),
    ...COMMON,
    ...table.allQuantities().map(({ unit }) => unit.text),
  ];
  const items: CompletionItem[] = [];
  for (const name of new Set(names)) {
    const resolved = name === '1' ? undefined : table.resolve(name, { suggest: false });
    if (resolved?.ok !== true) continue;
    const fits = due !== undefined && resolved.unit.dimension.equals(due.quantity.dimension);
    if (due !== undefined && !isBinding && !fits && !resolved.unit.dimension.isNone && due.base === 'boolean')
      continue;
    items.push({
      label: name,
      kind: CompletionItemKind.Unit,
      detail: aboutUnit(table, resolved.unit),
      documentation: { kind: 'markdown', value: docs.get(name) ?? '' },
      sortText: `${fits ? 0 : 1}${String(items.length).padStart(5, '0')}`,
      textEdit: { range, newText: name },
    });
  }
  return items;
}

function aboutUnit(table: UnitTable, unit: Unit): string {
  const quantity = quantityName(table, unit.dimension, unit.absolute);
  if (quantity !== undefined) return quantity;
  const si = describe(table, unit.dimension);
  return si === prettyUnit(unit.text) ? 'unit' : si;
}
