/** Definitions against data: what data-cases.ts has, and that the examples are right. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFrames, type FrameSource } from '../../../../engine/formats/frames';
import type { Structure } from '../../../../engine/structure/structure';
import { check } from '../../../../language/check/check';
import type { DataFacts } from '../../../../language/check/facts';
import type { Diagnostic } from '../../../../language/diagnostic';
import { parse } from '../../../../language/syntax/parser';
import { expectCase, expectFixesToMend, expectSound } from '../diagnostics';
import { environmentOf, worlds } from './data-cases';

describe.each(worlds)('data of %s', (_, environment, cases) => {
  const diagnose = (text: string): readonly Diagnostic[] => check(parse(text), environment).diagnostics;

  it.each(cases)('$code: $title', (one) => {
    expectSound(one.text, diagnose(one.text), /^(PD\d{4}|XD\d{3})$/u);
    expectCase(one, diagnose);
  });

  it('each fix mends', () => {
    expectFixesToMend(cases, diagnose);
  });
});

async function open(file: string): Promise<FrameSource> {
  const opened = await openFrames(file);
  if (!opened.ok) throw new Error(opened.problems[0].message);
  return opened.value;
}

async function inspect(source: FrameSource): Promise<DataFacts> {
  const summary = await source.inspect();
  await source.dispose();
  if (!summary.ok) throw new Error(summary.problems[0].message);
  return summary.value;
}

describe('examples', () => {
  const root = path.resolve(import.meta.dirname, '../../../../examples');
  it.each(readdirSync(root))('%s has nothing that its data speak against', async (name) => {
    const folder = path.join(root, name);
    const text = readFileSync(path.join(folder, `${name}.potential`), 'utf8');
    const { definition } = check(parse(text));
    const dataset = [...definition.datasets.values()].at(0);
    const file = path.join(folder, dataset?.options.files[0] ?? 'start.xyz');
    const [source, start] = [await open(file), await open(path.join(folder, 'start.xyz'))];
    const structures: Structure[] = [];
    for (let k = 0; k < 40; k++) {
      const frame = await source.read(Math.floor((k / 40) * source.count));
      if (frame.ok) structures.push(frame.value);
    }
    const [facts, box] = [await inspect(source), await inspect(start)];
    const environment = environmentOf(structures, facts);
    const { diagnostics } = check(parse(text), {
      ...environment,
      summary: (patterns) => (patterns.includes('start.xyz') ? box : facts),
    });
    expect(diagnostics).toEqual([]);
  });
});
