/** What the events of a run have told so far: its epochs or steps, its messages, and how far it is. Pure. */
import type {
  EpochEvent,
  FlagEvent,
  LabelEvent,
  RoundEvent,
  RunEvent,
  StepEvent,
  WindowEvent,
} from '../../protocol/run';
import { formatCount, formatDuration } from '../format';

export type Message = Extract<RunEvent, { type: 'log' | 'warning' }>;
type Progress = Extract<RunEvent, { type: 'progress' }>;

const MESSAGES_KEPT = 200;

export interface History {
  readonly epochs: readonly EpochEvent[];
  readonly steps: readonly StepEvent[];
  /** Of the umbrella window that is simulated, from its beginning. */
  readonly window: readonly WindowEvent[];
  /** Of an exploration: where it paused, what was labelled, what came of its rounds. */
  readonly flags: readonly FlagEvent[];
  readonly labels: readonly LabelEvent[];
  readonly rounds: readonly RoundEvent[];
  /** The newest ones. */
  readonly messages: readonly Message[];
  /** Of the stage that has neither epochs nor steps. */
  readonly progress: Progress | undefined;
  /** `reset`: these events come instead of the earlier ones. */
  take(events: readonly RunEvent[], reset: boolean): void;
}

const nothing = () => ({
  epochs: [] as EpochEvent[],
  steps: [] as StepEvent[],
  window: [] as WindowEvent[],
  flags: [] as FlagEvent[],
  labels: [] as LabelEvent[],
  rounds: [] as RoundEvent[],
  messages: [] as Message[],
  progress: undefined as Progress | undefined,
});

export function createHistory(): History {
  const history = {
    ...nothing(),
    take: (events: readonly RunEvent[], reset: boolean) => {
      if (reset) Object.assign(history, nothing());
      for (const event of events) takeOne(event);
    },
  };

  function takeOne(event: RunEvent): void {
    switch (event.type) {
      case 'epoch':
        follow(history.epochs, event, ({ epoch }) => epoch);
        history.progress = undefined;
        break;
      case 'step':
        follow(history.steps, event, ({ step }) => step);
        history.progress = undefined;
        break;
      case 'flag':
        follow(history.flags, event, ({ round }) => round);
        break;
      case 'label':
        follow(history.labels, event, ({ frame }) => frame);
        break;
      case 'round':
        follow(history.rounds, event, ({ round }) => round);
        history.progress = undefined;
        break;
      case 'window': {
        const { window } = history;
        // A resumed run repeats what came after its checkpoint.
        const before =
          window.length > 0 && !isLater(event, window[window.length - 1])
            ? window.filter((each) => isLater(event, each))
            : window;
        history.window = before.at(-1)?.window === event.window ? before : [];
        history.window.push(event);
        history.progress = undefined;
        break;
      }
      case 'progress':
        history.progress = event;
        break;
      case 'log':
      case 'warning':
        history.messages = [...history.messages.slice(1 - MESSAGES_KEPT), event];
        break;
      case 'state':
        // What was under way is over: predictions come after the last epoch.
        if (event.state !== 'running') history.progress = undefined;
        break;
    }
  }

  return history;
}

/** Adds what comes next. A resumed run repeats what came after its checkpoint: that is replaced. */
function follow<E>(events: E[], event: E, number: (event: E) => number): void {
  while (events.length > 0 && number(events[events.length - 1]) >= number(event)) events.pop();
  events.push(event);
}

/** Whether an event of a window comes after another one of the same window. */
const isLater = (event: WindowEvent, other: WindowEvent): boolean =>
  event.phase === other.phase ? event.step > other.step : event.phase === 'sampling';

export interface HowFar {
  /** 0…1; undefined when it can't be told. */
  readonly part: number | undefined;
  readonly text: string;
}

/** How far a run is, and in words with the time that is left. */
export function howFar(history: History): HowFar {
  const { flags, epochs, steps } = history;
  const flag = flags.at(-1);
  if (flag === undefined) return ofOneKind(history);
  // An exploration walks and trains by turns, and how long its further rounds will take nobody knows.
  const [step, epoch] = [steps.at(-1), epochs.at(-1)];
  const walks = (step?.t ?? 0) > (epoch?.t ?? 0);
  const [now] = ofOneKind({ ...history, epochs: walks ? [] : epochs }).text.split(' · ');
  return {
    part: step !== undefined && step.steps > 0 ? step.step / step.steps : undefined,
    text: words(`round ${flag.round}`, now),
  };
}

type Told = Pick<History, 'progress' | 'epochs' | 'steps' | 'window'>;

function ofOneKind({ progress, epochs, steps, window }: Told): HowFar {
  const epoch = epochs.at(-1);
  const ofStage =
    progress !== undefined && progress.total > 0 ? Math.min(1, progress.done / progress.total) : undefined;
  // Of a run that is in an epoch, the epochs are told.
  if (progress !== undefined && (progress.stage !== 'epoch' || epoch === undefined)) {
    const percent = ofStage === undefined ? '' : `${Math.floor(ofStage * 100)} %`;
    if (progress.stage === 'epoch') return { part: undefined, text: words('first epoch', percent) };
    return { part: ofStage, text: words(progress.stage, percent, left(progress.remaining)) };
  }
  if (epoch !== undefined) {
    const before = epochs.at(-21) ?? epochs[0];
    const rate = (epoch.elapsed - before.elapsed) / (epoch.epoch - before.epoch);
    const done = epoch.epoch + (ofStage ?? 0);
    return {
      part: epoch.epochs > 0 ? done / epoch.epochs : undefined,
      text: words(`epoch ${epoch.epoch} of ${epoch.epochs}`, left(rate * (epoch.epochs - done))),
    };
  }
  const step = steps.at(-1);
  if (step !== undefined) {
    const before = steps.at(-101) ?? steps[0];
    const rate = (step.elapsed - before.elapsed) / (step.step - before.step);
    return {
      part: step.steps > 0 ? step.step / step.steps : undefined,
      text: words(
        `step ${formatCount(step.step)} of ${formatCount(step.steps)}`,
        left(rate * (step.steps - step.step)),
      ),
    };
  }
  const now = window.at(-1);
  if (now !== undefined)
    return {
      part: now.elapsed / Math.max(1e-9, now.elapsed + now.remaining),
      text: words(`window ${now.visited + 1} of ${now.windows}`, left(now.remaining)),
    };
  return { part: undefined, text: 'starting' };
}

export const words = (...parts: readonly string[]): string => parts.filter((each) => each !== '').join(' · ');

/** Time left, in words; nothing when it is not known. */
const left = (seconds: number | undefined): string =>
  seconds === undefined || !Number.isFinite(seconds) ? '' : `${formatDuration(seconds)} left`;
