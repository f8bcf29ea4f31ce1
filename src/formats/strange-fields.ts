import type { Rule } from '../findings/rule.ts';
import type { Part } from './format.ts';
import { beginsLikeFile } from './hidden.ts';
import type { Field } from './protobuf.ts';
import { Slice } from './source.ts';

const chain = { owasp: ['LLM03:2025', 'ML06:2023'], atlas: ['AML.T0010.003'] } as const;

/** Rules on models in protocol buffers, whatever their schema. */
export const PROTOBUF_RULES = {
  field: {
    id: 'protobuf.unknown-field',
    title: 'A model with fields that no schema has',
    severity: 'low',
    about:
      'Fields of unknown numbers or kinds, or groups, stand among those of the model. Libraries skip them: they come from a newer library, from a repair by hand, or from somebody who wants scanners to stop there. What they hold was looked at as a file of its own.',
    advice: 'Export the model again, or update Gatehouse.',
    cwe: ['CWE-436'],
    ...chain,
  },
  behind: {
    id: 'protobuf.trailing',
    title: 'Something behind the end of a model in protocol buffers',
    severity: 'medium',
    about:
      'The fields of the model end where something else begins that is no field. Strict libraries refuse the file; what follows is for somebody who knows. It was scanned as a file of its own.',
    advice: 'Get the file again from where it comes from and compare digests.',
    cwe: ['CWE-436', 'CWE-506'],
    ...chain,
  },
} as const satisfies Record<string, Rule>;

/** Fields that are looked into; of more it is only said that there are. */
const MOST = 1000;

/** Keeps the fields of a message that are of no schema, and says so once it is known what the file is. */
export class StrangeFields {
  readonly #part: Part;
  readonly #first: Field[] = [];
  count = 0;

  constructor(part: Part) {
    this.#part = part;
  }

  add(field: Field): void {
    this.count++;
    if (this.#first.length < MOST) this.#first.push(field);
  }

  async tell(): Promise<void> {
    const [first] = this.#first;
    if (first === undefined) return;
    const { source, report, inside } = this.#part;
    report({
      rule: PROTOBUF_RULES.field.id,
      message: `${this.count} fields are of no schema that is known; the first is number ${first.number}`,
      range: { start: first.start, end: first.end },
    });
    for (const { number, start, end } of this.#first)
      if (beginsLikeFile(source, start))
        await inside(`(field ${number})`, new Slice(source, start, end), 'raw');
  }
}

/** What follows the last field, and is none. */
export async function tellBehind({ source, coverage, report, inside }: Part, start: number): Promise<void> {
  const range = { start, end: source.size };
  report({
    rule: PROTOBUF_RULES.behind.id,
    message: `${source.size - start} bytes at the end are no fields of the model`,
    range,
  });
  coverage.claim('parsed', start, source.size);
  await inside('(behind the model)', new Slice(source, start, source.size), 'raw');
}
