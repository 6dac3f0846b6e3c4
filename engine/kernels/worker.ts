/** A thread of the pool: waits for a phase, works on it, says that it is done. */
import { workerData } from 'node:worker_threads';
import { instantiate, type KernelExports, type TrainingExports } from './module';
import { CONTROL, controlBytes, PHASE, SPINS, work, type WorkerSetup } from './pool';

const { module, memory, control: address, stack, number, threads } = workerData as WorkerSetup;
const kernel = instantiate(module, memory) as KernelExports | TrainingExports;
kernel.__stack_pointer.value = stack;
const control = new Int32Array(memory.buffer, address, controlBytes(threads) / 4);

let seen = 0;
for (;;) {
  let spins = 0;
  while (Atomics.load(control, CONTROL.generation) === seen) {
    if (++spins > SPINS) Atomics.wait(control, CONTROL.generation, seen);
  }
  seen = Atomics.load(control, CONTROL.generation);
  if (control[CONTROL.phase] === PHASE.end) break;
  try {
    work(kernel, control, number);
  } catch {
    // A bug of ours; nobody must wait for this thread because of it.
    Atomics.add(control, CONTROL.failed, 1);
  }
  Atomics.add(control, CONTROL.done, 1);
  Atomics.notify(control, CONTROL.done);
}
