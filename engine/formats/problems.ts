/** Collects what is wrong with a file: the first few problems with their places, and a count of the rest. */
import { type Problem, type Result } from '../../protocol/result';

const SHOWN_PROBLEMS = 20;

export class Problems {
  private readonly shown: Problem[] = [];
  private total = 0;

  get count(): number {
    return this.total;
  }

  add(...problems: readonly Problem[]): void {
    for (const problem of problems) {
      this.total++;
      if (this.shown.length < SHOWN_PROBLEMS) this.shown.push(problem);
    }
  }

  /** The first problems and, if there are more, a last one that counts them. */
  list(): Problem[] {
    const rest = this.total - this.shown.length;
    if (rest === 0) return [...this.shown];
    const message = `and ${rest} more ${rest === 1 ? 'problem' : 'problems'}: mend the first ones and look again`;
    return [
      ...this.shown,
      { code: 'XD099', message, place: this.shown[0].place && { file: this.shown[0].place.file } },
    ];
  }

  /** `value` if nothing was wrong. */
  result<T>(value: T): Result<T> {
    return this.total === 0 ? { ok: true, value } : { ok: false, problems: this.list() };
  }
}
