import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { JsonObject } from '../base/json.ts';
import { plain } from '../base/plain.ts';
import { Problem } from '../base/problem.ts';
import { ACTIONS } from '../exchange/exchange.ts';
import { type Asked, queryOf, readCases, runCases } from '../policy/cases.ts';
import { rolesAsCedar } from '../policy/cedar/roles.ts';
import { matrixAsCsv, matrixAsMarkdown, matrixOf } from '../policy/matrix.ts';
import type { Policy } from '../policy/policy.ts';
import { explain, type Why } from '../policy/why.ts';
import { askAdmin } from './admin.ts';
import type { CliIo } from './io.ts';
import { loadSettings, settingsPath, shown } from './load.ts';
import { loadPolicy } from './load-policy.ts';

interface Common {
  readonly config?: string;
  readonly policy?: string;
  readonly json?: boolean;
}

const withPolicy = (command: Command): Command =>
  command
    .option('-c, --config <FILE>', 'settings, which name the policy (default: gatehouse.yaml)')
    .option('-p, --policy <FILE>', 'another policy')
    .option('--json', 'as JSON');

async function policyOf(io: CliIo, { config, policy }: Common): Promise<Policy> {
  const file =
    policy === undefined
      ? (await loadSettings(io, settingsPath(io, config))).policy
      : resolve(io.cwd, policy);
  return loadPolicy(io, file);
}

/** Verbs that ask a policy and change nothing. */
export function addAsking(policy: Command, io: CliIo): void {
  addTest(policy, io);
  addWhy(policy, io);
  addMatrix(policy, io);
  withPolicy(policy.command('cedar').description('the roles, written out as Cedar policies'))
    .addHelpText('after', '\nExamples:\n  gatehouse policy cedar > authorization.cedar')
    .action(async (options: Common) => {
      const text = rolesAsCedar(await policyOf(io, options));
      if (options.json === true) io.json({ cedar: text });
      else io.out(text.trimEnd());
    });
}

function addTest(policy: Command, io: CliIo): void {
  withPolicy(
    policy.command('test').description('compare what a policy decides with what a file of cases expects'),
  )
    .argument('<FILE>', 'cases (YAML; see docs/authorization.md)')
    .addHelpText(
      'after',
      `
Exit codes: 0 every case is as expected, 1 some is not, 3 a file cannot be used.

Examples:
  gatehouse policy test cases.yaml
  gatehouse policy test cases.yaml --policy next-policy.yaml --json`,
    )
    .action(async (file: string, options: Common) => {
      const read = await policyOf(io, options);
      const path = resolve(io.cwd, file);
      const outcomes = runCases(read, readCases(readCaseFile(io, path), shown(io, path)));
      const wrong = outcomes.filter(({ passed }) => !passed);
      if (options.json === true) io.json({ policy: read.hash, ok: wrong.length === 0, cases: outcomes });
      else {
        for (const { name, allowed, by, expected } of wrong) {
          const wanted = `${word(expected.allowed)}${expected.by === undefined ? '' : ` by ${expected.by.join(', ')}`}`;
          io.out(plain(`✗ ${name}: expected ${wanted}, got ${word(allowed)} by ${by.join(', ')}`));
        }
        io.out(`${outcomes.length - wrong.length} of ${outcomes.length} cases are as expected.`);
      }
      if (wrong.length > 0) throw new Problem('findings', 'the policy decides otherwise than expected');
    });
}

function readCaseFile(io: CliIo, path: string): string {
  try {
    return io.read(path);
  } catch (cause) {
    throw new Problem('usage', `cannot read ${path}`, 'Name a file of cases.', cause);
  }
}

const word = (allowed: boolean): string => (allowed ? 'allow' : 'deny');

interface WhyOptions extends Common {
  readonly caller?: string;
  readonly role?: string[];
  readonly team?: string;
  readonly tag?: string[];
  readonly action: string;
  readonly model?: string;
  readonly tool?: string;
  readonly route?: string;
  readonly purpose?: string;
  readonly consent?: string[];
  readonly subject?: boolean;
  readonly at?: string;
  readonly from?: string;
  readonly tokensToday?: string;
}

function addWhy(policy: Command, io: CliIo): void {
  withPolicy(
    policy.command('why').description('explain a decision: which rules held, and what the others failed on'),
  )
    .option('--caller <NAME>', 'a caller of this gateway, by name or id')
    .option('--role <ROLE...>', 'instead: someone of these roles')
    .option('--team <TEAM>', 'and of this team')
    .option('--tag <NAME=VALUE...>', 'and with these tags')
    .addOption(new Option('--action <ACTION>', 'what').choices(ACTIONS).makeOptionMandatory())
    .option('--model <MODEL>', 'on this model')
    .option('--tool <TOOL>', 'or tool')
    .option('--route <UPSTREAM>', 'or upstream')
    .option('--purpose <WORD>', 'the purpose that the request names')
    .option('--consent <WORD...>', 'what was agreed to')
    .option('--subject', 'the request names a data subject')
    .option('--at <TIME>', 'when: 2026-11-20T10:00:00Z (default: now)')
    .option('--from <ADDRESS>', 'from which IP address (default: 127.0.0.1)')
    .option('--tokens-today <N>', 'tokens that the caller has used today (default: 0)')
    .addHelpText(
      'after',
      `
Asks the policy in the file; a caller is looked up in the gateway that runs, or in its data folder.
Exit codes: 0 allowed, 1 denied, 3 there is no such caller, or something is missing.

Examples:
  gatehouse policy why --caller shop-bot --action chat --model gpt-4o
  gatehouse policy why --role app --action chat --model gpt-4o --purpose support --from 10.0.0.1`,
    )
    .action(async (options: WhyOptions) => {
      const read = await policyOf(io, options);
      const query = queryOf(await askedBy(io, options));
      const why = explain(read, query);
      if (options.json === true) io.json(why);
      else show(io, why);
      if (!why.allowed) throw new Problem('findings', 'the policy denies it');
    });
}

async function askedBy(io: CliIo, options: WhyOptions): Promise<Asked> {
  const { caller, role, team, tag, action, model, tool, route, purpose, consent, subject, from } = options;
  const { at = new Date().toISOString().replace(/\.\d+/, ''), tokensToday } = options;
  if (caller !== undefined && (role ?? team ?? tag) !== undefined)
    throw new Problem('usage', 'give --caller, or --role with --team and --tag');
  if (tokensToday !== undefined && !/^\d{1,15}$/.test(tokensToday))
    throw new Problem('usage', '--tokens-today must be a whole number');
  const made = { roles: role ?? [], team: team ?? 'default', tags: tagsOf(tag ?? []) };
  const spend = tokensToday === undefined ? {} : { tokens_today: Number(tokensToday) };
  const given = { model, tool, route, purpose, consent, subject, from };
  return {
    caller: caller === undefined ? made : await lookUp(io, options, caller),
    action,
    at,
    spend,
    ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as object),
  };
}

async function lookUp(io: CliIo, { config }: Common, name: string): Promise<Asked['caller']> {
  const path = `/admin/v1/callers/${encodeURIComponent(name)}`;
  const {
    id,
    name: own,
    owner,
    team,
    roles,
    tags,
  }: JsonObject = await askAdmin(io, config, 'GET', path).catch((error: unknown) => {
    // To be refused here is no decision of the policy.
    if (!(error instanceof Problem) || error.kind !== 'findings') throw error;
    throw new Problem(
      'usage',
      error.message,
      'Name a caller of "gatehouse callers list", or give --role.',
      error,
    );
  });
  return { id, name: own, owner, team, roles, tags } as Asked['caller'];
}

const tagsOf = (tags: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    tags.map((text) => {
      const at = text.indexOf('=');
      return at < 0 ? [text, 'true'] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );

function show(io: CliIo, { allowed, by, policy, rules }: Why): void {
  io.out(plain(`${allowed ? 'allowed' : 'denied'} by ${by.join(', ')}`));
  const effects = { permit: 'permits', forbid: 'forbids' } as const;
  for (const { id, effect, holds, failed } of rules)
    io.out(
      plain(`  ${holds ? effects[effect] : '–'}  ${id}${failed === undefined ? '' : `: not met: ${failed}`}`),
    );
  io.out(`policy sha256 ${policy}`);
}

function addMatrix(policy: Command, io: CliIo): void {
  withPolicy(policy.command('matrix').description('which role may do what'))
    .option('--csv', 'as CSV')
    .option('--markdown', 'as a Markdown table (also without this)')
    .addHelpText(
      'after',
      `
"some": on some resources or under conditions; the rules behind it say which.

Examples:
  gatehouse policy matrix
  gatehouse policy matrix --csv > matrix.csv`,
    )
    .action(async (options: Common & { csv?: boolean; markdown?: boolean }) => {
      const read = await policyOf(io, options);
      const cells = matrixOf(read);
      if (options.json === true) io.json({ policy: read.hash, matrix: cells });
      else io.out(options.csv === true ? matrixAsCsv(cells) : matrixAsMarkdown(cells));
    });
}
