import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from '../../../../language/check/check';
import { minimumOf, sampleAt, solveSample } from '../../../../language/definition/lennard-jones';
import { parse } from '../../../../language/syntax/parser';

const ARGON = { epsilon: 0.010323, sigma: 3.405 };

const relative = (value: number, exact: number): number => Math.abs(value / exact - 1);

describe('T-LJ: one sample determines both parameters', () => {
  it.each([
    { distance: 4, energy: -9.733236921890202e-3, force: -5.632948150269063e-3, condition: 0.85 },
    { distance: 3.3, energy: 1.030245470078517e-2, force: 1.28062238679844e-1, condition: 0.66 },
    { distance: 3.405, energy: 0, force: 7.276123348017623e-2, condition: 0 },
    { distance: 8, energy: -2.440276530197156e-4, force: -1.819261465967489e-4, condition: 163 },
  ])('at $distance Å', ({ condition, ...sample }) => {
    const solved = solveSample(sample);
    expect(relative(solved?.epsilon ?? 0, ARGON.epsilon)).toBeLessThan(1e-12);
    expect(relative(solved?.sigma ?? 0, ARGON.sigma)).toBeLessThan(1e-12);
    expect(Math.abs((solved?.condition ?? NaN) - condition)).toBeLessThan(condition < 1 ? 0.005 : 0.5);
    const again = sampleAt(ARGON, sample.distance);
    expect(again.energy).toBeCloseTo(sample.energy, 16);
    expect(again.force).toBeCloseTo(sample.force, 15);
  });

  it('has the condition number 5.4 at 5 Å', () => {
    expect(solveSample(sampleAt(ARGON, 5))?.condition).toBeCloseTo(5.4, 1);
  });

  it('has the condition number that a small change of the energy shows', () => {
    for (const distance of [2.8, 3.3, 4, 5, 8]) {
      const sample = sampleAt(ARGON, distance);
      const h = 1e-7;
      const [less, more] = [-h, h].map(
        (change) => solveSample({ ...sample, energy: sample.energy * (1 + change) })?.epsilon ?? NaN,
      );
      const numerical = Math.abs(Math.log(more / less) / (2 * h));
      expect(relative(solveSample(sample)?.condition ?? NaN, numerical)).toBeLessThan(1e-6);
    }
  });

  it('finds every potential again wherever it is well conditioned', () => {
    const positive = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(positive(1e-4, 10), positive(0.5, 8), positive(0.85, 2.5), (epsilon, sigma, r) => {
        const solved = solveSample(sampleAt({ epsilon, sigma }, r * sigma));
        expect(relative(solved?.epsilon ?? 0, epsilon)).toBeLessThan(1e-11);
        expect(relative(solved?.sigma ?? 0, sigma)).toBeLessThan(1e-11);
      }),
    );
  });

  it('at the minimum is the depth itself', () => {
    const { energy, force } = sampleAt(ARGON, minimumOf(ARGON));
    expect(energy).toBeCloseTo(-ARGON.epsilon, 15);
    expect(force).toBeCloseTo(0, 15);
  });

  it.each([
    [4, -0.01, -0.05],
    [3, 0.02, 0.05],
    [3, 0, 0],
    [3, -0.01, NaN],
  ])('has no potential at %f Å for %f eV and %f eV/Å', (distance, energy, force) => {
    expect(solveSample({ distance, energy, force })).toBeUndefined();
  });
});

it('a potential that is given by a sample is the one with its parameters', () => {
  const define = (body: string) =>
    check(parse(`potential p { elements = [Ar]; pair lennard_jones { ${body} } }`)).definition.potentials.get('p');
  const sampled = define(
    'sample { distance = 0.4 nm; energy = -9.733236921890202 meV; force = -5.632948150269063e-3 eV/Å }',
  );
  const written = define('epsilon = 0.010323 eV; sigma = 3.405 Å');
  expect(sampled?.pairs[0].epsilon).toBeCloseTo(0.010323, 14);
  expect(sampled?.identity).toBe(written?.identity);
});

it('stays the same potential under the fix of an ill-conditioned sample', () => {
  const text =
    'potential p { elements = [Ar]; pair lennard_jones { sample { distance = 15 bohr; energy = -2.5e-4 eV; force = -1.87e-4 eV/Å } } }';
  const { definition, diagnostics } = check(parse(text));
  const [{ code, fixes = [] }] = diagnostics;
  expect({ code, fixes: fixes.length }).toEqual({ code: 'PD0701', fixes: 1 });
  for (const { edits } of fixes) {
    const mended = [...edits]
      .sort((a, b) => b.span.start - a.span.start)
      .reduce((sum, { span, text: by }) => sum.slice(0, span.start) + by + sum.slice(span.end), text);
    const after = check(parse(mended));
    expect(after.diagnostics).toEqual([]);
    expect(after.definition.potentials.get('p')?.identity).toBe(definition.potentials.get('p')?.identity);
  }
});
