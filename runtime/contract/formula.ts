/** A condition with operators over time. Times in s, from the point that is judged, ahead or back; `to` absent: without end. */
export type Formula<Atom> =
  | { kind: 'atom'; atom: Atom }
  | { kind: 'not'; operand: Formula<Atom> }
  | { kind: 'and' | 'or'; left: Formula<Atom>; right: Formula<Atom> }
  | {
      kind: 'always' | 'eventually' | 'historically' | 'once';
      from: number;
      to?: number;
      operand: Formula<Atom>;
    }
  | { kind: 'until' | 'since'; from: number; to?: number; left: Formula<Atom>; right: Formula<Atom> };
