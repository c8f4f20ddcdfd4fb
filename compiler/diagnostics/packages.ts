/** PX23…: packages that a project names and that cannot be had. Found by the host, reported where they are used. */
import { define } from './diagnostic.ts';

export const absentPackage = define<{ package: string; reason: string }>({
  code: 'PX2301',
  severity: 'error',
  title: 'A package that is not installed, or not as it was locked',
  message: (holes) => `Package ${holes.package} cannot be used: ${holes.reason}.`,
});
