/** Definitions against data: what data-cases.ts has, and that the examples are right. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFrames, type FrameSource } from '../../../../engine/formats/frames';
import type { Structure } from '../../../../engine/structure/structure';
import { check } from '../../../../language/check/check';
import type { DataFacts } from '../../../../language/check/facts';
import { describeSaturation, describeTerms } from '../../../../language/check/runs';
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

describe('a missing file', () => {
  const text = (file: string): string => `dataset d { files = ["${file}"] }\n`;
  const fixes = (file: string, names: readonly string[]): (string | undefined)[] => {
    const environment = { exists: () => false, list: () => names.map((name) => ({ name, folder: false })) };
    const found = check(parse(text(file)), environment).diagnostics.find(({ code }) => code === 'PD0901');
    return found?.fixes?.map(({ edits }) => edits[0].text) ?? [];
  };

  it('is probably the one with a similar name, or the only one with data', () => {
    expect(fixes('data/watr.xyz', ['water.xyz', 'ice.xyz'])).toEqual(['"data/water.xyz"']);
    expect(fixes('train.xyz', ['all_structures.extxyz', 'README.md'])).toEqual(['"all_structures.extxyz"']);
    expect(fixes('train.xyz', ['first.xyz', 'second.data'])).toEqual([]);
  });
});

it('brackets belong to the name of a file', () => {
  const diagnose = (files: readonly string[]): readonly string[] =>
    check(parse('dataset d { files = ["a[1].xyz"] }\n'), {
      exists: (file) => files.includes(file),
      matches: () => 0,
    }).diagnostics.map(({ code }) => code);
  expect(diagnose(['a[1].xyz'])).toEqual([]);
  expect(diagnose([])).toEqual(['PD0901']);
});

it('frames of a file that is named by a pattern are told, and not left out by it', () => {
  const environment = worlds.find(([name]) => name === 'water that did not converge')?.[1];
  const found = check(parse('dataset d { files = ["*.xyz"] }\n'), environment).diagnostics.find(
    ({ code }) => code === 'PD0909',
  );
  expect(found?.message).toMatch(/^3 of 80 frames/u);
  expect(found?.fixes).toEqual([]);
});

it('one energy zero is right for data of one composition', () => {
  const water = worlds[0][1];
  const text =
    'potential p { elements = [H, O] }\ndataset d { files = ["a.xyz"] }\ntrain t { potential = p; dataset = d; offset = constant }\n';
  const codes = (compositions: number | undefined): string[] =>
    check(parse(text), {
      ...water,
      summary: (files) => {
        const known = water.summary?.(files);
        return known && { ...known, compositions };
      },
    }).diagnostics.map(({ code }) => code);
  expect(codes(undefined)).toContain('PD0602');
  expect(codes(1)).not.toContain('PD0602');
});

it('isolated atoms are those that their images are beyond the cutoff of', () => {
  const water = worlds[0][1];
  const text = (elements: string): string =>
    `potential p { elements = ${elements}; cutoff = 4 Å }\ndataset d { files = ["a.xyz"] }\ntrain t { potential = p; dataset = d; offset = isolated }\n`;
  const told = (isolated: DataFacts['isolated'], elements = '[H, O]'): boolean =>
    check(parse(text(elements)), {
      ...water,
      summary: (files) => {
        const known = water.summary?.(files);
        return known && { ...known, isolated };
      },
    }).diagnostics.some(({ code }) => code === 'PD0206');
  expect(told(undefined)).toBe(true);
  expect(told({ H: null })).toBe(true);
  expect(told({ H: null, O: 3.9 })).toBe(true);
  expect(told({ H: null, O: 4 })).toBe(false);
  // What is nowhere in the data needs no energy.
  expect(told({ H: null, O: null }, '[H, N, O]')).toBe(false);
});

describe('runs', () => {
  const results = {
    'loss_share energy': 5e-3,
    'loss_share force': 0.995,
    train_energy_r2: 0.998,
    train_force_r2: 0.998,
  };

  it('of good trainings say nothing, whatever the share of forces in the loss', () => {
    expect(describeTerms(results)).toBeUndefined();
    // Energies are worse by far, but all but a hundredth is explained.
    expect(describeTerms({ ...results, train_energy_r2: 0.99, train_force_r2: 0.9999 })).toBeUndefined();
    // No energies were fitted.
    expect(describeTerms({ ...results, 'loss_share energy': 0, train_energy_r2: 0.1 })).toBeUndefined();
    expect(describeSaturation({ 'saturated_neurons H': 0.2 })).toBeUndefined();
  });

  it('of another definition say nothing', () => {
    const codes = (text: string, title: string): string[] => {
      const world = worlds.find(([name]) => name === title);
      return check(parse(text), world?.[1]).diagnostics.map(({ code }) => code);
    };
    const [, , [saturated]] = worlds.find(([name]) => name === 'a training with saturated neurons') ?? ['', {}, []];
    expect(codes(saturated.text, 'a training with saturated neurons')).toContain('PD0404');
    const other = saturated.text.replace('[0.9, 1.5]', '[0.9, 1.6]');
    expect(codes(other, 'a training with saturated neurons')).not.toContain('PD0404');
    const [, , [, begins]] = worlds.find(([name]) => name === 'a simulation that has been run') ?? ['', {}, []];
    expect(codes(begins.text.replace('[0.9, 1.5]', '[0.9, 1.6]'), 'a simulation that has been run')).not.toContain(
      'PD1003',
    );
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
