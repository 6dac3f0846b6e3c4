/** Feature tests are data: a text with a cursor `|` (once), an analysis and the offset of the cursor out of it. */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { analyze, type Analysis } from '../../../server/analysis';
import type { FolderEntry, Files } from '../../../server/files';
import type { Range, TextEdit } from 'vscode-languageserver';

export const URI = 'file:///folder/water.potential';

/** Files that are said to stand in the folder of the document. */
export function filesOf(...paths: string[]): Files {
  const matching = (glob: string): string[] => {
    const pattern = new RegExp(
      `^${glob.replace(/[^\w*/]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`).replace(/\*/g, '[^/]*')}$`,
      'u',
    );
    return paths.filter((path) => pattern.test(path));
  };
  return {
    exists: (path) => paths.includes(path),
    matches: (glob) => matching(glob).length,
    potential: () => ({ elements: ['Cu'] }),
    find: matching,
    list: (folder) => {
      const prefix = folder === '.' ? '' : folder;
      const entries = new Map<string, FolderEntry>();
      for (const path of paths) {
        if (!path.startsWith(prefix)) continue;
        const [name, ...rest] = path.slice(prefix.length).split('/');
        entries.set(name, { name, folder: rest.length > 0 });
      }
      return [...entries.values()];
    },
    windows: () => undefined,
    locate: (path) => `/folder/${path}`,
  };
}

/** The same with something known of all data: every third function is constant, every third has a twin. */
export function knownFilesOf(...paths: string[]): Files {
  return {
    ...filesOf(...paths),
    summary: (patterns) =>
      patterns.length === 0
        ? undefined
        : {
            frames: 10,
            atoms: { minimum: 2, maximum: 3, total: 25 },
            elements: { H: 10, Xe: 4 },
            keys: { energy: 10, 'my key': 3 },
            columns: { forces: 9 },
            words: { s: { train: 8, test: 2 } },
            energyKey: 'energy',
            forcesKey: 'forces',
          },
    survey: ({ elements, functions }) => ({
      structures: 4,
      of: 10,
      elements: [...elements, 'Xe'],
      atoms: [...elements, 'Xe'].map((_, e) => e),
      distances: {
        reach: 6.5,
        bin: 0.5,
        counts: [...elements, 'Xe'].map(() => [...elements, 'Xe'].map(() => new Float64Array(13).fill(2))),
        nearest: [...elements, 'Xe'].map(() => [...elements, 'Xe'].map((_, e) => (e === 0 ? Infinity : 0.5 + e))),
      },
      neighbors: { mean: 7.25, median: 7, maximum: 9 },
      suggestedCutoff: 5.1,
      height: 8,
      functions: Object.fromEntries(
        Object.entries(functions).map(([symbol, list]) => [
          symbol,
          list.map((_, i) => ({
            minimum: 0,
            mean: 0.5,
            maximum: i % 3 === 0 ? 0 : 1,
            histogram: [1, 0, 3],
            ...(i % 3 === 2 && { twin: { index: i - 1, correlation: 0.9999 } }),
          })),
        ]),
      ),
    }),
  };
}

export function analysisOf(text: string, files?: Files): Analysis {
  return analyze(TextDocument.create(URI, 'potential', 1, text), files);
}

export function withCursor(marked: string, files?: Files): { analysis: Analysis; offset: number } {
  const offset = marked.indexOf('|');
  if (offset < 0) throw new Error('the fixture has no cursor');
  return { analysis: analysisOf(marked.slice(0, offset) + marked.slice(offset + 1), files), offset };
}

export const textAt = ({ document }: Analysis, range: Range): string => document.getText(range);

export const apply = ({ document }: Analysis, edits: readonly TextEdit[]): string =>
  TextDocument.applyEdits(document, [...edits]);

/** A file that uses the whole language. */
export const RICH = `# water, as in the guide
potential water {
  elements        = [H, O]
  cutoff          = 6.35 Å
  cutoff_function = poly2
  scaling         = range_centered

  radial { width = 0.5 Å; center = linspace(0.8, 5.5, 10) Å } # every pair
  radial H O { eta = [4, 16] Å^-2; shift = 0.97 Å }
  angular { kind = narrow; eta = [0.01, 0.07] Å^-2; lambda = [-1, 1]; zeta = [1, 4] }
  angular O H H {
    kind = wide
    eta = 0.05 Å^-2
    lambda = 1
    zeta = 16
  }

  network { hidden = [25, 25]; activation = tanh }
  network O { hidden = [30, 30] }
}

potential argon {
  elements = [Ar]
  cutoff = 12 Å
  pair lennard_jones { epsilon = 0.010323 eV; sigma = 3.405 Å }
}

dataset rpbe {
  files = [
    "data/a.xyz",
    "data/*.xyz",
  ]
  energy = auto
  units { length = bohr; energy = kcal/mol }
  test = 10 %
  split_by = key("split")
}

train water {
  potential = water
  dataset = rpbe
  force_weight = 10
  offset = per_element
  optimizer adam { learning_rate = 3e-3 }
  epochs = 30
}

evaluate "on rpbe" { potential = water; dataset = rpbe }

md liquid {
  potential = water
  structure = "ice.xyz"
  ensemble langevin { temperature = 300 K; friction = 5 1/ps }
  timestep = 0.5 fs
  duration = 20 ps
  output { every = 20; file = "liquid.xyz" }
}
`;
