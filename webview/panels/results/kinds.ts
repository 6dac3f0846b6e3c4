/** What is shown of each kind of run: a row each. */
import type { RunKind } from '../../../protocol/run';
import { dynamics } from '../courses/dynamics';
import { learning } from '../courses/learning';
import type { Course } from '../curve-section';
import { dynamicsFigures } from './dynamics-figures';
import { explorationFigures } from './exploration-figures';
import type { Figures } from './figures';
import { rateFigures } from './rate-figures';
import { trainingFigures } from './training-figures';

export interface KindOfRun {
  readonly name: string;
  readonly figures: Figures;
  /** Its curves, if it has any. */
  readonly course?: Course;
  /** What stands below its curves, in this order. */
  readonly sections: readonly SectionName[];
}

/** Sections that belong to what is in a file of the run's folder; results.ts makes them. */
export type SectionName = 'predictions' | 'errors' | 'freeEnergy' | 'exploration';

export const KINDS: Readonly<Record<RunKind, KindOfRun>> = {
  train: { name: 'Training', figures: trainingFigures, course: learning, sections: ['predictions', 'errors'] },
  evaluate: { name: 'Evaluation', figures: trainingFigures, sections: ['predictions', 'errors'] },
  md: { name: 'Molecular dynamics', figures: dynamicsFigures, course: dynamics, sections: [] },
  explore: { name: 'Active learning', figures: explorationFigures, sections: ['exploration', 'predictions', 'errors'] },
  umbrella: { name: 'Umbrella sampling', figures: () => [], sections: ['freeEnergy'] },
  rate: { name: 'Rate', figures: rateFigures, sections: ['freeEnergy'] },
};
