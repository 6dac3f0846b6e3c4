/**
 * A run is a folder: `runs/<kind>-<label>/<NNN>/`. Its files are the only contract between jobs, editor, command line,
 * cluster and the next session of the editor. Nothing in such a folder is trusted: readers validate.
 *
 *   run.json               the manifest, written atomically at every change of state
 *   definition.potential   the frozen text
 *   expanded.potential     the potential with what was chosen from the data, where its text leaves that open
 *   events.ndjson          append-only, one event a line; a torn last line is ignored
 *   heartbeat              its modification time is renewed every few seconds while the job lives
 *   session-<n>            which process works or worked on it for the nth time; made exclusively, never removed
 *   stop                   its presence asks the job to stop after the current step, with a checkpoint
 *   checkpoint/            the last two, complete or absent
 *   potential.json         a trained potential
 *   errors.json            errors of all sets by config_type and element, the worst structures, uncertainties
 *   parity.bin             reference and predicted energies and forces (protocol/columns.ts, protocol/parity.ts)
 *   metadata.dat           umbrella windows that are finished and what held them, window-<n>.dat the coordinate in each
 *   window-<n>.state       state at the end of a window
 *   pmf.bin                the free energy along the coordinate (protocol/pmf.ts)
 *   *.xyz                  trajectories; of an umbrella sampling the last structure of each window
 *   journal.ndjson         of an exploration: every transition (engine/exploration/journal.ts)
 *   labelled.xyz           of an exploration: the structures that its oracle has labelled
 *   round-<n>.bin          of an exploration: where a walk was last trusted, and what is to be labelled of it
 */
import * as v from 'valibot';
import { coordinateUnit } from './pmf';
import { fileUnits } from './units';

export const RUN_FORMAT = 1;

/** A larger run.json is none. */
export const MAXIMUM_MANIFEST_BYTES = 1 << 22;
/** A job whose heartbeat is older than this is taken for dead where nobody can ask for its process. */
export const HEARTBEAT_LOST_MILLISECONDS = 60_000;

/** The language's actions; a test holds the two equal. */
export const runKind = v.picklist(['train', 'evaluate', 'md', 'umbrella', 'rate', 'explore']);
export type RunKind = v.InferOutput<typeof runKind>;

/**
 * What run.json says of a run. A run that says `running` while its process is gone is *interrupted*; readers find that
 * out by pid and start time (same host) or by the age of the heartbeat (another host).
 */
const recordedState = v.picklist(['running', 'finished', 'failed', 'stopped']);
export type RecordedState = v.InferOutput<typeof recordedState>;
export type RunState = RecordedState | 'interrupted';

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.pipe(v.string(), v.maxLength(10_000));

/** Root mean square and mean absolute errors; energies in eV/atom, forces per component in eV/Å. */
const errorSummary = v.object({
  structures: count,
  atoms: count,
  energy_rmse: v.nullable(finite),
  energy_mae: v.nullable(finite),
  force_rmse: v.nullable(finite),
  force_mae: v.nullable(finite),
  force_max_error: v.nullable(finite),
  /** Coefficients of determination of energy per atom and of force components. */
  energy_r2: v.nullable(finite),
  force_r2: v.nullable(finite),
  /** Components of the stress in eV/Å³; runs of before there was a stress say nothing of it. */
  stress_rmse: v.optional(v.nullable(finite)),
  stress_mae: v.optional(v.nullable(finite)),
});
export type ErrorSummary = v.InferOutput<typeof errorSummary>;

const runManifest = v.object({
  format: v.literal(RUN_FORMAT),
  kind: runKind,
  /** Label of the block. */
  label: text,
  /** Absolute path of the .potential file that it was started from. */
  file: text,
  /** SHA-256 of the frozen text. */
  definition_sha256: text,
  /** The data or structure files that were read; in which units, of those that don't tell it. */
  data: v.array(v.object({ file: text, sha256: text, frames: count, units: v.optional(fileUnits) })),
  /** Identity hash of the potential that is trained or used. */
  identity: v.optional(text),
  /** Identity hash of what is written, where the data decided the rest (expanded.potential): one recipe, many identities. */
  recipe: v.optional(text),
  seed: v.optional(count),
  versions: v.object({ nearsight: text, node: text }),
  host: text,
  pid: count,
  /** When the process `pid` started, as the operating system tells it: a pid alone may have been given to another. */
  process_started: text,
  state: recordedState,
  started: text,
  ended: v.optional(text),
  /** How often it has been resumed. */
  resumed: count,
  /** Why it failed, for people. */
  error: v.optional(text),
  /** Set when finished. */
  train: v.optional(errorSummary),
  validation: v.optional(errorSummary),
  test: v.optional(errorSummary),
  /** Further results, e.g. weights_sha256, energy_drift, trajectory (file name in the folder). */
  results: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean(), v.null()]))),
});
export type RunManifest = v.InferOutput<typeof runManifest>;

/** Of each set; null where it has none. Runs of before there were validation sets say nothing of them. */
const ofSets = {
  train: v.nullable(finite),
  validation: v.optional(v.nullable(finite), null),
  test: v.nullable(finite),
};

/** Milliseconds since the epoch. */
const at = { t: finite };

export const epochEvent = v.object({
  ...at,
  type: v.literal('epoch'),
  epoch: count,
  epochs: count,
  /** Seconds of work, over all sessions of the run. */
  elapsed: finite,
  /** Of optimizers that have one. */
  learning_rate: v.nullable(finite),
  loss: v.object({ ...ofSets, train: finite }),
  /** eV/atom */
  energy_rmse: v.object(ofSets),
  /** eV/Å per component */
  force_rmse: v.object(ofSets),
  /** eV/Å³ per component, where the stress is fitted. */
  stress_rmse: v.optional(v.object(ofSets)),
  /** Fractions of the training loss. */
  shares: v.optional(v.object({ energy: finite, force: finite, stress: finite, regularization: finite })),
});

export const runEvent = v.variant('type', [
  v.object({ ...at, type: v.literal('state'), state: recordedState, message: v.optional(text) }),
  v.object({ ...at, type: v.literal('log'), message: text }),
  v.object({ ...at, type: v.literal('warning'), message: text, code: v.optional(text) }),
  /** How far the present stage is: `done` of `total` (0 when unknown) things. */
  v.object({
    ...at,
    type: v.literal('progress'),
    stage: text,
    done: finite,
    total: finite,
    /** Seconds left in this stage, as far as one can say. */
    remaining: v.optional(finite),
  }),
  epochEvent,
  v.object({
    ...at,
    type: v.literal('step'),
    step: count,
    steps: count,
    elapsed: finite,
    /** fs */
    time: finite,
    /** eV */
    potential_energy: finite,
    kinetic_energy: finite,
    /** The quantity that the integrator should keep, in eV. */
    conserved: finite,
    /** K */
    temperature: finite,
    /** Of a committee: the largest standard deviation of an atom's force, eV/Å. */
    forces_std: v.optional(finite),
    /** Of a committee: the largest distance between two members' forces on an atom, eV/Å. */
    disagreement: v.optional(finite),
  }),
  /** A walk of an exploration has ended, as the committee disagrees. */
  v.object({
    ...at,
    type: v.literal('flag'),
    round: count,
    step: count,
    atom: count,
    /** eV/Å */
    disagreement: finite,
    /** It ended at a structure that is not to be labelled. */
    rejected: v.boolean(),
  }),
  /** The oracle has labelled a structure: how wrong the committee was about it, eV per atom and eV/Å. */
  v.object({
    ...at,
    type: v.literal('label'),
    round: count,
    /** In labelled.xyz. */
    frame: count,
    energy_error: finite,
    force_rmse: finite,
    seconds: finite,
  }),
  /** A round of an exploration is over; numbers are those of all rounds so far. */
  v.object({
    ...at,
    type: v.literal('round'),
    round: count,
    rounds: count,
    step: count,
    steps: count,
    candidates: count,
    labelled: count,
    rejected: count,
    quarantined: count,
    /** Whether a new training was taken; absent where there was nothing to train with. */
    accepted: v.optional(v.boolean()),
    /** Of the committee that goes on, eV/Å. */
    test_force_rmse: v.nullable(finite),
  }),
  v.object({
    ...at,
    type: v.literal('window'),
    /** From 1, in the order of their centres. */
    window: count,
    windows: count,
    /** How many are finished: they are not simulated in the order of their centres. */
    visited: count,
    center: finite,
    unit: coordinateUnit,
    phase: v.picklist(['equilibration', 'sampling']),
    /** Of the phase. */
    step: count,
    steps: count,
    /** Of the coordinate. */
    value: finite,
    /** eV, without the bias. */
    potential_energy: finite,
    /** K */
    temperature: finite,
    /** Seconds of work, over all sessions of the run, and those that all windows will still take. */
    elapsed: finite,
    remaining: finite,
  }),
]);
export type RunEvent = v.InferOutput<typeof runEvent>;
export type EpochEvent = Extract<RunEvent, { type: 'epoch' }>;
export type WindowEvent = Extract<RunEvent, { type: 'window' }>;
export type FlagEvent = Extract<RunEvent, { type: 'flag' }>;
export type LabelEvent = Extract<RunEvent, { type: 'label' }>;
export type RoundEvent = Extract<RunEvent, { type: 'round' }>;
export type StepEvent = Extract<RunEvent, { type: 'step' }>;

export function parseManifest(json: unknown): RunManifest | undefined {
  const result = v.safeParse(runManifest, json);
  return result.success ? result.output : undefined;
}

/** Events of complete lines; lines that are no events are skipped. */
export function parseEvents(lines: string): RunEvent[] {
  const events: RunEvent[] = [];
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    try {
      const result = v.safeParse(runEvent, JSON.parse(line));
      if (result.success) events.push(result.output);
    } catch {
      // A torn line: the job died while writing it.
    }
  }
  return events;
}
