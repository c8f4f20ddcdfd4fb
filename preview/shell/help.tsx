/** The keys, on `?`. */
import { useEffect, useRef } from 'preact/hooks';
import { words } from '../words.ts';
import { CloseButton } from './close-button.tsx';

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
        <CloseButton onClose={onClose} />
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
