/** PX42…: ports, joins, links, and whether each asset type is balanced by itself. */
import { define } from './diagnostic.ts';
import { listed } from './flattening.ts';

const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;

export const portTypeExpected = define<{ name: string; type: string }>({
  code: 'PX4201',
  severity: 'error',
  title: 'A port needs a port type',
  message: ({ name, type }) => `'${name}' is a port, and ${type} is an asset.`,
  help: ({ name, type }) => `An asset inside of an asset is a part: part ${name}: ${type}.`,
});

export const portUsedAsAsset = define<{ type: string; use: string }>({
  code: 'PX4202',
  severity: 'error',
  title: 'A port type is used as an asset',
  message: ({ type, use }) => `${type} is a type of ports, so it cannot be ${use}.`,
  help: ({ type }) => `A member that others can be joined to is written port name: ${type}.`,
});

export const portUneven = define<{ name: string; across: number; through: number }>({
  code: 'PX4203',
  severity: 'error',
  title: 'A port type needs as many across as through variables',
  message: ({ name, across, through }) =>
    `${name} has ${across} across and ${through} through: what is joined to it could not give each of them an equation.`,
  help: () =>
    'Pair each across (voltage, pressure, temperature) with the through that it drives (current, flow, heat).',
});

export const notAPort = define<{ text: string; what: string; ports: string[] }>({
  code: 'PX4204',
  severity: 'error',
  title: 'Only ports can be joined',
  message: ({ text, what }) => `'${text}' is ${what}, and join takes ports.`,
  help: ({ text, ports }) =>
    ports.length === 0 ? undefined : `Name one of its ports: ${text}.${listed(ports)}.`,
});

export const innerPort = define<{ text: string; part: string; port: string }>({
  code: 'PX4205',
  severity: 'error',
  title: 'A port deep inside of a part is joined',
  message: ({ text, part }) => `'${text}' is a port inside of '${part}', which does not show it.`,
  help: ({ part, port }) =>
    `Give the asset of '${part}' a port of its own, and join it to ${port} there: port ${port.replaceAll(/.*\./g, '')}: …`,
});

export const portsDiffer = define<{ first: string; firstType: string; text: string; type: string }>({
  code: 'PX4206',
  severity: 'error',
  title: 'Ports of different types are joined',
  message: ({ first, firstType, text, type }) =>
    `'${first}' is a port of ${firstType}, and '${text}' one of ${type}: only ports of one type can be joined.`,
});

export const joinsNothing = define<{ text: string }>({
  code: 'PX4207',
  severity: 'error',
  title: 'A join with one port',
  message: ({ text }) => `This joins '${text}' to nothing.`,
  help: () =>
    'Name the other port after a comma, or remove the line: through a port that is not joined nothing flows.',
});

export const joinedTwice = define<{ text: string }>({
  code: 'PX4208',
  severity: 'error',
  title: 'A port is joined to itself',
  message: ({ text }) => `'${text}' stands twice in this join.`,
  help: () => 'Name another port, or remove one of the two.',
});

export const joinsTangled = define<{ asset: string; count: number; limit: number }>({
  code: 'PX4209',
  severity: 'error',
  title: 'Joins that form no pattern',
  message: ({ asset, count, limit }) =>
    `The joins of ${asset} share their ${count} ports in a way that is no loop, and one by one only ${limit} are followed.`,
  help: () =>
    'Join whole arrays ([*]), single elements, or neighbours (i with i + 1), so that the arrays can stay loops.',
});

export const typeLacksEquation = define<Balance>({
  code: 'PX4210',
  severity: 'error',
  title: 'An asset type has too few equations',
  message: (holes) => `${holes.asset} lacks an equation: ${counted(holes)}.`,
  help: () =>
    'Each through and each across of a port needs an equation in the type, less one for each pair: that one comes from what the port is joined to.',
});

export const typeHasSpareEquation = define<Balance>({
  code: 'PX4211',
  severity: 'error',
  title: 'An asset type has too many equations',
  message: (holes) => `${holes.asset} has an equation too many: ${counted(holes)}.`,
  help: () =>
    'Remove one of them. What a port is joined to gives one equation for each pair of across and through, which must be left for it.',
});

interface Balance {
  asset: string;
  names: string[];
  unknowns: number;
  equations: number;
  /** How many equations come from what its ports are joined to. */
  outside: number;
}

function counted({ names, unknowns, equations, outside }: Balance): string {
  const from = outside === 0 ? '' : `, and ${outside} from what its ports are joined to`;
  return `${plural(unknowns, 'unknown')} (${listed(names)}), ${plural(equations, 'equation')}${from}`;
}
