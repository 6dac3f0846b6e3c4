/**
 * What one dialect can't say stands in the other one's comments, so that the way back loses nothing:
 *
 *   # input.nn: kalman_type 0                          in a `.potential` file, a line of input.nn
 *   # .potential: md liquid { … }                      in an input.nn, a line of the `.potential` file,
 *   # .potential train: batch_size = 8                 or of one of the blocks that belong to the potential
 *   # .potential names: water rpbe water               and what the three blocks were called
 */

/** The blocks of a `.potential` file that become one input.nn; `file` for what stands beside them. */
export type Owner = 'file' | 'potential' | 'dataset' | 'train';

const INPUT = '# input.nn: ';
const prefixOf = (owner: Owner | 'names'): string => (owner === 'file' ? '# .potential: ' : `# .potential ${owner}: `);

export const keepInputLine = (line: string): string => INPUT + line;

/** Lines of a `.potential` file's text, the first indentation of several lines taken off all of them. */
export function keepSource(owner: Owner, source: string): string[] {
  const lines = source.split(/\r?\n|\r/);
  const indentation = Math.min(...lines.slice(1).map((line) => /^\s*/.exec(line)![0].length), Infinity);
  return lines.map((line, i) =>
    (prefixOf(owner) + (i === 0 ? line : line.slice(Math.min(indentation, line.length)))).trimEnd(),
  );
}

export const keepNames = (names: readonly string[]): string => prefixOf('names') + names.join(' ');

/** The lines of input.nn in the comments of a `.potential` file. */
export function keptInputLines(text: string): string[] {
  return text.split(/\r?\n|\r/).flatMap((line) => {
    const content = line.trimStart();
    return content.startsWith(INPUT) ? [content.slice(INPUT.length)] : [];
  });
}

/** The text in the comments of an input.nn, by owner. */
export function keptSource(text: string): Readonly<Record<Owner, readonly string[]>> & { readonly names?: string } {
  const result: Record<Owner, string[]> & { names?: string } = { file: [], potential: [], dataset: [], train: [] };
  for (const line of text.split(/\r?\n|\r/)) {
    const match = /^# \.potential(?: (\w+))?:(?: (.*))?$/.exec(line.trim());
    if (match === null) continue;
    const [, owner = 'file', source = ''] = match as readonly (string | undefined)[];
    if (owner === 'names') result.names = source;
    else if (owner === 'file' || owner === 'potential' || owner === 'dataset' || owner === 'train')
      result[owner].push(source);
  }
  return result;
}

/** Whether a comment is one of these. */
export const isKept = (line: string): boolean => /^\s*# (?:input\.nn|\.potential(?: \w+)?):/.test(line);

const BANNER = /^\s*#{4,}[^\S\r\n]*$/;

/** Comments that a file begins with, without banners, and without what only one dialect would understand. */
export function headerOf(text: string): string[] {
  const header: string[] = [];
  for (const line of text.replace('\ufeff', '').split(/\r?\n|\r/)) {
    const content = line.trim();
    if (content !== '' && !/^[#!]/.test(content)) break;
    if (content === '' || BANNER.test(content) || isKept(content) || isUnitComment(content)) continue;
    header.push(content.replace(/^!/, '#'));
  }
  return header;
}

const isUnitComment = (line: string): boolean => /^#\s*(length|energy)\s+units?\s*[:=]/i.test(line);
