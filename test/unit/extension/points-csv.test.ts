/** Points of a parity plot as a table that other programs read. */
import { expect, test } from 'vitest';
import { pointsCsv } from '../../../extension/panels/points-csv';
import type { Parity } from '../../../protocol/parity';

const parity: Parity = {
  files: ['/a "b", c.xyz'],
  structureFile: Int32Array.of(0, 0),
  structureFrame: Int32Array.of(4, 9),
  structureAtoms: Int32Array.of(1, 2),
  structureSet: Uint8Array.of(0, 1),
  configTypes: ['gas'],
  structureConfigType: Int32Array.of(-1, 0),
  energy: {
    structure: Int32Array.of(0, 1),
    reference: Float64Array.of(-1, -2),
    predicted: Float64Array.of(-1.5, -2.25),
  },
  force: {
    structure: Int32Array.of(0, 1),
    atom: Int32Array.of(0, 1),
    element: Uint8Array.of(0, 8),
    component: Uint8Array.of(0, 2),
    reference: Float64Array.of(0.1, 2),
    predicted: Float64Array.of(0.3, 2),
  },
  stress: {
    structure: new Int32Array(0),
    component: new Uint8Array(0),
    reference: new Float64Array(0),
    predicted: new Float64Array(0),
  },
};

test('every number is written exactly, and what has commas is quoted', () => {
  expect([...pointsCsv(parity, 'energy')].join('')).toBe(
    `file,frame,set,config_type,atoms,reference_eV_per_atom,predicted_eV_per_atom,error_eV_per_atom
"/a ""b"", c.xyz",4,train,,1,-1,-1.5,-0.5
"/a ""b"", c.xyz",9,test,gas,2,-2,-2.25,-0.25
`,
  );
  expect([...pointsCsv(parity, 'force', Int32Array.of(1, 7, -1))].join('')).toBe(
    `file,frame,set,config_type,atoms,atom,element,component,reference_eV_per_angstrom,predicted_eV_per_angstrom,error_eV_per_angstrom
"/a ""b"", c.xyz",9,test,gas,2,1,O,z,2,2,0
`,
  );
  const stress = {
    structure: Int32Array.of(1),
    component: Uint8Array.of(3),
    reference: Float64Array.of(0.5),
    predicted: Float64Array.of(0.25),
  };
  expect([...pointsCsv({ ...parity, stress }, 'stress')].join('')).toBe(
    `file,frame,set,config_type,atoms,component,reference_eV_per_cubic_angstrom,predicted_eV_per_cubic_angstrom,error_eV_per_cubic_angstrom
"/a ""b"", c.xyz",9,test,gas,2,yz,0.5,0.25,-0.25
`,
  );
  const energy = { ...parity.energy, spread: Float64Array.of(0.1, 0.2) };
  expect([...pointsCsv({ ...parity, energy }, 'energy', Int32Array.of(0))].join('')).toMatch(
    /,committee_std_eV_per_atom\n.*,-0\.5,0\.1\n$/,
  );
  expect([...pointsCsv(parity, 'force')].join('')).toContain(`,0,,x,0.1,0.3,${0.3 - 0.1}\n`);
});
