import { createContext, useContext } from 'react';
import type { Terminal } from '../terminal/terminal.ts';

export type Look = Pick<Terminal, 'color' | 'unicode'>;

export const LookContext = createContext<Look>({ color: true, unicode: true });

export function useLook(): Look {
  return useContext(LookContext);
}
