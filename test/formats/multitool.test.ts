/** SARIF as Microsoft's validator judges it, of what the commands write and of whatever a model may say. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { sarif } from '../../cli/formats/sarif.ts';
import { joinedSarif } from '../../forge/github/api.ts';
import { ensureMultitool, noMultitool } from '../../tools/setup/sarif-multitool.mjs';
import { report, reports } from './reports.ts';

const folder = mkdtempSync(join(tmpdir(), 'pollux-sarif-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Log {
  runs: { results?: { ruleId: string; level?: string; message: { text?: string } }[] }[];
}

it('has no errors and no warnings but that we name no web site', async (context) => {
  const why = noMultitool();
  if (why !== undefined) return context.skip(why);
  const program = await ensureMultitool(process.execPath);
  const logs = [
    sarif(report),
    sarif({ ...report, findings: [], tests: [] }),
    joinedSarif([sarif(report), sarif({ ...report, command: 'test' })]),
    ...fc.sample(reports, 4).map((each) => sarif(each)),
  ];
  // One that is wrong, so that we know that it looks.
  logs.push(sarif(report).replaceAll('"startLine": 4', '"startLine": 0'));
  const files = logs.map((text, n) => {
    const file = join(folder, `${n}.sarif`);
    writeFileSync(file, text);
    return file;
  });
  const out = join(folder, 'validated.sarif');
  await promisify(execFile)(
    program,
    ['validate', ...files, '--output', out, '--log', 'ForceOverwrite', '--level', 'Error;Warning'],
    { env: { PATH: process.env['PATH'], HOME: folder, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' } },
  ).catch(() => undefined);
  const { runs } = JSON.parse(readFileSync(out, 'utf8').replace(/^\uFEFF/, '')) as Log;
  const all = runs.flatMap(({ results = [] }) => results);
  const broken = `${files.length - 1}.sarif`;
  const isOfBroken = (each: object): boolean => JSON.stringify(each).includes(broken);
  expect(all.filter(isOfBroken).some(({ level }) => level === 'error')).toBe(true);
  const found = all
    .filter((each) => !isOfBroken(each))
    .map(({ ruleId, level }) => `${level ?? 'warning'} ${ruleId}`);
  // SARIF2005: informationUri.
  expect([...new Set(found)].filter((each) => each !== 'warning SARIF2005')).toEqual([]);
  return undefined;
});
