/** textDocument/signatureHelp in `input.nn`: which argument stands where; of symmetry functions by their type. */
import { MarkupKind, type SignatureHelp, type SignatureInformation } from 'vscode-languageserver';
import { functionTypes, TYPES } from '../../language/runner/functions';
import { argumentsOf, isKnownTo, keywords, signatureOf } from '../../language/runner/keywords';
import type { Argument } from '../../language/runner/types';
import type { InputAnalysis } from './analysis';
import { placeAt } from './context';
import { documentArgument } from './documentation';

export const SIGNATURE_TRIGGERS = [' '];

export function signatureHelpAt({ tree, file }: InputAnalysis, offset: number): SignatureHelp | undefined {
  const place = placeAt(tree, file.dialect, offset);
  const reading = place?.reading;
  if (place === undefined || reading?.keyword === undefined || !isKnownTo(file.dialect, reading.keyword))
    return undefined;
  // Behind the keyword.
  if (place.index === 0) return undefined;
  const active = place.index - 1;
  const own = reading.function;
  if (own === undefined) {
    const args = argumentsOf(file.dialect, reading.keyword);
    if (args.length === 0 || (active >= args.length && args.at(-1)?.repeated !== true)) return undefined;
    const last = args.at(-1);
    const activeParameter = last?.repeated === true ? Math.min(active, args.length - 1) : active;
    return {
      signatures: [signature(reading.written.text, args, keywords[reading.name].documentation)],
      activeSignature: 0,
      activeParameter,
    };
  }
  const types = TYPES.filter(
    (type) =>
      (file.dialect === 'runner' || functionTypes[type].onlyRunner !== true) &&
      active < functionTypes[type].arguments.length,
  );
  const ofType = (type: number): SignatureInformation =>
    signature(
      reading.written.text,
      nameType(functionTypes[type].arguments, type),
      `Type ${type}, ${functionTypes[type].title}. ${functionTypes[type].documentation}`,
    );
  if (own.table !== undefined && active >= own.table.arguments.length) return undefined;
  if (own.table !== undefined && own.type !== undefined)
    return { signatures: [ofType(own.type)], activeSignature: 0, activeParameter: active };
  // Without a type every one of them is possible that has so many arguments.
  if (types.length === 0) return undefined;
  return { signatures: types.map(ofType), activeSignature: 0, activeParameter: active };
}

const nameType = (args: readonly Argument[], type: number): readonly Argument[] =>
  args.map((argument) => (argument.name === 'type' ? { ...argument, name: String(type) } : argument));

function signature(name: string, args: readonly Argument[], documentation: string): SignatureInformation {
  const label = signatureOf(name, args);
  let from = name.length;
  const parameters = args.map((argument) => {
    const start = label.indexOf(argument.name, from);
    from = start + argument.name.length;
    const value = documentArgument(argument).join('\n');
    return {
      label: [start, from] as [number, number],
      ...(value !== '' && { documentation: { kind: MarkupKind.Markdown, value } }),
    };
  });
  return { label, documentation, parameters };
}
