/**
 * Who answers for the energy and the forces of a structure. What an oracle says is looked at before it is believed: programs end with
 * exit code 0 and numbers that are none. eV, eV/Å.
 */
import type { Potential } from '../potentials/potential';
import type { Structure } from '../structure/structure';

export interface Answer {
  /** eV */
  readonly energy: number;
  /** eV/Å, 3N */
  readonly forces: Float64Array;
}

export interface Oracle {
  /**
   * Asks once.
   * @param stopped is asked from time to time; once it is true the answer is `stopped`
   * @returns the answer, or why there is none
   */
  ask(
    structure: Structure,
    stopped: () => Promise<boolean>,
  ): Promise<Answer | { readonly failure: string } | 'stopped'>;
}

/** Another potential; it knows the elements of the structure. */
export const createPotentialOracle = (potential: Potential): Oracle => ({
  ask: (structure) => {
    const { energy, forces } = potential.predict(structure);
    return Promise.resolve({ energy, forces });
  },
});

/** Asks until there is a good answer, `retries` times more than once at most. */
export async function askOracle(
  oracle: Oracle,
  structure: Structure,
  retries: number,
  stopped: () => Promise<boolean>,
  told: (failure: string) => void,
): Promise<Answer | { readonly failure: string } | 'stopped'> {
  let failure = '';
  for (let attempt = 0; attempt <= retries; attempt++) {
    const answer = await oracle.ask(structure, stopped);
    if (answer === 'stopped') return answer;
    if (!('failure' in answer)) {
      const bad = findFault(structure, answer);
      if (bad === undefined) return answer;
      failure = bad;
    } else failure = answer.failure;
    told(failure);
  }
  return { failure };
}

function findFault({ numbers }: Structure, { energy, forces }: Answer): string | undefined {
  if (!Number.isFinite(energy)) return 'the energy is no finite number';
  if (forces.length !== 3 * numbers.length)
    return `there are forces of ${forces.length / 3} atoms, not of ${numbers.length}`;
  return forces.every(Number.isFinite) ? undefined : 'a force is no finite number';
}
