/** scaling.data against that of nnp-scaling, and sets in input.data. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { readFile } from '../../../../language/runner/reading';
import { readInput } from '../../../../language/runner/tree';
import { labelSets, scalingOf } from '../../../../server/data/n2p2-files';
import { surveyQuestion } from '../../../../server/runner/survey';

const { signal } = new AbortController();

const CONFORMANCE = path.join(process.env.NEARSIGHT_DATA ?? '', 'conformance');
const isThere = process.env.NEARSIGHT_DATA !== undefined && existsSync(CONFORMANCE);
if (!isThere) console.warn('skipped: there are no data');

describe.skipIf(!isThere)('scaling.data of n2p2', () => {
  const folders = isThere
    ? readdirSync(CONFORMANCE).filter((name) => existsSync(path.join(CONFORMANCE, name, 'scaling.data')))
    : [];
  const rows = (text: string): number[][] =>
    text
      .split('\n')
      .flatMap((line) => (line === '' || line.startsWith('#') ? [] : [line.trim().split(/\s+/).map(Number)]));

  it.each(folders)('%s', async (name) => {
    const folder = path.join(CONFORMANCE, name);
    const file = readFile(readInput(readFileSync(path.join(folder, 'input.nn'), 'latin1')));
    const question = surveyQuestion(file, path.join(folder, 'input.data'));
    if (question === undefined) throw new Error('this is not understood');
    const [ours, theirs] = [
      rows(await scalingOf(question, signal)),
      rows(readFileSync(path.join(folder, 'scaling.data'), 'latin1')),
    ];
    expect(ours.map(([element, index]) => [element, index])).toEqual(
      theirs.map(([element, index]) => [element, index]),
    );
    ours.forEach((own, i) =>
      own
        .slice(2)
        .forEach((value, k) =>
          expect(Math.abs(value - theirs[i][2 + k]), `row ${i}`).toBeLessThan(1e-7 * Math.max(1, Math.abs(value))),
        ),
    );
  });
});

test('sets are written where there is none yet, the same for a seed', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'nearsight-sets-'));
  const file = path.join(folder, 'input.data');
  const end = 'atom 0 0 0 H 0 0 0 0 0\nenergy 0\ncharge 0\nend\n';
  await writeFile(file, `begin\n${end}  begin set=test\n${end}${`begin\n${end}`.repeat(18)}`);
  const edits = await labelSets({ file, fraction: 0.1, seed: 3 });
  expect(edits).toHaveLength(19);
  expect(edits[0]).toMatchObject({ line: 0, character: 5 });
  expect(edits[1].line).toBe(10);
  expect(edits.filter(({ text }) => text === ' set=test').length).toBeGreaterThan(0);
  expect(await labelSets({ file, fraction: 0.1, seed: 3 })).toEqual(edits);
  await rm(folder, { recursive: true });
});
