/** Neurons that a training has driven into the flat ends of their activation: they say the same of nearly every atom. */
import type { Activation } from '../../language/definition/definition';
import { traceEnergy, traceLength } from '../potentials/network';
import { viewNetworks } from './loss';
import { finalParameters } from './result';
import type { Training } from './training';

/** The steepest slope of activations that are flat at both ends: others don't saturate. */
const STEEPEST: Partial<Record<Activation, number>> = { tanh: 1, logistic: 0.25 };
/** Of it, where a neuron counts as saturated: beyond ±2.2 of tanh. */
const FLAT = 0.05;
/** Of the atoms, for which a neuron must be saturated to count. */
const NEARLY_ALL = 0.9;
/** How much is looked at: structures spread over the training set, and of each element so many atoms. */
const SAMPLED_STRUCTURES = 200;
const SAMPLED_ATOMS = 5000;

/** By symbol: hidden neurons that are saturated for nearly all atoms of the training set, in fractions of all hidden neurons. */
export function saturatedNeurons(training: Training): Readonly<Record<string, number>> {
  const { setup, problem, members } = training;
  const stride = Math.ceil(members.train.length / SAMPLED_STRUCTURES);
  const sample = members.train.filter((_, k) => k % stride === 0);
  const networks = viewNetworks(problem.layout, finalParameters(training));
  const fractions = setup.potential.elements.map((symbol, e): readonly [string, number] => {
    const network = networks[e];
    const steepest = STEEPEST[network.activation];
    const hidden = network.sizes.slice(1, -1);
    const nodes = hidden.reduce((sum, n) => sum + n, 0);
    if (steepest === undefined || nodes === 0) return [symbol, 0];
    const trace = new Float64Array(traceLength(network.sizes));
    const flat = new Uint32Array(nodes);
    let atoms = 0;
    for (const s of sample) {
      const { elements, values, valuesAt } = problem.samples[s].inputs;
      for (let i = 0; i < elements.length && atoms < SAMPLED_ATOMS; i++) {
        if (elements[i] !== e) continue;
        atoms++;
        traceEnergy(network, values, valuesAt[i], trace, 0);
        let [at, node] = [0, 0];
        for (const n of hidden) {
          // The slopes stand behind the values.
          for (let k = 0; k < n; k++, node++) if (trace[at + n + k] < FLAT * steepest) flat[node]++;
          at += 4 * n;
        }
      }
    }
    return [symbol, flat.filter((count) => atoms > 0 && count >= NEARLY_ALL * atoms).length / nodes];
  });
  return Object.fromEntries(fractions);
}
