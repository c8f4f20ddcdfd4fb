/** PX23…: packages that cannot be had, or are not the project's own to use. Found by the host, reported where they are used. */
import { define } from './diagnostic.ts';

export const absentPackage = define<{ package: string; reason: string }>({
  code: 'PX2301',
  severity: 'error',
  title: 'A package that is not installed, or not as it was locked',
  message: (holes) => `Package ${holes.package} cannot be used: ${holes.reason}.`,
});

export const indirectPackage = define<{ package: string; by: string; command: string }>({
  code: 'PX2302',
  severity: 'error',
  title: 'A package that only other packages ask for',
  message: ({ package: name, by }) =>
    `Package ${name} is here because ${by} needs it, and pollux.json does not name it.`,
  help: ({ command }) => `Run ${command}, so that it stays when they no longer need it.`,
});
