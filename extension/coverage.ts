/** What `pollux test --coverage-report json` writes → coverage as the editor shows it, in the gutter and in the Test Coverage view. */
import * as vscode from 'vscode';

/** A file of that report. */
export interface CoveredFile {
  uri: string;
  points: {
    kind: 'rule' | 'branch' | 'mode' | 'transition' | 'alarm' | 'step' | 'requirement';
    name: string;
    place: { line: number; column: number; endLine: number; endColumn: number };
    ways: { what: string; count: number }[];
  }[];
  lines: [line: number, count: number][];
}

/** Adds up what several runs reached of one file. */
function added(before: CoveredFile | undefined, now: CoveredFile): CoveredFile {
  if (before === undefined || before.points.length !== now.points.length) return now;
  const counts = new Map(before.lines);
  return {
    ...now,
    points: now.points.map((point, at) => ({
      ...point,
      ways: point.ways.map(({ what, count }, way) => ({
        what,
        count: count + (before.points[at]!.ways[way]?.count ?? 0),
      })),
    })),
    lines: now.lines.map(([line, count]) => [line, count + (counts.get(line) ?? 0)]),
  };
}

type Detail = vscode.StatementCoverage | vscode.DeclarationCoverage;

function detailsOf({ points, lines }: CoveredFile): Detail[] {
  const details: Detail[] = [];
  const branching = new Map<number, vscode.BranchCoverage[]>();
  for (const { kind, name, place, ways } of points) {
    const range = new vscode.Range(place.line - 1, place.column - 1, place.endLine - 1, place.endColumn - 1);
    if (ways.length > 1)
      branching.set(place.line, [
        ...(branching.get(place.line) ?? []),
        ...ways.map(({ what, count }) => new vscode.BranchCoverage(count, range, what)),
      ]);
    if (kind !== 'branch' && kind !== 'requirement')
      details.push(new vscode.DeclarationCoverage(name, ways.at(kind === 'alarm' ? 0 : -1)!.count, range));
  }
  for (const [line, count] of lines)
    details.push(
      new vscode.StatementCoverage(
        count,
        new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER),
        branching.get(line) ?? [],
      ),
    );
  return details;
}

/** Of one test run: its files, and their details when somebody asks. */
export class RunCoverage {
  private readonly files = new Map<string, CoveredFile>();

  add(files: readonly CoveredFile[]): void {
    for (const file of files) this.files.set(file.uri, added(this.files.get(file.uri), file));
  }

  show(run: vscode.TestRun): void {
    for (const file of this.files.values()) run.addCoverage(new FileOfRun(file));
  }
}

export class FileOfRun extends vscode.FileCoverage {
  readonly details: Detail[];

  constructor(file: CoveredFile) {
    const details = detailsOf(file);
    const { statementCoverage, branchCoverage, declarationCoverage } = vscode.FileCoverage.fromDetails(
      vscode.Uri.parse(file.uri),
      details,
    );
    super(vscode.Uri.parse(file.uri), statementCoverage, branchCoverage, declarationCoverage);
    this.details = details;
  }
}
