import type { Victim } from '../../../attacks/attack.ts';
import { isObject, type Json } from '../../../base/json.ts';
import { Problem } from '../../../base/problem.ts';
import { elementCount } from '../../../tensors/tensor.ts';
import type { Field } from '../data/samples.ts';
import { areProbabilities, oneHot } from './answers.ts';
import { missing, type ServiceMapping } from './mapping.ts';
import type { Meter } from './meter.ts';
import { type ModelServer, placeOf } from './server.ts';

/**
 * Any service that classifies, asked as a mapping says. One row is asked to see what its answers are.
 *
 * @param fields of the rows, for services that take objects
 * @param sample a row that is asked first
 */
export async function openService(
  mapping: ServiceMapping,
  server: ModelServer,
  meter: Meter,
  fields: readonly Field[],
  sample: Float32Array,
): Promise<Victim> {
  const features = sample.length;
  const ask = async (rows: Float32Array): Promise<readonly Json[]> => {
    const count = rows.length / features;
    const written = Array.from({ length: count }, (_, at) =>
      rowJson(mapping, fields, rows.subarray(at * features, (at + 1) * features)),
    );
    const body = Buffer.from(JSON.stringify(fill(mapping.body as Json, written)), 'utf8');
    const answer = await server.ask(
      { url: mapping.url, method: mapping.method, headers: { 'content-type': 'application/json' }, body },
      () => meter.take(count),
    );
    let json: Json;
    try {
      json = JSON.parse(answer.body.toString('utf8')) as Json;
    } catch {
      throw new Problem('environment', `${placeOf(mapping.url)} answers what is no JSON`);
    }
    return rowsAt(json, mapping.answer.pointer, count);
  };
  const [first] = await ask(sample);
  const classes = mapping.classes?.length ?? classesIn(mapping, first);
  const scoresOf = (value: Json | undefined): Float32Array =>
    mapping.answer.kind === 'label'
      ? oneHot([labelOf(mapping, value)], classes)
      : rowScores(mapping, value, classes);
  const answers =
    mapping.answer.kind === 'label'
      ? 'labels'
      : areProbabilities(scoresOf(first), classes)
        ? 'probabilities'
        : 'logits';
  return {
    features,
    classes,
    answers,
    async scores(rows) {
      const count = rows.length / features;
      const out = new Float32Array(count * classes);
      for (let from = 0; from < count; from += mapping.perRequest) {
        const to = Math.min(count, from + mapping.perRequest);
        const values = await ask(rows.subarray(from * features, to * features));
        for (const [index, value] of values.entries()) out.set(scoresOf(value), (from + index) * classes);
      }
      return out;
    },
  };
}

/** One row as the service takes it. */
function rowJson({ row, shape }: ServiceMapping, fields: readonly Field[], numbers: Float32Array): Json {
  if (row === 'list') return [...numbers];
  if (row === 'nested') return nested([...numbers], shape ?? []);
  return Object.fromEntries(
    fields.map(({ name, at, categories }) => {
      if (categories === undefined) return [name, numbers[at] ?? 0];
      const own = numbers.subarray(at, at + categories.length);
      return [name, categories[own.indexOf(Math.max(...own))] ?? ''];
    }),
  );
}

function nested(numbers: readonly number[], [first = 0, ...rest]: readonly number[]): Json[] {
  if (rest.length === 0) return [...numbers];
  const size = elementCount(rest);
  return Array.from({ length: first }, (_, at) => nested(numbers.slice(at * size, (at + 1) * size), rest));
}

/** The body with rows in place of `$rows` or `$row`. */
function fill(template: Json, rows: readonly Json[]): Json {
  if (template === '$rows') return [...rows];
  if (template === '$row') return rows[0] ?? null;
  if (Array.isArray(template)) return template.map((item) => fill(item, rows));
  if (!isObject(template)) return template;
  return Object.fromEntries(Object.entries(template).map(([name, member]) => [name, fill(member, rows)]));
}

/** What the pointer leads to, for each row: `*` is each item of a list; without it, the end is such a list, or the one row's. */
function rowsAt(answer: Json, pointer: readonly string[], count: number): readonly Json[] {
  const star = pointer.indexOf('*');
  const end = at(answer, star < 0 ? pointer : pointer.slice(0, star), pointer);
  if (star < 0 && count === 1 && !(Array.isArray(end) && end.length === 1)) return [end];
  if (!Array.isArray(end) || end.length !== count) return missing(pointer, `no list of ${count} rows`);
  return star < 0 ? end : end.map((item) => at(item, pointer.slice(star + 1), pointer));
}

function at(value: Json, steps: readonly string[], pointer: readonly string[]): Json {
  let here: Json | undefined = value;
  for (const step of steps) {
    if (Array.isArray(here)) here = here[Number(step)];
    else here = isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined;
    if (here === undefined) return missing(pointer, 'nothing');
  }
  return here;
}

/** One number is the chance of the second of two classes. */
const classesIn = ({ answer }: ServiceMapping, value: Json | undefined): number => {
  if (typeof value === 'number') return 2;
  if (Array.isArray(value) && value.length > 1) return value.length;
  return missing(answer.pointer, 'no scores (or scores by name, of which answer.classes says the order)');
};

function rowScores(
  { answer, classes: names }: ServiceMapping,
  value: Json | undefined,
  classes: number,
): Float32Array {
  if (typeof value === 'number' && classes === 2) return Float32Array.of(1 - value, value);
  const list = isObject(value) ? (names ?? []).map((name) => value[name]) : value;
  if (!Array.isArray(list) || list.length !== classes || !list.every((score) => typeof score === 'number'))
    return missing(answer.pointer, `no ${classes} scores`);
  return Float32Array.from(list as number[]);
}

function labelOf({ answer, classes }: ServiceMapping, value: Json | undefined): number {
  const found = classes?.indexOf(String(value)) ?? -1;
  return found >= 0 ? found : missing(answer.pointer, 'a label that is none of answer.classes');
}
