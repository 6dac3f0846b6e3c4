/**
 * What `load` of the language may name, at a glance: a folder of n2p2's files, a folder with a potential.json, or such a
 * file. Only what an editor needs while one types; whether every number is right is found out when it is used.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe } from '../../protocol/result';
import { readBounded, readJson } from '../runs/files';
import { readN2p2Elements, weightsName } from './n2p2-potential';

const MAXIMUM_BYTES = 2 ** 26;

const head = v.object({ format: v.literal('nearsight-potential'), elements: v.array(v.string()) });

/** The elements of the potential at `path`, or what is wrong with it in a sentence. */
export function inspectPotential(
  path: string,
): { readonly elements: readonly string[] } | { readonly problem: string } {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return { problem: 'There is no such folder.' };
  if (status.isDirectory() && isPresent(join(path, 'input.nn'))) return inspectN2p2(path);
  const file = status.isDirectory() ? join(path, 'potential.json') : path;
  if (!isPresent(file))
    return { problem: 'There is no potential in this folder: neither `input.nn` of n2p2 nor a `potential.json`.' };
  const parsed = v.safeParse(head, readJson(file, MAXIMUM_BYTES));
  return parsed.success ? { elements: parsed.output.elements } : { problem: 'This is no `potential.json`.' };
}

const isPresent = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

function inspectN2p2(folder: string): ReturnType<typeof inspectPotential> {
  const file = join(folder, 'input.nn');
  const text = readBounded(file, MAXIMUM_BYTES)?.toString('utf8');
  if (text === undefined) return { problem: "`input.nn` of this folder can't be read." };
  const elements = readN2p2Elements(text, 'input.nn');
  if (!elements.ok) return { problem: describe(elements.problems[0]) };
  const missing = ['scaling.data', ...elements.value.map(weightsName)].find((name) => !isPresent(join(folder, name)));
  return missing === undefined
    ? { elements: elements.value }
    : { problem: `This folder has an \`input.nn\` but no \`${missing}\`: it is no trained potential.` };
}
