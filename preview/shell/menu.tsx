/** A button that opens a short list of choices. Arrow keys move in it, Escape closes it. */
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { Icon } from './icon.tsx';

export interface MenuItem {
  label: string;
  choose(): void;
}

interface Props {
  icon: string;
  label: string;
  items: readonly MenuItem[];
  disabled?: boolean;
}

export function Menu({ icon, label, items, disabled = false }: Props) {
  const open = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const close = (back: boolean) => {
    open.value = false;
    if (back) button.current?.focus();
  };
  useEffect(() => {
    const menu = list.current;
    const from = button.current;
    if (!open.value || !menu || !from) return;
    // In the top layer, so that no card cuts it off; below its button, or above where there is no room.
    menu.showPopover();
    const box = from.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = menu;
    const below = box.bottom + 4 + offsetHeight <= window.innerHeight;
    menu.style.left = `${Math.max(4, Math.min(box.right - offsetWidth, window.innerWidth - offsetWidth - 4))}px`;
    menu.style.top = `${below ? box.bottom + 4 : box.top - 4 - offsetHeight}px`;
    menu.querySelector('button')?.focus();
    const away = (event: Event) => {
      if (event.target instanceof Node && (menu.contains(event.target) || from.contains(event.target)))
        return;
      open.value = false;
    };
    document.addEventListener('pointerdown', away);
    document.addEventListener('scroll', away, true);
    return () => {
      document.removeEventListener('pointerdown', away);
      document.removeEventListener('scroll', away, true);
    };
  }, [open.value]);
  const keys = (event: KeyboardEvent) => {
    const entries = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = entries.indexOf(document.activeElement as HTMLButtonElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) entries.at(next % entries.length)?.focus();
    else if (event.key === 'Escape') close(true);
    else if (event.key === 'Tab') close(false);
    else return;
    event.stopPropagation();
    if (event.key !== 'Tab') event.preventDefault();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class="icon-button"
        disabled={disabled}
        title={label}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => (open.value = !open.value)}
      >
        <Icon name={icon} />
      </button>
      {open.value ? (
        <div ref={list} class="menu" role="menu" aria-label={label} popover="manual" onKeyDown={keys}>
          {items.map((item) => (
            <button
              type="button"
              key={item.label}
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                close(true);
                item.choose();
              }}
            >
              {item.label}
            </button>
          ))}
        </div>
      ) : null}
    </>
  );
}
