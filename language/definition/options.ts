/** What is written in a block as the options that its schema describes. */
import { type BlockReading, valueOf } from '../check/reading';
import type { BlockSchema, OptionsOf, OptionsOfVariant } from '../schema/types';
import { belongsTo } from '../schema/variants';

/** The values of a block's attributes, with defaults; of a block that is not there all defaults. */
export function optionsOf<S extends BlockSchema>(reading: BlockReading | undefined, schema: S): OptionsOf<S> {
  const names = Object.keys(schema.attributes);
  const valueIn = (name: string): unknown => {
    if (reading !== undefined) return valueOf(reading, name);
    const attribute = schema.attributes[name];
    return 'default' in attribute ? attribute.default : undefined;
  };
  // The schema that the values were checked against is what the type is computed from.
  return Object.fromEntries(names.map((name) => [name, valueIn(name)])) as OptionsOf<S>;
}

/** As `optionsOf`, of the attributes that the variant has. */
export function optionsOfVariant<S extends BlockSchema, V extends string>(
  reading: BlockReading | undefined,
  schema: S,
  variant: V,
): OptionsOfVariant<S, V> {
  const { attributes }: BlockSchema = schema;
  const own = Object.entries(optionsOf(reading, schema)).filter(([name]) => belongsTo(attributes[name], variant));
  return Object.fromEntries(own) as OptionsOfVariant<S, V>;
}
