/** Inputs of the action (action.yml) → arguments of `pollux`. The runner hands them over as INPUT_… in capitals. */
type Environment = Readonly<Record<string, string | undefined>>;

const input = (environment: Environment, name: string): string =>
  (environment[`INPUT_${name.toUpperCase()}`] ?? '').trim();

/** Those that are options of `pollux ci` under the same name, with a value. */
const VALUES = [
  'base',
  'out',
  'coverage-min',
  'build',
  'root',
  'sign',
  'comment-key',
  'comment-author',
  'comment-from',
] as const;
/** Those that are on unless they are false. */
const SWITCHES = ['comment', 'scanning', 'cache'] as const;

/** Throws with a sentence where an input is neither true nor false. */
export function argumentsOf(environment: Environment): string[] {
  const values = VALUES.flatMap((name) => {
    const value = input(environment, name);
    return value === '' ? [] : [`--${name}=${value}`];
  });
  const switches = SWITCHES.flatMap((name) => {
    const value = input(environment, name).toLowerCase();
    if (!['', 'true', 'false'].includes(value))
      throw new Error(`the input ${name} is true or false, not ${value}`);
    return value === 'false' ? [`--no-${name}`] : [];
  });
  return ['ci', '--forge=github', ...values, ...switches, '--', input(environment, 'path') || '.'];
}
