/** `nearsight expand FILE [POTENTIAL]`: the symmetry functions that the descriptor blocks stand for, in n2p2's order. */
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import type { PotentialDefinition, TrainDefinition } from '../../language/definition/definition';
import { describeExpansion } from '../../language/definition/expansion';
import { chooseAutomatically } from '../training/automatic';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import { readDataset } from './dataset';
import { datasetOf, errorsOf, readDefinitionFile } from './definition-file';
import type { DefinitionFile } from './definition-file';
import type { Output } from './output';

export const expandCommand = new Command('expand')
  .description('show the symmetry functions of a potential')
  .argument('<file>', '.potential file')
  .argument('[potential]', 'label of the potential; may be left out if there is one')
  .option(
    '--data',
    'of automatic symmetry functions: choose them from the data of the training, and print the potential',
  )
  .option(...JSON_OPTION)
  .action((file: string, label: string | undefined, options: Options) =>
    conclude(options, (output) => expand(file, label, options, output)),
  );

interface Options extends CommonOptions {
  readonly data?: boolean;
}

async function expand(file: string, label: string | undefined, options: Options, output: Output): Promise<Outcome> {
  const read = await readDefinitionFile(file);
  if (!read.ok) return refuse(output, read.problems);
  const errors = errorsOf(read.value);
  if (errors.length > 0) return refuse(output, errors);
  const potentials = [...read.value.definition.potentials.values()];
  const found =
    label === undefined && potentials.length === 1 ? potentials[0] : potentials.find(({ name }) => name === label);
  if (found === undefined) {
    const labels = potentials.map(({ name }) => name).join(', ');
    const message = potentials.length === 0 ? 'The file has no `potential` block.' : `The potentials are: ${labels}.`;
    return refuse(output, [{ code: 'RN007', message, place: { file } }]);
  }
  const { load } = found.options;
  if (load !== undefined) {
    const message = `The potential ${found.name} is loaded: its symmetry functions stand in ${join(dirname(file), load)}.`;
    return refuse(output, [{ code: 'RN019', message, place: { file } }]);
  }
  if (found.automatic !== undefined && options.data === true) return expandFromData(read.value, found, output);
  output.print(describeExpansion(found).trimEnd());
  return { exitCode: 0, result: { file, ...resultOf(found), automatic: found.automatic !== undefined } };
}

const resultOf = ({ name, identity, elements, symmetryFunctions }: PotentialDefinition) => ({
  potential: name,
  identity,
  elements,
  symmetry_functions: symmetryFunctions,
});

/** The choice that the first training of the potential would make, as text that can take the place of the block. */
async function expandFromData(
  { file, path, definition }: DefinitionFile,
  potential: PotentialDefinition,
  output: Output,
): Promise<Outcome> {
  const training = definition.actions.find(
    (action): action is TrainDefinition => action.kind === 'train' && action.options.potential === potential.name,
  );
  if (training === undefined) {
    const message = `No \`train\` block names the potential ${potential.name}: its data decide which symmetry functions it gets.`;
    return refuse(output, [{ code: 'RN007', message, place: { file } }]);
  }
  const dataset = datasetOf(definition, training.options.dataset);
  const loaded = await readDataset(dataset, dirname(path), potential.elements, training.options.seed, output);
  if (!loaded.ok) return refuse(output, loaded.problems);
  const { structures, set } = loaded.value;
  const chosen = await chooseAutomatically(
    potential,
    structures.filter((_, s) => set[s] === 0),
  );
  if (!chosen.ok) return refuse(output, chosen.problems);
  if (chosen.value === undefined) throw new Error('a choice that nobody can stop was stopped');
  const { text, summary, potential: found } = chosen.value;
  output.print(`${summary.map((line) => `# ${line}`).join('\n')}\n${text.trimEnd()}`);
  return { exitCode: 0, result: { file, ...resultOf(found), automatic: true, text, summary } };
}
