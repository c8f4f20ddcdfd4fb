/** Beside the views: what one sets, and everything that is not in the current view. */
import { useRef } from 'preact/hooks';
import { usePreview } from '../context.ts';
import type { PanelTab } from '../session/kept-state.ts';
import { AlarmList } from '../widgets/alarms.tsx';
import { Controls } from '../widgets/controls.tsx';
import { EventList } from '../widgets/events.tsx';
import { LiveData, SensorTable } from '../widgets/sensors.tsx';
import { TestList } from './tests.tsx';
import { words } from '../words.ts';

const always: readonly PanelTab[] = ['controls', 'alarms', 'events', 'sensors'];

export function Panel() {
  const { store, kept } = usePreview();
  const list = useRef<HTMLDivElement>(null);
  const tabs = store.hello.value?.tests ? [...always, 'tests' as const] : always;
  const current = tabs.find((tab) => tab === kept.panelTab.value) ?? 'controls';
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(current) + step + tabs.length) % tabs.length]!;
    kept.panelTab.value = next;
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <aside class="panel" aria-label={words.panel}>
      <div ref={list} class="tabs" role="tablist" onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            type="button"
            key={tab}
            id={`tab-${tab}`}
            role="tab"
            class="tab"
            aria-selected={tab === current}
            aria-controls="panel-content"
            tabIndex={tab === current ? 0 : -1}
            onClick={() => (kept.panelTab.value = tab)}
          >
            {words[tab]}
          </button>
        ))}
      </div>
      <div
        id="panel-content"
        class="panel-content"
        role="tabpanel"
        aria-labelledby={`tab-${current}`}
        tabIndex={0}
      >
        {current === 'controls' ? <Controls /> : null}
        {current === 'alarms' ? <AlarmList /> : null}
        {current === 'events' ? <EventList /> : null}
        {current === 'sensors' ? (
          <>
            <SensorTable />
            <LiveData />
          </>
        ) : null}
        {current === 'tests' ? <TestList /> : null}
      </div>
    </aside>
  );
}
