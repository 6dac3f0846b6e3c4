/** `nearsight expand FILE [POTENTIAL]`: the symmetry functions that the descriptor blocks stand for, in n2p2's order. */
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { describeExpansion } from '../../language/definition/expansion';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import { errorsOf, readDefinitionFile } from './definition-file';
import type { Output } from './output';

export const expandCommand = new Command('expand')
  .description('show the symmetry functions of a potential')
  .argument('<file>', '.potential file')
  .argument('[potential]', 'label of the potential; may be left out if there is one')
  .option(...JSON_OPTION)
  .action((file: string, label: string | undefined, options: CommonOptions) =>
    conclude(options, (output) => expand(file, label, output)),
  );

async function expand(file: string, label: string | undefined, output: Output): Promise<Outcome> {
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
  output.print(describeExpansion(found).trimEnd());
  return {
    exitCode: 0,
    result: {
      file,
      potential: found.name,
      identity: found.identity,
      elements: found.elements,
      symmetry_functions: found.symmetryFunctions,
    },
  };
}
