/** How files and runs were looked at last, kept with the workspace beyond the closing of their panels; of those opened last only. */
import * as v from 'valibot';

/** What `vscode.Memento` offers. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

const MAXIMUM_FILES = 100;
const KEY = 'nearsight.looks';
const kept = v.array(v.tuple([v.string(), v.string()]));

/** Files with their states, the latest last. What was written by another version and doesn't fit is forgotten. */
const read = (memory: Memory): readonly (readonly [file: string, state: string])[] => {
  const result = v.safeParse(kept, memory.get(KEY));
  return result.success ? result.output : [];
};

/** The state of a file as its panel wrote it, for that to check; undefined if it was never opened. */
export const recall = (memory: Memory, file: string): string | undefined =>
  read(memory).find(([each]) => each === file)?.[1];

export async function remember(memory: Memory, file: string, state: string): Promise<void> {
  const others = read(memory).filter(([each]) => each !== file);
  await memory.update(KEY, [...others, [file, state]].slice(-MAXIMUM_FILES));
}
