import { basename, resolve } from 'node:path';
import type { Dependency, Facts, ModelBom } from '../../bom/bom.ts';
import { readCard } from '../../bom/card.ts';
import type { Required } from '../../bom/required.ts';
import { requirementsOf } from '../../bom/requirements.ts';
import type { JudgedFile, ScanResult } from '../../findings/result.ts';
import type { Walked } from '../scan/walk.ts';
import type { OsvDatabase } from './osv.ts';
import { Texts } from './texts.ts';

export interface Asked {
  readonly folder: string;
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly supplier: string | undefined;
  readonly released: string | undefined;
  /** ISO 8601. */
  readonly made: string;
  /** The database of advisories, as far as it is about what is required. */
  readonly osv: ((required: readonly Required[]) => Promise<OsvDatabase>) | undefined;
}

/** Puts together what the scanner has read, what the model card says and what is required. */
export async function gatherBom(result: ScanResult, walked: Walked, asked: Asked): Promise<ModelBom> {
  const texts = new Texts(result, walked, asked.folder);
  const unread: string[] = [];
  const paths = result.files.map(({ path }) => path);
  const cardAt = paths.find((path) => /^readme\.md$/i.test(path));
  const text = cardAt === undefined ? '' : await texts.of(cardAt);
  if (typeof text !== 'string') unread.push(`${cardAt}: ${text.why}`);
  const card = readCard(typeof text === 'string' ? text : '');
  const requirements = await requirementsOf(paths, (path) => texts.of(path));
  unread.push(...requirements.unread);
  const database = await asked.osv?.(requirements.required);
  unread.push(...(database?.unread ?? []));
  const dependencies = requirements.required.map(
    (one): Dependency => ({ ...one, vulnerabilities: database?.index.lookUp(one) ?? [] }),
  );
  return {
    name: asked.name ?? basename(resolve(asked.folder)),
    version: asked.version,
    supplier: asked.supplier,
    released: asked.released,
    tool: result.tool,
    made: asked.made,
    card,
    facts: factsOf(result.files),
    files: result.files.map(fileOf),
    dependencies: dependencies.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)),
    unread,
    advisories: database?.index.size,
    scan: {
      verdict: result.verdict,
      read: sum(result.files, (one) => one.size - unreadOf(one)),
      unread: sum(result.files, unreadOf),
    },
  };
}

const orderOf = ({ name, version, ecosystem, from, asked }: Dependency): string =>
  [name, version ?? '', ecosystem, from, asked].join('\n');

function fileOf(file: JudgedFile): ModelBom['files'][number] {
  return {
    path: file.path,
    size: file.size,
    sha256: file.sha256,
    formats: file.parts.find(({ path }) => path.length === 1)?.formats ?? [],
    verdict: file.verdict,
    findings: [...new Set(file.findings.map(({ rule }) => rule))],
    unread: unreadOf(file),
  };
}

function unreadOf({ parts, size }: JudgedFile): number {
  const own = parts.find(({ path }) => path.length === 1)?.ranges ?? [];
  return Math.min(
    size,
    own.filter(({ as }) => as === 'unread').reduce((total, { start, end }) => total + end - start, 0),
  );
}

const sum = <T>(all: readonly T[], value: (one: T) => number): number =>
  all.reduce((total, one) => total + value(one), 0);

/** Facts that readers noted, of all files together: shards add up. */
function factsOf(files: readonly JudgedFile[]): Facts {
  const architectures = new Set<string>();
  const types = new Map<string, number>();
  const formats = new Set<string>();
  const more = new Map<string, string>();
  let parameters = 0;
  let tensors = 0;
  let modelType: string | undefined;
  let tokenizer: string | undefined;
  for (const { parts } of files)
    for (const { facts = {}, path, formats: read } of parts) {
      if (path.length === 1) for (const one of read) formats.add(one);
      for (const one of Array.isArray(facts.architectures) ? facts.architectures : [])
        architectures.add(String(one));
      const general = facts['general.architecture'];
      if (typeof general === 'string') architectures.add(general);
      if (typeof facts.model_type === 'string') modelType ??= facts.model_type;
      if (typeof facts.tokenizer_class === 'string') tokenizer ??= facts.tokenizer_class;
      parameters += countOf(facts.parameters);
      tensors += countOf(facts.tensors);
      for (const [type, count] of entriesOf(facts.types))
        types.set(type, (types.get(type) ?? 0) + countOf(count));
      for (const [name, value] of Object.entries(facts))
        if (!TOLD.has(name) && !more.has(name) && (typeof value === 'string' || typeof value === 'number'))
          more.set(name, String(value).slice(0, 200));
    }
  return {
    architectures: [...architectures],
    modelType,
    parameters: parameters > 0 ? parameters : undefined,
    tensors: tensors > 0 ? tensors : undefined,
    types: Object.fromEntries(types),
    tokenizer,
    formats: [...formats].sort(),
    more: Object.fromEntries(more),
  };
}

const TOLD = new Set([
  'architectures',
  'general.architecture',
  'model_type',
  'tokenizer_class',
  'parameters',
  'tensors',
  'types',
]);
const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];
