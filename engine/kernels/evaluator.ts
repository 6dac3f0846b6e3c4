/**
 * The compiled kernels as a potential: energies and forces of one structure after the other. The neighbour list is kept
 * with a skin and built again when an atom has moved half of it; atoms are sorted by cell at every build. Å, eV.
 *
 * Results do not depend on the number of threads: blocks of atoms are cut by the structure alone, every block writes its
 * own numbers, and they are added in the order of blocks.
 */
import { symbolOf } from '../../language/elements';
import { excessOf } from '../descriptors/extrapolation';
import { hasCoupling, mixesShapes } from '../descriptors/function-types';
import type { FunctionRanges } from '../descriptors/scaling';
import { layersOf } from '../potentials/network';
import type { KeptList, Potential, Prediction } from '../potentials/potential';
import { completeCell, heights, invert } from '../structure/cell';
import type { Structure } from '../structure/structure';
import type { NeuralDescription } from '../potentials/neural';
import { layoutModel, SIZES } from './layout';
import { compileKernel, createMemory, instantiate, PAGE, type KernelExports, type Precision } from './module';
import { controlBytes, Pool, TABLE_OFFSET, type Task } from './pool';

export interface EvaluatorOptions {
  readonly precision?: Precision;
  /** Use fused multiply-add where the machine has it; results differ in the last bits. */
  readonly relaxed?: boolean;
  readonly threads?: number;
  /** Å beyond the cutoff that the neighbour list reaches. */
  readonly skin?: number;
  /** Tell with each prediction how far atoms are outside of the training, if the model says how far that reached. */
  readonly extrapolation?: boolean;
}

/** Atoms of a block: many, so that they share their surroundings, but in small systems few, so that threads share the work. */
const BLOCK_ATOMS = { fewest: 16, most: 128 };
/** Blocks that a system should have. */
const BLOCKS = 64;
/** Atoms of a cell: more, and too many are looked at; fewer, and there are too many cells to look into. */
const CELL_ATOMS = 6;
const STACK_BYTES = 1 << 18;
/** Entries of the hash table of cell images: reached only by cells of a fraction of an Å. */
const MAXIMUM_TABLE = 1 << 22;
/** How far away an image of the cell may be: its number is stored in a byte. */
const MAXIMUM_IMAGE = 126;
/** MAXIMUM_LAYERS of network.h. */
const MAXIMUM_LAYERS = 8;

/** A structure that the kernels can't take, for which nobody's mistake is needed: it is too large, or its cell too small. */
export class KernelLimit extends Error {}

/** Why only the reference can compute this potential; undefined if the kernels can. */
export function findObstacle({ elements }: NeuralDescription): string | undefined {
  for (const [symbol, { functions, network }] of Object.entries(elements)) {
    if (hasCoupling(functions)) return `${symbol} has coupled chiral functions`;
    if (mixesShapes(functions)) return `${symbol} has compact functions of different shapes on the same radii`;
    if (layersOf(network).length > MAXIMUM_LAYERS)
      return `the network of ${symbol} has more than ${MAXIMUM_LAYERS} layers`;
  }
  return undefined;
}

const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** The arrays of one list, as views of the shared memory. */
interface Arrays {
  readonly positions: Float64Array;
  readonly energies: Float64Array;
  readonly forces: Float64Array;
  readonly blocks: DataView;
  readonly task: Task;
  /** Symmetry functions, unscaled, `stride` per atom. */
  readonly values?: Float64Array;
}

export class Evaluator implements Potential {
  readonly cutoff: number;
  readonly elements: readonly string[];
  readonly list: KeptList = {
    builtAt: () => (this.arrays === undefined ? undefined : this.built),
    build: (structure) => this.buildList(structure),
  };
  readonly stride: number;
  /** How often the list was built. */
  builds = 0;
  private predictions = 0;
  private readonly memory = createMemory();
  private readonly kernel: KernelExports;
  private readonly pool: Pool;
  private readonly model: number;
  private readonly numbers: readonly number[];
  private readonly skin: number;
  /** Of the symmetry functions of each element, if they are to be compared with. */
  private readonly ranges: readonly FunctionRanges[] | undefined;
  private readonly firstFree: number;
  private free: number;
  private arrays?: Arrays;
  /** Of the list: original index of each sorted atom, positions at its build, what wrapping subtracted, the cell. */
  private order = new Uint32Array(0);
  private built = new Float64Array(0);
  private wrapped = new Float64Array(0);
  private species = new Uint8Array(0);
  private cell?: Float64Array;
  private periodic: readonly boolean[] = [];

  /** @throws Error if the model has an obstacle. */
  constructor(
    model: NeuralDescription,
    private readonly options: EvaluatorOptions = {},
  ) {
    const obstacle = findObstacle(model);
    if (obstacle !== undefined) throw new Error(obstacle);
    const module = compileKernel(options.precision ?? 'f64', options.relaxed);
    this.kernel = instantiate(module, this.memory) as KernelExports;
    const threads = options.threads ?? 1;
    this.free = align(this.kernel.__heap_base.value);
    const stacks = Array.from({ length: threads - 1 }, () => this.allocate(STACK_BYTES) + STACK_BYTES);
    this.pool = new Pool(module, this.memory, this.kernel, this.allocate(controlBytes(threads)), stacks);
    const layout = layoutModel(model, this.free);
    this.allocate(layout.bytes.length);
    new Uint8Array(this.memory.buffer).set(layout.bytes, layout.address + SIZES.model - layout.bytes.length);
    this.model = layout.address;
    this.numbers = layout.numbers;
    this.elements = layout.numbers.map(symbolOf);
    this.cutoff = layout.cutoff;
    this.stride = layout.stride;
    this.skin = options.skin ?? 0.5;
    const ranges = this.elements.flatMap((symbol) => model.elements[symbol].scaling.range ?? []);
    if (options.extrapolation === true && ranges.length === this.elements.length) this.ranges = ranges;
    this.firstFree = this.free;
  }

  /** Ends the worker threads. */
  dispose(): void {
    this.pool.dispose();
  }

  /** Bytes of memory in use. */
  get bytes(): number {
    return this.free;
  }

  /**
   * Energy, forces and virial.
   * @throws Error if the structure has an element that the model doesn't know (callers check first); KernelLimit if there
   * is not enough memory (4 GB) for it, or if its cell is absurdly small.
   */
  predict(structure: Structure): Prediction {
    if (this.needsList(structure)) this.buildList(structure);
    return this.compute(structure.positions);
  }

  private allocate(bytes: number): number {
    const address = this.free;
    this.free = align(this.free + bytes);
    const missing = this.free - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / PAGE));
      } catch {
        throw new KernelLimit(
          `This structure needs ${(this.free / 2 ** 30).toFixed(1)} GB of memory; 4 GB is the most there can be.`,
        );
      }
    }
    return address;
  }

  private needsList({ numbers, positions, cell, periodic }: Structure): boolean {
    if (this.arrays === undefined || numbers.length !== this.species.length) return true;
    for (let i = 0; i < numbers.length; i++) if (numbers[i] !== this.species[i]) return true;
    if (periodic.some((flag, i) => flag !== this.periodic[i])) return true;
    if ((cell === undefined) !== (this.cell === undefined)) return true;
    if (cell !== undefined && this.cell !== undefined && cell.some((value, i) => value !== this.cell?.[i])) return true;
    const limit = (this.skin / 2) ** 2;
    const { built } = this;
    for (let k = 0; k < positions.length; k += 3) {
      const x = positions[k] - built[k];
      const y = positions[k + 1] - built[k + 1];
      const z = positions[k + 2] - built[k + 2];
      // Written so that NaN counts as moved.
      if (!(x * x + y * y + z * z <= limit)) return true;
    }
    return false;
  }

  private buildList(structure: Structure): void {
    const { numbers, positions, periodic } = structure;
    const atoms = numbers.length;
    // Until it is there again; building may fail.
    this.arrays = undefined;
    this.builds++;
    this.species = numbers.slice();
    this.built = positions.slice();
    this.cell = structure.cell?.slice();
    this.periodic = [...periodic];
    const cell = completeCell(structure.cell, periodic);
    const inverse = invert(cell);
    const grid = chooseGrid(positions, cell, inverse, periodic, this.cutoff + this.skin);

    // Cell of each atom, and what wraps it into the cell.
    const cells = grid.counts[0] * grid.counts[1] * grid.counts[2];
    const cellOf = new Uint32Array(atoms);
    const wrapped = new Float64Array(3 * atoms);
    const ends = new Uint32Array(cells);
    for (let i = 0; i < atoms; i++) {
      const x = positions[3 * i];
      const y = positions[3 * i + 1];
      const z = positions[3 * i + 2];
      let cellNumber = 0;
      for (let k = 0; k < 3; k++) {
        let f = x * inverse[k] + y * inverse[3 + k] + z * inverse[6 + k];
        if (periodic[k]) {
          const turns = Math.floor(f);
          f -= turns;
          for (let axis = 0; axis < 3; axis++) wrapped[3 * i + axis] += turns * cell[3 * k + axis];
        }
        const bin = Math.floor((f - grid.origin[k]) * grid.scale[k]);
        cellNumber = cellNumber * grid.counts[k] + Math.min(grid.counts[k] - 1, Math.max(0, bin));
      }
      cellOf[i] = cellNumber;
      ends[cellNumber]++;
    }
    const starts = new Uint32Array(cells);
    let placed = 0;
    for (const c of brickOrder(grid.counts)) {
      starts[c] = placed;
      placed += ends[c];
      ends[c] = starts[c];
    }
    const order = new Uint32Array(atoms);
    for (let i = 0; i < atoms; i++) order[ends[cellOf[i]]++] = i;
    this.order = order;
    this.wrapped = wrapped;

    // Fixed arrays, then what one pass of counting says the list needs.
    this.free = this.firstFree;
    const blockAtoms = Math.min(BLOCK_ATOMS.most, Math.max(BLOCK_ATOMS.fewest, Math.floor(atoms / BLOCKS)));
    const blockCount = Math.ceil(atoms / blockAtoms);
    const at = {
      system: this.allocate(SIZES.system),
      positions: this.allocate(24 * atoms),
      elements: this.allocate(atoms),
      energies: this.allocate(8 * atoms),
      forces: this.allocate(24 * atoms),
      blocks: this.allocate(SIZES.block * blockCount),
      listStarts: this.allocate(4 * (atoms + 1)),
      cellStarts: this.allocate(4 * cells),
      cellEnds: this.allocate(4 * cells),
      atomCells: this.allocate(4 * atoms),
      atomSlotStarts: this.allocate(4 * (atoms + 1)),
    };
    const images = grid.reach.map((reach, k) => (periodic[k] ? Math.ceil(reach / grid.counts[k]) : 0));
    const near = grid.reach.reduce((product, reach) => product * (2 * reach + 1), 1);
    const tableSize = 2 ** Math.ceil(Math.log2(2 * blockAtoms * near + 16));
    if (tableSize > MAXIMUM_TABLE || Math.max(...images) > MAXIMUM_IMAGE)
      throw new KernelLimit('The cell is far too small for this cutoff: it has too many images within it.');
    const { threads } = this.pool;
    const listTask: Task = {
      model: this.model,
      system: at.system,
      blocks: blockCount,
      atoms,
      tableSize,
      scratch: Array.from({ length: threads }, () =>
        this.allocate(TABLE_OFFSET + SIZES.cellImage * tableSize + SIZES.nearCell * near + 8),
      ),
    };
    const buffer = (): SharedArrayBuffer => this.memory.buffer;
    new Uint32Array(buffer(), at.cellStarts, cells).set(starts);
    new Uint32Array(buffer(), at.cellEnds, cells).set(ends);
    const atomCells = new Uint32Array(buffer(), at.atomCells, atoms);
    for (let i = 0; i < atoms; i++) atomCells[i] = cellOf[order[i]];
    const elementIndex = new Uint8Array(256).fill(255);
    this.numbers.forEach((number, index) => (elementIndex[number] = index));
    const elements = new Uint8Array(buffer(), at.elements, atoms);
    for (let i = 0; i < atoms; i++) {
      elements[i] = elementIndex[numbers[order[i]]];
      if (elements[i] === 255) throw new Error('The potential does not know an element of the structure.');
    }
    this.placePositions(new Float64Array(buffer(), at.positions, 3 * atoms), positions);
    const blocks = new DataView(buffer(), at.blocks, SIZES.block * blockCount);
    for (let b = 0; b < blockCount; b++) {
      blocks.setUint32(SIZES.block * b, b * blockAtoms, true);
      blocks.setUint32(SIZES.block * b + 4, Math.min(blockAtoms, atoms - b * blockAtoms), true);
      blocks.setUint32(SIZES.block * b + 8, 0, true);
    }
    const system = new DataView(buffer(), at.system, SIZES.system);
    const addresses = [at.positions, at.elements, at.energies, at.forces, at.blocks, 0, 0, 0, at.listStarts, 0];
    addresses.push(at.atomSlotStarts, 0, at.cellStarts, at.cellEnds, at.atomCells, 0);
    addresses.forEach((address, k) => system.setUint32(4 * k, address, true));
    const integers = [this.stride, atoms, blockCount, ...grid.counts, ...grid.reach, ...periodic.map(Number)];
    integers.forEach((value, k) => system.setInt32(64 + 4 * k, value, true));
    const doubles = [...cell, ...grid.origin, ...inverse, this.cutoff + this.skin];
    doubles.forEach((value, k) => system.setFloat64(112 + 8 * k, value, true));
    for (const address of listTask.scratch)
      new Uint8Array(buffer(), address, TABLE_OFFSET + SIZES.cellImage * tableSize).fill(0);
    this.pool.run('count', listTask);

    const listStarts = new Uint32Array(buffer(), at.listStarts, atoms + 1);
    listStarts[0] = 0;
    for (let i = 0; i < atoms; i++) listStarts[i + 1] += listStarts[i];
    let slots = 0;
    for (let b = 0; b < blockCount; b++) {
      blocks.setUint32(SIZES.block * b + 8, slots, true);
      slots += blocks.getUint32(SIZES.block * b + 12, true);
    }
    const needs = listTask.scratch.map((address) => Number(new BigUint64Array(buffer(), address, 1)[0]));
    const scratchBytes = Math.max(...needs);
    const slotAtoms = this.allocate(4 * slots);
    const slotShifts = this.allocate(4 * slots);
    const slotForces = this.allocate(24 * slots);
    const list = this.allocate(4 * listStarts[atoms]);
    const atomSlots = this.allocate(4 * slots);
    const values = this.ranges === undefined ? 0 : this.allocate(8 * this.stride * atoms);
    const scratch = Array.from({ length: threads }, () => this.allocate(scratchBytes));
    // Growing the memory may have replaced the buffer: views are made anew.
    const head = new DataView(buffer(), at.system, SIZES.system);
    const late: [number, number][] = [
      [5, slotAtoms],
      [6, slotShifts],
      [7, slotForces],
      [9, list],
      [11, atomSlots],
      [15, values],
    ];
    for (const [field, address] of late) head.setUint32(4 * field, address, true);
    this.pool.run('fill', listTask);

    // Which slots stand for each atom, in ascending order: forces are added in this order.
    const owners = new Uint32Array(buffer(), slotAtoms, slots);
    const slotStarts = new Uint32Array(buffer(), at.atomSlotStarts, atoms + 1).fill(0);
    for (let k = 0; k < slots; k++) slotStarts[owners[k] + 1]++;
    for (let i = 0; i < atoms; i++) slotStarts[i + 1] += slotStarts[i];
    const cursor = slotStarts.slice(0, atoms);
    const slotsOf = new Uint32Array(buffer(), atomSlots, slots);
    for (let k = 0; k < slots; k++) slotsOf[cursor[owners[k]]++] = k;

    this.arrays = {
      positions: new Float64Array(buffer(), at.positions, 3 * atoms),
      energies: new Float64Array(buffer(), at.energies, atoms),
      forces: new Float64Array(buffer(), at.forces, 3 * atoms),
      blocks: new DataView(buffer(), at.blocks, SIZES.block * blockCount),
      task: { ...listTask, scratch },
      ...(values > 0 && { values: new Float64Array(buffer(), values, this.stride * atoms) }),
    };
  }

  private placePositions(into: Float64Array, positions: Float64Array): void {
    const { order, wrapped } = this;
    for (let i = 0; i < order.length; i++) {
      const from = 3 * order[i];
      into[3 * i] = positions[from] - wrapped[from];
      into[3 * i + 1] = positions[from + 1] - wrapped[from + 1];
      into[3 * i + 2] = positions[from + 2] - wrapped[from + 2];
    }
  }

  private compute(positions: Float64Array): Prediction {
    const { arrays, order } = this;
    if (arrays === undefined) throw new Error('there is no list');
    this.placePositions(arrays.positions, positions);
    this.pool.run('evaluate', arrays.task);
    this.pool.run('gather', arrays.task);
    const atomicEnergies = new Float64Array(order.length);
    const forces = new Float64Array(3 * order.length);
    for (let i = 0; i < order.length; i++) {
      const atom = order[i];
      atomicEnergies[atom] = arrays.energies[i];
      forces[3 * atom] = arrays.forces[3 * i];
      forces[3 * atom + 1] = arrays.forces[3 * i + 1];
      forces[3 * atom + 2] = arrays.forces[3 * i + 2];
    }
    let energy = 0;
    for (const value of atomicEnergies) energy += value;
    const virial = new Float64Array(9);
    for (let b = 0; b < arrays.task.blocks; b++)
      for (let k = 0; k < 9; k++) virial[k] += arrays.blocks.getFloat64(SIZES.block * b + 16 + 8 * k, true);
    const prediction = ++this.predictions;
    const { ranges } = this;
    const { values } = arrays;
    if (ranges === undefined || values === undefined) return { energy, atomicEnergies, forces, virial };
    const extrapolation = (): Float64Array => {
      if (prediction !== this.predictions) throw new Error('a later prediction has other symmetry functions');
      return this.extrapolation(ranges, values);
    };
    return { energy, atomicEnergies, forces, virial, extrapolation };
  }

  private extrapolation(ranges: readonly FunctionRanges[], values: Float64Array): Float64Array {
    const { order, species, stride } = this;
    const outside = new Float64Array(order.length);
    for (let i = 0; i < order.length; i++) {
      const range = ranges[this.numbers.indexOf(species[order[i]])];
      outside[order[i]] = excessOf(range, values, i * stride);
    }
    return outside;
  }
}

interface Grid {
  readonly counts: readonly [number, number, number];
  readonly reach: readonly [number, number, number];
  /** Fractional coordinate of the first cell's edge, and cells per unit of it. */
  readonly origin: readonly [number, number, number];
  readonly scale: readonly [number, number, number];
}

/** Numbers of all cells, brick after brick of 2 × 2 × 2: atoms one after the other are near in all three directions. */
function brickOrder([na, nb, nc]: readonly [number, number, number]): Uint32Array {
  const order = new Uint32Array(na * nb * nc);
  let n = 0;
  for (let a = 0; a < na; a += 2)
    for (let b = 0; b < nb; b += 2)
      for (let c = 0; c < nc; c += 2)
        for (let i = a; i < Math.min(a + 2, na); i++)
          for (let j = b; j < Math.min(b + 2, nb); j++)
            for (let k = c; k < Math.min(c + 2, nc); k++) order[n++] = (i * nb + j) * nc + k;
  return order;
}

/** Cells as high as the list reaches, or a fraction of that where many atoms would be in them. */
function chooseGrid(
  positions: Float64Array,
  cell: Float64Array,
  inverse: Float64Array,
  periodic: readonly boolean[],
  reach: number,
): Grid {
  const height = heights(cell);
  const origin = [0, 0, 0];
  const extent = [1, 1, 1];
  for (let k = 0; k < 3; k++) {
    if (periodic[k]) continue;
    let low = Infinity;
    let high = -Infinity;
    for (let i = 0; i < positions.length; i += 3) {
      const f = positions[i] * inverse[k] + positions[i + 1] * inverse[3 + k] + positions[i + 2] * inverse[6 + k];
      low = Math.min(low, f);
      high = Math.max(high, f);
    }
    origin[k] = Number.isFinite(low) ? low : 0;
    extent[k] = Number.isFinite(high - low) ? Math.max(high - low, 1e-9) : 1;
  }
  const volume = extent.reduce((product, one, k) => product * one * height[k], 1);
  const together = ((positions.length / 3) * reach ** 3) / volume;
  const parts = Math.min(3, Math.max(1, Math.round(Math.cbrt(together / CELL_ATOMS))));
  // A few atoms in a lot of vacuum must not make millions of cells.
  const most = Math.max(1, Math.ceil(Math.cbrt(2 * (positions.length / 3) + 64)) * 4);
  const counts = [0, 1, 2].map((k) => Math.min(most, Math.max(1, Math.floor((parts * extent[k] * height[k]) / reach))));
  // Beyond the last cell of a direction that isn't periodic there is nothing to look at.
  const steps = [0, 1, 2].map((k) => {
    const needed = Math.max(1, Math.ceil((reach * counts[k]) / (extent[k] * height[k])));
    return periodic[k] ? needed : Math.min(needed, counts[k] - 1);
  });
  return {
    counts: [counts[0], counts[1], counts[2]],
    reach: [steps[0], steps[1], steps[2]],
    origin: [origin[0], origin[1], origin[2]],
    scale: [counts[0] / extent[0], counts[1] / extent[1], counts[2] / extent[2]],
  };
}
