// The editor's side of a panel, for tests in a bare browser: `acquireVsCodeApi`, frames read from extended XYZ, synthetic
// parity. esbuild bundles it; it runs before the webview's own script. Everything it saw stands in `window.host`.
import { freeEnergyOf } from '../../engine/sampling/free-energy';
import { measureAtoms } from '../../engine/structure/chain';
import { encodeParity } from '../../protocol/parity';
import { encodePmf } from '../../protocol/pmf';
import { atomicNumber } from '../../language/elements';

const host = {
  /** Notifications and requests from the webview, in order. */
  received: [],
  state: undefined,
  frames: [],
  /** Milliseconds before a frame is answered. */
  delay: 0,
  structures: undefined,
  /** Whether the person wants a film. */
  savesFilms: true,
  /** Frames are wanted once each, and need not be cloned. */
  givesAway: false,
  violations: [],
  /** The canvas context of a PNG, to read its pixels. */
  async decode(base64) {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    return context;
  },
};
window.host = host;

document.addEventListener('securitypolicyviolation', (event) =>
  host.violations.push(`${event.violatedDirective}: ${event.blockedURI}`),
);

/** The buffers of the typed arrays in a message. */
const buffersOf = (value) =>
  ArrayBuffer.isView(value)
    ? [value.buffer]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(buffersOf)
      : [];

// The editor's messages arrive as clones, whose buffers it hands over.
const post = (message) => {
  const copy = host.givesAway ? message : structuredClone(message);
  window.postMessage(copy, '*', [...new Set(buffersOf(copy))]);
};
host.notify = (method, parameters) => post({ kind: 'notification', method, parameters });

const stored = sessionStorage.getItem('state');
if (stored !== null) host.state = JSON.parse(stored);

window.acquireVsCodeApi = () => ({
  getState: () => host.state,
  setState: (state) => {
    host.state = state;
    sessionStorage.setItem('state', JSON.stringify(state));
  },
  postMessage: (message) => {
    if (message.kind === 'cancel') return;
    const { kind, method, parameters, id } = message;
    host.received.push({ kind, method, parameters });
    if (kind !== 'request') return;
    if (method === 'series') {
      const values = {};
      const frames = host.frames.slice(parameters.from);
      for (const key of ['energy', 'time']) values[key] = Float64Array.from(frames, (frame) => frame?.info[key] ?? NaN);
      if (parameters.atoms !== undefined) {
        const measure = (frame) => measureAtoms(frame, parameters.atoms) ?? NaN;
        values['selected atoms'] = Float64Array.from(frames, measure);
      }
      post({ kind: 'result', id, result: { frames: frames.length, values } });
      return;
    }
    if (method === 'saveFilm') {
      post({ kind: 'result', id, result: { saved: host.savesFilms } });
      return;
    }
    if (method === 'window') {
      const { values } = host.windows[parameters.window];
      post({ kind: 'result', id, result: { time: values.map((_, i) => 5 * i), value: values } });
      return;
    }
    const index = method === 'frame' ? parameters.index : parameters.frame;
    const frame = host.frames[index % host.frames.length];
    setTimeout(
      () =>
        post(
          frame === undefined
            ? { kind: 'error', id, message: `there is no frame ${index}` }
            : { kind: 'result', id, result: frame },
        ),
      host.delay,
    );
  },
});

/** Enough of extended XYZ for the files of this project. */
function parseFrames(text) {
  const lines = text.split('\n');
  const frames = [];
  for (let at = 0; at < lines.length && lines[at].trim() !== '';) {
    const count = Number(lines[at]);
    const info = {};
    for (const [, key, quoted, bare] of lines[at + 1].matchAll(/([\w]+)=(?:"([^"]*)"|(\S+))/g))
      info[key] = quoted ?? bare;
    const numbers = new Uint8Array(count);
    const positions = new Float32Array(3 * count);
    const forces = new Float32Array(3 * count);
    for (let i = 0; i < count; i++) {
      const [symbol, ...values] = lines[at + 2 + i].trim().split(/\s+/);
      numbers[i] = atomicNumber(symbol);
      positions.set(values.slice(0, 3).map(Number), 3 * i);
      forces.set(values.slice(3, 6).map(Number), 3 * i);
    }
    const cell = info.Lattice === undefined ? undefined : Float64Array.from(info.Lattice.split(' '), Number);
    const periodic = (info.pbc ?? (cell === undefined ? 'F F F' : 'T T T')).split(' ').map((each) => each === 'T');
    const rest = { energy: Number(info.energy), time: frames.length * 0.5, config_type: info.config_type };
    frames.push({ numbers, positions, cell, periodic, columns: { forces: { width: 3, values: forces } }, info: rest });
    at += count + 2;
  }
  return frames;
}

host.load = async (path) => {
  host.frames = parseFrames(await (await fetch(path)).text());
  return host.frames.length;
};

/** n³ copies of a periodic frame. */
host.repeat = (frame, n) => {
  const count = frame.numbers.length;
  const total = count * n ** 3;
  const numbers = new Uint8Array(total);
  const positions = new Float32Array(3 * total);
  const forces = new Float32Array(3 * total);
  const source = frame.columns.forces.values;
  let at = 0;
  for (let a = 0; a < n; a++)
    for (let b = 0; b < n; b++)
      for (let c = 0; c < n; c++)
        for (let i = 0; i < count; i++, at++) {
          numbers[at] = frame.numbers[i];
          for (let k = 0; k < 3; k++) {
            positions[3 * at + k] =
              frame.positions[3 * i + k] + a * frame.cell[k] + b * frame.cell[3 + k] + c * frame.cell[6 + k];
            forces[3 * at + k] = source[3 * i + k];
          }
        }
  return {
    ...frame,
    numbers,
    positions,
    cell: frame.cell.map((x) => x * n),
    columns: { forces: { width: 3, values: forces } },
  };
};

let seed = 1;
const random = () => {
  seed = (seed * 1664525 + 1013904223) >>> 0;
  return (seed + 0.5) / 2 ** 32;
};
const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());

/** At 300 K, eV. */
const KT = 8.617333e-5 * 300;
/** Samples of windows along a double well of 0.25 eV between −1 and 1 Å, and the profile that the engine makes of them. */
host.pmf = ({ centers, force_constant = 3, samples = 2000, unit = 'Å' } = {}) => {
  const scale = unit === 'rad' ? 1.5 : 1;
  const grid = Array.from({ length: 4001 }, (_, k) => -1.8 + k * 9e-4);
  const places = centers ?? Array.from({ length: 15 }, (_, k) => -1.4 + 0.2 * k);
  host.windows = places.map((center) => {
    let sum = 0;
    const cumulative = grid.map((x) => {
      const energy = 0.25 * (x * x - 1) ** 2 + 0.5 * force_constant * (x - center) ** 2;
      return (sum += Math.exp(-energy / KT));
    });
    const draw = () => {
      const wanted = random() * sum;
      let [low, high] = [0, grid.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (cumulative[middle] < wanted) low = middle + 1;
        else high = middle;
      }
      return scale * (grid[low] + 9e-4 * random());
    };
    const values = Float64Array.from({ length: samples }, draw);
    return { center: scale * center, forceConstant: force_constant / scale ** 2, values };
  });
  const name = unit === 'rad' ? 'dihedral' : 'difference';
  const { pmf } = freeEnergyOf(host.windows, { coordinate: { name, unit, periodic: false }, temperature: 300 });
  return encodePmf(pmf);
};

/** Three rounds of an exploration: walks that end where the committee disagrees, labels, trainings, a fourth walk. */
host.exploration = () => {
  const walk = (round, from, to) =>
    Array.from({ length: (to - from) / 50 }, (_, k) => ({
      ...host.steps(1)[0],
      t: 1000 * round,
      step: from + 50 * k,
      steps: 10_000,
      time: 0.5 * (from + 50 * k),
      disagreement: 0.05 * Math.exp(0.5 * normal()),
    }));
  const ends = [200, 650, 2400, 4000];
  const rounds = [0.24, 1.3, 0.19].flatMap((disagreement, k) => {
    const round = k + 1;
    const rejected = disagreement > 1;
    const labels = Array.from({ length: 4 }, (_, i) => ({
      type: 'label',
      t: 1000 * round + 1,
      round,
      frame: 4 * k + i,
      energy_error: 0.002 * normal(),
      force_rmse: 0.12 / round + 0.01 * random(),
      seconds: 1.5,
    }));
    return [
      ...walk(round, k === 0 ? 0 : ends[k - 1], ends[k]),
      { type: 'flag', t: 1000 * round, round, step: ends[k], atom: 3 + k, disagreement, rejected },
      ...labels,
      {
        type: 'round',
        t: 1000 * round + 2,
        round,
        rounds: 20,
        step: ends[k],
        steps: 10_000,
        candidates: 4 * round,
        labelled: 4 * round,
        rejected: Number(k > 0),
        quarantined: 0,
        accepted: k !== 1,
        test_force_rmse: 0.08 - 0.01 * k,
      },
    ];
  });
  return [...rounds, ...walk(4, ends[2], ends[3])];
};

/** The sixth window of fifteen that is visited, as it goes on. */
host.windowEvents = () =>
  ['equilibration', 'sampling'].flatMap((phase, p) =>
    Array.from({ length: 60 }, (_, k) => ({
      type: 'window',
      t: 0,
      window: 11,
      windows: 15,
      visited: 5,
      center: 0.6,
      unit: 'Å',
      phase,
      step: 100 * (k + 1),
      steps: 10_000,
      value: 0.6 - 0.2 * (1 - p) * Math.exp(-k / 15) + 0.06 * normal(),
      potential_energy: -10 + 0.1 * normal(),
      temperature: 300 + 20 * normal(),
      elapsed: 300 + k + 60 * p,
      remaining: 540 - k - 60 * p,
    })),
  );

/** Parity of the loaded frames (their labels as reference, with noise as prediction), repeated up to `rows` forces. */
host.parity = (rows, { energyNoise = 0.0015, forceNoise = 0.06, committee = false, stresses = false } = {}) => {
  const perFrame = host.frames[0].numbers.length * 3;
  const structures = Math.max(1, Math.ceil(rows / perFrame));
  const forceRows = structures * perFrame;
  const parity = {
    files: ['/data/ethanol.xyz'],
    structureFile: new Int32Array(structures),
    structureFrame: new Int32Array(structures),
    structureAtoms: new Int32Array(structures),
    structureSet: new Uint8Array(structures),
    configTypes: ['liquid', 'gas'],
    structureConfigType: new Int32Array(structures),
    energy: {
      structure: new Int32Array(structures),
      reference: new Float64Array(structures),
      predicted: new Float64Array(structures),
    },
    force: {
      structure: new Int32Array(forceRows),
      atom: new Int32Array(forceRows),
      element: new Uint8Array(forceRows),
      component: new Uint8Array(forceRows),
      reference: new Float64Array(forceRows),
      predicted: new Float64Array(forceRows),
    },
    stress: {
      structure: new Int32Array(0),
      component: new Uint8Array(0),
      reference: new Float64Array(0),
      predicted: new Float64Array(0),
    },
  };
  let row = 0;
  for (let s = 0; s < structures; s++) {
    const frame = host.frames[s % host.frames.length];
    parity.structureFrame[s] = s % host.frames.length;
    parity.structureAtoms[s] = frame.numbers.length;
    parity.structureSet[s] = s % 5 === 4 ? 1 : 0;
    parity.structureConfigType[s] = s % 2;
    const widen = parity.structureSet[s] === 1 ? 1.4 : 1;
    const energy = frame.info.energy / frame.numbers.length;
    parity.energy.structure[s] = s;
    parity.energy.reference[s] = energy;
    parity.energy.predicted[s] = energy + energyNoise * widen * normal();
    for (let k = 0; k < perFrame; k++, row++) {
      const reference = frame.columns.forces.values[k];
      parity.force.structure[row] = s;
      parity.force.atom[row] = Math.floor(k / 3);
      parity.force.element[row] = frame.numbers[Math.floor(k / 3)];
      parity.force.component[row] = k % 3;
      parity.force.reference[row] = reference;
      parity.force.predicted[row] = reference + forceNoise * widen * (1 + 0.15 * Math.abs(reference)) * normal();
    }
  }
  // What a committee would say that knows errors to two thirds of their size.
  const spreadOf = ({ reference }, noise) => reference.map((value) => (noise / 1.5) * (1 + 0.15 * Math.abs(value)));
  if (committee) {
    parity.energy.spread = spreadOf(parity.energy, energyNoise / 6);
    parity.force.spread = spreadOf(parity.force, forceNoise);
  }
  if (stresses) {
    const count = 6 * structures;
    const reference = Float64Array.from({ length: count }, () => 0.02 * normal());
    parity.stress = {
      structure: Int32Array.from({ length: count }, (_, k) => Math.floor(k / 6)),
      component: Uint8Array.from({ length: count }, (_, k) => k % 6),
      reference,
      predicted: reference.map((value) => value + 0.001 * normal()),
    };
  }
  host.lastParity = parity;
  return encodeParity(parity);
};

/** What a training of `epochs` would have written after epochs `from` to `to`; `floor` is where it ends. */
host.epochs = (from, to, epochs, floor = 0.012) =>
  Array.from({ length: to - from }, (_, k) => {
    const epoch = from + k + 1;
    const decay = Math.exp(-epoch / 60) + floor + 0.0015 * normal();
    const point = (scale, gap) => ({
      train: scale * decay,
      validation: null,
      test: scale * (decay * (1 + gap) + 0.004),
    });
    return {
      t: 1.7e12 + epoch * 900,
      type: 'epoch',
      epoch,
      epochs,
      elapsed: epoch * 0.9,
      learning_rate: 1e-3,
      loss: point(0.8, 0.12),
      energy_rmse: point(0.05, 0.2),
      force_rmse: point(1.2, 0.15),
      ...(host.withStress && { stress_rmse: point(0.01, 0.2) }),
    };
  });

host.steps = (count) =>
  Array.from({ length: count }, (_, k) => {
    const kinetic = 0.35 + 0.08 * Math.sin(k / 9) + 0.02 * normal();
    return {
      t: 1.7e12 + k * 20,
      type: 'step',
      step: k * 10,
      steps: count * 10,
      elapsed: k * 0.02,
      time: k * 5,
      potential_energy: -309.9 + 0.35 - kinetic,
      kinetic_energy: kinetic,
      conserved: -309.55 + 0.0004 * normal() + 1e-6 * k,
      temperature: kinetic / (1.5 * 9 * 8.617e-5),
    };
  });

host.manifest = (kind, changes = {}) => ({
  format: 1,
  kind,
  label: kind === 'md' ? 'warm' : 'ethanol',
  file: '/home/ada/examples/ethanol/ethanol.potential',
  definition_sha256: 'c0ffee',
  data: [{ file: '/data/ethanol.xyz', sha256: 'beef', frames: 500 }],
  identity: '5f3a9c1e',
  seed: 1,
  versions: { nearsight: '0.1.0', node: 'v20' },
  host: 'here',
  pid: 1,
  process_started: '1',
  state: 'running',
  started: '2026-01-01T12:00:00Z',
  resumed: 0,
  ...changes,
});

host.summary = (scale) => ({
  structures: 400,
  atoms: 3600,
  energy_rmse: 0.0016 * scale,
  energy_mae: 0.0012 * scale,
  force_rmse: 0.071 * scale,
  force_mae: 0.049 * scale,
  force_max_error: 0.62 * scale,
  energy_r2: 0.998,
  force_r2: 0.9987,
});
