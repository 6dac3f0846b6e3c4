/**
 * Rates: two sources or what a source does not have (PD0004, PD0010), no look at what comes back (PD1302), a barrier that is taken for a
 * free energy of activation (PD1301), and, as the last run has seen it, force constants without their ½ (PD1204).
 */
import { formatQuantity } from '../schema/units';
import type { RunFacts } from './facts';
import {
  blocksOf,
  deletion,
  insertion,
  numberOf,
  replace,
  valueOf,
  type BlockReading,
  type Context,
  type FileContext,
} from './reading';

/** Of the block by itself. */
export function checkRate(context: Context, rate: BlockReading): void {
  const umbrella = rate.attributes.get('umbrella')?.attribute;
  const windows = blocksOf(rate, 'windows').at(0)?.block;
  const recrossing = blocksOf(rate, 'recrossing').at(0)?.block;
  if (windows === undefined) {
    if (umbrella !== undefined && recrossing === undefined)
      context.report({
        code: 'PD1302',
        severity: 'warning',
        span: rate.label ?? rate.block.name,
        message:
          'Without `recrossing` this is the rate of transition-state theory, an upper bound: what comes back over the barrier counts as if it did not.',
        fixes: insertion(
          context,
          rate.block,
          'Add `recrossing`',
          'recrossing { trajectories = 200; duration = 200 fs }',
          true,
        ),
      });
    return;
  }
  if (umbrella !== undefined)
    context.report({
      code: 'PD0010',
      severity: 'error',
      span: umbrella.name,
      message: 'The rate has its `windows` already: it is one or the other.',
      fixes: [deletion(context, 'Remove `umbrella`', umbrella), deletion(context, 'Remove `windows`', windows)],
    });
  if (recrossing !== undefined)
    context.report({
      code: 'PD0010',
      severity: 'error',
      span: recrossing.name,
      message: 'Trajectories need a potential, and there is none to the `windows` of another program.',
      fixes: [deletion(context, 'Remove `recrossing`', recrossing)],
    });
  if (!rate.attributes.has('mass'))
    context.report({
      code: 'PD0004',
      severity: 'error',
      span: windows.name,
      message:
        '`mass` is missing in `rate`: what the coordinate weighs can’t be told from `windows`. For a distance it is the reduced mass.',
    });
}

/** 1/c for a bias ½ c κ (ξ − ξ_k)² that is ½ within what windows that aren't quite Gaussian make of it. */
const HALF = [0.4, 0.65] as const;

/**
 * PD1204 in a sentence; undefined where the constants are not twice too small.
 * @param ratio how much windows vary, in parts of what they would with their force constants
 */
export function describeForceConstants(ratio: number | undefined): string | undefined {
  if (ratio === undefined || ratio < HALF[0] || ratio > HALF[1]) return undefined;
  return `The values vary only ${ratio.toFixed(2)} times as much as under ½ κ (ξ − ξ_k)² with these force constants: the windows were probably sampled with κ (ξ − ξ_k)², without the ½, as in LAMMPS, AMBER and CHARMM.`;
}

/** What the newest runs say against the block. */
export function checkRateRuns(context: FileContext, rate: BlockReading): void {
  const { environment } = context;
  const run = environment?.lastRun?.('rate', rate.label?.text ?? '');
  const windows = blocksOf(rate, 'windows').at(0);
  if (windows !== undefined && run !== undefined) checkConvention(context, windows, run);
  const umbrella = valueOf(rate, 'umbrella');
  const sampled = typeof umbrella === 'string' ? environment?.lastRun?.('umbrella', umbrella) : run;
  if (sampled !== undefined) checkActivation(context, rate, sampled);
}

function checkConvention(context: FileContext, windows: BlockReading, { results }: RunFacts): void {
  const message = describeForceConstants(results.force_constant_ratio);
  const convention = windows.attributes.get('convention');
  if (message === undefined || convention?.value === 'whole') return;
  const title = 'Write `convention = whole`, by which force constants count twice';
  const value = convention?.attribute.value;
  context.report({
    code: 'PD1204',
    severity: 'warning',
    span: value ?? windows.block.name,
    message,
    fixes:
      value === undefined
        ? insertion(context, windows.block, title, 'convention = whole', true)
        : [replace(title, value, 'whole', true)],
  });
}

/** Of what is written of a barrier: three digits. */
const ROUNDED = 0.005;

function checkActivation(context: FileContext, rate: BlockReading, { results }: RunFacts): void {
  const written = rate.attributes.get('activation_free_energy')?.attribute;
  const value = numberOf(rate, 'activation_free_energy');
  if (written === undefined || value === undefined) return;
  const heights = [
    [results.barrier, results.barrier_error],
    [results.backward_barrier, results.backward_barrier_error],
  ] as const;
  const height = heights.find(
    ([barrier, error]) =>
      barrier !== undefined && Math.abs(value - barrier) <= Math.max(error ?? 0, ROUNDED * Math.abs(barrier)),
  )?.[0];
  if (height === undefined) return;
  context.report({
    code: 'PD1301',
    severity: 'warning',
    span: written.value ?? written.name,
    message: `This is the barrier of the profile (${formatQuantity(Number(height.toPrecision(3)), 'energy')} in the last run), which is no free energy of activation: that also has how wide the reactants are and how heavy the coordinate is. The rate comes out of the profile without it.`,
    fixes: [deletion(context, 'Remove `activation_free_energy`', written)],
  });
}
