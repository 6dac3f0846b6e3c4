/**
 * Files of a run that are appended to. A checkpoint knows how many bytes of them belong to its state, so that a run that goes on
 * cuts off what came after it and ends with the same bytes.
 */
import { closeSync, fsyncSync, openSync, statSync, truncateSync } from 'node:fs';
import { fail, ok, type Result } from '../../protocol/result';
import { writeFully } from './files';

export interface Appended {
  /** That the file has now. */
  readonly bytes: number;
  write(text: string): void;
  /** On disk is then all that was written. */
  sync(): void;
  close(): void;
}

/** Opens a file to go on after its first `bytes` bytes, and makes it if need be. Expected failure: it has fewer. */
export function openAppended(path: string, bytes: number): Result<Appended> {
  closeSync(openSync(path, 'a'));
  if (statSync(path).size < bytes) {
    const message = 'The file is shorter than it was: this run cannot go on. Start a new one.';
    return fail({ code: 'RN012', message, place: { file: path } });
  }
  truncateSync(path, bytes);
  const descriptor = openSync(path, 'a');
  let length = bytes;
  return ok({
    get bytes() {
      return length;
    },
    write(text) {
      const data = Buffer.from(text);
      writeFully(descriptor, data);
      length += data.length;
    },
    sync: () => fsyncSync(descriptor),
    close: () => closeSync(descriptor),
  });
}
