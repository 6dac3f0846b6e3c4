/** The text of a compressed file (gzip), read only: the editor itself shows such a file as binary. */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip } from 'node:zlib';
import * as vscode from 'vscode';

export const UNPACKED_SCHEME = 'nearsight-unpacked';
/** What the editor hands to extensions as a text; more is slow to show. */
const MAXIMUM_BYTES = 50_000_000;

/** The document with the text of a file: the file itself, unless it is compressed. */
export const readable = (file: vscode.Uri): vscode.Uri =>
  file.path.endsWith('.gz')
    ? vscode.Uri.from({ scheme: UNPACKED_SCHEME, path: file.path.replace(/\.gz$/, ''), query: file.fsPath })
    : file;

const changed = new vscode.EventEmitter<vscode.Uri>();

/** Has a text that is open read again, as its file may have grown. */
export function readAgain(text: vscode.Uri): void {
  if (text.scheme === UNPACKED_SCHEME) changed.fire(text);
}

export const unpackedTexts: vscode.TextDocumentContentProvider = {
  onDidChange: changed.event,
  provideTextDocumentContent: async ({ query: file }) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const tooLarge = new Error('too large');
    try {
      await pipeline(
        createReadStream(file),
        // Of one that is still being written, what there is.
        createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }),
        async (chunks: AsyncIterable<Buffer>) => {
          for await (const chunk of chunks) {
            bytes += chunk.length;
            if (bytes > MAXIMUM_BYTES) throw tooLarge;
            pieces.push(chunk);
          }
        },
      );
    } catch (error) {
      const name = path.basename(file);
      if (error === tooLarge)
        return `${name} has more than 50 MB when unpacked: unpack it with gunzip to read its text.\n`;
      return `${name} can’t be unpacked: ${error instanceof Error ? error.message : String(error)}\n`;
    }
    return Buffer.concat(pieces).toString();
  },
};
