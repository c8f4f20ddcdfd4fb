/** Where the run stands, and the buttons that move it. */
import { useComputed, useSignal } from '@preact/signals';
import { usePreview } from '../context.ts';
import type { MethodStatus } from '../protocol.ts';
import { group } from '../format/number.ts';
import { formatInstant, formatRunning, formatSpan } from '../format/time.ts';
import { visibleRange } from '../format/range.ts';
import type { TimeWindow } from '../session/kept-state.ts';
import { momentOf, writeMoment } from '../session/moment.ts';
import { speeds } from '../session/reduce.ts';
import { words } from '../words.ts';
import { Icon } from './icon.tsx';
import { Scrubber } from './scrubber.tsx';
import { toggleMark, togglePlay } from './keyboard.ts';

const windows: readonly number[] = [10, 30, 60, 300, 600, 1800, 3600, 6 * 3600, 86_400];

export function Timeline() {
  const { store } = usePreview();
  const status = store.status.value;
  const live = status?.mode === 'live';
  const disabled = !status || store.connection.value !== 'open' || (!live && !store.may('operate'));
  const playing = live ? store.frozen.value === null : (status?.playing ?? false);
  return (
    <section class="timeline" aria-label={words.transport}>
      <div class="transport" role="group" aria-label={words.transport}>
        {live ? null : (
          <>
            <TransportButton
              icon="debug-restart"
              label={words.restart}
              hint="R"
              disabled={disabled || !store.may('administer')}
              onClick={() => store.command({ type: 'restart' })}
            />
            <TransportButton
              icon="chevron-left"
              label={words.previousEvent}
              hint="Shift ←"
              disabled={disabled}
              onClick={() => store.command({ type: 'step', to: 'previous-event' })}
            />
          </>
        )}
        <button
          type="button"
          class="play"
          disabled={disabled}
          aria-label={playLabel(live, playing)}
          title={`${playLabel(live, playing)} (Space)`}
          onClick={() => togglePlay(store)}
        >
          <Icon name={playing ? 'debug-pause' : 'play'} />
        </button>
        {live ? null : (
          <>
            <TransportButton
              icon="debug-step-over"
              label={words.step}
              hint="→"
              disabled={disabled}
              onClick={() => store.command({ type: 'step', to: 'step' })}
            />
            <TransportButton
              icon="chevron-right"
              label={words.nextEvent}
              hint="Shift →"
              disabled={disabled}
              onClick={() => store.command({ type: 'step', to: 'next-event' })}
            />
          </>
        )}
      </div>
      <Clock />
      <Method />
      <Scrubber />
      <div class="timeline-end">
        {live ? (
          <button
            type="button"
            class={`follow${playing ? ' is-following' : ''}`}
            disabled={playing}
            onClick={() => {
              store.frozen.value = null;
              store.invalidate();
            }}
          >
            <span class="dot" aria-hidden="true" />
            {playing ? words.following : words.follow}
          </button>
        ) : (
          <Speed disabled={disabled} />
        )}
        <WindowChoice />
        <Mark />
        <CopyLink />
      </div>
    </section>
  );
}

function playLabel(live: boolean, playing: boolean): string {
  if (live) return playing ? words.freeze : words.follow;
  return playing ? words.pause : words.play;
}

interface ButtonProps {
  icon: string;
  label: string;
  hint: string;
  disabled: boolean;
  onClick: () => void;
}

function TransportButton({ icon, label, hint, disabled, onClick }: ButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      title={`${label} (${hint})`}
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

/** How the run is integrated, and why. */
function methodLine(method: MethodStatus | undefined): string {
  if (method?.name === undefined) return '';
  const { name, since, why, rate, step } = method;
  const span = (value: number | undefined): string => (value === undefined ? '' : formatSpan(value));
  const reason = words.methodReason[why](
    rate === undefined ? '' : String(Number(rate.toPrecision(3))),
    span(step),
  );
  return [words.method(name, span(since)), reason].filter(Boolean).join(': ');
}

/** Said beside the clock only where the run has changed over by itself. */
function Method() {
  const { store } = usePreview();
  const method = store.status.value?.method;
  if (method?.name === undefined || method.changes === 0) return null;
  const line = methodLine(method);
  return (
    <span class="method" title={line} aria-label={line} role="note">
      {method.name}
    </span>
  );
}

function Clock() {
  const { store } = usePreview();
  const end = store.status.value?.end;
  const now = useComputed(() => formatRunning(store.shown.value, store.status.value?.end, true));
  return (
    <span
      class="clock"
      role="timer"
      aria-live="off"
      title={[words.time, methodLine(store.status.value?.method)].filter(Boolean).join('\n')}
    >
      <span class="clock-now">{now}</span>
      {end == null ? null : <span class="clock-end">/ {formatRunning(end, end)}</span>}
    </span>
  );
}

/** Copies an address that leads back to what is shown now. */
function CopyLink() {
  const { store, kept, standalone } = usePreview();
  const copied = useSignal(false);
  const done = () => {
    copied.value = true;
    setTimeout(() => (copied.value = false), 1500);
  };
  const copy = () => {
    const moment = writeMoment(momentOf(store, kept));
    if (!standalone) {
      // An editor's page has no address that leads back to it; the editor makes one.
      store.command({ type: 'link', moment });
      done();
      return;
    }
    const address = new URL(moment, window.location.href).href;
    navigator.clipboard.writeText(address).then(
      done,
      // Where the clipboard is not to be had, the address bar is.
      () => (window.location.hash = new URL(address).hash),
    );
  };
  return (
    <>
      <button
        type="button"
        class="icon-button"
        title={words.copyLink}
        aria-label={words.copyLink}
        onClick={copy}
      >
        <Icon name={copied.value ? 'check' : 'link'} />
      </button>
      <span class="visually-hidden" role="status">
        {copied.value ? words.copied : ''}
      </span>
    </>
  );
}

function Speed({ disabled }: { disabled: boolean }) {
  const { store } = usePreview();
  const speed = store.status.value?.speed ?? null;
  const offered = speeds.includes(speed)
    ? speeds
    : [...speeds, speed].sort((a, b) => (a ?? Infinity) - (b ?? Infinity));
  return (
    <label class="choice" title={`${words.speed}${speed === null ? '' : `: ${formatSpan(speed)} / s`} (1–9)`}>
      <Icon name="dashboard" />
      <span class="visually-hidden">{words.speed}</span>
      <select
        class="select"
        disabled={disabled}
        value={String(speed)}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          store.command({ type: 'speed', speed: chosen === 'null' ? null : Number(chosen) });
        }}
      >
        {offered.map((each) => (
          <option key={each} value={String(each)}>
            {each === null ? words.fastest : `${group(String(each))}×`}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The marked time, and how far from it the pointer or the time that is shown lies. */
function Mark() {
  const { store, kept } = usePreview();
  const mark = kept.mark.value;
  const step = (): number => {
    const status = store.status.value;
    const time = store.shown.value;
    const shown = { zoom: kept.zoom.value, window: kept.window.value, own: undefined, status, time };
    const [from, to] = visibleRange(shown);
    return (to - from) / 1000;
  };
  const apart = useComputed(() => {
    const from = kept.mark.value;
    if (from === null) return '';
    return `Δt ${formatInstant((store.cursor.value ?? store.shown.value) - from, step())}`;
  });
  if (mark === null)
    return (
      <button
        type="button"
        class="icon-button"
        aria-label={words.mark}
        title={`${words.mark} (M)`}
        disabled={!store.status.value}
        onClick={() => toggleMark(store, kept)}
      >
        <Icon name="pin" />
      </button>
    );
  const name = words.marked(formatInstant(mark, step()));
  return (
    <button
      type="button"
      class="choice zoomed mark"
      title={`${name} (M)`}
      onClick={() => toggleMark(store, kept)}
    >
      <Icon name="pinned" />
      <span class="visually-hidden">{name}: </span>
      <span class="mark-apart">{apart}</span>
    </button>
  );
}

function WindowChoice() {
  const { store, kept } = usePreview();
  const live = store.status.value?.mode === 'live';
  const current = kept.window.value;
  if (kept.zoom.value)
    return (
      <>
        {live ? null : (
          <button
            type="button"
            class="icon-button loop"
            aria-pressed={kept.loop}
            aria-label={words.loop}
            title={`${words.loop} (L)`}
            onClick={() => (kept.loop.value = !kept.loop.value)}
          >
            <Icon name="sync" />
          </button>
        )}
        <button
          type="button"
          class="choice zoomed"
          title={`${words.resetZoom} (Z)`}
          onClick={() => (kept.zoom.value = null)}
        >
          <Icon name="zoom-out" /> {words.resetZoom}
        </button>
      </>
    );
  const choose = (value: string): TimeWindow => (value === 'auto' || value === 'all' ? value : Number(value));
  return (
    <label class="choice" title={words.window}>
      <Icon name="arrow-both" />
      <span class="visually-hidden">{words.window}</span>
      <select
        class="select"
        value={String(current)}
        onChange={(event) => (kept.window.value = choose(event.currentTarget.value))}
      >
        <option value="auto">{words.windowAuto}</option>
        {windows.map((span) => (
          <option key={span} value={String(span)}>
            {formatSpan(span)}
          </option>
        ))}
        <option value="all">{words.windowAll}</option>
      </select>
    </label>
  );
}
