/** The text is broken, or the run is: what one sees is then older than what one wrote, and this says so. */
import { useSignal } from '@preact/signals';
import { usePreview } from '../context.ts';
import { hasErrors } from '../session/reduce.ts';
import { sentence, words } from '../words.ts';
import { Icon, severityIcon } from './icon.tsx';

export function Problems() {
  const { store } = usePreview();
  const open = useSignal(false);
  const problems = store.problems.value;
  if (problems.length === 0) return null;
  const errors = hasErrors(problems);
  const found = problems.filter(({ severity }) => severity === 'error').length;
  return (
    <section class={`banner ${errors ? 'banner-error' : 'banner-warning'}`} role="status">
      <div class="banner-line">
        <Icon name={errors ? 'error' : 'warning'} />
        <span class="banner-text">
          {!errors
            ? words.problems.warnings(problems.length)
            : store.hello.value
              ? words.problems.stale
              : words.problems.errors(found)}
        </span>
        <button type="button" class="link" aria-expanded={open} onClick={() => (open.value = !open.value)}>
          {open.value ? words.problems.hide : words.problems.show(problems.length)}
        </button>
      </div>
      {open.value ? (
        <ul class="problem-list" role="list">
          {problems.map(({ severity, code, message, uri, line, column }, i) => (
            <li key={i}>
              <button
                type="button"
                class="problem"
                onClick={() => store.command({ type: 'reveal', uri, line, column })}
              >
                <Icon
                  name={severity === 'error' ? severityIcon.critical : severityIcon[severity]}
                  class={`severity-${severity === 'error' ? 'critical' : severity}`}
                />
                {/* The compiler speaks English. */}
                <span class="problem-message" lang="en">
                  {message}
                </span>
                <span class="problem-place">
                  {code} · {uri.split('/').at(-1)} {words.problems.place(line, column)}
                </span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

export function Trouble() {
  const { store } = usePreview();
  const trouble = store.status.value?.trouble;
  if (!trouble) return null;
  return (
    <section class="banner banner-error" role="alert">
      <div class="banner-line">
        <Icon name="bug" />
        <span class="banner-text">
          <strong>{words.trouble}.</strong> <span lang="en">{trouble}</span>
        </span>
        <button
          type="button"
          class="link"
          disabled={!store.may('administer')}
          onClick={() => store.command({ type: 'restart' })}
        >
          {words.restart}
        </button>
      </div>
    </section>
  );
}

/** Nothing on the page moves any more: what runs the twin is gone. */
export function Ended() {
  const { store } = usePreview();
  const reason = store.ended.value;
  if (reason === null) return null;
  return (
    <section class="banner banner-error" role="alert">
      <div class="banner-line">
        <Icon name="debug-disconnect" />
        <span class="banner-text">
          <strong>{words.ended.said}.</strong> <span lang="en">{reason}</span>
        </span>
        <button type="button" class="link" onClick={() => store.command({ type: 'restart' })}>
          {words.ended.again}
        </button>
      </div>
    </section>
  );
}

/** What was asked for is not allowed to whoever sits here. */
export function Refused() {
  const { store } = usePreview();
  const refused = store.refused.value;
  if (!refused) return null;
  return (
    <section class="banner banner-warning" role="alert">
      <div class="banner-line">
        <Icon name="warning" />
        <span class="banner-text">{sentence(refused)}</span>
        <button type="button" class="link" onClick={() => (store.refused.value = null)}>
          {words.problems.hide}
        </button>
      </div>
    </section>
  );
}
