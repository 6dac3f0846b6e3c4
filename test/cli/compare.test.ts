/** `nearsight compare` with runs of its own making. */
import { expect, it } from 'vitest';
import { readFileSync, writeFileSync } from 'node:fs';
import { manifestOf, nearsight, newFolder, writeProgramme } from './nearsight';

it('puts the errors of runs side by side, each against the first', async () => {
  const folder = newFolder();
  const file = writeProgramme(folder, { epochs: 2 });
  expect((await nearsight(folder, ['train', 'argon.potential', '--json'])).code).toBe(0);
  writeFileSync(file, readFileSync(file, 'utf8').replace('seed = 3', 'seed = 4').replace('epochs = 2', 'epochs = 8'));
  const second = await nearsight(folder, ['train', 'argon.potential', '--json']);
  expect(second.code).toBe(0);
  const runs = ['runs/train-argon/001', 'runs/train-argon/002'];

  const { code, json } = await nearsight(folder, ['compare', ...runs, '--json']);
  expect(code).toBe(0);
  const groups = json.groups as {
    title: string;
    rows: { name: string; cells: { value: number; difference: number | null }[] }[];
  }[];
  const [first, then] =
    groups.find(({ title }) => title === 'test')?.rows.find(({ name }) => name === 'energy RMSE')?.cells ?? [];
  expect(first.value).toBe(1000 * (manifestOf(`${folder}/${runs[0]}`).test?.energy_rmse ?? NaN));
  expect(then.difference).toBe(then.value - first.value);
  expect(String(json.notes)).toMatch(/seeds differ/);

  const plain = await nearsight(folder, ['compare', ...runs]);
  expect(plain.stdout).toMatch(/^ +train-argon\/001 +train-argon\/002\ntest\n/);
  expect(plain.stdout).toMatch(/energy RMSE +meV\/atom +[\d.]+ ± [\d.]+ +[\d.]+ ± [\d.]+ \((≈ )?[+−][\d.]+\)\n/);

  const none = await nearsight(folder, ['compare', runs[0], 'nowhere']);
  expect(none.code).toBe(2);
  expect(none.stderr).toMatch(/nowhere.*RN001/);
});
