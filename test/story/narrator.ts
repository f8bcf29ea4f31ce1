/** Tells the story to whoever reads along. */
export interface Narrator {
  act(title: string): void;
  say(text?: string): void;
  /** What was right and what was wrong, told apart at a glance. */
  good(text: string): string;
  bad(text: string): string;
  faint(text: string): string;
}

/** @param write takes one line */
export function narrator(write: (line: string) => void, colour: boolean): Narrator {
  const dye = (code: number) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const [bold, red, green, faint] = [dye(1), dye(31), dye(32), dye(2)];
  let acts = 0;
  return {
    act(title) {
      acts += 1;
      write('');
      write(bold(`${acts}. ${title}`));
      write('');
    },
    say: (text = '') => write(text === '' ? '' : `   ${text}`),
    good: green,
    bad: red,
    faint,
  };
}

/** One line of at most so many characters, without what would steer a terminal. */
export function short(text: string, most: number): string {
  const plain = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain;
}

/** Milliseconds as people say them. */
export const lasted = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
