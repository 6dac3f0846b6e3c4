/**
 * The backend `native`: errors, gradients and Kalman filter by training.c, on threads that share one WebAssembly memory.
 * Derivatives of the symmetry functions lie in that memory from the beginning (`allocate`). eV, Å.
 *
 * Inside, parameters are padded: each element's begin at a multiple of TILE, and so do the offsets.
 */
import { ok } from '../../protocol/result';
import { ACTIVATION_KINDS } from '../kernels/layout';
import { compileTraining, createMemory, instantiate, PAGE, type TrainingExports } from '../kernels/module';
import { controlBytes, Pool } from '../kernels/pool';
import { referenceBackend, type Backend, type BackendProvider, type Filter, type FilterSettings } from './backend';
import type { Derivatives } from './data';
import type { ErrorSums, Layout, LossFactors, Problem } from './loss';

/** Bytes of the structures, in the order of `struct_size` in training.c. */
export const SIZES = { network: 56, list: 8, sample: 48, matching: 112, block: 16, filter: 48 } as const;

const RUN = { match: 0, reduce: 1, multiply: 2, factorize: 3, solve: 4, update: 5 };
const MAKE = { nothing: 0, gradient: 1, rows: 2 };

/** Limits of batched-network.h, force-matching.h and kalman.h. */
const MAXIMUM_LAYERS = 8;
const MAXIMUM_ELEMENTS = 128;
const TILE = 32;
/** Parameters of a piece of the reduction. */
const REDUCED = 512;

/** Atoms of a piece of work: enough to fill vectors, few enough for all threads to have some. */
const PIECE_ATOMS = 96;
const STACK_BYTES = 1 << 18;

const pad = (count: number, to: number): number => Math.ceil(count / to) * to;

/** Part of the padded vector: `count` parameters from `from` on stand at `to`. */
interface Segment {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** A part of the memory that grows when it must. */
interface Region {
  address: number;
  bytes: number;
}

/** The memory, the threads, and what they are given to do. */
class Workshop {
  readonly memory = createMemory();
  readonly kernel: TrainingExports;
  readonly threads: number;
  private readonly pool: Pool;
  private free: number;

  constructor(threads: number) {
    const module = compileTraining();
    this.kernel = instantiate(module, this.memory) as TrainingExports;
    this.threads = threads;
    this.free = pad(this.kernel.__heap_base.value, 64);
    const stacks = Array.from({ length: threads - 1 }, () => this.allocate(STACK_BYTES) + STACK_BYTES);
    this.pool = new Pool(module, this.memory, this.kernel, this.allocate(controlBytes(threads)), stacks);
  }

  /** @throws RangeError beyond 4 GiB */
  allocate(bytes: number): number {
    const address = this.free;
    this.free = pad(this.free + bytes, 64);
    const missing = this.free - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    return address;
  }

  /** At least so many bytes; what was in it is lost. */
  reserve(region: Region, bytes: number): number {
    if (bytes > region.bytes) {
      region.bytes = Math.max(bytes, 2 * region.bytes);
      region.address = this.allocate(region.bytes);
    }
    return region.address;
  }

  numbers(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }

  integers(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }

  view(address: number, bytes: number): DataView {
    return new DataView(this.memory.buffer, address, bytes);
  }

  place(values: Float64Array | Int32Array | Uint8Array): number {
    const address = this.allocate(values.byteLength);
    new Uint8Array(this.memory.buffer).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      address,
    );
    return address;
  }

  run(phase: number, pieces: number, task: number, scratch: readonly number[]): void {
    this.pool.runPieces(phase, pieces, task, scratch);
  }

  dispose(): void {
    this.pool.dispose();
  }
}

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
  const setDerivatives = (sample: number, slotsAt: number, slots: number, values: number): void => {
    const view = workshop.view(samplesAt + SIZES.sample * sample, SIZES.sample);
    [slotsAt, slots, values].forEach((address, k) => view.setUint32(20 + 4 * k, address, true));
  };
  samples.forEach(({ inputs, energy, forces, row }, s) => {
    const at = [workshop.place(inputs.elements), workshop.place(inputs.values)];
    const forcesAt = forces === undefined ? 0 : workshop.place(forces);
    const rowAt = workshop.place(Float64Array.from(row));
    const kept = forces === undefined ? undefined : problem.kept(s);
    isPassing[s] = forces !== undefined && kept === undefined ? 1 : 0;
    const places = kept === undefined ? [0, 0, 0] : placeDerivatives(workshop, kept);
    const view = workshop.view(samplesAt + SIZES.sample * s, SIZES.sample);
    view.setFloat64(0, energy ?? 0, true);
    [inputs.elements.length, ...at, ...places, forcesAt, rowAt, energy === undefined ? 0 : 1, 0].forEach((value, k) =>
      view.setUint32(8 + 4 * k, value, true),
    );
  });
  function bringDerivatives(batch: Int32Array): void {
    const wanted = new Map<number, Derivatives>();
    let bytes = 0;
    for (const s of batch) {
      if (isPassing[s] === 0 || wanted.has(s)) continue;
      const derivatives = problem.derivatives(s);
      wanted.set(s, derivatives);
      const { slotsAt, slots, values } = derivatives;
      bytes += pad(slotsAt.byteLength, 8) + pad(slots.byteLength, 8) + values.byteLength;
    }
    let at = workshop.reserve(passing, bytes);
    for (const [s, { slotsAt, slots, values }] of wanted) {
      const places = [at, at + pad(slotsAt.byteLength, 8)];
      places.push(places[1] + pad(slots.byteLength, 8));
      at = places[2] + values.byteLength;
      workshop.integers(places[0], slotsAt.length).set(slotsAt);
      workshop.integers(places[1], slots.length).set(slots);
      workshop.numbers(places[2], values.length).set(values);
      setDerivatives(s, places[0], places[1], places[2]);
    }
  }

  const hiddenSizes = layout.networks.flatMap(({ sizes }) => sizes.slice(1, -1));
  const taskAt = workshop.allocate(SIZES.matching);
  const regions = {
    batch: { address: 0, bytes: 0 },
    numbers: { address: 0, bytes: 0 },
    scratch: { address: 0, bytes: 0 },
  };

  interface Wanted {
    readonly make: number;
    readonly factors: LossFactors;
    readonly energyScales: Float64Array;
    readonly forceScales: Float64Array;
    /** Rows that the caller adds behind those of the errors. */
    readonly added: number;
  }

  /** Works through a batch; returns where the rows and their residuals are. */
  function match(parameters: Float64Array, batch: Int32Array, wanted: Wanted, sums: ErrorSums) {
    const { make, factors, energyScales, forceScales, added } = wanted;
    bringDerivatives(batch);
    pack(parameters, parametersAt);
    const starts = cutIntoPieces(problem, batch);
    const pieces = starts.length - 1;
    const rows = make === MAKE.rows ? energyScales.length + forceScales.length : 1;
    const batchAt = workshop.reserve(regions.batch, 4 * (batch.length + starts.length));
    workshop.integers(batchAt, batch.length).set(batch);
    workshop.integers(batchAt + 4 * batch.length, starts.length).set(starts);
    const lengths = {
      errors: 2 * batch.length,
      residuals: pieces * rows + added,
      energyScales: energyScales.length,
      forceScales: forceScales.length,
      totals: (rows + added) * stride,
      partials: pieces > 1 ? pieces * rows * stride : 0,
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

    const task = workshop.view(taskAt, SIZES.matching);
    task.setFloat64(0, factors.energy, true);
    task.setFloat64(8, factors.force, true);
    const addresses = [networksAt, listsAt, parametersAt, samplesAt, batchAt, batchAt + 4 * batch.length];
    addresses.push(places.errors, pieces > 1 ? places.partials : places.totals, places.residuals);
    addresses.push(places.energyScales, places.forceScales, places.totals);
    addresses.forEach((address, k) => task.setUint32(16 + 4 * k, address, true));
    const counts = [elements, offsetsAt, offsets, stride, make, energyScales.length, forceScales.length, rows, pieces];
    counts.push(Math.max(0, ...layout.networks.map(({ sizes }) => sizes.length - 2)), Math.max(1, ...hiddenSizes));
    counts.push(Math.max(...layout.networks.map(({ sizes }) => sizes[0])));
    counts.forEach((value, k) => task.setInt32(64 + 4 * k, value, true));

    const scratchBytes = pad(kernel.scratch_bytes(taskAt), 64);
    const first = workshop.reserve(regions.scratch, scratchBytes * workshop.threads);
    const scratch = Array.from({ length: workshop.threads }, (_, thread) => first + thread * scratchBytes);
    workshop.run(RUN.match, pieces, taskAt, scratch);
    if (make !== MAKE.nothing && pieces > 1) workshop.run(RUN.reduce, Math.ceil(stride / REDUCED), taskAt, scratch);

    const errors = workshop.numbers(places.errors, 2 * batch.length);
    batch.forEach((s, k) => {
      const { energy, forces } = samples[s];
      if (energy !== undefined) {
        sums.energies++;
        sums.energySquares += errors[2 * k];
      }
      if (forces !== undefined) {
        sums.forces += forces.length;
        sums.forceSquares += errors[2 * k + 1];
      }
    });
    const residuals = workshop.numbers(places.residuals, pieces * rows);
    for (let p = 1; p < pieces; p++) for (let r = 0; r < rows; r++) residuals[r] += residuals[p * rows + r];
    return { rows, totals: places.totals, residuals: places.residuals, scratch };
  }

  const none = new Float64Array(0);
  function createFilter({ prior, blocks }: FilterSettings): Filter {
    const parts =
      blocks === 'global'
        ? [{ name: 'all', at: 0, segments }]
        : segments.flatMap((segment, k) =>
            segment.count === 0
              ? []
              : [{ name: k < elements ? String(k) : 'offsets', at: segment.to, segments: [segment] }],
          );
    let tileRows = 0;
    const described = parts.map((part, k) => {
      const end = blocks === 'global' ? stride : part.at + pad(part.segments[0].count, TILE);
      const tiles = (end - part.at) / TILE;
      const length = ((tiles * (tiles + 1)) / 2) * TILE ** 2;
      const covariance = workshop.allocate(8 * length);
      tileRows += tiles;
      return { ...part, k, tiles, length, covariance, firstPiece: tileRows - tiles };
    });
    const blocksAt = workshop.allocate(SIZES.block * described.length);
    described.forEach(({ at, tiles, covariance, firstPiece, length, segments: own, k }) => {
      const view = workshop.view(blocksAt + SIZES.block * k, SIZES.block);
      view.setInt32(0, at, true);
      view.setInt32(4, tiles, true);
      view.setUint32(8, covariance, true);
      view.setInt32(12, firstPiece, true);
      const values = workshop.numbers(covariance, length);
      values.fill(0);
      for (const { to, count } of own)
        for (let i = to - at; i < to - at + count; i++) {
          const tile = Math.floor(i / TILE);
          values[((tile * (tile + 3)) / 2) * TILE ** 2 + (i % TILE) * (TILE + 1)] = prior;
        }
    });
    const filterAt = workshop.allocate(SIZES.filter);
    const products: Region = { address: 0, bytes: 0 };
    return {
      state: Object.fromEntries(
        described.map(({ name, covariance, length }) => [`covariance.${name}`, workshop.numbers(covariance, length)]),
      ),
      update(parameters, { samples: batch, energyScales, forceScales, zeros, forgetting }, sums) {
        const added = zeros.length;
        const wanted = { make: MAKE.rows, factors: { energy: 0, force: 0 }, energyScales, forceScales, added };
        const { rows: errors, totals, residuals, scratch } = match(parameters, batch, wanted, sums);
        const rows = errors + added;
        zeros.forEach((row, k) => {
          pack(row, totals + 8 * stride * (errors + k));
          const product = row.reduce((sum, coefficient, i) => sum + coefficient * parameters[i], 0);
          workshop.numbers(residuals, rows)[errors + k] = -product;
        });
        const productsAt = workshop.reserve(products, 8 * rows * (stride + rows));
        const view = workshop.view(filterAt, SIZES.filter);
        view.setFloat64(0, forgetting, true);
        const addresses = [blocksAt, totals, productsAt, residuals, parametersAt, productsAt + 8 * rows * stride];
        addresses.forEach((address, k) => view.setUint32(8 + 4 * k, address, true));
        [described.length, rows, stride, 0].forEach((value, k) => view.setInt32(32 + 4 * k, value, true));
        workshop.run(RUN.multiply, tileRows, filterAt, scratch);
        kernel.run_piece(RUN.factorize, filterAt, 0, 0);
        if (view.getInt32(44, true) !== 0) return false;
        workshop.run(RUN.solve, tileRows, filterAt, scratch);
        workshop.run(RUN.update, tileRows, filterAt, scratch);
        unpack(parametersAt, (at, value) => (parameters[at] = value));
        return true;
      },
    };
  }

  return {
    name: 'native',
    evaluate(parameters, batch, factors, sums, gradient) {
      const make = gradient === undefined ? MAKE.nothing : MAKE.gradient;
      const { totals } = match(
        parameters,
        batch,
        { make, factors, energyScales: none, forceScales: none, added: 0 },
        sums,
      );
      if (gradient !== undefined) unpack(totals, (at, value) => (gradient[at] += value));
    },
    createFilter,
  };
}

function placeDerivatives(workshop: Workshop, { slotsAt, slots, values }: Derivatives): number[] {
  const inside = values.buffer === workshop.memory.buffer;
  return [workshop.place(slotsAt), workshop.place(slots), inside ? values.byteOffset : workshop.place(values)];
}

/** Where the pieces of a batch begin, and its end; where they are cut depends on the structures alone. */
function cutIntoPieces({ samples }: Problem, batch: Int32Array): Int32Array {
  const starts = [0];
  let atoms = 0;
  batch.forEach((s, k) => {
    atoms += samples[s].inputs.elements.length;
    if (atoms < PIECE_ATOMS && k + 1 < batch.length) return;
    starts.push(k + 1);
    atoms = 0;
  });
  return Int32Array.from(starts);
}
