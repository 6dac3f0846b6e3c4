import { expect, test } from 'vitest';
import { check } from '../../../language/check/check';
import type { PotentialDefinition } from '../../../language/definition/definition';
import { parse } from '../../../language/syntax/parser';
import type { LabelledStructure } from '../../../engine/structure/structure';
import { chooseAutomatically, type Chosen } from '../../../engine/training/automatic';
import { labelled, unwrap } from './samples';

function define(body: string): PotentialDefinition {
  const potential = check(parse(`potential p { ${body} }`)).definition.potentials.get('p');
  if (potential === undefined) throw new Error(`${body} is wrong`);
  return potential;
}

const choose = async (body: string, structures: readonly LabelledStructure[]): Promise<Chosen> =>
  unwrap(await chooseAutomatically(define(body), structures));

// Lennard-Jones labels.
const clusters = labelled('Li Li Li Li Li Li', 70);
const mixed = labelled('Li H H Li H H', 90);

test('the choice is a potential of its own, and its text says all of it', async () => {
  const { text, potential, summary } = await choose('elements = [H, Li]', mixed);
  expect(potential.automatic).toBeUndefined();
  const read = [...check(parse(text)).definition.potentials.values()];
  expect(read.map(({ identity, symmetryFunctions }) => ({ identity, symmetryFunctions }))).toEqual([
    { identity: potential.identity, symmetryFunctions: potential.symmetryFunctions },
  ]);
  for (const functions of Object.values(potential.symmetryFunctions)) {
    expect(functions.length).toBeGreaterThanOrEqual(8);
    expect(functions.length).toBeLessThanOrEqual(48);
  }
  // 3 × 90 × 4 force components of hydrogen and 90 energies.
  expect(summary.find((line) => line.startsWith('H:'))).toMatch(/for 1170 labels\.$/);
  expect(potential.networks?.H.hidden).toEqual([8, 8]);
});

test('it depends on the data alone: not on names, and the same again', async () => {
  const one = await choose('elements = [Li]', clusters);
  const again = await choose('elements = [Li]; scaling = range_centered', clusters);
  expect(again.text).toBe(one.text);
  const other = await choose('elements = [Li]', labelled('Li Li Li Li', 100));
  expect(other.potential.identity).not.toBe(one.potential.identity);
});

test('an energy zero is not for the functions to explain', async () => {
  const shifted = clusters.map((structure) => ({ ...structure, energy: (structure.energy ?? 0) - 6 * 1000 }));
  expect((await choose('elements = [Li]', shifted)).text).toBe((await choose('elements = [Li]', clusters)).text);
});

test('what is written stays', async () => {
  const body =
    'elements = [H, Li]; cutoff = 4.2 Å; cutoff_function = exp; network Li { hidden = [5, 4]; activation = softplus }';
  const { potential } = await choose(body, mixed);
  expect(potential.options).toMatchObject({ cutoff: 4.2, cutoff_function: 'exp' });
  expect(potential.networks).toEqual({
    H: { hidden: [8, 8], activation: 'tanh' },
    Li: { hidden: [5, 4], activation: 'softplus' },
  });
  for (const { cutoff } of Object.values(potential.symmetryFunctions).flat()) expect(cutoff).toBe(4.2);
});

test('pair terms are taken off the labels', async () => {
  const body = 'elements = [Li]; cutoff = 6 Å; network { }; pair lennard_jones { epsilon = 0.1 eV; sigma = 2 Å }';
  const { potential } = await choose(body, clusters);
  // The labels are these pair terms: nothing is left to explain but rounding, and little is enough.
  expect(potential.symmetryFunctions.Li.length).toBeLessThanOrEqual(24);
  expect(potential.pairs).toHaveLength(1);
});

test('with few labels the functions are those that tell the atoms apart', async () => {
  const energies = clusters.slice(0, 30).map(({ forces: _, ...rest }): LabelledStructure => rest);
  const { potential } = await choose('elements = [Li]', energies);
  expect(potential.symmetryFunctions.Li).toHaveLength(24);
});

test('data that do not allow a choice are refused with a way out', async () => {
  const missing = await chooseAutomatically(define('elements = [Li, O]'), clusters);
  expect(missing).toMatchObject({ ok: false, problems: [{ code: 'TR010' }] });
  const atom: LabelledStructure = {
    numbers: Uint8Array.of(1),
    positions: new Float64Array(3),
    periodic: [false, false, false],
    energy: -13.6,
    source: { file: '/h.xyz', frame: 0 },
  };
  expect(await chooseAutomatically(define('elements = [H]'), [atom])).toMatchObject({ ok: false });
});

test('it can be stopped', async () => {
  const stopped = await chooseAutomatically(define('elements = [Li]'), clusters, (done) => Promise.resolve(done < 3));
  expect(stopped).toEqual({ ok: true, value: undefined });
});
