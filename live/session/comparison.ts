/** What the run that is shown is compared with: the run as it was, another scenario, or another version of the twin. */
import type { FromPreview, SessionStatus } from '../../preview/protocol.ts';
import { settingText } from './hello.ts';
import { prepare } from './model.ts';
import { versionReference } from './other-version.ts';
import type { OtherVersion } from './other-version.ts';
import type { Playback } from './playback.ts';
import { createReference } from './reference.ts';
import type { Reference } from './reference.ts';

export interface Comparison {
  /** Undefined where nothing is compared. */
  reference(): Reference | undefined;
  status(): SessionStatus['compared'];
  choose(wanted: Pick<FromPreview & { type: 'compare' }, 'with' | 'scenario'>): void;
  /** With a version from now on, whatever text, scenario and settings become; undefined: no longer. */
  against(version: OtherVersion | undefined): void;
  /** The run begins anew: so does the other version's. */
  begin(): void;
  /** Nothing is compared; what a version is compared with begins with the next run. */
  end(): void;
  close(): void;
}

export function createComparison(run: Playback, seed: number | undefined): Comparison {
  let reference: Reference | undefined;
  /** Counts references, so that a preview sees when one takes the place of another. */
  let references = 0;
  let version: OtherVersion | undefined;

  const end = (): void => {
    reference?.close();
    reference = undefined;
    references += 1;
  };
  const wanted = (scenario: string | null) => ({
    mode: run.mode,
    scenario,
    seed,
    // Of a run of another length the same length is shown; another scenario has its own.
    asked: scenario === run.scenario ? run.asked : undefined,
    overrides: run.overrides,
    replayed: undefined,
  });
  /** Of a run with what is set now. */
  const labelOf = (scenario: string | null): string => {
    const { manifest } = run.twin!;
    // `waterworks.drought` → `drought`: in one twin the package says nothing new.
    const name = (scenario ?? manifest.name).split('.').at(-1)!;
    return [name, ...[...run.overrides].map(([id, value]) => settingText(manifest, id, value))].join(', ');
  };
  const begin = (): void => {
    if (version === undefined) return;
    end();
    if (run.mode === 'simulate') reference = versionReference(version, wanted(run.scenario));
  };
  const choose: Comparison['choose'] = ({ with: other, scenario }) => {
    end();
    version = undefined;
    const { model, prepared, mode } = run;
    if (other === 'none' || mode === 'live' || model === undefined || prepared === undefined) return;
    if (other === 'this') {
      // What a recording replays is not foreseen: such a run is compared as far as it is known.
      const until = mode === 'replay' ? 0 : run.end();
      const { twin, series, recording } = prepared;
      reference = createReference(labelOf(run.scenario), twin.branch(), series, until, recording);
    } else if (mode === 'simulate') {
      const { twin, series, recording } = prepare(model, wanted(scenario));
      recording.close();
      reference = createReference(labelOf(scenario), twin, series, twin.duration);
    }
  };
  return {
    reference: () => reference,
    status: () =>
      reference === undefined
        ? undefined
        : { id: references, label: reference.label, computed: reference.computed() },
    choose,
    against: (wanted) => {
      if (wanted === undefined) choose({ with: 'none', scenario: null });
      version = wanted;
      if (run.twin !== undefined) begin();
    },
    begin,
    end,
    close: () => reference?.close(),
  };
}
