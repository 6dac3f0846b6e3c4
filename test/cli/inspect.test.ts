/** What is said of data before a training, and by `nearsight inspect`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clusters, eventsOf, nearsight, newFolder, writeProgramme } from './nearsight';

/** The frames of `clusters`, with the first one again at the end, and a frame without labels. */
function flawed(): string {
  const text = clusters(40);
  const lines = text.trimEnd().split('\n');
  const first = lines.slice(0, 6);
  const bare = ['1', 'Properties=species:S:1:pos:R:3 pbc="F F F"', 'Ar 0 0 0'];
  return `${[...lines, ...first, ...bare].join('\n')}\n`;
}

it('counts, finds what is conspicuous, and leaves out what has no labels', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'a.xyz'), flawed());
  const { code, json } = await nearsight(folder, ['inspect', 'a.xyz', '--json']);
  expect(code).toBe(0);
  expect(json).toMatchObject({
    structures: 41,
    energies: 41,
    forces: 41,
    elements: [{ element: 'Ar', atoms: 164 }],
    energy_key: 'energy',
    forces_key: 'forces',
    cutoff: 6.5,
    findings: [{ code: 'PD0906', frames: [{ frame: 40 }] }],
  });
  expect(JSON.stringify(json.warnings)).toMatch(/1 of 41 frames have neither|1 of 42 frames have neither/);
  const plain = await nearsight(folder, ['inspect', 'a.xyz']);
  expect(plain.stdout).toMatch(/^41 structures, 164 atoms: 164 Ar\n/);
  expect(plain.stderr).toMatch(/PD0906 1 of 41 structures .* Frames: a\.xyz 40\./);
  expect((await nearsight(folder, ['inspect', 'none.xyz', '--json'])).code).toBe(2);
});

it('is said as warnings of a training', async () => {
  const folder = newFolder();
  writeProgramme(folder, { epochs: 1 });
  writeFileSync(join(folder, 'clusters.xyz'), flawed());
  const { code, json } = await nearsight(folder, ['train', 'argon.potential', '--json']);
  expect(code).toBe(0);
  const warnings = eventsOf(String(json.run)).flatMap((event) => (event.type === 'warning' ? [event.code] : []));
  expect(warnings).toContain('PD0906');
  expect(warnings).toContain('XD015');
});
