/** Tables of the page as Markdown, for reports and notes. */

/** As GitHub writes them: the caption above, numbers to the right. Empty columns and rows are left out. */
export function tableAsMarkdown(table: HTMLTableElement): string {
  const rows = [...table.rows].filter(({ cells }) => cells.length > 0);
  const caption = table.caption?.textContent ?? '';
  return markdownTable(
    rows.map((row) => [...row.cells].map((cell) => cell.innerText)),
    caption,
  );
}

/** @param rows the first is the head */
export function markdownTable(rows: readonly (readonly string[])[], caption = ''): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const text = (cell: string | undefined): string =>
    (cell ?? '')
      .replaceAll('|', '\\|')
      .replace(/[\s\u202f]+/g, (space) => (space.includes('\u202f') ? '\u202f' : ' '))
      .trim();
  const filled = rows.map((row) => Array.from({ length: columns }, (_, k) => text(row.at(k))));
  const isNumber = (cell: string): boolean => cell === '' || cell === '–' || /^[−-]?\d/.test(cell);
  const rule = Array.from({ length: columns }, (_, k) =>
    filled.slice(1).every((row) => isNumber(row[k])) ? '---:' : '---',
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  if (filled.length === 0) return '';
  const [head, ...body] = filled;
  return [...(caption === '' ? [] : [caption, '']), line(head), line(rule), ...body.map(line), ''].join('\n');
}
