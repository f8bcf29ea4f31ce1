/** An act that waits for a second person, as `GET /admin/v1/proposals` tells of it. */
export interface Proposal {
  readonly id: string;
  readonly person: string;
  readonly name: string;
  readonly operation: string;
  readonly request: Asked;
  readonly created: string;
  readonly expires: string;
  readonly approver: string | null;
  readonly approver_name: string | null;
}

/** The call as it was made; it is done by making it again. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

const OBJECTS: Readonly<Record<string, string>> = {
  callers: 'a caller',
  people: 'a person',
  invitations: 'an invitation',
  identities: 'an identity',
  incidents: 'an incident',
  models: 'a model',
  reviews: 'a review',
  vault: 'the vault',
  policy: 'the policy',
  config: 'the configuration',
  content: 'sealed content',
  feeds: 'a feed',
};

/** What would be done, in words: the verb of the operation, and what it is done to. */
export function wordsFor({ operation, request }: Proposal): string {
  const [object = '', ...verbs] = operation.split('.');
  const verb = verbs.join(' ').replaceAll('_', ' ');
  const named = request.path.split('/').slice(4);
  const id = named.find((part) => /[_\d]/.test(part));
  const words = `${verb.charAt(0).toUpperCase()}${verb.slice(1)} ${OBJECTS[object] ?? object}`;
  return id === undefined ? words : `${words}: ${safelyDecoded(id)}`;
}

function safelyDecoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Where what is to be changed can be looked at as it is now; undefined where the act makes something new. */
export function pathNow({ path, method }: Asked): string | undefined {
  const found = /^(\/admin\/v1\/(?:callers|people|incidents|models)\/[^/]+)\/(?:update|severity|owner)$/.exec(
    path,
  );
  return method === 'POST' ? found?.[1] : undefined;
}

export interface Difference {
  readonly field: string;
  /** Undefined: nothing is known of how it is. */
  readonly before: string | undefined;
  readonly after: string;
}

/** Field by field what the act says; what stays as it is is left out. @param now what is there, where that can be seen */
export function differencesOf(
  { body, query }: Asked,
  now?: Readonly<Record<string, unknown>>,
): readonly Difference[] {
  return Object.entries({ ...query, ...body })
    .map(([field, value]) => ({
      field,
      before: now === undefined || !Object.hasOwn(now, field) ? undefined : written(now[field]),
      after: written(value),
    }))
    .filter(({ before, after }) => before !== after);
}

function written(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    return value.join(', ') || 'none';
  return value === null || value === undefined ? 'none' : JSON.stringify(value, null, 1);
}
