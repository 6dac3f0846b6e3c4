/** What the newest run of an umbrella sampling says of its windows: how they overlapped (PD1203), and which are too short (PD1206). */
import { FEWEST_INDEPENDENT } from '../definition/windows';
import { series } from '../schema/blocks/umbrella';
import type { RunFacts, WindowFacts } from './facts';
import { rewrite } from './ranges';
import { blocksOf, numberOf, type BlockReading, type FileContext } from './reading';
import { windowsOf } from './umbrella';

/** Of a window, what may go as equilibration. */
const EQUILIBRATION = 0.5;

/** The windows of the newest run, if they are those that are written. */
export function windowsOfRun(context: FileContext, umbrella: BlockReading): readonly WindowFacts[] | undefined {
  const run = context.environment?.lastRun?.('umbrella', umbrella.label?.text ?? '');
  const written = windowsOf(umbrella);
  if (run?.windows === undefined || written === undefined || run.windows.length !== written.centers.length)
    return undefined;
  const isSame = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));
  return run.windows.every(
    ({ center, force_constant }, k) =>
      isSame(center, written.centers[k]) && isSame(force_constant, written.forceConstant),
  )
    ? run.windows
    : undefined;
}

/** Windows of a run that were too short for what is made of them. */
export function checkSampling(context: FileContext, umbrella: BlockReading, { state }: RunFacts): void {
  const duration = umbrella.attributes.get('duration')?.quantities?.[0];
  const timestep = numberOf(umbrella, 'timestep');
  const windows = windowsOfRun(context, umbrella);
  if (duration === undefined || timestep === undefined || windows === undefined || state !== 'finished') return;
  const output = blocksOf(umbrella, 'output').at(0);
  const every = (output && numberOf(output, 'every')) ?? series.attributes.every.default;
  const values = Math.floor(Math.round(duration.value / timestep) / every);
  // Of windows that were shorter than they are now nothing follows for these.
  if (windows.some(({ samples, discarded }) => samples + discarded < values)) return;
  const isUnequilibrated = ({ samples, discarded }: WindowFacts): boolean =>
    discarded > EQUILIBRATION * (samples + discarded);
  const isSlow = ({ samples, inefficiency }: WindowFacts): boolean => inefficiency > samples / FEWEST_INDEPENDENT;
  const short = windows.filter((window) => isUnequilibrated(window) || isSlow(window));
  if (short.length === 0) return;
  /** How many times as long it would have to be. */
  const lack = ({ samples, discarded, inefficiency }: WindowFacts): number =>
    Math.max(2, (FEWEST_INDEPENDENT * inefficiency + discarded) / Math.max(1, samples + discarded));
  const worst = short.reduce((a, b) => (lack(b) > lack(a) ? b : a));
  const longer = Number((duration.value * Math.ceil(lack(worst))).toPrecision(2));
  const why = isUnequilibrated(worst)
    ? `the first ${worst.discarded} of ${worst.samples + worst.discarded} values had to go as equilibration`
    : `${worst.samples} values say as much as ${Math.max(1, Math.floor(worst.samples / worst.inefficiency))} independent ones`;
  context.report({
    code: 'PD1206',
    severity: 'warning',
    span: duration.span,
    message: `In the last run ${short.length} of ${windows.length} windows were too short: in that at ${Number(worst.center.toPrecision(4))} ${why}. Sample longer.`,
    fixes: rewrite(duration, longer),
  });
}
