/** Runs side by side: differences, what they mean, and what makes runs less comparable than the table looks. */
import { expect, test } from 'vitest';
import { compareRuns, type ComparedRun } from '../../../engine/analysis/run-comparison';
import type { ErrorSummary, RunManifest } from '../../../protocol/run';
import { parseErrors } from '../../../protocol/errors';

const summary = (energy: number | null, force: number): ErrorSummary => ({
  structures: 10,
  atoms: 90,
  energy_rmse: energy,
  energy_mae: null,
  force_rmse: force,
  force_mae: null,
  force_max_error: null,
  energy_r2: null,
  force_r2: null,
});

function run(changes: Partial<RunManifest>, standardError?: number): ComparedRun {
  const manifest: RunManifest = {
    format: 1,
    kind: 'train',
    label: 'a',
    file: '/a.potential',
    definition_sha256: '',
    data: [{ file: '/a.xyz', sha256: 'same', frames: 10 }],
    seed: 1,
    versions: { nearsight: '', node: '' },
    host: '',
    pid: 1,
    process_started: '',
    state: 'finished',
    started: '',
    resumed: 0,
    ...changes,
  };
  if (standardError === undefined) return { manifest };
  return {
    manifest,
    errors: {
      test: {
        energy_rmse_uncertainty: { standard_error: standardError },
        force_rmse_uncertainty: null,
        stress_rmse_uncertainty: null,
        config_types: [],
        elements: [],
      },
    },
  };
}

test('differences are from the first run, in the units that people read, and say what they are worth', () => {
  const { groups, notes } = compareRuns([
    run({ test: summary(0.002, 0.1) }, 0.0001),
    run({ test: summary(0.0015, 0.11) }, 0.0001),
    run({ test: summary(0.0019, 0.1) }, 0.0001),
    run({ state: 'running' }),
  ]);
  expect(notes).toEqual([]);
  expect(groups.map(({ title }) => title)).toEqual(['test']);
  const row = (name: string) => groups[0].rows.find((each) => each.name === name)?.cells;
  const energy = row('energy RMSE') ?? [];
  expect(energy.map((cell) => cell?.value)).toEqual([2, 1.5, 1.9, undefined]);
  expect(energy[0]).toMatchObject({ uncertainty: 0.1, difference: null, significant: null });
  expect(energy[1]?.difference).toBeCloseTo(-0.5, 12);
  // 0.5 is beyond, 0.1 within 2 · √2 · 0.1 meV/atom.
  expect(energy.slice(1, 3).map((cell) => cell?.significant)).toEqual([true, false]);
  expect(energy[3]).toBeNull();
  expect(row('force RMSE')?.map((cell) => cell?.significant ?? null)).toEqual([null, null, null, null]);
  expect(row('force RMSE')?.[1]?.difference).toBeCloseTo(10, 12);
  expect(row('energy MAE')).toBeUndefined();
});

test('what the runs do not share is said', () => {
  const first = run({ test: summary(1, 1) });
  const other = { ...summary(1, 1), structures: 11 };
  const note = (changes: Partial<RunManifest>): string =>
    compareRuns([first, run({ test: summary(1, 1), ...changes })]).notes.join(' ');
  expect(note({})).toBe('');
  expect(note({ data: [{ file: '/a.xyz', sha256: 'other', frames: 10 }] })).toMatch(/different data/);
  expect(note({ test: other })).toMatch(/divide the data differently/);
  expect(note({ seed: 2 })).toMatch(/seeds differ/);
  expect(note({ kind: 'md' })).toMatch(/different kinds/);
});

test('tables by element and config_type keep rows that only some runs have', () => {
  const withElements = (elements: readonly string[]): ComparedRun => ({
    manifest: run({ test: summary(1, 1) }).manifest,
    errors: parseErrors({
      test: {
        elements: elements.map((element, k) => ({ element, forces: 3, force_rmse: 0.1 * (k + 1) })),
        config_types: [],
      },
    }),
  });
  const { groups } = compareRuns([withElements(['H', 'O']), withElements(['H', 'O', 'C'])]);
  const rows = groups.find(({ title }) => title === 'test by element')?.rows ?? [];
  expect(rows.map(({ name }) => name)).toEqual(['H: force RMSE', 'O: force RMSE', 'C: force RMSE']);
  expect(rows[2].cells[0]).toBeNull();
  expect(rows[2].cells[1]).toMatchObject({ difference: null });
});

test('errors.json of strangers is not taken', () => {
  for (const json of [null, 3, { test: 3 }, { test: { elements: [{ element: 'H', forces: -1, force_rmse: 1 }] } }])
    expect(parseErrors(json)).toBeUndefined();
});
