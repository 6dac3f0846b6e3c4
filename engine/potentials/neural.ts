/**
 * The neural-network potential of Behler and Parrinello, Phys. Rev. Lett. 98, 146401 (2007):
 *
 *   E = Σᵢ [ b_{Zᵢ} + N_{Zᵢ}(Gᵢ) ]
 *
 * with one network per element, its inputs the scaled symmetry functions of the atom. Forces and virial are the exact
 * derivatives of this energy by the chain rule. Å, eV.
 */
import type { CutoffFunction } from '../../language/definition/definition';
import { atomicNumber, symbolOf } from '../../language/elements';
import { excessOf } from '../descriptors/extrapolation';
import type { DescriptorFunction } from '../descriptors/function-types';
import { applyScaling, type Scaling } from '../descriptors/scaling';
import { createWorkspace, evaluateAtom, prepareDescriptors } from '../descriptors/symmetry-functions';
import { buildNeighborList } from '../structure/neighbors';
import type { Structure } from '../structure/structure';
import { networkEnergy, type Network } from './network';
import type { Potential, Prediction } from './potential';
import { addPull } from './pull';

/** Everything about one element. */
export interface NeuralElement {
  readonly functions: readonly DescriptorFunction[];
  /** One offset and factor per function. */
  readonly scaling: Scaling;
  /** Its first size is the number of functions. */
  readonly network: Network;
  /** b in eV: the energy zero of an atom of this element. */
  readonly offset: number;
}

/** A whole neural-network potential as plain data. */
export interface NeuralDescription {
  /** By symbol. */
  readonly elements: Readonly<Record<string, NeuralElement>>;
  readonly cutoffFunction: CutoffFunction;
  /** The fraction α of each cutoff from which on the cutoff function falls; 0 ≤ α < 1. */
  readonly innerCutoff: number;
}

/**
 * @param elements by symbol; the functions in the order of the network's inputs
 * @param innerCutoff α of `cutoffShape`
 * @throws Error if a symbol is no element.
 */
export function createNeuralPotential(
  elements: Readonly<Record<string, NeuralElement>>,
  cutoffFunction: CutoffFunction,
  innerCutoff = 0,
): Potential {
  const plan = prepareDescriptors(
    Object.fromEntries(Object.entries(elements).map(([symbol, { functions }]) => [symbol, functions])),
    cutoffFunction,
    innerCutoff,
  );
  const models = new Map<number, NeuralElement & { inputs: Float64Array; gradient: Float64Array }>();
  for (const [symbol, element] of Object.entries(elements)) {
    const count = element.functions.length;
    models.set(atomicNumber(symbol) ?? 0, {
      ...element,
      inputs: new Float64Array(count),
      gradient: new Float64Array(count),
    });
  }
  const isRanged = Object.values(elements).every(({ scaling }) => scaling.range !== undefined);
  const workspace = createWorkspace();

  const predict = (structure: Structure): Prediction => {
    const { numbers } = structure;
    // A potential without a single function is a sum of constants; any small cutoff will do.
    const list = buildNeighborList(structure, plan.cutoff > 0 ? plan.cutoff : 1);
    const atomicEnergies = new Float64Array(numbers.length);
    const forces = new Float64Array(3 * numbers.length);
    const virial = new Float64Array(9);
    const outside = isRanged ? new Float64Array(numbers.length) : undefined;
    let energy = 0;
    for (let i = 0; i < numbers.length; i++) {
      const model = models.get(numbers[i]);
      if (model === undefined) throw new Error(`The potential doesn't know the element ${symbolOf(numbers[i])}.`);
      const { scaling, network, offset, inputs, gradient } = model;
      const count = evaluateAtom(plan, structure, list, i, workspace, true);
      if (outside !== undefined && scaling.range !== undefined) outside[i] = excessOf(scaling.range, workspace.values);
      applyScaling(scaling, workspace.values, inputs);
      atomicEnergies[i] = networkEnergy(network, inputs, gradient) + offset;
      energy += atomicEnergies[i];
      for (let s = 0; s < count; s++) gradient[s] *= scaling.factor[s];

      // dE_i/d(vector) of every entry of the row pulls at the neighbour and pushes the centre.
      for (let entry = list.offsets[i]; entry < list.offsets[i + 1]; entry++) {
        let gx = 0;
        let gy = 0;
        let gz = 0;
        let at = 3 * count * (entry - list.offsets[i]);
        for (let s = 0; s < count; s++, at += 3) {
          gx += gradient[s] * workspace.gradients[at];
          gy += gradient[s] * workspace.gradients[at + 1];
          gz += gradient[s] * workspace.gradients[at + 2];
        }
        addPull(forces, virial, i, list.indices[entry], list.vectors, 3 * entry, gx, gy, gz);
      }
    }
    return { energy, atomicEnergies, forces, virial, extrapolation: outside && (() => outside) };
  };

  const symbols = [...models.keys()].sort((a, b) => a - b).map(symbolOf);
  return { cutoff: plan.cutoff, elements: symbols, predict };
}
