/** A drawing that is laid out for the width of its place, and again when that changes. */
import { useSignal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** How far a drawing that is too wide is made smaller, before one has to scroll. */
export const smallest = 0.72;

export function useLayout<Drawing>(
  layOut: ((width: number) => Promise<Drawing>) | undefined,
  of: unknown,
): { host: { current: HTMLDivElement | null }; drawing: ReadonlySignal<Drawing | null> } {
  const host = useRef<HTMLDivElement>(null);
  const drawing = useSignal<Drawing | null>(null);
  useEffect(() => {
    const element = host.current;
    if (!element || !layOut) return;
    let current = true;
    let width = 0;
    const observer = new ResizeObserver(() => {
      // Steps, so that dragging an editor's edge does not shuffle the boxes at every pixel.
      const next = Math.floor(element.clientWidth / 40) * 40;
      if (next === width || next === 0) return;
      width = next;
      layOut(next).then(
        (placed) => {
          if (current && width === next) drawing.value = placed;
        },
        (error: unknown) => console.error('The diagram could not be laid out.', error),
      );
    });
    observer.observe(element);
    return () => {
      current = false;
      observer.disconnect();
    };
  }, [of]);
  return { host, drawing };
}
