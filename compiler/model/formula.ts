import type { Expression } from './expression.ts';

/** A condition with operators over time, in a requirement. Times in s, from the point that is judged; `to` absent: without end. */
export type Formula =
  | { kind: 'atom'; condition: Expression }
  | { kind: 'not'; operand: Formula }
  | { kind: 'and' | 'or'; left: Formula; right: Formula }
  | {
      kind: 'always' | 'eventually' | 'historically' | 'once';
      from: number;
      to?: number;
      operand: Formula;
    }
  | { kind: 'until' | 'since'; from: number; to?: number; left: Formula; right: Formula };
