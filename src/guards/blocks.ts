import type { Found, Reader, Reading } from './guard.ts';

/** What is found in a block of a text: given with the text before it, so that nothing is torn where blocks meet. */
export type BlockCheck = (context: string, block: string) => Promise<readonly Omit<Found, 'start' | 'end'>[]>;

/** New text that is looked at at once, and text before it that is looked at with it, in UTF-16 units. */
const BLOCK = 768;
const CONTEXT = 512;

/**
 * A reader for a check that says what a text is, not where: a finding covers its block. Blocks begin at offsets that do
 * not depend on how the text arrives, and leave as soon as they were looked at.
 */
export function blocks(check: BlockCheck): Reader {
  let context = '';
  let text = '';
  let clear = 0;
  const look = async (block: string): Promise<Found[]> => {
    const said = block === '' ? [] : await check(context, block);
    const start = clear;
    clear += block.length;
    context = (context + block).slice(-CONTEXT);
    return said.map((one) => ({ ...one, start, end: clear }));
  };
  const read = async (least: number): Promise<Reading> => {
    const found: Found[] = [];
    while (text.length >= least && text !== '') {
      const block = text.slice(0, BLOCK);
      text = text.slice(BLOCK);
      found.push(...(await look(block)));
    }
    return { clear, found };
  };
  return {
    push(piece) {
      text += piece;
      return text.length < BLOCK ? { clear, found: [] } : read(BLOCK);
    },
    end: () => read(0),
  };
}
