/** Whether a file is another than before. */
import { stat } from 'node:fs/promises';

/** A text that differs when size or time of the file do; the same for all files that are not there. */
export async function stampOf(file: string): Promise<string> {
  const status = await stat(file).catch(() => undefined);
  return `${status?.size ?? ''} ${status?.mtimeMs ?? ''}`;
}
