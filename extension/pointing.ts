/**
 * What is pointed at, wherever that is: a structure in a plot, in a viewer, in the text of its file. Whoever shows structures
 * follows, and says where a person points; so that a click in one view is seen in all others. Pure.
 */
import type { PointedAt } from '../protocol/panels';
import type { Disposable } from './disposable';

/** One that shows structures. */
export interface Follower {
  /** Whether it can show anything of a file, an absolute path without symbolic links. */
  readonly has: (file: string) => boolean;
  /** A person points at something of such a file in another view. */
  readonly point: (at: PointedAt) => void;
}

export class Pointing {
  private readonly followers = new Set<Follower>();
  private latest: PointedAt | undefined;

  /** @param realPath where a path leads to: one file may be open under several, through symbolic links */
  constructor(readonly realPath: (file: string) => string) {}

  /** Where a person pointed last. */
  get current(): PointedAt | undefined {
    return this.latest;
  }

  follow(follower: Follower): Disposable {
    this.followers.add(follower);
    return { dispose: () => this.followers.delete(follower) };
  }

  /** Whether anybody but `origin` shows a file. */
  isFollowed(file: string, origin?: Follower): boolean {
    const real = this.realPath(file);
    return [...this.followers].some((each) => each !== origin && each.has(real));
  }

  /** Tells all but `origin`, from which it comes, of what is new: no view hears of itself, and nothing goes in circles. */
  point(there: PointedAt, origin?: Follower): void {
    const at = { ...there, file: this.realPath(there.file) };
    if (this.latest !== undefined && isSame(this.latest, at)) return;
    this.latest = at;
    for (const each of this.followers) if (each !== origin && each.has(at.file)) each.point(at);
  }
}

const isSame = (a: PointedAt, b: PointedAt): boolean =>
  a.file === b.file && isEqual(a.frames, b.frames) && isEqual(a.atoms, b.atoms);

const isEqual = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, k) => value === b[k]);
