/** The keys, on `?`. */
import { useEffect, useRef } from 'preact/hooks';
import { words } from '../words.ts';
import { Icon } from './icon.tsx';

export function Help({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-label={words.keys.title}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <header class="card-head">
        <h2>{words.keys.title}</h2>
        <span class="spring" />
        <button
          type="button"
          class="icon-button"
          title={words.close}
          aria-label={words.close}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      <dl class="keys">
        {words.keys.rows.map(([keys, what]) => (
          <div key={what}>
            <dt>{keys.map((key) => (key === '…' ? '…' : <kbd key={key}>{key}</kbd>))}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="hint">{words.keys.mouse}</p>
    </dialog>
  );
}
