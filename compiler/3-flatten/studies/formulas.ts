import type { Formula } from '../../../runtime/contract/formula.ts';
import type { Expression } from '../../model/expression.ts';
import type { FlatAtom, FlatRequirement } from '../../ir/flat-studies.ts';
import type { Probes } from '../shown/probes.ts';

/** Probes for the atoms. Margins of different quantities cannot be compared, so then there are none. */
export function formulaOf(
  probes: Probes,
  formula: Formula<Expression>,
  text: string,
): Required<Pick<FlatRequirement, 'formula'>> & Pick<FlatRequirement, 'condition' | 'margin'> {
  const atoms: FlatAtom[] = [];
  const flat = build(formula);
  const quantities = new Set(
    atoms.flatMap(({ margin }) => (margin === undefined ? [] : [probes.list[margin]!.type.dimension])),
  );
  if (quantities.size > 1) for (const atom of atoms) delete atom.margin;
  const withMargin = atoms.find(({ margin }) => margin !== undefined);
  return {
    formula: flat,
    condition: atoms[0]!.condition,
    ...(withMargin ? { margin: withMargin.margin! } : {}),
  };

  function build(one: Formula<Expression>): Formula<FlatAtom> {
    switch (one.kind) {
      case 'atom': {
        const atom = probes.condition(one.atom, `part ${atoms.length + 1} of ${text}`);
        atoms.push(atom);
        return { kind: 'atom', atom };
      }
      case 'and':
      case 'or':
      case 'until':
      case 'since':
        return { ...one, left: build(one.left), right: build(one.right) };
      default:
        return { ...one, operand: build(one.operand) };
    }
  }
}
