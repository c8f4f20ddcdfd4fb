/** Title, mode, scenario, views, state of the connection, alarms. */
import { useComputed } from '@preact/signals';
import { usePreview } from '../context.ts';
import type { Mode } from '../protocol.ts';
import { isLoud } from '../session/reduce.ts';
import type { Theme } from '../session/kept-state.ts';
import { words } from '../words.ts';
import { Icon } from './icon.tsx';

const themeIcons: Readonly<Record<Theme, string>> = {
  auto: 'color-mode',
  light: 'lightbulb',
  dark: 'circle-large-filled',
};
const nextTheme: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };

interface Props {
  panelOpen: boolean;
  onHelp: () => void;
  onPanel: () => void;
}

export function Header({ panelOpen, onHelp, onPanel }: Props) {
  const { store, kept, standalone } = usePreview();
  const hello = store.hello.value;
  return (
    <header class="header">
      <div class="title" title={hello?.doc}>
        <h1>{hello?.title || hello?.name || words.app}</h1>
        <ConnectionState />
      </div>
      <div class="header-controls">
        <Modes />
        <Scenarios />
        <Comparison />
      </div>
      <div class="header-buttons">
        <AlarmCount />
        {standalone ? <SignOut /> : null}
        {standalone ? (
          <button
            type="button"
            class="icon-button"
            title={words.theme[kept.theme.value]}
            aria-label={words.theme[kept.theme.value]}
            onClick={() => (kept.theme.value = nextTheme[kept.theme.value])}
          >
            <Icon name={themeIcons[kept.theme.value]} />
          </button>
        ) : null}
        <button
          type="button"
          class="icon-button"
          title={`${words.help} (?)`}
          aria-label={words.help}
          onClick={onHelp}
        >
          <Icon name="keyboard" />
        </button>
        <button
          type="button"
          class="icon-button"
          title={`${words.togglePanel} (P)`}
          aria-label={words.togglePanel}
          aria-pressed={panelOpen}
          onClick={onPanel}
        >
          <Icon name={panelOpen ? 'layout-sidebar-right' : 'layout-sidebar-right-off'} />
        </button>
      </div>
    </header>
  );
}

export function Views() {
  const { store, kept } = usePreview();
  const views = store.hello.value?.views ?? [];
  if (views.length < 2) return null;
  const current = Math.min(kept.view.value, views.length - 1);
  return (
    <nav class="views" aria-label={words.views}>
      {views.map((view, i) => (
        <button
          type="button"
          key={i}
          class="view-tab"
          aria-current={i === current ? 'page' : undefined}
          onClick={() => (kept.view.value = i)}
        >
          {view.title || `${words.views} ${i + 1}`}
        </button>
      ))}
    </nav>
  );
}

function ConnectionState() {
  const { store } = usePreview();
  const connection = store.connection.value;
  const live = store.status.value?.mode === 'live';
  const lost = store.status.value?.connections.filter((each) => each.state !== 'connected') ?? [];
  const away = connection !== 'open';
  const text = away
    ? connection === 'connecting'
      ? words.connecting
      : words.reconnecting
    : live && lost.length > 0
      ? `${lost[0]!.name}: ${lost[0]!.state === 'lost' ? words.lost : words.connecting}`
      : '';
  const state = away ? 'connecting' : live && lost.length > 0 ? lost[0]!.state : 'connected';
  return (
    <span class={`connection connection-${state}`} role="status" title={text || words.connected}>
      <span class="dot" aria-hidden="true" />
      {text ? (
        <span class="connection-name">{text}</span>
      ) : (
        <span class="visually-hidden">{words.connected}</span>
      )}
    </span>
  );
}

function Modes() {
  const { store } = usePreview();
  const modes = store.hello.value?.modes ?? [];
  const current = store.status.value?.mode;
  if (!current) return null;
  if (modes.length < 2) return <span class={`badge mode-${current}`}>{words.modes[current]}</span>;
  return (
    <div class="segments" role="group" aria-label={words.mode}>
      {modes.map((mode: Mode) => (
        <button
          type="button"
          key={mode}
          class={`segment mode-${mode}`}
          disabled={!store.may('administer')}
          aria-pressed={mode === current}
          onClick={() => store.command({ type: 'mode', mode })}
        >
          {words.modes[mode]}
        </button>
      ))}
    </div>
  );
}

function Scenarios() {
  const { store } = usePreview();
  const scenarios = store.hello.value?.scenarios ?? [];
  const status = store.status.value;
  if (scenarios.length === 0 || status?.mode !== 'simulate') return null;
  const current = scenarios.find((each) => each.name === status.scenario);
  return (
    <select
      class="select"
      disabled={!store.may('administer')}
      aria-label={words.scenario}
      title={current?.doc || words.scenario}
      value={status.scenario ?? ''}
      onChange={(event) => store.command({ type: 'scenario', scenario: event.currentTarget.value || null })}
    >
      <option value="">{words.noScenario}</option>
      {scenarios.map((scenario) => (
        <option key={scenario.name} value={scenario.name}>
          {shortName(scenario.name, scenarios)}
        </option>
      ))}
    </select>
  );
}

/** `plant.winter` → `winter`, unless another package has one too. */
function shortName(name: string, all: readonly { name: string }[]): string {
  const last = name.split('.').at(-1)!;
  return all.filter((each) => each.name.split('.').at(-1) === last).length > 1 ? name : last;
}

/** Which run the charts show beside this one. */
function Comparison() {
  const { store } = usePreview();
  const status = store.status.value;
  if (!status || status.mode === 'live') return null;
  const { compared, mode, scenario } = status;
  const others = mode === 'simulate' ? (store.hello.value?.scenarios ?? []) : [];
  const choose = (value: string) => {
    if (value === 'this' || value === 'none') store.command({ type: 'compare', with: value, scenario: null });
    else if (value !== 'active')
      store.command({ type: 'compare', with: 'scenario', scenario: value.slice('scenario '.length) });
  };
  return (
    <label class={`choice comparison${compared ? ' is-on' : ''}`} title={`${words.compare} (C)`}>
      <Icon name="git-compare" />
      <span class="visually-hidden">{words.compare}</span>
      <select
        class="select"
        disabled={!store.may('operate')}
        value={compared ? 'active' : 'none'}
        onChange={(event) => {
          choose(event.currentTarget.value);
          // Until the session answers, what is so is shown.
          event.currentTarget.value = compared ? 'active' : 'none';
        }}
      >
        {compared ? <option value="active">{words.comparedWith(compared.label)}</option> : null}
        <option value="none">{compared ? words.noComparison : words.compare}</option>
        <option value="this">{words.compareThis}</option>
        {others
          .filter(({ name }) => name !== scenario)
          .map(({ name }) => (
            <option key={name} value={`scenario ${name}`}>
              {words.compareScenario(shortName(name, others))}
            </option>
          ))}
      </select>
    </label>
  );
}

function AlarmCount() {
  const { store, kept } = usePreview();
  const worst = useComputed(() => {
    const active = store.alarms.value.filter(isLoud);
    const severity = (['critical', 'warning', 'info'] as const).find((each) =>
      active.some((alarm) => alarm.severity === each),
    );
    return { count: active.length, severity };
  });
  const { count, severity } = worst.value;
  const label = words.activeAlarms(count);
  return (
    <button
      type="button"
      class={`alarm-count${severity ? ` severity-${severity}` : ''}`}
      title={label}
      aria-label={label}
      onClick={() => {
        kept.panelOpen.value = true;
        kept.panelTab.value = 'alarms';
      }}
    >
      <Icon name={count > 0 ? 'bell-dot' : 'bell'} />
      {count > 0 ? <span>{count}</span> : null}
    </button>
  );
}

/** Who is signed in, and a way to leave. */
function SignOut() {
  const { store } = usePreview();
  const person = store.person.value;
  if (!person) return null;
  const label = words.signOut(person.name, words.roles[person.role]);
  return (
    <form method="post" action="/sign-out">
      <button type="submit" class="icon-button" title={label} aria-label={label}>
        <Icon name="sign-out" />
      </button>
    </form>
  );
}
