/** As many as evidence takes at once. */
const MOST = 1000;

/** Numbers of entries, as people write them: `118, 120-125`. Throws where it is none. */
export function numbersIn(text: string): number[] {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const numbers = parts.flatMap((part) => {
    const [, first, last = first] = /^(\d{1,15})(?:[-–](\d{1,15}))?$/.exec(part) ?? [];
    const length = Number(last) - Number(first) + 1;
    if (first === undefined || length < 1 || length > MOST)
      throw new Error(`“${part}” is no number of an entry, and no range of them.`);
    return Array.from({ length }, (_, at) => Number(first) + at);
  });
  if (numbers.length > MOST)
    throw new Error(`These are ${numbers.length} entries; it takes ${MOST} at once.`);
  return numbers;
}
