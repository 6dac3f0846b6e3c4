/**
 * Stands in the process of a server that is measured and in each of its threads (`node --expose-gc --import …`): asked through the channel
 * that the process was started with, it tells what each thread still holds when everything else has been thrown away.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

/** Bytes. Collected twice: what the first time lets be finalized goes with the second. */
async function measure() {
  for (let i = 0; i < 2; i++) {
    globalThis.gc();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return { thread: threadId, heapUsed, external };
}

const channel = new BroadcastChannel('memory');
channel.unref();
if (isMainThread) {
  const threads = new Set([threadId]);
  let answers = [];
  const take = (answer) => {
    answers.push(answer);
    if (answers.length === threads.size) process.send(answers);
  };
  channel.onmessage = ({ data }) => ('started' in data ? threads.add(data.started) : take(data));
  process.on('message', async () => {
    answers = [];
    channel.postMessage('measure');
    take(await measure());
  });
} else {
  channel.onmessage = async ({ data }) => {
    if (data === 'measure') channel.postMessage(await measure());
  };
  channel.postMessage({ started: threadId });
}
