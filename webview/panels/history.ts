/** What the events of a run have told so far: its epochs or steps, its messages, and how far it is. Pure. */
import type { EpochEvent, RunEvent, StepEvent } from '../../protocol/run';
import { formatCount, formatDuration } from '../format';

export type Message = Extract<RunEvent, { type: 'log' | 'warning' }>;
type Progress = Extract<RunEvent, { type: 'progress' }>;

const MESSAGES_KEPT = 200;

export interface History {
  readonly epochs: readonly EpochEvent[];
  readonly steps: readonly StepEvent[];
  /** The newest ones. */
  readonly messages: readonly Message[];
  /** Of the stage that has neither epochs nor steps. */
  readonly progress: Progress | undefined;
  /** `reset`: these events come instead of the earlier ones. */
  take(events: readonly RunEvent[], reset: boolean): void;
}

export function createHistory(): History {
  let epochs: EpochEvent[] = [];
  let steps: StepEvent[] = [];
  let messages: Message[] = [];
  let progress: Progress | undefined;

  function takeOne(event: RunEvent): void {
    switch (event.type) {
      case 'epoch':
        // A resumed run repeats the epochs after its checkpoint.
        while (epochs.length > 0 && epochs[epochs.length - 1].epoch >= event.epoch) epochs.pop();
        epochs.push(event);
        progress = undefined;
        break;
      case 'step':
        while (steps.length > 0 && steps[steps.length - 1].step >= event.step) steps.pop();
        steps.push(event);
        progress = undefined;
        break;
      case 'progress':
        progress = event;
        break;
      case 'log':
      case 'warning':
        messages = [...messages.slice(1 - MESSAGES_KEPT), event];
        break;
      case 'state':
        // What was under way is over: predictions come after the last epoch.
        if (event.state !== 'running') progress = undefined;
        break;
    }
  }

  return {
    get epochs() {
      return epochs;
    },
    get steps() {
      return steps;
    },
    get messages() {
      return messages;
    },
    get progress() {
      return progress;
    },
    take: (events, reset) => {
      if (reset) {
        epochs = [];
        steps = [];
        messages = [];
        progress = undefined;
      }
      for (const event of events) takeOne(event);
    },
  };
}

export interface HowFar {
  /** 0…1; undefined when it can't be told. */
  readonly part: number | undefined;
  readonly text: string;
}

/** How far a run is, and in words with the time that is left. */
export function howFar({ progress, epochs, steps }: History): HowFar {
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
  return { part: undefined, text: 'starting' };
}

export const words = (...parts: readonly string[]): string => parts.filter((each) => each !== '').join(' · ');

/** Time left, in words; nothing when it is not known. */
const left = (seconds: number | undefined): string =>
  seconds === undefined || !Number.isFinite(seconds) ? '' : `${formatDuration(seconds)} left`;
