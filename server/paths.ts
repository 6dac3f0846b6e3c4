/** URIs and paths. */
import { fileURLToPath } from 'node:url';

/** Undefined for what is not on this disk: other schemes, other hosts, and new documents but for those that know where they will be. */
export function pathOf(uri: string): string | undefined {
  try {
    return fileURLToPath(uri.replace(/^untitled:(?=\/)/u, 'file://'));
  } catch {
    return undefined;
  }
}
