import cluster, { type Worker } from 'node:cluster';
import type { Pipe } from './rpc.ts';

/** One that has just died is noticed by `onClose`; what was on its way to it is nobody's any more. */
const ignore = () => {};

/** The primary's end of the pipe to a worker. */
export const pipeToWorker = (worker: Worker): Pipe => ({
  send: (message) => void (worker.isConnected() && worker.send(message, ignore)),
  onMessage: (take) => void worker.on('message', take),
  onClose: (act) => void worker.once('exit', act),
});

/** The worker's end of the pipe to its primary. */
export function pipeToPrimary(): Pipe {
  const { worker } = cluster;
  if (worker === undefined) throw new TypeError('this process is no worker');
  return {
    send: (message) => void (worker.isConnected() && worker.send(message, ignore)),
    onMessage: (take) => void worker.on('message', take),
    onClose: (act) => void worker.once('disconnect', act),
  };
}
