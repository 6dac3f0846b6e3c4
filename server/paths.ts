/** URIs and paths. */
import { fileURLToPath } from 'node:url';

/** Undefined for what is not on this disk: new documents, other schemes, other hosts. */
export function pathOf(uri: string): string | undefined {
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}
