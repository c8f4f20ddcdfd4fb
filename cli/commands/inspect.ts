import { describeBundle } from '../../bundles/describe.ts';
import type { BundleDescription } from '../../bundles/describe.ts';
import { shortId } from '../../bundles/keys.ts';
import { judge } from '../../bundles/trust.ts';
import { anyBundle, policyOf } from '../trust.ts';
import type { TrustOptions } from '../trust.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';

/** What is in a bundle, where it comes from, who signed it and what it may do. Runs nothing of it. */
export function inspect(
  path: string,
  options: TrustOptions & { format?: string; json?: boolean },
  terminal: Terminal,
): ExitCode {
  const opened = anyBundle(path);
  // Looking is allowed whoever has signed it; that the signatures fit is said all the same.
  const judged = judge(opened, { ...policyOf(options), required: false });
  if ('problem' in judged) throw new Refusal(`${path} cannot be used: ${judged.problem}`);
  const description = describeBundle(opened, judged);
  if (options.json === true || options.format === 'json')
    terminal.out(`${JSON.stringify(description, undefined, 2)}\n`);
  else terminal.out(asText(description, terminal));
  return Exit.fine;
}

function asText(description: BundleDescription, terminal: Terminal): string {
  const { name, title, files, signers, sources, packages, scenarios, permissions } = description;
  const lines = [terminal.style('bold', title === '' || title === name ? name : `${title} (${name})`)];
  const fact = (label: string, value: string): number => lines.push(`  ${label.padEnd(12)} ${value}`);
  fact('digest', description.digest);
  fact('built by', description.builder);
  fact('state', description.stateFingerprint);
  if (signers.length === 0) fact('signed by', 'nobody');
  for (const { id, trustedAs } of signers)
    fact(
      'signed by',
      `${shortId(id)}${trustedAs === undefined ? ', not trusted here' : `, trusted as ${trustedAs}`}`,
    );
  fact(
    'holds',
    [
      counted(scenarios.length, 'scenario'),
      counted(description.sensors, 'sensor'),
      counted(description.alarms, 'alarm'),
    ].join(', '),
  );
  lines.push('', 'may reach');
  fact('disk', permissions.disk);
  fact('memory', `${permissions.memory / 1024} KiB`);
  const protocols = Object.entries(permissions.network);
  if (protocols.length === 0) fact('network', 'none');
  for (const [protocol, { reads, writes }] of protocols) {
    for (const topic of reads) fact(protocol, `reads ${topic}`);
    for (const topic of writes) fact(protocol, `writes ${topic}`);
  }
  const table = (heading: string, rows: readonly (readonly [string, string])[]): void => {
    const width = Math.max(0, ...rows.map(([left]) => left.length));
    if (rows.length > 0)
      lines.push('', heading, ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`));
  };
  table(
    'files',
    files.map((file) => [file.name, `${file.sha256}  ${file.size} bytes`] as const),
  );
  table(
    'packages',
    packages.map((each) => [each.name, each.version] as const),
  );
  table(
    'built from',
    sources.map((source) => [source.name, Object.values(source.digest)[0] ?? ''] as const),
  );
  return `${lines.join('\n')}\n`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
