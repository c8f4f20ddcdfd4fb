/** The preview's page with real sessions behind it: a text is compiled, and its twin runs by a clock that the test moves. */
import { inject } from 'vitest';
import { createSession } from '../../live/session/session.ts';
import type { Session, SessionOptions } from '../../live/session/contract.ts';
import { kernelFactory } from '../../runtime/load.ts';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import type { ToPreview } from '../../preview/protocol.ts';
import { compiled } from '../experiments/fixture.ts';
import { servePreview } from './preview-page.ts';
import type { PreviewPage } from './preview-page.ts';

export interface RealPage extends PreviewPage {
  /** The session of the page that was opened last. */
  session(): Session;
  /** Puts another text in the place of the one that runs. */
  change(text: string): void;
  /** Says something to the page besides. */
  say(message: ToPreview): void;
  manifest: Manifest;
}

/** Sessions begin paused, at time 0. */
export async function serveText(text: string, options: Partial<SessionOptions> = {}): Promise<RealPage> {
  const { artefact } = compiled(text);
  let session: Session | undefined;
  let say: (message: ToPreview) => void = () => undefined;
  const page = await servePreview(
    (emit) => {
      say = emit;
      session = createSession({
        send: emit,
        now: () => performance.now(),
        schedule: (callback, ms) => {
          const timer = setTimeout(callback, ms);
          return () => clearTimeout(timer);
        },
        playing: false,
        ...options,
      });
      session.load({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
      return session;
    },
    { bundled: inject('preview') },
  );
  return {
    ...page,
    manifest: artefact.manifest,
    session: () => session!,
    change: (next) => {
      const { artefact: other } = compiled(next);
      session!.load({ manifest: other.manifest, kernel: kernelFactory(other) });
    },
    say: (message) => say(message),
    close: async () => {
      session?.dispose();
      await page.close();
    },
  };
}
