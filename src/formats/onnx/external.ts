import { type Range, shown } from '../../findings/finding.ts';
import type { Part } from '../format.ts';
import { ONNX_RULES as RULES } from './rules.ts';

const KEYS = new Set(['location', 'offset', 'length', 'checksum', 'basepath']);
/** Tensors whose place is kept. */
const MOST = 1 << 16;
/** By this ONNX Runtime marks data of its own, whose offset is an address in memory. */
const IN_MEMORY = /_ORT_MEM_ADDR_|_MEM_ADDR/;
const OUTSIDE = /(?:^|[\\/])\.\.(?:[\\/]|$)|^(?:[\\/~]|[A-Za-z]:|[a-z][a-z0-9+.-]{1,20}:\/\/)|\0/i;

/** Judges where tensors say that their data lies. */
export class ExternalData {
  /** Files that are named. */
  readonly places = new Set<string>();
  readonly #part: Part;
  /** Settings of the tensor that is being read. */
  #settings = new Map<string, string>();
  readonly #lies: { readonly file: string; readonly start: number; readonly end: number }[] = [];

  constructor(part: Part) {
    this.#part = part;
  }

  look(key: string, value: string, { start, end }: Range): void {
    const report = (rule: { readonly id: string }, message: string): void =>
      this.#part.report({
        rule: rule.id,
        message,
        range: { start, end },
        evidence: { [shown(key, 40)]: shown(value, 200) },
      });
    if (!KEYS.has(key)) report(RULES.key, `external data has ${shown(key, 80)}, which is no setting of it`);
    if ((key === 'offset' || key === 'length') && !isPlace(value))
      report(RULES.size, `the ${key} of external data is ${shown(value, 60)}`);
    this.#settings.set(key, value);
    if (key !== 'location') return;
    this.places.add(shown(value, 200));
    if (IN_MEMORY.test(value))
      report(RULES.memory, `a tensor’s data is read from memory, by ${shown(value, 60)}`);
    // Whoever undoes escapes of addresses sees what they hide.
    else if (OUTSIDE.test(value) || OUTSIDE.test(unescaped(value)))
      report(RULES.path, `a tensor’s data is read from ${shown(value, 100)}`);
  }

  /** The tensor ends. @param size bytes of its data, by its shape */
  close(size: number): void {
    const file = this.#settings.get('location');
    if (file === undefined) return;
    const start = Number(this.#settings.get('offset') ?? 0);
    const end = start + Number(this.#settings.get('length') ?? size);
    this.#settings = new Map();
    if (Number.isSafeInteger(end) && this.#lies.length < MOST) this.#lies.push({ file, start, end });
  }

  /** Says where they lie, once it is sure that this is a model. */
  tell(): void {
    for (const { file, start, end } of this.#lies) this.#part.beside([file], start, end);
  }
}

const isPlace = (text: string): boolean => /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text));

const unescaped = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
