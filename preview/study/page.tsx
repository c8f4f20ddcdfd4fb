/** The page of an experiment: what it is, how far it is, and what it shows. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Calibration } from './calibration.tsx';
import { useStudy } from './context.ts';
import type { ExperimentPlan } from './protocol.ts';
import { candidatesCsv, csvOf } from './results.ts';
import { Search } from './search.tsx';
import { Variants } from './variants.tsx';
import { elapsedText, timeText, words } from './words.ts';

/** ms for which it is said that something was copied. */
const SAID = 2000;

export function StudyPage() {
  const { store } = useStudy();
  const plan = store.plan.value;
  return (
    <main class="study" tabIndex={-1}>
      <Header />
      <Notices />
      {plan?.kind === 'variants' ? <Variants plan={plan} /> : null}
      {plan?.kind === 'calibration' ? <Calibration plan={plan} /> : null}
      {plan?.kind === 'search' ? <Search plan={plan} /> : null}
    </main>
  );
}

const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
const lastName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

function Header() {
  const { store } = useStudy();
  const plan = store.plan.value;
  const subject = store.subject.value;
  const name = plan?.name ?? subject?.name ?? '';
  return (
    <header>
      <div class="head">
        <h1 title={name}>{lastName(name)}</h1>
        {plan === null ? null : <span class="unit">{words.on(lastName(plan.scenario ?? plan.root))}</span>}
        <span class="spring" />
        <Actions />
      </div>
      {plan === null || plan.doc === '' ? null : <p>{plan.doc}</p>}
      {plan === null ? null : (
        <p class="hint">
          {plan.kind === 'calibration' ? words.fittingTo(fileName(plan.data)) : described(plan)}
        </p>
      )}
      <HowFar />
    </header>
  );
}

function described(plan: ExperimentPlan): string {
  const { search, count, repeat, duration, warmup, seed, total, reports } = plan;
  const time = words.time(timeText(duration), warmup > 0 ? timeText(warmup) : '');
  if (search === undefined)
    return [words.variants(count), words.each(repeat), time, words.seed(seed)].join(' · ');
  const goal = words[search.goal](reports[0]!.name);
  return [goal, words.by(search.method), words.atMost(total), time, words.seed(seed)].join(' · ');
}

function Actions() {
  const { store, send } = useStudy();
  const stopping = useSignal(false);
  const status = store.status.value;
  const isRunning = status === 'starting' || status === 'running';
  const plan = store.plan.value;
  const hasTable = store.rows.value.length > 0 || store.candidates.value.length > 0;
  if (!isRunning && stopping.value) stopping.value = false;
  if (send === undefined)
    return hasTable ? (
      <div class="actions">
        <Copy />
      </div>
    ) : null;
  return (
    <div class="actions">
      {isRunning ? (
        <button
          type="button"
          class="button"
          disabled={stopping.value}
          onClick={() => {
            stopping.value = true;
            send({ type: 'stop' });
          }}
        >
          {stopping.value ? words.stopping : words.stop}
        </button>
      ) : (
        <>
          {status === 'stopped' && plan?.kind !== 'calibration' ? (
            <button
              type="button"
              class="button primary"
              title={words.goOnHint}
              onClick={() => send({ type: 'run', resume: true })}
            >
              {words.goOn}
            </button>
          ) : null}
          <button
            type="button"
            class={`button${status === 'stopped' ? '' : ' primary'}`}
            onClick={() => send({ type: 'run', resume: false })}
          >
            {status === 'idle' ? words.run : words.runAgain}
          </button>
        </>
      )}
      {hasTable ? <Copy /> : null}
      <button type="button" class="button" onClick={() => send({ type: 'source' })}>
        {words.source}
      </button>
      <button type="button" class="button" disabled={isRunning} onClick={() => send({ type: 'terminal' })}>
        {words.terminal}
      </button>
    </div>
  );
}

/** The table, to the clipboard or to a file. */
function Copy() {
  const { store, send } = useStudy();
  const copied = useSignal(false);
  const csv = (): string => {
    const plan = store.plan.peek();
    if (plan === null || plan.kind === 'calibration') return '';
    return plan.kind === 'search'
      ? candidatesCsv(plan, store.candidates.peek())
      : csvOf(plan, store.rows.peek());
  };
  const copy = async (): Promise<void> => {
    if (send === undefined) await navigator.clipboard.writeText(csv());
    else send({ type: 'copy', text: csv() });
    copied.value = true;
    setTimeout(() => (copied.value = false), SAID);
  };
  const save = (): void => {
    const name = `${lastName(store.plan.peek()!.name)}.csv`;
    const bytes = new TextEncoder().encode(csv());
    if (send === undefined) {
      download(name, bytes);
      return;
    }
    const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    send({ type: 'save', name, base64 });
  };
  return (
    <>
      <button type="button" class="button" onClick={() => void copy().catch(() => undefined)}>
        {copied.value ? words.copied : words.copy}
      </button>
      <button type="button" class="button" onClick={save}>
        {words.save}
      </button>
    </>
  );
}

function download(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const link = document.createElement('a');
  link.download = name;
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'text/csv' }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), SAID);
}

function HowFar() {
  const { store } = useStudy();
  const plan = store.plan.value;
  const status = store.status.value;
  const { finished, kept, seconds } = store.progress.value;
  if (status === 'idle') return <p class="hint">{words.idle}</p>;
  if (status === 'starting')
    return (
      <Progress>
        <span>{words.starting}</span>
      </Progress>
    );
  if (plan === null) return null;
  if (plan.kind === 'calibration') {
    const runs = words.simulations(store.simulations.value);
    const fit = store.fit.value;
    if (status === 'running')
      return (
        <Progress>
          <span>{runs}</span>
        </Progress>
      );
    if (fit === null) return null;
    const settled = words[fit.converged ? 'converged' : 'unsettled'](fit.iterations, fit.simulations);
    const facts = [settled, elapsedText(seconds), fit.slopes].filter((one) => one !== '');
    return <p class="hint">{facts.join(' · ')}</p>;
  }
  if (status === 'running') {
    const share = finished / plan.total;
    const now = finished - kept;
    const left = now > 0 && seconds !== null ? (seconds / now) * (plan.total - finished) : NaN;
    return (
      <Progress share={share}>
        <span>{words.of(finished, plan.total)}</span>
        {Number.isFinite(left) && plan.kind === 'variants' && seconds! > 1 ? (
          <span>{words.left(elapsedText(left))}</span>
        ) : null}
      </Progress>
    );
  }
  const parts = [
    words.done(finished, elapsedText(seconds)),
    ...(plan.kind === 'search' ? [words.candidates(store.candidates.value.length)] : []),
    ...(store.gradients.value === '' ? [] : [store.gradients.value]),
  ];
  return <p class="hint">{parts.join(' · ')}</p>;
}

/** Without a share: it is not known how far. */
function Progress({ share, children }: { share?: number; children: ComponentChildren }) {
  return (
    <div class="how-far" role="status">
      <progress {...(share === undefined ? {} : { value: share, max: 1 })} aria-label={words.run} />
      <span class="how-far-text">{children}</span>
    </div>
  );
}

function Notices() {
  const { store } = useStudy();
  const status = store.status.value;
  const plan = store.plan.value;
  const { failed } = store.progress.value;
  const first = store.rows.value.find(({ trouble }) => trouble !== undefined)?.trouble;
  return (
    <div class="notices" aria-live="polite">
      {store.stale.value === null ? null : <p class="notice">{words.stale[store.stale.value]}</p>}
      {status === 'failed' ? (
        <div class="notice bad">
          <strong>{words.failed}</strong>
          <pre>{store.text.value}</pre>
        </div>
      ) : null}
      {status === 'stopped' ? (
        <p class="notice">{plan?.kind === 'calibration' ? words.fitStopped : words.stopped}</p>
      ) : null}
      {failed > 0 && plan !== null && plan.kind === 'variants' ? (
        <p class="notice bad">
          {words.failedRuns(failed, plan.total)} {first === undefined ? '' : `${words.first} ${first}`}
        </p>
      ) : null}
    </div>
  );
}
