/** Files that a person has asked for by their path. */
import { resolve } from 'node:path';
import { fail, ok, type Problem, type Result } from '../../protocol/result';
import { errorCode, writeAtomically } from '../runs/files';

/** @returns problem RN016 if it can't be written; what was there before then still is */
export function writeOutput(path: string, data: string | Uint8Array): Result<undefined> {
  try {
    writeAtomically(resolve(path), data);
    return ok(undefined);
  } catch (error) {
    return fail(unwritable(path, error));
  }
}

export const unwritable = (file: string, error: unknown): Problem => ({
  code: 'RN016',
  message: `This can't be written (${errorCode(error) ?? 'unknown error'}).`,
  place: { file },
});
