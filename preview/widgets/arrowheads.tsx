/** Heads in the colour of their line. */
export function Arrowheads() {
  return (
    <defs>
      <marker
        id="arrow"
        viewBox="0 0 8 8"
        refX="7"
        refY="4"
        markerWidth="8"
        markerHeight="8"
        orient="auto-start-reverse"
      >
        <path d="M0.5 0.5 L7.5 4 L0.5 7.5 Z" fill="context-stroke" />
      </marker>
    </defs>
  );
}
