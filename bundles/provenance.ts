/**
 * Where a bundle comes from, as a statement of in-toto with a predicate of SLSA 1.0. Inside the bundle stands what is the same
 * wherever it is made; who made it when is a statement of its own, about the bundle, and lies beside it.
 */
import type { Source, UsedPackage } from './sources.ts';

/** What is the same of every build from the same texts. */
export interface BuildFacts {
  /** Of Pollux. */
  version: string;
  /** `twin waterworks.East` */
  root: string;
  sources: readonly Source[];
  packages: readonly UsedPackage[];
}

/** Of one build: what no second one has in common with it. */
export interface Invocation {
  id: string;
  /** RFC 3339. */
  started: string;
  finished: string;
  /** Such as Node and the platform. */
  environment: Readonly<Record<string, string>>;
  /** The repository the sources lie in, where there is one. */
  git?: { commit: string; clean: boolean };
}

interface Subject {
  name: string;
  sha256: string;
}

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PREDICATE_TYPE = 'https://slsa.dev/provenance/v1';
const BUILD_TYPE = 'urn:pollux:build:v1';
const BUILDER = 'urn:pollux:builder';

/** An in-toto statement (v1) with SLSA provenance (v1): what was made, from which texts and packages, and by whom where that is said. */
export function provenanceOf(
  subjects: readonly Subject[],
  { version, root, sources, packages }: BuildFacts,
  invocation?: Invocation,
): object {
  const environment = invocation === undefined ? undefined : { ...invocation.environment };
  return {
    _type: STATEMENT_TYPE,
    subject: subjects.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType: PREDICATE_TYPE,
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: { root },
        internalParameters: environment === undefined ? {} : { environment },
        resolvedDependencies: [
          ...sources.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
          ...packages.map(({ name, git, sha256 }) => ({
            name,
            ...(git === undefined ? {} : { uri: `git+${git.url}@${git.commit}` }),
            digest: {
              ...(git === undefined ? {} : { gitCommit: git.commit }),
              ...(sha256 === undefined ? {} : { sha256 }),
            },
          })),
          ...(invocation?.git === undefined
            ? []
            : [
                {
                  name: 'repository',
                  digest: { gitCommit: invocation.git.commit },
                  annotations: { clean: invocation.git.clean },
                },
              ]),
        ],
      },
      runDetails: {
        builder: { id: BUILDER, version: { pollux: version } },
        ...(invocation === undefined
          ? {}
          : {
              metadata: {
                invocationId: invocation.id,
                startedOn: invocation.started,
                finishedOn: invocation.finished,
              },
            }),
      },
    },
  };
}
