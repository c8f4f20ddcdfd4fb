/** The tests of the twin: run them beside what is shown, and go to where one fails. */
import { usePreview } from '../context.ts';
import { formatClock } from '../format/time.ts';
import type { Judged, Place, TestInfo, TestState } from '../protocol.ts';
import { isTraced } from '../session/trials.ts';
import { words } from '../words.ts';
import { Empty, Icon } from './icon.tsx';

export function TestList() {
  const { store } = usePreview();
  const tests = store.hello.value?.tests ?? [];
  if (tests.length === 0) return <Empty icon="beaker" {...words.noTests} />;
  const states = store.trials.states.value;
  const judged = [...states.values()].filter(({ state }) => state === 'passed' || state === 'failed');
  const failed = judged.filter(({ state }) => state === 'failed').length;
  return (
    <>
      <div class="panel-actions">
        <button
          type="button"
          class="button"
          disabled={!store.may('operate')}
          onClick={() => store.trials.run(tests.map(({ name }) => name))}
        >
          <Icon name="run-all" /> {words.runTests}
        </button>
        <span class="panel-note" role="status">
          {judged.length > 0 ? words.testsStand(judged.length - failed, failed) : ''}
        </span>
      </div>
      <ul class="list tests" role="list">
        {tests.map((test) => (
          <TestRow key={test.name} test={test} state={states.get(test.name)} />
        ))}
      </ul>
    </>
  );
}

const icons: Readonly<Record<TestState['state'], string>> = {
  waiting: 'watch',
  running: 'loading codicon-modifier-spin',
  passed: 'pass',
  failed: 'error',
};

function TestRow({ test, state }: { test: TestInfo; state: TestState | undefined }) {
  const { store } = usePreview();
  const kind = state?.state;
  const scenario = test.scenario.split('.').at(-1)!;
  return (
    <li class={`test${kind ? ` test-${kind}` : ''}`}>
      <Icon name={kind ? icons[kind] : 'circle-outline'} />
      <span class="visually-hidden">{kind ? words.testState[kind] : words.testState.notRun}</span>
      <div class="test-text">
        <SourceButton class="test-name" place={test.source} text={test.name} />
        <span class="test-scenario">{words.testOn(scenario)}</span>
      </div>
      <button
        type="button"
        class="icon-button"
        disabled={!store.may('operate')}
        title={words.runTest}
        aria-label={`${words.runTest}: ${test.name}`}
        onClick={() => store.trials.run([test.name])}
      >
        <Icon name="play" />
      </button>
      {state && state.judged.length > 0 ? (
        <ul class="judged" role="list">
          {state.judged.map((each, i) => (
            <JudgedRow key={i} test={test.name} judged={each} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}

function JudgedRow({ test, judged }: { test: string; judged: Judged }) {
  const { store } = usePreview();
  const { text, holds, source } = judged;
  return (
    <li class={`judgement ${holds ? 'holds' : 'fails'}`}>
      <Icon name={holds ? 'check' : 'close'} />
      <div class="judgement-text">
        {source ? <SourceButton class="judgement-source" place={source} text={text} /> : text}
        <span class="judgement-outcome">{outcomeOf(judged)}</span>
        {isTraced(judged) ? (
          <button
            type="button"
            class="link"
            disabled={!store.may('administer')}
            onClick={() => store.trials.show(test, judged)}
          >
            <Icon name="graph-line" /> {words.showTrace}
          </button>
        ) : null}
      </div>
    </li>
  );
}

/** `fails by 4.2 K at 12:03.5` */
function outcomeOf({ holds, margin, element, time, trouble }: Judged): string {
  const when = time === null ? '' : formatClock(time, true);
  if (trouble) return words.stoppedAt(when);
  return holds ? words.holdsBy(margin, element) : words.failsBy(margin, element, when);
}

function SourceButton({ place, text, class: look }: { place: Place; text: string; class: string }) {
  const { store } = usePreview();
  const { uri, line, column } = place;
  return (
    <button
      type="button"
      class={look}
      title={words.revealSource}
      onClick={() => store.command({ type: 'reveal', uri, line, column })}
    >
      {text}
    </button>
  );
}

/** Whose trace is shown, and what did not hold in it. */
export function TraceBanner() {
  const { store } = usePreview();
  const trace = store.trials.trace.value;
  if (!trace) return null;
  const judged = store.trials.judged();
  const holds = judged?.holds === true;
  const source = judged?.source;
  return (
    <section class={`banner ${holds ? 'banner-fine' : 'banner-error'}`} role="status">
      <div class="banner-line">
        <Icon name={holds ? 'pass' : 'beaker'} />
        <span class="banner-text">
          <strong>{words.traceOf(trace.test)}</strong> <code>{trace.text}</code>{' '}
          {judged ? outcomeOf(judged) : words.testState.running}
        </span>
        {source ? (
          <button
            type="button"
            class="link"
            onClick={() =>
              store.command({ type: 'reveal', uri: source.uri, line: source.line, column: source.column })
            }
          >
            {words.revealSource}
          </button>
        ) : null}
        {judged && isTraced(judged) ? (
          <button
            type="button"
            class="link"
            disabled={!store.may('administer')}
            onClick={() => store.trials.show(trace.test, judged)}
          >
            {words.toTheMoment}
          </button>
        ) : null}
        <button type="button" class="link" onClick={() => store.trials.hide()}>
          {words.problems.hide}
        </button>
      </div>
    </section>
  );
}
