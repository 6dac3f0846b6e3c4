import { expect, test } from 'vitest';
import { atomicNumber, elements, symbolOf } from '../../language/elements';

test('118 elements in order of atomic number', () => {
  expect(elements).toHaveLength(119);
  expect(elements[0].symbol).toBe('X');
  expect(new Set(elements.map((e) => e.symbol)).size).toBe(119);
  expect(new Set(elements.map((e) => e.name)).size).toBe(119);
  // The noble gases end the periods: a row too many or too few would shift them.
  const nobleGases = ['He', 'Ne', 'Ar', 'Kr', 'Xe', 'Rn', 'Og'];
  expect(nobleGases.map((symbol) => atomicNumber(symbol))).toEqual([2, 10, 18, 36, 54, 86, 118]);
  for (let z = 1; z <= 118; z++) expect(atomicNumber(symbolOf(z))).toBe(z);
});

test('every row is physically sensible', () => {
  const anomalies: string[] = [];
  for (let z = 1; z <= 118; z++) {
    const { symbol, mass, covalentRadius, vdwRadius, color } = elements[z];
    expect(symbol).toMatch(/^[A-Z][a-z]?$/);
    expect(mass).toBeGreaterThanOrEqual(z);
    expect(mass).toBeLessThan(3 * z + 1);
    expect(covalentRadius).toBeLessThan(vdwRadius);
    expect(covalentRadius).toBeGreaterThan(0.2);
    expect(vdwRadius).toBeLessThan(4);
    expect(color).toBeGreaterThanOrEqual(0);
    expect(color).toBeLessThanOrEqual(0xffffff);
    if (z > 1 && z <= 94 && mass < elements[z - 1].mass) anomalies.push(symbol);
  }
  // The places up to plutonium where the periodic table is not in order of mass.
  expect(anomalies).toEqual(['K', 'Ni', 'I', 'Pa', 'Np']);
});

test('spot values', () => {
  expect(elements[1]).toEqual({
    symbol: 'H',
    name: 'hydrogen',
    mass: 1.008,
    covalentRadius: 0.31,
    vdwRadius: 1.2,
    color: 0xffffff,
  });
  expect(elements[6]).toMatchObject({
    symbol: 'C',
    mass: 12.011,
    covalentRadius: 0.76,
    vdwRadius: 1.77,
    color: 0x909090,
  });
  expect(elements[8]).toMatchObject({
    symbol: 'O',
    mass: 15.999,
    covalentRadius: 0.66,
    vdwRadius: 1.5,
    color: 0xff0d0d,
  });
  expect(elements[14]).toMatchObject({ name: 'silicon', mass: 28.085, covalentRadius: 1.11, vdwRadius: 2.19 });
  expect(elements[29]).toMatchObject({ name: 'copper', mass: 63.546, covalentRadius: 1.32, color: 0xc88033 });
  expect(elements[79]).toMatchObject({ name: 'gold', mass: 196.966569, vdwRadius: 2.32, color: 0xffd123 });
  expect(elements[92]).toMatchObject({ name: 'uranium', mass: 238.02891, covalentRadius: 1.96, vdwRadius: 2.71 });
});

test('what is no element is refused', () => {
  for (const text of ['', 'X', 'x', 'h', 'HE', 'Hx', '1', 'toString', '__proto__'])
    expect(atomicNumber(text)).toBeUndefined();
  for (const z of [0, -1, 119, 1.5, Number.NaN]) expect(symbolOf(z)).toBe('X');
});
