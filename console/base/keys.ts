import { useLayoutEffect } from 'preact/hooks';

/** A key of the page that is shown. Help names it, and no such key is taken while something is typed or a dialog is open. */
export interface PageKey {
  readonly key: string;
  readonly says: string;
  readonly act: () => void;
}

let current: readonly PageKey[] = [];

/** Those of the page that is there now. */
export const pageKeys = (): readonly PageKey[] => current;

/** They are there as soon as the page is: who types ahead is heard. */
export function usePageKeys(keys: readonly PageKey[]): void {
  useLayoutEffect(() => {
    current = keys;
    return () => {
      current = [];
    };
  });
}
