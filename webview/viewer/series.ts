/** The numbers over the frames of a file, read on when it has grown. */
import type { FrameSeries } from '../../protocol/frames';

const NONE: FrameSeries = { frames: 0, values: {} };

/** Numbers of some frames, and of those that follow them; NaN where one has none. */
export function joinSeries(before: FrameSeries, after: FrameSeries): FrameSeries {
  const frames = before.frames + after.frames;
  const keys = new Set([...Object.keys(before.values), ...Object.keys(after.values)]);
  const joined = [...keys].map((key) => {
    const values = new Float64Array(frames).fill(NaN);
    for (const [piece, at] of [
      [before, 0],
      [after, before.frames],
    ] as const)
      if (Object.hasOwn(piece.values, key)) values.set(piece.values[key], at);
    return [key, values] as const;
  });
  const units = before.units ?? after.units;
  return { frames, values: Object.fromEntries(joined), ...(units !== undefined && { units }) };
}

export interface SeriesReader {
  /** So many frames are known of the file; `generation` is another one when it became another file, `wish` when other numbers are wanted. */
  update(frames: number, generation: number, wish?: string): void;
}

/**
 * @param load asks for the numbers of the frames from `from` on
 * @param shown is given those of all frames; none where they are those of another file, or can't be read
 */
export function createSeriesReader(
  load: (from: number) => Promise<FrameSeries>,
  shown: (series: FrameSeries) => void,
): SeriesReader {
  let series = NONE;
  let known = { frames: 0, generation: NaN, wish: '' };
  let reading = false;

  async function read(): Promise<void> {
    reading = true;
    while (series.frames < known.frames) {
      const { generation, wish } = known;
      // What is wrong with the file is said where its frames are shown.
      const more = await load(series.frames).catch(() => undefined);
      if (generation !== known.generation || wish !== known.wish) continue;
      if (more === undefined) {
        series = NONE;
        shown(NONE);
        break;
      }
      if (more.frames === 0) break;
      series = joinSeries(series, more);
      shown(series);
    }
    reading = false;
  }

  return {
    update: (frames, generation, wish = '') => {
      const other = generation !== known.generation;
      if (other || wish !== known.wish) series = NONE;
      if (other && !Number.isNaN(known.generation)) shown(NONE);
      known = { frames, generation, wish };
      if (frames > 1 && !reading) void read();
    },
  };
}
