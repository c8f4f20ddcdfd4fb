/** Starts the page of an experiment in `#app`: in a webview, or in a file that has its events in itself. */
import { render } from 'preact';
import { StudyContext } from './context.ts';
import type { Study } from './context.ts';
import { StudyPage } from './page.tsx';
import type { FromStudy, StudyEvent, ToStudy } from './protocol.ts';
import { StudyStore } from './state.ts';
import './study.css';

function start(): void {
  const store = new StudyStore();
  const told = document.getElementById('events')?.textContent;
  const send = told == null ? held(store) : undefined;
  if (told != null) store.take(JSON.parse(told) as StudyEvent[]);
  const study: Study = { store, send };
  const page = (
    <StudyContext.Provider value={study}>
      <StudyPage />
    </StudyContext.Provider>
  );
  render(page, document.getElementById('app') ?? document.body.appendChild(document.createElement('div')));
}

/** By an editor. What it is of is kept, so that the panel can be restored after a reload. */
function held(store: StudyStore): (message: FromStudy) => void {
  const host = acquireVsCodeApi();
  host.setState({ subject: JSON.parse(document.body.dataset['subject'] ?? 'null') as unknown });
  window.addEventListener('message', ({ data }: MessageEvent<ToStudy>) => store.receive(data));
  host.postMessage({ type: 'ready' } satisfies FromStudy);
  return (message) => host.postMessage(message);
}

start();
