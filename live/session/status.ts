/** A run, and what feeds it → what previews are told of both. */
import type { SessionStatus } from '../../preview/protocol.ts';
import type { ConnectionState } from '../receiver.ts';
import type { Playback } from './playback.ts';

/** `brought`: what went wrong with what was brought, by its kind. undefined while nothing runs. */
export function statusOf(
  run: Playback,
  connections: ReadonlyMap<string, ConnectionState>,
  brought: Readonly<Record<string, number>>,
  compared: SessionStatus['compared'],
): SessionStatus | undefined {
  const { twin, mode, speed } = run;
  if (twin === undefined) return undefined;
  const end = run.end();
  const samples = mode === 'simulate' ? [] : Object.entries(twin.sampleCounts());
  const trouble = twin.trouble();
  const method = twin.method();
  return {
    mode,
    scenario: mode === 'live' ? null : run.scenario,
    playing: run.playing,
    speed: speed === undefined || speed === null || !Number.isFinite(speed) ? null : speed,
    time: twin.time(),
    start: 0,
    end: Number.isFinite(end) ? end : null,
    computed: Math.max(run.computed, twin.time()),
    trouble:
      trouble === undefined ? null : `${twin.manifest.title || twin.manifest.name}: ${trouble.message}`,
    ...(method.name === undefined ? {} : { method }),
    ...(compared === undefined ? {} : { compared }),
    connections: [...connections].map(([name, { state, detail }]) => ({ name, state, detail })),
    counts: { ...Object.fromEntries(samples.filter(([, number]) => number > 0)), ...brought },
  };
}
