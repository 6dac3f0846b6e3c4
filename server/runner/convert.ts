/** nearsight/convert: an open `input.nn` as a `.potential` file, or the way back; asks for what it can't know. */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { potentialToInput } from '../../language/runner/from-potential';
import { inputToPotential, namedUnits, type ConversionOptions } from '../../language/runner/to-potential';
import { units as unitsBlock } from '../../language/schema/blocks/dataset';
import type { ConvertParameters, ConvertResult } from '../../protocol/requests';
import { INPUT_LANGUAGE } from './analysis';

type Units = ConversionOptions['units'];

export function convertDocument(
  document: TextDocument,
  isInput: boolean,
  { units, potential }: Pick<ConvertParameters, 'units' | 'potential'>,
): ConvertResult {
  const text = document.getText();
  const given = units === undefined ? undefined : UNITS.find(({ length, energy }) => units === `${length},${energy}`);
  const notesOf = (notes: readonly { readonly message: string }[]): string[] => notes.map(({ message }) => message);
  if (isInput) {
    const named = { ...namedUnits(text), ...given };
    const { length, energy } = named;
    if (length === undefined || energy === undefined)
      return {
        kind: 'units',
        choices: UNITS.filter((choice) => (length ?? choice.length) === choice.length).map(
          (choice) => `${choice.length},${choice.energy}`,
        ),
      };
    const { text: converted, notes } = inputToPotential(text, {
      units: { length, energy },
      name: nameOf(document.uri),
    });
    return { kind: 'text', text: converted, language: 'potential', notes: notesOf(notes) };
  }
  const converted = potentialToInput(text, {
    ...(given !== undefined && { units: given }),
    ...(potential !== undefined && { potential }),
  });
  if (converted.ok)
    return { kind: 'text', text: converted.text, language: INPUT_LANGUAGE, notes: notesOf(converted.notes) };
  if (potential === undefined && converted.potentials.length > 1)
    return { kind: 'potential', choices: converted.potentials };
  return { kind: 'refused', message: converted.problems[0].message };
}

const { length: lengths, energy: energies } = unitsBlock.attributes;
const ALL: readonly Units[] = (Object.keys(lengths.values) as Units['length'][]).flatMap((length) =>
  (Object.keys(energies.values) as Units['energy'][]).map((energy) => ({ length, energy })),
);
const USUAL: readonly Units[] = [
  { length: 'bohr', energy: 'hartree' },
  { length: 'angstrom', energy: 'eV' },
];
const isUsual = ({ length, energy }: Units): boolean =>
  USUAL.some((units) => units.length === length && units.energy === energy);
/** Those of most files first. */
const UNITS: readonly Units[] = [...USUAL, ...ALL.filter((units) => !isUsual(units))];

/** The folder of an input.nn says more than its name. */
function nameOf(uri: string): string {
  const parts = uri
    .replace(/^[\w-]+:/, '')
    .split('/')
    .filter((part) => part !== '');
  const own = parts.at(-1)?.replace(/\..*$/, '') ?? '';
  return (own === 'input' || own === '' ? parts.at(-2) : own) ?? 'imported';
}
