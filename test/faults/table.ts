import { CLIENT_FAULTS } from './client-faults.ts';
import { type Fault, type Moment, type Outcome, STEPS, type Step, WAYS, type Way } from './fault.ts';
import { GUARD_FAULTS } from './guard-faults.ts';
import { LEDGER_FAULTS } from './ledger-faults.ts';
import { PREDICTION_FAULTS } from './prediction-faults.ts';
import { ROUTE_FAULTS } from './route-faults.ts';
import { STORE_FAULTS } from './store-faults.ts';
import { UPSTREAM_FAULTS } from './upstream-faults.ts';

const ALL: readonly Fault[] = [
  ...CLIENT_FAULTS,
  ...STORE_FAULTS,
  ...GUARD_FAULTS,
  ...LEDGER_FAULTS,
  ...UPSTREAM_FAULTS,
  ...ROUTE_FAULTS,
];

const ORDER = Object.keys(STEPS) as Step[];

/** Every fault, in the order of the data path. */
export const FAULTS: readonly Fault[] = ORDER.flatMap((step) =>
  (['before', 'after'] as const).flatMap((moment) => faultsAt(step, moment)),
);

function faultsAt(step: Step, moment: Moment): readonly Fault[] {
  return ALL.filter((fault) => fault.step === step && fault.moment === moment);
}

const INTRODUCTION = `# Faults: what happens when a step fails

Each step of the data path is made to fail, before and after it has its effect. For each fault: what the caller gets,
what the ledger says, how many requests left for the model server, and what the caller is charged.

This page is written by the test that runs every row (\`test/faults\`, both dialects where they are not the same
machinery), and the test fails where the two differ. After each row the same test finds the gateway serving again, no
request and no place in a quota held, and no text of a prompt or reply, and no secret, in the log, the ledger or an
error.

- “Hel” is the first piece of an answer that was to be “Hello”.
- The ledger: \`begin\` is durable before the model server sees a byte, \`end\` before the last byte of the answer leaves;
  \`refused\` stands alone, for a request that was never forwarded. A \`begin\` without an end says that the outcome could
  not be recorded, so its answer was withheld.
- Charged: *the report* is the tokens that the model server reported; *the estimate*, what was reserved; *the request*
  counts as one and costs no tokens.
- *Cut as a guard does*: the stream ends in the dialect's own way (\`content_filter\`, \`refusal\`).
`;

/** The page for readers. */
export function page(): string {
  return [INTRODUCTION, ...ORDER.map(section), predictions()].join('\n');
}

function section(step: Step): string {
  const rows = (['before', 'after'] as const).flatMap((moment) =>
    faultsAt(step, moment).flatMap((fault) => rowsOf(fault)),
  );
  return `## ${capital(step)}

Its effect: ${STEPS[step]}.

| when | what fails | asked | the caller gets | the ledger says | left | charged |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

/** The path of models that classify or score has its own steps, and no guards. */
const predictions = (): string => `## Predictions

Questions to models that classify or score (\`/v2/…\`), asked for one row.

| what fails | the caller gets | the ledger says |
|---|---|---|
${PREDICTION_FAULTS.map(({ what, expect }) => `| ${what} | ${expect.caller} | ${expect.ledger.join('<br>') || 'nothing'} |`).join('\n')}
`;

/** One row, or one for each way of asking where they end differently. */
function rowsOf({ moment, what, expect }: Fault): string[] {
  const ways = WAYS.flatMap((way): (readonly [Way, Outcome])[] => {
    const outcome = expect[way];
    return outcome === undefined ? [] : [[way, outcome]];
  });
  const [first, second] = ways.map(([, outcome]) => cells(outcome));
  if (first === second) return [`| ${moment} | ${what} | both | ${first} |`];
  return ways.map(([way, outcome]) => `| ${moment} | ${what} | ${way} | ${cells(outcome)} |`);
}

const cells = ({ caller, ledger, left, paid }: Outcome): string =>
  [caller, ledger.length === 0 ? 'nothing' : ledger.join('<br>'), left, paid].join(' | ');

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
