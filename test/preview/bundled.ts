/** Before the suites that look at the preview: its page is bundled once for all of them, as the sources are now. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundlePreview } from './preview-page.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the bundled page. */
    preview: string;
  }
}

export default async function bundled(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'pollux-preview-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await bundlePreview(folder);
  } catch (error) {
    await remove();
    throw error;
  }
  project.provide('preview', folder);
  return remove;
}
