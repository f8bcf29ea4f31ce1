// The load generator: a process of its own, so that its work and its garbage are nobody else's.
import { answerJobs } from '../harness/child.ts';
import { closedLoop } from './closed-loop.ts';
import type { Destination, Job } from './jobs.ts';
import { closeStreams, openStreams } from './open-streams.ts';
import { readPaced } from './paced.ts';
import { type Pace, requestBodies, requestBytes } from './traffic.ts';

const SHORT_PROMPT = 1024;

const made = new Map<string, readonly Buffer[]>();

/** The requests for one destination, built once. */
function requestsFor(to: Destination, pace: Pace, stream: boolean, promptChars: number): readonly Buffer[] {
  const key = `${to.pid} ${pace} ${stream} ${promptChars}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const bodies = requestBodies(pace, stream, promptChars);
  const requests = Array.from({ length: Math.max(bodies.length, to.callers.length) }, (_, turn) =>
    requestBytes(to.path, to.callers[turn % to.callers.length] ?? {}, bodies[turn % bodies.length] ?? ''),
  );
  made.set(key, requests);
  return requests;
}

const shortStream = (to: Destination, pace: Pace): Buffer =>
  requestsFor(to, pace, true, SHORT_PROMPT)[0] ?? Buffer.alloc(0);

async function work(job: Job): Promise<object> {
  switch (job.kind) {
    case 'loop':
      return closedLoop(job, requestsFor(job.to, 'instant', job.stream, job.promptChars));
    case 'paced':
      return readPaced(job, shortStream(job.to, 'paced'));
    case 'open':
      return openStreams(job, shortStream(job.to, 'slow'));
    case 'close':
      closeStreams();
      return {};
  }
}

answerJobs(work);
