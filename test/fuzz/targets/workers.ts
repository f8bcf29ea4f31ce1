import assert from 'node:assert/strict';
import type { Json } from '../../../src/base/json.ts';
import { Refusal } from '../../../src/base/refusal.ts';
import { Line, type Pipe } from '../../../src/gateway/workers/rpc.ts';
import { refusedBy } from '../expect.ts';
import { pure, type Target } from '../target.ts';

/** Messages between a primary and its workers, one a line: whoever reads them goes on, and answers the next. */
const frames = pure({
  name: 'workers.frames',
  words: [
    'ask',
    'tell',
    'done',
    'refused',
    'echo',
    'fail',
    '__proto__',
    'constructor',
    'toString',
    'code',
    'detail',
    'quota_tokens',
    'x',
  ],
  seeds: () => [
    '[["ask",1,"echo",{"a":1}],["tell","echo",null],["ask",2,"fail",[]]]',
    '[["done",1,true],["refused",1,{"code":"quota_tokens","detail":{"retryAfter":7,"headers":{"x-a":"1"}}}]]',
  ],
  quick: 300,
  async check(input) {
    let receive: (message: object) => void = () => {};
    let sent: (message: object) => void = () => {};
    const pipe: Pipe = {
      send: (message) => sent(message),
      onMessage: (take) => {
        receive = take;
      },
      onClose: () => {},
    };
    const line = new Line(pipe, 'ledger_unavailable');
    line.serve({
      echo: (value) => value,
      fail: () => {
        throw new Refusal('conflict');
      },
    });
    const asked = line.ask('more', null).catch((error: unknown) => {
      assert.ok(error instanceof Refusal);
      return null;
    });
    for (const text of input.toString().split('\n')) {
      const message = parsed(text);
      // What nobody waits for fails where it is done: there is nobody to be told.
      if (message !== undefined) refusedBy(() => receive(message as object), Refusal);
    }
    const answer = new Promise<Json>((resolve) => {
      sent = (message) => {
        for (const frame of message as Json[][]) if (frame[1] === 424_242) resolve(frame);
      };
    });
    receive([
      ['ask', 424_242, 'echo', 'still here'],
      ['done', 1, null],
    ]);
    assert.deepEqual(await answer, ['done', 424_242, 'still here']);
    await asked;
  },
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const workerTargets: readonly Target[] = [frames];
