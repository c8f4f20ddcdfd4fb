/** Starts the page of an experiment in `#app`: in a webview, or in a file that has its events in itself. */
import { render } from 'preact';
import { StudyContext } from './context.ts';
import type { Study } from './context.ts';
import { StudyPage } from './page.tsx';
import { keep, restored, shortened } from './kept.ts';
import type { FromStudy, StudyEvent, StudySubject, ToStudy } from './protocol.ts';
import { StudyStore } from './state.ts';
import './study.css';

/** ms between two times at which what has come is kept while it runs. */
const KEPT_EVERY = 2000;

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

/** By an editor. What it is of and what it was told is kept, so that the panel can be restored after a reload. */
function held(store: StudyStore): (message: FromStudy) => void {
  const host = acquireVsCodeApi();
  let subject = JSON.parse(document.body.dataset['subject'] ?? 'null') as StudySubject | null;
  let told: StudyEvent[] = [];
  let before = restored(host.getState());
  let waiting: number | undefined;
  const save = (): void => {
    clearTimeout(waiting);
    waiting = undefined;
    told = shortened(told);
    host.setState(keep(subject, told));
  };
  if (before.length === 0) save();
  let isRestored = false;
  window.addEventListener('message', ({ data }: MessageEvent<ToStudy>) => {
    // Who holds the page knows it all, and tells it from the beginning.
    if (data.type === 'events' && isRestored) {
      store.receive({ type: 'study', subject: subject!, running: false });
      [told, isRestored] = [[], false];
    }
    store.receive(data);
    if (data.type === 'study') {
      [subject, told] = [data.subject, data.running ? [] : before];
      isRestored = told.length > 0;
      if (isRestored) store.reopen(told);
      before = [];
    } else if (data.type === 'events') told.push(...data.events);
    if (data.type === 'events' && data.events.some(({ type }) => type === 'end')) save();
    else waiting ??= window.setTimeout(save, KEPT_EVERY);
  });
  host.postMessage({ type: 'ready' } satisfies FromStudy);
  return (message) => host.postMessage(message);
}

start();
