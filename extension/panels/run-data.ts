/** Whether data files are still what a run has read: of another file the numbers of frames say nothing. */
import path from 'node:path';
import type { DataClient } from '../../protocol/data-client';
import type { RunManifest } from '../../protocol/run';

type DataFile = Omit<RunManifest['data'][number], 'file'>;

export class RunData {
  /** Why files can't be used any more. */
  private readonly reasons = new Map<string, string>();

  /**
   * @param recorded what the run has recorded of a file, an absolute path; undefined for one that it has not read
   * @param onChange is told when it is found out of a file that it has changed, or that it is again what it was
   */
  constructor(
    private readonly data: DataClient,
    private readonly recorded: (file: string) => DataFile | undefined,
    private readonly onChange: (reasons: ReadonlyMap<string, string>) => void,
  ) {}

  /** @throws Error if one of the files is not what the run has read */
  async verify(...files: readonly string[]): Promise<void> {
    await Promise.all([...new Set(files)].map((file) => this.look(file)));
    for (const file of files) {
      const reason = this.reasons.get(file);
      if (reason !== undefined)
        throw new Error(`${reason}: which of its structures the run has read can’t be told. Run it again.`);
    }
  }

  private async look(file: string): Promise<void> {
    const recorded = this.recorded(file);
    if (recorded === undefined) return;
    const { sha256, frames } = recorded;
    const reason = await this.data.request('isAsRead', { path: file, sha256, frames }).then(
      ({ same }) => (same ? undefined : `${path.basename(file)} has changed since this run`),
      () => `${path.basename(file)} can’t be read any more`,
    );
    if (reason === this.reasons.get(file)) return;
    if (reason === undefined) this.reasons.delete(file);
    else this.reasons.set(file, reason);
    this.onChange(this.reasons);
  }
}
