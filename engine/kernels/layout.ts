/**
 * The tables of engine/kernels/model.h, written byte by byte: potentials as the kernels read them. The two files must
 * agree field by field; a test compares the sizes. Å, eV.
 */
import type { ChiralChannel, ChiralFunction, CutoffFunction, SignedVolume } from '../../language/definition/definition';
import { atomicNumber } from '../../language/elements';
import { hasCoupling, mixesShapes, type CompactShape, type DescriptorFunction } from '../descriptors/function-types';
import { layersOf, type LayerActivation } from '../potentials/network';
import type { NeuralDescription } from '../potentials/neural';

const CUTOFF_KINDS: Readonly<Record<CutoffFunction, number>> = {
  hard: 0,
  cos: 1,
  tanh3: 2,
  tanh3_normalized: 3,
  exp: 4,
  poly1: 5,
  poly2: 6,
  poly3: 7,
  poly4: 8,
};

/** Compact functions count from here, two for each kernel: symmetric, asymmetric. */
const COMPACT = 16;
const COMPACT_KERNELS: Readonly<Record<CompactShape['kernel'], number>> = {
  exp: 0,
  poly1: 1,
  poly2: 2,
  poly3: 3,
  poly4: 4,
};

/** ACT_… of functions.h. */
export const ACTIVATION_KINDS: Readonly<Record<LayerActivation, number>> = {
  linear: 0,
  tanh: 1,
  logistic: 2,
  softplus: 3,
  relu: 4,
  gaussian: 5,
  cos: 6,
  reversed_logistic: 7,
  exponential: 8,
  harmonic: 9,
};

/** Bytes of the structures, in the order of `struct_size` in kernel.c. */
export const SIZES = {
  channel: 32,
  neighborhood: 16,
  view: 16,
  factor: 48,
  radial: 16,
  triples: 40,
  exponential: 32,
  term: 48,
  pairing: 24,
  angles: 32,
  product: 24,
  cell: 16,
  window: 24,
  volume: 16,
  chiral: 16,
  layer: 32,
  elementModel: 104,
  model: 104,
  system: 288,
  block: 88,
  cellImage: 20,
  nearCell: 40,
} as const;

/** Numbers of one row are padded to so many, whole vectors on every machine. */
const PADDING = 8;
const pad = (count: number): number => Math.ceil(count / PADDING) * PADDING;

/** ζ up to this is a power by multiplications. */
const MAXIMUM_POWER = 32;
/** ζ up to this can be computed by moments; MAXIMUM_MOMENT_DEGREE in tables.h. */
const MAXIMUM_MOMENT_POWER = 8;
/** ζ up to this is contracted with others to a polynomial of cos θ; MAXIMUM_DEGREE in terms.h. */
const MAXIMUM_DEGREE = 8;
/** exp(−ηs) is computed as a power of another exponential up to this multiple of η. */
const MAXIMUM_EXPONENT = 32;

/** Fixed-size records in a growing buffer, little-endian. */
class Records {
  private view: DataView<ArrayBuffer>;
  private length = 0;
  count = 0;

  constructor(private readonly size: number) {
    this.view = new DataView(new ArrayBuffer(size * 16));
  }

  /** Doubles first, then 32-bit integers, as in all structures of model.h. */
  add(doubles: readonly number[], integers: readonly number[]): number {
    if (doubles.length * 8 + integers.length * 4 !== this.size) throw new Error('a record of another size');
    if (this.length + this.size > this.view.byteLength) {
      const larger = new Uint8Array(2 * this.view.byteLength);
      larger.set(new Uint8Array(this.view.buffer));
      this.view = new DataView(larger.buffer);
    }
    for (const value of doubles) {
      this.view.setFloat64(this.length, value, true);
      this.length += 8;
    }
    for (const value of integers) {
      this.view.setInt32(this.length, value, true);
      this.length += 4;
    }
    return this.count++;
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.view.buffer, 0, this.length);
  }
}

/** One sum over neighbours: a function of n2p2's makes one, a weighted one several that add up. */
interface Radial {
  readonly neighbor: number;
  readonly channel: number;
  readonly eta: number;
  readonly shift: number;
  readonly weight: number;
  readonly index: number;
}

/** A product of signed volumes. */
interface Handed {
  readonly volumes: ChiralFunction['volumes'];
  readonly channel: number;
  readonly index: number;
}

/** One sum over triples of a centre. */
interface Angular<Form> {
  readonly neighbors: readonly [number, number];
  readonly narrow: boolean;
  readonly channel: number;
  readonly weight: number;
  readonly index: number;
  readonly form: Form;
}

interface Cosine {
  readonly eta: number;
  readonly shift: number;
  readonly lambda: number;
  readonly zeta: number;
}

interface AngleWindow {
  readonly angles: readonly [number, number];
  readonly kernel: CompactShape['kernel'];
}

/**
 * The tables of a model.
 * @param base address at which they will lie, a multiple of 64
 * @throws Error if the functions mix compact shapes (function-types.ts), as only the reference repeats what n2p2 makes of it,
 * or couple chiral centres.
 * @returns the bytes, the address of the `Model` structure in them, and facts that a system needs
 */
export function layoutModel(
  model: NeuralDescription,
  base: number,
): {
  readonly bytes: Uint8Array;
  readonly address: number;
  readonly numbers: readonly number[];
  readonly cutoff: number;
  readonly stride: number;
} {
  const symbols = Object.keys(model.elements).sort((a, b) => (atomicNumber(a) ?? 0) - (atomicNumber(b) ?? 0));
  const order = new Map(symbols.map((symbol, i) => [symbol, i]));
  const indexOf = (symbol: string): number => {
    const index = order.get(symbol);
    if (index === undefined)
      throw new Error(`a symmetry function names ${symbol}, which is no element of the potential`);
    return index;
  };
  const channels = new Records(SIZES.channel);
  const radii = new Records(8);
  const neighborhoods = new Records(SIZES.neighborhood);
  const views = new Records(SIZES.view);
  const factors = new Records(SIZES.factor);
  const radials = new Records(SIZES.radial);
  const triples = new Records(SIZES.triples);
  const exponentials = new Records(SIZES.exponential);
  const terms = new Records(SIZES.term);
  const pairings = new Records(SIZES.pairing);
  const angles = new Records(SIZES.angles);
  const products = new Records(SIZES.product);
  const cells = new Records(SIZES.cell);
  const windows = new Records(SIZES.window);
  const volumes = new Records(SIZES.volume);
  const chirals = new Records(SIZES.chiral);
  const layers = new Records(SIZES.layer);
  const elements = new Records(SIZES.elementModel);
  const numbers: number[] = [];
  let cutoff = 0;
  let stride = PADDING;

  const channelNumbers = new Map<string, number>();
  const channelEnds: (readonly [number, number])[] = [];
  const addChannel = (inner: number, outer: number, alpha: number, kind: number): number => {
    const key = [inner, outer, alpha, kind].join(' ');
    let channel = channelNumbers.get(key);
    if (channel === undefined) {
      channel = channels.add([inner, outer, alpha], [kind, 0]);
      channelNumbers.set(key, channel);
      channelEnds.push([inner, outer]);
      cutoff = Math.max(cutoff, outer);
    }
    return channel;
  };
  const channelOf = (one: DescriptorFunction): number =>
    'shape' in one
      ? addChannel(
          one.inner,
          one.cutoff,
          0,
          COMPACT + 2 * COMPACT_KERNELS[one.shape.kernel] + (one.shape.asymmetric ? 1 : 0),
        )
      : addChannel(0, one.cutoff, model.innerCutoff, CUTOFF_KINDS[model.cutoffFunction]);
  const charges = symbols.map((symbol) => atomicNumber(symbol) ?? 0);

  for (const symbol of symbols) {
    const element = model.elements[symbol];
    if (hasCoupling(element.functions))
      throw new Error(`The functions of ${symbol} couple chiral centres: the reference evaluates them.`);
    if (mixesShapes(element.functions))
      throw new Error(`The functions of ${symbol} mix compact shapes of the same radii: the reference evaluates them.`);
    const first = {
      neighborhood: neighborhoods.count,
      view: views.count,
      factor: factors.count,
      radial: radials.count,
      triples: triples.count,
      pairing: pairings.count,
      angles: angles.count,
      volume: volumes.count,
      chiral: chirals.count,
      layer: layers.count,
    };

    // What each function sums over.
    const radial: Radial[] = [];
    const cosines: Angular<Cosine>[] = [];
    const compact: Angular<AngleWindow>[] = [];
    const handed: Handed[] = [];
    element.functions.forEach((one, index) => {
      const channel = channelOf(one);
      if (one.type === 'chiral') {
        handed.push({ volumes: one.volumes, channel, index });
        return;
      }
      const { eta, shift } = 'eta' in one ? one : { eta: 0, shift: 0 };
      switch (one.type) {
        case 2:
        case 20:
          radial.push({ neighbor: indexOf(one.neighbor), channel, eta, shift, weight: 1, index });
          break;
        case 12:
        case 23:
          charges.forEach((weight, neighbor) => radial.push({ neighbor, channel, eta, shift, weight, index }));
          break;
        default: {
          const narrow = one.type === 3 || one.type === 13 || one.type === 21 || one.type === 24;
          const add = (a: number, b: number, weight: number): void => {
            const common = { neighbors: [a, b], narrow, channel, weight, index } as const;
            if ('shape' in one) compact.push({ ...common, form: { angles: one.angles, kernel: one.shape.kernel } });
            else cosines.push({ ...common, form: one });
          };
          if ('neighbors' in one) {
            const [a, b] = one.neighbors.map(indexOf).sort((x, y) => x - y);
            add(a, b, 1);
          } else
            for (let a = 0; a < symbols.length; a++)
              for (let b = a; b < symbols.length; b++) add(a, b, charges[a] * charges[b]);
        }
      }
    });

    // What moments can give, and up to which power for each neighbour.
    const byMoments = ({ narrow, form: { zeta } }: Angular<Cosine>): boolean =>
      !narrow && Number.isInteger(zeta) && zeta <= MAXIMUM_MOMENT_POWER;
    const wide = cosines.filter(byMoments);
    const degreeOf = (neighbor: number): number =>
      Math.max(0, ...wide.filter(({ neighbors }) => neighbors.includes(neighbor)).map(({ form }) => form.zeta));

    // Views: which channels are looked at for which neighbours; shells end where one of them begins or ends.
    const wanted = [...radial.map((one) => [one.neighbor, one.channel] as const)];
    for (const one of [...cosines, ...compact])
      for (const neighbor of one.neighbors) wanted.push([neighbor, one.channel]);
    for (const { volumes: own, channel } of handed)
      for (const { neighbor } of own.flat()) wanted.push([indexOf(neighbor), channel]);
    const neighborhoodOf = new Map<number, number>();
    const viewNumbers = new Map<string, number>();
    let shells = 0;
    for (const group of groupBy(wanted, ([neighbor]) => String(neighbor)).sort((a, b) => a[0][0] - b[0][0])) {
      const [neighbor] = group[0];
      const own = [...new Set(group.map(([, channel]) => channel))];
      const ends = own.flatMap((channel) => channelEnds[channel]).filter((radius) => radius > 0);
      const sorted = [...new Set(ends)].sort((a, b) => a - b);
      const firstRadius = radii.count;
      for (const radius of sorted) radii.add([radius * radius], []);
      neighborhoodOf.set(neighbor, neighborhoodOf.size);
      neighborhoods.add([], [neighbor, firstRadius, sorted.length, degreeOf(neighbor)]);
      shells += sorted.length + 1;
      for (const channel of own) {
        const [inner, outer] = channelEnds[channel];
        viewNumbers.set(`${neighbor} ${channel}`, viewNumbers.size);
        const ends = [inner > 0 ? sorted.indexOf(inner) + 1 : 0, sorted.indexOf(outer) + 1];
        views.add([], [neighborhoodOf.size - 1, channel, ...ends]);
      }
    }
    const viewOf = (neighbor: number, channel: number): number => viewNumbers.get(`${neighbor} ${channel}`) ?? -1;

    // Factors: of functions of one neighbour, and of those of two that are products.
    const wantedFactors: WantedFactor[] = [];
    for (const { neighbor, channel, eta, shift } of radial)
      wantedFactors.push({ view: viewOf(neighbor, channel), eta, shift, paired: false, degree: 0 });
    for (const { neighbors, channel, form } of wide)
      for (const neighbor of neighbors) {
        const { eta, shift, zeta } = form;
        wantedFactors.push({ view: viewOf(neighbor, channel), eta, shift, paired: true, degree: zeta });
      }
    for (const { neighbors, channel } of compact)
      for (const neighbor of neighbors)
        wantedFactors.push({ view: viewOf(neighbor, channel), eta: 0, shift: 0, paired: true, degree: 0 });
    const vectorFactor = ({ neighbor, eta, shift }: ChiralChannel, channel: number): WantedFactor => ({
      view: viewOf(indexOf(neighbor), channel),
      eta,
      shift,
      paired: true,
      degree: 0,
      vector: true,
    });
    for (const { volumes: own, channel } of handed)
      for (const one of own.flat()) wantedFactors.push(vectorFactor(one, channel));
    const { factorOf, vectorOf, vectors } = addFactors(wantedFactors, factors);
    for (const { neighbor, channel, eta, shift, weight, index } of radial)
      radials.add([weight], [factorOf(viewOf(neighbor, channel), eta, shift), index]);

    // Powers of cosines that share their triples, and among them those that share an exponential.
    const keyOf = (one: Angular<Cosine>): string =>
      [...one.neighbors, one.channel, one.narrow, one.form.shift, byMoments(one)].join(' ');
    for (const group of groupBy(cosines, keyOf)) {
      const { neighbors, channel, narrow, form } = group[0];
      const [a, b] = neighbors.map((neighbor) => viewOf(neighbor, channel));
      const firstExponential = exponentials.count;
      const added = addExponentials(group, exponentials, terms);
      const given = byMoments(group[0]);
      triples.add([form.shift], [a, b, narrow ? 1 : 0, firstExponential, added.length, channel, given ? 1 : 0, 0]);
      if (!given) continue;
      for (const { eta, firstTerm, count, degree } of added)
        pairings.add([], [factorOf(a, eta, form.shift), factorOf(b, eta, form.shift), firstTerm, count, degree, 0]);
    }

    // Compact functions that share their angles, and among them those that share a radial part.
    for (const group of groupBy(compact, ({ neighbors, narrow }) => [...neighbors, narrow].join(' '))) {
      const { neighbors, narrow } = group[0];
      const firstWindow = windows.count;
      const windowNumbers = new Map<string, number>();
      const windowOf = ({ angles: [left, right], kernel }: AngleWindow): number => {
        const key = [left, right, kernel].join(' ');
        const known = windowNumbers.get(key);
        if (known !== undefined) return known;
        windows.add([(left + right) / 2, 2 / (right - left)], [CUTOFF_KINDS[kernel], 0]);
        windowNumbers.set(key, windowNumbers.size);
        return windowNumbers.size - 1;
      };
      const firstProduct = products.count;
      for (const members of groupBy(group, ({ channel }) => String(channel))) {
        const { channel } = members[0];
        const [a, b] = neighbors.map((neighbor) => factorOf(viewOf(neighbor, channel), 0, 0));
        products.add([], [a, b, channel, cells.count, members.length, 0]);
        for (const { form, weight, index } of members) cells.add([weight], [windowOf(form), index]);
      }
      angles.add(
        [],
        [
          ...neighbors.map((neighbor) => neighborhoodOf.get(neighbor) ?? -1),
          narrow ? 1 : 0,
          firstWindow,
          windows.count - firstWindow,
          firstProduct,
          products.count - firstProduct,
          group.length,
        ],
      );
    }

    // Volumes, and products of them.
    const volumeNumbers = new Map<string, number>();
    const addVolume = (volume: SignedVolume, channel: number): number => {
      const three = volume.map((one) => vectorOf(vectorFactor(one, channel)));
      const key = three.join(' ');
      const known = volumeNumbers.get(key);
      if (known !== undefined) return known;
      volumes.add([], [...three, 0]);
      volumeNumbers.set(key, volumeNumbers.size);
      return volumeNumbers.size - 1;
    };
    for (const { volumes: own, channel, index } of handed) {
      const [a, b = -1] = own.map((volume) => addVolume(volume, channel));
      chirals.add([], [a, b, index, 0]);
    }

    const functions = element.functions.length;
    const scaling = numbers.length;
    for (const values of [element.scaling.offset, element.scaling.factor])
      for (let k = 0; k < pad(functions); k++) numbers.push(k < functions ? values[k] : 0);
    stride = Math.max(stride, pad(functions));
    for (const layer of layersOf(element.network)) {
      const wide = pad(layer.outputs);
      const tall = pad(layer.inputs);
      stride = Math.max(stride, wide, tall);
      const weights = numbers.length;
      for (let k = 0; k < layer.inputs; k++)
        for (let j = 0; j < wide; j++) numbers.push(j < layer.outputs ? layer.weights[k * layer.outputs + j] : 0);
      const biases = numbers.length;
      for (let j = 0; j < wide; j++) numbers.push(j < layer.outputs ? layer.biases[j] : 0);
      const transposed = numbers.length;
      for (let j = 0; j < layer.outputs; j++)
        for (let k = 0; k < tall; k++) numbers.push(k < layer.inputs ? layer.weights[k * layer.outputs + j] : 0);
      layers.add(
        [],
        [layer.inputs, layer.outputs, ACTIVATION_KINDS[layer.activation], wide, weights, biases, transposed, tall],
      );
    }
    elements.add(
      [element.offset],
      [
        functions,
        scaling,
        first.neighborhood,
        neighborhoods.count - first.neighborhood,
        shells,
        vectors,
        first.view,
        views.count - first.view,
        first.factor,
        factors.count - first.factor,
        first.radial,
        radials.count - first.radial,
        first.triples,
        triples.count - first.triples,
        first.pairing,
        pairings.count - first.pairing,
        first.angles,
        angles.count - first.angles,
        first.volume,
        volumes.count - first.volume,
        first.chiral,
        chirals.count - first.chiral,
        first.layer,
        layers.count - first.layer,
      ],
    );
  }

  // In the order of the addresses in `Model`.
  const records = [channels, radii, neighborhoods, views, factors, radials, triples, exponentials, terms, pairings];
  records.push(angles, products, cells, windows, volumes, chirals, layers, elements);
  const tables = records.map((table) => table.bytes());
  tables.push(new Uint8Array(Float64Array.from(numbers).buffer));
  const addresses: number[] = [];
  let end = base;
  for (const table of tables) {
    addresses.push(end);
    end += Math.ceil(table.length / 64) * 64;
  }
  const bytes = new Uint8Array(end - base + SIZES.model);
  tables.forEach((table, i) => bytes.set(table, addresses[i] - base));
  const view = new DataView(bytes.buffer);
  [...addresses, symbols.length, stride].forEach((value, i) => view.setUint32(end - base + 4 * i, value, true));
  view.setFloat64(end - base + 88, cutoff, true);
  view.setFloat64(end - base + 96, 1, true);
  return { bytes, address: end, numbers: symbols.map((symbol) => atomicNumber(symbol) ?? 0), cutoff, stride };
}

interface WantedFactor {
  readonly view: number;
  readonly eta: number;
  readonly shift: number;
  /** Functions of triples use it. */
  readonly paired: boolean;
  /** Of its moments. */
  readonly degree: number;
  /** The sum of its unit vectors is needed. */
  readonly vector?: boolean;
}

/**
 * The distinct factors of a centre, each after the one whose exponential its own is a power of.
 * @returns the number of a factor, that of its vector, and how many of these there are
 */
function addFactors(
  wanted: readonly WantedFactor[],
  factors: Records,
): {
  readonly factorOf: (view: number, eta: number, shift: number) => number;
  readonly vectorOf: (factor: WantedFactor) => number;
  readonly vectors: number;
} {
  const numbers = new Map<string, number>();
  const vectorNumbers = new Map<number, number>();
  // Without an exponential there is no shift.
  const shiftOf = (eta: number, shift: number): number => (eta === 0 ? 0 : shift);
  const key = (view: number, eta: number, shift: number): string => `${view} ${eta} ${shiftOf(eta, shift)}`;
  for (const group of groupBy(wanted, ({ view, eta, shift }) => `${view} ${shiftOf(eta, shift)}`)) {
    const first = numbers.size;
    const byEta = groupBy(group, ({ eta }) => String(eta)).sort((a, b) => a[0].eta - b[0].eta);
    const etas = byEta.map(([{ eta }]) => eta);
    const bases = etas.map((eta, i) => findPower(etas, i, eta));
    byEta.forEach((members, i) => {
      const { view, eta, shift } = members[0];
      const { base, exponent } = bases[i];
      const needed = bases.some((other) => other.base === i);
      const paired = members.some((one) => one.paired);
      const degree = Math.max(...members.map((one) => one.degree));
      if (members.some((one) => one.vector === true)) vectorNumbers.set(numbers.size, vectorNumbers.size);
      const vector = vectorNumbers.get(numbers.size) ?? -1;
      numbers.set(key(view, eta, shift), numbers.size);
      factors.add(
        [eta, shift],
        [view, base < 0 ? -1 : first + base, exponent, needed ? 1 : 0, paired ? 1 : 0, degree, vector, 0],
      );
    });
  }
  const factorOf = (view: number, eta: number, shift: number): number => numbers.get(key(view, eta, shift)) ?? -1;
  return {
    factorOf,
    vectorOf: ({ view, eta, shift }) => vectorNumbers.get(factorOf(view, eta, shift)) ?? -1,
    vectors: vectorNumbers.size,
  };
}

/** One exponential for each η, smallest first, with its terms: two that differ in the sign of λ are one. */
function addExponentials(
  cosines: readonly Angular<Cosine>[],
  exponentials: Records,
  terms: Records,
): { readonly eta: number; readonly firstTerm: number; readonly count: number; readonly degree: number }[] {
  const byEta = groupBy(cosines, ({ form }) => String(form.eta)).sort((a, b) => a[0].form.eta - b[0].form.eta);
  const etas = byEta.map(([{ form }]) => form.eta);
  return byEta.map((members, i) => {
    const firstTerm = terms.count;
    let degree = 0;
    for (const group of groupBy(members, ({ form }) => `${Math.abs(form.lambda)} ${form.zeta}`)) {
      const { zeta } = group[0].form;
      const power = Number.isInteger(zeta) && zeta <= MAXIMUM_POWER ? zeta : 0;
      if (power <= MAXIMUM_DEGREE) degree = Math.max(degree, power);
      const scale = 2 ** (1 - zeta);
      // Functions that are equal, or have λ = 0, have a term each.
      for (let rest = group; rest.length > 0;) {
        const plus = rest[0];
        const { lambda } = plus.form;
        const minus = rest.find(({ form }) => form.lambda === -lambda && lambda !== 0);
        terms.add(
          [lambda, zeta, scale * plus.weight, scale * (minus?.weight ?? 0)],
          [power, plus.index, minus?.index ?? -1, 0],
        );
        rest = rest.filter((one) => one !== plus && one !== minus);
      }
    }
    const { base, exponent } = findPower(etas, i, etas[i]);
    const count = terms.count - firstTerm;
    exponentials.add([etas[i]], [base, exponent, firstTerm, count, degree, 0]);
    return { eta: etas[i], firstTerm, count, degree };
  });
}

/** Which earlier η this one is a small multiple of, if any. */
function findPower(etas: readonly number[], i: number, eta: number): { base: number; exponent: number } {
  for (let j = i - 1; j >= 0; j--) {
    const multiple = eta / etas[j];
    const exponent = Math.round(multiple);
    if (exponent >= 2 && exponent <= MAXIMUM_EXPONENT && Math.abs(multiple - exponent) < 1e-12 * exponent)
      return { base: j, exponent };
  }
  return { base: -1, exponent: 0 };
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
