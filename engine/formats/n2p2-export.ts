/**
 * Writes potentials as folders for n2p2, RuNNer and LAMMPS (`pair_style hdnnp`): the same energies there as here. Numbers are
 * written so that reading gives the same float64; in other units than Å and eV they are converted first, which costs the
 * last bit.
 *
 * What n2p2 can't say is said another way: (G − offset) · factor is its scaling by sigma, hidden layers that are larger for
 * one element are filled up with nodes that do nothing for the others (`element_nodes_short` doesn't work). Units stand in
 * the weights of the last layer; n2p2's normalization isn't used.
 */
import { atomicNumber } from '../../language/elements';
import { fail, ok, type Result } from '../../protocol/result';
import { isN2p2Function, type N2p2Function } from '../descriptors/function-types';
import { layersOf, type Layer, type LayerActivation } from '../potentials/network';
import type { NeuralDescription } from '../potentials/neural';
import type { UnitFactors } from './n2p2-data';
import { compareN2p2 } from './n2p2-order';
import { ACTIVATIONS, CUTOFF_FUNCTIONS, weightsName } from './n2p2-potential';

/** As sigma: its inverse is as good as 0. */
const ENDLESS = 1e300;

/**
 * The files of a folder by name.
 * @param title one line, for the first line of input.nn
 * @returns problem NN097 if n2p2 can't have such a potential
 */
export function exportN2p2(
  { elements, cutoffFunction, innerCutoff }: NeuralDescription,
  units: UnitFactors,
  title: string,
): Result<ReadonlyMap<string, string>> {
  const impossible = (message: string): Result<never> => fail({ code: 'NN097', message });
  const symbols = Object.keys(elements).sort((a, b) => (atomicNumber(a) ?? 0) - (atomicNumber(b) ?? 0));
  const layers = symbols.map((symbol) => layersOf(elements[symbol].network));
  const activations = layers[0].map(({ activation }) => activation);
  for (const [e, own] of layers.entries()) {
    if (elements[symbols[e]].functions.length === 0)
      return impossible(`${symbols[e]} has no symmetry functions: n2p2 has no network without inputs.`);
    if (!elements[symbols[e]].functions.every(isN2p2Function))
      return impossible(`${symbols[e]} has chiral symmetry functions, which n2p2 hasn't.`);
    if (own.length !== activations.length || own.some(({ activation }, i) => activation !== activations[i]))
      return impossible(
        `The networks of ${symbols[0]} and ${symbols[e]} differ in depth or activations, which n2p2 can't have.`,
      );
  }
  const widths = activations.map((_, i) => layers.reduce((most, own) => Math.max(most, own[i].outputs), 0));
  const files = new Map<string, string>();
  const settings = [
    `# ${title.replace(/[^\x20-\x7e]+/g, ' ').replace(/[#!]/g, ' ')}`,
    `number_of_elements ${symbols.length}`,
    `elements ${symbols.join(' ')}`,
    ...symbols.map((symbol) => `atom_energy ${symbol} ${elements[symbol].offset / units.energy}`),
    `cutoff_type ${CUTOFF_FUNCTIONS.indexOf(cutoffFunction)} ${innerCutoff}`,
    'scale_symmetry_functions_sigma',
    'scale_min_short 0',
    'scale_max_short 1',
    `global_hidden_layers_short ${activations.length - 1}`,
    ...(activations.length > 1 ? [`global_nodes_short ${widths.slice(0, -1).join(' ')}`] : []),
    `global_activation_short ${activations.map(letterOf).join(' ')}`,
  ];
  const statistics = ['# element function min max mean sigma'];
  for (const [e, symbol] of symbols.entries()) {
    const { functions, scaling } = elements[symbol];
    const converted = functions.filter(isN2p2Function).map((one) => writtenNumbers(one, units.length));
    const order = [...functions.keys()].sort((a, b) => compareN2p2(converted[a], converted[b]));
    for (const [position, s] of order.entries()) {
      settings.push(`symfunction_short ${words(converted[s]).join(' ')}`);
      const factor = scaling.factor[s];
      const sigma = factor === 0 ? ENDLESS : 1 / factor;
      const mean = scaling.offset[s];
      // What range the training had isn't known here: so wide that n2p2 never warns of extrapolation.
      statistics.push(`${e + 1} ${position + 1} ${mean - 1e6} ${mean + 1e6} ${mean} ${sigma}`);
    }
    files.set(weightsName(symbol), weights(layers[e], widths, order, 1 / units.energy));
  }
  files.set('input.nn', `${settings.join('\n')}\n`);
  files.set('scaling.data', `${statistics.join('\n')}\n`);
  return ok(files);
}

function letterOf(activation: LayerActivation): string {
  return Object.keys(ACTIVATIONS).find((letter) => ACTIVATIONS[letter] === activation) ?? 'l';
}

/** The function in the units of the file, angles in degrees: the numbers that n2p2 will read and sort by. */
function writtenNumbers(one: N2p2Function, length: number): N2p2Function {
  const cutoff = one.cutoff / length;
  if ('eta' in one) return { ...one, cutoff, eta: one.eta * length * length, shift: one.shift / length };
  const inner = one.inner / length;
  if (!('angles' in one)) return { ...one, cutoff, inner };
  const [left, right] = one.angles;
  return { ...one, cutoff, inner, angles: writtenAngles((left * 180) / Math.PI, (right * 180) / Math.PI) };
}

/** Around 0 or 180 degrees n2p2 demands ends that are exactly as far from it. */
function writtenAngles(left: number, right: number): readonly [number, number] {
  const rounded = [left, right].map((angle) => {
    const whole = Number(angle.toPrecision(14));
    return (whole * Math.PI) / 180 === (angle * Math.PI) / 180 ? whole : angle;
  });
  if (left < 0) return [-rounded[1], rounded[1]];
  if (right > 180) return [rounded[0], 360 - rounded[0]];
  return [rounded[0], rounded[1]];
}

/** The arguments of symfunction_short. */
function words(one: N2p2Function): readonly (string | number)[] {
  const { center, type, cutoff } = one;
  const neighbors = 'neighbor' in one ? [one.neighbor] : 'neighbors' in one ? one.neighbors : [];
  if ('inner' in one) {
    const { kernel, asymmetric } = one.shape;
    const shape = kernel === 'exp' ? 'e' : `p${kernel.slice(4)}${asymmetric ? 'a' : ''}`;
    return [center, type, ...neighbors, one.inner, cutoff, ...('angles' in one ? one.angles : []), shape];
  }
  const { eta, shift } = one;
  if (!('lambda' in one)) return [center, type, ...neighbors, eta, shift, cutoff];
  // Where the shift stands differs.
  if (one.type === 13) return [center, type, eta, shift, one.lambda, one.zeta, cutoff];
  return [center, type, ...neighbors, eta, one.lambda, one.zeta, cutoff, shift];
}

/** @param order of the inputs @param factor from eV to the unit of the file */
function weights(
  layers: readonly Layer[],
  widths: readonly number[],
  order: readonly number[],
  factor: number,
): string {
  const lines = ['# value kind number layer node [layer node]'];
  let number = 0;
  layers.forEach(({ inputs, outputs, weights, biases }, i) => {
    const scale = i === layers.length - 1 ? factor : 1;
    const sources = i === 0 ? order : Array.from({ length: widths[i - 1] }, (_, j) => j);
    sources.forEach((source, j) => {
      for (let k = 0; k < widths[i]; k++) {
        const value = source < inputs && k < outputs ? weights[source * outputs + k] * scale : 0;
        lines.push(`${value} a ${++number} ${i} ${j + 1} ${i + 1} ${k + 1}`);
      }
    });
    for (let k = 0; k < widths[i]; k++)
      lines.push(`${k < outputs ? biases[k] * scale : 0} b ${++number} ${i + 1} ${k + 1}`);
  });
  return `${lines.join('\n')}\n`;
}
