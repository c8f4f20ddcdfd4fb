/** What every part of the page may reach. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { FromStudy } from './protocol.ts';
import type { StudyStore } from './state.ts';

export interface Study {
  store: StudyStore;
  /** To who holds the page; absent where nobody does, as in a file. */
  send: ((message: FromStudy) => void) | undefined;
}

export const StudyContext = createContext<Study | null>(null);

export function useStudy(): Study {
  const study = useContext(StudyContext);
  if (!study) throw new Error('A component of the page stands outside of its context.');
  return study;
}
