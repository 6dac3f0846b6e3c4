/** What the frames of a file have to say one by one (energy, temperature, pressure, …), as numbers over frames. */
import type { FrameSeries } from '../../protocol/frames';
import { volume } from '../structure/cell';
import type { FrameSource } from './frames';
import type { UnitFactors } from './n2p2-data';

/** More numbers than these are no longer looked at. */
const MAXIMUM_KEYS = 30;

/**
 * All numbers that frames have besides those of their atoms. Frames that are wrong, or lack one, have NaN.
 * @param units of a file that doesn't tell them
 * @returns values as in its frames; `volume` (Å³) is added where cells change
 */
export async function readSeries(source: FrameSource, signal?: AbortSignal, units?: UnitFactors): Promise<FrameSeries> {
  const count = source.count;
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
      // One that is just being written comes later.
      if (i >= count) return;
      known ??= frame.units;
      for (const [key, value] of frame.info) if (typeof value === 'number') set(key, i, value);
      if (frame.cell !== undefined && frame.periodic.every(Boolean)) set('volume', i, volume(frame.cell));
    },
    signal,
    units,
  );
  // A cell that stays says nothing.
  const volumes = values.get('volume');
  if (volumes?.every((each) => each === volumes[0] || Number.isNaN(each)) === true) values.delete('volume');
  return { frames: count, values: Object.fromEntries(values), ...(known !== undefined && { units: known }) };
}
