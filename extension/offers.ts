/** What is asked about the blocks of a file that offer a command, and what is said where none does. */
import { LENS_COMMANDS } from '../protocol/requests';
import { runKind } from '../protocol/run';

export interface Offer {
  readonly question: string;
  readonly nothing: string;
}

const actions = `${runKind.options.slice(0, -1).join(', ')} or ${runKind.options.at(-1)}`;

/** Of the commands that look for a block themselves. */
export const OFFERS = {
  [LENS_COMMANDS.run]: {
    question: 'What to run',
    nothing: `There is nothing to run in this file yet: add a block of the kind ${actions}.`,
  },
  [LENS_COMMANDS.expand]: {
    question: 'The symmetry functions of which potential',
    nothing: 'No potential of this file has symmetry functions yet: add radial or angular blocks to it.',
  },
  [LENS_COMMANDS.preview]: {
    question: 'The descriptors of which potential',
    nothing: 'No potential of this file has descriptors of its own yet: add radial or angular blocks to it.',
  },
} as const satisfies Readonly<Record<string, Offer>>;
