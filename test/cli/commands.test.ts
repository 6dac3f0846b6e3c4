/** Commands that start no job: what they print, their JSON keys and exit codes. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { nearsight, newFolder, start, writeProgramme } from './nearsight';

// Many processes after one another, perhaps on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const WRONG = `potential p {
  elements = [Ar]
  cutoff = 6 eV
}
`;

describe('check', () => {
  it('finds nothing wrong with a good file', async () => {
    const folder = newFolder();
    writeProgramme(folder);
    const { code, stderr, json } = await nearsight(folder, ['check', 'argon.potential', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(json).toEqual({ files: 1, errors: 0, warnings: 0, diagnostics: [] });
  });

  it('shows errors as file:line:col code message and exits with 2', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'wrong.potential'), WRONG);
    const { code, stderr, json } = await nearsight(folder, ['check', 'wrong.potential', '--json']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^wrong\.potential:3:\d+ PD0102 .+\n/);
    expect(json).toMatchObject({
      files: 1,
      errors: 1,
      diagnostics: [{ file: 'wrong.potential', line: 3, code: 'PD0102', severity: 'error' }],
    });
    const [found] = json.diagnostics as Record<string, unknown>[];
    expect(Object.keys(found).sort()).toEqual(['code', 'column', 'file', 'line', 'message', 'severity']);
  });

  it('finds missing data files, also of globs', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'a.potential'), 'dataset d { files = ["data/*.xyz"] }\n');
    expect((await nearsight(folder, ['check', 'a.potential'])).code).toBe(2);
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'one.xyz'), '');
    expect((await nearsight(folder, ['check', 'a.potential'])).code).toBe(0);
  });

  it('refuses what is no file', async () => {
    const folder = newFolder();
    for (const name of ['absent.potential', '.']) {
      const { code, stderr, json } = await nearsight(folder, ['check', name, '--json']);
      expect(code).toBe(2);
      expect(stderr).toMatch(/ RN008 .+\n$/);
      expect(json).toHaveProperty('problems');
    }
  });
});

describe('format', () => {
  it('prints, compares or replaces', async () => {
    const folder = newFolder();
    const file = join(folder, 'a.potential');
    writeFileSync(file, 'potential p{elements=[Ar] # noble\n}');
    const printed = await nearsight(folder, ['format', 'a.potential']);
    expect(printed.code).toBe(0);
    expect(printed.stdout).toContain('# noble');
    expect((await nearsight(folder, ['format', 'a.potential', '--check'])).code).toBe(1);
    expect((await nearsight(folder, ['format', 'a.potential', '--write'])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(printed.stdout);
    expect((await nearsight(folder, ['format', 'a.potential', '--check'])).code).toBe(0);
  });
});

describe('expand', () => {
  it('lists the symmetry functions of a potential', async () => {
    const folder = newFolder();
    writeProgramme(folder);
    const { code, stdout } = await nearsight(folder, ['expand', 'argon.potential', 'argon']);
    expect(code).toBe(0);
    expect(stdout.match(/^symfunction_short Ar/gm)).toHaveLength(6);
    const unclear = await nearsight(folder, ['expand', 'argon.potential']);
    expect(unclear.code).toBe(2);
    expect(unclear.stderr).toMatch(/RN007 .*argon, pairs/);
  });
});

describe('runs, stop and resume', () => {
  it('say what is no run', async () => {
    const folder = newFolder();
    expect((await nearsight(folder, ['runs', '--json'])).json).toEqual({ runs: [] });
    expect((await nearsight(folder, ['runs', 'absent'])).code).toBe(2);
    for (const command of ['stop', 'resume']) {
      const { code, stderr } = await nearsight(folder, [command, '.']);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^\S+ RN001 .+\n$/);
    }
    mkdirSync(join(folder, 'runs/train-x/001'), { recursive: true });
    writeFileSync(join(folder, 'runs/train-x/001/run.json'), '{"format": 1, "pid": 1e400, "kind": "train"');
    expect((await nearsight(folder, ['runs', '--json'])).json).toEqual({ runs: [] });
    expect((await nearsight(folder, ['resume', 'runs/train-x/001'])).code).toBe(2);
  });
});

describe('arguments', () => {
  it('are explained by every command', async () => {
    const folder = newFolder();
    const commands = [
      'check',
      'format',
      'expand',
      'train',
      'evaluate',
      'md',
      'import',
      'export',
      'resume',
      'stop',
      'runs',
    ];
    const { code, stdout } = await nearsight(folder, ['--help']);
    expect(code).toBe(0);
    for (const command of commands) {
      expect(stdout).toContain(`  ${command} `);
      const help = await nearsight(folder, [command, '--help']);
      expect(help.code).toBe(0);
      expect(help.stdout).toContain(`Usage: nearsight ${command} `);
      expect(help.stdout).toContain('--json');
    }
  });

  it('that make no sense end with 2 and without a stack', async () => {
    const folder = newFolder();
    writeProgramme(folder);
    const cases = [
      [],
      ['nonsense'],
      ['train'],
      ['train', 'argon.potential', '--nonsense'],
      ['train', 'argon.potential', 'absent'],
      ['train', 'argon.potential', '--checkpoint', 'soon'],
      ['md', 'argon.potential'],
      ['md', 'absent.potential'],
      ['evaluate', 'absent.json', 'clusters.xyz'],
      ['evaluate', 'absent.json'],
      ['evaluate', '.', 'clusters.xyz', '--units', 'miles,eV'],
    ];
    for (const args of cases) {
      const { code, stderr } = await nearsight(folder, args);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(stderr).not.toMatch(/\n\s+at /);
      expect(stderr.length).toBeGreaterThan(0);
    }
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  });

  it('survive a reader that goes away', async () => {
    const folder = newFolder();
    writeProgramme(folder);
    const { child, ended } = start(folder, ['check', 'argon.potential', 'argon.potential']);
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect((await ended).code).toBe(0);
  });
});
