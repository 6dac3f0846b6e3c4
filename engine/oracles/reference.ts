/**
 * Whether an oracle and the data speak of the same: it is asked for a structure whose energy and forces are known. Forces must agree; of
 * energies only differences mean something, so another zero is told, or taken off. eV, eV/Å.
 */
import type { LabelledStructure, Structure } from '../structure/structure';
import type { Answer } from './oracle';

/** eV/Å: root mean square difference of forces beyond what rounding in files and convergence of programs come to. */
const FORCES_DIFFER = 0.02;

export interface Comparison {
  /** The structure that was asked for; undefined if none has both labels. */
  readonly frame: LabelledStructure['source'] | undefined;
  /** Energy of the data minus that of the oracle, eV per atom. */
  readonly energy_offset: number | null;
  /** eV/Å */
  readonly force_rmse: number | null;
  /** What is to be added to the energies of the oracle, eV per atom. */
  readonly shift: number;
}

/**
 * @param set index into SETS of each structure: training structures are asked for
 * @param like the structures that are to be labelled have its atoms
 */
export async function compareWithData(
  structures: readonly LabelledStructure[],
  set: Uint8Array,
  like: Structure,
  zero: 'own' | 'data',
  ask: (structure: Structure) => Promise<Answer | { readonly failure: string } | 'stopped'>,
): Promise<Comparison | { readonly code: string; readonly failure: string } | 'stopped'> {
  const usable = structures.filter((one, s) => set[s] === 0 && one.energy !== undefined && one.forces !== undefined);
  const akin = usable.find((one) => compositionOf(one) === compositionOf(like));
  const one = akin ?? usable.at(0);
  if (zero === 'data' && akin === undefined)
    return {
      code: 'PD1104',
      failure:
        'no training structure with energy and forces has the composition of the one that is simulated: its zero of energy cannot be that of the data.',
    };
  if (one?.energy === undefined || one.forces === undefined)
    return { frame: undefined, energy_offset: null, force_rmse: null, shift: 0 };
  const answer = await ask(one);
  if (answer === 'stopped') return answer;
  const { file, frame } = one.source;
  if ('failure' in answer)
    return { code: 'AL001', failure: `it can't label frame ${frame} of ${file}: ${answer.failure}` };
  const { forces } = one;
  const squares = answer.forces.reduce((sum, force, c) => sum + (force - forces[c]) ** 2, 0);
  const force_rmse = Math.sqrt(squares / forces.length);
  if (force_rmse > FORCES_DIFFER)
    return {
      code: 'PD1104',
      failure: `its forces on frame ${frame} of ${file} differ by ${(1000 * force_rmse).toPrecision(3)} meV/Å from those of the data: it is another method, and one potential can't learn both.`,
    };
  const energy_offset = (one.energy - answer.energy) / one.numbers.length;
  return { frame: one.source, energy_offset, force_rmse, shift: zero === 'data' ? energy_offset : 0 };
}

/** Parts of the elements, the same for a structure and its supercell. */
function compositionOf({ numbers }: Structure): string {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([number, count]) => `${number}:${(count / numbers.length).toFixed(6)}`)
    .join(' ');
}
