import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAppended } from '../../../engine/runs/appended';
import { temporaryFolder } from '../../fixtures/folders';

const newPath = (): string => path.join(temporaryFolder(), 'trajectory.xyz');

describe('a file that is appended to', () => {
  test('is made, and counts its bytes', () => {
    const file = newPath();
    const opened = openAppended(file, 0);
    if (!opened.ok) throw new Error(opened.problems[0].message);
    const { value } = opened;
    value.write('Å');
    value.write('fs\n');
    value.sync();
    expect(value.bytes).toBe(5);
    value.close();
    expect(readFileSync(file, 'utf8')).toBe('Åfs\n');
  });

  test('goes on after what belongs to the checkpoint, without what came later', () => {
    const file = newPath();
    writeFileSync(file, 'kept, and lost');
    const opened = openAppended(file, 5);
    if (!opened.ok) throw new Error(opened.problems[0].message);
    opened.value.write(' on');
    expect(opened.value.bytes).toBe(8);
    opened.value.close();
    expect(readFileSync(file, 'utf8')).toBe('kept, on');
  });

  test('does not go on, and stays as it is, where something of it is missing', () => {
    const file = newPath();
    writeFileSync(file, 'short');
    expect(openAppended(file, 6)).toMatchObject({ ok: false, problems: [{ code: 'RN012', place: { file } }] });
    expect(readFileSync(file, 'utf8')).toBe('short');
  });
});
