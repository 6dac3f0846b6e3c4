import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check, type Environment } from '../../../../language/check/check';
import type { Diagnostic } from '../../../../language/diagnostic';
import { parse } from '../../../../language/syntax/parser';
import { format } from '../../../../language/syntax/printer';
import { mutation, potentialText } from '../arbitrary';
import { expectCase, expectFixesToMend, expectSound } from '../diagnostics';
import { cases } from './cases';

const RICH = readFileSync(new URL('../../../fixtures/language/rich.potential', import.meta.url), 'utf8');

const environment: Environment = {
  exists: (path) => !path.includes('missing'),
  matches: (glob) => (glob.includes('missing') ? 0 : 3),
  potential: (path) =>
    path.includes('broken') ? { problem: 'There is no `scaling.data`.' } : { elements: ['Cu', 'H'] },
};

const diagnose = (text: string): readonly Diagnostic[] => check(parse(text), environment).diagnostics;

const CODES = /^PD\d{4}$/u;

describe('check', () => {
  it('finds nothing wrong with a rich file', () => {
    const { definition, diagnostics } = check(parse(RICH), environment);
    expect(diagnostics).toEqual([]);
    expect([...definition.potentials.keys()]).toEqual(['water', 'argon', 'copper', 'unsure', 'handed']);
    expect(definition.actions.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'train water',
      'train unsure',
      'explore melt',
      'evaluate water',
      'md liquid',
      'umbrella apart',
      'umbrella turned',
      'rate apart',
      'rate elsewhere',
    ]);
  });

  it.each(cases)('$code: $title', (one) => {
    expectSound(one.text, diagnose(one.text), CODES);
    expectCase(one, diagnose);
  });

  it('removes a diagnostic with each of its fixes', () => {
    expect(expectFixesToMend(cases, diagnose)).toBeGreaterThan(100);
  });

  it('mends a file by its preferred fixes alone, for most mistakes', () => {
    for (const { code, fixed } of cases) {
      if (fixed === undefined) continue;
      expect(
        diagnose(fixed).filter((diagnostic) => diagnostic.code === code),
        code,
      ).toEqual([]);
    }
  });

  it('takes deprecated words for those that stand for them', () => {
    const definitionOf = (ensemble: string): unknown => {
      const md = `md m { potential = argon; structure = "s.xyz"; duration = 1 ps; ensemble ${ensemble} }`;
      return check(parse(`${RICH}\n${md}`)).definition.actions.at(-1);
    };
    expect(definitionOf('nve { temperature = 132 K }')).toEqual({
      ...Object(definitionOf('nve { initial_temperature = 132 K }')),
      span: expect.anything() as unknown,
    });
    expect(definitionOf('nve { }')).toMatchObject({ ensemble: { initial_temperature: 300 } });
    expect(definitionOf('langevin { temperature = 20 K }')).toMatchObject({
      ensemble: { temperature: 20, initial_temperature: 20 },
    });
    expect(definitionOf('langevin { temperature = 20 K; initial_temperature = 40 K }')).toMatchObject({
      ensemble: { temperature: 20, initial_temperature: 40 },
    });
  });

  it('takes masses, and knows isotopes', () => {
    const checked = (elements: string, body: string) =>
      check(
        parse(
          `potential p { elements = ${elements} }\nmd m { potential = p; structure = "s.xyz"; duration = 1 ps; ${body} }`,
        ),
      );
    const { definition, diagnostics } = checked(
      '[H, C, O]',
      'isotope H { mass = 2.014 amu }; isotope C { mass = 13.003 amu }; isotope O { mass = 16.5 amu }',
    );
    expect(diagnostics).toEqual([]);
    expect(definition.actions[0]).toMatchObject({ masses: { H: 2.014, C: 13.003, O: 16.5 } });
    for (const [symbol, mass] of [
      ['H', 2],
      ['H', 3.016],
      ['Li', 6.015],
      ['B', 10],
      ['N', 15],
      ['O', 18],
      ['Cu', 65],
    ])
      expect(checked(`[${symbol}]`, `isotope ${symbol} { mass = ${mass} amu }`).diagnostics).toEqual([]);
    // A heavier hydrogen allows longer steps.
    const codes = (mass: number) =>
      checked('[H]', `timestep = 1.3 fs; isotope H { mass = ${mass} amu }`).diagnostics.map(({ code }) => code);
    expect(codes(1.008)).toEqual(['PD1001']);
    expect(codes(2.014)).toEqual([]);
  });

  it('leaves blocks in error, and what refers to them, out of the definition', () => {
    const { definition } = check(parse(RICH.replace('6.35 Å ', '6.35 eV')));
    expect([...definition.potentials.keys()]).toEqual(['argon', 'copper', 'unsure', 'handed']);
    expect(definition.actions.map(({ name }) => name)).toEqual(['unsure', 'melt', 'apart', 'apart', 'elsewhere']);
    expect([...definition.datasets.keys()]).toEqual(['rpbe']);
  });

  it('lets a block that is still open spoil only itself', () => {
    const { definition } = check(
      parse(RICH.replace('pair lennard_jones { epsilon = 0.99 kJ/mol; sigma = 3.405 Å }\n}', '')),
    );
    expect([...definition.potentials.keys()]).toEqual(['water', 'copper', 'unsure', 'handed']);
    expect(definition.actions.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'train water',
      'train unsure',
      'evaluate water',
      'md liquid',
      'umbrella turned',
      'rate elsewhere',
    ]);
  });

  it('answers for any text, mutation and prefix', () => {
    const holds = (text: string) => {
      const { diagnostics } = check(parse(text), environment);
      expectSound(text, diagnostics, CODES);
    };
    fc.assert(fc.property(fc.oneof(potentialText(RICH), fc.string({ unit: 'binary', maxLength: 100 })), holds), {
      numRuns: 300,
    });
    for (const { text } of cases) for (let end = text.length; end >= 0; end -= 3) holds(text.slice(0, end));
    for (let end = 0; end <= RICH.length; end += 3) holds(RICH.slice(0, end));
  });

  it('keeps the definition when a file is formatted', () => {
    const summary = (text: string): unknown => {
      const { definition, diagnostics } = check(parse(text), environment);
      return JSON.stringify(
        {
          potentials: [...definition.potentials],
          datasets: [...definition.datasets],
          actions: definition.actions,
          codes: diagnostics.map(({ code }) => code),
        },
        (key, value: unknown) => (key === 'span' || key === 'nameSpan' ? undefined : value),
      );
    };
    fc.assert(
      fc.property(mutation(RICH), (text) => {
        expect(summary(format(text))).toBe(summary(text));
      }),
      { numRuns: 200 },
    );
  });

  it('takes hostile files in good time', () => {
    const many =
      'potential p { elements = [H, O]; radial { eta = linspace(1, 2, 1000) Å^-2; shift = linspace(0, 5, 1000) Å } }\n';
    const { definition, diagnostics } = check(parse(many.repeat(200)));
    expect(definition.potentials.size).toBe(0);
    expect(diagnostics.some(({ code }) => code === 'PD0314')).toBe(true);
    expect(check(parse('a = 1\n'.repeat(10_000))).diagnostics).toHaveLength(10_000);
  });
});
