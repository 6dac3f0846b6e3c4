/** The points of a parity plot as text: one line for each energy (eV/atom), force component (eV/Å) or stress component (eV/Å³). Pure. */
import { symbolOf } from '../../language/elements';
import { COMPONENTS, SETS, STRESS_COMPONENTS } from '../../protocol/parity';
import type { Parity } from '../../protocol/parity';

const LINES_AT_ONCE = 10_000;
const WHERE = ['file', 'frame', 'set', 'config_type', 'atoms'];

/** Their unit in the names of columns, and the columns that say which value of a structure it is. */
const COLUMNS = {
  energy: { unit: 'eV_per_atom', which: [] },
  force: { unit: 'eV_per_angstrom', which: ['atom', 'element', 'component'] },
  stress: { unit: 'eV_per_cubic_angstrom', which: ['component'] },
} as const;

/** A field of RFC 4180. */
const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Pieces of the file. @param rows those that are wanted, all if not given; others than there are have no line */
export function* pointsCsv(parity: Parity, quantity: keyof typeof COLUMNS, rows?: Int32Array): Generator<string> {
  const { structure, reference, predicted } = parity[quantity];
  const { unit, which } = COLUMNS[quantity];
  const spread = quantity === 'stress' ? undefined : parity[quantity].spread;
  const values = [`reference_${unit}`, `predicted_${unit}`, `error_${unit}`];
  yield `${[...WHERE, ...which, ...values, ...(spread ? [`committee_std_${unit}`] : [])].join(',')}\n`;
  let lines = '';
  const count = rows?.length ?? structure.length;
  for (let k = 0; k < count; k++) {
    const row = rows === undefined ? k : rows[k];
    if (!(row >= 0 && row < structure.length)) continue;
    const s = structure[row];
    const type = parity.structureConfigType[s];
    const fields = [
      quoted(parity.files[parity.structureFile[s]]),
      parity.structureFrame[s],
      SETS[parity.structureSet[s]],
      type < 0 ? '' : quoted(parity.configTypes[type]),
      parity.structureAtoms[s],
    ];
    if (quantity === 'force') {
      const { atom, element, component } = parity.force;
      fields.push(atom[row], element[row] === 0 ? '' : symbolOf(element[row]), COMPONENTS[component[row]]);
    } else if (quantity === 'stress') fields.push(STRESS_COMPONENTS[parity.stress.component[row]]);
    fields.push(reference[row], predicted[row], predicted[row] - reference[row]);
    if (spread) fields.push(spread[row]);
    lines += `${fields.join(',')}\n`;
    if (k % LINES_AT_ONCE === LINES_AT_ONCE - 1) {
      yield lines;
      lines = '';
    }
  }
  if (lines !== '') yield lines;
}
