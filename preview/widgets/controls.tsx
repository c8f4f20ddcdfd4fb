/** Sliders, switches and number fields for parameters and inputs. */
import { useComputed, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { usePreview, useWatch } from '../context.ts';
import { formatEntry, formatValue, parseEntry, toShown, toSi } from '../format/number.ts';
import type { ParameterInfo } from '../protocol.ts';
import { Empty, Icon } from '../shell/icon.tsx';
import { words } from '../words.ts';
import { Changed } from './changed.tsx';

/** Positions of a slider's knob between its bounds, at least. */
const positions = 400;
const filterFrom = 12;
/** ms after which the run's own value is shown again. */
const handTime = 600;

export function Controls() {
  const { store } = usePreview();
  const filter = useSignal('');
  const parameters = store.hello.value?.parameters ?? [];
  if (parameters.length === 0) return <Empty icon="settings" {...words.noControls} />;
  const wanted = filter.value.toLowerCase();
  const matching = parameters.filter((each) => each.label.toLowerCase().includes(wanted));
  const groups = (['input', 'parameter'] as const)
    .map((role) => ({ role, members: matching.filter((each) => each.role === role) }))
    .filter((group) => group.members.length > 0);
  return (
    <div class="controls">
      <Changed />
      {parameters.length >= filterFrom ? (
        <input
          class="field filter"
          type="search"
          placeholder={words.filter}
          aria-label={words.filter}
          value={filter}
          onInput={(event) => (filter.value = event.currentTarget.value)}
        />
      ) : null}
      {groups.map(({ role, members }) => (
        <section key={role}>
          <h2 class="group-title">{role === 'input' ? words.inputs : words.parameters}</h2>
          {byOwner(members).map(([owner, own]) => (
            <div key={owner} role="group" aria-label={owner || undefined}>
              {owner ? <h3 class="control-owner">{owner}</h3> : null}
              {own.map((parameter) => (
                <Control key={parameter.id} parameter={parameter} name={lastName(parameter.label)} />
              ))}
            </div>
          ))}
        </section>
      ))}
    </div>
  );
}

/** Parameters by the asset they belong to, those of the twin itself first; otherwise in the order of the text. */
function byOwner(parameters: readonly ParameterInfo[]): [string, ParameterInfo[]][] {
  const groups = new Map<string, ParameterInfo[]>([['', []]]);
  for (const parameter of parameters) {
    const owner = parameter.label.slice(0, Math.max(0, parameter.label.lastIndexOf('.')));
    const group = groups.get(owner);
    if (group) group.push(parameter);
    else groups.set(owner, [parameter]);
  }
  return [...groups].filter(([, own]) => own.length > 0);
}

function lastName(label: string): string {
  return label.split('.').at(-1) ?? label;
}

interface ControlProps {
  parameter: ParameterInfo;
  /** Short, where the place says whose it is. */
  name?: string;
  /** Bounds of the view's slider; those of the parameter when left out. */
  low?: number;
  high?: number;
}

export function Control({ parameter, name, low, high }: ControlProps) {
  const { store } = usePreview();
  const { id, base, label } = parameter;
  // An input that the run itself moves (a rule, a scenario) is shown as it is now, until it is set here.
  const moves = parameter.role === 'input' && store.lookup.value.series.has(id);
  useWatch(moves ? [id] : []);
  // While a hand is on it, what the hand says counts: the run answers a moment later.
  const draft = useSignal<number | null>(null);
  const letGo = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const set = (to: number | null) => {
    store.set(id, to);
    draft.value = to ?? parameter.initial;
    clearTimeout(letGo.current);
    letGo.current = setTimeout(() => (draft.value = null), handTime);
  };
  const value = useComputed(
    () =>
      draft.value ??
      (moves ? store.value(id).value : null) ??
      store.settings.value.get(id) ??
      parameter.initial,
  );
  const changed = useComputed(() => store.settings.value.has(id));
  const disabled = !store.may(parameter.role === 'parameter' ? 'administer' : 'operate');
  const from = low ?? parameter.low;
  const to = high ?? parameter.high;
  return (
    <div class={useComputed(() => `control${changed.value ? ' changed' : ''}`)} title={parameter.doc}>
      <div class="control-head">
        <span class="control-label">{name ?? label}</span>
        <button
          type="button"
          class="icon-button reset"
          disabled={useComputed(() => disabled || !changed.value)}
          title={words.reset}
          aria-label={`${words.reset}: ${label}`}
          onClick={() => set(null)}
        >
          <Icon name="discard" />
        </button>
        {base === 'boolean' ? (
          <button
            type="button"
            role="switch"
            class="switch"
            disabled={disabled}
            aria-checked={useComputed(() => (value.value > 0.5 ? 'true' : 'false'))}
            aria-label={label}
            onClick={() => set(value.value > 0.5 ? 0 : 1)}
          >
            <span class="knob" aria-hidden="true" />
          </button>
        ) : (
          <Entry parameter={parameter} value={value.value} set={set} disabled={disabled} />
        )}
      </div>
      {base !== 'boolean' && from !== undefined && to !== undefined && from < to ? (
        <Slider
          parameter={parameter}
          value={value.value}
          low={from}
          high={to}
          set={set}
          disabled={disabled}
        />
      ) : null}
    </div>
  );
}

interface EntryProps {
  parameter: ParameterInfo;
  value: number;
  set: (to: number | null) => void;
  /** Whoever sits here may not. */
  disabled: boolean;
}

function Entry({ parameter, value, set, disabled }: EntryProps) {
  const wrong = useSignal(false);
  const take = (field: HTMLInputElement) => {
    const typed = parseEntry(field.value, parameter);
    wrong.value = Number.isNaN(typed);
    if (!wrong.value && formatEntry(typed, parameter) !== formatEntry(value, parameter)) set(typed);
  };
  return (
    <span class="entry">
      <input
        class="field numeric"
        disabled={disabled}
        type="text"
        inputMode="decimal"
        aria-label={parameter.label}
        aria-invalid={wrong}
        value={formatEntry(value, parameter)}
        onChange={(event) => take(event.currentTarget)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.currentTarget.value = formatEntry(value, parameter);
            wrong.value = false;
          }
        }}
      />
      <span class="unit">{parameter.unit.label}</span>
    </span>
  );
}

interface SliderProps extends EntryProps {
  low: number;
  high: number;
}

function Slider({ parameter, value, low, high, set, disabled }: SliderProps) {
  const { unit, base } = parameter;
  const bounds = [toShown(low, unit), toShown(high, unit)] as const;
  const step = base === 'integer' ? 1 : roundStep((bounds[1] - bounds[0]) / positions);
  const shown = toShown(value, unit);
  const filled = Math.min(100, Math.max(0, ((shown - bounds[0]) / (bounds[1] - bounds[0])) * 100));
  return (
    <input
      class="slider"
      disabled={disabled}
      type="range"
      aria-label={parameter.label}
      aria-valuetext={`${formatValue(value, parameter)} ${unit.label}`}
      min={bounds[0]}
      max={bounds[1]}
      step={step}
      value={shown}
      style={{ '--filled': `${filled}%` }}
      onInput={(event) => {
        const typed = Number(event.currentTarget.value);
        set(toSi(Number(typed.toPrecision(9)), unit));
      }}
    />
  );
}

/** The largest of 1, 2, 5, 10 … that is not above: a hand means 30, not 30.05. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const part = step / power;
  return (part >= 5 ? 5 : part >= 2 ? 2 : 1) * power;
}
