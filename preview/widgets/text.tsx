/** A little Markdown as the views' texts use it: headings, paragraphs, lists, emphasis, code. Anything else stays as written. */
import type { ComponentChildren } from 'preact';

export function Text({ content }: { content: string }) {
  return <div class="text">{blocks(content)}</div>;
}

function blocks(content: string): ComponentChildren[] {
  return content
    .trim()
    .split(/\n\s*\n/)
    .map((block, i) => {
      const heading = /^(#{1,4}) (.*)$/.exec(block);
      if (heading) return <h2 key={i}>{inline(heading[2]!)}</h2>;
      const lines = block.split('\n');
      if (lines.every((line) => /^\s*[-*] /.test(line)))
        return (
          <ul key={i}>
            {lines.map((line, j) => (
              <li key={j}>{inline(line.replace(/^\s*[-*] /, ''))}</li>
            ))}
          </ul>
        );
      return <p key={i}>{inline(lines.join(' '))}</p>;
    });
}

function inline(text: string): ComponentChildren[] {
  return text.split(/(\*\*[^*]+\*\*|\*[^*]+\*|_[^_]+_|`[^`]+`)/).map((part, i) => {
    if (part.startsWith('**') && part.length > 4) return <strong key={i}>{part.slice(2, -2)}</strong>;
    if (/^([*_]).+\1$/.test(part)) return <em key={i}>{part.slice(1, -1)}</em>;
    if (part.startsWith('`') && part.length > 2) return <code key={i}>{part.slice(1, -1)}</code>;
    return part;
  });
}
