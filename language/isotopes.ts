/**
 * The isotopes that an element may be taken as: the stable ones up to argon, tritium and carbon-14. Masses in amu: AME2020, Wang
 * et al., Chin. Phys. C 45, 030003 (2021).
 */
import { atomicNumber, elements } from './elements';

const masses: Readonly<Record<string, readonly number[]>> = {
  H: [1.007825, 2.014102, 3.016049],
  He: [3.016029, 4.002603],
  Li: [6.015123, 7.016003],
  B: [10.012937, 11.009305],
  C: [12, 13.003355, 14.003242],
  N: [14.003074, 15.000109],
  O: [15.994915, 16.999132, 17.99916],
  Ne: [19.99244, 20.993847, 21.991385],
  Mg: [23.985042, 24.985837, 25.982593],
  Si: [27.976927, 28.976495, 29.97377],
  S: [31.972071, 32.971459, 33.967867, 35.967081],
  Cl: [34.968853, 36.965903],
  Ar: [35.967545, 37.962732, 39.962383],
};

export interface Isotope {
  /** `deuterium`, `carbon-13` */
  readonly name: string;
  /** amu */
  readonly mass: number;
}

/** Masses are seldom written to more digits than tell the isotope. */
const TOLERANCE = 0.01;

/** The known isotope of an element that is nearest to a mass (amu); undefined for elements without another. */
export function nearestIsotope(symbol: string, mass: number): Isotope | undefined {
  if (!Object.hasOwn(masses, symbol)) return undefined;
  const nearest = masses[symbol].reduce((a, b) => (Math.abs(b - mass) < Math.abs(a - mass) ? b : a));
  const number = Math.round(nearest);
  const own = symbol === 'H' ? ['protium', 'deuterium', 'tritium'][number - 1] : undefined;
  return { name: own ?? `${elements[atomicNumber(symbol) ?? 0].name}-${number}`, mass: nearest };
}

/** The isotope that has a mass; undefined where none has. */
export function isotopeOf(symbol: string, mass: number): Isotope | undefined {
  const nearest = nearestIsotope(symbol, mass);
  return nearest !== undefined && Math.abs(mass / nearest.mass - 1) <= TOLERANCE ? nearest : undefined;
}
