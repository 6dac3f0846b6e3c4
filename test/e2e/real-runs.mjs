// Results of runs that the command line has just made, on systems so small that they take seconds. Run by webview.mjs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './webview-page.mjs';

const command = fileURLToPath(new URL('../../dist/nearsight.js', import.meta.url));
const [EPSILON, SIGMA] = [0.0103, 3.4];

/** Four atoms about 3.8 Å apart, the same for the same number, with the energy and the forces of Lennard-Jones pairs. */
function cluster(number, spread) {
  let seed = number + 1;
  const random = () => ((seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5) * spread;
  for (let k = 0; k < 10; k++) random();
  const positions = [0, 1, 2, 3].map((i) => [3.8 * (i & 1) + random(), 3.8 * (i >> 1) + random(), random()]);
  const forces = positions.map(() => [0, 0, 0]);
  let energy = 0;
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < i; j++) {
      const d = positions[i].map((x, c) => x - positions[j][c]);
      const r2 = d[0] ** 2 + d[1] ** 2 + d[2] ** 2;
      const s6 = (SIGMA ** 2 / r2) ** 3;
      energy += 4 * EPSILON * (s6 * s6 - s6);
      const f = (24 * EPSILON * (2 * s6 * s6 - s6)) / r2;
      d.forEach((x, c) => {
        forces[i][c] += f * x;
        forces[j][c] -= f * x;
      });
    }
  const atoms = positions.map((p, i) => ['Ar', ...p, ...forces[i]].join(' '));
  return `4\nProperties=species:S:1:pos:R:3:forces:R:3 energy=${energy} pbc="F F F"\n${atoms.join('\n')}\n`;
}

const TEXT = `potential pairs {
  elements        = [Ar]
  cutoff          = 30 Å
  cutoff_function = hard
  pair lennard_jones { epsilon = ${EPSILON} eV; sigma = ${SIGMA} Å }
}
potential argon {
  elements = [Ar]
  cutoff   = 7 Å
  radial { eta = [0.05, 0.5] Å^-2; shift = [0, 3] Å }
  network { hidden = [5] }
  committee { size = 2 }
}
dataset clusters { files = ["clusters.xyz"]; test = 20 % }
train argon { potential = argon; dataset = clusters; epochs = 8; batch_size = 4; seed = 3 }
oracle pairs { potential = pairs }
explore argon {
  train     = argon
  oracle    = pairs
  structure = "start.xyz"
  timestep  = 2 fs
  duration  = 1.2 ps
  trigger   = 0.003 eV/Å
  reject    = 0.5 eV/Å
  rounds    = 2
  labels    = 2
  gate      = 10
  ensemble langevin { temperature = 80 K; friction = 1 1/ps }
}
umbrella pair {
  potential     = pairs
  structure     = "dimer.xyz"
  timestep      = 5 fs
  duration      = 20 ps
  equilibration = 1 ps
  seed          = 1
  ensemble langevin { temperature = 80 K; friction = 2 1/ps }
  coordinate distance { atoms = [0, 1]; centers = linspace(3.6, 5.2, 5) Å; force_constant = 0.1 eV/Å^2 }
}
`;

export const realRunTests = (pages, shoot) => {
  const folder = mkdtempSync(join(tmpdir(), 'nearsight-real-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'argon.potential'), TEXT);
  writeFileSync(join(folder, 'clusters.xyz'), Array.from({ length: 20 }, (_, k) => cluster(k, 0.7)).join(''));
  writeFileSync(join(folder, 'start.xyz'), cluster(7, 0.2));
  writeFileSync(join(folder, 'dimer.xyz'), '2\nProperties=species:S:1:pos:R:3\nAr 0 0 0\nAr 3.8 0 0\n');

  /** Runs an action and opens its results as the editor does: all of it read from the folder of the run. */
  const resultsOf = async (kind, label) => {
    execFileSync(process.execPath, [command, kind, 'argon.potential', label], { cwd: folder, stdio: 'pipe' });
    const run = join(folder, 'runs', `${kind}-${label}`, '001');
    const pmf = join(run, 'pmf.bin');
    const told = {
      folder: run,
      manifest: JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')),
      events: readFileSync(join(run, 'events.ndjson'), 'utf8').trim().split('\n').map(JSON.parse),
      pmf: existsSync(pmf) ? [...readFileSync(pmf)] : undefined,
    };
    const opened = await pages.open('results', { width: 1280, height: 1000 });
    await opened.page.evaluate(({ manifest, events, folder: where, pmf: bytes }) => {
      const { host } = window;
      host.notify('run', { manifest, state: manifest.state, folder: where });
      host.notify('events', { events, reset: true });
      if (bytes !== undefined) host.notify('pmf', { bytes: Uint8Array.from(bytes) });
    }, told);
    return { ...opened, ...told };
  };

  return {
    'a sampling of two argon atoms has the profile of their pair potential': async () => {
      const { page, errors, close } = await resultsOf('umbrella', 'pair');
      await page.locator('table.windows tbody tr').nth(4).waitFor();
      assert.match(await page.locator('.plot-pmf .plot-input').getAttribute('aria-label'), /from 5 windows/);
      await page.getByRole('button', { name: 'Save Potential of mean force as CSV' }).click();
      const csv = await until(page, () => window.host.received.find(({ method }) => method === 'saveFile')?.parameters);
      const rows = csv.content
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',').map(Number));
      // W = V(r) − 2 k_B T ln r, but for a constant: where the samples are many the two agree within their errors.
      const expected = (r) => 4 * EPSILON * ((SIGMA / r) ** 12 - (SIGMA / r) ** 6) - 2 * 8.617333e-5 * 80 * Math.log(r);
      const used = rows.filter(([, w, error]) => w !== 0 && error > 0 && error < 0.002);
      assert.ok(used.length > 10);
      const shift = used.reduce((sum, [r, w]) => sum + w - expected(r), 0) / used.length;
      const far = used.filter(([r, w, error]) => Math.abs(w - expected(r) - shift) > 5 * error + 5e-4);
      assert.ok(far.length <= used.length / 10, JSON.stringify(far));
      await shoot(page, 'real-umbrella');
      assert.deepEqual(errors, []);
      await close();
    },

    'an exploration of an argon cluster has rounds, and structures that open': async () => {
      execFileSync(process.execPath, [command, 'train', 'argon.potential'], { cwd: folder, stdio: 'pipe' });
      const { page, errors, close, manifest, folder: run } = await resultsOf('explore', 'argon');
      await page.locator('.rounds-card tbody tr').first().waitFor();
      assert.equal(await page.locator('.rounds-card tbody tr').count(), manifest.results.rounds);
      const labelled = await page.locator('.figure', { hasText: 'Labelled' }).locator('.figure-value').innerText();
      assert.equal(Number(labelled), manifest.results.labelled);
      await page.locator('.plot-errors .plot-input').focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      const opened = await page.evaluate(
        () => window.host.received.findLast(({ method }) => method === 'openTrajectory')?.parameters,
      );
      assert.deepEqual(opened, { file: join(run, 'labelled.xyz'), frame: 0 });
      await shoot(page, 'real-exploration');
      assert.deepEqual(errors, []);
      await close();
    },
  };
};
