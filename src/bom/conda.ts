import { isMap, parseDocument } from 'yaml';
import { ENTRIES, type Listed, LONGEST, NOTHING, type Required, readRequirement } from './required.ts';

/** Keys of keys, or lists in lists, on one line: no list has them, and the parser takes square time and more for them. */
const NESTED = /(?:[?-][ \t]+){16}/;
/** `channel::name=1.0=build`, `name>=1.0`, `name 1.0.*`. */
const SPEC = /^(?:[\w./-]{1,100}::)?([A-Za-z0-9_][\w.-]{0,100})\s*(?:\[[^\]]{0,200}\])?\s*(.{0,300})$/;

/** An environment of conda; what it takes from the Python index stands in a list of its own in it. */
export function readConda(path: string, text: string): Listed {
  const entries = dependenciesIn(text);
  const required: Required[] = [];
  for (const one of entries.slice(0, ENTRIES)) {
    if (typeof one === 'string') {
      const [, name, asked = ''] = SPEC.exec(one.slice(0, LONGEST).trim()) ?? [];
      if (name !== undefined)
        required.push({ ecosystem: 'conda', name, version: exact(asked), asked, from: path });
    } else if (typeof one === 'object' && one !== null && 'pip' in one && Array.isArray(one.pip)) {
      for (const line of one.pip.slice(0, ENTRIES)) {
        const found =
          typeof line === 'string' ? readRequirement(line.replace(/^-e\s+/, ''), path) : undefined;
        if (found !== undefined) required.push(found);
      }
    }
  }
  return { ...NOTHING, required };
}

function dependenciesIn(text: string): readonly unknown[] {
  if (text.length > 1 << 20 || NESTED.test(text)) return [];
  try {
    const document = parseDocument(text, {
      logLevel: 'silent',
      prettyErrors: false,
      uniqueKeys: false,
      strict: false,
    });
    if (!isMap(document.contents)) return [];
    // Aliases could make a little text enormous.
    const { dependencies } = document.toJS({ maxAliasCount: 0 }) as { dependencies?: unknown };
    return Array.isArray(dependencies) ? dependencies : [];
  } catch {
    return [];
  }
}

/** `==1.0` and `=1.0=build` are one version; `=1.0` is all that begin so. */
const exact = (asked: string): string | undefined =>
  /^(?:==\s*([^\s,*|=]{1,100})|=\s*([^\s,*|=]{1,100})=\S+)$/
    .exec(asked)
    ?.slice(1)
    .find((one) => one !== undefined);
