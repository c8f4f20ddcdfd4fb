/** Cobertura XML (coverage-04.dtd), as GitLab, Jenkins and Azure DevOps read it. A file is a class, a folder a package. */
import packageJson from '../../package.json' with { type: 'json' };
import { attribute } from '../formats/xml.ts';
import type { Coverage, CoveredFile, CoveredPoint } from './measure.ts';

interface Rates {
  lines: number;
  linesHit: number;
  ways: number;
  waysTaken: number;
}

export function cobertura({ files }: Coverage): string {
  const folders = [...new Set(files.map(folderOf))].toSorted();
  const all = sum(files.map(ratesOf));
  const packages = folders.map((folder) => {
    const own = files.filter((file) => folderOf(file) === folder);
    return `    <package name="${attribute(folder.replaceAll('/', '.'))}" ${rates(sum(own.map(ratesOf)))} complexity="0">
      <classes>
${own.map(classText).join('')}      </classes>
    </package>
`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage ${rates(all)} lines-covered="${all.linesHit}" lines-valid="${all.lines}" branches-covered="${all.waysTaken}" branches-valid="${all.ways}" complexity="0" version="pollux ${packageJson.version}" timestamp="0">
  <sources>
    <source>.</source>
  </sources>
  <packages>
${packages.join('')}  </packages>
</coverage>
`;
}

const folderOf = ({ path }: CoveredFile): string =>
  path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';

function classText(file: CoveredFile): string {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  const lines = file.lines.map(([line, count]) =>
    lineText(
      line,
      count,
      branching(file).filter(({ place }) => place.line === line),
    ),
  );
  return `        <class name="${attribute(name)}" filename="${attribute(file.path)}" ${rates(ratesOf(file))} complexity="0">
          <methods/>
          <lines>
${lines.join('')}          </lines>
        </class>
`;
}

function lineText(line: number, count: number, points: readonly CoveredPoint[]): string {
  const head = `            <line number="${line}" hits="${count}"`;
  if (points.length === 0) return `${head} branch="false"/>\n`;
  const ways = points.flatMap((point) => point.ways);
  const taken = ways.filter((way) => way.count > 0).length;
  const conditions = points.map(({ ways: own }, n) => {
    const share = own.filter((way) => way.count > 0).length / own.length;
    return `<condition number="${n}" type="jump" coverage="${Math.floor(share * 100)}%"/>`;
  });
  const share = `${Math.floor((100 * taken) / ways.length)}% (${taken}/${ways.length})`;
  return `${head} branch="true" condition-coverage="${share}"><conditions>${conditions.join('')}</conditions></line>\n`;
}

const branching = ({ points }: CoveredFile): CoveredPoint[] => points.filter(({ ways }) => ways.length > 1);

function ratesOf(file: CoveredFile): Rates {
  const ways = branching(file).flatMap((point) => point.ways);
  return {
    lines: file.lines.length,
    linesHit: file.lines.filter(([, count]) => count > 0).length,
    ways: ways.length,
    waysTaken: ways.filter(({ count }) => count > 0).length,
  };
}

const sum = (all: readonly Rates[]): Rates => {
  const over = (field: keyof Rates): number => all.reduce((total, each) => total + each[field], 0);
  return {
    lines: over('lines'),
    linesHit: over('linesHit'),
    ways: over('ways'),
    waysTaken: over('waysTaken'),
  };
};

const rate = (part: number, of: number): string => (of === 0 ? 1 : part / of).toFixed(4);
const rates = ({ lines, linesHit, ways, waysTaken }: Rates): string =>
  `line-rate="${rate(linesHit, lines)}" branch-rate="${rate(waysTaken, ways)}"`;
