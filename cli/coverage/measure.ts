/** What runs reached of what can be reached, added up over all of them. */
import { keyOf } from '../../compiler/coverable.ts';
import type { Coverable, Point, PointKind } from '../../compiler/coverable.ts';
import type { CheckedModel } from '../../compiler/index.ts';
import type { SourceRange } from '../../compiler/model/source.ts';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import type { ManifestStructure } from '../../runtime/contract/shown.ts';
import type { ManifestTest } from '../../runtime/contract/studies.ts';
import type { Seen } from '../../runtime/coverage.ts';
import type { TestResult } from '../../runtime/run-test.ts';
import { placeOf } from '../formats/report.ts';
import type { Place } from '../formats/report.ts';

export interface CoveredPoint {
  kind: PointKind;
  name: string;
  place: Place;
  /** How often each way was taken: how often it happened, of what fires; else in how many tests. */
  ways: { what: string; count: number }[];
}

export interface CoveredFile {
  /** Relative, with `/`. */
  path: string;
  uri: string;
  points: CoveredPoint[];
  /** Count by line, from one. */
  lines: [line: number, count: number][];
}

export interface Coverage {
  files: CoveredFile[];
}

export interface Share {
  covered: number;
  of: number;
}

export function measure(coverable: Coverable, model: CheckedModel) {
  const counts = new Map<string, number>();
  const add = (key: string, count: number): void => {
    if (count > 0) counts.set(key, (counts.get(key) ?? 0) + count);
  };
  const regions = new Map(
    Object.values(model.assets).flatMap(({ variables }) =>
      variables.flatMap(({ source, sources, hidden }) =>
        sources === undefined || hidden ? [] : [[keyOf(source, ''), sources] as const],
      ),
    ),
  );

  return {
    /** A test that was run. */
    ran(manifest: Manifest, test: ManifestTest, seen: Seen, result: TestResult): void {
      for (const asset of assetsIn(manifest.structure)) add(asset, 1);
      manifest.handlers.forEach(({ kind, source }, id) => {
        if (kind === 'raise' || kind === 'clear')
          add(keyOf(source, kind === 'raise' ? 'raised' : 'cleared'), seen.fired[id]!);
        else {
          add(keyOf(source, 'fires'), seen.fired[id]!);
          add(keyOf(source, 'armed'), seen.armed[id]!);
        }
      });
      manifest.coverage?.branches.forEach(({ source }, id) => {
        add(keyOf(source, 'then'), seen.thens[id] ? 1 : 0);
        add(keyOf(source, 'else'), seen.elses[id] ? 1 : 0);
      });
      for (const [variable, values] of seen.modes) {
        const sources = regions.get(keyOf(manifest.variables[variable]!.source, ''));
        for (const value of values) {
          const source = sources?.[value - 1];
          if (source !== undefined) add(keyOf(source, 'entered'), 1);
        }
      }
      manifest.flow?.processes.forEach(({ steps }, process) => {
        // A step as written may be several of these.
        const passed = new Set(
          steps.flatMap(({ source }, at) => (seen.passed[process]?.[at] ? [keyOf(source, 'passed')] : [])),
        );
        for (const key of passed) add(key, 1);
      });
      test.requirements.forEach(({ kind, source }, at) => {
        const asked = kind === 'response' ? seen.asked[at]! : result.requirements[at]?.time !== null;
        add(keyOf(source, 'asked'), asked ? 1 : 0);
      });
    },

    result(): Coverage {
      const files = new Map<string, CoveredFile>();
      const lines = new Map<string, Map<number, number>>();
      const fileOf = (source: SourceRange): CoveredFile => {
        const known = files.get(source.uri);
        if (known !== undefined) return known;
        const file = { path: placeOf(source).path, uri: source.uri, points: [], lines: [] };
        files.set(source.uri, file);
        lines.set(source.uri, new Map());
        return file;
      };
      const line = (source: SourceRange, count: number): void => {
        fileOf(source);
        const own = lines.get(source.uri)!;
        own.set(source.line, Math.max(own.get(source.line) ?? 0, count));
      };
      for (const { source, by } of coverable.lines)
        line(source, counts.get('asset' in by ? by.asset : by.key) ?? 0);
      for (const point of coverable.points) {
        const covered = pointOf(point, counts);
        fileOf(point.source).points.push(covered);
        line(point.source, Math.max(...covered.ways.map(({ count }) => count)));
      }
      for (const [uri, own] of lines) files.get(uri)!.lines = [...own].sort(([a], [b]) => a - b);
      return {
        files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
      };
    },
  };
}

const pointOf = ({ kind, name, source, ways }: Point, counts: ReadonlyMap<string, number>): CoveredPoint => ({
  kind,
  name,
  place: placeOf(source),
  ways: ways.map((what) => ({ what, count: counts.get(keyOf(source, what)) ?? 0 })),
});

function assetsIn({ asset, children }: ManifestStructure): Set<string> {
  return new Set([asset, ...children.flatMap((child) => [...assetsIn(child)])]);
}

/** Each way counts as one. */
export function shareOf(points: readonly CoveredPoint[]): Share {
  const ways = points.flatMap((point) => point.ways);
  return { covered: ways.filter(({ count }) => count > 0).length, of: ways.length };
}

/** Nothing to reach is all reached. */
export const percentOf = ({ covered, of }: Share): number => (of === 0 ? 100 : (100 * covered) / of);

/** Rounded down to tenths: 100 % is all of it. */
export const percentText = (share: Share): string => `${Math.floor(percentOf(share) * 10) / 10} %`;
