/** What a run is about to be called in lists, tooltips and the status bar. Pure text; eV inside, meV for people. */
import type { RunState } from '../../protocol/run';
import type { Run } from './runs';

/** Three significant digits, no exponent where a person can read it. */
export function short(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

const energyError = (electronvolts: number): string => `${short(electronvolts * 1000)} meV/atom`;
const forceError = (electronvoltsPerAngstrom: number): string => `${short(electronvoltsPerAngstrom)} eV/Å`;

/** `0:07`, `1:20`, `2:03:00` */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** fs, or what reads better. */
export function simulatedTime(femtoseconds: number): string {
  if (femtoseconds >= 1e6) return `${short(femtoseconds / 1e6)} ns`;
  return femtoseconds >= 1000 ? `${short(femtoseconds / 1000)} ps` : `${short(femtoseconds)} fs`;
}

/** How far the run is, 0…1; undefined where it doesn't say. */
export function fractionOf({ latest: { epoch, step, window, flag } }: Run): number | undefined {
  // The trainings between its walks are no part of the way of an exploration.
  if (epoch && !flag) return epoch.epoch / Math.max(1, epoch.epochs);
  if (step) return step.step / Math.max(1, step.steps);
  if (window) return window.elapsed / Math.max(1e-9, window.elapsed + window.remaining);
  return undefined;
}

/** Seconds left, as far as one can say: of what comes before or after the epochs, or of all of them. */
function remainingOf(run: Run): number | undefined {
  const { epoch, step, window, flag, progress } = run.latest;
  if (window) return window.remaining;
  // How long further rounds will take nobody knows.
  if (flag) return undefined;
  if (
    progress?.remaining !== undefined &&
    progress.stage !== 'epoch' &&
    progress.t >= Math.max(epoch?.t ?? 0, step?.t ?? 0)
  )
    return progress.remaining;
  const fraction = fractionOf(run);
  const elapsed = (epoch ?? step)?.elapsed;
  return fraction === undefined || elapsed === undefined || fraction === 0
    ? undefined
    : (elapsed / fraction) * (1 - fraction);
}

/** What an epoch or a step of a run took, as measured: `0.8 s per epoch`. */
export function costOf({ latest: { epoch, step } }: Run): string | undefined {
  const [done, elapsed, unit] = epoch
    ? [epoch.epoch, epoch.elapsed, 'epoch']
    : [step?.step ?? 0, step?.elapsed ?? 0, 'step'];
  if (done === 0 || elapsed === 0) return undefined;
  const seconds = elapsed / done;
  return `${seconds < 1 ? `${short(1000 * seconds)} ms` : `${short(seconds)} s`} per ${unit}`;
}

/** What the language server checks blocks by; of a run that works nothing yet but where it is. */
export function factsOf({ folder, manifest, state, latest: { step } }: Run): {
  folder: string;
  identity?: string;
  results?: Record<string, number>;
  secondsPerStep?: number;
} {
  if (state === 'running') return { folder };
  const results = Object.entries(manifest.results ?? {}).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return {
    folder,
    identity: manifest.recipe ?? manifest.identity,
    results: Object.fromEntries(results),
    ...(step !== undefined && step.step > 0 && { secondsPerStep: step.elapsed / step.step }),
  };
}

/** Errors on the test set if there is one, as recorded at the end or told by the last epoch. */
function errorsOf({ manifest, latest: { epoch } }: Run): string[] {
  const recorded = [manifest.test, manifest.train];
  const energy = [...recorded.map((errors) => errors?.energy_rmse), epoch?.energy_rmse.test, epoch?.energy_rmse.train];
  const force = [...recorded.map((errors) => errors?.force_rmse), epoch?.force_rmse.test, epoch?.force_rmse.train];
  const first = (values: readonly (number | null | undefined)[]): number | undefined =>
    values.find((value) => typeof value === 'number') ?? undefined;
  const [energyRmse, forceRmse] = [first(energy), first(force)];
  return [
    ...(energyRmse === undefined ? [] : [energyError(energyRmse)]),
    ...(forceRmse === undefined ? [] : [forceError(forceRmse)]),
  ];
}

/** `epoch 31/100 · 12 meV/atom · 0.051 eV/Å · 1:20 left` */
export function describeRun(run: Run): string {
  const { state, manifest, latest } = run;
  const { epoch, step, window, flag, progress } = latest;
  const parts: string[] = [];
  if (state === 'failed') return manifest.error?.split('\n')[0] ?? 'failed';
  if (state !== 'running' && state !== 'finished') parts.push(state);
  const unfinished = state !== 'finished';
  if (flag) parts.push(`round ${flag.round}`);
  // An exploration trains and walks by turns.
  const trains = epoch !== undefined && epoch.t >= (step?.t ?? 0);
  if (trains && unfinished) parts.push(`epoch ${epoch.epoch}/${epoch.epochs}`);
  else if (step && unfinished)
    parts.push(`${simulatedTime(step.time)} of ${simulatedTime((step.time / Math.max(1, step.step)) * step.steps)}`);
  else if (window && unfinished) parts.push(`window ${window.visited + 1} of ${window.windows}`);
  else if (progress && state === 'running')
    parts.push(
      progress.total > 0 ? `${progress.stage} ${Math.floor((100 * progress.done) / progress.total)} %` : progress.stage,
    );
  if (step) parts.push(`${short(step.temperature)} K`);
  const barrier = manifest.results?.barrier;
  if (typeof barrier === 'number') parts.push(`barrier ${short(barrier)} eV`);
  if (step && !unfinished) parts.push(simulatedTime(step.time));
  parts.push(...errorsOf(run));
  const remaining = state === 'running' ? remainingOf(run) : undefined;
  if (remaining !== undefined) parts.push(`${duration(remaining)} left`);
  return parts.length === 0 ? state : parts.join(' · ');
}

const escape = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, '\\$&').replace(/\s+/g, ' ');

/** A table in Markdown: what the run is, and what came of it. */
export function describeInFull(run: Run): string {
  const { manifest, state, latest } = run;
  const rows: [string, string][] = [['State', state]];
  const progress = describeRun(run).replace(`${state} · `, '');
  if (progress !== state) rows.push(['Progress', progress]);
  for (const [name, errors] of [
    ['Train', manifest.train],
    ['Test', manifest.test],
  ] as const) {
    if (!errors) continue;
    const parts = [`${errors.structures} structures`];
    if (errors.energy_rmse !== null) parts.push(energyError(errors.energy_rmse));
    if (errors.force_rmse !== null) parts.push(forceError(errors.force_rmse));
    rows.push([name, parts.join(' · ')]);
  }
  const started = new Date(manifest.started);
  if (!Number.isNaN(started.getTime())) rows.push(['Started', started.toLocaleString()]);
  if (manifest.ended !== undefined) {
    const seconds = (Date.parse(manifest.ended) - started.getTime()) / 1000;
    if (Number.isFinite(seconds)) rows.push(['Took', duration(seconds)]);
  }
  if (manifest.resumed > 0) rows.push(['Resumed', `${manifest.resumed} ×`]);
  if (latest.warnings > 0) rows.push(['Warnings', String(latest.warnings)]);
  if (manifest.seed !== undefined) rows.push(['Seed', String(manifest.seed)]);
  rows.push(['Host', `${manifest.host}, pid ${manifest.pid}`]);
  if (manifest.error !== undefined) rows.push(['Error', manifest.error.slice(0, 500)]);
  const title = `**${escape(`${manifest.kind} ${manifest.label}`)}**`;
  return [title, '', '| | |', '|:--|:--|', ...rows.map(([key, value]) => `| ${key} | ${escape(value)} |`)].join('\n');
}

/** Codicon and theme colour of a state: shape and colour both tell. */
export const STATE_ICONS: Readonly<Record<RunState, { readonly icon: string; readonly color: string }>> = {
  running: { icon: 'loading~spin', color: 'charts.blue' },
  finished: { icon: 'pass-filled', color: 'charts.green' },
  failed: { icon: 'error', color: 'charts.red' },
  stopped: { icon: 'debug-pause', color: 'charts.yellow' },
  interrupted: { icon: 'debug-disconnect', color: 'charts.orange' },
};
