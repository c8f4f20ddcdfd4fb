/** A file for the user: a download of the page, or for the host of a webview to put where the user says. */
import type { SessionStore } from './store.ts';

export async function saveFile(
  store: SessionStore,
  standalone: boolean,
  name: string,
  content: Blob,
): Promise<void> {
  if (standalone) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    // The browser reads it after the click has been handled.
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    return;
  }
  const bytes = new Uint8Array(await content.arrayBuffer());
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  store.command({ type: 'save', name, base64: btoa(text) });
}

/** `Casing temperature` → `casing-temperature` */
export function fileName(title: string, extension: string): string {
  const plain = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
  return `${plain || 'chart'}.${extension}`;
}
