import { expect, test } from 'vitest';
import { units } from '../../../language/schema/blocks/dataset';
import { ENERGY_UNITS, LENGTH_UNITS, unitOfColumn, unitOfValue } from '../../../protocol/units';

test('a file may be in the units of the language', () => {
  expect([...LENGTH_UNITS]).toEqual(Object.keys(units.attributes.length.values));
  expect([...ENERGY_UNITS]).toEqual(Object.keys(units.attributes.energy.values));
});

test('names imply units only as far as those of the file are known', () => {
  const columns = ['initial_charges', 'ref_forces', 'velocities', 'similarity'];
  expect(columns.map((name) => unitOfColumn(name))).toEqual(['e', 'eV/Å', 'Å/fs', '']);
  expect(columns.map((name) => unitOfColumn(name, 'given'))).toEqual(['e', 'eV/Å', '', '']);
  expect(columns.map((name) => unitOfColumn(name, 'assumed'))).toEqual(['', '', '', '']);
  expect(columns.map((name) => unitOfColumn(name, 'reduced'))).toEqual(['', '', '', '']);
  expect(['energy', 'time', '__proto__'].map((key) => unitOfValue(key))).toEqual(['eV', 'fs', '']);
  expect(['energy', 'time'].map((key) => unitOfValue(key, 'given'))).toEqual(['eV', '']);
  expect(unitOfValue('energy', 'assumed')).toBe('');
});
