/** What computes the results. Those of one engine are the same bits everywhere, so only equal ones share an experiment. */
import packageJson from '../../../package.json' with { type: 'json' };

/** A hash of the runtime's sources, put here by the build. */
declare const ENGINE_HASH: string | undefined;

export interface Engine {
  version: string;
  engine: string;
}

export const ENGINE: Engine = {
  version: packageJson.version,
  engine: typeof ENGINE_HASH === 'undefined' ? 'source' : ENGINE_HASH,
};

export const engineText = ({ version, engine }: Engine): string => `${version} (engine ${engine})`;
