/** `pollux serve --opcua` as it is shipped, minified, beside a server: an alarm of the twin is written to the plant. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataType } from 'node-opcua-client';
import { expect, it } from 'vitest';
import { until } from '../live/fixture.ts';
import { startServer } from '../live/opcua-server.ts';
import { command, pollux, temporaryFolder } from './pollux.ts';

const folder = temporaryFolder();
const file = join(folder, 'pump.twin');
writeFileSync(
  file,
  `package plant
asset Pump {
  input running: Boolean = false
  state temperature = 20 degC
  der(temperature) = (60 degC - temperature) / 100 s
  sensor casing measures temperature every 2 s
  alarm hot: critical "Casing too hot" { raise when casing > 50 degC and running }
}
twin P101: Pump
bind P101 {
  casing from opcua("ns=1;s=casing") as degC stale 10 s
  running from opcua("ns=1;s=run")
  hot to opcua("ns=1;s=hot")
}
`,
);

it('takes values in and writes an alarm, and leaves nothing on the disk', async () => {
  const plant = await startServer({
    nodes: {
      casing: { type: DataType.Double, value: 20, unit: { unitId: 4_408_652, displayName: '°C' } },
      run: { type: DataType.Boolean, value: true },
      hot: { type: DataType.Boolean, value: false },
    },
  });
  const home = join(folder, 'home');
  mkdirSync(home);
  const child = spawn(process.execPath, [command, 'serve', file, '--opcua', plant.url], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: home },
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  try {
    await until('connected', () => said.includes('opcua connected'));
    plant.set('casing', 70);
    await until('raised', () => plant.get('hot') === true);
    plant.set('casing', 20);
    await until('cleared', () => plant.get('hot') === false);
  } finally {
    child.kill('SIGINT');
    await once(child, 'exit');
    await plant.stop();
  }
  expect(said).not.toMatch(/lost/);
  expect(readdirSync(home)).toEqual([]);
});

it('says what is missing instead of beginning', () => {
  const secret = { POLLUX_OPCUA_USERNAME: 'twin', POLLUX_OPCUA_PASSWORD: 'sesame' };
  const ended = pollux(['serve', file, '--opcua', 'opc.tcp://127.0.0.1:4840'], { environment: secret });
  expect(ended.code).toBe(1);
  expect(ended.err).toMatch(/POLLUX_OPCUA_CERT and POLLUX_OPCUA_KEY/);
  expect(ended.err + ended.out).not.toContain('sesame');
});
