/** textDocument/hover: what the thing at an offset means, in which units it could be written, what a name refers to. */
import { MarkupKind, type Hover } from 'vscode-languageserver';
import type { DimensionName } from '../../language/schema/types';
import type { SymmetryFunction } from '../../language/definition/definition';
import { conversionsOf, measureOf } from '../../language/schema/units';
import type { Attribute, Unit, Value } from '../../language/syntax/tree';
import { rangeOf, type Analysis } from '../analysis';
import { attributeSchema, nodeAt, schemaOf, type Blocks, type Node } from '../context';
import { code, documentAttribute, documentBlock, documentElement, documentFunction, functions } from '../documentation';
import { isGlob } from '../../language/schema/globs';
import { declarationsOf, nameAt, pathsOf, type Name } from '../names';
import {
  describeCutoff,
  describeData,
  describeElementInData,
  describeFunctions,
  describeSolved,
  solvedSampleOf,
  surveyAround,
} from './effects';
import { describeSize, sizeOf } from './lenses';

const MAXIMUM_NAMES = 8;

export function hoverAt(analysis: Analysis, offset: number): Hover | undefined {
  const node = nodeAt(analysis.tree, offset);
  const value = node === undefined ? undefined : describeNode(analysis, node);
  if (node === undefined || value === undefined || value === '') return undefined;
  return { contents: { kind: MarkupKind.Markdown, value }, range: rangeOf(analysis.document, node.span) };
}

function describeNode(analysis: Analysis, node: Node): string | undefined {
  const name = nameAt(node);
  if (name !== undefined) return describeName(analysis, name);
  const block = node.blocks.at(-1);
  switch (node.kind) {
    case 'block': {
      const schema = schemaOf(node.blocks);
      if (schema === undefined || block === undefined) return undefined;
      return together(effectOfBlock(analysis, node.blocks), documentBlock(block.name.text, schema));
    }
    case 'label': {
      const schema = schemaOf(node.blocks);
      if (typeof schema?.label !== 'object' || block === undefined) return undefined;
      if ('variants' in schema.label) return documentBlock(block.name.text, schema);
      return together(effectOfBlock(analysis, node.blocks), documentElement(node.label.text));
    }
    case 'attribute': {
      const schema = attributeSchema(node.blocks, node.attribute.name.text);
      if (schema === undefined) return undefined;
      return together(effectOf(analysis, node), documentAttribute(node.attribute.name.text, schema));
    }
    case 'value':
      return together(effectOf(analysis, node), describeValue(analysis, node));
    case 'unit':
      return together(effectOf(analysis, node), describeQuantity(node, node.unit));
  }
}

const together = (...parts: readonly (string | undefined)[]): string | undefined => {
  const there = parts.filter((part) => part !== undefined && part !== '');
  return there.length === 0 ? undefined : there.join('\n\n');
};

function effectOfBlock(analysis: Analysis, blocks: Blocks): string | undefined {
  switch (blocks.map(({ name }) => name.text).join('.')) {
    case 'potential.radial':
    case 'potential.angular':
    case 'potential.chiral':
      return describeFunctions(analysis, blocks);
    case 'potential.pair.sample': {
      const solved = solvedSampleOf(analysis, blocks);
      return solved && describeSolved(solved);
    }
    default:
      return undefined;
  }
}

/** What an attribute or one of its numbers does to the data. */
function effectOf(
  analysis: Analysis,
  node: Extract<Node, { kind: 'attribute' | 'value' | 'unit' }>,
): string | undefined {
  const { blocks, attribute } = node;
  const name = attribute.name.text;
  switch (blocks.at(-1)?.name.text) {
    case 'radial':
    case 'angular':
    case 'chiral':
      return describeFunctions(
        analysis,
        blocks,
        node.kind === 'value' ? having(name, node.value, attribute) : undefined,
      );
    case 'potential': {
      const surveyed = surveyAround(analysis, blocks);
      if (surveyed === undefined) return undefined;
      if (name === 'cutoff') return describeCutoff(surveyed);
      const isElement = name === 'elements' && node.kind === 'value' && node.value.kind === 'name';
      return isElement ? describeElementInData(surveyed, node.value.text) : undefined;
    }
    case 'dataset': {
      if (!['files', 'energy', 'forces', 'split_by'].includes(name)) return undefined;
      const own =
        node.kind === 'value' && node.value.kind === 'string' && name === 'files' ? [node.value.text] : undefined;
      const data = analysis.files?.summary?.(own ?? pathsOf(blocks[blocks.length - 1]));
      return data === undefined ? undefined : describeData(data);
    }
    default:
      return undefined;
  }
}

/** The functions that have a number that is written in their block; undefined for what is no number. */
function having(name: string, value: Value, attribute: Attribute): ((one: SymmetryFunction) => boolean) | undefined {
  if (value.kind !== 'number') return undefined;
  const unit = value.unit ?? unitOf(attribute.value);
  const number = value.value * (unit === undefined ? 1 : (measureOf(unit.factors)?.factor ?? 1));
  const numbersIn = (one: SymmetryFunction): readonly number[] | undefined => {
    const gaussians = one.type === 'chiral' ? one.volumes.flat() : [one];
    switch (name) {
      case 'eta':
        return gaussians.map(({ eta }) => eta);
      case 'width':
        return gaussians.map(({ eta }) => 1 / Math.sqrt(2 * eta));
      case 'shift':
      case 'center':
        return gaussians.map(({ shift }) => shift);
      case 'lambda':
      case 'zeta':
        return 'lambda' in one ? [one[name]] : undefined;
      default:
        return undefined;
    }
  };
  return (one) => numbersIn(one)?.some((own) => Math.abs(own - number) <= 1e-9 * Math.max(1, Math.abs(number))) ?? true;
}

function describeValue(analysis: Analysis, node: Extract<Node, { kind: 'value' }>): string | undefined {
  const { value, attribute, blocks } = node;
  const schema = attributeSchema(blocks, attribute.name.text);
  if (schema === undefined) return undefined;
  switch (value.kind) {
    case 'name':
      if (schema.type === 'elements') return documentElement(value.text);
      if ((schema.type === 'choice' || schema.type === 'choice_or_key') && Object.hasOwn(schema.values, value.text)) {
        const meaning = schema.values[value.text];
        return `${code(value.text)}: ${meaning}\n\n${attribute.name.text}: ${schema.documentation}`;
      }
      return documentAttribute(attribute.name.text, schema);
    case 'string':
      return schema.type === 'path' || schema.type === 'paths' ? describePath(analysis, value.text) : undefined;
    case 'call':
      return Object.hasOwn(functions, value.callee.text) ? documentFunction(value.callee.text) : undefined;
    case 'number':
    case 'range':
    case 'list':
      return describeQuantity(node, unitOf(attribute.value));
  }
}

/** The unit of the number itself, or of the list or call around it. */
const unitOf = (value: Value | undefined): Unit | undefined =>
  value !== undefined && 'unit' in value ? value.unit : undefined;

function describeQuantity(
  { blocks, attribute, value }: Extract<Node, { kind: 'value' | 'unit' }>,
  unit: Unit | undefined,
): string | undefined {
  const schema = attributeSchema(blocks, attribute.name.text);
  if (schema?.type !== 'quantity' && schema?.type !== 'quantities') return undefined;
  const own = value.kind === 'number' ? (value.unit ?? unit) : unit;
  const numbers = value.kind === 'number' ? [value.value] : value.kind === 'range' ? [value.from, value.to] : [];
  const lines = numbers.flatMap((number) => conversionLine(number, own, schema.dimension));
  return [...lines, `${attribute.name.text}: ${schema.documentation}`].join('\n\n');
}

function conversionLine(number: number, unit: Unit | undefined, dimension: DimensionName): string[] {
  if (unit === undefined || dimension === 'none') return [];
  const texts = conversionsOf(number, unit, dimension);
  return texts.length < 2 ? [] : [`**${texts[0]}** = ${texts.slice(1).join(' = ')}`];
}

function describePath({ files }: Analysis, path: string): string | undefined {
  if (files === undefined) return undefined;
  if (!isGlob(path))
    return files.exists(path) ? code(files.locate(path)) : `There is no file ${code(files.locate(path))}.`;
  const found = files.find(path);
  const shown = found.slice(0, MAXIMUM_NAMES).map((name) => `- ${code(name)}`);
  const rest = found.length > shown.length ? [`- … ${found.length - shown.length} more`] : [];
  return [`${found.length} files match.`, '', ...shown, ...rest].join('\n');
}

/** What a name refers to, as far as its block is right. */
function describeName({ definition, tree, text, files }: Analysis, name: Name): string | undefined {
  const declaration = declarationsOf(tree, name.kind, name.text).at(0);
  if (declaration === undefined) return `There is no ${name.kind} ${code(name.text)} in this file.`;
  const lines = ['```potential\n' + text.slice(declaration.block.name.start, declaration.label.end) + '\n```'];
  const potential = name.kind === 'potential' ? definition.potentials.get(name.text) : undefined;
  const dataset = name.kind === 'dataset' ? definition.datasets.get(name.text) : undefined;
  if (potential !== undefined) {
    const { automatic } = potential;
    const { load, cutoff } = potential.options;
    const reach = automatic?.cutoff === true ? 'cutoff from the data' : `cutoff ${cutoff} Å`;
    lines.push(
      `elements ${potential.elements.join(' ')} · ${load === undefined ? reach : `loaded from ${code(load)}`}`,
    );
    if (automatic !== undefined)
      lines.push(
        `automatic: the data of the training decide ${['its symmetry functions', ...(automatic.cutoff ? ['the cutoff'] : []), ...(automatic.hidden.length > 0 ? ['the size of the networks'] : [])].join(', ')}`,
      );
    const size = sizeOf(potential);
    if (size.functions > 0) {
      lines.push(describeSize(size));
      lines.push(
        size.perElement
          .map(({ element, functions, weights }) => `- ${element}: ${functions} symmetry functions, ${weights} weights`)
          .join('\n'),
      );
    }
    if (potential.pairs.length > 0) lines.push(`pair terms: ${potential.pairs.map(({ kind }) => kind).join(', ')}`);
    if (load === undefined) lines.push(`identity ${code(potential.identity.slice(0, 12))}`);
  } else if (dataset !== undefined) {
    lines.push(
      dataset.options.files
        .map((path) => {
          const count = files !== undefined && isGlob(path) ? ` (${files.matches(path)} files)` : '';
          return `- ${code(path)}${count}`;
        })
        .join('\n'),
    );
    const data = files?.summary?.(dataset.options.files);
    if (data !== undefined) lines.push(describeData(data));
  } else {
    const attributes = declaration.block.items.filter((item) => item.kind === 'attribute');
    lines.push(attributes.map((item) => `- ${code(text.slice(item.start, item.end).replace(/\s+/g, ' '))}`).join('\n'));
  }
  return lines.filter((line) => line !== '').join('\n\n');
}
