/** Neurons that a training has driven into the flat ends of their activation. */
import { expect, test } from 'vitest';
import { createTraining } from '../../../engine/training/prepare';
import { saturatedNeurons } from '../../../engine/training/saturation';
import { labelled, setupOf, unwrap } from './samples';

const structures = labelled('H Li H Li', 20);

test('large biases saturate neurons, as many as have them; what has no flat ends never does', async () => {
  const training = unwrap(await createTraining(setupOf(structures)));
  expect(saturatedNeurons(training)).toEqual({ H: 0, Li: 0 });
  // Hidden layers of 6 and 5: biases of the first stand behind its weights.
  const [{ at, sizes }] = training.problem.layout.networks;
  const biases = at + sizes[0] * sizes[1];
  training.state.parameters.fill(20, biases, biases + 3);
  expect(saturatedNeurons(training)).toEqual({ H: 3 / 11, Li: 0 });

  const setup = setupOf(structures);
  const networks = Object.fromEntries(
    Object.entries(setup.potential.networks ?? {}).map(([symbol, { hidden }]) => [
      symbol,
      { hidden, activation: 'softplus' as const },
    ]),
  );
  const soft = unwrap(await createTraining({ ...setup, potential: { ...setup.potential, networks } }));
  soft.state.parameters.fill(20, biases, biases + 3);
  expect(saturatedNeurons(soft)).toEqual({ H: 0, Li: 0 });
});
