/** The training backend `tensorflow`: losses and gradients from the differentiable program. */
import { fail, ok } from '../../../protocol/result';
import type { BackendProvider } from '../backend';
import type { Problem } from '../loss';
import type { LoadedTensorFlow } from './load';
import { createProgram, jacobianBytes, type Program } from './program';

/** Memory of ∂x/∂r of one structure. tfjs has 4 GiB in all, and its products need a copy. */
const MAXIMUM_BYTES = 2 ** 30;

/** @returns problem TR008 if the derivatives of a structure don't fit, or the loss has terms that the program hasn't */
export function createTensorFlowBackend({ tf, device }: LoadedTensorFlow): BackendProvider {
  const programs: Program[] = [];
  return {
    create(problem) {
      const obstacle = findObstacle(problem);
      if (obstacle !== undefined) return fail({ code: 'TR008', message: obstacle });
      const program = createProgram(tf, problem.layout, problem.functionsOf);
      programs.push(program);
      return ok({
        name: backendName(device),
        evaluate(parameters, indices, factors, sums, gradient) {
          const samples = Array.from(indices, (s) => {
            const sample = problem.samples[s];
            return { sample, derivatives: sample.forces === undefined ? undefined : problem.derivatives(s) };
          });
          program.evaluate(parameters, samples, factors, sums, gradient);
        },
      });
    },
    dispose: () => programs.forEach((program) => program.dispose()),
  };
}

export const backendName = (device: LoadedTensorFlow['device']): string => `tensorflow ${device}`;

function findObstacle({ samples }: Problem): string | undefined {
  const isPlain = samples.every(({ virial, factors }) => {
    return virial === undefined && factors.energy === 1 && factors.force === 1;
  });
  if (!isPlain)
    return 'The backend tensorflow has no stress term and no factors of config_types: train with backend = native.';
  let [largest, atoms] = [0, 0];
  for (const { inputs, forces } of samples) {
    const bytes = forces === undefined ? 0 : jacobianBytes(inputs);
    if (bytes > largest) [largest, atoms] = [bytes, inputs.elements.length];
  }
  if (largest <= MAXIMUM_BYTES) return undefined;
  return `The backend tensorflow keeps the derivatives of a structure by all its positions at once: of the one with ${atoms} atoms that is ${(largest / 2 ** 30).toFixed(1)} GiB, of which it takes one. Train with backend = native.`;
}
