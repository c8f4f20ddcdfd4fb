/** Colours for canvases, resolved from the style sheet: a canvas knows no CSS variables. Follows the theme. */
import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

export interface Palette {
  text: string;
  muted: string;
  grid: string;
  surface: string;
  accent: string;
  critical: string;
  warning: string;
  info: string;
  series: readonly string[];
  font: string;
}

const seriesColors = 8;

/** Reads the palette now and whenever the theme changes, until `stop`. */
export function followTheme(): { palette: ReadonlySignal<Palette>; refresh(): void; stop(): void } {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const palette = signal(read(probe));
  const refresh = () => {
    palette.value = read(probe);
  };
  const observer = new MutationObserver(refresh);
  // VS Code puts the theme's name on the body and its variables on the root element.
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'data-theme'] });
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', refresh);
  return {
    palette,
    refresh,
    stop() {
      observer.disconnect();
      dark.removeEventListener('change', refresh);
      probe.remove();
    },
  };
}

function read(probe: HTMLElement): Palette {
  const color = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  return {
    text: color('text'),
    muted: color('text-muted'),
    grid: color('grid'),
    surface: color('surface'),
    accent: color('accent'),
    critical: color('critical'),
    warning: color('warning'),
    info: color('info'),
    series: Array.from({ length: seriesColors }, (_, i) => color(`series-${i + 1}`)),
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
  };
}
