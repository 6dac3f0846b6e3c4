import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttributeSchema, BlockSchema, DimensionName } from '../../../../language/schema/types';
import {
  conversionsOf,
  dimensions,
  formatQuantity,
  formatUnit,
  fromInternal,
  isOf,
  parseUnit,
  toInternal,
  unitsFor,
} from '../../../../language/schema/units';
import { inVariant } from '../../../../language/schema/variants';
import { vocabulary } from '../../../../language/schema/vocabulary';
import { check } from '../../../../language/check/check';
import { parse } from '../../../../language/syntax/parser';
import { format } from '../../../../language/syntax/printer';

const DIMENSIONS = Object.keys(dimensions) as DimensionName[];

describe('units', () => {
  it('are worth what CODATA 2022 and the SI say', () => {
    const values: readonly (readonly [number, string, DimensionName, number])[] = [
      [1, 'bohr', 'length', 0.529177210544],
      [0.6, 'nm', 'length', 6],
      [1, 'hartree', 'energy', 27.211386245981],
      [2, 'rydberg', 'energy', 27.211386245981],
      [1, 'kcal/mol', 'energy', 0.0433641],
      [1, 'kJ/mol', 'energy', 0.01036427],
      [1, 'hartree/bohr', 'force', 51.422067],
      [5, '1/ps', 'inverse_time', 0.005],
      [5, 'ps^-1', 'inverse_time', 0.005],
      [160.21766208, 'GPa', 'pressure', 1],
      [1, 'atm', 'pressure', 6.324209e-7],
      [10, 'kbar', 'pressure', 0.006241509],
      [180, 'deg', 'angle', Math.PI],
      [10, '%', 'none', 0.1],
      [1, 'bohr^-2', 'inverse_length_squared', 1 / 0.529177210544 ** 2],
      [2, 'A', 'length', 2],
      [2, '\u212b', 'length', 2],
      [2, 'A\u030a', 'length', 2],
    ];
    for (const [value, unit, dimension, expected] of values)
      expect(Math.abs(toInternal(value, unit, dimension) / expected - 1), unit).toBeLessThan(2e-7);
  });

  it('of another dimension are refused', () => {
    for (const [unit, dimension] of [
      ['eV', 'length'],
      ['kcal', 'energy'],
      ['mol', 'none'],
      ['fs', 'inverse_time'],
      ['amu*Å^2/fs^2', 'energy'],
      ['', 'length'],
      ['Å Å', 'length'],
      ['foo', 'length'],
      ['Å^x', 'length'],
    ] as const)
      expect(toInternal(1, unit, dimension), unit).toBeNaN();
  });

  it('that are offered are of their dimension', () => {
    for (const dimension of DIMENSIONS)
      for (const unit of dimensions[dimension].units) expect(isOf(parseUnit(unit)!, dimension), unit).toBe(true);
  });

  it('convert there and back', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DIMENSIONS),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        (dimension, value) => {
          for (const unit of dimensions[dimension].units)
            expect(fromInternal(toInternal(value, unit, dimension), unit, dimension) / value).toBeCloseTo(1, 12);
        },
      ),
    );
  });

  it('are guessed from the value', () => {
    expect(unitsFor('length')[0]).toBe('Å');
    expect(unitsFor('length', 6, 6)[0]).toBe('Å');
    expect(unitsFor('length', 12, 6)[0]).toBe('bohr');
    expect(unitsFor('length', 0.6, 6)[0]).toBe('nm');
    expect(unitsFor('time', 10, 1e4)[0]).toBe('ps');
    expect(unitsFor('time', 0.5, 0.5)[0]).toBe('fs');
    expect(unitsFor('energy', 10, 0.010323)[0]).toBe('meV');
    expect([...unitsFor('energy', 3)].sort()).toEqual([...dimensions.energy.units].sort());
  });

  it('are written as a person would', () => {
    expect(formatQuantity(6.35, 'length')).toBe('6.35 Å');
    expect(formatQuantity(20000, 'time', 'ps')).toBe('20 ps');
    expect(formatQuantity(0.1, 'none')).toBe('0.1');
    const unitOf = (text: string) => {
      const item = parse(`a = 1 ${text}`).file.items[0];
      return item.kind === 'attribute' && item.value?.kind === 'number' ? item.value.unit! : undefined;
    };
    for (const text of ['Å^-2', 'kcal/mol', 'eV/Å^2', '1/ps', 'kcal/mol/Å'])
      expect(formatUnit(unitOf(text)!)).toBe(text);
    expect(conversionsOf(6, unitOf('A')!, 'length')).toEqual(['6 Å', '11.3384 bohr', '0.6 nm']);
    expect(conversionsOf(6, unitOf('eV')!, 'length')).toEqual([]);
  });
});

describe('the vocabulary', () => {
  const attributes: (readonly [string, AttributeSchema])[] = [];
  const blocks: (readonly [string, BlockSchema])[] = [];
  const walk = (inner: Readonly<Record<string, BlockSchema>>, path: string): void => {
    for (const [name, block] of Object.entries(inner)) {
      blocks.push([`${path}${name}`, block]);
      for (const [key, attribute] of Object.entries(block.attributes))
        attributes.push([`${path}${name}.${key}`, attribute]);
      walk(block.blocks ?? {}, `${path}${name}.`);
    }
  };
  walk(vocabulary, '');

  it('documents every word in a sentence', () => {
    for (const [path, { documentation }] of [...blocks, ...attributes]) {
      expect(documentation, path).toMatch(/^[A-ZÅλw_@+`−0-9].*[.…]$/su);
      expect(documentation.length, path).toBeGreaterThan(15);
    }
  });

  it('has examples that are values of their attributes, in the layout of the formatter', () => {
    for (const [path, schema] of attributes) {
      if (!('example' in schema)) continue;
      const text = `a = ${schema.example}\n`;
      expect(parse(text).errors, path).toEqual([]);
      expect(format(text), path).toBe(text);
    }
    // Not all attributes of a block go together.
    const wrong = check(parse(exampleFile())).diagnostics.filter(
      ({ severity, code }) =>
        severity === 'error' && !['PD0914', 'PD0010', 'PD0315', 'PD0406', 'PD0608', 'PD0702'].includes(code),
    );
    expect(wrong).toEqual([]);
  });

  it('has defaults in range, and examples that are the defaults where there are both', () => {
    for (const [path, schema] of attributes) {
      // Where the default means “not used”, the example is a value to begin with.
      if (schema.type !== 'quantity' || schema.default === undefined || schema.default === 0) continue;
      expect(
        schema.default >= (schema.minimum ?? -Infinity) && schema.default <= (schema.maximum ?? Infinity),
        path,
      ).toBe(true);
      const item = parse(`a = ${schema.example}`).file.items[0];
      const value = item.kind === 'attribute' && item.value?.kind === 'number' ? item.value : undefined;
      const unit = value?.unit === undefined ? undefined : formatUnit(value.unit);
      expect(unit === undefined ? value?.value : toInternal(value!.value, unit, schema.dimension), path).toBeCloseTo(
        schema.default,
        12,
      );
    }
  });

  /** Every attribute that has an example, with it. */
  function exampleFile(): string {
    const write = (name: string, block: BlockSchema): string => {
      const variant =
        typeof block.label === 'object' && 'variants' in block.label ? block.label.variants.at(-1) : undefined;
      const label =
        block.label === 'name' || block.label === 'text'
          ? ' x'
          : variant !== undefined
            ? ` ${variant}`
            : typeof block.label === 'object' && 'elements' in block.label && block.label.elements.required === true
              ? ' H'
              : '';
      const lines = Object.entries(block.attributes)
        .map(([key, owned]) => [key, inVariant(owned, variant)] as const)
        .flatMap(([key, schema]) =>
          'example' in schema
            ? [`${key} = ${schema.example}`]
            : schema.type === 'elements'
              ? [`${key} = [H, O]`]
              : schema.type === 'reference'
                ? [`${key} = x`]
                : [],
        );
      const inner = Object.entries(block.blocks ?? {}).map(([key, value]) => write(key, value));
      return `${name}${label} {\n${[...lines, ...inner].join('\n')}\n}`;
    };
    return Object.entries(vocabulary)
      .map(([name, block]) => write(name, block))
      .join('\n');
  }
});
