import { throughDoor, withoutDoor } from './attack-act.ts';
import { House } from './house.ts';
import { contained, noticed, recovered } from './incident-act.ts';
import { keptElsewhere, putBack, tamperedWith } from './ledger-act.ts';
import { startModel } from './model.ts';
import type { Narrator } from './narrator.ts';
import { lasted } from './narrator.ts';
import type { Report } from './report.ts';
import { reviewed } from './review-act.ts';
import type { Door } from './widget.ts';

export interface StoryOptions {
  /** Commands run in this process, not each in its own. */
  readonly fast: boolean;
  /** At the end the gateway is started again, and stays until the signal comes; its folder stays too. */
  readonly keep: boolean;
  /** Told where everything lies. */
  readonly founded?: (folder: string) => void;
}

/** Plays all acts. What does not hold is in the report; what cannot be played is thrown. */
export async function story(options: StoryOptions, stop: AbortSignal, tell: Narrator): Promise<Report> {
  const begun = performance.now();
  const model = await startModel();
  const house = new House(options.fast);
  options.founded?.(house.folder);
  try {
    const report = await Promise.race([played(house, model.url, begun, tell), stopped(stop)]);
    if (options.keep) await lookAround(house, stop, tell);
    return report;
  } finally {
    await house.shut().catch(() => {});
    house.remove(options.keep);
    await model.close();
  }
}

async function played(house: House, model: string, begun: number, tell: Narrator): Promise<Report> {
  const before = await withoutDoor({ url: model, key: 'of-the-shop' }, tell);

  tell.act('A door is put in front of it');
  const lines = await house.found(model);
  tell.say('gatehouse init; then these lines are added to the policy of a first start:');
  for (const line of lines) tell.say(tell.faint(`  ${line}`));
  await house.open();
  const doorOf = async (name: string): Promise<Door> => ({
    url: house.url,
    key: (await house.json<{ readonly key: string }>('callers', 'create', name)).key,
  });
  const chat = await doorOf('web-chat');
  const desk = await doorOf('shop-desk');
  tell.say(`gatehouse serve: ${house.url}, with a key for the chat and one for the shop’s desk`);

  const tested = await throughDoor(house, chat, before, tell);
  const reviews = await reviewed(house, chat, tested, tell);
  const attacks = await Promise.all(tested.map(({ report }) => report));
  const { id, alerts } = await noticed(house, tell);
  const failures = await contained(house, id, chat, desk, tell);
  const over = await recovered(house, id, chat, tell);
  await keptElsewhere(house, tell);
  await house.shut();
  const { tampering, failures: unseen } = await tamperedWith(house, tell);
  failures.push(...over.failures, ...unseen, ...(await putBack(house, tell)));

  const sum = (of: (one: Report['attacks'][number]) => number) =>
    attacks.reduce((all, one) => all + of(one), 0);
  const facts = {
    wanted: sum((one) => one.wanted),
    without: sum((one) => one.without),
    through: sum((one) => one.through),
  };
  for (const { name, through } of attacks) if (through > 0) failures.push(`“${name}” got ${through} through`);
  for (const { decision, answered } of reviews)
    if ((decision === 'pass') !== (answered === 'completed'))
      failures.push(`decided to ${decision}, and came to ${answered}`);
  const ms = Math.round(performance.now() - begun);

  tell.act('What it came to');
  tell.say(
    `Of ${facts.wanted} facts in ${attacks.length} attacks the model gave away ${tell.bad(String(facts.without))}, and through the gateway ${facts.through === 0 ? tell.good('none') : tell.bad(String(facts.through))}.`,
  );
  tell.say(
    `Of ${tampering.length} ways to edit the ledger ${tampering.filter(({ exit }) => exit === 1).length} were found.`,
  );
  for (const failure of failures) tell.say(tell.bad(failure));
  tell.say(
    failures.length === 0
      ? tell.good(`The story held, in ${lasted(ms)}.`)
      : tell.bad('The story did not hold.'),
  );
  return {
    held: failures.length === 0,
    failures,
    facts,
    attacks,
    alerts,
    incident: over.incident,
    reviews,
    tampering,
    ms,
  };
}

async function lookAround(house: House, stop: AbortSignal, tell: Narrator): Promise<void> {
  await house.open();
  const { out } = await house.must('people', 'invite', '--name', 'Visitor', '--roles', 'admin', 'reviewer');
  tell.say();
  tell.say(`Everything is in ${house.folder}. Ctrl-C stops the gateway.`);
  tell.say(`The console: ${house.url}/console/`);
  for (const line of out.trim().split('\n')) tell.say(line);
  await stopped(stop).catch(() => {});
}

/** Fails when the story is to stop. */
const stopped = (stop: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = () => reject(new Stopped());
    if (stop.aborted) end();
    else stop.addEventListener('abort', end, { once: true });
  });

/** Somebody pressed Ctrl-C. */
export class Stopped extends Error {}
