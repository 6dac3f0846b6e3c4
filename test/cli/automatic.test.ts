/** A potential without descriptor blocks: chosen from the data, frozen in the run, found again, the same after kill -9. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { clusters, eventsOf, killAt, manifestOf, nearsight, newFolder } from './nearsight';

vi.setConfig({ testTimeout: 240_000 });

const actions = `
dataset clusters { files = ["clusters.xyz"]; test = 20 % }
train argon { potential = argon; dataset = clusters; epochs = 3 }
evaluate argon { potential = argon; dataset = clusters }
md argon { potential = argon; structure = "start.xyz"; duration = 2 fs }
`;

function write(folder: string, potential = 'potential argon { elements = [Ar] }'): void {
  writeFileSync(join(folder, 'clusters.xyz'), clusters(70));
  writeFileSync(join(folder, 'start.xyz'), clusters(1));
  writeFileSync(join(folder, 'argon.potential'), potential + actions);
}

const train = (folder: string, env?: NodeJS.ProcessEnv) =>
  nearsight(folder, ['train', 'argon.potential', '--json', '--checkpoint', '0'], env);

describe.concurrent('an automatic potential', () => {
  it('is chosen by the training, used by what follows, and can be pasted', async () => {
    const folder = newFolder();
    write(folder);
    const trained = await train(folder);
    expect(trained).toMatchObject({ code: 0, stderr: '' });
    const run = join(folder, 'runs/train-argon/001');
    const { identity, recipe } = manifestOf(run);
    const text = readFileSync(join(run, 'expanded.potential'), 'utf8');
    expect(trained.json.identity).toBe(identity);
    expect(recipe).not.toBe(identity);
    expect(JSON.parse(readFileSync(join(run, 'potential.json'), 'utf8'))).toMatchObject({
      identity,
      provenance: { recipe },
    });
    const messages = eventsOf(run).flatMap((event) => (event.type === 'log' ? [event.message] : []));
    expect(messages[0]).toMatch(/^Chosen from the data: cutoff \S+ Å/);

    for (const kind of ['evaluate', 'md']) {
      const used = await nearsight(folder, [kind, 'argon.potential', '--json']);
      expect(used).toMatchObject({ code: 0 });
      expect(manifestOf(String(used.json.run)).identity).toBe(identity);
    }

    const shown = await nearsight(folder, ['expand', 'argon.potential']);
    expect(shown.stdout).toMatch(/automatic.*nearsight expand --data/s);
    const expanded = await nearsight(folder, ['expand', 'argon.potential', '--data', '--json']);
    expect(expanded.json).toMatchObject({ identity, text, automatic: true });
    // Other data would make it another potential; the text alone does not.
    writeFileSync(join(folder, 'argon.potential'), text + actions);
    const pasted = await nearsight(folder, ['expand', 'argon.potential', '--json']);
    expect(pasted.json).toMatchObject({ identity, automatic: false });
    expect((await nearsight(folder, ['evaluate', 'argon.potential', '--json'])).code).toBe(0);

    writeFileSync(join(folder, 'argon.potential'), 'potential argon { elements = [Ar]; cutoff = 5 Å }' + actions);
    const stale = await nearsight(folder, ['evaluate', 'argon.potential', '--json']);
    expect(stale.json).toMatchObject({ problems: [{ code: 'RN005' }] });
  });

  it.each([
    ['before the choice is on disk', killAt('renameSync', 'expanded\\.potential', 1)],
    ['before run.json knows of it', killAt('renameSync', 'run\\.json', 2)],
    ['after it', killAt('renameSync', 'run\\.json', 3)],
  ])('is the same after kill -9 %s', async (_, env) => {
    const folder = newFolder();
    write(folder);
    const left = await train(folder);
    const killed = await train(folder, env);
    expect(killed.signal).toBe('SIGKILL');
    const run = join(folder, 'runs/train-argon/002');
    const resumed = await nearsight(folder, ['resume', run, '--json']);
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect(resumed.json.weights_sha256).toBe(left.json.weights_sha256);
    expect(manifestOf(run).identity).toBe(left.json.identity);
  });

  it('cannot go on when its choice was changed', async () => {
    const folder = newFolder();
    write(folder);
    await train(folder, killAt('renameSync', 'run\\.json', 3));
    const run = join(folder, 'runs/train-argon/001');
    expect(existsSync(join(run, 'expanded.potential'))).toBe(true);
    writeFileSync(join(run, 'expanded.potential'), 'potential argon { elements = [Ar]; radial { eta = 1 Å^-2 } }');
    const resumed = await nearsight(folder, ['resume', run, '--json']);
    expect(resumed).toMatchObject({ code: 1, json: { problems: [{ code: 'RN012' }] } });
  });

  it('needs data, and a training that names them', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'a.potential'), 'potential a { elements = [Ar] }');
    const refused = await nearsight(folder, ['expand', 'a.potential', '--data', '--json']);
    expect(refused).toMatchObject({ code: 2, json: { problems: [{ code: 'RN007' }] } });
    write(folder, 'potential argon { elements = [Ar, Kr] }');
    expect((await train(folder)).json).toMatchObject({ problems: [{ code: 'TR010' }] });
  });
});
