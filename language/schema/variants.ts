/** Which attributes the variants of a block have: `friction` is one of `ensemble langevin`. */
import type { Deprecation, OwnedAttribute } from './types';

/** An attribute as a variant has it. */
export function inVariant(attribute: OwnedAttribute, variant: string | undefined): OwnedAttribute {
  const own = variant === undefined ? undefined : attribute.variants?.[variant];
  return own === undefined ? attribute : { ...attribute, ...own };
}

/** Whether a variant has an attribute; any may where it is not known which variant is meant. */
export function belongsTo({ only }: OwnedAttribute, variant: string | undefined): boolean {
  return only === undefined || variant === undefined || only.includes(variant);
}

/** What is to be written instead of an attribute, if it is deprecated in a variant. */
export function deprecationOf({ deprecated }: OwnedAttribute, variant: string | undefined): Deprecation | undefined {
  if (deprecated?.of === undefined) return deprecated;
  return variant !== undefined && deprecated.of.includes(variant) ? deprecated : undefined;
}
