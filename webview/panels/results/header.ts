/** The head of the results: which run, what has become of it, how far it is, and what can be done with it. */
import type { RunView } from '../../../protocol/panels';
import { isResumable } from '../../../protocol/resumable';
import type { RunState } from '../../../protocol/run';
import { button, fill, h, icon, setText, type Child, type IconName } from '../../dom';
import { fileName, formatDuration } from '../../format';
import { howFar, words, type History } from '../history';
import { KINDS } from './kinds';

export const STATES: Readonly<Record<RunState, { readonly icon: IconName; readonly text: string }>> = {
  running: { icon: 'play', text: 'Running' },
  finished: { icon: 'check', text: 'Finished' },
  failed: { icon: 'close', text: 'Failed' },
  stopped: { icon: 'stop', text: 'Stopped' },
  interrupted: { icon: 'warning', text: 'Interrupted' },
};

/** `Finished` with its sign. */
export function stateChip(state: RunState): HTMLElement {
  const chip = h('span', { class: 'chip' });
  setState(chip, state);
  return chip;
}

function setState(chip: HTMLElement, state: RunState): void {
  if (chip.dataset.state === state) return;
  chip.dataset.state = state;
  fill(chip, state === 'running' ? h('span', { class: 'pulse' }) : icon(STATES[state].icon), STATES[state].text);
}

/** Path of a file in the folder of a run. */
export const fileOf = ({ folder }: RunView, name: string): string =>
  `${folder}${folder.includes('\\') ? '\\' : '/'}${name}`;

/** Path of the trajectory that a run has written. */
export function trajectoryFile(run: RunView): string | undefined {
  const name = run.manifest.results?.trajectory;
  return typeof name !== 'string' || name === '' ? undefined : fileOf(run, name);
}

export interface RunActions {
  readonly stop: () => void;
  readonly resume: () => void;
  readonly openTrajectory: () => void;
  readonly openDefinition: () => void;
  readonly compare: () => void;
}

export interface RunHeader {
  readonly elements: readonly Child[];
  update(run: RunView, history: History): void;
}

export function createRunHeader(actions: RunActions): RunHeader {
  const title = h('h1', {});
  const kind = h('span', { class: 'muted' });
  const chip = h('span', { class: 'chip' });
  const progressText = h('span', { class: 'progress-text' });
  const bar = h('div', { class: 'progress-bar' });
  const track = h(
    'div',
    { class: 'progress', role: 'progressbar', 'aria-label': 'Progress', 'aria-valuemin': 0, 'aria-valuemax': 100 },
    bar,
  );
  const stop = button('stop', 'Stop after this step, keeping a checkpoint', actions.stop, {
    caption: 'Stop',
    class: 'secondary',
  });
  const resume = button('resume', 'Go on from the last checkpoint', actions.resume, {
    caption: 'Resume',
    class: 'primary',
  });
  const trajectory = button('open', 'Open the trajectory', actions.openTrajectory, {
    caption: 'Trajectory',
    class: 'primary',
  });
  const compare = button('compare', 'Compare with other runs', actions.compare);
  const text = button('text', 'Open the definition', actions.openDefinition);
  const problem = h('div', { class: 'banner error', role: 'alert', hidden: true });
  for (const each of [stop, resume, trajectory, compare, text, track]) each.hidden = true;

  function update(run: RunView, history: History): void {
    const { manifest, state } = run;
    setText(title, manifest.label);
    title.title = run.folder;
    setText(kind, `${KINDS[manifest.kind].name} ${fileName(run.folder)}`);
    setState(chip, state);
    const { part, text: far } = howFar(history);
    const running = state === 'running';
    const last = history.epochs.at(-1) ?? history.steps.at(-1) ?? history.window.at(-1);
    const ended = last === undefined ? '' : words(far.split(' · ')[0], formatDuration(last.elapsed));
    setText(progressText, running ? far : ended);
    track.hidden = !running;
    track.classList.toggle('unknown', part === undefined);
    bar.style.width = part === undefined ? '' : `${(part * 100).toFixed(1)}%`;
    if (part === undefined) track.removeAttribute('aria-valuenow');
    else track.setAttribute('aria-valuenow', String(Math.round(part * 100)));
    track.setAttribute('aria-valuetext', far);
    stop.hidden = !running;
    resume.hidden = !isResumable(state);
    trajectory.hidden = trajectoryFile(run) === undefined;
    compare.hidden = false;
    text.hidden = false;
    const reason = manifest.error ?? history.messages.findLast((each) => each.type === 'warning')?.message;
    problem.hidden = state !== 'failed' && state !== 'interrupted';
    setText(
      problem,
      state === 'failed'
        ? `The run failed. ${reason ?? 'Its last messages stand below.'}`
        : 'The process of this run ended without saying so (the machine may have been restarted). Resume goes on from the last checkpoint; nothing before it is lost.',
    );
  }

  const header = h(
    'header',
    { class: 'panel-header' },
    h('div', { class: 'headline' }, title, kind, chip),
    h('span', { class: 'spacer' }),
    progressText,
    stop,
    resume,
    trajectory,
    compare,
    text,
  );
  return { elements: [header, track, problem], update };
}
