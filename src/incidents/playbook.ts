import Type, { type Static } from 'typebox';
import { SourceDocument } from '../base/document.ts';
import { anyOf } from '../base/glob.ts';
import { parseDuration } from '../base/units.ts';
import { flawOf, isMeasure, leftOpen, MEASURES, type Measure, TARGETS, type Target } from './measure.ts';
import { atLeast, SEVERITIES, type Severity } from './severity.ts';

/** What is done about incidents of a kind: who is on duty, what they do, what they say, and what must hold before it is over. */
export interface Playbook {
  readonly name: string;
  readonly title: string;
  /** Whether an incident like this is of its kind. */
  readonly fits: (about: About) => boolean;
  /** Who is on duty, by what they do. */
  readonly roles: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  readonly checks: readonly Check[];
  readonly messages: readonly { readonly to: string; readonly text: string }[];
}

/** What playbooks are chosen by. */
export interface About {
  readonly rule?: string | undefined;
  readonly severity: Severity;
  readonly atlas: readonly string[];
  readonly owasp: readonly string[];
}

export interface Step {
  readonly id: string;
  readonly text: string;
  /** What the gateway does; undefined: a person does it and says so. */
  readonly do: StepMeasure | undefined;
}

/** A measure; where it does not say to whom or what, it is done to each that the incident is about. */
export interface StepMeasure extends Measure {
  /** Done when the incident is opened by a rule, where the settings let it. */
  readonly automatic: boolean;
  /** Milliseconds after which it is undone by itself. */
  readonly for: number | undefined;
}

/** No alert of these rules for so long, in milliseconds. */
export interface Check {
  readonly rules: readonly string[];
  readonly quiet: number;
}

const closed = { additionalProperties: false } as const;
const NAME = '^[a-z][a-z0-9-]{0,62}$';
const words = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, description });
const text = (description: string) => Type.String({ minLength: 1, maxLength: 4000, description });
const target = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 200,
    description: 'Default: each that the incident is about.',
  }),
);

/** The schema of a playbook. */
export const PlaybookSchema = Type.Object(
  {
    name: Type.String({ pattern: NAME, description: 'Its name: lower-case letters, digits and -' }),
    title: text('What incidents of this kind are called.'),
    when: Type.Object(
      {
        rules: Type.Optional(words('Rules that told of it; globs.')),
        techniques: Type.Optional(words('Techniques of ATLAS or entries of OWASP; globs.')),
        severity: Type.Optional(Type.Enum([...SEVERITIES], { description: 'At least so bad.' })),
      },
      { ...closed, minProperties: 1, description: 'Incidents that it is for; all of it must hold.' },
    ),
    roles: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), text('Who that is, and what they do.'), {
        ...closed,
        description: 'Who is on duty.',
      }),
    ),
    steps: Type.Array(
      Type.Object(
        {
          id: Type.String({ pattern: NAME }),
          text: text('What is done, for people.'),
          do: Type.Optional(
            Type.Object(
              {
                action: Type.Enum(Object.keys(MEASURES), { description: 'A measure of the gateway.' }),
                caller: target,
                team: target,
                model: target,
                to: target,
                rung: target,
                tool: target,
                guard: target,
                automatic: Type.Optional(Type.Boolean()),
                for: Type.Optional(Type.String({ description: 'A duration such as 4h.' })),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
      { minItems: 1, maxItems: 50, description: 'What is done, in this order.' },
    ),
    checks: Type.Optional(
      Type.Array(
        Type.Object(
          { rules: words('Rules that must be quiet; globs.'), quiet: Type.String() },
          { ...closed, description: 'What must hold before it is over.' },
        ),
      ),
    ),
    messages: Type.Optional(
      Type.Array(
        Type.Object(
          { to: text('Whom it is for.'), text: text('With {{title}}, {{id}}, {{severity}}, {{state}}…') },
          { ...closed, description: 'What is said to whom.' },
        ),
      ),
    ),
  },
  { ...closed, title: 'A playbook of Gatehouse' },
);

/** Reads a playbook. Throws `Problem('usage')` that names every error. @param file name of it in errors */
export function parsePlaybook(written: string, file: string): Playbook {
  const document = SourceDocument.read(written, file);
  const { name, title, when, roles, steps, checks, messages } = document.require(PlaybookSchema);
  for (const [index, { id }] of steps.entries())
    if (steps.findIndex((step) => step.id === id) !== index)
      document.report(['steps', index, 'id'], 'is the id of another step too');
  const duration = (path: readonly (string | number)[], value: string): number => {
    const found = parseDuration(value);
    if (found === undefined || found < 1) document.report(path, 'must be a duration such as 30m or 24h');
    return found ?? 0;
  };
  const playbook: Playbook = {
    name,
    title,
    fits: fitting(when),
    roles: roles ?? {},
    steps: steps.map(({ id, text, do: measure }, index) => ({
      id,
      text,
      do:
        measure &&
        measureIn(measure, (path, message) => document.report(['steps', index, 'do', ...path], message)),
    })),
    checks: (checks ?? []).map(({ rules, quiet }, index) => ({
      rules,
      quiet: duration(['checks', index, 'quiet'], quiet),
    })),
    messages: messages ?? [],
  };
  document.finish();
  return playbook;
}

type When = Static<typeof PlaybookSchema>['when'];

function fitting({ rules, techniques, severity }: When): Playbook['fits'] {
  const [isRule, isTechnique] = [rules, techniques].map((globs) => globs && anyOf(globs));
  return (about) =>
    (isRule === undefined || (about.rule !== undefined && isRule(about.rule))) &&
    (isTechnique === undefined || [...about.atlas, ...about.owasp].some((one) => isTechnique(one))) &&
    (severity === undefined || atLeast(about.severity, severity));
}

type WrittenMeasure = NonNullable<Static<typeof PlaybookSchema>['steps'][number]['do']>;

function measureIn(
  written: WrittenMeasure,
  report: (path: readonly string[], message: string) => void,
): StepMeasure | undefined {
  const { action, automatic = false, for: lasts } = written;
  if (!isMeasure(action)) return undefined;
  const on = Object.fromEntries(
    TARGETS.flatMap((name) => (written[name] === undefined ? [] : [[name, written[name]]])),
  ) as Partial<Record<Target, string>>;
  // What is filled in from the incident may be left out.
  const filled = leftOpen({ action, on });
  const flaw = flawOf({ action, on: { ...(filled && { [filled]: 'each' }), ...on } });
  if (flaw !== undefined)
    report([flaw], `${action} ${on[flaw] === undefined ? 'needs it' : 'does not take it'}`);
  const time = lasts === undefined ? undefined : parseDuration(lasts);
  if (lasts !== undefined && (time === undefined || time < 1))
    report(['for'], 'must be a duration such as 4h');
  if (lasts !== undefined && !MEASURES[action].undo) report(['for'], 'cannot be: it has no undo');
  return { action, on, automatic, for: time };
}

/** What a step comes to for an incident: one measure for each caller or model that it does not name itself. */
export function measuresOf(
  { action, on }: StepMeasure,
  about: { readonly callers: readonly string[]; readonly models: readonly string[] },
): Measure[] {
  switch (leftOpen({ action, on })) {
    case 'caller':
      return about.callers.map((caller) => ({ action, on: { ...on, caller } }));
    case 'model':
      return about.models.map((model) => ({ action, on: { ...on, model } }));
    default:
      return [{ action, on }];
  }
}

/** The first that is for such an incident; own ones stand before those that ship. */
export const playbookFor = (playbooks: readonly Playbook[], about: About): Playbook | undefined =>
  playbooks.find(({ fits }) => fits(about));

/** A message with its `{{names}}` filled in; a name that is not known stays as it is written. */
export const filledIn = (message: string, facts: Readonly<Record<string, string>>): string =>
  message.replace(/\{\{([a-z_]{1,40})\}\}/g, (whole, name: string) =>
    Object.hasOwn(facts, name) ? (facts[name] ?? whole) : whole,
  );
