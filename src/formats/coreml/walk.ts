import { shown } from '../../findings/finding.ts';
import type { Rule } from '../../findings/rule.ts';
import { codeIn } from '../embedded.ts';
import type { Part } from '../format.ts';
import { type Field, Message } from '../protobuf.ts';
import { Malformed, Slice } from '../source.ts';
import { StrangeFields } from '../strange-fields.ts';
import { COREML_RULES } from './rules.ts';

const DEEPEST = 32;
const PAUSE = 512;
const LONGEST = 1 << 16;
const PIPELINES = new Set([200, 201]);
export const PIPELINE = 202;
const NETWORKS = new Set([303, 403, 500]);
export const PROGRAM = 502;
export const CUSTOM = 555;
export const LINKED = 556;
const SERIALIZED = 3000;
/** Kinds of models by their field (Model.proto). */
const TYPES = [
  200,
  201,
  PIPELINE,
  300,
  301,
  302,
  303,
  304,
  400,
  401,
  402,
  403,
  404,
  500,
  501,
  PROGRAM,
  CUSTOM,
  LINKED,
  560,
  600,
  601,
  602,
  603,
  604,
  606,
  607,
  609,
  610,
  900,
  2000,
  2001,
  2002,
  2003,
  2004,
  2005,
  2006,
  SERIALIZED,
];
export const FIELDS = new Map<number, Field['wire']>([
  [1, 0],
  [2, 2],
  [10, 0],
  ...TYPES.map((type) => [type, 2] as const),
]);
export const CUSTOM_LAYER = 500;
export const CLASS_NAME = 10;
export const METADATA = 100;
export const BRANCH = 605;
const LOOP = 615;

/** Walks over a model, the models and networks inside it, and says what it takes from elsewhere. */
export class CoremlWalk {
  readonly #part: Part;
  readonly #inside: Field[] = [];
  layers = 0;
  /** What was said of it: only of a model anything is. */
  #found = 0;
  #steps = 0;

  readonly #strange: StrangeFields;

  constructor(part: Part) {
    this.#part = part;
    this.#strange = new StrangeFields(part);
  }

  async run(): Promise<void> {
    const { source, coverage, inside } = this.#part;
    await this.#model(new Message(source), 0);
    coverage.claim('parsed', 0, source.size);
    await this.#strange.tell();
    for (const { start, end } of this.#inside)
      await inside('(serialized model)', new Slice(source, start, end), 'raw');
  }

  #pause(): Promise<void> | undefined {
    return ++this.#steps % PAUSE === 0 ? this.#part.pause() : undefined;
  }

  #tell(rule: Rule, { start, end }: { start: number; end: number }, message: string): void {
    this.#found++;
    this.#part.report({ rule: rule.id, message, range: { start, end } });
  }

  async #model(message: Message, depth: number): Promise<void> {
    if (depth > DEEPEST) throw new Malformed('models in models, deeper than any in use', message.start);
    let types = 0;
    let isVersioned = false;
    for (const field of message.fields()) {
      await this.#pause();
      const { number } = field;
      if (FIELDS.get(number) !== field.wire) {
        this.#strange.add(field);
        continue;
      }
      if (number === 1) isVersioned = true;
      if (number === 1 && (field.value < 1 || field.value > 64))
        throw new Malformed('it is of no version of Core ML', field.start);
      if (field.wire !== 2) continue;
      const inner = message.inside(field);
      if (number === 2) this.#description(inner);
      else types++;
      if (PIPELINES.has(number)) await this.#each(inner, 1, (one) => this.#pipeline(one, depth + 1));
      else if (number === PIPELINE) await this.#pipeline(inner, depth + 1);
      else if (NETWORKS.has(number)) await this.#network(inner, depth + 1);
      else if (number === PROGRAM) await this.#program(inner);
      else if (number === CUSTOM) this.#custom(inner, 'model');
      else if (number === LINKED)
        this.#tell(
          COREML_RULES.linked,
          field,
          `it loads another model: ${shown(inner.source.read(field.start, 100), 100)}`,
        );
      else if (number === SERIALIZED) this.#inside.push(field);
    }
    // Of several kinds libraries take the last, and all were looked at.
    if (types === 0) throw new Malformed('it is a Core ML model of no kind', message.start);
    if ((this.#strange.count > 0 || types > 1) && !(isVersioned && this.layers + this.#found > 0))
      throw new Malformed('it is no Core ML model', message.start);
  }

  /** Calls for every message in a field of this number. */
  async #each(
    message: Message,
    number: number,
    visit: (one: Message) => Promise<void> | void,
  ): Promise<void> {
    for (const field of message.fields()) {
      await this.#pause();
      if (field.number === number && field.wire === 2) await visit(message.inside(field));
    }
  }

  #pipeline(message: Message, depth: number): Promise<void> {
    return this.#each(message, 1, (one) => this.#model(one, depth));
  }

  #description(message: Message): void {
    for (const field of message.fields()) {
      if (field.number !== METADATA || field.wire !== 2) continue;
      const metadata = message.inside(field);
      for (const one of metadata.fields())
        if (one.wire === 2) this.#metadata(metadata.text(one, LONGEST), one);
    }
  }

  /** What stands for people, and values of whoever made it: some programs evaluate those. */
  #metadata(text: string, at: Field): void {
    this.#part.readText(text, 'metadata', at.start);
    const code = codeIn(text);
    if (code >= 0)
      this.#tell(COREML_RULES.code, at, `the metadata hold code: ${shown(text.slice(code), 80)}`);
  }

  async #network(message: Message, depth: number): Promise<void> {
    if (depth > DEEPEST) throw new Malformed('networks in networks, deeper than any in use', message.start);
    await this.#each(message, 1, async (layer) => {
      this.layers++;
      for (const field of layer.fields()) {
        if (field.wire !== 2) continue;
        const inner = layer.inside(field);
        if (field.number === CUSTOM_LAYER) this.#custom(inner, 'layer');
        // Networks that are run again and again, or one of two.
        if (field.number === BRANCH || field.number === LOOP)
          for (const one of inner.fields())
            if (one.wire === 2 && one.number <= 4 && !(field.number === LOOP && one.number < 3))
              await this.#network(inner.inside(one), depth + 1);
      }
    });
  }

  #custom(message: Message, what: string): void {
    let name = '';
    for (const field of message.fields())
      if (field.number === CLASS_NAME && field.wire === 2) name = message.text(field, 512);
    this.#tell(COREML_RULES.custom, message, `a ${what} is of the class ${shown(name, 100)}`);
  }

  /** Functions, their blocks, their operations (MIL.proto). */
  async #program(message: Message): Promise<void> {
    await this.#each(message, 2, (entry) =>
      this.#each(entry, 2, (one) =>
        this.#each(one, 3, (special) => this.#each(special, 2, (block) => this.#block(block, 0))),
      ),
    );
  }

  async #block(message: Message, depth: number): Promise<void> {
    if (depth > DEEPEST) throw new Malformed('blocks in blocks, deeper than any in use', message.start);
    await this.#each(message, 3, async (operation) => {
      this.layers++;
      for (const field of operation.fields()) {
        if (field.wire !== 2) continue;
        if (field.number === 1 && /^custom/.test(operation.text(field, 256)))
          this.#tell(COREML_RULES.custom, field, `an operation is ${shown(operation.text(field, 256), 80)}`);
        if (field.number === 4) await this.#block(operation.inside(field), depth + 1);
        if (field.number === 5) await this.#each(operation.inside(field), 2, (value) => this.#value(value));
      }
    });
  }

  #value(message: Message): void {
    for (const field of message.fields()) {
      if (field.number !== 5 || field.wire !== 2) continue;
      const file = message.inside(field);
      for (const one of file.fields()) {
        const name = one.number === 1 && one.wire === 2 ? file.text(one) : '@model_path/';
        if (!name.startsWith('@model_path/') || /(?:^|[\\/])\.\.(?:[\\/]|$)/.test(name))
          this.#tell(COREML_RULES.path, one, `weights are read from ${shown(name, 100)}`);
      }
    }
  }
}
