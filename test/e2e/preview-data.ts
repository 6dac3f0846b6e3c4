/** A preview as the language server makes it: of ethanol over its data. Bundled by preview.mjs. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { openFrames } from '../../engine/formats/frames';
import type { Structure } from '../../engine/structure/structure';
import type { DescriptorPreview } from '../../protocol/preview';
import { analyze } from '../../server/analysis';
import { surveySteps } from '../../server/data/survey';
import { previewOf } from '../../server/features/preview';
import { createFileCache } from '../../server/files';

/** @param edit what is typed in the meantime */
export async function previewEthanol(
  root: string,
  edit: (text: string) => string = (text) => text,
): Promise<DescriptorPreview | undefined> {
  const folder = path.join(root, 'examples', 'ethanol');
  const opened = await openFrames(path.join(folder, 'ethanol.xyz'));
  if (!opened.ok) throw new Error(opened.problems[0].message);
  const { count } = opened.value;
  const structures: Structure[] = [];
  for (let k = 0; k < 40; k++) {
    const frame = await opened.value.read(40 * k);
    if (frame.ok) structures.push(frame.value);
  }
  await opened.value.dispose();
  const text = edit(readFileSync(path.join(folder, 'ethanol.potential'), 'utf8'));
  const files = createFileCache().beside(folder);
  const analysis = analyze(TextDocument.create('file:///ethanol.potential', 'potential', 1, text), {
    ...files,
    survey: ({ elements, functions, cutoff, cutoffFunction }) => {
      const question = { elements, functions, cutoff, cutoffFunction, innerCutoff: 0 };
      const steps = surveySteps(structures, count, question);
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
      }
    },
  });
  return previewOf(analysis, 'ethanol');
}
