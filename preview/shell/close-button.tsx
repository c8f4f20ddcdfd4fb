import { words } from '../words.ts';
import { Icon } from './icon.tsx';

/** At the end of a head: takes away what it heads. */
export function CloseButton({ onClose }: { onClose: () => void }) {
  return (
    <>
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
    </>
  );
}
