/** The page as a whole: header, banners, the current view, the panel beside it and the timeline below. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { PreviewContext, usePreview } from './context.ts';
import type { Preview } from './context.ts';
import type { AlarmState } from './protocol.ts';
import { playLoop } from './session/loop.ts';
import { followTrace } from './session/trace.ts';
import { hasErrors, newlyRaised } from './session/reduce.ts';
import { Header, Views } from './shell/header.tsx';
import { Help } from './shell/help.tsx';
import { Empty } from './shell/icon.tsx';
import { listenToKeys } from './shell/keyboard.ts';
import { Panel } from './shell/panel.tsx';
import { Ended, Problems, Refused, Trouble } from './shell/problems.tsx';
import { TraceBanner } from './shell/tests.tsx';
import { Timeline } from './shell/timeline.tsx';
import { View } from './widgets/view.tsx';
import { words } from './words.ts';

/** px; from here on the panel has a place of its own beside the views, and is open unless one closes it. */
const wide = 1100;

export function App({ preview }: { preview: Preview }) {
  return (
    <PreviewContext.Provider value={preview}>
      <Shell />
    </PreviewContext.Provider>
  );
}

function Shell() {
  const { store, kept } = usePreview();
  const help = useSignal(false);
  const panelOpen = kept.panelOpen.value ?? window.innerWidth >= wide;
  const togglePanel = () => (kept.panelOpen.value = !(kept.panelOpen.peek() ?? window.innerWidth >= wide));
  useEffect(() => playLoop(store, kept), []);
  useEffect(() => followTrace(store, kept), []);
  useEffect(
    () =>
      listenToKeys({
        store,
        kept,
        togglePanel,
        toggleHelp: () => (help.value = !help.value),
        closeHelp: () => (help.value = false),
      }),
    [],
  );
  return (
    <div
      class={`shell${panelOpen ? ' panel-open' : ''}${store.connection.value === 'open' ? '' : ' is-away'}`}
    >
      <Header panelOpen={panelOpen} onHelp={() => (help.value = true)} onPanel={togglePanel} />
      <div class="banners">
        <Problems />
        <TraceBanner />
        <Trouble />
        <Ended />
        <Refused />
      </div>
      <div class="body">
        <Main />
        {panelOpen && store.hello.value ? <Panel /> : null}
      </div>
      <Timeline />
      <Announcer />
      {help.value ? <Help onClose={() => (help.value = false)} /> : null}
    </div>
  );
}

function Main() {
  const { store, kept } = usePreview();
  const main = useRef<HTMLElement>(null);
  const hello = store.hello.value;
  const views = hello?.views ?? [];
  const current = Math.max(0, Math.min(kept.view.value, views.length - 1));
  const view = views[current];
  // Where one was, after a reload.
  useLayoutEffect(() => {
    if (view && main.current) main.current.scrollTop = kept.scroll.peek();
  }, [view !== undefined]);
  return (
    <main
      ref={main}
      class="main"
      tabIndex={-1}
      onScroll={(event) => (kept.scroll.value = event.currentTarget.scrollTop)}
    >
      <Views />
      {view ? <View key={`${hello?.name} ${current}`} view={view} /> : <Nothing />}
    </main>
  );
}

function Nothing() {
  const { store } = usePreview();
  if (store.hello.value) return <Empty icon="graph-line" {...words.noViews} />;
  if (store.connection.value === 'reconnecting')
    return <Empty icon="debug-disconnect" class="page" {...words.offline} />;
  if (store.ended.value !== null) return <Empty icon="debug-disconnect" class="page" {...words.ended} />;
  if (hasErrors(store.problems.value)) return <Empty icon="error" class="page" {...words.broken} />;
  return (
    <>
      <Skeleton />
      <Empty icon="loading codicon-modifier-spin" class="page" {...words.loading} />
    </>
  );
}

/** Shapes of what is to come, so that nothing jumps when it does. */
function Skeleton() {
  return (
    <div class="view skeleton" aria-hidden="true">
      <div class="row">
        <div class="card" />
        <div class="card" />
        <div class="card" />
      </div>
      <div class="card tall" />
      <div class="card tall" />
    </div>
  );
}

/** Tells those who do not see it that an alarm was raised. */
function Announcer() {
  const { store } = usePreview();
  const said = useSignal('');
  const before = useRef<readonly AlarmState[]>([]);
  useSignalEffect(() => {
    const alarms = store.alarms.value;
    const raised = newlyRaised(before.current, alarms);
    before.current = alarms;
    if (raised.length > 0)
      said.value = raised.map((alarm) => words.raised(alarm.label, alarm.message)).join(' ');
  });
  return (
    <div class="visually-hidden" role="log" aria-live="assertive">
      {said}
    </div>
  );
}
