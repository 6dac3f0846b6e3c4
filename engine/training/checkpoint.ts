/** The state of a training as bytes, exact to the last bit. */
import * as v from 'valibot';
import { decodeColumns, encodeColumns } from '../../protocol/columns';
import { fail, ok, type Result } from '../../protocol/result';
import { readSums, SUMS } from './loss';
import type { Training } from './training';

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const stateMeta = v.object({
  kind: v.literal('training'),
  /** What the state belongs to. */
  identity: v.string(),
  procedure: v.string(),
  backend: v.string(),
  epoch: count,
  stage: count,
  since: count,
  batch: count,
  updates: count,
  elapsed: finite,
  /** In the order of SUMS. */
  sums: v.pipe(v.array(finite), v.length(SUMS.length)),
  best: v.nullable(v.object({ epoch: count, loss: finite })),
});

/** The state as bytes (protocol/columns.ts), exact to the last bit. */
export function serialize({ setup, state, backend, stages }: Training): Uint8Array {
  const { epoch, stage, since, batch, updates, elapsed, sums, parameters, best } = state;
  const meta: v.InferOutput<typeof stateMeta> = {
    kind: 'training',
    identity: setup.potential.identity,
    procedure: setup.procedure,
    backend: backend.name,
    epoch,
    stage,
    since,
    batch,
    updates,
    elapsed,
    sums: SUMS.map((name) => sums[name]),
    best: best === undefined ? null : { epoch: best.epoch, loss: best.loss },
  };
  const optimizerColumns = Object.entries(stages[stage].optimizer.state).map(
    ([name, array]) => [`optimizer.${name}`, array] as const,
  );
  return encodeColumns({
    meta,
    columns: {
      parameters,
      ...(best === undefined ? {} : { best: best.parameters }),
      ...Object.fromEntries(optimizerColumns),
    },
  });
}

/** Name of the backend that a serialized state was made with. */
export function backendOf(bytes: Uint8Array): string | undefined {
  const meta = v.safeParse(stateMeta, decodeColumns(bytes)?.meta);
  return meta.success ? meta.output.backend : undefined;
}

/**
 * Takes over a serialized state; the training then goes on as the one that it was taken from.
 * @returns problem TR006 if the bytes are no state of this potential, procedure and backend; the training is then as it was
 */
export function restore({ setup, state, backend, stages }: Training, bytes: Uint8Array): Result<undefined> {
  const damaged = fail({
    code: 'TR006',
    message: 'The checkpoint is damaged or belongs to another definition: start the training again.',
  });
  const decoded = decodeColumns(bytes);
  const meta = v.safeParse(stateMeta, decoded?.meta);
  if (decoded === undefined || !meta.success) return damaged;
  const { identity, procedure, backend: madeBy, best, ...rest } = meta.output;
  if (identity !== setup.potential.identity || procedure !== setup.procedure) return damaged;
  const { stage } = rest;
  if (madeBy !== backend.name || stage >= stages.length) return damaged;
  /** Pairs of where a column goes and what it holds. */
  const columns: [Float64Array, Float64Array][] = [];
  const take = (name: string, into: Float64Array): boolean => {
    const column = decoded.columns[name];
    const fits = column instanceof Float64Array && column.length === into.length && column.every(Number.isFinite);
    if (fits) columns.push([into, column]);
    return fits;
  };
  const bestParameters = new Float64Array(state.parameters.length);
  const complete =
    take('parameters', state.parameters) &&
    Object.entries(stages[stage].optimizer.state).every(([name, array]) => take(`optimizer.${name}`, array)) &&
    (best === null || take('best', bestParameters));
  if (!complete) return damaged;
  for (const [into, column] of columns) into.set(column);
  state.epoch = rest.epoch;
  state.stage = stage;
  state.since = rest.since;
  state.batch = rest.batch;
  state.updates = rest.updates;
  state.elapsed = rest.elapsed;
  state.sums = readSums(rest.sums);
  state.best = best === null ? undefined : { ...best, parameters: bestParameters };
  return ok(undefined);
}
