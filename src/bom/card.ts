import { isMap, parseDocument } from 'yaml';
import type { Card, Metric } from './bom.ts';

/** UTF-16 units of a card, and of its front matter. */
const LONGEST = 1 << 20;
const LONGEST_HEAD = 1 << 17;
const MOST = 200;

/** Reads a model card (README.md with YAML before the text, as hubs have it). What is not as expected is left out. */
export function readCard(text: string): Card {
  const whole = text.slice(0, LONGEST).replace(/^\ufeff/, '');
  const head = /^---\r?\n([\s\S]*?)\r?\n---\s*(?:\r?\n|$)/.exec(whole.slice(0, LONGEST_HEAD));
  const front = frontOf(head?.[1] ?? '');
  const body = whole.slice(head?.[0].length ?? 0);
  const licences = texts(front.license).map((one, i) =>
    one === 'other' && i === 0 ? (texts(front.license_name)[0] ?? one) : one,
  );
  const emissions = record(front.co2_eq_emissions)?.emissions ?? front.co2_eq_emissions;
  return {
    description: firstParagraph(body),
    authors: texts(front.authors ?? front.author ?? front.model_creator),
    licences,
    licenceLink: texts(front.license_link)[0],
    languages: texts(front.language),
    tags: texts(front.tags),
    task: texts(front.pipeline_tag)[0],
    library: texts(front.library_name)[0],
    datasets: texts(front.datasets),
    baseModels: texts(front.base_model),
    relation: texts(front.base_model_relation)[0],
    metrics: metricsOf(front['model-index']),
    uses: sections(body, /^(?:intended )?uses?\b|direct use|use cases/i),
    limitations: sections(body, /limitations|out-of-scope|biases/i),
    emissions: typeof emissions === 'number' ? emissions : undefined,
  };
}

/** Keys of keys, or lists in lists, on one line: no card has them, and the parser takes square time and more for them. */
const NESTED = /(?:[?-][ \t]+){16}/;

function frontOf(yaml: string): Record<string, unknown> {
  if (yaml === '' || NESTED.test(yaml)) return {};
  try {
    const document = parseDocument(yaml, {
      logLevel: 'silent',
      prettyErrors: false,
      uniqueKeys: false,
      strict: false,
    });
    if (!isMap(document.contents)) return {};
    // Aliases could make a little text enormous.
    const value: unknown = document.toJS({ maxAliasCount: 0 });
    return record(value) ?? {};
  } catch {
    return {};
  }
}

/** `model-index`: results of a model on data, by metric. */
function metricsOf(index: unknown): Metric[] {
  const out: Metric[] = [];
  for (const model of list(index))
    for (const result of list(record(model)?.results))
      for (const metric of list(record(result)?.metrics)) {
        const one = record(metric);
        const slice = texts(record(record(result)?.dataset)?.name)[0] ?? '';
        const [type] = texts(one?.type ?? one?.name);
        if (
          type === undefined ||
          one?.value === undefined ||
          typeof one.value === 'object' ||
          out.length >= MOST
        )
          continue;
        out.push({ type, value: String(one.value).slice(0, 100), slice });
      }
  return out;
}

function firstParagraph(body: string): string | undefined {
  const found = body
    .split(/\n\s*\n/)
    .map((one) => one.trim())
    .find((one) => one !== '' && !/^(?:[#<![|>`-]|\* )/.test(one));
  return found?.replace(/\s+/g, ' ').slice(0, 1000);
}

/** Texts below headings of a kind, each cut. */
function sections(body: string, heading: RegExp): string[] {
  const out: string[] = [];
  const pieces = body.split(/^#{1,6}\s+(.{1,200})$/m);
  for (let i = 1; i + 1 < pieces.length && out.length < 10; i += 2) {
    const text = (pieces[i + 1] ?? '').trim().replace(/\s+/g, ' ').slice(0, 2000);
    if (heading.test(pieces[i] ?? '') && text !== '') out.push(text);
  }
  return out;
}

const record = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, MOST) : []);

/** One text or several, each once; numbers and dates as they are written. */
const texts = (value: unknown): string[] => [
  ...new Set(
    (Array.isArray(value) ? list(value) : [value])
      .filter((one) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean')
      .map((one) => String(one).slice(0, 400))
      .filter((one) => one !== ''),
  ),
];
