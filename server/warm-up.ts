/**
 * The first keystrokes in a long file shall not wait for the JavaScript engine to compile the parser and the checker:
 * right after the start, while the person is still looking for the place to type, a short text like people's is analysed
 * again and again, a few milliseconds at a time. Requests come first: they are answered between two rounds.
 */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { analyze } from './analysis';
import { diagnosticsOf } from './features/diagnostics';

const ROUNDS = 100;

/** One of everything, with a few mistakes; `round` makes values new each time, so that nothing is remembered. */
const sample = (round: number): string => `
potential p {
  elements = [H, O]   # comment
  cutoff   = ${6 + round / 1000} Å
  radial { width = 0.5 Å; center = linspace(0.8, 4.5, 8) Å }
  radial H O { eta = [4, 16] Å^-2; shift = 0.97 Å }
  angular { kind = narrow; eta = [0.01, 0.07] Å^-2; zeta = [1, 4] }
  network { hidden = [25, 25]; activation = relu }
}
dataset d { files = ["data/*.xyz"]; test = 10 %; split_by = key("split") }
train t { potential = p; dataset = d; epochs = 30 eV; optimizer adam { learning_rate = 1e-3 } }
md m { potential = q; structure = "start.xyz"; ensemble langevin { temperature = 300 K }; duration = 20 ps }
`;

export function warmUp(round = 0): void {
  if (round === ROUNDS) return;
  const document = TextDocument.create('nearsight:warm-up', 'potential', round, sample(round));
  diagnosticsOf(analyze(document), () => undefined);
  setTimeout(() => warmUp(round + 1), 1).unref();
}
