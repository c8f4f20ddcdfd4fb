/** Sources → one script for a page, so that a suite can run the same code in Node and in Chromium. */
import { build } from 'esbuild';

/**
 * Bundles a module for a browser; its exports are on `globalThis[globalName]` after `page.addScriptTag({ content })`.
 * @param entry absolute path
 * @throws when it needs anything that a browser does not have
 */
export async function bundleForBrowser(entry: string, globalName: string): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName,
    target: 'es2022',
    loader: { '.twin': 'text' },
    logLevel: 'silent',
  });
  return result.outputFiles[0]?.text ?? '';
}
