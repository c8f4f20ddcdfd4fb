/** PX20…: names that mean nothing where they stand. Reported by `compiler/1-parse`. */
import { define } from './diagnostic.ts';

interface Suggestion {
  suggestion?: string;
}
const didYouMean = ({ suggestion }: Suggestion): string | undefined =>
  suggestion === undefined ? undefined : `Did you mean ${suggestion}?`;

/** `comparison`: where the name is that of a mode, how one asks for it. */
interface ModeOrSuggestion extends Suggestion {
  comparison?: string;
}
const compareOrDidYouMean = ({ comparison, ...holes }: ModeOrSuggestion & { name: string }) =>
  comparison === undefined
    ? didYouMean(holes)
    : `${holes.name} is a mode; ${comparison} is true while it is active.`;

export const unknownName = define<{ name: string; owner?: string } & ModeOrSuggestion>({
  code: 'PX2001',
  severity: 'error',
  title: 'A name that is declared nowhere',
  message: ({ name, owner }) =>
    owner === undefined ? `Nothing here is named ${name}.` : `Nothing is named ${name} in ${owner}.`,
  help: compareOrDidYouMean,
});

export const unknownMember = define<{ name: string; owner: string } & ModeOrSuggestion>({
  code: 'PX2002',
  severity: 'error',
  title: 'A member that the asset does not have',
  message: ({ name, owner }) => `${owner} has no member ${name}.`,
  help: compareOrDidYouMean,
});

export const noMembers = define<{ name: string; receiver: string; kind: string; help?: string }>({
  code: 'PX2003',
  severity: 'error',
  title: 'A member of something that has none',
  message: ({ name, receiver, kind }) =>
    `${receiver} is ${kind} and has no members, so .${name} means nothing.`,
  help: ({ help }) => help,
});

export const unknownDeclaration = define<
  { kind: string; name: string; foundIn?: string; instead?: string } & Suggestion
>({
  code: 'PX2004',
  severity: 'error',
  title: 'A declaration that cannot be found',
  message: ({ kind, name }) => `There is no ${kind} ${name} here.`,
  help: ({ kind, name, foundIn, suggestion, instead }) =>
    foundIn === undefined
      ? (instead ??
        didYouMean({ suggestion }) ??
        (kind === 'quantity'
          ? `Declare it by a unit of it: quantity ${name} = … (of a density it would be kg/m3).`
          : undefined))
      : `Package ${foundIn} has one: add \`use ${foundIn}\`.`,
});

export const wrongKind = define<{ name: string; found: string; wanted: string }>({
  code: 'PX2005',
  severity: 'error',
  title: 'A name of something else',
  message: ({ name, found, wanted }) => `${name} is ${found}, and ${wanted} is needed here.`,
  help: ({ name, found, wanted }) => {
    if (found !== 'a unit') return undefined;
    if (wanted === 'a quantity')
      return `The quantity follows from the value, as in = 1 ${name}, so ': ${name}' can be left out. Where there is no value, declare one: quantity Amount = ${name}.`;
    if (name === 't') return 'The time since the start of the run is `time`.';
    return 'A unit follows its number and has no blanks in it: 0.1 m/s.';
  },
});

export const unknownPackage = define<{ package: string } & Suggestion>({
  code: 'PX2006',
  severity: 'error',
  title: 'A package that cannot be found',
  message: (holes) => `There is no package ${holes.package}.`,
  help: ({ suggestion }) =>
    suggestion === undefined
      ? 'A package is made of the .twin files below the folder of this one that begin with its name, and of the library.'
      : `Did you mean ${suggestion}?`,
});

export const notInPackage = define<{ name: string; package: string } & Suggestion>({
  code: 'PX2007',
  severity: 'error',
  title: 'An import that the package does not have',
  message: (holes) => `Package ${holes.package} declares nothing named ${holes.name}.`,
  help: didYouMean,
});
