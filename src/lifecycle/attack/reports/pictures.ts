import type { AttackResult, Example } from '../result.ts';
import { png } from './png.ts';
import { number } from './words.ts';

type Image = NonNullable<AttackResult['data']['image']>;

/** The most that a difference is made larger, so that it can be seen. */
const LARGEST = 20;

/** A row before and after, and what was added, as large as it must be to be seen: three pictures side by side. */
export function pictures(
  { original, adversarial }: Example,
  { channels, height, width }: Image,
  [low, high]: readonly [number, number],
): string {
  const scale = (value: number) => ((value - low) / (high - low || 1)) * 255;
  const difference = adversarial.map((value, at) => value - (original[at] ?? 0));
  const most = difference.reduce((sum, value) => Math.max(sum, Math.abs(value)), 0);
  const times = Math.max(1, Math.min(LARGEST, Math.floor((high - low) / (2 * most || 1))));
  // Grey is no change.
  const seen = difference.map((value) => 127.5 + (value * times * 255) / (high - low || 1));
  const draw = (values: readonly number[], about: string) => {
    // Of pictures with other channels than grey or colours the first is shown.
    const shown = channels === 3 ? 3 : 1;
    const bytes = Uint8ClampedArray.from(values.slice(0, shown * height * width));
    const data = png(new Uint8Array(bytes.buffer), shown, height, width).toString('base64');
    return `<figure><img alt="${about}" src="data:image/png;base64,${data}"><figcaption>${about}</figcaption></figure>`;
  };
  return [
    draw(original.map(scale), 'as it was'),
    draw(adversarial.map(scale), 'changed'),
    draw(seen, `difference × ${number(times)}`),
  ].join('');
}
