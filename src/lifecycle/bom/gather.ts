import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Dependency, Facts, ModelBom } from '../../bom/bom.ts';
import { readCard } from '../../bom/card.ts';
import type { OsvIndex } from '../../bom/osv.ts';
import { readRequirements } from '../../bom/requirements.ts';
import type { JudgedFile, ScanResult } from '../../findings/result.ts';
import type { Walked } from '../scan/walk.ts';

/** Bytes of a text that is read for the bill: cards, lists of requirements, locks. */
const LONGEST = 32 << 20;

export interface Asked {
  readonly folder: string;
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** ISO 8601. */
  readonly made: string;
  readonly osv: OsvIndex | undefined;
}

/** Puts together what the scanner has read, what the model card says and what is required. */
export async function gatherBom(result: ScanResult, { targets }: Walked, asked: Asked): Promise<ModelBom> {
  const textOf = async (path: string): Promise<string> => {
    const target = targets.find((one) => one.path === path);
    if (target === undefined || target.broken !== undefined || target.size > LONGEST) return '';
    return readFile(target.file, 'utf8').catch(() => '');
  };
  const cards = result.files.filter(({ path }) => /^readme\.md$/i.test(path));
  const card = readCard(cards[0] === undefined ? '' : await textOf(cards[0].path));
  const required = [];
  for (const { path } of result.files)
    required.push(...readRequirements(path, await requirementsText(path, textOf)));
  const dependencies = required.map(
    (one): Dependency => ({ ...one, vulnerabilities: asked.osv?.lookUp(one) ?? [] }),
  );
  const facts = factsOf(result.files);
  return {
    name: asked.name ?? basename(resolve(asked.folder)),
    version: asked.version,
    tool: result.tool,
    made: asked.made,
    card,
    facts,
    files: result.files.map(fileOf),
    dependencies: dependencies.sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1)),
    scan: {
      verdict: result.verdict,
      read: sum(result.files, (one) => one.size - unreadOf(one)),
      unread: sum(result.files, unreadOf),
    },
  };
}

const REQUIREMENTS =
  /(?:^|\/)(?:[\w.-]*(?:requirements|constraints)[\w.-]*\.(?:txt|in)|(?:poetry|uv|pdm|pipfile)\.lock|pylock\.toml|package-lock\.json)$/i;
const requirementsText = async (path: string, textOf: (path: string) => Promise<string>): Promise<string> =>
  REQUIREMENTS.test(path) ? textOf(path) : '';

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
