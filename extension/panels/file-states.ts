/** What is kept of files and runs with the workspace, beyond the closing of their panels; in each list of the latest only. */
import * as v from 'valibot';

/** What `vscode.Memento` offers. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

/** A list of its own, from which nothing of another one drops out. */
interface List {
  readonly key: string;
  readonly maximum: number;
}

/** How files and runs were looked at last. */
const LOOKS: List = { key: 'nearsight.looks', maximum: 100 };
/** In which units files are, as a person has chosen: numbers depend on it, so it is kept for longer than looks. */
export const CHOSEN_UNITS: List = { key: 'nearsight.units', maximum: 1000 };

const kept = v.array(v.tuple([v.string(), v.string()]));

/** Files with their states, the latest last. What was written by another version and doesn't fit is forgotten. */
const read = (memory: Memory, { key }: List): readonly (readonly [file: string, state: string])[] => {
  const result = v.safeParse(kept, memory.get(key));
  return result.success ? result.output : [];
};

/** The state of a file as it was written, for the reader to check; undefined if there is none. */
export const recall = (memory: Memory, file: string, list = LOOKS): string | undefined =>
  read(memory, list).find(([each]) => each === file)?.[1];

export async function remember(memory: Memory, file: string, state: string, list = LOOKS): Promise<void> {
  const others = read(memory, list).filter(([each]) => each !== file);
  await memory.update(list.key, [...others, [file, state]].slice(-list.maximum));
}
