/**
 * The backend `native`: errors, gradients and Kalman filter by training.c, on threads that share one WebAssembly memory.
 * Derivatives of the symmetry functions lie in that memory from the beginning (`allocate`). eV, Å.
 *
 * Inside, parameters are padded: each element's begin at a multiple of TILE, and so do the offsets.
 */
import { ok } from '../../protocol/result';
import { ACTIVATION_KINDS } from '../kernels/layout';
import { referenceBackend, type Backend, type BackendProvider } from './backend';
import type { Derivatives } from './data';
import { MAKE, RUN, SIZES, type Core, type Matched, type Wanted } from './kernel-core';
import { createFilter } from './kernel-filter';
import { createNormal } from './kernel-normal';
import { addErrors, needsDerivatives, type ErrorSums, type Layout, type Problem } from './loss';
import { TILE, type Segment } from './tile-blocks';
import { pad, Workshop, type Region } from './workshop';

/** Limits of batched-network.h and force-matching.h. */
const MAXIMUM_LAYERS = 8;
const MAXIMUM_ELEMENTS = 128;
/** Parameters of a piece of the reduction. */
const REDUCED = 512;

/** Atoms of a piece of work: enough to fill vectors, few enough for all threads to have some. */
const PIECE_ATOMS = 96;

/** @param threads results do not depend on their number */
export function createKernelBackend(threads = 1): Required<BackendProvider> {
  const workshop = new Workshop(threads);
  return {
    allocate: (numbers) => workshop.numbers(workshop.allocate(8 * numbers), numbers),
    create: (problem) =>
      canCompute(problem.layout) ? ok(createBackend(workshop, problem)) : referenceBackend.create(problem),
    dispose: () => workshop.dispose(),
  };
}

function canCompute({ networks }: Layout): boolean {
  return networks.length <= MAXIMUM_ELEMENTS && networks.every(({ sizes }) => sizes.length <= MAXIMUM_LAYERS + 1);
}

function createBackend(workshop: Workshop, problem: Problem): Backend {
  const { kernel } = workshop;
  const { layout, samples, functionsOf } = problem;
  const elements = layout.networks.length;
  const offsets = layout.count - layout.offsetsAt;

  // Parameters.
  const segments: Segment[] = [];
  let stride = 0;
  for (const { at, count } of [...layout.networks, { at: layout.offsetsAt, count: offsets }]) {
    segments.push({ from: at, to: stride, count });
    stride += pad(count, TILE);
  }
  const offsetsAt = segments[elements].to;
  const parametersAt = workshop.allocate(8 * stride);
  const pack = (from: Float64Array, address: number): void => {
    const padded = workshop.numbers(address, stride);
    for (const segment of segments) padded.set(from.subarray(segment.from, segment.from + segment.count), segment.to);
  };
  const unpack = (address: number, write: (at: number, value: number) => void): void => {
    const padded = workshop.numbers(address, stride);
    for (const { from, to, count } of segments) for (let k = 0; k < count; k++) write(from + k, padded[to + k]);
  };

  // Tables.
  const networksAt = workshop.allocate(SIZES.network * elements);
  layout.networks.forEach(({ sizes, activation }, e) => {
    const view = workshop.view(networksAt + SIZES.network * e, SIZES.network);
    [sizes.length - 1, ACTIVATION_KINDS[activation], segments[e].to, 0, ...sizes].forEach((value, k) =>
      view.setInt32(4 * k, value, true),
    );
  });
  const listsAt = workshop.allocate(SIZES.list * elements * elements);
  functionsOf.forEach((row, center) =>
    row.forEach((functions, neighbor) => {
      const address = workshop.place(functions);
      const view = workshop.view(listsAt + SIZES.list * (elements * center + neighbor), SIZES.list);
      view.setInt32(0, functions.length, true);
      view.setUint32(4, address, true);
    }),
  );

  // Samples. Derivatives that were not kept are put there when they are needed.
  const samplesAt = workshop.allocate(SIZES.sample * samples.length);
  const passing: Region = { address: 0, bytes: 0 };
  const isPassing = new Uint8Array(samples.length);
  const setDerivatives = (sample: number, { slotsAt, slots, values, virials }: Places): void => {
    const view = workshop.view(samplesAt + SIZES.sample * sample, SIZES.sample);
    [slotsAt, slots, values].forEach((address, k) => view.setUint32(20 + 4 * k, address, true));
    view.setUint32(44, virials, true);
  };
  samples.forEach((sample, s) => {
    const { inputs, energy, forces, virial, factors, row } = sample;
    const at = [workshop.place(inputs.elements), workshop.place(inputs.values)];
    const placeLabel = (label: Float64Array | undefined): number => (label === undefined ? 0 : workshop.place(label));
    const labels = [placeLabel(forces), workshop.place(Float64Array.from(row)), energy === undefined ? 0 : 1];
    const view = workshop.view(samplesAt + SIZES.sample * s, SIZES.sample);
    view.setFloat64(0, energy ?? 0, true);
    [inputs.elements.length, ...at, 0, 0, 0, ...labels, 0, placeLabel(virial), 0].forEach((value, k) =>
      view.setUint32(8 + 4 * k, value, true),
    );
    [factors.energy, factors.force, factors.stress].forEach((value, k) => view.setFloat64(56 + 8 * k, value, true));
    if (!needsDerivatives(sample)) return;
    const kept = problem.kept(s);
    if (kept === undefined) isPassing[s] = 1;
    else setDerivatives(s, placeDerivatives(workshop, kept));
  });
  function bringDerivatives(batch: Int32Array): void {
    const wanted = new Map<number, Derivatives>();
    let bytes = 0;
    for (const s of batch) {
      if (isPassing[s] === 0 || wanted.has(s)) continue;
      const derivatives = problem.derivatives(s);
      wanted.set(s, derivatives);
      const { slotsAt, slots, values, virials } = derivatives;
      bytes += pad(slotsAt.byteLength, 8) + pad(slots.byteLength, 8) + values.byteLength + virials.byteLength;
    }
    let at = workshop.reserve(passing, bytes);
    const put = (array: Int32Array | Float64Array): number => {
      const address = at;
      at += pad(array.byteLength, 8);
      if (array instanceof Int32Array) workshop.integers(address, array.length).set(array);
      else workshop.numbers(address, array.length).set(array);
      return address;
    };
    for (const [s, { slotsAt, slots, values, virials }] of wanted)
      setDerivatives(s, {
        slotsAt: put(slotsAt),
        slots: put(slots),
        values: put(values),
        virials: virials.length === 0 ? 0 : put(virials),
      });
  }

  const hiddenSizes = layout.networks.flatMap(({ sizes }) => sizes.slice(1, -1));
  const taskAt = workshop.allocate(SIZES.matching);
  const regions = {
    batch: { address: 0, bytes: 0 },
    numbers: { address: 0, bytes: 0 },
    scratch: { address: 0, bytes: 0 },
  };

  /** Works through a batch; returns where the rows and their residuals are. */
  function match(parameters: Float64Array, batch: Int32Array, wanted: Wanted, sums: ErrorSums): Matched {
    const { make, factors, energyScales, forceScales, stressScales, added, seed = 0, atoms } = wanted;
    const groups = [energyScales.length, forceScales.length, stressScales.length];
    bringDerivatives(batch);
    pack(parameters, parametersAt);
    const starts = cutIntoPieces(problem, batch, atoms);
    const pieces = starts.length - 1;
    const rows = make === MAKE.rows || make === MAKE.sketch ? groups[0] + groups[1] + groups[2] : 1;
    // Rows of a sketch are those of the pieces; others are added up.
    const isSummed = pieces > 1 && make !== MAKE.sketch;
    const batchAt = workshop.reserve(regions.batch, 4 * (batch.length + starts.length));
    workshop.integers(batchAt, batch.length).set(batch);
    workshop.integers(batchAt + 4 * batch.length, starts.length).set(starts);
    const lengths = {
      errors: 3 * batch.length,
      residuals: pieces * rows + added,
      energyScales: energyScales.length,
      forceScales: forceScales.length,
      stressScales: stressScales.length,
      totals: ((make === MAKE.sketch ? pieces * rows : rows) + added) * stride,
      partials: isSummed ? pieces * rows * stride : 0,
    };
    let at = workshop.reserve(
      regions.numbers,
      Object.values(lengths).reduce((sum, length) => sum + 8 * pad(length, 8), 0),
    );
    const places = Object.fromEntries(
      Object.entries(lengths).map(([name, length]) => {
        at += 8 * pad(length, 8);
        return [name, at - 8 * pad(length, 8)];
      }),
    ) as Record<keyof typeof lengths, number>;
    workshop.numbers(places.energyScales, energyScales.length).set(energyScales);
    workshop.numbers(places.forceScales, forceScales.length).set(forceScales);
    workshop.numbers(places.stressScales, stressScales.length).set(stressScales);

    const task = workshop.view(taskAt, SIZES.matching);
    task.setFloat64(0, factors.energy, true);
    task.setFloat64(8, factors.force, true);
    task.setFloat64(16, factors.stress, true);
    const addresses = [networksAt, listsAt, parametersAt, samplesAt, batchAt, batchAt + 4 * batch.length];
    addresses.push(places.errors, isSummed ? places.partials : places.totals, places.residuals);
    addresses.push(places.energyScales, places.forceScales, places.stressScales, places.totals);
    addresses.forEach((address, k) => task.setUint32(24 + 4 * k, address, true));
    const counts = [elements, offsetsAt, offsets, stride, make, ...groups, rows, pieces];
    counts.push(Math.max(0, ...layout.networks.map(({ sizes }) => sizes.length - 2)), Math.max(1, ...hiddenSizes));
    counts.push(Math.max(...layout.networks.map(({ sizes }) => sizes[0])));
    counts.push(seed);
    counts.forEach((value, k) => task.setInt32(76 + 4 * k, value, true));

    const scratchBytes = pad(kernel.scratch_bytes(taskAt), 64);
    const first = workshop.reserve(regions.scratch, scratchBytes * workshop.threads);
    const scratch = Array.from({ length: workshop.threads }, (_, thread) => first + thread * scratchBytes);
    workshop.run(RUN.match, pieces, taskAt, scratch);
    if (make !== MAKE.nothing && isSummed) workshop.run(RUN.reduce, Math.ceil(stride / REDUCED), taskAt, scratch);

    const errors = workshop.numbers(places.errors, 3 * batch.length);
    batch.forEach((s, k) => addErrors(sums, samples[s], errors[3 * k], errors[3 * k + 1], errors[3 * k + 2]));
    if (make === MAKE.sketch) return { ...places, rows: pieces * rows, scratch };
    const residuals = workshop.numbers(places.residuals, pieces * rows);
    for (let p = 1; p < pieces; p++) for (let r = 0; r < rows; r++) residuals[r] += residuals[p * rows + r];
    return { rows, totals: places.totals, residuals: places.residuals, scratch };
  }

  const none = new Float64Array(0);
  const core: Core = {
    ...{ workshop, segments, stride, parametersAt, pack, unpack, match },
    cut: (batch, atoms) => cutIntoPieces(problem, batch, atoms),
  };
  return {
    name: 'native',
    evaluate(parameters, batch, factors, sums, gradient) {
      const make = gradient === undefined ? MAKE.nothing : MAKE.gradient;
      const { totals } = match(
        parameters,
        batch,
        { make, factors, energyScales: none, forceScales: none, stressScales: none, added: 0 },
        sums,
      );
      if (gradient !== undefined) unpack(totals, (at, value) => (gradient[at] += value));
    },
    createFilter: (settings) => createFilter(core, settings),
    createNormal: (settings) => createNormal(core, settings),
  };
}

/** Addresses of derivatives; 0 for virials that are not wanted. */
type Places = Readonly<Record<keyof Derivatives, number>>;

function placeDerivatives(workshop: Workshop, { slotsAt, slots, values, virials }: Derivatives): Places {
  const place = (numbers: Float64Array): number =>
    numbers.buffer === workshop.memory.buffer ? numbers.byteOffset : workshop.place(numbers);
  return {
    slotsAt: workshop.place(slotsAt),
    slots: workshop.place(slots),
    values: place(values),
    virials: virials.length === 0 ? 0 : place(virials),
  };
}

/** Where the pieces of a batch begin, and its end; where they are cut depends on the structures alone. */
function cutIntoPieces({ samples }: Problem, batch: Int32Array, most = PIECE_ATOMS): Int32Array {
  const starts = [0];
  let atoms = 0;
  batch.forEach((s, k) => {
    atoms += samples[s].inputs.elements.length;
    if (atoms < most && k + 1 < batch.length) return;
    starts.push(k + 1);
    atoms = 0;
  });
  return Int32Array.from(starts);
}
