/** Where one chooses the run whose predictions stand beside the structures of a file. */
import type { FrameData } from '../../../protocol/frames';
import type { Predictions, Predictor } from '../../../protocol/panels';
import { decodeParity, type Parity } from '../../../protocol/parity';
import { fill, h, setText } from '../../dom';
import { withPredictions } from '../../predictions';

export interface PredictionChoice {
  readonly element: HTMLElement;
  /** Why nothing is predicted, until something is or another run is chosen. */
  readonly problem: HTMLElement;
  /** The runs that there are, newest first. */
  offer(predictors: readonly Predictor[]): void;
  /** A frame of the file with what the chosen run has predicted for it; as it is where that says nothing. */
  apply(frame: FrameData, index: number): FrameData;
  /** The file is another one: what was predicted for its frames is asked for anew. */
  renew(): void;
}

/**
 * @param chosen folder of the run; '' none
 * @param onChange after what is applied has changed
 */
export function createPredictionChoice(
  chosen: string,
  ask: (folder: string) => Promise<Predictions>,
  onChoose: (folder: string) => void,
  onChange: () => void,
): PredictionChoice {
  let predictors: readonly Predictor[] = [];
  /** The folder that was asked for last; undefined if it has to be asked for again. */
  let asked: string | undefined = '';
  let questions = 0;
  let predicted: Predicted | undefined;
  const select = h('select', { 'aria-label': 'Predictions of' });
  const problem = h('div', { class: 'banner error', role: 'alert', hidden: true });
  const element = h('label', { class: 'prediction-choice', hidden: true }, 'Predictions of ', select);
  select.addEventListener('change', () => {
    chosen = select.value;
    onChoose(chosen);
    void load();
  });

  async function load(): Promise<void> {
    const folder = predictors.some((each) => each.folder === chosen) ? chosen : '';
    if (folder === asked) return;
    asked = folder;
    const question = ++questions;
    let next: Predicted | undefined;
    let reason = '';
    try {
      if (folder !== '') next = structuresOf(await ask(folder));
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    // The person has chosen another one meanwhile, or the file has changed.
    if (question !== questions) return;
    predicted = next;
    if (reason !== '') asked = undefined;
    setText(problem, reason);
    problem.hidden = reason === '';
    onChange();
  }

  return {
    element,
    problem,
    offer: (next) => {
      predictors = next;
      element.hidden = next.length === 0;
      fill(
        select,
        h('option', { value: '', selected: chosen === '' }, 'no run'),
        ...next.map(({ folder, title }) => h('option', { value: folder, selected: folder === chosen }, title)),
      );
      void load();
    },
    renew: () => {
      if (asked === '') return;
      asked = undefined;
      predicted = undefined;
      questions++;
      void load();
    },
    apply: (frame, index) => {
      const structure = predicted?.structures.get(index);
      return predicted === undefined || structure === undefined
        ? frame
        : withPredictions(frame, predicted.parity, structure);
    },
  };
}

interface Predicted {
  readonly parity: Parity;
  /** By frame of the file. */
  readonly structures: ReadonlyMap<number, number>;
}

function structuresOf({ bytes, file }: Predictions): Predicted | undefined {
  const parity = decodeParity(bytes);
  if (parity === undefined) return undefined;
  const { structureFile, structureFrame } = parity;
  const own = [...structureFile.keys()].filter((structure) => structureFile[structure] === file);
  return { parity, structures: new Map(own.map((structure) => [structureFrame[structure], structure])) };
}
