/** What is pointed at in one view is seen in the others, once; and which atoms the lines of a data file are about. */
import { describe, expect, test } from 'vitest';
import { Pointing, type Follower } from '../../../extension/pointing';
import { atomsOfLines, linesOfAtoms } from '../../../extension/text-atoms';
import type { PointedAt } from '../../../protocol/panels';

const at = (frame: number, ...atoms: number[]): PointedAt => ({ file: '/data/a.xyz', frames: [frame], atoms });

describe('pointing', () => {
  const follow = (pointing: Pointing, file = '/data/a.xyz'): { follower: Follower; seen: PointedAt[] } => {
    const seen: PointedAt[] = [];
    const follower = { has: (each: string) => each === file, point: (each: PointedAt) => void seen.push(each) };
    pointing.follow(follower);
    return { follower, seen };
  };

  test('all who show the file are told but the one who points', () => {
    const pointing = new Pointing((file) => file);
    const [plot, viewer, other] = [follow(pointing), follow(pointing), follow(pointing, '/data/b.xyz')];
    pointing.point(at(3, 1), plot.follower);
    expect(viewer.seen).toEqual([at(3, 1)]);
    expect([...plot.seen, ...other.seen]).toEqual([]);
    expect(pointing.current).toEqual(at(3, 1));
    expect(pointing.isFollowed('/data/b.xyz')).toBe(true);
    expect(pointing.isFollowed('/data/b.xyz', other.follower)).toBe(false);
    expect(pointing.isFollowed('/data/c.xyz')).toBe(false);
  });

  test('a file is the same under all paths that lead to it', () => {
    const links: Readonly<Record<string, string>> = { '/home/link.xyz': '/data/a.xyz' };
    const pointing = new Pointing((file) => links[file] ?? file);
    const { seen } = follow(pointing);
    expect(pointing.isFollowed('/home/link.xyz')).toBe(true);
    pointing.point({ ...at(2), file: '/home/link.xyz' });
    expect(seen).toEqual([at(2)]);
    pointing.point(at(2));
    expect(seen).toHaveLength(1);
  });

  test('two views that repeat what they are told come to rest', () => {
    const pointing = new Pointing((file) => file);
    let told = 0;
    const echo = (): Follower => {
      const follower: Follower = {
        has: () => true,
        point: (each) => {
          told++;
          pointing.point({ ...each, frames: [...each.frames] }, follower);
        },
      };
      pointing.follow(follower);
      return follower;
    };
    const first = echo();
    echo();
    pointing.point(at(7), first);
    expect(told).toBe(1);
  });

  test('a view that is gone is told nothing', () => {
    const pointing = new Pointing((file) => file);
    const seen: PointedAt[] = [];
    pointing.follow({ has: () => true, point: (each) => seen.push(each) }).dispose();
    pointing.point(at(1));
    expect(seen).toEqual([]);
  });
});

describe('atoms of lines', () => {
  test('of extended XYZ: after the number and the comment', () => {
    const lines = ['1', 'x', 'H 0 0 0', '3', 'energy=1', 'O 0 0 0', 'H 0 0 1', 'H 0 1 0', '1'];
    const of = (from: number, to = from): number[] => atomsOfLines((k) => lines[k] ?? '', 3, from, to);
    expect([of(3), of(4), of(5), of(7), of(4, 6), of(3, 4), of(6, 8)]).toEqual([[], [], [0], [2], [0, 1], [], [1, 2]]);
  });

  test('of input.data: the lines that say atom', () => {
    const lines = ['begin', 'comment atom', 'lattice 1 0 0', 'atom 0 0 0 H', 'charge 0', 'atom 1 0 0 O', 'end'];
    const of = (from: number, to = from): number[] => atomsOfLines((k) => lines[k] ?? '', 0, from, to);
    expect([of(0), of(1), of(3), of(4), of(5), of(0, 6)]).toEqual([[], [], [0], [], [1], [0, 1]]);
  });

  test('and the lines of atoms', () => {
    const xyz = ['1', 'x', 'H 0 0 0', '3', 'energy=1', 'O 0 0 0', 'H 0 0 1', 'H 0 1 0', '1'];
    expect(linesOfAtoms((k) => xyz[k] ?? '', 3, 8, [2, 0, 7])).toEqual([5, 7]);
    const n2p2 = ['begin', 'comment atom', 'atom 0 0 0 H', 'charge 0', 'atom 1 0 0 O', 'end', 'begin'];
    expect(linesOfAtoms((k) => n2p2[k] ?? '', 0, 6, [1, 5])).toEqual([4]);
    expect(linesOfAtoms(() => 'ITEM: TIMESTEP', 0, 6, [1])).toEqual([]);
  });

  test('of other formats none', () => {
    expect(atomsOfLines(() => 'ITEM: TIMESTEP', 0, 5, 6)).toEqual([]);
  });
});
