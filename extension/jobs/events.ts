/** Follows a growing events.ndjson by its size; works the same on network file systems, where watchers are deaf. */
import { open } from 'node:fs/promises';
import { parseEvents } from '../../protocol/run';
import type { EpochEvent, FlagEvent, RunEvent, StepEvent, WindowEvent } from '../../protocol/run';

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

export interface Batch {
  readonly events: readonly RunEvent[];
  /** These events come instead of the earlier ones: the first batch, or the file was replaced by a shorter one. */
  readonly reset: boolean;
  /** There was more than fits a batch: ask again. */
  readonly more: boolean;
}

/** Reads on where it stopped, complete lines only. */
export class EventTail {
  private offset = 0;
  private reset = true;
  private skipping = false;

  /** `start` < 0: only about so many bytes at the end. */
  constructor(
    private readonly path: string,
    private readonly start = 0,
  ) {}

  /** What was appended since; undefined if nothing was. A file that can't be read has nothing new. */
  async read(): Promise<Batch | undefined> {
    const file = await open(this.path, 'r').catch(() => undefined);
    if (file === undefined) return undefined;
    try {
      const { size } = await file.stat();
      if (size < this.offset) {
        this.offset = 0;
        this.reset = true;
      }
      if (this.reset && this.start < 0 && this.offset === 0 && size > -this.start) {
        this.offset = size + this.start;
        this.skipping = true;
      }
      const left = size - this.offset;
      if (left === 0) return undefined;
      const length = Math.min(left, CHUNK_BYTES);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, this.offset);
      const bytes = buffer.subarray(0, bytesRead);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      if (end === 0) {
        // A line that is longer than any event: no event, and not to be waited for.
        if (bytes.length < CHUNK_BYTES) return undefined;
        this.offset += bytes.length;
        this.skipping = true;
        return { events: [], reset: this.takeReset(), more: true };
      }
      const begin = this.skipping ? bytes.indexOf(NEWLINE) + 1 : 0;
      this.skipping = false;
      this.offset += end;
      const events = parseEvents(bytes.toString('utf8', begin, end));
      return { events, reset: this.takeReset(), more: left > CHUNK_BYTES };
    } catch {
      return undefined;
    } finally {
      await file.close();
    }
  }

  private takeReset(): boolean {
    const { reset } = this;
    this.reset = false;
    return reset;
  }
}

/** The newest of each kind of event: all that lists and the status bar show of a run. */
export interface Latest {
  readonly epoch?: EpochEvent;
  readonly step?: StepEvent;
  readonly window?: WindowEvent;
  readonly flag?: FlagEvent;
  readonly progress?: Extract<RunEvent, { type: 'progress' }>;
  readonly warnings: number;
}

export const NOTHING_YET: Latest = { warnings: 0 };

export function latestOf(before: Latest, events: readonly RunEvent[]): Latest {
  let { epoch, step, window, flag, progress, warnings } = before;
  for (const event of events) {
    if (event.type === 'epoch') epoch = event;
    else if (event.type === 'step') step = event;
    else if (event.type === 'window') window = event;
    else if (event.type === 'flag') flag = event;
    else if (event.type === 'progress') progress = event;
    else if (event.type === 'warning') warnings += 1;
  }
  return { epoch, step, window, flag, progress, warnings };
}
