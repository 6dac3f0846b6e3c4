/** Distributions and correlations of a trajectory as curves to be plotted. */
import { WAVENUMBER } from '../../engine/analysis/correlations';
import { firstShell, peakOf, type RadialDistribution } from '../../engine/analysis/distributions';
import { analyzeTrajectory, type Motion } from '../../engine/analysis/trajectory';
import { timeOf, type Frame } from '../../engine/formats/frame';
import { writtenMasses } from '../../engine/formats/labels';
import type { AnalysisWish, CurveGroup, Findings, TrajectoryCurves } from '../../protocol/analysis';
import { unitOfLength } from '../../protocol/units';

/** THz above which nothing vibrates: the highest of all is that of H₂. */
const HIGHEST_FREQUENCY = 140;

export function trajectoryCurves(frames: readonly Frame[], options: Omit<AnalysisWish, 'skip'>): TrajectoryCurves {
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
    findings?: Findings,
  ): void => {
    if (x !== undefined) groups.push({ title, unit, abscissa, x, curves, findings });
  };
  // Of reduced units, and of those that nobody knows, nothing is claimed.
  const known = frames.at(0)?.units;
  const length = unitOfLength(known);
  const distance = `distance (${length || 'units of the file'})`;
  const time = `time (${known === 'reduced' ? 'units of the file' : 'fs'})`;
  const r = radial.at(0)?.r;
  const pairs = radial.map(({ pair, ...its }) => ({ label: pair.join('–'), ...its }));
  add(
    'Radial distribution g(r)',
    '',
    distance,
    r,
    pairs.map(({ label, g }) => ({ label, y: g })),
    shellsOf(radial, length),
  );
  add(
    'Coordination number',
    'atoms',
    distance,
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
    length && `${length}²`,
    time,
    times(first?.displacement),
    motion.map(({ name, displacement }) => ({ label: name, y: displacement })),
    length === '' ? undefined : diffusionOf(motion),
  );
  add(
    'Velocity autocorrelation',
    '',
    time,
    times(first?.autocorrelation),
    motion.map(({ name, autocorrelation }) => ({ label: name, y: autocorrelation })),
  );
  const shown =
    known === 'reduced' ? undefined : first?.spectrum.frequency.filter((frequency) => frequency <= HIGHEST_FREQUENCY);
  add(
    'Vibrational spectrum',
    '1/THz',
    'frequency (THz)',
    shown,
    motion.map(({ name, spectrum }) => ({ label: name, y: spectrum.density.slice(0, shown?.length) })),
    {
      columns: ['highest at (THz)', '(cm⁻¹)'],
      rows: motion.map(({ name, spectrum }) => {
        const { peak } = peakOf(spectrum.frequency, spectrum.density);
        return [name, peak, peak === null ? null : Math.round(peak * WAVENUMBER)];
      }),
      note: 'Of the velocities weighted by mass, with Hann’s window.',
    },
  );
  return { frames: frames.length, groups, notes };
}

function shellsOf(radial: readonly RadialDistribution[], length: string): Findings {
  const unit = length && ` (${length})`;
  const rows = radial.map((each): Findings['rows'][number] => {
    const [first, second] = each.pair;
    const { peak = null, height = null, end = null, coordination = null } = firstShell(each) ?? {};
    const around = (count: number, of: string, center: string): string => `${count.toFixed(2)} ${of} around ${center}`;
    const neighbors =
      coordination === null
        ? null
        : first === second
          ? around(coordination, second, first)
          : `${around(coordination, second, first)}, ${around(coordination * each.ratio, first, second)}`;
    return [each.pair.join('–'), peak, height, end, neighbors];
  });
  return {
    columns: [`first peak${unit}`, 'g', `minimum${unit}`, 'neighbours'],
    rows,
    note: 'Neighbours up to the minimum behind the first peak of g(r).',
  };
}

/** Nothing where there are too few frames. */
function diffusionOf(motion: readonly Motion[]): Findings | undefined {
  const rows = motion.flatMap(({ name, diffusion }): Findings['rows'] => {
    if (diffusion === null) return [];
    const { coefficient, error, from, to, exponent } = diffusion;
    const fitted = [from, to].map((end) => Number(end.toPrecision(6))).join(' to ');
    return [[name, 1e5 * coefficient, 1e5 * error, fitted, exponent]];
  });
  if (rows.length === 0) return undefined;
  return {
    columns: ['D (10⁻⁵ cm²/s)', '±', 'fitted (fs)', 'α'],
    rows,
    note:
      'Einstein’s D: a sixth of the slope of a straight line, with the standard error of five parts of the trajectory, not ' +
      'corrected for the size of the cell. The displacement grows as tᵅ there: where α is far from 1, atoms do not diffuse.',
  };
}
