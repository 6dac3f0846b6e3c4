/**
 * The journal of an exploration: one line for each transition, appended and never changed, so that a process that dies at any
 * moment goes on with what the lines say. What a line refers to is on disk before the line is.
 *
 *   start       the oracle has been compared with the data
 *   flag        a walk is over: what is to be labelled of it stands in round-<n>.bin
 *   label       a structure has been labelled and appended to labelled.xyz
 *   quarantine  the oracle has failed on a structure for good
 *   train       the committee has been trained again; whether it was taken
 *   end         a walk has come to the last step
 */
import * as v from 'valibot';
import { fail, ok, type Result } from '../../protocol/result';

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const entry = v.variant('type', [
  v.object({
    type: v.literal('start'),
    /** Energy of the data minus that of the oracle, eV per atom; null where it could not be compared. */
    energy_offset: v.nullable(finite),
    /** What is added to the energies of the oracle, eV per atom. */
    shift: finite,
    /** Root mean square difference of forces, eV/Å. */
    force_rmse: v.nullable(finite),
    /** Of the test set, with the committee that it begins with. */
    test_force_rmse: v.nullable(finite),
  }),
  v.object({
    type: v.literal('flag'),
    round: count,
    step: count,
    atom: count,
    disagreement: finite,
    rejected: v.boolean(),
    /** Structures that are to be labelled. */
    selected: count,
    /** Bytes of the trajectory up to the state that was trusted last. */
    trajectory: count,
  }),
  v.object({
    type: v.literal('label'),
    round: count,
    candidate: count,
    /** Bytes of labelled.xyz. */
    bytes: count,
  }),
  v.object({ type: v.literal('quarantine'), round: count, candidate: count, message: v.string() }),
  v.object({
    type: v.literal('train'),
    round: count,
    accepted: v.boolean(),
    test_force_rmse: v.nullable(finite),
    weights_sha256: v.string(),
  }),
  v.object({ type: v.literal('end'), step: count }),
]);
export type Entry = v.InferOutput<typeof entry>;
export type EntryOf<T extends Entry['type']> = Extract<Entry, { type: T }>;

/**
 * Entries of complete lines, and how many bytes these have: a line without an end was being written when the process died. Expected
 * failure: a complete line that is no entry, as of a newer version. Nothing may be written over it.
 */
export function parseJournal(
  text: string,
  file: string,
): Result<{ readonly entries: Entry[]; readonly bytes: number }> {
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  const entries: Entry[] = [];
  for (const [k, line] of complete.split('\n').slice(0, -1).entries()) {
    const parsed = v.safeParse(entry, parseJson(line));
    if (!parsed.success) {
      const message =
        'This line of the journal is none that this version of Nearsight knows: the run cannot go on. Use the version that wrote it, or start a new run.';
      return fail({ code: 'RN012', message, place: { file, line: k + 1 } });
    }
    entries.push(parsed.output);
  }
  return ok({ entries, bytes: Buffer.byteLength(complete) });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is to be done next. */
export type Phase =
  | { readonly kind: 'compare' }
  /** `flag`: of the walk before, at whose trusted state it begins; `kept`: with its velocities. */
  | { readonly kind: 'walk'; readonly flag: EntryOf<'flag'> | undefined; readonly kept: boolean }
  | { readonly kind: 'label'; readonly flag: EntryOf<'flag'>; readonly candidate: number }
  | { readonly kind: 'train'; readonly flag: EntryOf<'flag'> }
  | { readonly kind: 'done'; readonly converged: boolean };

/** Where an exploration is, by its journal. */
export interface Standing {
  readonly phase: Phase;
  /** Walks that were flagged. */
  readonly rounds: number;
  readonly labelled: number;
  readonly quarantined: number;
  readonly rejected: number;
  /** Bytes of labelled.xyz. */
  readonly bytes: number;
  /** eV per atom */
  readonly shift: number;
  readonly start: EntryOf<'start'> | undefined;
  /** Of the committee of now. */
  readonly test_force_rmse: number | null;
}

/** @param rounds that there are at most */
export function standingOf(entries: readonly Entry[], rounds: number): Standing {
  const of = <T extends Entry['type']>(type: T): EntryOf<T>[] =>
    entries.filter((one): one is EntryOf<T> => one.type === type);
  const start = of('start').at(0);
  const [flags, labels, failures, trainings] = [of('flag'), of('label'), of('quarantine'), of('train')];
  const taken = trainings.findLast(({ accepted }) => accepted);
  return {
    phase: phaseOf(),
    rounds: flags.length,
    labelled: labels.length,
    quarantined: failures.length,
    rejected: flags.filter(({ rejected }) => rejected).length,
    bytes: labels.at(-1)?.bytes ?? 0,
    shift: start?.shift ?? 0,
    start,
    test_force_rmse: taken === undefined ? (start?.test_force_rmse ?? null) : taken.test_force_rmse,
  };

  function phaseOf(): Phase {
    if (start === undefined) return { kind: 'compare' };
    if (of('end').length > 0) return { kind: 'done', converged: true };
    const flag = flags.at(-1);
    if (flag === undefined) return { kind: 'walk', flag, kept: true };
    const isOwn = ({ round }: { readonly round: number }): boolean => round === flag.round;
    const settled = [...labels, ...failures].filter(isOwn);
    // One after the other, in order.
    if (settled.length < flag.selected) return { kind: 'label', flag, candidate: settled.length };
    const training = trainings.find(isOwn);
    if (training === undefined && labels.some(isOwn)) return { kind: 'train', flag };
    if (flags.length >= rounds) return { kind: 'done', converged: false };
    // Where nothing was learned the same walk would end at the same place.
    return { kind: 'walk', flag, kept: training?.accepted === true };
  }
}
