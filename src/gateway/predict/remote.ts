import { Pool } from 'undici';
import { Refusal } from '../../base/refusal.ts';
import { readResponse, writeRequest } from '../../oip/inference.ts';
import { LENGTH_HEADER } from '../../oip/message.ts';
import type { PredictionSettings, ServerSource } from '../../settings/predictions.ts';
import { forwardBytes } from '../forward.ts';
import { guardedConnect } from '../reach.ts';
import { collect } from '../reply.ts';
import { refusalOfStatus } from '../status.ts';
import { reachAt } from '../upstream.ts';
import type { Predicting, Predictor } from './predictor.ts';

/** Milliseconds until a connection is there. */
const CONNECT = 10_000;

/**
 * A model at a server of the Open Inference Protocol. Goes only where its settings allow, follows no redirect, tries nothing
 * twice; of what it says in an error nothing is passed on.
 * @param longest bytes of an answer
 */
export function openServer(
  { timeout }: Pick<PredictionSettings, 'timeout'>,
  server: ServerSource,
  longest: number,
): Predictor {
  const { url, as, key, connections, binary, tls } = server;
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, {
    connections,
    pipelining: 1,
    connect: guardedConnect({
      reach: reachAt(server, url),
      timeout: Math.min(timeout, CONNECT),
      ca: tls?.ca,
      cert: tls?.cert,
      key: tls?.key?.reveal(),
    }),
  });
  const path = `${pathname.replace(/\/+$/, '')}/v2/models/${encodeURIComponent(as)}/infer`;
  const predicting: Predicting = {
    version: undefined,
    outputs: [],
    async predict(receipt, inputs, wanted, { onGone }) {
      const { body, length } = writeRequest(inputs, wanted, undefined, binary);
      const question = {
        path,
        headers: {
          'content-type': length === undefined ? 'application/json' : 'application/octet-stream',
          'accept-encoding': 'identity',
          'user-agent': 'gatehouse',
          ...(length !== undefined && { [LENGTH_HEADER]: length }),
          ...(key !== undefined && { authorization: `Bearer ${key.reveal()}` }),
        },
        body,
        timeout,
      };
      // Of the whole answer: one that trickles in, or waits for a connection, takes no longer either.
      let late: NodeJS.Timeout | undefined;
      try {
        const answer = await forwardBytes(receipt, pool, question, (abort) => {
          late = setTimeout(() => abort(new Refusal('upstream_timeout')), timeout);
          onGone(() => abort(new Refusal('client_gone')));
        });
        if (answer.status !== 200) {
          answer.abort();
          throw refusalOfStatus(answer);
        }
        const bytes = await collect(answer, longest);
        const { outputs } = readResponse({ body: bytes, length: answer.header(LENGTH_HEADER) });
        // What nobody asked for, nobody is told.
        if (
          wanted !== undefined &&
          (outputs.size > wanted.length || wanted.some((name) => !outputs.has(name)))
        )
          throw new Refusal('upstream_invalid', { hint: 'It answered other outputs than were asked for.' });
        return outputs;
      } finally {
        clearTimeout(late);
      }
    },
  };
  return {
    use: (act) => act(predicting),
    ready: () => true,
    close: () => pool.close(),
  };
}
