/** One text of a prompt or a reply. */
export interface Part {
  /** JSON pointer to it; empty where the whole is no JSON. In a stream: to what its events add to. */
  readonly path: string;
  readonly text: string;
}

/** Texts that are listed; the whole can be looked at beside them. */
const MOST = 200;
const DEEPEST = 64;

/** The texts in what was sealed: a body of JSON, a stream of server-sent events, or neither. */
export function partsOf(text: string): readonly Part[] {
  const body = parsed(text);
  if (body !== undefined) return [...leaves(body, '', 0)].slice(0, MOST);
  return /^(?:data|event|id|:)/.test(text) ? streamed(text).slice(0, MOST) : [{ path: '', text }];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function* leaves(value: unknown, path: string, depth: number): Generator<Part> {
  if (typeof value === 'string') {
    if (value !== '') yield { path, text: value };
  } else if (typeof value === 'object' && value !== null && depth < DEEPEST) {
    for (const [name, inner] of Object.entries(value))
      yield* leaves(inner, `${path}/${indexOf(value, inner, name)}`, depth + 1);
  }
}

/** An item that says which one it is (a choice of a chunk) is that one, wherever it stands; else the name, as RFC 6901 writes it. */
function indexOf(within: object, item: unknown, name: string): string {
  const index = Array.isArray(within) ? (item as { index?: unknown } | null)?.index : undefined;
  return typeof index === 'number' ? String(index) : name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** What events say of themselves rather than of the answer. */
const ABOUT = /\/(?:type|object|id|item_id|model|role|status|obfuscation|system_fingerprint)$/;

/** What the events of a stream come to: the texts at one place of each are one text. */
function streamed(text: string): Part[] {
  const texts = new Map<string, string[]>();
  for (const [, data = ''] of text.matchAll(/^data: ?(.*)$/gm)) {
    const event = parsed(data);
    const index = (event as { index?: unknown } | null | undefined)?.index;
    for (const { path, text: said } of leaves(event, typeof index === 'number' ? `/${index}` : '', 0)) {
      if (ABOUT.test(path)) continue;
      const there = texts.get(path);
      if (there === undefined) texts.set(path, [said]);
      else there.push(said);
    }
  }
  return [...texts].map(([path, said]) => ({ path, text: said.join('') }));
}
