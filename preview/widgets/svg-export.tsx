/** A drawing that is SVG on the page, as a file: with the colours that the style sheet gives it. */
import { usePreview } from '../context.ts';
import { ExportMenu } from './export-menu.tsx';

interface Props {
  title: string;
  svg: () => SVGSVGElement | null;
  /** Numbers behind it, where there are any. */
  csv?: () => string;
}

export function SvgExport({ title, svg, csv }: Props) {
  const { palette } = usePreview();
  return (
    <ExportMenu
      title={title}
      kinds={csv ? ['png', 'svg', 'csv'] : ['png', 'svg']}
      make={(kind) => {
        const element = svg();
        if (element === null) return null;
        if (kind === 'csv') return new Blob([csv?.() ?? ''], { type: 'text/csv' });
        const { surface } = palette.peek();
        return kind === 'png'
          ? svgPng(element, surface)
          : new Blob([svgText(element, surface)], { type: 'image/svg+xml' });
      }}
    />
  );
}

const styles = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'stroke-opacity',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'display',
] as const;

/** Stands alone: what the style sheet says is written into it. */
function svgText(element: SVGSVGElement, background: string): string {
  const copy = element.cloneNode(true) as SVGSVGElement;
  const from = [element, ...element.querySelectorAll('*')];
  const to = [copy, ...copy.querySelectorAll('*')];
  from.forEach((each, i) => {
    const look = getComputedStyle(each);
    const target = to[i]!;
    for (const name of styles) target.setAttribute(name, look.getPropertyValue(name));
    for (const name of ['class', 'role', 'tabindex', 'style']) target.removeAttribute(name);
  });
  const { width, height } = sizeOf(element);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const surface = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ x: 0, y: 0, width, height, fill: background }))
    surface.setAttribute(name, String(value));
  copy.prepend(surface);
  return new XMLSerializer().serializeToString(copy);
}

function sizeOf(element: SVGSVGElement): { width: number; height: number } {
  const { width, height } = element.viewBox.baseVal;
  return width > 0 ? { width, height } : element.getBoundingClientRect();
}

async function svgPng(element: SVGSVGElement, background: string): Promise<Blob> {
  const { width, height } = sizeOf(element);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(element, background))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  const ratio = Math.max(2, devicePixelRatio);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('No picture came of it.'))),
      'image/png',
    ),
  );
}
