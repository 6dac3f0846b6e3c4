/** `--units LENGTH,ENERGY`: of files that have none of their own. */
import type { DatasetDefinition } from '../../language/definition/definition';
import { units as vocabulary } from '../../language/schema/blocks/dataset';
import { fail, ok, type Result } from '../../protocol/result';

export const UNITS_OPTION = [
  '--units <length,energy>',
  'units of files that have none of their own (n2p2), e.g. bohr,hartree; without it angstrom,eV',
] as const;

export function parseUnits(text: string | undefined): Result<DatasetDefinition['units']> {
  if (text === undefined) return ok(undefined);
  const [length, energy, ...rest] = text.split(',').map((part) => part.trim());
  const lengths = vocabulary.attributes.length.values;
  const energies = vocabulary.attributes.energy.values;
  const known = <T extends string>(values: Record<T, string>, name: string): name is T => Object.hasOwn(values, name);
  if (rest.length === 0 && known(lengths, length) && known(energies, energy)) return ok({ length, energy });
  const message = `--units takes a length (${Object.keys(lengths).join(', ')}) and an energy (${Object.keys(energies).join(', ')}) with a comma between them.`;
  return fail({ code: 'RN014', message });
}
