/** What the frames of a file have to say one by one (energy, temperature, pressure, …), as numbers over frames. */
import { MEASURED, type FrameSeries } from '../../protocol/frames';
import { volume } from '../structure/cell';
import { measureAtoms } from '../structure/chain';
import type { FrameSource } from './frames';
import type { UnitFactors } from './n2p2-data';

/** More numbers than these are no longer looked at. */
const MAXIMUM_KEYS = 30;

/**
 * All numbers that frames have besides those of their atoms, of all frames or of those from `from` on. Frames that are
 * wrong, or lack one, have NaN.
 * @param units of a file that doesn't tell them
 * @param atoms two to four, whose distance, angle or dihedral is `MEASURED`
 * @returns values as in its frames, and the `volume` (Å³) of periodic cells
 */
export async function readSeries(
  source: FrameSource,
  signal?: AbortSignal,
  units?: UnitFactors,
  from = 0,
  atoms: readonly number[] = [],
): Promise<FrameSeries> {
  const count = Math.max(0, source.count - from);
  let known: FrameSeries['units'];
  const values = new Map<string, Float64Array>();
  const set = (key: string, i: number, value: number): void => {
    let series = values.get(key);
    if (series === undefined) {
      if (values.size >= MAXIMUM_KEYS) return;
      series = new Float64Array(count).fill(NaN);
      values.set(key, series);
    }
    series[i] = value;
  };
  await source.readAll(
    (frame, i) => {
      const at = i - from;
      // One that is just being written comes later.
      if (at >= count) return;
      known ??= frame.units;
      const measured = measureAtoms(frame, atoms);
      if (measured !== undefined) set(MEASURED, at, measured);
      for (const [key, value] of frame.info) if (typeof value === 'number') set(key, at, value);
      if (frame.cell !== undefined && frame.periodic.every(Boolean)) set('volume', at, volume(frame.cell));
    },
    signal,
    units,
    from,
  );
  return { frames: count, values: Object.fromEntries(values), ...(known !== undefined && { units: known }) };
}
