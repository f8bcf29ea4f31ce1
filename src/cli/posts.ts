import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { GUARD_KINDS } from '../guards/index.ts';
import { defaultPosts, type Post, policyPosts } from '../inspection/posts.ts';
import { ROLES, TASKS, type Task } from '../inspection/question.ts';
import { openMeans } from '../runtime/means.ts';
import type { CliIo } from './io.ts';

const PARTS = { kinds: GUARD_KINDS, means: openMeans() };

/** The guards to ask: those of a policy, else one for each task. Throws a Problem where one cannot be built. */
export async function findPosts(io: CliIo, policy: string | undefined): Promise<readonly Post[]> {
  if (policy === undefined) return defaultPosts(PARTS);
  const { loadPolicy } = await import('./load-policy.ts');
  const posts = policyPosts((await loadPolicy(io, resolve(io.cwd, policy))).guards, PARTS);
  for (const post of posts) post.guard();
  return posts;
}

/** Options of whatever asks guards about a text. */
export const policyOption = () => new Option('-p, --policy <FILE>', 'the guards of this policy');

export const roleOption = () => new Option('--role <ROLE>', 'who says it (default: user)').choices(ROLES);

export const taskOption = () =>
  new Option(
    '--task <TASK>',
    `look for this only: ${TASKS.join(', ')}; may be repeated (default: all)`,
  ).argParser(addTask);

function addTask(text: string, before: readonly Task[] = []): readonly Task[] {
  const task = TASKS.find((one) => one === text);
  if (task === undefined) throw new InvalidArgumentError(`Allowed choices are ${TASKS.join(', ')}.`);
  return [...before, task];
}
