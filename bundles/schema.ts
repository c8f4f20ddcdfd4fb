/**
 * The part of JSON Schema (draft 07) that the published schemas use, checked without making code: a bundle is judged by the
 * schema that its readers were given.
 */
import { isObject } from './strict-json.ts';

/** As much of a schema as is understood here. */
export interface Schema {
  $ref?: string;
  type?: string | readonly string[];
  const?: unknown;
  enum?: readonly unknown[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: readonly Schema[];
  definitions?: Readonly<Record<string, Schema>>;
}

/** The first place that does not fit, such as `/layout/pages is no number`. */
export function schemaProblem(value: unknown, root: Schema): string | undefined {
  const wrong = (at: string, what: string): string => `${at === '' ? 'it' : at} ${what}`;
  const check = (inner: unknown, given: Schema, at: string): string | undefined => {
    let schema = given;
    while (schema.$ref !== undefined) {
      const name = decodeURIComponent(schema.$ref.slice('#/definitions/'.length));
      schema = root.definitions![name]!;
    }
    if (schema.anyOf !== undefined) {
      const problems = schema.anyOf.map((each) => check(inner, each, at));
      if (problems.includes(undefined)) return undefined;
      // The alternative that was meant is the one that fits furthest down.
      return problems.reduce((a, b) => (b!.length > a!.length ? b : a));
    }
    if ('const' in schema && inner !== schema.const)
      return wrong(at, `is not ${JSON.stringify(schema.const)}`);
    if (schema.enum !== undefined && !schema.enum.includes(inner))
      return wrong(at, `is none of ${schema.enum.join(', ')}`);
    const types = typeof schema.type === 'string' ? [schema.type] : schema.type;
    if (types !== undefined && !types.some((type) => isOfType(inner, type)))
      return wrong(at, `is no ${types.join(' or ')}`);
    if (Array.isArray(inner) && schema.items !== undefined)
      for (const [i, element] of inner.entries()) {
        const problem = check(element, schema.items, `${at}/${i}`);
        if (problem !== undefined) return problem;
      }
    if (!isObject(inner)) return undefined;
    const missing = schema.required?.find((name) => !Object.hasOwn(inner, name));
    if (missing !== undefined) return wrong(at, `lacks ${missing}`);
    for (const [name, member] of Object.entries(inner)) {
      const known = schema.properties;
      const due =
        known !== undefined && Object.hasOwn(known, name) ? known[name] : schema.additionalProperties;
      if (due === undefined || due === true) continue;
      if (due === false) return wrong(at, `has an unknown member ${name.slice(0, 40)}`);
      const problem = check(member, due, `${at}/${name.slice(0, 40)}`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  return check(value, root, '');
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'object') return isObject(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'null') return value === null;
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}
