/** The server under an editor that is not ours: Debian's neovim over stdio. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { ensureNeovim } from '../../tools/setup/neovim.mjs';
import { SetupError } from '../../tools/setup/step.mjs';
import { bundleServer } from './client.ts';

const TEXT = `package plant

asset Heater {
  param heatCapacity    = 6 kj/K
  param power = 2 kW
  state temperature = 20 degC
  let heatLoss = 5 W/K * (temperature - 20 degC)
  der(temperature) = (power - heatLoss) / heatCapacity
}
`;

interface Results {
  problem?: string;
  diagnostics: string[];
  mended: string[];
  hover: string;
  completion: string[];
  text: string;
}

let nvim: string | undefined;
let why = '';
beforeAll(async () => {
  nvim = await ensureNeovim().catch((error: unknown) => {
    if (!(error instanceof SetupError)) throw error;
    why = error.message.replaceAll(/\s+/g, ' ');
    return undefined;
  });
}, 600_000);

it('neovim shows findings, hovers, completes, renames and formats', async (context) => {
  if (nvim === undefined) return context.skip(why);
  const folder = mkdtempSync(join(tmpdir(), 'pollux-neovim-'));
  try {
    const [file, output] = [join(folder, 'heater.twin'), join(folder, 'results.json')];
    writeFileSync(file, TEXT);
    const script = fileURLToPath(new URL('neovim.lua', import.meta.url));
    await promisify(execFile)(
      nvim,
      ['--headless', '-u', 'NONE', '-i', 'NONE', '-n', '-c', `luafile ${script}`],
      {
        timeout: 110_000,
        env: {
          ...process.env,
          HOME: folder,
          XDG_STATE_HOME: folder,
          CLIENT_NODE: process.execPath,
          CLIENT_SERVER: await bundleServer(),
          CLIENT_FILE: file,
          CLIENT_OUTPUT: output,
        },
      },
    );
    const results = JSON.parse(readFileSync(output, 'utf8')) as Results;
    expect(results.problem).toBeUndefined();
    expect(results.diagnostics).toEqual([expect.stringContaining('kj')]);
    expect(results.mended).toEqual([]);
    expect(results.hover).toContain('**Power**');
    expect(results.completion).toEqual(expect.arrayContaining(['heatLoss', 'power', 'temperature']));
    expect(results.text).toContain('  param heatCapacity = 6 kJ/K\n  param power        = 2 kW\n');
    expect(results.text).toContain('(power - lost) / heatCapacity');
    expect(results.text).not.toContain('heatLoss');
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
