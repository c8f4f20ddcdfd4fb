/** What was set and is not in the text: take it all back, or write it there. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { usePreview } from '../context.ts';
import { formatEntry } from '../format/number.ts';
import type { ParameterInfo } from '../protocol.ts';
import { CloseButton } from '../shell/close-button.tsx';
import { words } from '../words.ts';

export function Changed() {
  const { store, standalone } = usePreview();
  const shown = useSignal(false);
  const known = store.lookup.value.parameters;
  const set = [...store.settings.value].flatMap(([id, value]) => {
    const parameter = known.get(id);
    return parameter?.role === 'parameter' ? [{ id, text: valueText(parameter, value) }] : [];
  });
  if (set.length === 0) return null;
  // An editor writes it; a page has no text, and shows what is to be written.
  const write = () => {
    if (standalone) shown.value = true;
    else store.command({ type: 'write', values: set });
  };
  return (
    <div class="changed-bar" role="group" aria-label={words.changed(set.length)}>
      <span class="changed-count">{words.changed(set.length)}</span>
      <button
        type="button"
        class="link"
        disabled={!store.may('administer')}
        onClick={() => {
          for (const { id } of set) store.set(id, null);
        }}
      >
        {words.resetAll}
      </button>
      <button type="button" class="link" onClick={write}>
        {words.writeBack}
      </button>
      {shown.value ? <ToCopy lines={set} onClose={() => (shown.value = false)} /> : null}
    </div>
  );
}

/** As one would write it: `45 W/K`, `true`. */
function valueText(parameter: ParameterInfo, value: number): string {
  if (parameter.base === 'boolean') return String(value > 0.5);
  const { text } = parameter.unit;
  const number = formatEntry(value, parameter);
  return text === '' || text === '1' ? number : `${number} ${text}`;
}

function ToCopy({ lines, onClose }: { lines: readonly { id: string; text: string }[]; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const copied = useSignal(false);
  useEffect(() => dialog.current?.showModal(), []);
  const text = lines.map((line) => `${line.id} = ${line.text}`).join('\n');
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => (copied.value = true),
      // Where the clipboard is not to be had, it is there to be marked.
      () => (copied.value = false),
    );
  };
  return (
    <dialog ref={dialog} class="help write-back" aria-label={words.writeBack} onClose={onClose}>
      <header class="card-head">
        <h2>{words.writeBack}</h2>
        <CloseButton onClose={onClose} />
      </header>
      <p class="hint">{words.writeBackDetail}</p>
      <pre class="write-lines" tabIndex={0} aria-label={words.writeBack}>
        {text}
      </pre>
      <button type="button" class="command-button" onClick={copy}>
        {copied.value ? words.copied : words.copy}
      </button>
    </dialog>
  );
}
