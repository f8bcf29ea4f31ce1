import type { JsonObject } from '../base/json.ts';
import { shown } from '../findings/finding.ts';
import { MOST_PAYLOAD } from './envelope.ts';
import { type Fields, readJson } from './fields.ts';
import { Unverified } from './unverified.ts';

/** in-toto attestation, https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export interface Statement {
  readonly subjects: readonly Subject[];
  readonly predicateType: string;
  readonly predicate: Fields;
}

export interface Subject {
  readonly name: string;
  /** By algorithm, lower-case hex. */
  readonly digest: Readonly<Record<string, string>>;
}

const STATEMENT = 'https://in-toto.io/Statement/v1';
/** Statements of model_signing 0.2 have a subject for each file. */
const MOST_SUBJECTS = 1_000_000;

/** Throws {@link Unverified} `malformed` or `unsupported`. */
export function readStatement(payload: Uint8Array): Statement {
  const fields = readJson(payload, 'the statement', MOST_PAYLOAD);
  const type = fields.text('_type', 256);
  if (type !== STATEMENT) throw new Unverified('unsupported', `a statement of type “${shown(type)}”`);
  return {
    subjects: fields.objects('subject', MOST_SUBJECTS).map((subject) => {
      const digest = subject.object('digest');
      return {
        name: subject.text('name', 4096),
        digest: Object.fromEntries(
          digest.names.map((name) => [name, hexOf(digest.text(name, 1024), digest.what)]),
        ),
      };
    }),
    predicateType: fields.text('predicateType', 256),
    predicate: fields.object('predicate'),
  };
}

/** The bytes that are signed. */
export const writeStatement = (
  subjects: readonly Subject[],
  predicateType: string,
  predicate: JsonObject,
): Buffer => Buffer.from(JSON.stringify({ _type: STATEMENT, subject: subjects, predicateType, predicate }));

/** Lower case. Throws {@link Unverified} `malformed`. */
export function hexOf(text: string, what: string): string {
  if (text.length === 0 || text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text))
    throw new Unverified('malformed', `${what} has a digest that is not hex`);
  return text.toLowerCase();
}
