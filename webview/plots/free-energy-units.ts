/** How potentials of mean force are shown: units that people give free energies in, angles in degrees. Pure. */
import type { Coordinate } from '../../protocol/pmf';

export const ENERGY_UNITS = ['eV', 'kcal/mol', 'kJ/mol'] as const;
export type EnergyUnit = (typeof ENERGY_UNITS)[number];

/** kJ/mol in an eV: elementary charge times Avogadro's constant, both exact. */
const KILOJOULE_PER_MOLE = 1.602176634e-19 * 6.02214076e23 * 1e-3;

/** What a number in eV is multiplied with. */
export const PER_ELECTRONVOLT: Readonly<Record<EnergyUnit, number>> = {
  eV: 1,
  'kcal/mol': KILOJOULE_PER_MOLE / 4.184,
  'kJ/mol': KILOJOULE_PER_MOLE,
};

/** Unit of a coordinate for people, and what its values are multiplied with. */
export const shownUnit = ({ unit }: Pick<Coordinate, 'unit'>): { readonly unit: string; readonly scale: number } =>
  unit === 'rad' ? { unit: '°', scale: 180 / Math.PI } : { unit, scale: 1 };

/** `distance (Å)` */
export const coordinateLabel = ({ name, unit }: Coordinate): string => {
  const shown = shownUnit({ unit }).unit;
  return shown === '' ? name : `${name} (${shown})`;
};
