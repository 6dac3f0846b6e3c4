/** Distributions and correlations of a trajectory as curves to be plotted. */
import { analyzeTrajectory } from '../../engine/analysis/trajectory';
import { timeOf, type Frame } from '../../engine/formats/frame';
import { writtenMasses } from '../../engine/formats/labels';
import type { CurveGroup, TrajectoryCurves } from '../../protocol/frames';

/** THz above which nothing vibrates: the highest of all is that of H₂. */
const HIGHEST_FREQUENCY = 140;

export function trajectoryCurves(
  frames: readonly Frame[],
  options: { readonly cutoff: number; readonly timestep?: number },
): TrajectoryCurves {
  const { radial, angles, motion, notes } = analyzeTrajectory(frames, frames.map(timeOf), {
    ...options,
    masses: writtenMasses(frames.at(0)),
  });
  const groups: CurveGroup[] = [];
  const add = (
    title: string,
    unit: string,
    abscissa: string,
    x: Float64Array | undefined,
    curves: CurveGroup['curves'],
  ): void => {
    if (x !== undefined) groups.push({ title, unit, abscissa, x, curves });
  };
  const r = radial.at(0)?.r;
  const pairs = radial.map(({ pair, ...its }) => ({ label: pair.join('–'), ...its }));
  add(
    'Radial distribution g(r)',
    '',
    'distance (Å)',
    r,
    pairs.map(({ label, g }) => ({ label, y: g })),
  );
  add(
    'Coordination number',
    'atoms',
    'distance (Å)',
    r,
    pairs.map(({ label, coordination }) => ({ label, y: coordination })),
  );
  add(
    'Angles between bonds',
    '1/°',
    'angle (°)',
    angles.at(0)?.angle,
    angles.map(({ triple, density }) => ({ label: triple.join('–'), y: density })),
  );
  const first = motion.at(0);
  const times = (values: Float64Array | undefined): Float64Array | undefined =>
    values?.map((_, m) => m * (first?.timestep ?? 0));
  add(
    'Mean squared displacement',
    'Å²',
    'time (fs)',
    times(first?.displacement),
    motion.map(({ name, displacement }) => ({ label: name, y: displacement })),
  );
  add(
    'Velocity autocorrelation',
    '',
    'time (fs)',
    times(first?.autocorrelation),
    motion.map(({ name, autocorrelation }) => ({ label: name, y: autocorrelation })),
  );
  const shown = first?.spectrum.frequency.filter((frequency) => frequency <= HIGHEST_FREQUENCY);
  add(
    'Vibrational spectrum',
    '1/THz',
    'frequency (THz)',
    shown,
    motion.map(({ name, spectrum }) => ({ label: name, y: spectrum.density.slice(0, shown?.length) })),
  );
  return { frames: frames.length, groups, notes };
}
