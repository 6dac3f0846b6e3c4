/** What is shown of each kind of run: a row each. */
import type { RunKind } from '../../../protocol/run';
import { dynamics } from '../courses/dynamics';
import { learning } from '../courses/learning';
import type { Course } from '../curve-section';
import { dynamicsFigures } from './dynamics-figures';
import type { Figures } from './figures';
import { trainingFigures } from './training-figures';

export interface KindOfRun {
  readonly name: string;
  readonly figures: Figures;
  /** Its curves, if it has any. */
  readonly course?: Course;
  /** Whether it compares with reference values. */
  readonly predicts: boolean;
}

export const KINDS: Readonly<Record<RunKind, KindOfRun>> = {
  train: { name: 'Training', figures: trainingFigures, course: learning, predicts: true },
  evaluate: { name: 'Evaluation', figures: trainingFigures, predicts: true },
  md: { name: 'Molecular dynamics', figures: dynamicsFigures, course: dynamics, predicts: false },
  explore: { name: 'Active learning', figures: dynamicsFigures, course: dynamics, predicts: true },
};
