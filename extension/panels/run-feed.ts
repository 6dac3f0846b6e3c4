/** Sends a page what there is to know of a run, first all, then what is new. */
import path from 'node:path';
import type { RunEvent } from '../../protocol/run';
import { EventTail } from '../jobs/events';
import type { Run } from '../jobs/runs';

export class RunFeed {
  private tail: EventTail;

  constructor(
    private readonly folder: string,
    private readonly tell: (events: readonly RunEvent[], reset: boolean) => void,
  ) {
    this.tail = this.newTail();
  }

  private newTail(): EventTail {
    return new EventTail(path.join(this.folder, 'events.ndjson'));
  }

  /** The next events are all of them. */
  restart(): void {
    this.tail = this.newTail();
  }

  /** Sends the events that are new. */
  async send(): Promise<void> {
    for (;;) {
      const batch = await this.tail.read();
      if (!batch) return;
      if (batch.events.length > 0 || batch.reset) this.tell(batch.events, batch.reset);
      if (!batch.more) return;
    }
  }
}

/** What a page needs of a run. */
export const viewOf = ({ manifest, state, folder }: Run): Pick<Run, 'manifest' | 'state' | 'folder'> => ({
  manifest,
  state,
  folder,
});
